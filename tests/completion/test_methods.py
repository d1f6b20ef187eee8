from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.completion.methods import METHODS, Course, destatis, open_sdg, opinions, sdsn
from pipeline.completion.records import Opinion
from pipeline.completion.status import DatedBaseline, Terms, judge
from pipeline.completion.statuses import Status
from pipeline.plans.method import Method
from pipeline.plans.registry import Registry
from tests.completion.one_row import evaluated
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


ZERO = "tốc độ tăng kép không tính được khi có giá trị bằng 0 hoặc âm"
NO_NEED = "xuất phát điểm bằng mục tiêu: {} cần đạt bằng 0"
SAME_DAY = Course(((START, Decimal(10)), (START, Decimal(20))), Decimal(50), DUE)


@pytest.mark.parametrize(
    ("course", "name", "reason"),
    [
        (_course("0", "5", bound="50"), "open-sdg", ZERO),  # elsewhere patched to "on track", 4.25
        (_course("50", "40", bound="0"), "open-sdg", ZERO),
        (_course("50", "0", bound="10"), "open-sdg", ZERO),
        (_course("100", "90"), "open-sdg", NO_NEED.format("tốc độ")),
        (_course("100", "90"), "sdsn", NO_NEED.format("mức tăng")),
        (SAME_DAY, "open-sdg", "chưa có giá trị nào sau xuất phát điểm"),
        (SAME_DAY, "sdsn", "chưa có giá trị nào sau xuất phát điểm"),
        (_course("50", "70"), "destatis", "cần ít nhất ba giá trị để có hai thay đổi"),
        (_course("50", "60", "100"), "destatis", "đã đạt hoặc đã đến hạn: không còn gì để dự báo"),
        (_course("50", "60", "70", last=DUE), "destatis", "đã đạt hoặc đã đến hạn: không còn gì để dự báo"),
    ],
)
def test_where_a_formula_breaks_down_a_reason_is_given(course: Course, name: str, reason: str, method: Method) -> None:
    assert METHODS[name](course, method) == Opinion(method=name, reason=reason)


@pytest.mark.parametrize(
    ("values", "bound", "status", "miss"),
    [
        # Four years apart, four years left. 9.5 a year: 38 more of 40 missing, 5 % of the gap.
        (("0", "38", "76"), "116", Status.ON_TRACK, "0.05"),
        (("0", "32", "64"), "104", Status.AT_RISK, "0.2"),  # 8 a year: 32 of 40
        (("0", "32", "64"), "104.01", Status.LATE, ""),
        (("50", "60", "50"), "90", Status.LATE, "1"),  # a mean change of zero does not lead away from the target
        (("50", "60", "49.99"), "90", Status.REVERSED, ""),
    ],
)
def test_destatis_at_its_thresholds(values, bound: str, status: Status, miss: str, method: Method) -> None:
    days = [date.fromordinal(START.toordinal() + 1461 * n) for n in range(4)]
    points = tuple((day, Decimal(value)) for day, value in zip(days, values, strict=False))
    opinion = destatis(Course(points, Decimal(bound), days[3]), method)
    assert opinion.status is status
    if miss:
        assert opinion.figure == Decimal(miss)


def test_only_the_last_changes_count(method: Method) -> None:
    """Seven values have six changes; the first one, which is huge, is left out."""
    days = [date.fromordinal(START.toordinal() + 1461 * n) for n in range(8)]
    values = [Decimal(v) for v in (0, 1000, 1004, 1008, 1012, 1016, 1020)]
    course = Course(tuple(zip(days, values, strict=False)), Decimal(1024), days[7])
    assert destatis(course, method).figure == 0  # 1 a year over four years is all that is missing


def test_a_value_less_than_a_year_after_the_baseline_is_enough(method: Method) -> None:
    soon = Course(((START, Decimal(50)), (date(2021, 3, 14), Decimal(60))), Decimal(100), DUE)
    assert sdsn(soon, method).status is Status.ON_TRACK
    assert open_sdg(soon, method).status is Status.ON_TRACK


def test_the_course_of_a_row_is_its_baseline_and_the_exact_values_since(registry: Registry) -> None:
    """40 at the end of 2025, 50 in March, 60 in June, 80 due in December; a bound and an older value are no points."""
    case = {
        "years": "2025-2026",
        "targets": "2026: ≥80%",
        "direction": "rising",
        "baseline": "40 @2025",
        "path": "",
        "earlier": "2025-06-10: 30 | 2026-02-01: > 35 | 2026-03-14: 50",
        "value": "60",
        "as_of": "2026-06-14",
        "period": "2026-H1",
    }
    row = evaluated(case, registry)
    found = {o.method: o for o in row.opinions}
    # Linear: 20 of 40 in 165 of 365 days; the mean change, 10 in 73 days and 10 in 92 days, goes on for 200 days.
    assert found["sdsn"].figure is not None
    assert round(found["sdsn"].figure, 6) == round(Decimal(20 * 365) / Decimal(40 * 165), 6)
    assert found["destatis"].figure is not None
    mean = (Decimal(10) / 73 + Decimal(10) / 92) / 2
    assert round(found["destatis"].figure, 6) == round(1 - mean * 200 / 20, 6)
    assert found["open-sdg"].figure is not None
    assert [point.value for point in row.history] == [30, 50, 60]
    assert row.pace is not None
    assert not row.pace.declared
    along = evaluated(case | {"path": "Quý I/2026: 55"}, registry)
    assert along.pace is not None
    assert along.pace.declared
    alone = evaluated(case | {"baseline": ""}, registry)
    assert alone.opinions == ()


@given(st.decimals(1, 99, places=1), st.decimals(1, 99, places=1))
def test_the_linear_methods_agree_on_the_figure(registry: Registry, first: Decimal, last: Decimal) -> None:
    """With a value dated at the cut-off, ours and the one of SDSN are the same ratio; only the steps differ."""
    course = _course(str(first), str(last))
    terms = Terms(course.points[-1][0], course.points[-1][0], date(2020, 12, 15), registry.method.linear)
    ours = judge(target("100%", DUE), exactly(str(last)), DatedBaseline(first, START), terms)
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


def test_without_a_course_there_are_no_opinions(method: Method) -> None:
    assert opinions(None, method, METHODS) == ()
    assert [o.method for o in opinions(_course("50", "70"), method, METHODS)] == list(METHODS)
