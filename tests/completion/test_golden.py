"""Every status of the annual reports of 2025, against lists made by hand from the plan documents and submissions."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.models import Kind
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.words import VIETNAMESE

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("locality", ["bach-long-vi", "binh-giang", "cat-hai"])
def test_every_status_is_the_one_read_in_the_document(registry: Registry, locality: str) -> None:
    period = Period.parse("2025")
    intake = validate_period(Layout(), registry, locality, period)
    completion = evaluate(registry, registry.locality(locality), period, intake)
    found = {
        f"{r.plan}/{r.key.label}": (
            r.target.text if r.target else "",
            VIETNAMESE.value(r.observation.value).replace(",", ".").replace("\N{NO-BREAK SPACE}", "")
            if r.observation
            else "",
            str(r.status),
            f"{r.attainment.quantize(Decimal('0.0001'))}" if r.attainment is not None else "",
        )
        for plan in completion.plans
        for r in plan.indicators
        if r.kind is Kind.INDICATOR
    }
    with (GOLDEN / f"{locality}-2025.csv").open(encoding="utf-8", newline="") as lines:
        expected = {
            row["row"]: (row["target"], row["value"], row["status"], row["attainment"]) for row in csv.DictReader(lines)
        }
    assert found == expected
