from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.completion.status import (
    DatedBaseline,
    Terms,
    attainment,
    attainment_bounds,
    gap,
    holds,
    judge,
    months_left,
)
from pipeline.completion.statuses import Status
from pipeline.intake.rows import Interval
from pipeline.plans.method import Steps
from pipeline.plans.models import Direction
from tests.factories import exactly, target

DUE = date(2026, 12, 14)
START = date(2025, 12, 14)
FALLING = Direction.FALLING
STEPS = Steps(on_track=Decimal(1), at_risk=Decimal("0.6"), late=Decimal(0))


def _above(low: str) -> Interval:
    return Interval(low=Decimal(low), high=None, low_open=True)


@pytest.mark.parametrize(
    ("text", "direction", "value", "answer"),
    [
        ("≥ 80%", Direction.RISING, exactly("80"), True),
        ("≥ 80%", Direction.RISING, exactly("79.99"), False),
        ("trên 90%", Direction.RISING, exactly("90"), False),
        ("trên 90%", Direction.RISING, exactly("90.01"), True),
        ("80%", Direction.RISING, exactly("95"), True),  # a bare number is a floor for what should rise
        ("24", FALLING, exactly("20"), True),
        ("24", FALLING, exactly("24.5"), False),
        ("trong vòng 24 tiếng", FALLING, exactly("24"), True),
        ("45-50%", Direction.RISING, exactly("45"), True),  # met from the lower bound
        ("45-50%", Direction.RISING, exactly("55"), True),
        ("45-50%", Direction.RISING, exactly("44.9"), False),
        ("Cấp độ 2 hoặc 3", Direction.RISING, exactly("3"), True),
        ("Cấp độ 2 hoặc 3", Direction.RISING, exactly("4"), False),
        ("Cấp độ 2 hoặc 3", Direction.RISING, exactly("2.5"), False),
        ("≥ 70%", Direction.RISING, _above("98"), True),
        ("trên 98%", Direction.RISING, _above("98"), True),
        ("≥ 99%", Direction.RISING, _above("98"), None),  # the bound does not decide it
        ("Cấp độ 2 hoặc 3", Direction.RISING, _above("1"), None),
        ("≥ 80%", Direction.RISING, Interval(low=None, high=Decimal(80), high_open=True), False),
        ("≥ 80%", Direction.RISING, Interval(low=None, high=Decimal(80)), None),
        ("trong vòng 24 tiếng", FALLING, Interval(low=Decimal(24), high=None, low_open=True), False),
        ("trong vòng 24 tiếng", FALLING, Interval(low=Decimal(24), high=None), None),
        ("trong vòng 24 tiếng", FALLING, Interval(low=None, high=Decimal(24)), True),
        ("trong vòng 24 tiếng", FALLING, Interval(low=None, high=Decimal(25)), None),
        ("Cấp độ 2 hoặc 3", Direction.RISING, Interval(low=None, high=Decimal(1)), False),
        ("Cấp độ 2 hoặc 3", Direction.RISING, Interval(low=None, high=Decimal(2)), None),
        ("Cấp độ 2 hoặc 3", Direction.RISING, Interval(low=None, high=Decimal(2), high_open=True), False),
        ("Cấp độ 2 hoặc 3", Direction.RISING, Interval(low=Decimal(4), high=None), False),
        ("Cấp độ 2 hoặc 3", Direction.RISING, Interval(low=Decimal(3), high=None), None),
        ("Cấp độ 2 hoặc 3", Direction.RISING, Interval(low=Decimal(3), high=None, low_open=True), False),
    ],
)
def test_whether_a_value_meets_a_target(text, direction, value, answer) -> None:
    assert holds(target(text, DUE, direction), value) is answer


BASELINE = DatedBaseline(Decimal(0), START)
MIDWAY = date(2026, 6, 15)  # 183 of 365 days: the straight path from 0 to 100 is at 50.137


@pytest.mark.parametrize(
    ("value", "baseline", "cut_off", "status"),
    [
        (exactly("100"), BASELINE, MIDWAY, Status.MET),
        (exactly("99"), BASELINE, DUE, Status.MISSED),
        (exactly("99"), BASELINE, date(2027, 1, 1), Status.MISSED),
        (exactly("0"), BASELINE, START, Status.STARTING_POINT),
        (exactly("50.14"), BASELINE, MIDWAY, Status.ON_TRACK),
        (exactly("50.13"), BASELINE, MIDWAY, Status.AT_RISK),
        (exactly("30.09"), BASELINE, MIDWAY, Status.AT_RISK),
        (exactly("30.08"), BASELINE, MIDWAY, Status.LATE),
        (exactly("0"), BASELINE, MIDWAY, Status.LATE),
        (exactly("10"), DatedBaseline(Decimal(11), START), MIDWAY, Status.REVERSED),
        (exactly("99"), DatedBaseline(Decimal(100), START), MIDWAY, Status.REVERSED),  # fell back after having met
        (exactly("50"), None, MIDWAY, Status.IN_PROGRESS),
        (_above("50"), BASELINE, MIDWAY, Status.UNDECIDABLE),
    ],
)
def test_status(value, baseline, cut_off, status) -> None:
    assert judge(target("100%", DUE), value, baseline, Terms(cut_off, cut_off, cut_off, STEPS)).status is status


def test_pace_against_the_straight_path() -> None:
    pace = judge(target("100%", DUE), exactly("40"), BASELINE, Terms(MIDWAY, MIDWAY, MIDWAY, STEPS)).pace
    assert pace is not None
    assert pace.expected == Decimal(18300) / 365
    assert round(pace.ratio, 6) == round(Decimal(40) * 365 / 18300, 6)


def test_a_falling_indicator_approaches_its_target_from_above() -> None:
    hours = target("≤ 24 tiếng", DUE, FALLING)
    assert (
        judge(hours, exactly("30"), DatedBaseline(Decimal(48), START), Terms(MIDWAY, MIDWAY, MIDWAY, STEPS)).status
        is Status.ON_TRACK
    )
    assert attainment(hours, exactly("30")) == Decimal("0.8")
    assert gap(hours, exactly("30")) == 6


@pytest.mark.parametrize(
    ("cut_off", "months"),
    [(START, 12), (date(2026, 12, 13), 1), (date(2026, 11, 14), 1), (date(2026, 11, 13), 1), (DUE, 0)],
)
def test_months_left(cut_off: date, months: int) -> None:
    assert months_left(cut_off, DUE) == months


_VALUES = st.decimals(0, 200, places=2, allow_nan=False)


@given(_VALUES, _VALUES, st.sampled_from(["≥ 80%", "trên 80%", "80%", "45-50%"]))
def test_a_higher_value_is_never_worse_for_a_rising_indicator(one: Decimal, other: Decimal, text: str) -> None:
    low, high = sorted((one, other))
    verdicts = [holds(target(text), exactly(str(value))) for value in (low, high)]
    assert verdicts != [True, False]


@given(_VALUES, _VALUES, st.sampled_from(["≥ 80%", "trên 80%", "80%", "≤ 80%", "45-50%"]))
def test_a_bound_decides_only_what_every_value_in_it_decides(low: Decimal, inside: Decimal, text: str) -> None:
    verdict = holds(target(text), Interval(low=low, high=None))
    if inside >= low and verdict is not None:
        assert holds(target(text), exactly(str(inside))) is verdict


@pytest.mark.parametrize(
    ("text", "direction", "value", "bounds"),
    [
        ("≥ 80", Direction.RISING, exactly("40"), ("0.5", "0.5")),
        ("≥ 80", Direction.RISING, exactly("120"), ("1", "1")),  # capped where it is averaged
        ("≥ 80", Direction.RISING, exactly("-8"), ("0", "0")),
        ("≥ 80", Direction.RISING, _above("40"), ("0.5", "1")),
        ("≥ 80", Direction.RISING, Interval(low=None, high=Decimal(40)), ("0", "0.5")),
        ("≤ 24", FALLING, exactly("48"), ("0.5", "0.5")),
        ("≤ 24", FALLING, Interval(low=None, high=Decimal(48)), ("0.5", "1")),
        ("≤ 24", FALLING, Interval(low=Decimal(48), high=None), ("0", "0.5")),
        ("≤ 0", FALLING, exactly("3"), ("0", "0")),
        ("≥ 0", Direction.RISING, exactly("3"), ("0", "1")),  # no share of nothing: both ends stay open
    ],
)
def test_attainment_from_the_worst_to_the_best_that_a_value_allows(text, direction, value, bounds) -> None:
    assert attainment_bounds(target(text, DUE, direction), value) == tuple(map(Decimal, bounds))
