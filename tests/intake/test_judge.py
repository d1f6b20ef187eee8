"""Verdicts of suites: what each threshold decides, exactly at its boundary, and what is kept of a validation."""

from __future__ import annotations

import ast
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema

from pipeline.errors import InternalError
from pipeline.intake.frames import exact, observation_frame
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context, read_observation
from pipeline.intake.judge import judge
from pipeline.intake.reader import parse
from pipeline.intake.rows import Basis, FileKind, Observation
from pipeline.intake.suites import Suite
from pipeline.intake.validate import read_suites, validate
from pipeline.paths import CODE, Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.factories import csv_text, exactly

SUITES = {suite.name: suite for suite in read_suites(Layout().expectations)}
Cells = dict[str, str]
COPIES = {"group": "6", "no": "6.5a", "unit": "bản sao"}
SHARE = {"as_of": "2025-06-01"}


@pytest.fixture
def broken(registry: Registry) -> Callable[..., set[str]]:
    """The rules of the suite that one row of observations breaks, given the value before and changed arguments."""

    def rules(cells: Cells, before: str = "", suite: Suite = SUITES["observations"]) -> set[str]:
        context = Context(registry, "bach-long-vi", Period(2025))
        (table,) = parse(csv_text(FileKind.OBSERVATIONS, cells).encode(), "a.csv", read_forms(Layout().headings)).tables
        read = read_observation(table.rows[0], context)
        last = _last(read.record, before) if before else None
        frame = observation_frame([replace(read, last=last)], context)
        return {verdict.rule.id for verdict in judge(frame, suite).verdicts if not verdict.holds}

    return rules


def _last(now: Observation, before: str) -> Observation:
    return now.model_copy(update={"value": exactly(before), "as_of": now.as_of.replace(day=1)})


def _with(rule: str, **arguments: Any) -> Suite:
    """The suite of observations with other arguments in one rule, as if its file were edited."""
    suite = SUITES["observations"]
    changed = json.loads(suite.written)
    (edited,) = (e for e in changed if e["meta"]["rule"] == rule)
    assert arguments.keys() <= edited["kwargs"].keys()
    edited["kwargs"] |= arguments
    return replace(suite, expectations=tuple(changed))


PARTS = {"numerator": "1", "denominator": "2"}
# Rule, a row at its boundary, the value before, whether the rule is broken there; then arguments that turn the verdict.
AT_THE_BOUNDARY = [
    ("quotient", {"value": "50,1", **PARTS}, "", False, {"tolerance": 0.09}),
    ("quotient", {"value": "50,1000001", **PARTS}, "", True, {"tolerance": 0.2}),
    ("quotient", {"value": "49,9", **PARTS}, "", False, {"scale": 50}),
    ("jump", {"value": "98,7"}, "68.7", False, {"points": 29.9}),
    ("jump", {"value": "98,7000001"}, "68.7", True, {"points": 31}),
    ("jump", COPIES | {"value": "6"}, "2", False, {"times": 2.9}),
    ("jump", COPIES | {"value": "7"}, "2", True, {"times": 4}),
    ("fell", COPIES | {"value": "4", "basis": "luy-ke"}, "5", True, {"allowance": 1}),
    ("percentage", {"value": "100"}, "", False, {"max_value": 99.9}),
    ("percentage", {"value": "100,0000001"}, "", True, {"max_value": 101}),
    ("not-negative", COPIES | {"value": "0"}, "", False, {"min_value": 1}),
    ("likely-fraction", {"value": "1"}, "", False, {"below": 1.1}),
    ("likely-fraction", {"value": "0,9999999"}, "", True, {"below": 0.5}),
    ("likely-fraction", {"value": "0"}, "", False, {"above": -1}),
    ("whole-number", COPIES | {"value": "2,5"}, "", True, {"decimals": 1}),
    ("denominator", {"value": "0", "numerator": "0", "denominator": "0"}, "", True, {"strict_min": False}),
    ("value-or-absence", {"value": "80", "absence": "not-due"}, "", True, {"at_most": 2}),
    ("evidence", {"claim": "Vượt  chỉ tiêu"}, "", True, {"words": ["đạt"]}),
]


@pytest.mark.parametrize(("rule", "cells", "before", "breaks", "turned"), AT_THE_BOUNDARY)
def test_a_threshold_decides_exactly_and_is_that_of_the_file(broken, rule, cells, before, breaks, turned) -> None:
    row = SHARE | cells
    assert (rule in broken(row, before)) is breaks
    assert (rule in broken(row, before, _with(rule, **turned))) is not breaks


def test_every_threshold_has_a_case() -> None:
    shape = {"column", "column_A", "column_B", "column_list", "row_condition", "ignore_row_if", "or_equal"}
    numbers = {
        (e["meta"]["rule"], name)
        for e in SUITES["observations"].expectations
        for name in e["kwargs"].keys() - shape
        if e["meta"]["rule"] != "has-rows"
    }
    unturned = {("percentage", "min_value"), ("denominator", "min_value"), ("value-or-absence", "at_least")}
    turned = {(rule, name) for rule, *_, arguments in AT_THE_BOUNDARY for name in arguments}
    assert numbers - unturned == turned


def test_numbers_are_compared_as_printed() -> None:
    assert exact(98.7) - exact(68.7) == 30
    assert exact(0.1) + exact(0.2) == exact(0.3)
    assert exact(100 * 5 / 6) - exact(100 * 8 / 15) == 30  # computed values, not printed ones
    assert exact(9_876_543_210.12) == Decimal("9876543210.12")


@pytest.mark.parametrize(
    ("basis", "before", "breaks"),
    [(Basis.CUMULATIVE, "4", False), (Basis.CUMULATIVE, "3.9", False), (Basis.WITHIN_PERIOD, "5", False)],
)
def test_only_a_cumulative_value_that_is_less_has_fallen(broken, basis, before, breaks) -> None:
    assert ("fell" in broken(SHARE | COPIES | {"value": "4", "basis": basis}, before)) is breaks


def test_a_rule_that_cannot_be_computed_is_not_passed(registry: Registry) -> None:
    context = Context(registry, "bach-long-vi", Period(2025))
    table = parse(csv_text(FileKind.OBSERVATIONS, {}).encode(), "a.csv", read_forms(Layout().headings)).tables[0]
    frame = observation_frame([read_observation(table.rows[0], context)], context)
    with pytest.raises(InternalError, match="quy tắc source không chạy được"):
        judge(frame.drop(columns="source"), SUITES["observations"])


def test_the_result_is_read_by_the_library_and_the_same_every_time(registry: Registry) -> None:
    text = csv_text(FileKind.OBSERVATIONS, {"value": "101"}, {"no": "14", "source": ""})
    submission = parse(text.encode(), "a.csv", read_forms(Layout().headings))
    kept = [
        validate([submission], Context(registry, "bach-long-vi", Period(2025)), Layout().expectations).validations[0]
        for _ in range(2)
    ]
    assert kept[0].text == kept[1].text
    result = expectationSuiteValidationResultSchema.load(json.loads(kept[0].text))
    found = {r["expectation_config"]["meta"]["rule"]: r for r in result["results"]}
    assert not found["percentage"]["success"]
    assert found["percentage"]["result"]["unexpected_index_list"] == [{"stated": 101.0, "row_id": 2}]
    assert found["source"]["result"]["unexpected_index_list"][0]["row_id"] == 3
    assert result["meta"]["file"] == "a.csv"
    assert str(CODE) not in kept[0].text


def test_judging_leaves_no_thread_behind() -> None:
    assert not [t for t in threading.enumerate() if t.name.startswith(("gx", "posthog"))]


def test_only_the_documented_interface_of_the_library_is_used() -> None:
    """No private name of another object, nothing replaced."""
    for name in ("judge", "suites", "expectations"):
        tree = ast.parse(Path(CODE / "pipeline" / "intake" / f"{name}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert not node.attr.startswith("_"), f"{name}.py:{node.lineno}"
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("great_expectations"):
                assert not any(
                    part.startswith("_") for part in (*node.module.split("."), *(a.name for a in node.names))
                )
            if isinstance(node, ast.Assign):
                assert not any(isinstance(t, ast.Attribute) and t.attr != "progress_bars" for t in node.targets)


def test_a_steward_adds_a_rule_by_editing_a_file(registry: Registry, tmp_path: Path) -> None:
    """The steps of docs/add-a-rule.md, with its own text."""
    for file in Layout().expectations.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    guide = (CODE / "docs" / "add-a-rule.md").read_text("utf-8")
    entry = json.loads(guide.partition("```json")[2].partition("```")[0])
    suite = json.loads((tmp_path / "observations.json").read_text("utf-8"))
    suite["expectations"].append(entry)
    (tmp_path / "observations.json").write_text(json.dumps(suite), "utf-8")
    text = csv_text(FileKind.OBSERVATIONS, {"value": "50", "numerator": "1", "denominator": "2"})
    submission = parse(text.encode(), "a.csv", read_forms(Layout().headings))
    intake = validate([submission], Context(registry, "bach-long-vi", Period(2025)), tmp_path)
    (finding,) = (f for f in intake.findings if f.rule == "few-cases")
    assert (finding.origin.cell, finding.severity) == ("K2", "warning")
    assert finding.message == "mẫu số nhỏ hơn 5: “2”"
