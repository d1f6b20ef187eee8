from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.completion.methods import METHODS, Course, destatis, open_sdg, opinions, sdsn
from pipeline.completion.status import Baseline, Terms, judge
from pipeline.completion.statuses import Status
from pipeline.plans.method import Method
from pipeline.plans.registry import Registry
from tests.factories import exactly, target

START, DUE = date(2020, 12, 14), date(2030, 12, 14)


def _course(*values: str, bound: str = "100", last: date = date(2025, 12, 14)) -> Course:
    """Values at equal distances from the start to `last`."""
    days = (last - START).days
    points = [(START.toordinal() + days * i // (len(values) - 1), Decimal(v)) for i, v in enumerate(values)]
    return Course(tuple((date.fromordinal(day), value) for day, value in points), Decimal(bound), DUE)


@pytest.fixture(scope="module")
def method(registry: Registry) -> Method:
    return registry.method


# Half of the ten years are over (1826 of 3652 days). By hand: CAGR needed from 50 to 100 in ten years is
# 2^(1/10)-1 = 7.177 %, reached to 70 in five 1.4^(1/5)-1 = 6.961 %, ratio 0.9699; linear 20/25 = 0.8 of half the way.
def test_open_sdg_by_hand(method: Method) -> None:
    opinion = open_sdg(_course("50", "70"), method)
    assert opinion.figure is not None
    assert round(opinion.figure, 3) == Decimal("0.970")
    assert opinion.status is Status.ON_TRACK


def test_sdsn_by_hand(method: Method) -> None:
    opinion = sdsn(_course("50", "70"), method)
    assert opinion.figure is not None
    assert round(opinion.figure, 3) == Decimal("0.800")
    assert opinion.status is Status.AT_RISK


@pytest.mark.parametrize(
    ("values", "status"),
    [
        # Mean change 5 a year over five years: 75 + 25 = 100, no miss.
        (("50", "60", "75"), Status.ON_TRACK),
        # 50 to 73.5: 4.7 a year, forecast 97, misses 3 of 26.5 = 11.3 %.
        (("50", "60", "73.5"), Status.AT_RISK),
        (("50", "55", "60"), Status.LATE),
        (("50", "45", "40"), Status.REVERSED),
    ],
)
def test_destatis_by_hand(values: tuple[str, ...], status: Status, method: Method) -> None:
    assert destatis(_course(*values), method).status is status


@pytest.mark.parametrize(
    ("course", "name", "told"),
    [
        (_course("0", "5", bound="50"), "open-sdg", "bằng 0"),  # elsewhere patched to "on track", 4.25
        (_course("100", "90"), "open-sdg", "xuất phát điểm bằng mục tiêu"),
        (_course("100", "90"), "sdsn", "xuất phát điểm bằng mục tiêu"),
        (_course("50", "70"), "destatis", "ba giá trị"),
        (_course("50", "60", "100"), "destatis", "đã đạt"),
    ],
)
def test_where_a_formula_breaks_down_it_is_refused_with_a_word(
    course: Course, name: str, told: str, method: Method
) -> None:
    opinion = METHODS[name](course, method)
    assert (opinion.status, opinion.figure) == (None, None)
    assert told in opinion.reason


@given(st.decimals(1, 99, places=1), st.decimals(1, 99, places=1))
def test_the_linear_methods_agree_on_the_figure(registry: Registry, first: Decimal, last: Decimal) -> None:
    """With a value dated at the cut-off, ours and the one of SDSN are the same ratio; only the steps differ."""
    course = _course(str(first), str(last))
    terms = Terms(course.points[-1][0], course.points[-1][0], date(2020, 12, 15), registry.method.linear)
    ours = judge(target("100%", DUE), exactly(str(last)), Baseline(first, START), terms)
    theirs = sdsn(course, registry.method)
    assert ours.pace is not None
    assert theirs.figure is not None
    assert abs(ours.pace.ratio - theirs.figure) < Decimal("1e-20")
    same_steps = registry.method.model_copy(update={"sdsn": registry.method.linear})
    assert sdsn(course, same_steps).status is ours.status


@given(st.decimals(1, 99, places=1), st.decimals(1, 99, places=1))
def test_growing_methods_agree_on_the_direction(registry: Registry, first: Decimal, last: Decimal) -> None:
    course = _course(str(first), str(last))
    figures = [METHODS[name](course, registry.method).figure for name in ("open-sdg", "sdsn")]
    assert all(figure is not None and (figure < 0) == (last < first) for figure in figures)


def test_a_target_that_falls_is_judged_the_same_way(method: Method) -> None:
    falling = replace(_course("48", "36", bound="24"))
    assert sdsn(falling, method).status is Status.ON_TRACK
    assert open_sdg(falling, method).figure is not None


def test_without_a_course_nobody_has_an_opinion(method: Method) -> None:
    assert opinions(None, method) == ()
    assert [o.method for o in opinions(_course("50", "70"), method)] == list(METHODS)
