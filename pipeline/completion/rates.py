"""Met rates with both bounds (tỷ lệ hoàn thành). Absence is never zero: it widens the bounds."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from pipeline.completion.records import (
    ABSENT,
    NOT_MET,
    IndicatorResult,
    Rate,
    Status,
    TaskCounts,
    TaskResult,
)
from pipeline.plans.targets import Comparator


def rate(results: Iterable[IndicatorResult], cut_off: dt.date) -> Rate:
    """The rate over those results that are counted; the others leave numerator and denominator."""
    counted = [r for r in results if r.counted]
    due = [r for r in counted if r.target is not None and r.target.due is not None and r.target.due <= cut_off]
    bounds = [b for r in counted if (b := attainment_bounds(r)) is not None]
    return Rate(
        total=len(counted),
        met=sum(r.status is Status.MET for r in counted),
        not_met=sum(r.status in NOT_MET for r in counted),
        undecidable=sum(r.status is Status.UNDECIDABLE for r in counted),
        absent=sum(r.status in ABSENT for r in counted),
        due=len(due),
        met_of_due=sum(r.status is Status.MET for r in due),
        attainment_of=len(bounds),
        attainment_low=_mean([low for low, _ in bounds]),
        attainment_high=_mean([high for _, high in bounds]),
    )


def attainment_bounds(result: IndicatorResult) -> tuple[Decimal, Decimal] | None:
    """Attainment capped at 1, from worst to best case; None where the target has no number."""
    if result.target is None or result.target.comparator is Comparator.IN_SET:
        return None
    if result.status is Status.MET:
        return Decimal(1), Decimal(1)
    if result.attainment is not None:
        capped = max(Decimal(0), min(result.attainment, Decimal(1)))
        return capped, capped
    return Decimal(0), Decimal(1)


def count_tasks(results: Iterable[TaskResult]) -> TaskCounts:
    """Tasks by status; the sum is the number assigned."""
    statuses = Counter(result.status for result in results)
    return TaskCounts(assigned=statuses.total(), by_status=dict(sorted(statuses.items())))


def _mean(values: list[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) / len(values) if values else None
