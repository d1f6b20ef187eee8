"""The scorer of many rows held against the scalar `judge`, over grids on which every threshold is hit exactly."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.scoring import (
    COMPARATORS,
    LIMIT,
    OPEN,
    STATUSES,
    Columns,
    Question,
    Scores,
    columns_of,
    question,
    rates_by,
    score,
    scored,
)
from pipeline.completion import indicators
from pipeline.completion.counts import Rate
from pipeline.completion.records import TargetInForce
from pipeline.completion.status import Baseline, Terms, attainment, gap, judge
from pipeline.completion.statuses import Status
from pipeline.intake.rows import Interval
from pipeline.plans.method import Steps
from pipeline.plans.models import Direction
from pipeline.plans.registry import Registry
from pipeline.plans.targets import Comparator
from tests.completion.one_row import evaluated
from tests.completion.test_cases import CASES
from tests.factories import exactly, target

STEPS = Steps(on_track=Decimal(1), at_risk=Decimal("0.6"), late=Decimal(0))
EPOCH = date(2025, 12, 14)
UNIT = Decimal("0.000001")
ONE_NUMBER = [Comparator.AT_LEAST, Comparator.MORE_THAN, Comparator.AT_MOST, Comparator.EQUAL, Comparator.RANGE]
EXACT = [Decimal(n) for n in (0, 20, 30, 50, 70, 80, 100)]


def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)


def _target(comparator: Comparator, direction: Direction, bound: Decimal, due: int | None) -> TargetInForce:
    """With an interval of which only the end that the direction reads is `bound`."""
    rising_range = comparator is Comparator.RANGE and direction is Direction.RISING
    falling_range = comparator is Comparator.RANGE and direction is Direction.FALLING
    low = bound - 5 if falling_range else None if comparator is Comparator.AT_MOST else bound
    high = bound + 5 if rising_range else bound
    day = None if due is None else _day(due)
    return TargetInForce(text="", comparator=comparator, direction=direction, low=low, high=high, due=day)


def _question(steps: Steps = STEPS, **given: object) -> Question:
    """Half of the way from 0 on day 0 to 100 on day 100, unless `given` says otherwise."""
    bound, value, baseline = (
        Decimal(str(given.get(k, d))) for k, d in (("bound", 100), ("value", 50), ("baseline", 0))
    )
    cut_off = _day(int(str(given.get("cut_off", 50))))
    aim = _target(Comparator.AT_LEAST, Direction.RISING, bound, int(str(given.get("due", 100))))
    return Question(aim, exactly(str(value)), Baseline(baseline, EPOCH), Terms(cut_off, cut_off, _day(1), steps))


def _alone(row: Question | Status) -> tuple[str, float, float, float]:
    """Status, attainment, gap and pace of one row by the scalar functions."""
    if isinstance(row, Status):
        return str(row), np.nan, np.nan, np.nan
    judgement = judge(row.target, row.value, row.baseline, row.terms)
    ratio = judgement.pace.ratio if judgement.pace else None
    figures = (attainment(row.target, row.value), gap(row.target, row.value), ratio)
    return str(judgement.status), *(np.nan if f is None else float(f) for f in figures)


def _assert_as_judged(scores: Scores, rows: list[Question | Status]) -> None:
    status, *figures = zip(*map(_alone, rows), strict=True)
    assert [str(STATUSES[code]) for code in scores.status] == list(status)
    for found, expected in zip((scores.attainment, scores.gap, scores.pace), figures, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def _grid() -> list[Question | Status]:
    """Every combination of target, value, baseline and days that a small plan can meet."""
    values = [exactly(str(v)) for v in (*EXACT, Decimal("49.999999"), Decimal("50.000001"))]
    ends = [(50, None), (None, 50), (None, 80), (20, 80), (None, None)]
    bounds = [
        Interval(low=lo, high=hi, low_open=o, high_open=o) for (lo, hi), o in itertools.product(ends, (False, True))
    ]
    baselines = [None, *(Baseline(Decimal(v), _day(d)) for v, d in itertools.product((0, 50, 100), (0, 50)))]
    aims = [_target(*of) for of in itertools.product(ONE_NUMBER, Direction, (Decimal(0), Decimal(50)), (None, 50, 100))]
    days = [Terms(_day(c), _day(o), _day(b), STEPS) for c, o, b in ((-1, -1, 0), (50, 0, 1), (50, 50, 1), (51, 51, 60))]
    days.append(dataclasses.replace(days[2], met_before=True))
    return [Question(*of) for of in itertools.product(aims, values + bounds, baselines, days)]


def test_every_row_of_a_grid_is_judged_alike() -> None:
    rows = _grid()
    columns, others = columns_of(rows, STEPS)
    scores = scored(columns, STEPS)
    assert not others
    assert scores.taken.all()
    _assert_as_judged(scores, rows)
    judged = {Status(word) for word in scores.words}
    assert judged == {*Status} - {*_UNJUDGED}


_UNJUDGED = [
    Status.NOT_SUBMITTED,
    Status.NOT_DUE,
    Status.NOT_APPLICABLE,
    Status.QUARANTINED,
    Status.NO_STAGE_TARGET,
    Status.NOT_ASSESSABLE,
    Status.PLAN_NOT_IN_FORCE,
    Status.DROPPED,
]
_NUMBERS = st.sampled_from(EXACT) | st.builds(
    lambda number, units: number + units * UNIT, st.sampled_from(EXACT), st.sampled_from([-1, 1])
)
_ANY_NUMBER = _NUMBERS | st.decimals(-(10**4), 10**4, places=6)
_DAYS = st.sampled_from([-1, 0, 1, 25, 49, 50, 51, 99, 100, 101])
_LADDERS = st.sampled_from([STEPS, Steps(on_track=Decimal("0.95"), at_risk=Decimal("0.6"), late=Decimal("-0.5"))])


def _values() -> st.SearchStrategy[Interval]:
    end = st.none() | _ANY_NUMBER
    return _ANY_NUMBER.map(lambda v: Interval(low=v, high=v)) | st.builds(
        Interval, low=end, high=end, low_open=st.booleans(), high_open=st.booleans()
    )


def _terms(**held: st.SearchStrategy[object]) -> st.SearchStrategy[Terms]:
    days = {name: _DAYS.map(_day) for name in ("cut_off", "observed_on", "begins")}
    return st.builds(Terms, **days | {"steps": st.just(STEPS), "met_before": st.booleans()} | held)


_ANYHOW = st.builds(
    Question,
    st.builds(_target, st.sampled_from(ONE_NUMBER), st.sampled_from(Direction), _ANY_NUMBER, st.none() | _DAYS),
    _values(),
    st.none() | st.builds(Baseline, _ANY_NUMBER, _DAYS.map(_day)),
    _terms(),
)
_ON_THE_WAY = st.builds(
    Question,
    st.builds(_target, st.sampled_from(ONE_NUMBER), st.sampled_from(Direction), _NUMBERS, st.just(100)),
    _NUMBERS.map(lambda v: Interval(low=v, high=v)),
    st.builds(Baseline, _NUMBERS, st.just(EPOCH)),
    _terms(
        cut_off=st.sampled_from([25, 50, 75]).map(_day),
        observed_on=st.just(_day(25)),
        begins=st.just(_day(1)),
        met_before=st.just(False),
    ),
)
_ROWS = st.lists(_ANYHOW | _ON_THE_WAY | st.sampled_from(_UNJUDGED), min_size=1, max_size=60)


@settings(max_examples=300, deadline=None)
@given(_ROWS, _LADDERS)
def test_a_row_is_judged_alike_among_many_and_alone(rows: list[Question | Status], steps: Steps) -> None:
    rows = [r if isinstance(r, Status) else _with_steps(r, steps) for r in rows]
    columns, others = columns_of(rows, steps)
    assert not others
    scores = scored(columns, steps)
    assert scores.taken.all()
    _assert_as_judged(scores, rows)


def _with_steps(row: Question, steps: Steps) -> Question:
    return dataclasses.replace(row, terms=dataclasses.replace(row.terms, steps=steps))


@settings(max_examples=50, deadline=None)
@given(_ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, random) -> None:
    places = list(range(len(rows)))
    random.shuffle(places)
    columns, _ = columns_of(rows, STEPS)
    before, after = scored(columns, STEPS), scored(_taken_from(columns, places), STEPS)
    for field in dataclasses.fields(Scores):
        np.testing.assert_array_equal(getattr(before, field.name)[places], getattr(after, field.name))


def _taken_from(columns: Columns, places: list[int]) -> Columns:
    return Columns(*(getattr(columns, field.name)[places] for field in dataclasses.fields(Columns)))


@pytest.mark.parametrize(
    ("value", "status", "ratio"),
    [
        ("50", Status.ON_TRACK, 1),
        ("49.999999", Status.AT_RISK, 0.99999998),
        ("30", Status.AT_RISK, 0.6),
        ("29.999999", Status.LATE, 0.59999998),
        ("0", Status.LATE, 0),
        ("-0.000001", Status.REVERSED, -0.00000002),
    ],
)
def test_a_threshold_is_hit_exactly(value: str, status: Status, ratio: float) -> None:
    scores = scored(columns_of([_question(value=value)], STEPS)[0], STEPS)
    assert list(scores.words) == [status]
    assert scores.pace[0] == pytest.approx(ratio, rel=1e-12)


def test_a_millionth_that_floats_cannot_see_decides() -> None:
    """Half of 9.2 × 10¹¹ on the first of two days is the path; one millionth less is the same ratio as a float."""
    rows = [
        _question(bound=92 * 10**10, value=value, cut_off=1, due=2) for value in ("459999999999.999999", 46 * 10**10)
    ]
    scores = scored(columns_of(rows, STEPS)[0], STEPS)
    assert scores.taken.all()
    assert scores.pace.tolist() == [1, 1]
    assert list(scores.words) == [Status.AT_RISK, Status.ON_TRACK]


_REACH = (2**63 - 1) // (100 * 5)  # 100 days; 5 is the largest of the terms of 1, 3/5 and 0


@pytest.mark.parametrize(("surplus", "taken"), [(0, True), (1, False)])
def test_the_limit_of_pace_is_exact(surplus: int, taken: bool) -> None:
    for row in (_question(bound=(_REACH + surplus) * UNIT), _question(value=-(_REACH + surplus) * UNIT)):
        columns, others = columns_of([row], STEPS)
        assert not others
        assert scored(columns, STEPS).taken.tolist() == [taken]
        _assert_as_judged(score(columns, STEPS), [row])


@pytest.mark.parametrize("steps", ["0.1234567890123456789", "12345678901234567890"])
def test_thresholds_beyond_integers_are_left_to_the_scalar_judge(steps: str) -> None:
    ladder = Steps(on_track=Decimal(steps), at_risk=Decimal("0.01"), late=Decimal(0))
    rows = [_question(ladder), _question(ladder, value=0)]
    columns, _ = columns_of(rows, ladder)
    assert not scored(columns, ladder).taken.any()
    _assert_as_judged(score(columns, ladder), rows)


@pytest.mark.parametrize("name", ["bound", "low", "high", "baseline"])
def test_numbers_beyond_the_limit_are_not_taken(name: str) -> None:
    columns, _ = columns_of([_question(due=50)], STEPS)
    for number, taken in ((LIMIT, True), (-LIMIT, True), (LIMIT + 1, False), (-LIMIT - 1, False), (2**63 - 1, False)):
        moved = dataclasses.replace(columns, **{name: np.array([number])})
        assert scored(moved, STEPS).taken.tolist() == [taken]
        _assert_as_judged(score(moved, STEPS), [question(moved, 0, STEPS)])


def test_what_does_not_fit_is_judged_one_by_one() -> None:
    usual = _question()
    levels = dataclasses.replace(usual, target=target("Cấp độ 2 hoặc 3", _day(100)), value=exactly("3"))
    path = dataclasses.replace(usual, terms=dataclasses.replace(usual.terms, waypoints=((_day(50), Decimal(90)),)))
    other_steps = _with_steps(usual, Steps(on_track=Decimal(3), at_risk=Decimal(2), late=Decimal(0)))
    odd = [levels, path, other_steps, _question(value="50.0000001"), _question(baseline=LIMIT * UNIT + UNIT)]
    rows = [usual, *odd, Status.NOT_DUE]
    columns, others = columns_of(rows, STEPS)
    assert others == dict(enumerate(odd, start=1))
    alone = scored(columns, STEPS)
    assert alone.taken.tolist() == [True, *[False] * len(odd), True]
    assert alone.status[1:-1].tolist() == [OPEN] * len(odd)
    assert np.isnan([alone.attainment[1:], alone.gap[1:], alone.pace[1:]]).all()
    _assert_as_judged(score(columns, STEPS, others), rows)
    with pytest.raises(ValueError, match="without a bound"):
        score(columns, STEPS)


@pytest.mark.parametrize("comparator", [Comparator.IN_SET, Comparator.NONE])
def test_a_target_that_is_not_one_number_is_never_guessed(comparator: Comparator) -> None:
    columns, _ = columns_of([_question()], STEPS)
    coded = dataclasses.replace(columns, comparator=np.array([COMPARATORS.index(comparator)], np.int8))
    assert not scored(coded, STEPS).taken.any()
    with pytest.raises(ValueError, match="without a bound"):
        score(coded, STEPS)


def test_every_case_of_the_table_scores_alike(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the evaluation asks of `judge` for each case, asked of the scorer."""
    asked: list[Question] = []

    def noting(*of: object) -> object:
        asked.append(Question(*of))
        return judge(*of)

    monkeypatch.setattr(indicators, "judge", noting)
    rows: list[Question | Status] = []
    for case in CASES:
        asked.clear()
        status = evaluated(case, registry).status
        rows.append(asked[-1] if asked else status)
    columns, others = columns_of(rows, registry.method.linear)
    _assert_as_judged(score(columns, registry.method.linear, others), rows)
    simple = [place for place, case in enumerate(CASES) if " | " not in case["targets"] and not case["path"]]
    left = {place for place in simple if not _fits(rows[place])}
    assert len(simple) > 300
    assert left == {place for place in others if place in simple}


def _fits(row: Question | Status) -> bool:
    if isinstance(row, Status):
        return True
    numbers = [n for n in (row.target.bound, row.value.low, row.value.high) if n is not None]
    return row.target.bound is not None and all(n == round(n, 6) for n in numbers)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1, 2]), st.sampled_from(Status)), min_size=1))
def test_rates_are_those_of_a_rate(rows: list[tuple[str, int, Status]]) -> None:
    places, periods, statuses = zip(*rows, strict=True)
    columns, _ = columns_of(statuses, STEPS)
    table = rates_by(scored(columns, STEPS), {"locality": places, "period": np.array(periods)})
    assert table.index.tolist() == sorted({(place, period) for place, period, _ in rows})
    for key, line in table.iterrows():
        by_status = Counter(status for *of, status in rows if tuple(of) == key)
        rate = Rate(by_status=by_status, due=0, met_of_due=0, attainment_of=0)
        assert {s: n for s in Status if (n := line[s])} == by_status
        for name in ("total", "absent", "met", "met_at_most"):
            assert line[name] == getattr(rate, name)
        for name in ("lower", "upper", "coverage"):
            share = getattr(rate, name)
            assert line[name] == pytest.approx(np.nan if share is None else float(share), nan_ok=True)


def test_open_rows_are_not_counted() -> None:
    columns, _ = columns_of([_question(value="50.0000001")], STEPS)
    with pytest.raises(ValueError, match="without a status"):
        rates_by(scored(columns, STEPS), {"locality": ["a"]})


def test_columns_contradict_neither_each_other_nor_themselves() -> None:
    columns, _ = columns_of([_question()], STEPS)
    with pytest.raises(ValueError, match="lengths"):
        dataclasses.replace(columns, due=np.array([1, 2], np.int32))
    with pytest.raises(ValueError, match="comparator"):
        dataclasses.replace(columns, wants_less=~columns.wants_less)


def test_nothing_scores_as_nothing() -> None:
    columns, others = columns_of([], STEPS)
    assert len(score(columns, STEPS, others).status) == 0
