"""A table of cases written by hand from the methodology: kind of target × direction × baseline × date × absence.

Every row becomes a plan with one indicator and its submissions, and goes through the whole evaluation.
"""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from pipeline.plans.registry import Registry
from tests.completion.one_row import evaluated

with (Path(__file__).parent / "cases.csv").open(encoding="utf-8", newline="") as _lines:
    CASES = list(csv.DictReader(_lines))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(case: dict[str, str], registry: Registry) -> None:
    row = evaluated(case, registry)
    found = {
        "status": str(row.status),
        "pace": _rounded(row.pace.ratio if row.pace else None),
        "attainment": _rounded(row.attainment),
        "gap": _exact(row.gap),
        "gap_per_month": _rounded(row.gap_per_month),
    }
    assert found == {name: _same_form(name, case[name]) for name in found}, case["why"]


def test_the_table_is_large_and_names_each_case_once() -> None:
    assert len(CASES) >= 150
    assert len({case["case"] for case in CASES}) == len(CASES)


def _rounded(value: Decimal | None) -> str:
    return "" if value is None else str(value.quantize(Decimal("0.0001"), ROUND_HALF_UP) + 0)


def _exact(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


def _same_form(name: str, text: str) -> str:
    if not text or name == "status":
        return text
    return _exact(Decimal(text)) if name == "gap" else _rounded(Decimal(text))
