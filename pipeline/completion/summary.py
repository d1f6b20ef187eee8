"""A report in brief (tóm tắt): enough to compare localities, small enough for thousands of them."""

from __future__ import annotations

import datetime as dt

from pipeline.completion.counts import Rate, TaskCounts
from pipeline.completion.records import Completion, IndicatorResult
from pipeline.completion.statuses import PlanState, Status
from pipeline.intake.rows import Basis, Interval
from pipeline.plans.base import Frozen, Number
from pipeline.plans.models import Direction, Kind
from pipeline.plans.targets import Comparator


class SummaryValue(Frozen):
    """A value in the unit of its row, with its day, its basis, and numerator and denominator where they were given."""

    value: Interval
    as_of: dt.date
    as_of_stated: bool
    basis: Basis
    numerator: Number | None = None
    denominator: Number | None = None


class SummaryRow(Frozen):
    """One indicator of a plan in force, without its text."""

    plan: str
    label: str
    concept: str
    scope: str
    unit: str
    direction: Direction
    status: Status
    levels: bool = False
    """Its target is a set of levels, of which none is better than another."""
    observation: SummaryValue | None = None


class Summary(Frozen):
    """One report: the locality, its rates, its indicators without their texts."""

    locality: str
    locality_name: str
    locality_code: str
    parent_name: str
    synthetic: bool
    period: str
    start: dt.date
    cut_off: dt.date
    method: str
    plans_in_force: int
    expired: tuple[str, ...] = ()
    """Titles of the plans that have expired."""
    rate: Rate
    task_counts: TaskCounts
    refused_rows: int = 0
    rows: tuple[SummaryRow, ...]


def summarised(completion: Completion, refused_rows: int = 0) -> Summary:
    """The summary of a report; its rows are the counted ones and those that are not applicable."""
    rows = (r for plan in completion.in_force for r in plan.indicators if r.kind is Kind.INDICATOR)
    return Summary(
        locality=completion.locality,
        locality_name=completion.locality_name,
        locality_code=completion.locality_code,
        parent_name=completion.parent_name,
        synthetic=completion.synthetic,
        period=completion.period,
        start=completion.start,
        cut_off=completion.cut_off,
        method=completion.method.id,
        plans_in_force=len(completion.in_force),
        expired=tuple(plan.title for plan in completion.plans if plan.state is PlanState.EXPIRED),
        rate=completion.rate,
        task_counts=completion.task_counts,
        refused_rows=refused_rows,
        rows=tuple(_row(r) for r in rows if r.counted or r.status is Status.NOT_APPLICABLE),
    )


def _row(result: IndicatorResult) -> SummaryRow:
    return SummaryRow(
        plan=result.plan,
        label=result.key.label,
        concept=result.concept,
        scope=result.scope,
        unit=result.unit,
        direction=result.direction,
        status=result.status,
        levels=result.target is not None and result.target.comparator is Comparator.IN_SET,
        observation=_value(result),
    )


def _value(result: IndicatorResult) -> SummaryValue | None:
    o = result.observation
    if o is None or o.value is None:
        return None
    return SummaryValue(
        value=o.value,
        as_of=o.as_of,
        as_of_stated=o.as_of_stated,
        basis=o.basis,
        numerator=o.numerator,
        denominator=o.denominator,
    )
