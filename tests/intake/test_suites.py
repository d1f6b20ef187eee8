import json
from pathlib import Path

import pytest

from pipeline.errors import InternalError
from pipeline.intake.suites import READING, read_suite, to_gx
from pipeline.intake.validate import read_suites
from pipeline.paths import Layout

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
    with pytest.raises(InternalError, match=r"(?s)tham số sai.*\btime\b"):
        to_gx(suite)


def test_most_rules_are_decided_by_a_suite_and_none_by_a_column_of_verdicts() -> None:
    suites = read_suites(Layout().expectations)
    counted = [rule.by_reader for suite in suites for rule in suite.rules]
    assert (len(counted), counted.count(False)) == (71, 37)
    asked = [e for suite in suites for e in suite.expectations if e["type"] == "expect_column_values_to_be_null"]
    assert [e["kwargs"]["column"] for e in asked] == ["value_printed"]  # a cell that offices fill in
    assert not any(e["kwargs"].get("value_set") == [True] for suite in suites for e in suite.expectations)
