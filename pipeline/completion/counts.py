"""Counts and the rates they make (số đếm, tỷ lệ). The parts always add up to the whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeVar

from pydantic import computed_field

from pipeline.completion.statuses import (
    ABSENT,
    BEHIND,
    DONE,
    NOT_MET,
    OVERDUE,
    UNCOUNTED,
    UNCOUNTED_TASKS,
    UNREPORTED,
    Status,
    TaskStatus,
)
from pipeline.plans.base import Computed, Frozen, Number

_S = TypeVar("_S", Status, TaskStatus)


class Rate(Computed):
    """A met rate with both bounds (tỷ lệ chỉ tiêu đạt), with every kind of absence kept apart."""

    by_status: dict[Status, int]
    """All rows; those in `UNCOUNTED` leave numerator and denominator, the others are the set A."""
    due: int
    """Rows of A whose target is already due."""
    met_of_due: int
    attainment_of: int
    """Rows of A that can have an attainment."""
    attainment_low: Number | None = None
    """Mean of min(attainment, 1), every absence as 0; None over no rows."""
    attainment_high: Number | None = None
    older: int = 0
    """Rows of A without a value of the period, but with an earlier one that still serves (số liệu gần nhất)."""
    older_met: int = 0
    """Of those, the rows whose earlier value meets the target; no part of `met`."""
    older_first: dt.date | None = None
    older_last: dt.date | None = None
    """The days of those values, the earliest and the latest."""
    older_unstated: int = 0
    """Of `older`, values whose source names no day; the closing day of their period stands in."""
    met_by_amendment: int = 0
    """Of `met`, rows that would not be met by the target as first issued (đạt do mục tiêu đã hạ)."""

    def of(self, statuses: Iterable[Status]) -> int:
        """Rows that have one of `statuses`, whether they belong to A or not."""
        return _sum(self.by_status, statuses)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        """|A|: rows with a quantified target in the stage in force."""
        return sum(self.by_status.values()) - self.of(UNCOUNTED)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def met(self) -> int:
        """Rows of A whose target holds by a value dated in the period (đạt)."""
        return self.of([Status.MET])

    @computed_field  # type: ignore[prop-decorator]
    @property
    def not_met(self) -> int:
        """Rows of A with a value by which the target does not hold (chưa đạt), whether late or on the way."""
        return self.of(NOT_MET)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def undecidable(self) -> int:
        """Rows of A with a value from which it does not follow whether the target holds."""
        return self.of([Status.UNDECIDABLE])

    @computed_field  # type: ignore[prop-decorator]
    @property
    def absent(self) -> int:
        """Rows of A without a value to judge (thiếu số liệu): not sent, not due yet, or quarantined."""
        return self.of(ABSENT)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def behind(self) -> int:
        """Missed, late or fallen back (chậm)."""
        return self.of(BEHIND)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def met_at_most(self) -> int:
        """Met if every absence and every undecidable value turned out well."""
        return self.met + self.undecidable + self.absent

    @computed_field  # type: ignore[prop-decorator]
    @property
    def observed(self) -> int:
        """Rows of A with a value dated in the period, also an undecidable one; the numerator of `coverage`."""
        return self.total - self.absent

    @property
    def lower(self) -> Fraction | None:
        """Every absence counted as not met; None for 0/0."""
        return _fraction(self.met, self.total)

    @property
    def upper(self) -> Fraction | None:
        """Every absence counted as met; None for 0/0."""
        return _fraction(self.met_at_most, self.total)

    @property
    def coverage(self) -> Fraction | None:
        """Độ phủ: rows with a value of the period among those counted."""
        return _fraction(self.observed, self.total)


class ConceptCount(Frozen):
    """The counted rows of a locality with every concept taken once (mỗi khái niệm tính một lần).

    A concept is met when all its rows are, and not met when one is not.
    """

    total: int
    met: int
    not_met: int
    repeated: int
    """Concepts with more than one counted row."""

    @property
    def met_at_most(self) -> int:
        """Met if every absence and every undecidable value turned out well."""
        return self.total - self.not_met


class TaskCounts(Computed):
    """Tasks by status; the counts add up to the number assigned."""

    by_status: dict[TaskStatus, int]

    def of(self, *statuses: TaskStatus) -> int:
        """Tasks that have one of `statuses`."""
        return _sum(self.by_status, statuses)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def assigned(self) -> int:
        """All tasks given (nhiệm vụ được giao), also those that leave the count."""
        return sum(self.by_status.values())

    @property
    def done(self) -> int:
        """Finished in time, late, or without a due day to hold them to."""
        return self.of(*DONE)

    @property
    def overdue(self) -> int:
        """Reported as not done, and past the deadline (quá hạn)."""
        return self.of(*OVERDUE)

    @property
    def not_reported(self) -> int:
        """Tasks without reported facts, before or past the deadline; not the same as not started."""
        return self.of(*UNREPORTED)

    @property
    def counted(self) -> int:
        """Tasks assigned, without those suspended, dropped or taken over by another plan."""
        return self.assigned - self.of(*UNCOUNTED_TASKS)


class DatedTasks(Frozen):
    """Tasks with a deadline (nhiệm vụ có thời hạn); `done`, `overdue`, `not_reported` and the rest make `total`."""

    total: int = 0
    done: int = 0
    done_late: int = 0
    """Of those done, finished after the deadline."""
    due: int = 0
    """Whose deadline is the cut-off or earlier (đã đến hạn)."""
    done_of_due: int = 0
    overdue: int = 0
    """Reported as not done, and past the deadline."""
    not_reported: int = 0
    not_reported_past_due: int = 0

    @property
    def in_time(self) -> int:
        """Reported, not done, not past the deadline."""
        return self.total - self.done - self.overdue - self.not_reported

    @property
    def done_at_most(self) -> int:
        """Done if every task without a report is done."""
        return self.done + self.not_reported


class RecurringTasks(Frozen):
    """Tasks to be reported again and again (nhiệm vụ thường xuyên)."""

    total: int = 0
    """To be reported (phải báo cáo)."""
    in_time: int = 0
    """Reported recently enough (báo cáo đúng kỳ), or finished for good."""
    lapsed: int = 0
    not_reported: int = 0
    unstated: int = 0
    """Of `total`, those for which the plan prints no frequency (không ghi tần suất)."""
    unstated_in_time: int = 0

    @property
    def in_time_at_most(self) -> int:
        """In time if every task without a report is."""
        return self.in_time + self.not_reported


class UndatedTasks(Frozen):
    """Tasks for which the plan names no deadline (nhiệm vụ không ghi ngày đến hạn)."""

    total: int = 0
    done: int = 0
    under_way: int = 0
    not_reported: int = 0

    @property
    def not_started(self) -> int:
        """Reported as not started."""
        return self.total - self.done - self.under_way - self.not_reported

    @property
    def done_at_most(self) -> int:
        """Done if every task without a report is done."""
        return self.done + self.not_reported


class TasksByDeadline(Frozen):
    """Three counts of tasks. No rate is taken across them: what fulfils a task differs from one to the other.

    Tasks suspended, dropped, taken over or of a plan not in force are in none of them.
    """

    dated: DatedTasks = DatedTasks()
    recurring: RecurringTasks = RecurringTasks()
    undated: UndatedTasks = UndatedTasks()

    @property
    def total(self) -> int:
        """Tasks in one of the three."""
        return self.dated.total + self.recurring.total + self.undated.total

    @property
    def not_reported(self) -> int:
        """Tasks without reported facts; not the same as not started."""
        return self.dated.not_reported + self.recurring.not_reported + self.undated.not_reported


class StartingPoint(Frozen):
    """A plan that has not begun, held against what is there already (xuất phát điểm). No part of any rate."""

    total: int
    """Indicators with a quantified target in the first stage."""
    met: int
    """Already at the target (đã ở mức mục tiêu)."""
    below: int
    unknown: int
    """Without a value of the period, or with one that does not decide it."""


def _sum(counts: Mapping[_S, int], statuses: Iterable[_S]) -> int:
    return sum(counts.get(status, 0) for status in statuses)


def _fraction(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
