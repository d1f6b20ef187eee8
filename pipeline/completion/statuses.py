"""The words of a report: status of an indicator, of a task, of a plan (đánh giá, tình trạng).

Each status is one line here, and carries what the rest of the program asks of it. Its words stand in the catalogue
`words` under its `word`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Category(StrEnum):
    """What a status of an indicator says of its target. How each looks on a page: `report/looks.py`."""

    MET = "met"
    ON_ITS_WAY = "on-its-way"
    """Not met, and nothing says that it will not be in time."""
    AT_RISK = "at-risk"
    """Not met, and slower than it was to be, but not behind (có nguy cơ chậm)."""
    BEHIND = "behind"
    """Not met, and behind what was to be by now (chậm)."""
    UNDECIDABLE = "undecidable"
    """There is a value, and it does not follow from it whether the target holds."""
    ABSENT = "absent"
    """In the count, without a value to judge."""
    UNCOUNTED = "uncounted"
    """Outside the set A over which rates are taken."""


class Status(StrEnum):
    """Status of an indicator at the cut-off (đánh giá chỉ tiêu)."""

    category: Category
    urgency: int | None
    """Rows that need attention come in this order, 0 first; None for those that need none."""

    MET = "met", Category.MET
    MISSED = "missed", Category.BEHIND, 0
    STARTING_POINT = "starting-point", Category.ON_ITS_WAY, 3
    NOT_YET_MET = "not-yet-met", Category.ON_ITS_WAY, 1
    """Not met at the cut-off, and due before the period ends (chưa đạt tại ngày chốt)."""
    BREACHED = "breached", Category.BEHIND, 0
    """A standing service level that was not kept (không giữ được mức phục vụ)."""
    ON_TRACK = "on-track", Category.ON_ITS_WAY
    AT_RISK = "at-risk", Category.AT_RISK, 1
    LATE = "late", Category.BEHIND, 0
    REVERSED = "reversed", Category.BEHIND, 0
    IN_PROGRESS = "in-progress", Category.ON_ITS_WAY, 3
    UNDECIDABLE = "undecidable", Category.UNDECIDABLE, 4
    NOT_SUBMITTED = "not-submitted", Category.ABSENT
    NOT_DUE = "not-due", Category.ABSENT
    NOT_APPLICABLE = "not-applicable", Category.UNCOUNTED
    QUARANTINED = "quarantined", Category.ABSENT, 2
    NO_STAGE_TARGET = "no-stage-target", Category.UNCOUNTED
    NOT_ASSESSABLE = "not-assessable", Category.UNCOUNTED
    PLAN_NOT_IN_FORCE = "plan-not-in-force", Category.UNCOUNTED
    BASELINE_MET = "baseline-met", Category.UNCOUNTED
    """Its plan has not begun, and what is there already meets the target (xuất phát điểm)."""
    BASELINE_BELOW = "baseline-below", Category.UNCOUNTED
    BASELINE_UNKNOWN = "baseline-unknown", Category.UNCOUNTED
    """Its plan has not begun, and no value of the period says where it starts from."""
    DROPPED = "dropped", Category.UNCOUNTED
    """An amendment took the row out of the plan; it stays listed with what it would be."""

    def __new__(cls, value: str, category: Category | None = None, urgency: int | None = None) -> Self:
        """The member is its value; the other arguments are optional because a look-up has the value alone."""
        if category is None:
            raise TypeError(f"{value} needs a category")
        member = str.__new__(cls, value)
        member._value_ = value
        member.category, member.urgency = category, urgency
        return member

    @property
    def word(self) -> str:
        """Its key in the catalogue."""
        return f"status.{self}"


def _statuses(*categories: Category) -> frozenset[Status]:
    return frozenset(status for status in Status if status.category in categories)


NOT_MET = _statuses(Category.ON_ITS_WAY, Category.AT_RISK, Category.BEHIND)
"""Observed, and the target does not hold (chưa đạt)."""
ON_ITS_WAY = _statuses(Category.ON_ITS_WAY)
BEHIND = _statuses(Category.BEHIND)
ABSENT = _statuses(Category.ABSENT)
UNCOUNTED = _statuses(Category.UNCOUNTED)


class TaskCategory(StrEnum):
    """What a status of a task says of it."""

    DONE = "done"
    OPEN = "open"
    OVERDUE = "overdue"
    """Reported as not done, and past its deadline (quá hạn)."""
    UNREPORTED = "unreported"
    """No facts were sent; not the same as not started."""
    UNCOUNTED = "uncounted"
    """Assigned, but outside the rates; the counts say how many."""


class TaskStatus(StrEnum):
    """Status of a task at the cut-off (tình trạng nhiệm vụ), computed from facts and dates."""

    category: TaskCategory

    DONE_ON_TIME = "done-on-time", TaskCategory.DONE
    DONE_LATE = "done-late", TaskCategory.DONE
    DONE_UNDATED = "done-undated", TaskCategory.DONE
    UNDER_WAY = "under-way", TaskCategory.OPEN
    UNDER_WAY_OVERDUE = "under-way-overdue", TaskCategory.OVERDUE
    NOT_STARTED = "not-started", TaskCategory.OPEN
    NOT_STARTED_OVERDUE = "not-started-overdue", TaskCategory.OVERDUE
    RECURRING = "recurring", TaskCategory.OPEN
    """Its last report is recent enough for how often it is to be reported."""
    RECURRING_LAPSED = "recurring-lapsed", TaskCategory.OPEN
    """Reported once, but not since the last report fell due."""
    UNDATED = "undated", TaskCategory.OPEN
    """Under way, with no day by which it is to be finished."""
    UNDATED_NOT_STARTED = "undated-not-started", TaskCategory.OPEN
    SUSPENDED = "suspended", TaskCategory.UNCOUNTED
    TAKEN_OVER = "taken-over", TaskCategory.UNCOUNTED
    """A task of another plan in force goes on with it, and is counted there."""
    DROPPED = "dropped", TaskCategory.UNCOUNTED
    """An amendment took the task out of the plan."""
    PLAN_NOT_IN_FORCE = "plan-not-in-force", TaskCategory.UNCOUNTED
    """The plan is not issued, has not begun or has ended; as for its indicators, nothing is judged."""
    NOT_REPORTED = "not-reported", TaskCategory.UNREPORTED
    NOT_REPORTED_PAST_DUE = "not-reported-past-due", TaskCategory.UNREPORTED
    """The deadline has passed as well: done or overdue, nobody knows which."""

    def __new__(cls, value: str, category: TaskCategory | None = None) -> Self:
        """As of `Status`."""
        if category is None:
            raise TypeError(f"{value} needs a category")
        member = str.__new__(cls, value)
        member._value_ = value
        member.category = category
        return member

    @property
    def word(self) -> str:
        """Its key in the catalogue."""
        return f"task.{self}"


def _task_statuses(category: TaskCategory) -> frozenset[TaskStatus]:
    return frozenset(status for status in TaskStatus if status.category is category)


DONE = _task_statuses(TaskCategory.DONE)
OVERDUE = _task_statuses(TaskCategory.OVERDUE)
UNREPORTED = _task_statuses(TaskCategory.UNREPORTED)
UNCOUNTED_TASKS = _task_statuses(TaskCategory.UNCOUNTED)
SETTLED = DONE | OVERDUE | {TaskStatus.NOT_REPORTED_PAST_DUE}
"""What stays said of a task when its plan has ended: it is done, or was due without being done."""


class PlanState(StrEnum):
    """Where a plan stands at the cut-off."""

    IN_FORCE = "in-force"
    """Đang thực hiện."""
    NOT_ISSUED = "not-issued"
    """Chưa ban hành: the cut-off lies before the document."""
    NOT_BEGUN = "not-begun"
    """Chưa bắt đầu: issued, for days after the cut-off."""
    EXPIRED = "expired"
    """Đã hết thời gian."""

    @property
    def word(self) -> str:
        """Its key in the catalogue."""
        return f"plan.{self}"
