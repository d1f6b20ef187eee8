"""The charts as bytes: light, the same every time, with text that a reader's font shows."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.reporting.charts import charts
from pipeline.validation.intake import validate_period


def _completion(registry: Registry, locality: str) -> Completion:
    when = Period(2025)
    return evaluate(registry, registry.locality(locality), when, validate_period(Layout(), registry, locality, when))


@pytest.mark.parametrize(("locality", "count"), [("binh-giang", 2), ("cat-hai", 1), ("hai-phong", 0)])
def test_charts_are_drawn_where_they_say_something(registry: Registry, locality: str, count: int) -> None:
    drawn = charts(_completion(registry, locality))
    assert len(drawn) == count
    for chart in drawn:
        assert len(chart.svg) < 60_000
        root = ET.fromstring(chart.svg)  # noqa: S314 - our own drawing
        assert any(element.tag.endswith("}text") for element in root.iter())
        assert b"<dc:date>" not in chart.svg


def test_the_same_figures_give_the_same_bytes(registry: Registry) -> None:
    completion = _completion(registry, "binh-giang")
    assert [c.svg for c in charts(completion)] == [c.svg for c in charts(completion)]


def test_the_finding_is_that_of_the_figures(registry: Registry) -> None:
    gaps, coverage = charts(_completion(registry, "binh-giang"))
    assert gaps.finding.startswith("10 trên 16 chỉ tiêu có số liệu")
    assert "II.14 (11,87" in gaps.finding
    assert "6 trên 22 chỉ tiêu chưa có số liệu" in coverage.finding
