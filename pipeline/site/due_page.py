"""The page “Ai còn nợ gì”: who has sent which report over the last periods, as small multiples.

It is computed as of the period of the site and of what has come, or had come by the day `AS_OF`, never of the clock: a
report that has not come is not said to be late by so many days, which only `make due` says, of a day it is asked about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.dataset.rows_by_report import agency_rows, rows_by_report
from pipeline.due.due_book import DueBook
from pipeline.due.due_frames import By, group_of_report, rates_over
from pipeline.due.open_questions import OpenQuestions, open_questions
from pipeline.due.plan_heads import PlanHeads
from pipeline.due.timeliness import DueReport, ReportingRate, RowsAsked, Timeliness
from pipeline.errors import UsageError
from pipeline.languages import in_language
from pipeline.paths import Layout
from pipeline.plans.models import Locality
from pipeline.plans.periods import Period
from pipeline.plans.regimes import Regime, last_periods
from pipeline.report.page import Fragment
from pipeline.report.printed_text import with_elements
from pipeline.report.templating import environment
from pipeline.report.words import Words
from pipeline.site.collected import alphabetical

LAST = 8
"""Periods of one frequency that are shown (số kỳ)."""
MOST_PLACES = 200
"""Localities with a line of their own on the one page; of more, each province has a page of its own."""
DUE = "due.html"
"""The page of all."""
FIRST_NAMES = 50
"""Names written out in a sentence; the rest are folded."""
TEMPLATES = Path(__file__).parent / "templates"
_LOOKS = {
    Timeliness.ON_TIME: ("met", "✓"),
    Timeliness.RECEIVED: ("met", "•"),
    Timeliness.LATE: ("not", "+"),
    Timeliness.DAY_UNKNOWN: ("absent", "?"),
    Timeliness.NOT_SENT: ("out", "–"),
}
"""Class and sign of a state in the table of localities."""


class RateLine(NamedTuple):
    """A line of rates: its name, and one rate for each period."""

    name: str
    rates: tuple[ReportingRate, ...]
    page: str = ""
    """The page of its localities; '' where they are on the same page."""

    @property
    def bars(self) -> list[tuple[int, float, float]]:
        """Left edge, top and height of a bar for each period with expected reports, 10 units wide and 20 high."""
        return [_bar(n, rate.share) for n, rate in enumerate(self.rates) if rate.share is not None]


class AgencyLine(NamedTuple):
    """Rows accepted of rows asked of an agency, for each period; None where no report is published."""

    agency: str
    locality: str
    rows: tuple[RowsAsked | None, ...]

    @property
    def bars(self) -> list[tuple[int, float, float]]:
        """As of rates."""
        return [_bar(n, one.accepted / one.asked) for n, one in enumerate(self.rows) if one is not None and one.asked]


def _bar(number: int, share: Any) -> tuple[int, float, float]:
    height = round(19 * float(share), 1)
    return 10 * number, round(19.5 - height, 1), max(height, 0.5)


@dataclass(frozen=True)
class DuePage:
    """What the page shows, for the periods that end with the one of the site."""

    layout: Layout
    book: DueBook
    period: Period
    words: Words
    draft: bool = False
    province: str = ""
    """The code of the one province or city whose localities it lists; '' for the page of all."""
    given: tuple[DueReport, ...] = ()
    """The reports of that province."""
    as_of: dt.date | None = None
    """Only what was known by this day counts; None for all that has come."""

    @classmethod
    def open(  # noqa: PLR0913
        cls,
        layout: Layout,
        period: Period,
        words: Words,
        *,
        draft: bool = False,
        as_of: dt.date | None = None,
        heads: PlanHeads | None = None,
    ) -> DuePage:
        """Raises DataError for regimes that cannot be used, UsageError for a day before the period had closed."""
        book = DueBook.open(layout, heads=heads)
        if as_of and as_of < (cut_off := period.cut_off(book.calendar)):
            raise UsageError(
                f"Ngày {as_of:%d/%m/%Y} (AS_OF) trước ngày chốt của kỳ {period} ({cut_off:%d/%m/%Y}), chưa nơi nào "
                "phải gửi. Nêu kỳ đã chốt đến ngày ấy: PERIOD=…"
            )
        return cls(layout, book, period, words, draft=draft, as_of=as_of)

    @cached_property
    def reports(self) -> list[DueReport]:
        """The reports of all periods shown."""
        if self.province:
            return list(self.given)
        return self.book.reports(last_periods(self.period, LAST), self._rows, self.as_of)

    @cached_property
    def _rows(self) -> dict[tuple[str, Period, str], RowsAsked]:
        return rows_by_report(self.layout, last_periods(self.period, LAST))

    @cached_property
    def is_split(self) -> bool:
        """Whether the localities are so many that each province has a page of its own."""
        if self.province:
            return False
        return len({r.expected.locality for r in self.reports} | {of for of, *_ in self._rows}) > MOST_PLACES

    @cached_property
    def periods(self) -> list[Period]:
        """The last periods, from the first for which a report was owed."""
        owed = {report.expected.period for report in self.reports}
        shown = last_periods(self.period, LAST)
        first = next((n for n, period in enumerate(shown) if period in owed), LAST - 1)
        return shown[first:]

    @cached_property
    def now(self) -> list[DueReport]:
        """The reports of the period of the site."""
        return [report for report in self.reports if report.expected.period == self.period]

    @property
    def rate(self) -> ReportingRate:
        """Over the reports of the period of the site."""
        return ReportingRate.over(self.now)

    @cached_property
    def provinces(self) -> list[RateLine]:
        """A line for each province and city of which a locality owes a report."""
        rates = {(one.of, one.period): one.rate for one in rates_over(self.reports, By.PROVINCE)}
        none = ReportingRate.over(())
        return [
            RateLine(
                self._name(code),
                tuple(rates.get((code, str(period)), none) for period in self.periods),
                self._page(code) if self.is_split else "",
            )
            for code in self._codes
        ]

    @property
    def name(self) -> str:
        """Its file: 'due.html', 'due-hai-phong.html', 'due-hai-phong.en.html'."""
        return self._page(self.province) if self.province else in_language(DUE, self.words.code)

    @property
    def title(self) -> str:
        """What it is about, and of a province its name."""
        title = self.words.text("due.title")
        return f"{title} · {self._name(self.province)}" if self.province else title

    def page_of(self, province: str) -> str:
        """The page of the localities of a province, by its name."""
        return next(line.page for line in self.provinces if line.name == province)

    @property
    def made_from(self) -> list[object]:
        """All that it shows of its reports, for a hash."""
        rows = [
            [r.expected.locality, str(r.expected.period), str(r.state), r.days_late, r.expected.synthetic]
            for r in self.reports
        ]
        counted = [[r.rows.accepted, r.rows.asked] for r in self.now if r.rows]
        regimes = [regime.model_dump(mode="json") for regime in (*self.regimes, *self.without_frequency)]
        return [rows, counted, self.rate.with_day, regimes, len(self.book.faults)]

    def by_province(self) -> Iterator[DuePage]:
        """The page of each province, where the localities are too many for one page."""
        found = dict[str, list[DueReport]]()
        for report in self.reports if self.is_split else ():
            found.setdefault(group_of_report(report, By.PROVINCE), []).append(report)
        for code, mine in sorted(found.items()):
            yield replace(self, province=code, given=tuple(mine))

    @cached_property
    def _codes(self) -> list[str]:
        return sorted({group_of_report(report, By.PROVINCE) for report in self.reports})

    def _page(self, code: str) -> str:
        place = self.book.lists.localities.of_code(code)
        return in_language(f"due-{place.slug if place else code}.html", self.words.code)

    @cached_property
    def places(self) -> list[tuple[Locality, tuple[DueReport | None, ...]]]:
        """Each locality with what became of its report in each period; empty where they are too many."""
        if self.is_split:
            return []
        slugs = {report.expected.locality for report in self.reports}
        found = {(r.expected.locality, r.expected.period): r for r in self.reports}
        places = alphabetical([self.book.lists.localities.named(slug) for slug in slugs])
        return [(place, tuple(found.get((place.slug, period)) for period in self.periods)) for place in places]

    @cached_property
    def agencies(self) -> list[AgencyLine]:
        """Each agency of localities with a report; empty where the localities are too many."""
        if self.is_split or self.province:
            return []
        known = {(r.expected.locality, r.expected.period) for r in self.reports if r.rows}
        found = agency_rows(self.layout, self.periods).items()
        rows = {key: counted for key, counted in found if not self.as_of or key[:2] in known}
        names = sorted({(locality, agency) for locality, _, agency in rows})
        return [
            AgencyLine(
                agency,
                self.book.lists.localities.named(locality).full_name,
                tuple(rows.get((locality, period, agency)) for period in self.periods),
            )
            for locality, agency in names
        ]

    def owing(self) -> Iterator[tuple[str, list[str]]]:
        """The provinces of the localities that have not sent the report of the period, each with these by name."""
        owed = dict[str, list[Locality]]()
        for report in (r for r in self.now if r.state is Timeliness.NOT_SENT):
            place = self.book.lists.localities.named(report.expected.locality)
            owed.setdefault(group_of_report(report, By.PROVINCE), []).append(place)
        for code, places in sorted(owed.items()):
            yield self._name(code), [place.full_name for place in alphabetical(places)]

    @cached_property
    def asked(self) -> list[OpenQuestions]:
        """What is asked about reports and not answered: by all that is written, or as known on `as_of`."""
        day = self.as_of or self.period.cut_off(self.book.calendar)
        return list(open_questions(self.layout, self.book.lists, day, self.as_of))

    @property
    def synthetic(self) -> int:
        """Reports of the period on made-up plans."""
        return sum(report.expected.synthetic for report in self.now)

    @property
    def regimes(self) -> list[Regime]:
        """What orders the reports of the period, each once."""
        return list({regime.id: regime for report in self.now for regime in report.expected.regimes}.values())

    @cached_property
    def without_frequency(self) -> list[Regime]:
        """Duties of which the paper prints no frequency: nothing is expected of them; on the page of all."""
        return [] if self.province else self.book.without_frequency([self.period])

    def render(self) -> Fragment:
        """The page as a fragment."""
        template = environment(TEMPLATES).get_template("due.html.j2")
        helpers = {"states": list(_LOOKS), "looks": _LOOKS, "first_names": FIRST_NAMES}
        return Fragment(with_elements(template.render(page=self, w=self.words, t=self.words.html, **helpers)))

    def _name(self, code: str) -> str:
        place = self.book.lists.localities.of_code(code)
        return place.full_name if place else code
