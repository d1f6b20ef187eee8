"""Whether a report came, in time or late, and with how many of its rows (đã gửi, đúng hạn, muộn, đầy đủ)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from pipeline.due.expected import ExpectedReport
from pipeline.due.received import Arrival, arrival_of
from pipeline.plans.periods import Period


class Timeliness(StrEnum):
    """What became of an expected report."""

    ON_TIME = "on-time"
    """Came by the day that a paper prints (đúng hạn)."""
    LATE = "late"
    """Came after it (muộn): accepted all the same."""
    RECEIVED = "received"
    """Came; no paper prints a day (đã gửi, không có hạn)."""
    DAY_UNKNOWN = "day-unknown"
    """Came; a day is printed, but the names of the files do not say when it did (không rõ ngày nhận)."""
    UNREAD = "unread"
    """Of an agency: its locality sent files, and no report of the period says yet which rows are in them."""
    NOT_SENT = "not-sent"
    """Has not come (chưa gửi)."""


@dataclass(frozen=True)
class RowsAsked:
    """Completeness (đầy đủ): rows with an accepted value, of the rows that are asked, as a published report counts."""

    accepted: int
    asked: int
    files: tuple[str, ...] = ()
    """Of an agency: the names of the files in which its values stand."""


@dataclass(frozen=True)
class DueReport:
    """An expected report, and what came of it by the day that is asked about."""

    expected: ExpectedReport
    state: Timeliness
    received_on: dt.date | None = None
    """The first day with which a file names itself; None for no file, and for none with a day."""
    files: int = 0
    undated: int = 0
    rows: RowsAsked | None = None
    """None where no report of the period is published, or it knows of files that came later than is asked."""

    @property
    def days_late(self) -> int | None:
        """Days after the printed day; None where it is not late."""
        if self.state is not Timeliness.LATE or self.received_on is None or self.expected.due is None:
            return None
        return (self.received_on - self.expected.due).days

    def days_over(self, day: dt.date) -> int:
        """Days by which a report that has not come is over its printed day on `day`; 0 for any other."""
        if self.state is not Timeliness.NOT_SENT or self.expected.due is None:
            return 0
        return max((day - self.expected.due).days, 0)

    @property
    def owed(self) -> bool:
        """Whether it has not come, or rows of it lack a value."""
        return self.state is Timeliness.NOT_SENT or (self.rows is not None and self.rows.accepted < self.rows.asked)


Arrivals = Mapping[tuple[str, Period], Arrival]
Completeness = Mapping[tuple[str, Period, str], RowsAsked]
"""By locality, period and agency, which is '' for the locality as a whole."""


def due_reports(
    expected: Iterable[ExpectedReport],
    came: Arrivals,
    rows: Completeness,
    slugs: Callable[[ExpectedReport], Collection[str]] = lambda _: (),
    known: Callable[[str], Collection[str]] = lambda _: (),
) -> list[DueReport]:
    """What became of each expected report, in their order.

    An agency has sent its report where a file names it (`slugs`: the forms of its name in names of files; `known`:
    those of all agencies of a locality), or where the locality sent files in which rows that it leads have a value.
    The part of another agency is no report of it.
    """
    found = list[DueReport]()
    for one in expected:
        own, of_all = (slugs(one), known(one.locality)) if one.agency else ((), ())
        found.append(_due_report(one, came.get((one.locality, one.period)), rows, own, of_all))
    return found


def _due_report(
    expected: ExpectedReport,
    arrival: Arrival | None,
    rows: Completeness,
    slugs: Collection[str],
    known: Collection[str],
) -> DueReport:
    counted = rows.get((expected.locality, expected.period, expected.agency))
    if arrival is None:
        return DueReport(expected, Timeliness.NOT_SENT, rows=counted)
    counted = counted if arrival.complete else None
    if expected.agency:
        parts, of_the_whole = arrival.of_agency(slugs), arrival.of_the_whole(known)
        if counted is None and not parts and of_the_whole:
            return DueReport(expected, Timeliness.UNREAD)
        whole = [name for name in of_the_whole if counted and name in counted.files]
        own = arrival_of([*parts, *whole], expected.cut_off)
        if own is None:
            return DueReport(expected, Timeliness.NOT_SENT, rows=counted)
        arrival = own
    first = arrival.dated[0] if arrival.dated else None
    state = timeliness(expected.due, first, bool(arrival.undated))
    return DueReport(expected, state, first, arrival.files, arrival.undated, counted)


def timeliness(due: dt.date | None, first: dt.date | None, some_undated: bool) -> Timeliness:
    """In time or late, by the first file with a day; a file without one may have come before it."""
    if due is None:
        return Timeliness.RECEIVED
    if first is not None and first <= due:
        return Timeliness.ON_TIME
    if first is None or some_undated:
        return Timeliness.DAY_UNKNOWN
    return Timeliness.LATE


@dataclass(frozen=True)
class ReportingRate:
    """Counts over expected reports (tỷ lệ báo cáo); numerators and denominators are added, rates never averaged."""

    by_state: Mapping[Timeliness, int]
    accepted: int
    asked: int
    """Rows, over the reports of which they are known."""
    with_rows: int
    """Reports of which they are known."""
    not_sent_with_day: int
    """Of those not sent, with a printed day: they stay in the denominator of what came in time."""

    @classmethod
    def over(cls, reports: Iterable[DueReport]) -> ReportingRate:
        """The counts of any number of reports."""
        found = list(reports)
        rows = [report.rows for report in found if report.rows is not None]
        return cls(
            by_state=Counter(report.state for report in found),
            accepted=sum(one.accepted for one in rows),
            asked=sum(one.asked for one in rows),
            with_rows=len(rows),
            not_sent_with_day=sum(r.state is Timeliness.NOT_SENT and r.expected.due is not None for r in found),
        )

    def of(self, state: Timeliness) -> int:
        """Reports in one state."""
        return self.by_state.get(state, 0)

    @property
    def expected(self) -> int:
        """All that are owed (phải gửi)."""
        return sum(self.by_state.values())

    @property
    def sent(self) -> int:
        """All that came (đã gửi), whenever."""
        return self.expected - self.of(Timeliness.NOT_SENT)

    @property
    def share(self) -> Fraction | None:
        """Of the expected reports, those that came; None over none."""
        return Fraction(self.sent, self.expected) if self.expected else None

    @property
    def with_day(self) -> int:
        """Reports for which a paper prints a day: the denominator of those in time (có hạn gửi)."""
        came = (Timeliness.ON_TIME, Timeliness.LATE, Timeliness.DAY_UNKNOWN)
        return sum(map(self.of, came)) + self.not_sent_with_day
