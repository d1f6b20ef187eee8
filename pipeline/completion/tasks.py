"""The status of one task at the cut-off date, from facts and deadline (tình trạng nhiệm vụ)."""

from __future__ import annotations

import calendar as civil
import datetime as dt
from collections.abc import Sequence

from pipeline.completion.statuses import TaskStatus
from pipeline.intake.rows import DAYS_OF_TASK, TaskFact
from pipeline.plans.deadlines import Deadline, DeadlineKind


def task_status(deadline: Deadline, fact: TaskFact | None, cut_off: dt.date, recurring_months: int) -> TaskStatus:
    """Facts dated after the cut-off are not known yet. Finishing on the due date is on time.

    A cut-off covers its whole day: what is due that day and not finished is overdue.
    `recurring_months` is how often a recurring task is to be reported where its deadline does not say.
    """
    if fact is None:
        past = deadline.due is not None and cut_off >= deadline.due
        return TaskStatus.NOT_REPORTED_PAST_DUE if past else TaskStatus.NOT_REPORTED
    if fact.finished_on is not None and fact.finished_on <= cut_off:
        if deadline.due is None:
            return TaskStatus.DONE_UNDATED
        return TaskStatus.DONE_ON_TIME if fact.finished_on <= deadline.due else TaskStatus.DONE_LATE
    if _is_suspended(fact, cut_off):
        return TaskStatus.SUSPENDED
    if deadline.kind is DeadlineKind.RECURRING:
        return _recurring(fact, cut_off, deadline.every_months or recurring_months)
    if deadline.due is None:
        started = _by(fact.started_on, cut_off)
        return TaskStatus.UNDATED if started else TaskStatus.UNDATED_NOT_STARTED
    overdue = cut_off >= deadline.due
    if _by(fact.started_on, cut_off):
        return TaskStatus.UNDER_WAY_OVERDUE if overdue else TaskStatus.UNDER_WAY
    return TaskStatus.NOT_STARTED_OVERDUE if overdue else TaskStatus.NOT_STARTED


def latest_facts(facts: Sequence[TaskFact], cut_off: dt.date) -> TaskFact | None:
    """The facts of a task after all its reports, the oldest first; a newer date replaces an older one.

    A date that a report leaves empty keeps its earlier value (số liệu mang sang từ kỳ trước), and so does a date after
    the cut-off, which is not known yet; source and cell are those of the newest report.
    """
    merged = None
    for fact in facts:
        unknown = [name for name in DAYS_OF_TASK if not _by(getattr(fact, name), cut_off)]
        merged = fact.model_copy(update={name: getattr(merged, name, None) for name in unknown})
    return merged


def is_due_soon(deadline: Deadline, status: TaskStatus, cut_off: dt.date, days: int) -> bool:
    """Whether a task is unfinished and due within `days` after the cut-off (sắp đến hạn)."""
    open_statuses = (TaskStatus.UNDER_WAY, TaskStatus.NOT_STARTED, TaskStatus.NOT_REPORTED)
    return (
        deadline.due is not None
        and status in open_statuses
        and cut_off < deadline.due <= cut_off + dt.timedelta(days=days)
    )


def _is_suspended(fact: TaskFact, cut_off: dt.date) -> bool:
    """Suspended by the cut-off, and not resumed since."""
    since, started = fact.suspended_on, fact.started_on
    return since is not None and since <= cut_off and not (started is not None and since < started <= cut_off)


def _recurring(fact: TaskFact, cut_off: dt.date, months: int) -> TaskStatus:
    """By the last report, which is recent if dated less than `months` before the cut-off."""
    if fact.reported_on is None or fact.reported_on > cut_off:
        return TaskStatus.NOT_REPORTED
    recent = fact.reported_on > months_before(cut_off, months)
    return TaskStatus.RECURRING if recent else TaskStatus.RECURRING_LAPSED


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day `months` earlier; the last day of the month where that is shorter."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(years, month + 1, min(day.day, civil.monthrange(years, month + 1)[1]))


def _by(day: dt.date | None, cut_off: dt.date) -> bool:
    return day is not None and day <= cut_off
