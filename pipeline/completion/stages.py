"""Which plan, which stage, which target holds on a day (giai đoạn, mục tiêu đang áp dụng)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from pipeline.completion.records import TargetInForce
from pipeline.completion.statuses import PlanState
from pipeline.plans.deadlines import year_end
from pipeline.plans.models import Direction, Indicator, Kind, Plan, Target
from pipeline.plans.periods import Calendar


def plan_state(plan: Plan, cut_off: dt.date) -> PlanState:
    """In force from its issue or its first day, whichever is later, to its last day."""
    if plan.issued_on is not None and cut_off < plan.issued_on:
        return PlanState.NOT_ISSUED
    if cut_off < plan.first_day:
        return PlanState.NOT_BEGUN
    return PlanState.EXPIRED if cut_off > plan.last_day else PlanState.IN_FORCE


def is_open_after(plan: Plan, due: dt.date | None, cut_off: dt.date) -> bool:
    """Whether a duty of a plan that has ended is judged still: its term ends after the plan, and is not past.

    So `100% (2025-2027)` in a plan of 2026 is judged until the last day of 2027.
    """
    return due is not None and plan.last_day < due and plan.last_day < cut_off <= due


def shows_starting_point(plan: Plan, state: PlanState, cut_off: dt.date, calendar: Calendar) -> bool:
    """Whether values at the cut-off are the starting point of a plan that does not hold yet (xuất phát điểm).

    They are those of the annual report before the plan, and later ones until the plan is issued.
    """
    if state in (PlanState.IN_FORCE, PlanState.EXPIRED):
        return False
    if cut_off >= plan.first_day:
        return True
    turn_of_year = plan.first_day == dt.date(cut_off.year + 1, 1, 1)
    return turn_of_year and cut_off >= calendar.annual_cut_off(cut_off.year)


def stage_in_force(plan: Plan, cut_off: dt.date) -> int | None:
    """The first stage whose year is not past (giai đoạn), for a plan that has stages; else None."""
    rows = [x for x in plan.indicators if x.kind is Kind.INDICATOR]
    if all(len(x.targets) == 1 for x in rows):
        return None
    years = sorted({t.year for x in rows for t in x.targets if t.year})
    return next((year for year in years if cut_off <= year_end(year)), years[-1] if years else None)


def target_in_force(plan: Plan, indicator: Indicator, stage: int | None, cut_off: dt.date) -> TargetInForce | None:
    """The target an indicator is held against at the cut-off; None if it has none in this stage.

    Stages are those of the objectives; a commitment is held against its next target, or its last.
    """
    targets = [t for t in indicator.targets if t.quantified]
    if stage is not None and indicator.kind is Kind.INDICATOR:
        of_column = [t for t in targets if t.year == stage]
        targets = of_column or [t for t in targets if _stands_in(plan, t, stage)]
    due = {t: _due(t, cut_off) for t in targets}
    open_targets = [t for t in targets if (day := due[t]) is None or day >= cut_off]
    chosen = next(iter(open_targets), targets[-1] if targets else None)
    return None if chosen is None else _in_force(chosen, indicator.direction, due[chosen])


def unjudged_target(indicator: Indicator, stage: int | None, cut_off: dt.date) -> TargetInForce | None:
    """The target of the stage that is printed and that no value can be held against; None if there is none."""
    of_stage = (t for t in indicator.targets if t.unjudged and (stage is None or t.year in (None, stage)))
    found = next(of_stage, None)
    return None if found is None else _in_force(found, indicator.direction, _due(found, cut_off))


def _stands_in(plan: Plan, target: Target, stage: int) -> bool:
    """Whether a target without a column counts in `stage`: undated, or ending after the stage before."""
    columns = {t.year for x in plan.indicators if x.kind is Kind.INDICATOR for t in x.targets if t.year}
    before = max((year for year in columns if year < stage), default=plan.years.first - 1)
    if target.year is not None:
        return target.year <= stage and (target.parsed.span_end or target.year) > before
    due = target.due
    return due is None or due > year_end(before)


def next_target(indicator: Indicator, cut_off: dt.date) -> TargetInForce | None:
    """The nearest target that falls due after the cut-off; None if there is none."""
    later = [(day, t) for t in indicator.targets if (day := t.due) is not None and day > cut_off]
    day, nearest = min(later, key=lambda pair: pair[0], default=(None, None))
    return None if nearest is None else _in_force(nearest, indicator.direction, day)


def all_targets(indicator: Indicator) -> tuple[TargetInForce, ...]:
    """Every quantified target of a row that has several; () for other rows."""
    targets = each_target(indicator)
    return targets if len(targets) > 1 else ()


def each_target(indicator: Indicator) -> tuple[TargetInForce, ...]:
    """Every quantified target of a row."""
    return tuple(_in_force(t, indicator.direction, t.due) for t in indicator.targets if t.quantified)


def past_targets(indicator: Indicator, cut_off: dt.date) -> list[TargetInForce]:
    """Targets that fell due by the cut-off, the earliest first."""
    past = [(day, t) for t in indicator.targets if (day := t.due) is not None and day <= cut_off]
    return [_in_force(t, indicator.direction, day) for day, t in sorted(past, key=lambda pair: pair[0])]


def waypoints(indicator: Indicator, target: TargetInForce, after: dt.date) -> tuple[tuple[dt.date, Decimal], ...]:
    """The points between `after` and the due date that the plan itself sets on the way to `target` (lộ trình).

    They are its declared points and the row's own targets of earlier stages; of one day, the declared one.
    """
    if target.due is None:
        return ()
    points = dict(_earlier_bounds(indicator)) | {p.day: p.value for p in indicator.path}
    return tuple(sorted((day, value) for day, value in points.items() if after < day < target.due))


def _earlier_bounds(indicator: Indicator) -> Iterator[tuple[dt.date, Decimal]]:
    for target in indicator.targets:
        day = target.due
        bound = _in_force(target, indicator.direction, day).bound
        if day is not None and bound is not None:
            yield day, bound


# Each target of a row is asked for five times in each of two reports; neither it nor the answer changes.
@lru_cache(maxsize=4096)
def _in_force(target: Target, direction: Direction, due: dt.date | None) -> TargetInForce:
    parsed = target.parsed
    return TargetInForce(
        text=target.text,
        comparator=parsed.comparator,
        direction=direction,
        low=parsed.low,
        high=parsed.high,
        levels=parsed.levels,
        year=target.year,
        due=due,
        yearly=target.yearly,
        aspirational=parsed.aspirational,
        standing=parsed.standing,
    )


def _due(target: Target, cut_off: dt.date) -> dt.date | None:
    if target.yearly:
        return year_end(cut_off.year)
    return target.due
