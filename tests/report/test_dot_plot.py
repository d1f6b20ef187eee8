"""Dots in the row: places on the line by hand, what is said of them, and how a value stands beside its peers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pipeline.completion.lines import Point
from pipeline.completion.records import IndicatorResult
from pipeline.completion.statuses import Status
from pipeline.intake.rows import Observation
from pipeline.plans.models import Direction, Kind
from pipeline.report.dot_plot import dot_plot, standing, trend
from pipeline.report.words import Words
from tests.factories import exactly
from tests.factories import target as target_of

WORDS = Words("vi")
THING = ("online-files", "%", "")
BEFORE = Point(day=date(2025, 12, 14), value=Decimal(10))
NOW = Point(day=date(2026, 6, 10), value=Decimal(60))


def _row(target: str = "≥ 80%", value: str = "60", *history: Point) -> IndicatorResult:
    observed = Observation.model_construct(value=exactly(value), as_of=NOW.day, flags=())
    return IndicatorResult.model_construct(
        plan="thu", annex="", group="I", no="1", kind=Kind.INDICATOR, name="Hồ sơ trực tuyến", unit="%",
        direction=Direction.RISING, concept=THING[0], scope="", lead=(), status=Status.LATE,
        target=target_of(target), observation=observed, history=history,
    )  # fmt: skip


def test_the_dots_stand_where_the_numbers_are() -> None:
    """6 + 148 × x / 100 on a line of 160."""
    peers = {THING: {name: Decimal(x) for name, x in (("A", 50), ("B", 90), ("C", 75), ("D", 80), ("E", 85))}}
    drawn = dot_plot(_row("≥ 80%", "60", BEFORE, NOW), WORDS, peers)
    assert drawn is not None
    assert (drawn.target, drawn.value, drawn.before, drawn.peers) == (124.4, 94.8, 20.8, (80.0, 139.2, 124.4))
    said = drawn.label.replace("\N{NO-BREAK SPACE}", "")
    assert said == "60%, mục tiêu ≥80%; trước đó 10%; 5 nơi cùng loại từ 50% đến 90%, trung vị 80%"


def test_of_few_peers_no_median_is_said_and_of_none_nothing() -> None:
    two = dot_plot(_row(), WORDS, {THING: {"A": Decimal(50), "B": Decimal(90)}})
    assert two is not None
    assert two.peers is not None
    assert two.peers[2] is None
    assert two.label.replace("\N{NO-BREAK SPACE}", "").endswith("2 nơi cùng loại: 50%, 90%")
    alone = dot_plot(_row(), WORDS, {("another", "%", ""): {"A": Decimal(50)}})
    assert alone is not None
    assert (alone.peers, alone.before) == (None, None)


def test_a_trend_takes_two_periods_and_writes_its_ends() -> None:
    assert trend(_row("≥ 80%", "60", NOW), WORDS) is None
    line = trend(_row("≥ 80%", "60", BEFORE, NOW), WORDS)
    assert line is not None
    assert line.points == "3.0,17.0 60.0,7.0"  # 10 at the foot, 80 (the target) at the head
    assert (line.target, line.first_value, line.last_value) == (3.0, "10", "60")
    assert line.label == "14/12/2025: 10; 10/06/2026: 60"


@pytest.mark.parametrize(
    ("target", "value", "others", "stands"),
    [
        ("≥ 80%", "60", "50 60 70 80", 0),
        ("≤ 10%", "5", "6 7 4", 1),
        ("≥ 80%", "60", "60 60", 0),
        ("≥ 80%", "60", "60 60 50", 0),  # better than one of three is not better than most
        ("≥ 80%", "60", "70 70 50", -1),
    ],
)
def test_better_is_what_the_target_wants(target: str, value: str, others: str, stands: int) -> None:
    assert standing(_row(target, value), Decimal(value), [Decimal(x) for x in others.split()]) == stands
