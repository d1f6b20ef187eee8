"""The charts as bytes: light, the same every time, with text that a reader's font shows."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.lines import Point
from pipeline.completion.records import Completion, IndicatorResult
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.charts import Chart, bar, farthest, gap_chart, spark, stages_chart
from pipeline.report.words import Words
from tests.factories import report_2026_as_2025

WORDS = Words("vi")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Bình Giang in the year of its plan."""
    return report_2026_as_2025(tmp_path_factory.mktemp("charts"))


def _completion(registry: Registry, locality: str, year: Layout) -> Completion:
    when = Period(2026 if locality == "binh-giang" else 2025)
    return evaluate(registry, registry.locality(locality), when, validate_period(year, registry, locality, when))


def _row(registry: Registry, label: str, year: Layout) -> IndicatorResult:
    rows = _completion(registry, "binh-giang", year).plans[0].indicators
    return next(r for r in rows if r.key.label == label)


def _charts(completion: Completion) -> list[Chart]:
    return [chart for chart in (gap_chart(completion, WORDS), stages_chart(completion, WORDS)) if chart]


@pytest.mark.parametrize(("locality", "count"), [("binh-giang", 1), ("cat-hai", 1), ("hai-phong", 0)])
def test_charts_are_drawn_only_with_enough_values(registry: Registry, year: Layout, locality: str, count: int) -> None:
    drawn = _charts(_completion(registry, locality, year))
    assert len(drawn) == count
    for chart in drawn:
        assert len(chart.svg) < 120_000
        root = ET.fromstring(chart.svg)  # noqa: S314 - our own drawing
        assert any(element.tag.endswith("}text") for element in root.iter())
        assert "<dc:date>" not in chart.svg
        assert "Segoe UI" in chart.svg


def test_the_same_figures_give_the_same_bytes(registry: Registry, year: Layout) -> None:
    for locality in ("binh-giang", "cat-hai"):
        completion = _completion(registry, locality, year)
        assert [c.svg for c in _charts(completion)] == [c.svg for c in _charts(completion)]


def test_the_findings_are_those_of_the_figures(registry: Registry, year: Layout) -> None:
    completion = _completion(registry, "binh-giang", year)
    gaps = gap_chart(completion, WORDS)
    assert gaps is not None
    assert gaps.finding.startswith("Trong 16 chỉ tiêu có số liệu của kỳ, 16 chỉ tiêu đo bằng %: 10 đạt mục tiêu;")
    assert "xa mục tiêu nhất là II.14 (11,87" in gaps.finding
    worst = farthest(completion)
    assert worst is not None
    assert worst.key.label == "II.14"
    stages = stages_chart(_completion(registry, "cat-hai", year), WORDS)
    assert stages is not None
    # Of the 34 rows of Phụ lục 2, by hand: all but II.14 (only 2030) and III.21 (only 2030) have more than one stage.
    assert stages.finding.startswith("32 chỉ tiêu có mục tiêu theo giai đoạn 2025–2045")


@pytest.mark.parametrize("name", ["5$ và 10% 6$", "50$ và 70$", "A^b_c $"])
def test_a_dollar_in_a_name_is_a_dollar(registry: Registry, year: Layout, name: str) -> None:
    completion = _completion(registry, "binh-giang", year)
    [plan] = completion.plans
    rows = tuple(row.model_copy(update={"name": name}) for row in plan.indicators)
    gaps = gap_chart(completion.model_copy(update={"plans": (plan.model_copy(update={"indicators": rows}),)}), WORDS)
    assert gaps is not None
    texts = {"".join(text.itertext()) for text in ET.fromstring(gaps.svg).iter("{http://www.w3.org/2000/svg}text")}  # noqa: S314 - our own
    assert any(name in text for text in texts)


def test_drawings_inside_tables(registry: Registry, year: Layout) -> None:
    row = _row(registry, "II.14", year).model_copy(update={"history": ()})
    drawn = bar(row, WORDS)
    assert drawn is not None
    assert (drawn["value"], drawn["tick"]) == (14.0, 95.4)  # 118 × 11.87 / 100; 1 + 118 × 80 / 100
    assert spark(row, WORDS) is None  # one value is no trend
    points = (Point(day=date(2025, 12, 14), value=Decimal(10)), Point(day=date(2026, 6, 10), value=Decimal(60)))
    line = spark(row.model_copy(update={"history": points}), WORDS)
    assert line is not None
    assert line["points"] == "3.0,17.0 60.0,7.0"  # 10 at the foot, 80 (the target) at the head
    assert line["target"] == 3.0
    assert "14/12/2025: 10 → 10/06/2026: 60" in line["label"]
