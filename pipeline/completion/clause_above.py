"""What the plan of the province asks for the same thing (mục tiêu của cấp trên), beside the own target. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pipeline.completion.records import ClauseAbove, IndicatorResult, TargetInForce
from pipeline.completion.stages import each_target
from pipeline.plans.models import Plan
from pipeline.plans.targets import Comparator

_LEVELS = {
    Comparator.AT_LEAST,
    Comparator.MORE_THAN,
    Comparator.AT_MOST,
    Comparator.LESS_THAN,
    Comparator.EQUAL,
    Comparator.RANGE,
}
"""Targets that say a level to be reached; of any other kind neither is above the other."""


def beside_above(rows: Iterable[IndicatorResult], plans: Sequence[Plan]) -> tuple[IndicatorResult, ...]:
    """The rows of a plan, each with what `plans` of the province ask for the same thing."""
    if not plans:
        return tuple(rows)
    return tuple(row.model_copy(update={"above": clause_above(row, plans)}) for row in rows)


def clause_above(row: IndicatorResult, plans: Iterable[Plan]) -> ClauseAbove | None:
    """The clause of one of `plans` for the concept, unit, scope and year of the row; None where there is none.

    Of several the most demanding one, so that the row lies below it if it lies below any.
    """
    own = row.target
    if own is None or own.comparator not in _LEVELS or own.bound is None:
        return None
    found = list[tuple[ClauseAbove, TargetInForce]]()
    for plan in plans:
        for indicator in plan.indicators:
            if (indicator.concept, indicator.unit, indicator.scope) != (row.concept, row.unit, row.scope):
                continue
            for target in each_target(indicator):
                if _of_same_year(own, target) and target.comparator in _LEVELS and target.wants_less == own.wants_less:
                    clause = ClauseAbove(
                        plan=plan.reference,
                        title=plan.title,
                        label=indicator.key.label,
                        target=target,
                        below=_asks_less(own, target),
                    )
                    found.append((clause, target))
    return max(found, key=lambda pair: _demand(pair[1]), default=(None, None))[0]


def _of_same_year(one: TargetInForce, other: TargetInForce) -> bool:
    if one.yearly or other.yearly:
        return one.yearly == other.yearly
    return (one.due or one.year) is not None and (one.due, one.year) == (other.due, other.year)


def _asks_less(own: TargetInForce, above: TargetInForce) -> bool:
    return _demand(own) < _demand(above)


def _demand(target: TargetInForce) -> tuple[Decimal, bool]:
    """The higher, the more is asked; of equal bounds “>” asks more than “≥”."""
    bound = target.bound or Decimal(0)
    return (-bound if target.wants_less else bound, target.comparator.strict)
