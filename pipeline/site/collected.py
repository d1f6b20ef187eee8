"""The summaries of all published reports (tóm tắt của các báo cáo), each read on its own: a bad one stops no other."""

from __future__ import annotations

import gc
import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from pipeline.completion.locality_summary import LocalitySummary, Summary
from pipeline.dataset.published_reports import Published, published
from pipeline.errors import BusyError, NoInputError
from pipeline.paths import Layout
from pipeline.plans.models import Locality
from pipeline.plans.periods import Period
from pipeline.plans.registry import NO_PLANS, Registry, read_registry
from pipeline.site.hash_cache import HashCache, delete_others
from pipeline.site.site_record import SiteInputs
from pipeline.whole import read_ordinary


class SummaryFault(StrEnum):
    """Why a report is not shown (báo cáo không đọc được)."""

    MISSING = "missing"
    """No summary: a report from before summaries existed."""
    MALFORMED = "malformed"
    MISPLACED = "misplaced"
    """Of another locality or period than its folder."""
    UNLISTED = "unlisted"
    """Its locality is not in localities.csv."""


@dataclass(frozen=True)
class Unreadable:
    """A published report that cannot be shown, and why; the site lists it."""

    report: Published
    fault: SummaryFault


@dataclass(frozen=True)
class Readable:
    """A report with its contribution to the roll-up, as text: for most periods it is never parsed."""

    report: Published
    sha256: str
    """Of its summary."""
    text: str

    @cached_property
    def locality_summary(self) -> LocalitySummary:
        """Its contribution to the roll-up, parsed on first use."""
        return LocalitySummary.from_text(self.text)


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
        return any(r.locality_summary.has_values for r in self.all_of(period))

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
    summary = readable.locality_summary.summary
    return summary.method, summary.cut_off.isoformat()


def collect(layout: Layout, inputs: SiteInputs) -> Collected:
    """Read the lists and every summary of `inputs`; summaries read before come from the cache.

    Raises DataError for lists that cannot be used, BusyError for a summary that has changed since `inputs`.
    """
    lists = read_registry(layout, NO_PLANS)
    known = lists.localities.by_slug
    hashes = {file.path: file.sha256 for file in inputs.summaries}
    found = dict[Published, Readable | SummaryFault]()
    with many_records():
        for period, reports in _by_period(published(layout)).items():
            cache = HashCache.open(cache_folder(layout) / period, inputs.maker)
            for report in reports:
                read = _read(report, hashes.get(layout.relative(report.summary), ""), cache)
                listed = isinstance(read, SummaryFault) or report.locality in known
                found[report] = read if listed else SummaryFault.UNLISTED
            cache.save()
    delete_others(cache_folder(layout), {report.name for report in found})
    ordered = sorted(found.items(), key=lambda item: item[0])
    return Collected(
        lists,
        tuple(read for _, read in ordered if isinstance(read, Readable)),
        tuple(Unreadable(report, read) for report, read in ordered if isinstance(read, SummaryFault)),
    )


@contextmanager
def many_records() -> Iterator[None]:
    """Make thousands of records without garbage collection, and exempt them from it afterwards.

    The collector would walk through all of them again and again, which takes longer than making them; none of them
    is ever part of a cycle.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def cache_folder(layout: Layout) -> Path:
    """Where locality summaries are cached, one file per period."""
    return layout.processed / "overview" / "locality-summaries"


def _by_period(reports: Iterable[Published]) -> dict[str, list[Published]]:
    found = dict[str, list[Published]]()
    for report in reports:
        found.setdefault(report.name, []).append(report)
    return found


def _read(report: Published, sha256: str, cache: HashCache) -> Readable | SummaryFault:
    if not report.summary.is_file():
        return SummaryFault.MISSING
    key = f"{report.locality} {sha256}"
    text = cache.get(key)
    if text is None:
        text = _reduced(report, sha256)
        if isinstance(text, SummaryFault):
            return text
        cache.put(key, text)
    return Readable(report, sha256, text)


def _reduced(report: Published, sha256: str) -> str | SummaryFault:
    content = read_ordinary(report.summary)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BusyError("Một báo cáo thay đổi trong khi đang lập trang chung; hãy chạy lại.")
    try:
        summary = Summary.model_validate_json(content)
    except ValueError:
        return SummaryFault.MALFORMED
    if (summary.locality, summary.period) != (report.locality, report.name):
        return SummaryFault.MISPLACED
    return LocalitySummary.of(summary).to_text()


def group_of(place: Locality) -> str:
    """The code of the province or city a locality belongs to; a province or city belongs to itself."""
    return place.parent or place.code


def alphabetical(places: Sequence[Locality]) -> list[Locality]:
    """By short name, in the order of a Vietnamese dictionary: A Ă Â B … D Đ E Ê …, then by tone."""
    return sorted(places, key=lambda place: (dictionary_key(place.name), place.code))


_ALPHABET = {letter: n for n, letter in enumerate("0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=1)}
_TONES = {tone: n for n, tone in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}
"""Huyền, hỏi, ngã, sắc, nặng; a letter without a tone mark comes first."""


def dictionary_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Letters first, tones after: 'Ba Vì' before 'Bà Vì', both before 'Bạch'. Python's own order puts Đ after Z."""
    letters, tones = list[int](), list[int]()
    for character in unicodedata.normalize("NFC", text.lower()):
        parts = unicodedata.normalize("NFD", character)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
        letters.append(_ALPHABET.get(base, 0 if base == " " else 100))
        tones.append(max((_TONES.get(c, 0) for c in parts), default=0))
    return tuple(letters), tuple(tones)
