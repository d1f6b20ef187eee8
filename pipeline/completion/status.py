"""The status of one indicator at the cut-off date (đánh giá). Pure functions of values and dates.

Rules and numbering follow docs/methodology.md. Decisions are made on exact, unrounded numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from pipeline.completion.records import Pace, TargetInForce
from pipeline.completion.statuses import Status
from pipeline.intake.rows import Interval
from pipeline.plans.method import Steps
from pipeline.plans.targets import Comparator


@dataclass(frozen=True)
class DatedBaseline:
    """Starting value (xuất phát điểm), in the indicator's unit, and the day it stands for."""

    value: Decimal
    day: dt.date


@dataclass(frozen=True)
class Terms:
    """What a judgement depends on besides target, value and baseline."""

    cut_off: dt.date
    observed_on: dt.date
    """The day of the value; not after the cut-off."""
    period_end: dt.date
    """Last civil day of the period, which may lie after its cut-off."""
    steps: Steps
    """The ratio of progress from which each status holds."""
    waypoints: tuple[tuple[dt.date, Decimal], ...] = ()
    """Points that the plan sets between baseline and target, in the order of their days."""
    met_before: bool = False
    """An earlier value, since the plan began, met the same target."""
    begins: dt.date = dt.date.min
    """The first day of the plan (ngày đầu của kế hoạch)."""


@dataclass(frozen=True)
class Judgement:
    """Status of an observed value, with the pace where there is one."""

    status: Status
    pace: Pace | None = None


def holds(target: TargetInForce, value: Interval) -> bool | None:
    """Whether a value meets a target; None where the value is a bound that does not decide it."""
    if target.comparator is Comparator.IN_SET:
        levels = {Decimal(level) for level in target.levels}
        if value.exact is None:
            return None if any(_contains(value, level) for level in levels) else False
        return value.exact in levels
    bound = target.bound
    if bound is None:
        raise ValueError("a target without a bound cannot be judged")
    if target.wants_less:
        return _reaches(_mirrored(value), -bound, strict=target.comparator.strict)
    return _reaches(value, bound, strict=target.comparator.strict)


def judge(
    target: TargetInForce,
    value: Interval,
    baseline: DatedBaseline | None,
    terms: Terms,
) -> Judgement:
    """Status of an observed value at the cut-off of `terms`."""
    met = holds(target, value)
    if met is None:
        return Judgement(Status.UNDECIDABLE)
    if met:
        return Judgement(Status.MET)
    if target.standing:
        return Judgement(Status.BREACHED)
    if target.due is not None and terms.cut_off >= target.due:
        return Judgement(Status.MISSED)
    if target.due is not None and target.due <= terms.period_end:
        return Judgement(Status.NOT_YET_MET)
    return _on_the_way(target, value, baseline, terms)


def _on_the_way(target: TargetInForce, value: Interval, baseline: DatedBaseline | None, terms: Terms) -> Judgement:
    """Not met and not yet due: where the value is between baseline and target."""
    if baseline is not None and terms.cut_off <= baseline.day:
        return Judgement(Status.STARTING_POINT)
    if terms.met_before:
        return Judgement(Status.REVERSED)
    # A value no newer than the baseline says nothing about what was done since: that is absence, not lateness.
    if baseline is None or terms.observed_on <= baseline.day:
        return Judgement(Status.IN_PROGRESS)
    if terms.observed_on < terms.begins:
        return Judgement(Status.STARTING_POINT)
    if holds(target, _exactly(baseline.value)):
        return Judgement(Status.REVERSED)
    progress = _progress(target, value, baseline, terms)
    if progress is None:
        return Judgement(Status.IN_PROGRESS)
    expected, ratio = progress
    pace = Pace(expected=decimal(expected), ratio=decimal(ratio), declared=bool(terms.waypoints))
    return Judgement(status_at(ratio, terms.steps), pace)


def _progress(
    target: TargetInForce, value: Interval, baseline: DatedBaseline, terms: Terms
) -> tuple[Fraction, Fraction] | None:
    """What the path expects on the day of the value, and the share of it that was reached (tiến độ).

    The day is that of the value and not the cut-off, so that a row becomes no later by silence. Both are exact, so
    that thresholds are hit exactly.
    None without an exact value, a bound and a due date after the baseline, and where the path does not lead from
    the baseline towards the target.
    """
    bound, exact = target.bound, value.exact
    if bound is None or exact is None or target.due is None or target.due <= baseline.day:
        return None
    path = [(baseline.day, baseline.value), *terms.waypoints, (target.due, bound)]
    expected = expected_on(path, terms.observed_on)
    start = Fraction(baseline.value)
    if (expected - start) * (Fraction(bound) - start) <= 0:
        return None
    return expected, (Fraction(exact) - start) / (expected - start)


def expected_on(path: Sequence[tuple[dt.date, Decimal]], day: dt.date) -> Fraction:
    """The value on `day` of the broken line through `path`; the day must lie between its ends."""
    (start, low), (end, high) = next(leg for leg in pairwise(path) if day <= leg[1][0])
    return Fraction(low) + Fraction(high - low) * Fraction((day - start).days, (end - start).days)


def decimal(exact: Fraction) -> Decimal:
    """For printing and records; decisions are made on the fraction."""
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def status_at(ratio: Fraction | Decimal, steps: Steps) -> Status:
    """The status for a ratio of progress made to progress expected."""
    if ratio >= steps.on_track:
        return Status.ON_TRACK
    if ratio >= steps.at_risk:
        return Status.AT_RISK
    return Status.LATE if ratio >= steps.late else Status.REVERSED


def attainment(target: TargetInForce, value: Interval) -> Decimal | None:
    """Value / bound (rising) or bound / value (falling), uncapped; None where it has no meaning."""
    return None if value.exact is None else _share(target, value.exact)


def attainment_bounds(target: TargetInForce, value: Interval) -> tuple[Decimal, Decimal]:
    """Attainment within 0 and 1, from the worst to the best that the value allows; 0 or 1 at an end it leaves open."""
    worst, best = (value.high, value.low) if target.wants_less else (value.low, value.high)
    shares = [None if end is None else _share(target, end) for end in (worst, best)]
    low, high = (default if share is None else _capped(share) for share, default in zip(shares, (0, 1), strict=True))
    return Decimal(low), Decimal(high)


def _share(target: TargetInForce, value: Decimal) -> Decimal | None:
    bound = target.bound
    if bound is None:
        return None
    whole, part = (value, bound) if target.wants_less else (bound, value)
    return part / whole if whole > 0 else None


def _capped(share: Decimal) -> Decimal:
    return max(Decimal(0), min(share, Decimal(1)))


def gap(target: TargetInForce, value: Interval) -> Decimal | None:
    """What is missing to the bound, positive, in the unit; None without an exact value or a bound."""
    bound, exact = target.bound, value.exact
    if bound is None or exact is None:
        return None
    return exact - bound if target.wants_less else bound - exact


def months_left(cut_off: dt.date, due: dt.date) -> int:
    """Whole months from the cut-off to the due date, at least one if any day is left; 0 when due."""
    if due <= cut_off:
        return 0
    months = (due.year - cut_off.year) * 12 + due.month - cut_off.month - (due.day < cut_off.day)
    return max(months, 1)


def _contains(value: Interval, point: Decimal) -> bool:
    above = value.low is None or point > value.low or (point == value.low and not value.low_open)
    below = value.high is None or point < value.high or (point == value.high and not value.high_open)
    return above and below


def _exactly(value: Decimal) -> Interval:
    return Interval(low=value, high=value)


def _reaches(value: Interval, bound: Decimal, *, strict: bool) -> bool | None:
    if value.low is not None and (value.low > bound or (value.low == bound and (value.low_open or not strict))):
        return True
    if value.high is not None and (value.high < bound or (value.high == bound and (value.high_open or strict))):
        return False
    return None


def _mirrored(value: Interval) -> Interval:
    return Interval(
        low=None if value.high is None else -value.high,
        low_open=value.high_open,
        high=None if value.low is None else -value.low,
        high_open=value.low_open,
    )
