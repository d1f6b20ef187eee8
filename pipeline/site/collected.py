"""The published reports of all periods, as the data set lists them, and names in the order of a dictionary."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TypeVar

from pipeline.dataset.country_period import reports_of_all_periods
from pipeline.dataset.published_reports import Published, ReportFault
from pipeline.errors import NoInputError
from pipeline.paths import Layout
from pipeline.plans.localities import Row
from pipeline.plans.models import Locality
from pipeline.plans.periods import Period
from pipeline.plans.registry import NO_PLANS, Registry, read_registry

_Place = TypeVar("_Place", Locality, Row)


@dataclass(frozen=True)
class Unreadable:
    """A published report that cannot be shown, and why; the site lists it."""

    report: Published
    fault: ReportFault


@dataclass(frozen=True)
class Readable:
    """A report whose rows are in the data set."""

    report: Published
    run: str
    method: str
    cut_off: dt.date
    has_values: bool
    """It has a value of the period, of a counted row or of a starting point."""


@dataclass(frozen=True)
class Collected:
    """All published reports: those that can be read, and those that cannot."""

    lists: Registry
    """Localities, concepts and calendar; no plans."""
    reports: tuple[Readable, ...]
    unreadable: tuple[Unreadable, ...]

    def of(self, period: Period) -> list[Readable]:
        """The comparable reports of a period: those of one method, the one that most of them have."""
        common = self._common(period)
        return [r for r in self.all_of(period) if _method(r) == common]

    def apart(self, period: Period) -> list[Readable]:
        """The reports of a period made by another method than those of `of`."""
        common = self._common(period)
        return [r for r in self.all_of(period) if _method(r) != common]

    def period(self, wanted: Period | None) -> Period:
        """The period to show; by default the newest that has a value.

        A report can be made for a period for which nobody has sent anything yet; such a period is shown by default
        only if no period has a value.

        Raises NoInputError where there is no readable report, or none of the period wanted.
        """
        periods = sorted(self.counts, key=lambda p: p.newness(self.lists.calendar), reverse=True)
        if not periods:
            note = f" ({len(self.unreadable)} báo cáo không đọc được)" if self.unreadable else ""
            raise NoInputError(f"Chưa có báo cáo nào trong reports/{note}. Lập trước: make report LOCALITY=cat-hai")
        if wanted is not None and wanted not in periods:
            names = ", ".join(map(str, periods))
            raise NoInputError(f"Không có báo cáo đọc được của kỳ {wanted}. Các kỳ có báo cáo: {names}")
        return wanted or next(filter(self.has_values, periods), periods[0])

    def has_values(self, period: Period) -> bool:
        """Whether a locality has a value dated within the period (kỳ đã có số liệu)."""
        return any(r.has_values for r in self.all_of(period))

    @cached_property
    def counts(self) -> dict[Period, int]:
        """Readable reports by period."""
        return {period: len(reports) for period, reports in self._by_period.items()}

    def all_of(self, period: Period) -> list[Readable]:
        """All readable reports of a period, whatever their method; [] where there is none."""
        return self._by_period.get(period, [])

    def _common(self, period: Period) -> tuple[str, str] | None:
        methods = Counter(map(_method, self.all_of(period)))
        return max(methods, key=lambda method: (methods[method], method), default=None)

    @cached_property
    def _by_period(self) -> dict[Period, list[Readable]]:
        found = dict[Period, list[Readable]]()
        for readable in self.reports:
            found.setdefault(readable.report.period, []).append(readable)
        return found


def _method(readable: Readable) -> tuple[str, str]:
    """What must be equal for reports to be added up."""
    return readable.method, readable.cut_off.isoformat()


def collect(layout: Layout) -> Collected:
    """Read the lists and the list of all reports in the data set. Raises DataError for lists that cannot be used."""
    readable, unreadable = list[Readable](), list[Unreadable]()
    for row in reports_of_all_periods(layout.dataset) if (layout.dataset / "localities").is_dir() else ():
        report = Published(row["locality"], row["period"], f"{layout.reports}/{row['locality']}/{row['period']}")
        if row["fault"]:
            unreadable.append(Unreadable(report, ReportFault(row["fault"])))
        else:
            facts = (row["run"], row["method"], row["cut_off"].date(), row["has_values"])
            readable.append(Readable(report, *facts))
    return Collected(read_registry(layout, NO_PLANS), tuple(readable), tuple(unreadable))


def alphabetical(places: Iterable[_Place]) -> list[_Place]:
    """By short name, in the order of a Vietnamese dictionary: A Ă Â B … D Đ E Ê …, then by tone."""
    return sorted(places, key=lambda place: (dictionary_key(place.name), place.code))


_ALPHABET = {letter: n for n, letter in enumerate("0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=1)}
_TONES = {tone: n for n, tone in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}
"""Huyền, hỏi, ngã, sắc, nặng; a letter without a tone mark comes first."""


@cache
def dictionary_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Letters first, tones after: 'Ba Vì' before 'Bà Vì', both before 'Bạch'. Python's own order puts Đ after Z."""
    signs = [_sign(character) for character in unicodedata.normalize("NFC", text.lower())]
    return tuple(letter for letter, _ in signs), tuple(tone for _, tone in signs)


@cache
def _sign(character: str) -> tuple[int, int]:
    """The places of a letter and of its tone in the dictionary."""
    parts = unicodedata.normalize("NFD", character)
    base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    return _ALPHABET.get(base, 0 if base == " " else 100), max((_TONES.get(c, 0) for c in parts), default=0)
