"""The charts as bytes: light, the same every time, with text that a reader's font shows."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.charts import Chart, stages_chart
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


def _charts(completion: Completion) -> list[Chart]:
    return [chart for chart in (stages_chart(completion, WORDS),) if chart]


@pytest.mark.parametrize(("locality", "count"), [("binh-giang", 0), ("cat-hai", 1), ("hai-phong", 0)])
def test_charts_are_drawn_only_with_enough_values(registry: Registry, year: Layout, locality: str, count: int) -> None:
    drawn = _charts(_completion(registry, locality, year))
    assert len(drawn) == count
    for chart in drawn:
        assert len(chart.svg) < 120_000
        root = ET.fromstring(chart.svg)  # noqa: S314 - our own drawing
        assert any(element.tag.endswith("}text") for element in root.iter())
        assert "dc:date" not in chart.svg
        assert "<style" not in chart.svg
        assert not re.search("#[0-9a-f]{6}[^0-9a-z]", chart.svg), "colours are those of the page"
        assert "Segoe UI" in chart.svg


def test_the_same_figures_give_the_same_bytes(registry: Registry, year: Layout) -> None:
    completion = _completion(registry, "cat-hai", year)
    assert [c.svg for c in _charts(completion)] == [c.svg for c in _charts(completion)]


def test_the_finding_is_that_of_the_figures(registry: Registry, year: Layout) -> None:
    stages = stages_chart(_completion(registry, "cat-hai", year), WORDS)
    assert stages is not None
    # Of the 34 rows of Phụ lục 2, by hand: all but II.14 (only 2030) and III.21 (only 2030) have more than one stage.
    assert stages.finding.startswith("32 chỉ tiêu có mục tiêu theo giai đoạn từ năm 2025 đến năm 2045; ")


@pytest.mark.parametrize("name", ["5$ và 10% 6$", "50$ và 70$", "A^b_c $", "rất dài " * 20 + "đến hết"])
def test_a_name_stands_whole_above_its_panel(registry: Registry, year: Layout, name: str) -> None:
    completion = _completion(registry, "cat-hai", year)
    plans = tuple(
        plan.model_copy(update={"indicators": tuple(row.model_copy(update={"name": name}) for row in plan.indicators)})
        for plan in completion.plans
    )
    chart = stages_chart(completion.model_copy(update={"plans": plans}), WORDS)
    assert chart is not None
    assert name in " ".join("".join(ET.fromstring(chart.svg).itertext()).split())  # noqa: S314 - our own drawing
