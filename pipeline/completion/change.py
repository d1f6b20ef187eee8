"""What changed since the report before (thay đổi so với kỳ trước), both judged by what is known today."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.completion.records import Change, Completion, IndicatorResult, Moved, TaskResult
from pipeline.completion.statuses import ABSENT, DONE, OVERDUE, Status
from pipeline.plans.models import Kind

_Pair = tuple[IndicatorResult, IndicatorResult]


def change_between(before: Completion, after: Completion) -> Change:
    """Rows and tasks that both reports count, and how they moved; the order is that of `after`."""
    pairs = list(_pairs(before, after))
    tasks = list(_task_pairs(before, after))
    return Change(
        period=before.period,
        cut_off=before.cut_off,
        met_before=before.rate.met,
        total_before=before.rate.total,
        newly_met=_moved(pairs, lambda old, new: old is not Status.MET and new is Status.MET),
        fell_back=_moved(pairs, lambda old, new: old is Status.MET and new is not Status.MET and new not in ABSENT),
        first_observed=_moved(pairs, lambda old, new: old in ABSENT and new not in ABSENT and new is not Status.MET),
        lost=_moved(pairs, lambda old, new: old not in ABSENT and new in ABSENT),
        left=tuple(map(_alone, _counted_only(before, after))),
        entered=tuple(map(_alone, _counted_only(after, before))),
        tasks_done=tuple(code for code, old, new in tasks if old.status not in DONE and new.status in DONE),
        tasks_overdue=tuple(code for code, old, new in tasks if old.status not in OVERDUE and new.status in OVERDUE),
    )


def _pairs(before: Completion, after: Completion) -> Iterator[_Pair]:
    old = {(r.plan, r.key): r for plan in before.in_force for r in plan.indicators if r.counted}
    for plan in after.in_force:
        for row in plan.indicators:
            if row.counted and (row.plan, row.key) in old:
                yield old[row.plan, row.key], row


def _counted_only(here: Completion, there: Completion) -> Iterator[IndicatorResult]:
    """Indicators counted in one report and not in the other, as the other has them where it has them."""
    counted = {(r.plan, r.key) for plan in there.in_force for r in plan.indicators if r.counted}
    known = {(r.plan, r.key): r for plan in there.plans for r in plan.indicators}
    for plan in here.in_force:
        for row in plan.indicators:
            if row.kind is Kind.INDICATOR and row.counted and (row.plan, row.key) not in counted:
                yield known.get((row.plan, row.key), row)


def _alone(row: IndicatorResult) -> Moved:
    return _move(row, row)


def _move(old: IndicatorResult, new: IndicatorResult) -> Moved:
    return Moved(
        code=new.code,
        kind=new.kind,
        name=new.name,
        unit=new.unit,
        lead=new.lead,
        before=old.observation.value if old.observation else None,
        after=new.observation.value if new.observation else None,
        status=new.status,
    )


def _task_pairs(before: Completion, after: Completion) -> Iterator[tuple[str, TaskResult, TaskResult]]:
    old = {t.code: t for plan in before.in_force for t in plan.tasks}
    for plan in after.in_force:
        for task in plan.tasks:
            if task.code in old:
                yield task.code, old[task.code], task


def _moved(pairs: list[_Pair], test: Callable[[Status, Status], bool]) -> tuple[Moved, ...]:
    return tuple(_move(old, new) for old, new in pairs if test(old.status, new.status))
