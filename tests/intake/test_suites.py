import json
from pathlib import Path

import pytest

from pipeline.errors import InternalError
from pipeline.intake.suites import read_suite, to_gx
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
    return path


def test_committed_suites_are_taken_whole_by_great_expectations() -> None:
    for suite in read_suites(Layout().expectations):
        assert len(to_gx(suite.written.values()).expectations) == len(suite.rules)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([RULE | {"meta": {"rule": "x"}}], "thiếu meta.message"),
        ([RULE | {"severity": "kritisch"}], "severity lạ"),
        ([RULE, RULE], "hai lần"),
        ([RULE | {"meta": RULE["meta"] | {"rule": "other"}}], "has-rows"),
        ([RULE | {"kwargs": {"row_condition": "unit == '%'"}}], "row_condition"),
    ],
)
def test_a_careless_suite_is_refused(tmp_path: Path, rules: list[dict], message: str) -> None:
    with pytest.raises(InternalError, match=message):
        read_suite(_suite(tmp_path, *rules))


def test_a_misspelt_expectation_is_not_dropped_silently(tmp_path: Path) -> None:
    misspelt = RULE | {"type": "expect_colum_values_to_be_null", "meta": RULE["meta"] | {"rule": "other"}}
    suite = read_suite(_suite(tmp_path, RULE, misspelt))
    with pytest.raises(InternalError, match="bỏ qua quy tắc other"):
        to_gx(suite.written.values())
