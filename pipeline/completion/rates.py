"""Met rates with both bounds (tỷ lệ hoàn thành). Absence is never zero: it widens the bounds."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from decimal import Context, Decimal, Inexact, localcontext

from pipeline.completion.counts import (
    ConceptCount,
    DatedTasks,
    Rate,
    RecurringTasks,
    StartingPoint,
    TaskCounts,
    TasksByDeadline,
    UndatedTasks,
)
from pipeline.completion.records import IndicatorResult, TaskResult
from pipeline.completion.status import attainment_bounds
from pipeline.completion.statuses import DONE, NOT_MET, OVERDUE, UNCOUNTED_TASKS, UNREPORTED, Status, TaskStatus
from pipeline.plans.deadlines import DeadlineKind, parse_deadline
from pipeline.plans.targets import Comparator


def rate(results: Iterable[IndicatorResult], cut_off: dt.date) -> Rate:
    """The rate over `results`; those that are not counted leave numerator and denominator."""
    rows = list(results)
    counted = [r for r in rows if r.counted]
    due = [r for r in counted if r.target is not None and r.target.due is not None and r.target.due <= cut_off]
    bounds = [b for r in counted if (b := attained(r)) is not None]
    older = [r for r in counted if r.latest is not None]
    days = [r.latest.as_of for r in older if r.latest is not None]
    return Rate(
        by_status=dict(sorted(Counter(r.status for r in rows).items())),
        due=len(due),
        met_of_due=sum(r.status is Status.MET for r in due),
        attainment_of=len(bounds),
        attainment_low=_mean([low for low, _ in bounds]),
        attainment_high=_mean([high for _, high in bounds]),
        older=len(older),
        older_met=sum(r.latest_meets is True for r in older),
        older_first=min(days, default=None),
        older_last=max(days, default=None),
        older_unstated=sum(r.latest is not None and not r.latest.as_of_stated for r in older),
        met_by_amendment=sum(r.met_by_amendment for r in counted),
    )


def starting_point(results: Iterable[IndicatorResult]) -> StartingPoint:
    """The counts of a plan that has not begun."""
    counts = Counter(r.status for r in results)
    met, below, unknown = (
        counts[status] for status in (Status.BASELINE_MET, Status.BASELINE_BELOW, Status.BASELINE_UNKNOWN)
    )
    return StartingPoint(total=met + below + unknown, met=met, below=below, unknown=unknown)


def attained(result: IndicatorResult) -> tuple[Decimal, Decimal] | None:
    """Attainment capped at 1, from worst to best case; None where the target has no number."""
    if result.target is None or result.target.comparator is Comparator.IN_SET:
        return None
    if result.status is Status.MET:
        return Decimal(1), Decimal(1)
    if result.observation is None or result.observation.value is None:
        return Decimal(0), Decimal(1)
    return attainment_bounds(result.target, result.observation.value)


def count_concepts(results: Iterable[IndicatorResult]) -> ConceptCount:
    """The counted rows with every concept, scope and unit taken once (không tính một khái niệm hai lần).

    The same three by which a value serves several rows.
    """
    statuses: dict[tuple[str, str, str], list[Status]] = {}
    for r in results:
        if r.counted:
            statuses.setdefault((r.concept, r.scope, r.unit), []).append(r.status)
    return ConceptCount(
        total=len(statuses),
        met=sum(all(s is Status.MET for s in of_one) for of_one in statuses.values()),
        not_met=sum(any(s in NOT_MET for s in of_one) for of_one in statuses.values()),
        repeated=sum(len(of_one) > 1 for of_one in statuses.values()),
    )


def count_tasks(results: Iterable[TaskResult]) -> TaskCounts:
    """Tasks by status; the sum is the number assigned."""
    return count_statuses([result.status for result in results])


def count_statuses(statuses: Sequence[TaskStatus]) -> TaskCounts:
    """The same of bare statuses, for a plan as first issued, which has no results."""
    return TaskCounts(by_status=dict(sorted(Counter(statuses).items())))


def tasks_by_deadline(results: Iterable[TaskResult]) -> TasksByDeadline:
    """The three counts: with a deadline, recurring, without a deadline."""
    counted = [task for task in results if task.status not in UNCOUNTED_TASKS]
    repeated = [task for task in counted if task.deadline_kind is DeadlineKind.RECURRING]
    recurring = [task.status for task in repeated]
    unstated = [task.status for task in repeated if parse_deadline(task.deadline_text).every_months is None]
    in_time = {TaskStatus.RECURRING, *DONE}
    others = [task for task in counted if task.deadline_kind is not DeadlineKind.RECURRING]
    undated = [task.status for task in others if task.due is None]
    return TasksByDeadline(
        dated=_dated([task for task in others if task.due is not None]),
        recurring=RecurringTasks(
            total=len(recurring),
            in_time=_among(recurring, in_time),
            lapsed=_among(recurring, {TaskStatus.RECURRING_LAPSED}),
            not_reported=_among(recurring, UNREPORTED),
            unstated=len(unstated),
            unstated_in_time=_among(unstated, in_time),
        ),
        undated=UndatedTasks(
            total=len(undated),
            done=_among(undated, DONE),
            under_way=_among(undated, {TaskStatus.UNDATED}),
            not_reported=_among(undated, UNREPORTED),
        ),
    )


def _dated(tasks: Sequence[TaskResult]) -> DatedTasks:
    statuses = [task.status for task in tasks]
    due = [task.status for task in tasks if task.past_due]
    return DatedTasks(
        total=len(tasks),
        done=_among(statuses, DONE),
        done_late=_among(statuses, {TaskStatus.DONE_LATE}),
        due=len(due),
        done_of_due=_among(due, DONE),
        overdue=_among(statuses, OVERDUE),
        not_reported=_among(statuses, UNREPORTED),
        not_reported_past_due=_among(statuses, {TaskStatus.NOT_REPORTED_PAST_DUE}),
    )


def _among(statuses: Iterable[TaskStatus], wanted: Set[TaskStatus]) -> int:
    return sum(status in wanted for status in statuses)


def _mean(values: list[Decimal]) -> Decimal | None:
    """Rounded once, after an exact sum: a sum of 28-digit decimals depends on the order of the rows."""
    if not values:
        return None
    with localcontext(_EXACT):
        total = sum(values, Decimal(0))
    return (total / len(values)).normalize()


_EXACT = Context(prec=1000, traps=[Inexact])
"""Digits for the sum of any number of shares between 0 and 1; it raises where these would not do."""
