"""Rows and tasks that outlast their plan (có hạn sau khi kế hoạch hết): followed until they are due, in no rate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pipeline.completion.records import IndicatorResult, PlanResult, TaskResult
from pipeline.completion.statuses import PlanState

_R = TypeVar("_R", IndicatorResult, TaskResult)


def in_counts(rows: Iterable[_R], state: PlanState) -> list[_R]:
    """`rows` of a plan in that state without those that are judged after its end, and so enter no rate."""
    return [row for row in rows if state is PlanState.IN_FORCE or not row.counted]


def outlasting(plan: PlanResult) -> list[IndicatorResult]:
    """Rows of a plan that has ended whose target is due later, each thing once; none of another plan."""
    return [row for row in plan.indicators if _outlasts(plan, row)]


def outlasting_tasks(plan: PlanResult) -> list[TaskResult]:
    """Tasks of a plan that has ended that are due later, each once; none of another plan."""
    return [task for task in plan.tasks if _outlasts(plan, task)]


def _outlasts(plan: PlanResult, row: IndicatorResult | TaskResult) -> bool:
    return plan.state is PlanState.EXPIRED and row.counted and not row.repeats
