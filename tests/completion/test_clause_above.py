"""Which province's plan a commune's plan implements, and where the commune asks for less."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.inputs.describe import describe_inputs
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.cited import cited_numbers, cites
from pipeline.plans.periods import Period
from pipeline.plans.registry import read_registry
from pipeline.report.explain import explain, find_row
from pipeline.report.page import Page
from pipeline.steps import Run
from tests.factories import made_plan

CITATION = "Kế hoạch số 359/KH-UBND ngày 31/12/2025 của Ủy ban nhân dân thành phố Hải Phòng"
COMMUNE = """id: binh-giang-thu
locality: binh-giang
title: Kế hoạch thử của xã
issuer: xã
implements: ["{implements}"]
years: {{first: 2026, last: 2026}}
groups: [{{no: "I", title: Nhóm}}]
indicators:
  - {{group: "I", no: "1", name: A, unit: "%", concept: coverage-5g, targets: [{{year: 2026, text: "≥80%"}}]}}
  - {{group: "I", no: "2", name: B, unit: "%", concept: online-dossier-rate, targets: [{{year: 2026, text: "≥95%"}}]}}
  - {{group: "I", no: "3", name: C, unit: "%", concept: coverage-5g, scope: x, targets: [{{year: 2026, text: "≥1%"}}]}}
"""
PROVINCE = """id: hai-phong-thu
locality: hai-phong
title: Kế hoạch thử của thành phố
number: 359/KH-UBND
date: 2025-12-31
issuer: thành phố
years: {first: 2026, last: 2027}
groups: [{no: "X", title: Nhóm}]
indicators:
  - group: "X"
    no: "7"
    name: A
    unit: "%"
    concept: coverage-5g
    targets: [{year: 2026, text: "≥90%"}, {year: 2027, text: "≥99%"}]
  - {group: "X", no: "8", name: B, unit: "%", concept: online-dossier-rate, targets: [{year: 2026, text: "≥95%"}]}
"""


def _write(layout: Layout, implements: str = CITATION, province: str = PROVINCE) -> Path:
    (layout.plans / "binh-giang" / "binh-giang-thu.yaml").write_text(COMMUNE.format(implements=implements), "utf-8")
    path = layout.plans / "hai-phong" / "hai-phong-thu.yaml"
    path.write_text(province, "utf-8")
    return path


def _completion(layout: Layout, whole: bool = False) -> Completion:
    registry, period = read_registry(layout, None if whole else "binh-giang"), Period.parse("2026")
    intake = validate_period(layout, registry, "binh-giang", period)
    return evaluate(registry, registry.locality("binh-giang"), period, intake)


@pytest.mark.parametrize("whole", [False, True])
def test_the_plan_above_is_named_and_so_is_a_target_below_its_clause(layout: Layout, whole: bool) -> None:
    """80 % where the city asks for 90 % in 2026; 95 % is asked for by both; the scope of the third is another."""
    _write(layout)
    completion = _completion(layout, whole)
    (plan,) = (p for p in completion.plans if p.id == "binh-giang-thu")
    assert plan.above == ("Kế hoạch thử của thành phố (Kế hoạch số 359/KH-UBND ngày 31/12/2025)",)
    first, second, third = plan.indicators
    assert first.above is not None
    assert (first.above.label, first.above.target.text, first.above.below) == ("X.7", "≥90%", True)
    assert second.above is not None
    assert (second.above.label, second.above.below) == ("X.8", False)
    assert third.above is None
    assert [row.key.label for row in plan.below] == ["I.1"]
    others = [p for p in completion.plans if p.id != "binh-giang-thu"]
    assert all(p.above for p in others)  # the plan of 2026 cites the same document


def test_the_chain_says_so(layout: Layout) -> None:
    _write(layout)
    registry, period = read_registry(layout, "binh-giang"), Period.parse("2026")
    intake = validate_period(layout, registry, "binh-giang", period)
    completion = evaluate(registry, registry.locality("binh-giang"), period, intake)
    lines = list(explain(completion, intake, *find_row(completion, "binh-giang-thu/I/1")))
    said = "thấp hơn kế hoạch cấp trên: Kế hoạch số 359/KH-UBND ngày 31/12/2025, X.7 đặt ≥ 90"
    assert any(said in line.replace("\N{NO-BREAK SPACE}", " ") for line in lines), lines


@pytest.mark.parametrize("implements", ["Kế hoạch số 359/KH-UBND ngày 31/12/2024", "Kế hoạch số 35/KH-UBND"])
def test_another_document_is_not_the_plan_above(layout: Layout, implements: str) -> None:
    _write(layout, implements)
    (layout.plans / "binh-giang" / "binh-giang-2026.yaml").unlink()
    assert [p.above for p in _completion(layout).plans] == [()]


@pytest.mark.parametrize("written", [False, True])
def test_the_page_says_where_the_registry_lacks_the_plan_above(layout: Layout, written: bool) -> None:
    if written:
        _write(layout)
    completion = _completion(layout)
    intake = validate_period(layout, read_registry(layout, "binh-giang"), "binh-giang", Period.parse("2026"))
    for language, said in (
        ("vi", "Sổ kế hoạch chưa có kế hoạch cấp trên nào"),
        ("en", "No plan above among these is in the registry"),
    ):
        told = Page(completion, intake, "0" * 64, language).quality().html
        assert "359/KH" in told
        assert (said in told) is not written


def test_the_plan_above_is_an_input_and_no_other_plan_of_the_province(layout: Layout) -> None:
    path = _write(layout)
    run = Run.open("binh-giang", "2025", layout=layout)
    before = describe_inputs(run)
    assert [Path(file.path).name for file in before.plans] == [
        "binh-giang-2026.yaml",
        "binh-giang-thu.yaml",
        "hai-phong-thu.yaml",
    ]
    path.write_text(PROVINCE + "# another\n", "utf-8")
    assert describe_inputs(run).id != before.id


def test_a_fault_in_the_plan_above_stops_no_commune(layout: Layout) -> None:
    _write(layout, province=PROVINCE.replace("indicators:", "indicators: ["))
    assert not any(p.above for p in _completion(layout).plans)


def test_numbers_are_read_with_stroke_or_dash_and_the_first_one_counts() -> None:
    assert cited_numbers("Kế hoạch số 215-KH-UBND ngày 25/8/2025, 284/QĐ-UBND") == {"215/KH-UBND", "284/QĐ-UBND"}
    plan = made_plan().model_copy(update={"number": "238/KH-UBND"})
    assert cites("Kế hoạch số 238/KH-UBND ngày 13/9/2025 thực hiện Kế hoạch số 12/KH-TU", plan)
    assert not cites("Kế hoạch số 12/KH-TU thực hiện Kế hoạch số 238/KH-UBND", plan)
