"""A plan that came from a draft is marked until an office has reviewed it; plans read by people need no mark."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from pipeline.completion.evaluate import evaluate
from pipeline.intake.rows import Intake
from pipeline.paths import Layout
from pipeline.plans.models import Plan
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry, read_registry
from tests.factories import made_plan

ROW = {"group": "I", "no": "1", "name": "Tỷ lệ", "unit": "%", "concept": "full-online-services"}
ROWS = {"indicators": [ROW | {"targets": [{"year": 2026, "text": "80%"}]}]}
DRAFT = {"from": "ke-hoach.docx", "sha256": "0" * 64}


def test_a_draft_is_unreviewed_until_an_office_says_when_it_was() -> None:
    assert made_plan(digitised=DRAFT).unreviewed
    reviewed = DRAFT | {"reviewed_by": "Văn phòng HĐND và UBND", "reviewed_on": dt.date(2026, 3, 1)}
    assert not made_plan(digitised=reviewed).unreviewed
    assert not made_plan().unreviewed


def test_office_and_day_of_a_review_go_together() -> None:
    with pytest.raises(ValidationError, match="reviewed_by và reviewed_on ghi cùng nhau"):
        made_plan(digitised=DRAFT | {"reviewed_by": "Văn phòng HĐND và UBND"})


def evaluated(plan: Plan) -> tuple[str, ...]:
    known = read_registry(Layout.of_project(), "binh-giang")
    registry = Registry(known.localities, known.concepts, known.agencies, (plan,), known.method)
    period = Period.parse("2026")
    intake = Intake(period=str(period), locality="binh-giang")
    return evaluate(registry, registry.locality("binh-giang"), period, intake).unreviewed


def test_the_report_names_the_plan_that_was_not_reviewed() -> None:
    assert evaluated(made_plan(**ROWS, digitised=DRAFT)) == ("Kế hoạch thử",)
    assert evaluated(made_plan(**ROWS)) == ()
