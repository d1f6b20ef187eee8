"""Met rates with both bounds (tỷ lệ hoàn thành). Absence is never zero: it widens the bounds."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from pipeline.completion.counts import ConceptCount, Rate, TaskCounts
from pipeline.completion.records import IndicatorResult, TaskResult
from pipeline.completion.status import attainment_bounds
from pipeline.completion.statuses import NOT_MET, Status, TaskStatus
from pipeline.plans.targets import Comparator


def rate(results: Iterable[IndicatorResult], cut_off: dt.date) -> Rate:
    """The rate over `results`; those that are not counted leave numerator and denominator."""
    rows = list(results)
    counted = [r for r in rows if r.counted]
    due = [r for r in counted if r.target is not None and r.target.due is not None and r.target.due <= cut_off]
    bounds = [b for r in counted if (b := attained(r)) is not None]
    return Rate(
        by_status=dict(sorted(Counter(r.status for r in rows).items())),
        due=len(due),
        met_of_due=sum(r.status is Status.MET for r in due),
        attainment_of=len(bounds),
        attainment_low=_mean([low for low, _ in bounds]),
        attainment_high=_mean([high for _, high in bounds]),
    )


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


def _mean(values: list[Decimal]) -> Decimal | None:
    """Rounded once, after an exact sum: a sum of 28-digit decimals depends on the order of the rows."""
    if not values:
        return None
    mean = sum(map(Fraction, values), Fraction(0)) / len(values)
    return Decimal(mean.numerator) / Decimal(mean.denominator)
