import json
from pathlib import Path

import pytest

from pipeline.errors import InternalError
from pipeline.intake.frames import FRAME_COLUMNS
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context
from pipeline.intake.reader import parse
from pipeline.intake.rows import FileKind
from pipeline.intake.suite_files import READING
from pipeline.intake.suites import read_suite, to_gx
from pipeline.intake.validate import _READERS, read_suites
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.factories import csv_text

RULE = {
    "type": "expect_table_row_count_to_be_between",
    "kwargs": {"min_value": 1},
    "severity": "critical",
    "meta": {"rule": "has-rows", "message": "a", "remedy": "b", "reason": "c"},
}


def _suite(tmp_path: Path, *rules: dict) -> Path:
    path = tmp_path / "observations.json"
    path.write_text(json.dumps({"name": "observations", "expectations": rules}), "utf-8")
    (tmp_path / READING).write_text(json.dumps({"rules": []}), "utf-8")
    return path


def test_committed_suites_are_taken_whole_by_great_expectations() -> None:
    for suite in read_suites(Layout().expectations):
        assert len(to_gx(suite).expectations) == len([rule for rule in suite.rules if not rule.by_reader])


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([RULE | {"meta": {"rule": "x"}}], "thiếu meta.message"),
        ([RULE | {"severity": "kritisch"}], "severity lạ"),
        ([RULE, RULE], "hai lần"),
        ([RULE | {"meta": RULE["meta"] | {"rule": "other"}}], "has-rows"),
        ([RULE | {"kwargs": {"row_condition": "unit == '%'"}}], "row_condition"),
        ([RULE | {"meta": RULE["meta"] | {"message": "hơn {points}"}}], "tham số không có"),
    ],
)
def test_a_careless_suite_is_refused(tmp_path: Path, rules: list[dict], message: str) -> None:
    with pytest.raises(InternalError, match=message):
        read_suite(_suite(tmp_path, *rules))


def test_a_misspelt_expectation_is_not_dropped_silently(tmp_path: Path) -> None:
    misspelt = RULE | {"type": "expect_colum_values_to_be_null", "meta": RULE["meta"] | {"rule": "other"}}
    suite = read_suite(_suite(tmp_path, RULE, misspelt))
    with pytest.raises(InternalError, match="bỏ qua quy tắc other"):
        to_gx(suite)


def test_a_misspelt_argument_is_not_dropped_silently(tmp_path: Path) -> None:
    arguments = {"column_list": ["unit_kind", "value", "last_value"], "points": 30, "time": 3}
    misspelt = {"type": "expect_value_not_to_jump", "kwargs": arguments, "severity": "warning"}
    suite = read_suite(_suite(tmp_path, RULE, misspelt | {"meta": RULE["meta"] | {"rule": "other"}}))
    with pytest.raises(InternalError, match=r"observations.json: quy tắc other: .*tham số sai.*\btime\b"):
        to_gx(suite)


def test_most_rules_are_decided_by_a_suite_and_none_by_a_column_of_verdicts() -> None:
    suites = read_suites(Layout().expectations)
    counted = [rule.by_reader for suite in suites for rule in suite.rules]
    assert (len(counted), counted.count(False)) == (71, 37)
    asked = [e for suite in suites for e in suite.expectations if e["type"] == "expect_column_values_to_be_null"]
    assert [e["kwargs"]["column"] for e in asked] == ["value_printed"]  # a cell that offices fill in
    assert not any(e["kwargs"].get("value_set") == [True] for suite in suites for e in suite.expectations)


def _about(kwargs: dict, **meta: str) -> dict:
    said = RULE["meta"] | {"rule": "other"} | meta
    return {"type": "expect_x", "kwargs": kwargs, "severity": "warning", "meta": said}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({key: value for key, value in RULE.items() if key != "type"}, "quy tắc has-rows: type: thiếu"),
        ({key: value for key, value in RULE.items() if key != "kwargs"}, "quy tắc has-rows: kwargs: thiếu"),
        (RULE | {"kwargs": ["value"]}, "quy tắc has-rows: kwargs: không đúng kiểu"),
        (RULE | {"mostly": 1}, "quy tắc has-rows: mostly: khóa lạ"),
        ("x", "không đúng kiểu"),
        (_about({}, remdy="x"), "quy tắc other: meta.remdy: khóa lạ"),
        (_about({}, column="values"), "meta.column: nơi gửi không có cột “values”"),
        (_about({}, column="last_value"), "meta.column: nơi gửi không có cột"),
        (_about({"column": "valu"}), "kwargs.column: không có cột “valu”"),
        (_about({"column_list": ["value", "started_on"]}), "kwargs.column_list: không có cột “started_on”"),
        (_about({"row_condition": {"column": {"name": "x"}}}), "kwargs.row_condition: không có cột “x”"),
        (_about({"points": 3}, message="hơn {point}"), "meta.message: nêu tham số không có: {point}"),
        (_about({"points": None}, message="hơn {points}"), "meta.message: nêu tham số không có: {points}"),
        (_about({}, message="hơn {}"), "meta.message: nêu tham số không có: {}"),
        (_about({}, message="hơn {"), "meta.message: dấu { } không thành cặp"),
        (_about({}, shows="{values}"), "meta.shows: nêu cột không có: {values}"),
        (_about({}, shows="{value!z}"), "meta.shows: cách ghi lạ ở {value}"),
        (_about({}, shows="{value:.2f}"), "meta.shows: cách ghi lạ ở {value}"),
        (_about({"column": "value", "mostly": 0.9}), "kwargs.mostly: quy tắc phải đúng với mọi dòng"),
        (_about({"column": "count", "decimals": -1}), "kwargs.decimals: số âm -1"),
        (_about({"points": -0.1}), "kwargs.points: số âm"),
        (_about({"tolerance": -1}), "kwargs.tolerance: số âm"),
        (_about({"column": "as_of", "min_value": "2025-01-01"}), "kwargs.min_value: cột ngày as_of không so được"),
        (_about({"column": "as_of", "value_set": ["2025-01-01"]}), "kwargs.value_set: cột ngày as_of"),
        (_about({"column_A": "as_of", "column_B": "as_of_written"}), "kwargs.column_B: so cột ngày với cột không phải"),
        (
            _about({"row_condition": {"column": {"name": "as_of"}, "operator": ">", "parameter": "2025"}}),
            "kwargs.row_condition: cột ngày as_of",
        ),
        (_about({"basis": "lũy kế"}), "kwargs.basis: từ lạ “lũy kế”"),
        (_about({"column": "unit_kind", "value_set": ["percent"]}), "kwargs.value_set: từ lạ “percent”"),
        (_about({"column_list": ["absence", "note"], "words": ["không"]}), "kwargs.words: từ lạ “không”"),
        (
            _about({"row_condition": {"column": {"name": "unit_kind"}, "operator": "==", "parameter": "%"}}),
            "kwargs.row_condition: từ lạ “%”",
        ),
    ],
)
def test_what_is_wrong_with_a_rule_is_one_sentence_with_rule_key_and_remedy(tmp_path: Path, rule, said: str) -> None:
    with pytest.raises(InternalError) as error:
        read_suite(_suite(tmp_path, RULE, rule))
    text = str(error.value)
    assert text.startswith("observations.json: ")
    assert said in text
    assert " → " in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{", "observations.json: dòng 1: không đọc được JSON"),
        ('{"name": "observations", "expectations": [], "meta": {"titel": "x"}}', "meta.titel: khóa lạ"),
        ('{"name": "observations"}', "expectations: thiếu"),
        ('{"name": "observation", "expectations": []}', "name lạ"),
        ('{"name": "tasks", "expectations": []}', "khác tên tệp"),
        ("[]", "tệp: không đúng kiểu"),
    ],
)
def test_what_is_wrong_with_a_file_of_rules_is_one_sentence(tmp_path: Path, written: str, said: str) -> None:
    path = _suite(tmp_path)
    path.write_text(written, "utf-8")
    with pytest.raises(InternalError, match=said):
        read_suite(path)


@pytest.mark.parametrize(("key", "value"), [("remdy", "x"), ("kinds", ["task"]), ("column", "valu")])
def test_a_careless_rule_of_the_reader_is_refused(tmp_path: Path, key: str, value: object) -> None:
    path = _suite(tmp_path, RULE)
    entry = RULE["meta"] | {"severity": "info", "kinds": ["observations"], key: value}
    (tmp_path / READING).write_text(json.dumps({"rules": [entry]}), "utf-8")
    with pytest.raises(InternalError, match=f"{READING}: quy tắc has-rows: {key}"):
        read_suite(path)


@pytest.mark.parametrize("kind", list(FileKind))
def test_the_columns_that_rules_may_name_are_those_of_the_frame(registry: Registry, kind: FileKind) -> None:
    submission = parse(csv_text(kind, {}).encode(), "a.csv", read_forms(Layout().headings))
    reader, context = _READERS[kind], Context(registry, "bach-long-vi", Period(2025))
    frame = reader.frame([reader.read(row, context) for row in submission.tables[0].rows], context)
    assert set(frame.columns) == set(FRAME_COLUMNS[kind])
