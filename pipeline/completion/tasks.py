"""The status of one task at the cut-off date, from facts and deadline (tình trạng nhiệm vụ)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pipeline.completion.records import TaskStatus
from pipeline.plans.deadlines import Deadline, DeadlineKind
from pipeline.submissions.records import TaskFact

_DAYS = ("started_on", "finished_on", "suspended_on", "reported_on")


def task_status(deadline: Deadline, fact: TaskFact | None, cut_off: dt.date) -> TaskStatus:
    """Facts dated after the cut-off are not known yet. Finishing on the due date is on time."""
    if fact is None:
        return TaskStatus.NOT_REPORTED
    if _by(fact.suspended_on, cut_off):
        return TaskStatus.SUSPENDED
    if fact.finished_on is not None and fact.finished_on <= cut_off:
        if deadline.due is None:
            return TaskStatus.DONE_UNDATED
        return TaskStatus.DONE_ON_TIME if fact.finished_on <= deadline.due else TaskStatus.DONE_LATE
    if deadline.kind is DeadlineKind.RECURRING:
        return TaskStatus.RECURRING if _by(fact.reported_on, cut_off) else TaskStatus.NOT_REPORTED
    if deadline.due is None:
        return TaskStatus.UNDATED
    overdue = cut_off > deadline.due
    if _by(fact.started_on, cut_off):
        return TaskStatus.UNDER_WAY_OVERDUE if overdue else TaskStatus.UNDER_WAY
    return TaskStatus.NOT_STARTED_OVERDUE if overdue else TaskStatus.NOT_STARTED


def latest_facts(facts: Sequence[TaskFact]) -> TaskFact | None:
    """What holds of a task after all its reports, the oldest first: a newer day takes the place of an older one.

    A report that says nothing of a day leaves it as it was (số liệu mang sang từ kỳ trước); source and cell are
    those of the newest report.
    """
    merged = None
    for fact in facts:
        known = {name: day for name in _DAYS if (day := getattr(merged, name, None)) and not getattr(fact, name)}
        merged = fact.model_copy(update=known)
    return merged


def is_due_soon(deadline: Deadline, status: TaskStatus, cut_off: dt.date, days: int) -> bool:
    """Due within so many days after the cut-off and not finished (sắp đến hạn)."""
    open_statuses = (TaskStatus.UNDER_WAY, TaskStatus.NOT_STARTED, TaskStatus.NOT_REPORTED)
    return (
        deadline.due is not None
        and status in open_statuses
        and cut_off <= deadline.due <= cut_off + dt.timedelta(days=days)
    )


def _by(day: dt.date | None, cut_off: dt.date) -> bool:
    return day is not None and day <= cut_off
