"""The status of one indicator at the cut-off date (đánh giá). Pure functions of values and dates.

Rules and numbering follow docs/methodology.md. Decided on exact, unrounded numbers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from pipeline.completion.records import Pace, Status, TargetInForce
from pipeline.plans.models import Steps
from pipeline.plans.targets import Comparator
from pipeline.submissions.records import Interval


@dataclass(frozen=True)
class Baseline:
    """Starting value, in the indicator's unit, and the day it stands for."""

    value: Decimal
    day: dt.date


@dataclass(frozen=True)
class Terms:
    """On what day it is judged, when the plan begins, and from which ratios on which word holds."""

    cut_off: dt.date
    begins: dt.date
    steps: Steps


@dataclass(frozen=True)
class Judgement:
    """Status of an observed value, with the pace where there is one."""

    status: Status
    pace: Pace | None = None


def holds(target: TargetInForce, value: Interval) -> bool | None:
    """Whether a value meets a target; None where a bound does not decide it."""
    if target.comparator is Comparator.IN_SET:
        return None if value.exact is None else value.exact in {Decimal(level) for level in target.levels}
    bound = target.bound
    if bound is None:
        raise ValueError("a target without a bound cannot be judged")
    if target.comparator is Comparator.MORE_THAN:
        return _reaches(value, bound, strict=True)
    if target.wants_less:
        return _reaches(_mirrored(value), -bound, strict=False)
    return _reaches(value, bound, strict=False)


def judge(
    target: TargetInForce,
    value: Interval,
    baseline: Baseline | None,
    terms: Terms,
) -> Judgement:
    """Status of an observed value at the cut-off of `terms`."""
    cut_off = terms.cut_off
    met = holds(target, value)
    if met is None:
        return Judgement(Status.UNDECIDABLE)
    if met:
        return Judgement(Status.MET)
    if target.due is not None and cut_off >= target.due:
        return Judgement(Status.MISSED)
    if cut_off < terms.begins or (baseline is not None and cut_off <= baseline.day):
        return Judgement(Status.STARTING_POINT)
    if baseline is None:
        return Judgement(Status.IN_PROGRESS)
    if holds(target, Interval(low=baseline.value, high=baseline.value)):
        return Judgement(Status.REVERSED)
    pace = pace_of(target, value, baseline, cut_off)
    return Judgement(status_at(pace.ratio, terms.steps), pace) if pace else Judgement(Status.IN_PROGRESS)


def pace_of(target: TargetInForce, value: Interval, baseline: Baseline, cut_off: dt.date) -> Pace | None:
    """Progress against the straight path; None without an exact value, a bound and a due date."""
    bound, exact = target.bound, value.exact
    if bound is None or exact is None or target.due is None or target.due <= baseline.day:
        return None
    elapsed = Decimal((cut_off - baseline.day).days) / Decimal((target.due - baseline.day).days)
    expected = baseline.value + (bound - baseline.value) * elapsed
    if expected == baseline.value:
        return None
    return Pace(expected=expected, ratio=(exact - baseline.value) / (expected - baseline.value))


def status_at(ratio: Decimal, steps: Steps) -> Status:
    """The word for a ratio of what was done to what was to be done."""
    if ratio >= steps.on_track:
        return Status.ON_TRACK
    if ratio >= steps.at_risk:
        return Status.AT_RISK
    return Status.LATE if ratio >= steps.late else Status.REVERSED


def attainment(target: TargetInForce, value: Interval) -> Decimal | None:
    """Value / bound (rising) or bound / value (falling), uncapped; None where it has no meaning."""
    bound, exact = target.bound, value.exact
    if bound is None or exact is None:
        return None
    whole, part = (exact, bound) if target.wants_less else (bound, exact)
    return part / whole if whole > 0 else None


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
