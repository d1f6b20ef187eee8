"""Which concepts and agencies a draft may mean (đề xuất), with how sure. Only what is certain is set.

Certain is a name that the registry already holds for one concept alone, with the same unit; everything else is a
proposal for a person to decide on.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.digitise.draft_rows import DraftRow
from pipeline.digitise.table_rows import unit_of_row
from pipeline.intake.heading_words import fold
from pipeline.plans.registry import Registry
from pipeline.plans.text import name_key

LEAST = 0.6
"""Likeness of names below which nothing is proposed."""
MOST = 3
"""Proposals for one row or office."""
_OF_A_PLACE = re.compile(r"\b(?:dac khu|xa|phuong|thanh pho|tinh|thi tran|dia phuong|tren dia ban)\b")


@dataclass(frozen=True)
class Proposal:
    """One thing that may be meant: its id and name, and how alike the words are, from 0 to 1."""

    id: str
    name: str
    likeness: float

    @property
    def sentence(self) -> str:
        """As lists and comments show it."""
        return f"{self.id} (“{self.name}”, giống {self.likeness:.0%})".replace(".", ",")


class Known:
    """The registry, as far as names of rows and offices are looked up in it."""

    def __init__(self, registry: Registry, locality: str) -> None:
        self._registry, self._locality = registry, locality
        self._exact: dict[tuple[str, str], set[str]] = {}
        self._names: list[tuple[str, str, str]] = []
        for concept in registry.concepts:
            for unit in concept.units or ("",):
                self._add(concept.id, concept.name, unit)
        for plan in registry.plans:
            for row in plan.indicators:
                self._add(row.concept, row.name, row.unit)

    def _add(self, concept: str, name: str, unit: str) -> None:
        self._exact.setdefault((name_key(name), unit), set()).add(concept)
        self._names.append((concept, name, _words(name)))

    def certain_concept(self, row: DraftRow) -> str:
        """The one concept that the registry has under exactly this name and unit; '' where that is not so."""
        found = self._exact.get((name_key(row.fields["name"].value), unit_of_row(row)), set())
        return next(iter(found)) if len(found) == 1 else ""

    def concepts(self, row: DraftRow) -> tuple[Proposal, ...]:
        """The concepts that a row may mean, the likeliest first."""
        return _likeliest(_words(row.fields["name"].value), self._names)

    def unknown_agencies(self, rows: Sequence[DraftRow]) -> Iterator[tuple[str, tuple[Proposal, ...]]]:
        """Every printed office that the registry does not know, once, and which known ones it may be."""
        names = [(one.id, one.name, fold(form)) for one in self._registry.agencies for form in (one.name, *one.forms)]
        seen: set[str] = set()
        for row in rows:
            for name in ("lead", "coordinating"):
                for printed in row.fields[name].several if name in row.fields else ():
                    if printed not in seen and self._registry.agency(printed, self._locality) is None:
                        seen.add(printed)
                        yield printed, _likeliest(fold(printed), names)


def _words(name: str) -> str:
    return " ".join(_OF_A_PLACE.sub(" ", fold(name)).split())


def _likeliest(words: str, names: Sequence[tuple[str, str, str]]) -> tuple[Proposal, ...]:
    best: dict[str, Proposal] = {}
    for one, name, theirs in names:
        matcher = difflib.SequenceMatcher(None, words, theirs, autojunk=False)
        if matcher.real_quick_ratio() < LEAST or matcher.quick_ratio() < LEAST:
            continue
        likeness = matcher.ratio()
        if likeness >= LEAST and (one not in best or best[one].likeness < likeness):
            best[one] = Proposal(one, name, min(likeness, 0.99))
    return tuple(sorted(best.values(), key=lambda found: -found.likeness)[:MOST])
