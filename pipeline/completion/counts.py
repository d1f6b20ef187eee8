"""Counts and the rates they make (số đếm, tỷ lệ). The parts always add up to the whole."""

from __future__ import annotations

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
        """Rows of A whose target holds (đạt)."""
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
        """Rows of A with a value, also an undecidable one; the numerator of `coverage`."""
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
        """Độ phủ: rows with a value among those counted."""
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
        """Reported as not done, and past the deadline (quá hạn); tasks without a report are in `unknown_due`."""
        return self.of(*OVERDUE)

    @property
    def not_reported(self) -> int:
        """Tasks without reported facts, before or past the deadline; not the same as not started."""
        return self.of(*UNREPORTED)

    @property
    def unknown_due(self) -> int:
        """Past their deadline without a report: due, and done only in the upper bound."""
        return self.of(TaskStatus.NOT_REPORTED_PAST_DUE)

    @property
    def counted(self) -> int:
        """Tasks assigned, without those suspended, dropped or taken over by another plan."""
        return self.assigned - self.of(*UNCOUNTED_TASKS)

    @property
    def judged(self) -> int:
        """Done, or due by now."""
        return self.done + self.overdue + self.unknown_due

    @property
    def of_assigned(self) -> Fraction | None:
        """Trên tổng số nhiệm vụ được giao; every task without a report counted as not done."""
        return _fraction(self.done, self.counted)

    @property
    def of_due(self) -> Fraction | None:
        """Trên số nhiệm vụ đã hoàn thành hoặc đã đến hạn; those without a report counted as not done."""
        return _fraction(self.done, self.judged)


def _sum(counts: Mapping[_S, int], statuses: Iterable[_S]) -> int:
    return sum(counts.get(status, 0) for status in statuses)


def _fraction(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
