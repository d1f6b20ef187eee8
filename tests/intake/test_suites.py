import json
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import DataError
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
    with pytest.raises(DataError, match=message):
        read_suite(_suite(tmp_path, *rules))


def test_a_misspelt_expectation_is_not_dropped_silently(tmp_path: Path) -> None:
    misspelt = RULE | {"type": "expect_colum_values_to_be_null", "meta": RULE["meta"] | {"rule": "other"}}
    suite = read_suite(_suite(tmp_path, RULE, misspelt))
    with pytest.raises(
        DataError, match=r"quy tắc other: type: không có kiểu .* → chắc là expect_column_values_to_be_null"
    ):
        to_gx(suite)


def test_a_misspelt_argument_is_not_dropped_silently(tmp_path: Path) -> None:
    arguments = {"column_list": ["unit_kind", "value", "last_value"], "points": 30, "time": 3}
    misspelt = {"type": "expect_value_not_to_jump", "kwargs": arguments, "severity": "warning"}
    suite = read_suite(_suite(tmp_path, RULE, misspelt | {"meta": RULE["meta"] | {"rule": "other"}}))
    with pytest.raises(DataError, match=r"observations.json: quy tắc other: kwargs.time: tham số lạ → "):
        to_gx(suite)


def test_most_rules_are_decided_by_a_suite_and_none_by_a_column_of_verdicts() -> None:
    suites = read_suites(Layout().expectations)
    counted = [rule.by_reader for suite in suites for rule in suite.rules]
    assert (len(counted), counted.count(False)) == (73, 36)
    asked = [e for suite in suites for e in suite.expectations if e["type"] == "expect_column_values_to_be_null"]
    assert [e["kwargs"]["column"] for e in asked] == ["value_printed"]  # a cell that offices fill in
    assert not any(e["kwargs"].get("value_set") == [True] for suite in suites for e in suite.expectations)


TYPES = {
    "between": "expect_column_values_to_be_between",
    "mean": "expect_column_mean_to_be_between",
    "regex": "expect_column_values_to_match_regex",
    "jump": "expect_value_not_to_jump",
    "sum": "expect_multicolumn_sum_to_equal",
    "close": "expect_column_pair_values_to_be_close",
    "divergence": "expect_column_kl_divergence_to_be_less_than",
}


def _about(kwargs: dict, *, type: str = "", **meta: str) -> dict:
    said = RULE["meta"] | {"rule": "other"} | meta
    return {"type": TYPES.get(type, "expect_x"), "kwargs": kwargs, "severity": "warning", "meta": said}


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
        (_about({"points": "30"}), "kwargs.points: số viết thành chữ “30” → bỏ dấu nháy"),
        (_about({"column": "value", "min_value": "0,5"}), "kwargs.min_value: số viết thành chữ “0,5”"),
        (_about({"column": "value", "max_value": True}), "kwargs.max_value: true không phải là số"),
        (_about({"column": "count", "decimals": 0.5}), "kwargs.decimals: 0.5 không phải là số nguyên"),
        (_about({"column": "value", "min_value": 5, "max_value": 1}), "kwargs.min_value: 5 lớn hơn max_value 1"),
        (_about({"regex": "([a-z"}), "kwargs.regex: biểu thức “([a-z” sai ở ký tự thứ 2"),
        (_about({"regex_list": ["a", "("]}), "kwargs.regex_list: biểu thức “(” sai"),
        (
            _about({"column": "basis", "min_value": 5}, type="between"),
            "kwargs.column: cột basis là chữ, quy tắc này so số",
        ),
        (_about({"column": "note"}, type="mean"), "kwargs.column: cột note là chữ, quy tắc này so số"),
        (
            _about({"column": "value", "regex": "a"}, type="regex"),
            "kwargs.column: cột value là số, quy tắc này đọc chữ",
        ),
        (_about({"column_list": ["unit_kind", "value"]}, type="jump"), "kwargs.column_list: quy tắc này cần 3 cột"),
        (_about({"column_list": ["unit_kind", "note", "value"]}, type="jump"), "cần 3 cột theo thứ tự: chữ, số, số"),
        (_about({"column_list": ["value", "note"]}, type="sum"), "kwargs.column_list: chỉ cộng được cột số"),
        (_about({"column": "value"}, type="divergence"), "kwargs.partition_object: thiếu tham số này → thêm vào: {"),
        (_about({"column_A": "note", "column_B": "value"}), "kwargs.column_B: so cột chữ với cột số"),
        (_about({"column_A": "note", "column_B": "value"}, type="close"), "kwargs.column_B: quy tắc này cần 2 cột"),
        (
            _about({"row_condition": {"column": {"name": "value"}, "operator": ">", "parameter": "5"}}),
            "kwargs.row_condition: cột số value không so được với chữ",
        ),
        (_about({"column": "denominatr"}), "không có cột “denominatr” → chắc là denominator"),
        (_about({}, rule="Ít ca"), "meta.rule: mã lạ: 'Ít ca' → chỉ dùng chữ thường"),
        (_about({}, remedy=5), "meta.remedy: không đúng kiểu: '5' → ghi chữ, trong dấu nháy"),
        (_about({"min_value": float("inf")}), "kwargs.min_value: Infinity không phải là số"),
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
    with pytest.raises(DataError) as error:
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
        ('{"name": "observations", "name": "tasks", "expectations": []}', "name: khóa ghi hai lần → giữ một"),
        (
            '{"expectations": [{"meta": {"rule": "x"}, "kwargs": {"a": 1, "a": 2}}]}',
            "tắc x: kwargs.a: khóa ghi hai",
        ),
        (
            '{"name": "observations", "expectations": {}}',
            "expectations: không đúng kiểu.* → ghi danh sách",
        ),
        ("", "dòng 1: không đọc được JSON"),
        ('{"name": "observations"}', "expectations: thiếu"),
        ('{"name": "observation", "expectations": []}', "name lạ"),
        ('{"name": "tasks", "expectations": []}', "khác tên tệp"),
        ("[]", "tệp: không đúng kiểu"),
    ],
)
def test_what_is_wrong_with_a_file_of_rules_is_one_sentence(tmp_path: Path, written: str, said: str) -> None:
    path = _suite(tmp_path)
    path.write_text(written, "utf-8")
    with pytest.raises(DataError, match=said):
        read_suite(path)


@pytest.mark.parametrize(("key", "value"), [("remdy", "x"), ("kinds", ["task"]), ("column", "valu")])
def test_a_careless_rule_of_the_reader_is_refused(tmp_path: Path, key: str, value: object) -> None:
    path = _suite(tmp_path, RULE)
    entry = RULE["meta"] | {"severity": "info", "kinds": ["observations"], key: value}
    (tmp_path / READING).write_text(json.dumps({"rules": [entry]}), "utf-8")
    with pytest.raises(DataError, match=f"{READING}: quy tắc has-rows: {key}"):
        read_suite(path)


@pytest.mark.parametrize("kind", list(FileKind))
def test_the_columns_that_rules_may_name_are_those_of_the_frame(registry: Registry, kind: FileKind) -> None:
    submission = parse(csv_text(kind, {}).encode(), "a.csv", read_forms(Layout().headings))
    reader, context = _READERS[kind], Context(registry, "bach-long-vi", Period(2025))
    frame = reader.frame([reader.read(row, context) for row in submission.tables[0].rows], context)
    assert set(frame.columns) == set(FRAME_COLUMNS[kind])


def test_a_file_of_rules_that_is_not_there_is_said_with_the_remedy(tmp_path: Path) -> None:
    path = _suite(tmp_path, RULE)
    path.write_bytes("“".encode("utf-16"))
    with pytest.raises(DataError, match=r"observations.json: tệp: không phải UTF-8 → lưu lại"):
        read_suite(path)
    path.unlink()
    with pytest.raises(DataError, match=r"observations.json: tệp: không có .* git checkout expectations/"):
        read_suite(path)


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = _suite(tmp_path, RULE)
    path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert [rule.id for rule in read_suite(path).rules] == ["has-rows"]


def test_a_file_that_is_no_suite_is_not_passed_over(tmp_path: Path) -> None:
    for file in Layout().expectations.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "observation.json").write_text("{}", "utf-8")
    with pytest.raises(DataError, match=r"observation.json: tệp: không thuộc bộ quy tắc nào → "):
        read_suites(tmp_path)


@pytest.mark.parametrize(
    ("kind", "kwargs", "said"),
    [
        (
            "ExpectColumnValuesToBeBetween",
            {"column": "value", "min_value": 1},
            "type: không có kiểu .* chắc là expect",
        ),
        ("expect_column_values_to_be_between", {"min_value": 1}, "kwargs.column: thiếu tham số này → "),
        (
            "expect_column_values_to_be_between",
            {"column": "value", "min_value": [1]},
            r"kwargs.min_value: .*: \[1\]",
        ),
        ("expect_column_values_to_be_between", {"column": "value", "min_valu": 1}, "kwargs.min_valu: tham số lạ → "),
        ("expect_column_values_to_be_between", {"column": "value"}, "kwargs: thiếu hay thừa tham số"),
        ("expect_column_values_to_be_in_set", {"column": "source", "value_set": "a"}, 'kwargs.value_set: .*: "a" → '),
        (
            "expect_column_values_to_not_be_null",
            {"column": "source", "row_condition": {"column": {"name": "basis"}, "operator": "=", "type": "comparison"}},
            "kwargs.row_condition: điều kiện không đúng dạng → viết như mẫu; operator là ==",
        ),
    ],
)
def test_what_the_library_refuses_is_one_sentence(tmp_path: Path, kind: str, kwargs: dict, said: str) -> None:
    suite = read_suite(_suite(tmp_path, RULE, _about(kwargs) | {"type": kind}))
    with pytest.raises(DataError, match=f"^observations.json: quy tắc other: {said}") as error:
        to_gx(suite)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("shows", "said"), [("ngày {as_of}", "ngày 31/12/2025"), ("{year}: {value}", "2025: 1,5"), ("{basis}", "luy-ke")]
)
def test_what_is_said_of_a_row_is_written_as_the_page_writes_it(tmp_path: Path, shows: str, said: str) -> None:
    rule = _about({"column": "source"}, shows=shows) | {"type": "expect_column_values_to_not_be_null"}
    row = pd.Series({"as_of": pd.Timestamp("2025-12-31"), "year": 2025, "value": 1.5, "basis": "luy-ke"})
    (found,) = (rule for rule in read_suite(_suite(tmp_path, RULE, rule)).rules if rule.id == "other")
    assert found.why(row) == said
