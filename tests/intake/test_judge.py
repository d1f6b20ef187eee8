"""What a suite is asked with, what is kept of a validation, and how little of the library is needed for it."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import great_expectations
import pytest
from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from pipeline.errors import DataError
from pipeline.intake.frames import exact, observation_frame
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context, read_observation
from pipeline.intake.judge import _ROWS, judge
from pipeline.intake.reader import parse
from pipeline.intake.rows import FileKind
from pipeline.intake.suites import to_gx
from pipeline.intake.validate import read_suites, validate
from pipeline.intake.validator import TableEngine, suite_result
from pipeline.paths import CODE, Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.factories import csv_text, exactly

SUITES = {suite.name: suite for suite in read_suites(Layout().expectations)}


def test_numbers_are_compared_as_printed() -> None:
    assert exact(98.7) - exact(68.7) == 30
    assert exact(0.1) + exact(0.2) == exact(0.3)
    assert exact(100 * 5 / 6) - exact(100 * 8 / 15) == 30  # computed values, not printed ones
    assert exact(9_876_543_210.12) == Decimal("9876543210.12")


def test_a_rule_that_cannot_be_computed_is_not_passed(registry: Registry) -> None:
    context = Context(registry, "bach-long-vi", Period(2025))
    table = parse(csv_text(FileKind.OBSERVATIONS, {}).encode(), "a.csv", read_forms(Layout().headings)).tables[0]
    frame = observation_frame([read_observation(table.rows[0], context)], context)
    with pytest.raises(DataError, match=r"observations.json: quy tắc source: kwargs: không chạy được .* → "):
        judge(frame.drop(columns="source"), SUITES["observations"])


def test_the_result_is_read_by_the_library_and_the_same_every_time(registry: Registry) -> None:
    text = csv_text(FileKind.OBSERVATIONS, {"value": "101"}, {"no": "14", "source": ""})
    submission = parse(text.encode(), "a.csv", read_forms(Layout().headings))
    kept = [
        validate([submission], Context(registry, "bach-long-vi", Period(2025)), Layout().expectations).validations[0]
        for _ in range(2)
    ]
    assert kept[0].text == kept[1].text
    written = json.loads(kept[0].text)
    result = ExpectationSuiteValidationResult(**written | {"results": [_result(r) for r in written["results"]]})
    assert result.to_json_dict() == written
    assert json.loads(result.describe())["statistics"] == {
        "evaluated_expectations": 22,
        "successful_expectations": 19,
        "unsuccessful_expectations": 3,
        "success_percent": 100 * 19 / 22,
    }
    failed = {r.expectation_config.meta["rule"]: r for r in result.results if not r.success}
    assert list(failed) == ["percentage", "source", "basis-stated"]
    assert failed["percentage"].result["unexpected_index_list"] == [{"share": 101.0, "row_id": 2}]
    assert failed["source"].result["unexpected_index_list"][0]["row_id"] == 3
    assert failed["source"].expectation_config.meta["message"] == "không ghi nguồn"
    assert result.meta["file"] == "a.csv"
    assert str(CODE) not in kept[0].text


def _result(written: dict[str, Any]) -> ExpectationValidationResult:
    config = ExpectationConfiguration(**written["expectation_config"])
    return ExpectationValidationResult(**written | {"expectation_config": config})


def test_a_rule_that_stops_the_library_is_named(registry: Registry, files: Path) -> None:
    path = files / "observations.json"
    suite = json.loads(path.read_text("utf-8"))
    said = suite["expectations"][0]["meta"] | {"rule": "odd"}
    kwargs = {"column": "value", "partition_object": {"x": 1}, "threshold": 0.1}
    kind = "expect_column_kl_divergence_to_be_less_than"
    suite["expectations"].append({"type": kind, "kwargs": kwargs, "severity": "warning", "meta": said})
    path.write_text(json.dumps(suite), "utf-8")
    submission = parse(csv_text(FileKind.OBSERVATIONS, {}).encode(), "a.csv", read_forms(Layout().headings))
    with pytest.raises(DataError, match=r"^observations.json: quy tắc odd: kwargs: không chạy được .* → "):
        validate([submission], Context(registry, "bach-long-vi", Period(2025)), files)


@pytest.mark.parametrize("name", SUITES)
def test_a_kept_configuration_is_that_of_the_library(name: str) -> None:
    for expectation in to_gx(SUITES[name]).expectations:
        library = type(expectation).__bases__[0]
        assert expectation.configuration is expectation.configuration
        assert expectation.configuration == library(**expectation.dict()).configuration
        assert expectation.configuration.type == library.expectation_type
        expectation.notes = "khác"
        assert expectation.configuration.notes == "khác"
        assert expectation.copy(update={"notes": None}).configuration.notes is None


IMPORT = re.compile(r"^ *(from|import) great_expectations", re.M)


def _uses_of_the_library() -> list[Path]:
    return [p for p in (CODE / "pipeline").rglob("*.py") if IMPORT.search(p.read_text("utf-8"))]


@pytest.mark.parametrize("path", _uses_of_the_library(), ids=lambda path: path.stem)
def test_only_the_documented_interface_of_the_library_is_used(path: Path) -> None:
    """No private name of another object, nothing assigned onto an object of the library but its documented setting."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            assert own or not re.match(r"_(?!_name__)", node.attr), f"{path.name}:{node.lineno}: {node.attr}"
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("great_expectations"):
            names = (*str(node.module).split("."), *(alias.name for alias in node.names))
            assert not any(name.startswith("_") for name in names), f"{path.name}:{node.lineno}: {names}"
        targets = node.targets if isinstance(node, ast.Assign) else []
        of_others = [t for t in targets if isinstance(t, ast.Attribute) and ast.unparse(t.value) != "self"]
        assigned = [t.attr for t in of_others]
        assert set(assigned) <= {"progress_bars"}, f"{path.name}:{node.lineno}: {assigned}"
        assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr")


def test_the_judges_are_among_the_uses_of_the_library() -> None:
    assert {"judge.py", "suites.py", "expectations.py"} <= {path.name for path in _uses_of_the_library()}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the suites, for a steward to edit."""
    for file in Layout().expectations.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


GUIDE = (CODE / "docs" / "add-a-rule.md").read_text("utf-8")


def test_a_steward_adds_a_rule_by_editing_a_file(registry: Registry, files: Path) -> None:
    """The steps of docs/add-a-rule.md, with its own text."""
    entry = json.loads(GUIDE.partition("```json")[2].partition("```")[0])
    suite = json.loads((files / "observations.json").read_text("utf-8"))
    suite["expectations"].append(entry)
    (files / "observations.json").write_text(json.dumps(suite), "utf-8")
    text = csv_text(FileKind.OBSERVATIONS, {"value": "50", "numerator": "1", "denominator": "2"})
    submission = parse(text.encode(), "a.csv", read_forms(Layout().headings))
    intake = validate([submission], Context(registry, "bach-long-vi", Period(2025)), files)
    (finding,) = (f for f in intake.findings if f.rule == "few-cases")
    assert (finding.origin.cell, finding.severity) == ("K2", "warning")
    assert finding.message == "mẫu số nhỏ hơn 5: “2”"


def test_a_steward_changes_a_threshold_by_editing_a_file(registry: Registry, files: Path) -> None:
    """The change of docs/add-a-rule.md, line by line."""
    old, new = re.findall(r"^[-+](.*)$", GUIDE.partition("```diff")[2].partition("```")[0], re.M)
    path, context = files / "observations.json", Context(registry, "bach-long-vi", Period(2025))
    (table,) = parse(csv_text(FileKind.OBSERVATIONS, {}).encode(), "a.csv", read_forms(Layout().headings)).tables
    now = read_observation(table.rows[0], context).record
    last = now.model_copy(update={"value": exactly("55"), "as_of": now.as_of.replace(day=1, month=1)})
    context = Context(registry, "bach-long-vi", Period(2025), (last,))
    submission = parse(
        csv_text(FileKind.OBSERVATIONS, {"value": "80"}).encode(), "a.csv", read_forms(Layout().headings)
    )
    assert not [f for f in validate([submission], context, files).findings if f.rule == "jump"]
    text = path.read_text("utf-8")
    assert text.count(f"{old}\n") == 1
    path.write_text(text.replace(f"{old}\n", f"{new}\n"), "utf-8")
    (finding,) = (f for f in validate([submission], context, files).findings if f.rule == "jump")
    assert finding.message.startswith("giá trị khác xa kỳ trước (hơn 20 điểm phần trăm")


@pytest.mark.parametrize("form", ["BOOLEAN_ONLY", _ROWS], ids=["holds", "rows"])
def test_a_kept_plan_gives_what_the_library_gives(form: Any, registry: Registry) -> None:
    """The same rules over tables of different faults, against `Batch.validate` of a context in memory."""
    definition = _batch_definition()
    suite = SUITES["observations"]
    for text in ({"value": "101"}, {"source": ""}, {"value": "", "note": "x"}):
        frame = _frame(registry, csv_text(FileKind.OBSERVATIONS, text, {"no": "14", "as_of": ""}))
        batch = definition.get_batch(batch_parameters={"dataframe": frame})
        wanted = _by_rule(batch.validate(to_gx(suite), result_format=form).to_json_dict())
        got = suite_result(to_gx(suite), suite.written, TableEngine.of(frame), form).to_json_dict()
        assert _by_rule(got) == wanted


def test_what_a_rule_needs_follows_the_types_of_the_table(registry: Registry) -> None:
    kwargs = {"column": "value", "type_": "float64"}
    entry = {"type": "expect_column_values_to_be_of_type", "kwargs": kwargs, "meta": {"rule": "type"}}
    suite = replace(SUITES["observations"], expectations=(entry,))
    expectations, definition = to_gx(suite), _batch_definition()
    numbers = _frame(registry, csv_text(FileKind.OBSERVATIONS, {}))
    for frame in (numbers, numbers.astype({"value": object}), numbers):
        batch = definition.get_batch(batch_parameters={"dataframe": frame})
        wanted = _by_rule(batch.validate(to_gx(suite)).to_json_dict())
        got = suite_result(expectations, suite.written, TableEngine.of(frame), "SUMMARY").to_json_dict()
        assert _by_rule(got) == wanted


def _batch_definition() -> Any:
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context.data_sources.add_pandas("s").add_dataframe_asset("t").add_batch_definition_whole_dataframe("rows")


def _by_rule(written: dict[str, Any]) -> dict[str, Any]:
    for result in written["results"]:
        result["expectation_config"]["kwargs"].pop("batch_id", None)
        result["expectation_config"].pop("id", None)
    return {result["expectation_config"]["meta"]["rule"]: result for result in written["results"]}


def _frame(registry: Registry, text: str) -> Any:
    context = Context(registry, "bach-long-vi", Period(2025))
    table = parse(text.encode(), "a.csv", read_forms(Layout().headings)).tables[0]
    return observation_frame([read_observation(row, context) for row in table.rows], context)
