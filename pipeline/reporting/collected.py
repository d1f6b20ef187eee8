"""The summaries of all published reports (tóm tắt của các báo cáo), each read by itself: a bad one stops no other."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from pipeline.audit.site import Published, published
from pipeline.completion.summary import Summary
from pipeline.errors import NoInputError
from pipeline.paths import Layout
from pipeline.plans.models import Locality
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry, read_registry


class Fault(StrEnum):
    """Why a report is not shown (báo cáo không đọc được)."""

    MISSING = "missing"
    """No summary: a report from before there were any."""
    MALFORMED = "malformed"
    MISPLACED = "misplaced"
    """It speaks of another locality or period than its folder."""
    UNLISTED = "unlisted"
    """Its locality is not in localities.csv."""


@dataclass(frozen=True)
class Unreadable:
    report: Published
    fault: Fault


@dataclass(frozen=True)
class Collected:
    """Every readable report with its summary, and what could not be read."""

    lists: Registry
    """Localities, concepts and calendar; no plans."""
    reports: tuple[tuple[Published, Summary], ...]
    unreadable: tuple[Unreadable, ...]

    def of(self, period: Period) -> list[Summary]:
        """The reports of a period that can stand side by side: those of one method, the one that most have."""
        common = self._common(period)
        return [s for s in self._all_of(period) if _method(s) == common]

    def apart(self, period: Period) -> list[Summary]:
        """The reports of a period made by another method than those in `of`."""
        common = self._common(period)
        return [s for s in self._all_of(period) if _method(s) != common]

    def period(self, wanted: Period | None) -> Period:
        """The period to show; by default the newest there is.

        Raises NoInputError where there is no readable report, or none of the period wanted.
        """
        there = sorted(self.counts, key=lambda p: p.newness(self.lists.calendar))
        if not there:
            told = f" ({len(self.unreadable)} báo cáo không đọc được)" if self.unreadable else ""
            raise NoInputError(f"Chưa có báo cáo nào trong reports/{told}. Lập trước: make report LOCALITY=cat-hai")
        if wanted is not None and wanted not in there:
            periods = ", ".join(map(str, reversed(there)))
            raise NoInputError(f"Không có báo cáo đọc được của kỳ {wanted}. Các kỳ có báo cáo: {periods}")
        return wanted or there[-1]

    @cached_property
    def counts(self) -> dict[Period, int]:
        """Readable reports by period."""
        return dict(Counter(report.period for report, _ in self.reports))

    @cached_property
    def places(self) -> dict[str, Locality]:
        return {place.slug: place for place in self.lists.localities}

    @cached_property
    def by_code(self) -> dict[str, Locality]:
        return {place.code: place for place in self.lists.localities}

    def _common(self, period: Period) -> tuple[str, str] | None:
        methods = Counter(map(_method, self._all_of(period)))
        return max(methods, key=lambda method: (methods[method], method), default=None)

    def _all_of(self, period: Period) -> list[Summary]:
        return [summary for report, summary in self.reports if report.period == period]


def _method(summary: Summary) -> tuple[str, str]:
    """What must be equal for reports to be added up."""
    return summary.method, summary.cut_off.isoformat()


def collect(layout: Layout) -> Collected:
    """Read the lists and every summary. Raises DataError for lists that cannot be used, for no summary."""
    lists = read_registry(layout, "")
    known = {place.slug for place in lists.localities}
    read = [(report, _read(report, known)) for report in published(layout)]
    return Collected(
        lists,
        tuple((report, found) for report, found in read if isinstance(found, Summary)),
        tuple(Unreadable(report, found) for report, found in read if isinstance(found, Fault)),
    )


def _read(report: Published, known: set[str]) -> Summary | Fault:
    if not report.summary.is_file():
        return Fault.MISSING
    try:
        summary = Summary.model_validate_json(report.summary.read_bytes())
    except (OSError, ValueError):
        return Fault.MALFORMED
    if (summary.locality, summary.period) != (report.locality, report.name):
        return Fault.MISPLACED
    return summary if summary.locality in known else Fault.UNLISTED


def group_of(place: Locality) -> str:
    """The code of the unit a locality stands under; a province or city stands under itself."""
    return place.parent or place.code


def alphabetical(places: Sequence[Locality]) -> list[Locality]:
    """By short name, in the order of a Vietnamese dictionary: A Ă Â B … D Đ E Ê …, then by tone."""
    return sorted(places, key=lambda place: (dictionary_key(place.name), place.code))


_ALPHABET = {letter: n for n, letter in enumerate("0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=1)}
_TONES = {tone: n for n, tone in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}
"""Huyền, hỏi, ngã, sắc, nặng; no mark comes first."""


def dictionary_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Letters first, tones after: 'Ba Vì' before 'Bà Vì', both before 'Bạch'. Python's own order puts Đ behind Z."""
    letters, tones = list[int](), list[int]()
    for character in unicodedata.normalize("NFC", text.lower()):
        parts = unicodedata.normalize("NFD", character)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
        letters.append(_ALPHABET.get(base, 0 if base == " " else 100))
        tones.append(max((_TONES.get(c, 0) for c in parts), default=0))
    return tuple(letters), tuple(tones)
