"""The suite file is the contract: each threshold and each severity in it moves the verdict, exactly at its boundary."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import DataError
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context, read_observation
from pipeline.intake.reader import Submission, parse
from pipeline.intake.rows import Basis, FileKind, Intake, Observation
from pipeline.intake.validate import read_suites, validate
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.factories import csv_text, exactly
from tests.intake.test_validate import BROKEN

Cells = dict[str, str]
Judge = Callable[..., Intake]
OBSERVATIONS, TASKS, REPORTED = FileKind
COPIES = {"group": "6", "no": "6.5a", "unit": "bản sao"}
PARTS = {"numerator": "1", "denominator": "2"}
ALL = {"numerator": "2", "denominator": "2"}
ONE_DAY = {"started_on": "2025-06-01", "finished_on": "2025-06-01"}
TWO_UNITS = ({"name": "Hồ sơ quá hạn", "unit": "hồ sơ"}, {"name": "Hồ sơ quá hạn"})
START, CUT_OFF = "<start>", "<cut-off>"


@dataclass(frozen=True)
class Case:
    """Rows at the boundary of a rule, whether they break it, and an argument that turns the verdict."""

    kind: FileKind
    rule: str
    cells: Cells | tuple[Cells, ...]
    breaks: bool
    turned: dict[str, Any]
    before: str = ""
    """The value of the period before."""


CASES = [
    Case(OBSERVATIONS, "has-rows", {}, False, {"min_value": 2}),
    Case(OBSERVATIONS, "value-or-absence", {"value": ""}, True, {"at_least": 0}),
    Case(OBSERVATIONS, "value-or-absence", {"value": "80", "absence": "not-due"}, True, {"at_most": 2}),
    Case(OBSERVATIONS, "not-negative", COPIES | {"value": "0"}, False, {"min_value": 1}),
    Case(OBSERVATIONS, "percentage", {"value": "0"}, False, {"min_value": 1}),
    Case(OBSERVATIONS, "percentage", {"value": "100"}, False, {"max_value": 99.9}),
    Case(OBSERVATIONS, "percentage", {"value": "100,0000001"}, True, {"max_value": 101}),
    Case(OBSERVATIONS, "whole-number", COPIES | {"value": "2,5"}, True, {"decimals": 1}),
    Case(OBSERVATIONS, "denominator", {"value": "0", "numerator": "0", "denominator": "1"}, False, {"min_value": 1}),
    Case(OBSERVATIONS, "denominator", {"numerator": "0", "denominator": "0"}, True, {"strict_min": False}),
    Case(OBSERVATIONS, "part-of-whole", ALL | {"value": "100"}, False, {"or_equal": False}),
    Case(OBSERVATIONS, "quotient", {"value": "50,1", **PARTS}, False, {"tolerance": 0.09}),
    Case(OBSERVATIONS, "quotient", {"value": "50,1000001", **PARTS}, True, {"tolerance": 0.2}),
    Case(OBSERVATIONS, "quotient", {"value": "49,9", **PARTS}, False, {"scale": 50}),
    Case(OBSERVATIONS, "not-after-cut-off", {"as_of": CUT_OFF}, False, {"or_equal": False}),
    Case(OBSERVATIONS, "reason-not-applicable", {"value": "", "absence": "not-applicable"}, True, {"words": []}),
    Case(OBSERVATIONS, "not-before-start", {"as_of": START}, False, {"or_equal": False}),
    Case(OBSERVATIONS, "likely-fraction", {"value": "1"}, False, {"below": 1.1}),
    Case(OBSERVATIONS, "likely-fraction", {"value": "0,9999999%"}, True, {"below": 0.5}),
    Case(OBSERVATIONS, "likely-fraction", {"value": "0"}, False, {"above": -1}),
    Case(OBSERVATIONS, "jump", {"value": "98,7"}, False, {"points": 29.9}, "68.7"),
    Case(OBSERVATIONS, "jump", {"value": "98,7000001"}, True, {"points": 31}, "68.7"),
    Case(OBSERVATIONS, "jump", COPIES | {"value": "6"}, False, {"times": 2.9}, "2"),
    Case(OBSERVATIONS, "jump", COPIES | {"value": "7"}, True, {"times": 4}, "2"),
    Case(OBSERVATIONS, "fell", COPIES | {"value": "4", "basis": "luy-ke"}, True, {"allowance": 1}, "5"),
    Case(OBSERVATIONS, "fell", COPIES | {"value": "4", "basis": "luy-ke"}, True, {"basis": "trong-ky"}, "5"),
    Case(OBSERVATIONS, "evidence", {"claim": "Vượt  chỉ tiêu"}, True, {"words": ["đạt"]}),
    Case(TASKS, "has-rows", {}, False, {"min_value": 2}),
    Case(TASKS, "finished-after-start", ONE_DAY, False, {"or_equal": False}),
    Case(TASKS, "not-after-cut-off", {"finished_on": CUT_OFF}, False, {"or_equal": False}),
    Case(REPORTED, "has-rows", {}, False, {"min_value": 2}),
    Case(REPORTED, "denominator", {"numerator": "0", "denominator": "1"}, False, {"min_value": 1}),
    Case(REPORTED, "denominator", {"numerator": "0", "denominator": "0"}, True, {"strict_min": False}),
    Case(REPORTED, "part-of-whole", ALL, False, {"or_equal": False}),
    Case(REPORTED, "mixed-units", TWO_UNITS, True, {"max_value": 2}),
]  # fmt: skip
# A row for each rule of a suite that only warns or notes.
MILD: dict[tuple[FileKind, str], tuple[Cells | tuple[Cells, ...], str]] = {
    (OBSERVATIONS, "not-before-start"): ({"as_of": "2024-06-01"}, ""),
    (OBSERVATIONS, "value-in-words"): ({"value_printed": "bốn phần năm"}, ""),
    (OBSERVATIONS, "likely-fraction"): ({"value": "0,8278%"}, ""),
    (OBSERVATIONS, "jump"): ({"value": "81"}, "50"),
    (OBSERVATIONS, "fell"): (COPIES | {"value": "4", "basis": "luy-ke"}, "5"),
    (OBSERVATIONS, "basis-changed"): ({"basis": "luy-ke"}, "80"),
    (OBSERVATIONS, "evidence"): ({"claim": "Đạt"}, ""),
    (OBSERVATIONS, "as-of-stated"): ({"as_of": ""}, ""),
    (OBSERVATIONS, "basis-stated"): ({"basis": ""}, ""),
    (TASKS, "evidence"): ({"finished_on": "2025-06-01"}, ""),
    (REPORTED, "mixed-units"): (TWO_UNITS, ""),
}


@pytest.fixture
def judged(registry: Registry, tmp_path: Path) -> Judge:
    """Rows validated by the committed suites, with one entry of one file edited."""

    def rows(kind: FileKind, cells: Cells | tuple[Cells, ...], before: str, rule: str = "", **edits: Any) -> Intake:
        written = cells if isinstance(cells, tuple) else (cells,)
        context = Context(registry, "bach-long-vi", Period(2025))
        calendar = registry.calendar
        days = {START: context.period.start(calendar), CUT_OFF: context.cut_off}
        written = tuple({c: str(days.get(t, t)) for c, t in row.items()} for row in written)
        if kind is OBSERVATIONS:
            written = tuple({"as_of": "2025-06-01"} | row for row in written)
        submission = _parsed(kind, written)
        earlier = (_last(submission, context, before),) if before else ()
        folder = _edited(tmp_path, kind, rule, edits) if rule else Layout().expectations
        return validate([submission], Context(registry, "bach-long-vi", Period(2025), earlier), folder)

    return rows


def _parsed(kind: FileKind, rows: tuple[Cells, ...]) -> Submission:
    return parse(csv_text(kind, *rows).encode(), "a.csv", read_forms(Layout().headings))


def _last(submission: Submission, context: Context, value: str) -> Observation:
    """The first row as of the first of January; its basis is cumulative where it writes one, else within the period."""
    now = read_observation(submission.tables[0].rows[0], context).record
    basis = now.basis if now.concept == "" or now.unit != "%" else Basis.WITHIN_PERIOD
    return now.model_copy(update={"value": exactly(value), "as_of": now.as_of.replace(day=1), "basis": basis})


def _edited(folder: Path, kind: FileKind, rule: str, edits: dict[str, Any]) -> Path:
    """The suites in `folder`, with other arguments, or another severity, in one rule of one file."""
    for file in Layout().expectations.glob("*.json"):
        (folder / file.name).write_bytes(file.read_bytes())
    path = folder / f"{kind}.json"
    suite = json.loads(path.read_text("utf-8"))
    (entry,) = (e for e in suite["expectations"] if e["meta"]["rule"] == rule)
    if "severity" in edits:
        entry["severity"] = edits.pop("severity")
    assert edits.keys() <= entry["kwargs"].keys()
    entry["kwargs"] |= edits
    path.write_text(json.dumps(suite), "utf-8")
    return folder


def _broken(judge: Callable[[], Intake]) -> set[str]:
    try:
        return {result.rule for result in judge().results if not result.holds}
    except DataError as error:
        return {finding.rule for finding in error.findings}


@pytest.mark.parametrize("case", CASES, ids=[f"{c.kind}-{c.rule}-{next(iter(c.turned))}" for c in CASES])
def test_a_threshold_decides_exactly_and_is_that_of_the_file(judged: Judge, case: Case) -> None:
    at = (case.kind, case.cells, case.before)
    assert (case.rule in _broken(lambda: judged(*at))) is case.breaks
    assert (case.rule in _broken(lambda: judged(*at, case.rule, **case.turned))) is not case.breaks


@cache
def _entries() -> list[tuple[FileKind, dict[str, Any]]]:
    files = {kind: Layout().expectations / f"{kind}.json" for kind in FileKind}
    return [(k, e) for k, file in files.items() for e in json.loads(file.read_text("utf-8"))["expectations"]]


def test_every_threshold_of_every_file_has_a_case() -> None:
    shape = {"column", "column_A", "column_B", "column_list", "ignore_row_if", "row_condition"}
    written = {(kind, e["meta"]["rule"], name) for kind, e in _entries() for name in e["kwargs"].keys() - shape}
    assert written == {(case.kind, case.rule, name) for case in CASES for name in case.turned}


STRICT = {(kind, rule): cells for kind, rule, cells, _ in BROKEN}
IN_SUITES = {(kind, e["meta"]["rule"]): e["severity"] for kind, e in _entries()}
ONE_ROW = sorted(key for key in IN_SUITES if key[1] not in ("has-rows", "unique"))


@pytest.mark.parametrize(("kind", "rule"), ONE_ROW)
def test_the_severity_of_the_file_says_what_becomes_of_the_row(judged: Judge, kind: FileKind, rule: str) -> None:
    written = IN_SUITES[kind, rule]
    cells, before = MILD[kind, rule] if written != "critical" else (STRICT[kind, rule], "")
    edited = "info" if written == "critical" else "critical"
    for severity, intake in (
        (written, judged(kind, cells, before)),
        (edited, judged(kind, cells, before, rule, severity=edited)),
    ):
        assert (rule in {r for q in intake.quarantined for r in q.rules}) is (severity == "critical")
        assert ((rule, severity) in {(f.rule, f.severity) for f in intake.findings}) is (severity != "critical")


@pytest.mark.parametrize("kind", list(FileKind))
def test_severities_of_rules_on_more_than_one_row(judged: Judge, kind: FileKind) -> None:
    """A table that breaks has-rows is refused unless the rule only warns."""
    assert "has-rows" in _broken(lambda: judged(kind, {}, "", "has-rows", min_value=2))
    intake = judged(kind, {}, "", "has-rows", min_value=2, severity="warning")
    assert intake.accepted == 1
    if (kind, "unique") in IN_SUITES:
        two = ({}, {})
        assert judged(kind, two, "").accepted == 0
        assert judged(kind, two, "", "unique", severity="warning").accepted == 2


@pytest.mark.parametrize(
    ("basis", "before", "breaks"),
    [(Basis.CUMULATIVE, "4", False), (Basis.CUMULATIVE, "3.9", False), (Basis.WITHIN_PERIOD, "5", False)],
)
def test_only_a_cumulative_value_that_is_less_has_fallen(judged: Judge, basis, before, breaks) -> None:
    row = COPIES | {"value": "4", "basis": basis}
    assert ("fell" in _broken(lambda: judged(OBSERVATIONS, row, before))) is breaks


def test_a_percentage_may_fall(judged: Judge) -> None:
    row = {"value": "60", "basis": "luy-ke"}
    assert "fell" not in _broken(lambda: judged(OBSERVATIONS, row, "65"))


def test_a_computed_share_is_no_fraction_written_for_a_percentage(judged: Judge) -> None:
    computed = {"value": "", "numerator": "1", "denominator": "200"}
    assert "likely-fraction" not in _broken(lambda: judged(OBSERVATIONS, computed, ""))


def test_all_suites_are_tried() -> None:
    assert {suite.name for suite in read_suites(Layout().expectations)} == {str(kind) for kind in FileKind}
