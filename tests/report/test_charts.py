"""The chart of stages as bytes: light, the same every time, with text that a reader's font shows."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.lines import Point
from pipeline.completion.records import Completion
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.charts import MOST, stages_chart
from pipeline.report.words import Words

WORDS = Words("vi")
RESULTS = (
    Point(day=date(2024, 12, 14), value=Decimal(20)),
    Point(day=date(2025, 12, 14), value=Decimal("37.5")),
)


@pytest.fixture(scope="module")
def silent(registry: Registry) -> Completion:
    """Cát Hải in 2025: a plan with stages up to 2045, and not one result."""
    intake = validate_period(Layout(), registry, "cat-hai", Period(2025))
    return evaluate(registry, registry.locality("cat-hai"), Period(2025), intake)


def _with(completion: Completion, **parts: Any) -> Completion:
    """The same with other fields of every row."""
    plans = tuple(
        plan.model_copy(update={"indicators": tuple(row.model_copy(update=parts) for row in plan.indicators)})
        for plan in completion.plans
    )
    return completion.model_copy(update={"plans": plans})


def test_without_a_result_nothing_is_drawn(silent: Completion) -> None:
    assert stages_chart(silent, WORDS) is None


def test_at_most_twelve_are_drawn_in_the_colours_of_the_page(silent: Completion) -> None:
    completion = _with(silent, history=RESULTS)
    chart = stages_chart(completion, WORDS)
    assert chart is not None
    # Of the 34 rows of Phụ lục 2, by hand: all but II.14 (only 2030) and III.21 (only 2030) have more than one stage.
    assert chart.finding == (
        "32 chỉ tiêu có mục tiêu theo giai đoạn từ năm 2025 đến năm 2045; 32 chỉ tiêu đã có kết quả, vẽ ở đây 12."
    )
    texts = ["".join(text.itertext()) for text in _texts(chart.svg)]
    assert sum(text == "2045" for text in texts) == MOST
    assert len(chart.svg) < 60_000
    assert not re.search("#[0-9a-f]{6}[^0-9a-z]|<style|dc:date|<\\?xml", chart.svg)
    assert "Segoe UI" in chart.svg
    again = stages_chart(completion, WORDS)
    assert again is not None
    assert again.svg == chart.svg


@pytest.mark.parametrize("name", ["5$ và 10% 6$", "50$ và 70$", "A^b_c $", "rất dài " * 20 + "đến hết"])
def test_a_name_stands_whole_above_its_panel(silent: Completion, name: str) -> None:
    chart = stages_chart(_with(silent, history=RESULTS, name=name), WORDS)
    assert chart is not None
    drawn = "".join("".join(text.itertext()) for text in _texts(chart.svg))
    assert name.replace(" ", "") in drawn.replace(" ", "")


def _texts(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))  # noqa: S314 - our own drawing
