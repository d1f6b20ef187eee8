"""The words of a report: status of an indicator, of a task, of a plan (đánh giá, tình trạng)."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Status of an indicator at the cut-off (đánh giá chỉ tiêu)."""

    MET = "met"
    MISSED = "missed"
    STARTING_POINT = "starting-point"
    ON_TRACK = "on-track"
    AT_RISK = "at-risk"
    LATE = "late"
    REVERSED = "reversed"
    IN_PROGRESS = "in-progress"
    UNDECIDABLE = "undecidable"
    NOT_SUBMITTED = "not-submitted"
    NOT_DUE = "not-due"
    NOT_APPLICABLE = "not-applicable"
    QUARANTINED = "quarantined"
    NO_STAGE_TARGET = "no-stage-target"
    NOT_ASSESSABLE = "not-assessable"
    PLAN_NOT_IN_FORCE = "plan-not-in-force"
    DROPPED = "dropped"
    """An amendment took the row out of the plan; it stays listed with what it would be."""


ABSENT = frozenset({Status.NOT_SUBMITTED, Status.NOT_DUE, Status.QUARANTINED})
"""In the count, without a value to judge."""
UNCOUNTED = frozenset(
    {
        Status.NOT_APPLICABLE,
        Status.NO_STAGE_TARGET,
        Status.NOT_ASSESSABLE,
        Status.PLAN_NOT_IN_FORCE,
        Status.DROPPED,
    }
)
"""Outside the set A over which rates are taken."""
NOT_MET = frozenset(
    {
        Status.MISSED,
        Status.STARTING_POINT,
        Status.ON_TRACK,
        Status.AT_RISK,
        Status.LATE,
        Status.REVERSED,
        Status.IN_PROGRESS,
    }
)
"""Observed, and the target does not hold (chưa đạt)."""
ON_ITS_WAY = frozenset({Status.STARTING_POINT, Status.ON_TRACK, Status.IN_PROGRESS})
"""Not met, and nothing says that it will not be in time."""
BEHIND = frozenset({Status.MISSED, Status.LATE, Status.REVERSED})
"""Not met, and behind what was to be by now (chậm)."""


class TaskStatus(StrEnum):
    """Status of a task at the cut-off (tình trạng nhiệm vụ), computed from facts and dates."""

    DONE_ON_TIME = "done-on-time"
    DONE_LATE = "done-late"
    DONE_UNDATED = "done-undated"
    UNDER_WAY = "under-way"
    UNDER_WAY_OVERDUE = "under-way-overdue"
    NOT_STARTED = "not-started"
    NOT_STARTED_OVERDUE = "not-started-overdue"
    RECURRING = "recurring"
    """Its last report is recent enough for how often it is to be reported."""
    RECURRING_LAPSED = "recurring-lapsed"
    """Reported once, but not since the last report fell due."""
    UNDATED = "undated"
    SUSPENDED = "suspended"
    TAKEN_OVER = "taken-over"
    """A task of another plan in force goes on with it, and is counted there."""
    DROPPED = "dropped"
    """An amendment took the task out of the plan."""
    NOT_REPORTED = "not-reported"
    """No facts were sent; not the same as not started."""
    NOT_REPORTED_PAST_DUE = "not-reported-past-due"
    """No facts were sent, and the deadline has passed: done or overdue, nobody knows which."""


DONE = frozenset({TaskStatus.DONE_ON_TIME, TaskStatus.DONE_LATE, TaskStatus.DONE_UNDATED})
OVERDUE = frozenset({TaskStatus.UNDER_WAY_OVERDUE, TaskStatus.NOT_STARTED_OVERDUE})


UNCOUNTED_TASKS = frozenset({TaskStatus.SUSPENDED, TaskStatus.TAKEN_OVER, TaskStatus.DROPPED})
"""Assigned, but outside the rates; the counts say how many."""


class PlanState(StrEnum):
    """Where a plan stands at the cut-off."""

    IN_FORCE = "in-force"
    NOT_BEGUN = "not-begun"
    EXPIRED = "expired"
