"""What a row is about: an indicator (chỉ tiêu) or a task (nhiệm vụ), by code, by place in a plan, or by name.

A name that fits several rows is asked about, never guessed; a code, place and name that contradict are refused.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from pipeline.intake.names import loose_key, shortens
from pipeline.plans.models import Indicator, Plan, Task
from pipeline.plans.text import name_key

_R = TypeVar("_R", Indicator, Task)
_PLACE = ("annex", "group", "no")
SUGGESTIONS = 100
"""Unknown names of one run for which similar ones are looked for."""


@dataclass(frozen=True)
class CatalogueEntry(Generic[_R]):
    """One row of a plan."""

    plan: Plan
    row: _R

    @property
    def code(self) -> str:
        """'cat-hai-nq57/PL2.IV.26': the code (mã) that forms carry; labels are unique in a plan."""
        return f"{self.plan.id}/{self.row.key.label}"

    @cached_property
    def names(self) -> frozenset[str]:
        """Keys of the names a sender may use: the name, and the name as printed in the document."""
        return frozenset(name_key(name) for name in (self.row.name, self.row.name_printed) if name)

    @cached_property
    def loose_names(self) -> frozenset[str]:
        """The same for names that are numbered or abbreviated."""
        return frozenset(loose_key(name) for name in (self.row.name, self.row.name_printed) if name)

    def __str__(self) -> str:
        return f"{self.code} “{self.row.name[:60]}”"


@dataclass(frozen=True)
class Subject(Generic[_R]):
    """The outcome: one entry; several of one concept, unit and scope; or the rule that is broken, and why."""

    entries: tuple[CatalogueEntry[_R], ...] = ()
    rule: str = ""
    reason: str = ""
    renamed: str = ""
    """The name in the plan, where the sender wrote another one that no row has."""

    @property
    def entry(self) -> CatalogueEntry[_R] | None:
        """The one entry; None where there is none, or several are meant."""
        return self.entries[0] if len(self.entries) == 1 else None


@dataclass(frozen=True)
class Catalogue(Generic[_R]):
    """All rows of the plans of a locality, found by anything a sender may call them."""

    entries: tuple[CatalogueEntry[_R], ...]
    other_localities: Mapping[str, str]
    """Slug, with which plan ids begin → name, for the other localities."""
    measures: Catalogue[_R] | None = None
    """Lines of the same plans of which nothing is reported (giải pháp): who writes about one is told so."""

    @cached_property
    def _by_code(self) -> dict[str, CatalogueEntry[_R]]:
        return {name_key(entry.code): entry for entry in self.entries}

    @cached_property
    def _by_name(self) -> dict[str, list[CatalogueEntry[_R]]]:
        found: dict[str, list[CatalogueEntry[_R]]] = {}
        for entry in self.entries:
            for name in entry.names:
                found.setdefault(name, []).append(entry)
        return found

    @cached_property
    def _by_loose_name(self) -> dict[str, list[CatalogueEntry[_R]]]:
        found: dict[str, list[CatalogueEntry[_R]]] = {}
        for entry in self.entries:
            for name in entry.loose_names:
                found.setdefault(name, []).append(entry)
        return found

    @cached_property
    def _suggested(self) -> list[str]:
        """Names for which similar ones were looked for: it takes milliseconds each, so only the first are."""
        return []

    def find(self, cells: Mapping[str, str]) -> Subject[_R]:
        """Resolve the cells `code`, `plan`, `annex`, `group`, `no`, `name` of one row."""
        found = self._find(cells)
        if found.rule != "known-subject" or self.measures is None:
            return found
        measure = self.measures.find(cells).entry
        return found if measure is None else Subject(rule="known-subject", reason=_of_measure(measure))

    def _find(self, cells: Mapping[str, str]) -> Subject[_R]:
        if cells["code"]:
            return self._find_by_code(cells)
        if cells["plan"] and (cells["no"] or not cells["name"]):
            return self._find_by_place(cells)
        if cells["name"]:
            return self._find_by_name(cells)
        return Subject(rule="known-subject", reason="không ghi mã, không ghi kế hoạch với số thứ tự, không ghi tên")

    def _find_by_code(self, cells: Mapping[str, str]) -> Subject[_R]:
        entry = self._by_code.get(name_key(cells["code"]))
        if entry is None:
            return self._unknown(f"không có mã “{cells['code'][:60]}”", cells["code"].partition("/")[0], cells["name"])
        if (cells["plan"] and entry.plan not in self._plans(cells["plan"])) or not self._placed([entry], cells):
            return Subject(rule="identity-agrees", reason=f"mã là {entry}; cột kế hoạch, nhóm, số thứ tự ghi chỗ khác")
        return self._named(entry, cells["name"])

    def _find_by_place(self, cells: Mapping[str, str]) -> Subject[_R]:
        plans = self._plans(cells["plan"])
        found = self._placed([e for e in self.entries if e.plan in plans], cells)
        if len(found) > 1 and cells["name"]:
            found = [e for e in found if name_key(cells["name"]) in e.names]
        if len(found) == 1:
            return self._named(found[0], cells["name"])
        if found:
            return Subject(rule="ambiguous-subject", reason=_candidates(found))
        place = ".".join(cells[c] for c in _PLACE if cells[c])
        return self._unknown(f"không có {place} trong kế hoạch “{cells['plan'][:60]}”", cells["plan"], cells["name"])

    def _find_by_name(self, cells: Mapping[str, str]) -> Subject[_R]:
        found = self._by_name.get(name_key(cells["name"]), []) or self._by_loose_name.get(loose_key(cells["name"]), [])
        if cells["plan"]:
            plans = self._plans(cells["plan"])
            found = [e for e in found if e.plan in plans]
        if len(found) > 1 and cells["group"] and cells["no"]:
            found = self._placed(found, cells) or found
        if not found and cells["group"] and cells["no"] and not cells["plan"]:
            there = [e for e in self._placed(self.entries, cells) if shortens(cells["name"], e.row.name)]
            if len(there) == 1:
                return Subject((there[0],), renamed=f"trong kế hoạch: “{there[0].row.name}”")
        if not found:
            return self._unknown(f"không có tên “{cells['name'][:80]}”", cells["plan"], cells["name"])
        if len(found) > 1 and not _interchangeable(found):
            return Subject(rule="ambiguous-subject", reason=_candidates(found))
        return Subject(tuple(found))

    def _plans(self, written: str) -> list[Plan]:
        """Plans by id, by number ('14/KH-UBND') or by title."""
        key = name_key(written)
        plans = {entry.plan.id: entry.plan for entry in self.entries}.values()
        return [p for p in plans if key in (name_key(p.id), name_key(p.number or ""), name_key(p.title))]

    def _placed(self, entries: Sequence[CatalogueEntry[_R]], cells: Mapping[str, str]) -> list[CatalogueEntry[_R]]:
        """Those whose annex, group and number are as written, where they are written; '1.' is 1, '6.5a' is 5a of 6."""
        wanted = {c: name_key(cells[c]) for c in _PLACE if cells[c]}
        return [e for e in entries if all(text in _spellings(e.row, column) for column, text in wanted.items())]

    def _named(self, entry: CatalogueEntry[_R], name: str) -> Subject[_R]:
        """The entry, if the name beside it is not that of another row."""
        key = name_key(name)
        if not key or key in entry.names or loose_key(name) in entry.loose_names:
            return Subject((entry,))
        if others := self._by_name.get(key) or self._by_loose_name.get(loose_key(name)):
            return Subject(rule="identity-agrees", reason=f"mã hoặc số là {entry}; tên là của {others[0]}")
        return Subject((entry,), renamed=f"trong kế hoạch: “{entry.row.name}”")

    def _unknown(self, reason: str, plan: str, name: str) -> Subject[_R]:
        owner = next((n for slug, n in self.other_localities.items() if plan.startswith(f"{slug}-")), "")
        if owner:
            return Subject(rule="known-subject", reason=f"{reason}: kế hoạch của {owner}")
        near: list[str] = []
        if name and len(self._suggested) < SUGGESTIONS:
            self._suggested.append(name)
            near = difflib.get_close_matches(name_key(name[:300]), self._by_name, n=3, cutoff=0.6)
        asked = "; ".join(str(e) for key in near for e in self._by_name[key])
        return Subject(rule="known-subject", reason=f"{reason}. Có phải: {asked}?" if asked else reason)


def figure_named(cells: Mapping[str, str], figures: Collection[str]) -> str:
    """The id of the shared figure that stands as the code of a row, as in the form; '' for another code."""
    code = cells["code"]
    return code if code in figures and cells["concept"] in ("", code) else ""


def _spellings(row: Indicator | Task, column: str) -> tuple[str, ...]:
    """Keys of what a sender may write for the annex, group or number of a row."""
    own = name_key(getattr(row, column))
    return (own, name_key(f"{row.group}.{row.no}")) if column == "no" else (own,)


def _interchangeable(entries: Sequence[CatalogueEntry[_R]]) -> bool:
    """One concept in one unit and scope: a value for one serves them all."""
    measured = {
        (row.concept, row.unit, row.scope) if isinstance(row := entry.row, Indicator) else entry.code
        for entry in entries
    }
    return len(measured) == 1


def _of_measure(entry: CatalogueEntry[_R]) -> str:
    reason = f"{entry} là giải pháp, không phải nhiệm vụ: chỉ được liệt kê, không đánh giá tình trạng"
    return f"{reason}; gửi cho nhiệm vụ {entry.row.same_as} mà dòng này nhắc lại" if entry.row.same_as else reason


def _candidates(entries: Sequence[CatalogueEntry[_R]]) -> str:
    shown = "; ".join(map(str, entries[:4]))
    return f"có thể là {shown}" + (f" và {len(entries) - 4} dòng khác" if len(entries) > 4 else "")
