"""Which plan, which stage, which target holds on a day (giai đoạn, mục tiêu đang áp dụng)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from pipeline.completion.records import TargetInForce
from pipeline.completion.statuses import PlanState
from pipeline.plans.models import Indicator, Kind, Plan, Target
from pipeline.plans.periods import Calendar


def plan_state(plan: Plan, cut_off: dt.date, calendar: Calendar) -> PlanState:
    """In force from the annual cut-off before the plan's first year to that of its last."""
    if cut_off < calendar.annual_cut_off(plan.years.first - 1):
        return PlanState.NOT_BEGUN
    return PlanState.EXPIRED if cut_off > calendar.annual_cut_off(plan.years.last) else PlanState.IN_FORCE


def begins_on(plan: Plan, calendar: Calendar) -> dt.date:
    """The day after the annual cut-off of the year before the plan's first."""
    return calendar.annual_cut_off(plan.years.first - 1) + dt.timedelta(days=1)


def stage_in_force(plan: Plan, cut_off: dt.date, calendar: Calendar) -> int | None:
    """The first stage whose cut-off is not past (giai đoạn), for a plan that has stages; else None."""
    rows = [x for x in plan.indicators if x.kind is Kind.INDICATOR]
    if all(len(x.targets) == 1 for x in rows):
        return None
    years = sorted({t.year for x in rows for t in x.targets if t.year})
    return next((year for year in years if cut_off <= calendar.annual_cut_off(year)), years[-1] if years else None)


def target_in_force(
    plan: Plan, indicator: Indicator, stage: int | None, cut_off: dt.date, calendar: Calendar
) -> TargetInForce | None:
    """The target an indicator is held against at the cut-off; None if it has none in this stage.

    Stages are those of the objectives; a commitment is held against its next target, or its last.
    """
    targets = [t for t in indicator.targets if t.quantified]
    if stage is not None and indicator.kind is Kind.INDICATOR:
        of_column = [t for t in targets if t.year == stage]
        targets = of_column or [t for t in targets if _stands_in(plan, t, stage, calendar)]
    due = {t: _due(t, cut_off, calendar) for t in targets}
    open_targets = [t for t in targets if (day := due[t]) is None or day >= cut_off]
    chosen = next(iter(open_targets), targets[-1] if targets else None)
    return None if chosen is None else _in_force(chosen, indicator, due[chosen])


def _stands_in(plan: Plan, target: Target, stage: int, calendar: Calendar) -> bool:
    """Whether a target without a column counts in `stage`: undated, or ending after the stage before."""
    columns = {t.year for x in plan.indicators if x.kind is Kind.INDICATOR for t in x.targets if t.year}
    before = max((year for year in columns if year < stage), default=plan.years.first - 1)
    if target.year is not None:
        return target.year <= stage and (target.parsed.span_end or target.year) > before
    due = target.due(calendar)
    return due is None or due > calendar.annual_cut_off(before)


def next_target(indicator: Indicator, cut_off: dt.date, calendar: Calendar) -> TargetInForce | None:
    """The nearest target that falls due after the cut-off; None if there is none."""
    later = [(day, t) for t in indicator.targets if (day := t.due(calendar)) is not None and day > cut_off]
    day, nearest = min(later, key=lambda pair: pair[0], default=(None, None))
    return None if nearest is None else _in_force(nearest, indicator, day)


def all_targets(indicator: Indicator, calendar: Calendar) -> tuple[TargetInForce, ...]:
    """Every quantified target of a row that has several; () for other rows."""
    targets = each_target(indicator, calendar)
    return targets if len(targets) > 1 else ()


def each_target(indicator: Indicator, calendar: Calendar) -> tuple[TargetInForce, ...]:
    """Every quantified target of a row."""
    return tuple(_in_force(t, indicator, t.due(calendar)) for t in indicator.targets if t.quantified)


def past_targets(indicator: Indicator, cut_off: dt.date, calendar: Calendar) -> list[TargetInForce]:
    """Targets that fell due by the cut-off, the earliest first."""
    past = [(day, t) for t in indicator.targets if (day := t.due(calendar)) is not None and day <= cut_off]
    return [_in_force(t, indicator, day) for day, t in sorted(past, key=lambda pair: pair[0])]


def waypoints(
    indicator: Indicator, target: TargetInForce, after: dt.date, calendar: Calendar
) -> tuple[tuple[dt.date, Decimal], ...]:
    """The points between `after` and the due date that the plan itself sets on the way to `target` (lộ trình).

    They are its declared points and the row's own targets of earlier stages; of one day, the declared one.
    """
    if target.due is None:
        return ()
    points = dict(_earlier_bounds(indicator, calendar)) | {p.day(calendar): p.value for p in indicator.path}
    return tuple(sorted((day, value) for day, value in points.items() if after < day < target.due))


def _earlier_bounds(indicator: Indicator, calendar: Calendar) -> Iterator[tuple[dt.date, Decimal]]:
    for target in indicator.targets:
        day = target.due(calendar)
        bound = _in_force(target, indicator, day).bound
        if day is not None and bound is not None:
            yield day, bound


def _in_force(target: Target, indicator: Indicator, due: dt.date | None) -> TargetInForce:
    parsed = target.parsed
    return TargetInForce(
        text=target.text,
        comparator=parsed.comparator,
        direction=indicator.direction,
        low=parsed.low,
        high=parsed.high,
        levels=parsed.levels,
        year=target.year,
        due=due,
        yearly=target.yearly,
        aspirational=parsed.aspirational,
    )


def _due(target: Target, cut_off: dt.date, calendar: Calendar) -> dt.date | None:
    if target.yearly:
        return calendar.annual_cut_off(calendar.reporting_year(cut_off))
    return target.due(calendar)
