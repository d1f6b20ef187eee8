import json
import shutil

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.errors import DataError
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context
from pipeline.intake.reader import parse
from pipeline.intake.rows import FileKind, Intake
from pipeline.intake.validate import validate, validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.page import Page
from pipeline.senders.receipt import points_csv, receipts
from tests.factories import csv_text, exactly, submit


def _validate(registry: Registry, kind: FileKind, *rows: dict[str, str], locality: str = "bach-long-vi") -> Intake:
    submission = parse(csv_text(kind, *rows).encode(), "a.csv", read_forms(Layout().headings))
    return validate([submission], Context(registry, locality, Period(2025)), Layout().expectations)


# One row per critical rule: a change that breaks just this rule, and the cell the sender is sent to.
BROKEN = [
    (FileKind.OBSERVATIONS, "number", {"value": "80 hồ sơ"}, "G2"),
    (FileKind.OBSERVATIONS, "number", {"numerator": "80%"}, "J2"),
    (FileKind.OBSERVATIONS, "number-ambiguous", {"value": "1.234"}, "G2"),
    (FileKind.OBSERVATIONS, "cell", {"value": "8\u200b0"}, "G2"),
    (FileKind.OBSERVATIONS, "date", {"as_of": "11/31/2025"}, "M2"),
    (FileKind.OBSERVATIONS, "choice", {"basis": "gần đúng"}, "L2"),
    (FileKind.OBSERVATIONS, "known-subject", {"name": "Tỷ lệ phủ sóng 5G", "plan": "", "group": "", "no": ""}, "F2"),
    (FileKind.OBSERVATIONS, "ambiguous-subject", {"group": "", "no": "1"}, "D2"),
    (FileKind.OBSERVATIONS, "identity-agrees", {"name": "Tỷ lệ phủ sóng 5G trên địa bàn đặc khu"}, "F2"),
    (FileKind.OBSERVATIONS, "whole-number", {"group": "6", "no": "6.5a", "unit": "bản sao", "value": "2,5"}, "G2"),
    (FileKind.OBSERVATIONS, "known-subject", {"no": "99"}, "D2"),
    (FileKind.OBSERVATIONS, "unit-agrees", {"unit": "hồ sơ", "value": "8"}, "I2"),
    (FileKind.OBSERVATIONS, "value-or-absence", {"value": ""}, "G2"),
    (FileKind.OBSERVATIONS, "value-or-absence", {"value": "80", "absence": "not-due"}, "G2"),
    (FileKind.OBSERVATIONS, "choice", {"value": "", "absence": "quarantined"}, "N2"),
    (FileKind.OBSERVATIONS, "not-negative", {"group": "6", "no": "6.5a", "unit": "bản sao", "value": "-2"}, "G2"),
    (FileKind.OBSERVATIONS, "percentage", {"value": "100,1"}, "G2"),
    (FileKind.OBSERVATIONS, "denominator", {"numerator": "0", "denominator": "0"}, "K2"),
    (FileKind.OBSERVATIONS, "part-of-whole", {"value": "100", "numerator": "1001", "denominator": "1000"}, "J2"),
    (FileKind.OBSERVATIONS, "quotient", {"value": "80", "numerator": "1", "denominator": "2"}, "G2"),
    (FileKind.OBSERVATIONS, "not-after-cut-off", {"as_of": "2025-12-15"}, "M2"),
    (FileKind.OBSERVATIONS, "source", {"source": ""}, "O2"),
    (FileKind.OBSERVATIONS, "reason-not-applicable", {"value": "", "absence": "not-applicable"}, "N2"),
    (FileKind.TASKS, "date", {"started_on": "1/2/25"}, "F2"),
    (FileKind.TASKS, "cell", {"note": "a\u202eb"}, "M2"),
    (FileKind.TASKS, "ambiguous-subject", {"group": "", "no": "", "name": ""}, "A2"),
    (FileKind.TASKS, "identity-agrees", {"code": "bach-long-vi-2026/3.1", "no": "3.2"}, "D2"),
    (FileKind.TASKS, "known-subject", {"no": "9.9"}, "D2"),
    (FileKind.TASKS, "finished-after-start", {"started_on": "2025-06-01", "finished_on": "2025-05-31"}, "G2"),
    (FileKind.TASKS, "not-after-cut-off", {"finished_on": "2026-01-01"}, "dòng 2"),
    (FileKind.TASKS, "reason-suspended", {"suspended_on": "2025-06-01"}, "H2"),
    (FileKind.TASKS, "source", {"source": "", "started_on": "2025-02-01"}, "K2"),
    (FileKind.REPORTED, "number", {"numerator": "hai"}, "D2"),
    (FileKind.REPORTED, "number-ambiguous", {"denominator": "1,234,567"}, "E2"),
    (FileKind.REPORTED, "cell", {"source": "a\u202eb"}, "H2"),
    (FileKind.REPORTED, "name", {"name": ""}, "B2"),
    (FileKind.REPORTED, "value", {"value": ""}, "C2"),
    (FileKind.REPORTED, "denominator", {"numerator": "0", "denominator": "0"}, "E2"),
    (FileKind.REPORTED, "part-of-whole", {"numerator": "3", "denominator": "2"}, "D2"),
    (FileKind.REPORTED, "source", {"source": ""}, "H2"),
]


@pytest.mark.parametrize(("kind", "rule", "cells", "cell"), BROKEN, ids=[f"{k}-{r}" for k, r, _, _ in BROKEN])
def test_each_rule_keeps_out_the_row_that_breaks_it(registry, kind, rule, cells, cell) -> None:
    intake = _validate(registry, kind, cells)
    assert intake.accepted == 0
    (row,) = intake.quarantined
    assert row.rules == (rule,)
    assert row.origin.cell == cell
    assert row.cells.items() >= cells.items()  # as received
    assert "→" in row.messages[0]


def test_every_critical_rule_of_a_row_has_a_case(registry) -> None:
    from pipeline.intake.validate import read_suites

    tested = {(str(kind), rule) for kind, rule, _, _ in BROKEN}
    rules = {(s.name, r.id) for s in read_suites(Layout().expectations) for r in s.rules if r.severity == "critical"}
    # has-rows: the reader refuses an empty file first; unique and width need two rows: below. Rows of others need
    # columns that no form has: tests/intake/test_scope.py.
    elsewhere = ("has-rows", "unique", "width", "other-locality", "other-period")
    assert {(k, r) for k, r in rules if r not in elsewhere} == tested


@pytest.mark.parametrize("kind", list(FileKind))
def test_a_sound_row_passes_every_rule(registry, kind: FileKind) -> None:
    intake = _validate(registry, kind, {})
    assert (intake.accepted, intake.quarantined) == (1, ())


def test_two_values_for_one_day_keep_out_both(registry) -> None:
    intake = _validate(registry, FileKind.OBSERVATIONS, {"value": "80"}, {"value": "81"}, {"no": "14"})
    assert [q.origin.line for q in intake.quarantined] == [2, 3]
    assert intake.accepted == 1


def test_a_bound_is_accepted_and_a_warning_does_not_keep_a_row_out(registry) -> None:
    intake = _validate(
        registry, FileKind.OBSERVATIONS, {"value": ">98", "value_printed": "hơn 98%", "as_of": "2024-06-01"}
    )
    (observation,) = intake.observations
    assert observation.flags == ("not-before-start", "value-in-words")


@pytest.mark.parametrize(
    ("locality", "day", "flags"),
    [
        ("binh-giang", "2025-06-30", ("before-merger",)),
        ("binh-giang", "2025-07-01", ()),
        ("bach-long-vi", "2025-06-30", ()),  # the district under another name: nothing was merged
    ],
)
def test_a_value_of_before_a_merger_is_flagged(registry, locality: str, day: str, flags: tuple[str, ...]) -> None:
    row = {"plan": f"{locality}-2026", "group": "II", "no": "13", "value": "80", "as_of": day}
    (observation,) = _validate(registry, FileKind.OBSERVATIONS, row, locality=locality).observations
    assert observation.flags == flags


def test_a_share_of_something_is_a_percentage_too(registry) -> None:
    row = {"plan": "", "group": "", "no": "", "concept": "budget-share-stid", "unit": "% tổng chi NSNN", "value": "130"}
    intake = _validate(registry, FileKind.OBSERVATIONS, row, locality="cat-hai")
    assert intake.quarantined[0].rules == ("percentage",)


@pytest.mark.parametrize("kind", [FileKind.OBSERVATIONS, FileKind.TASKS])
def test_two_files_about_the_same_thing_are_refused(layout: Layout, registry, kind: FileKind) -> None:
    path = submit(layout.root, "bach-long-vi", "2026-Q1", kind, {})
    other = {"value": "81"} if kind is FileKind.OBSERVATIONS else {"started_on": "2026-02-01"}
    path.with_name("b.csv").write_text(csv_text(kind, other), "utf-8")
    with pytest.raises(DataError) as raised:
        validate_period(layout, registry, "bach-long-vi", Period.parse("2026-Q1"))
    assert [f.file.rpartition("/")[2] for f in raised.value.findings] == ["b.csv", path.name]


def test_values_of_earlier_periods_are_included_and_of_later_ones_not(layout: Layout, registry) -> None:
    submit(layout.root, "bach-long-vi", "2026-Q1", FileKind.OBSERVATIONS, {"value": "85", "as_of": "2026-03-01"})
    submit(layout.root, "bach-long-vi", "2026-H1", FileKind.OBSERVATIONS, {"value": "90", "as_of": "2026-06-01"})
    intake = validate_period(layout, registry, "bach-long-vi", Period.parse("2026-Q1"))
    assert [o.text for o in intake.observations] == ["85"]
    assert len(intake.earlier) == 16


def _findings(intake: Intake, severity: str) -> list[tuple[str, str]]:
    return [(f.rule, f.origin.cell) for f in intake.findings if f.severity == severity]


@pytest.mark.parametrize(
    ("kind", "cells", "rule", "cell"),
    [
        (FileKind.OBSERVATIONS, {"value": "0,8278%"}, "likely-fraction", "G2"),
        (FileKind.OBSERVATIONS, {"claim": "Đạt"}, "evidence", "Q2"),
        (FileKind.OBSERVATIONS, {"name": "Tên tự đặt"}, "name-differs", "F2"),
        (FileKind.TASKS, {"finished_on": "2025-06-01"}, "evidence", "L2"),
    ],
)
def test_a_warning_lets_the_row_in_and_names_the_cell(registry, kind, cells, rule, cell) -> None:
    intake = _validate(registry, kind, cells)
    assert intake.accepted == 1
    assert (rule, cell) in _findings(intake, "warning")
    assert rule in (*intake.observations, *intake.tasks)[0].flags


@pytest.mark.parametrize("cells", [{"claim": "Đạt", "evidence": "BC 12"}, {"claim": "Chưa đạt"}, {"value": "0"}])
def test_what_needs_no_warning_gets_none(registry, cells) -> None:
    assert _findings(_validate(registry, FileKind.OBSERVATIONS, cells), "warning") == []


def test_a_value_computed_from_its_parts_is_noted(registry) -> None:
    intake = _validate(registry, FileKind.OBSERVATIONS, {"value": "", "numerator": "19", "denominator": "20"})
    (observation,) = intake.observations
    assert observation.value == exactly("95")
    assert ("value-computed", "J2") in _findings(intake, "info")


def test_sums_must_add_up_and_one_name_has_one_unit(registry) -> None:
    names = {
        "Hồ sơ thủ tục hành chính tiếp nhận": "6.520",
        "Hồ sơ đã giải quyết": "6.414",
        "Hồ sơ đang giải quyết": "67",
    }
    rows = [{"name": name, "value": value, "unit": "hồ sơ"} for name, value in names.items()]
    intake = _validate(
        registry, FileKind.REPORTED, *rows, {"name": "Hồ sơ quá hạn", "unit": "hồ sơ"}, {"name": "Hồ sơ quá hạn"}
    )
    assert _findings(intake, "warning") == [("mixed-units", "F5"), ("mixed-units", "F6"), ("dossiers-add-up", "C2")]
    message = intake.findings[-1].message
    assert all(part in message for part in ("6.520 (ô C2", "6.414 (ô C3", "67 (ô C4")), message
    assert message.endswith("= 6.481")
    assert intake.reported[0].flags == ("dossiers-add-up",)


COPIES = {"group": "6", "no": "5a", "unit": "bản sao"}


@pytest.mark.parametrize(
    ("before", "now", "rule"),
    [
        ({"value": "50"}, {"value": "81"}, "jump"),
        ({"value": "50"}, {"value": "80"}, None),
        (COPIES | {"value": "2"}, COPIES | {"value": "7"}, "jump"),
        (COPIES | {"value": "5", "basis": "luy-ke"}, COPIES | {"value": "4", "basis": "luy-ke"}, "fell"),
        ({"value": "80", "basis": "luy-ke"}, {"value": "79", "basis": "luy-ke"}, None),
        ({"value": "80", "basis": "trong-ky"}, {"value": "80", "basis": "luy-ke"}, "basis-changed"),
    ],
)  # fmt: skip
def test_values_are_compared_with_the_period_before(layout: Layout, registry, before, now, rule) -> None:
    submit(layout.root, "bach-long-vi", "2026-Q1", FileKind.OBSERVATIONS, before | {"as_of": "2026-03-01"})
    submit(layout.root, "bach-long-vi", "2026-H1", FileKind.OBSERVATIONS, now | {"as_of": "2026-06-01"})
    intake = validate_period(layout, registry, "bach-long-vi", Period.parse("2026-H1"))
    assert [r for r, _ in _findings(intake, "warning")] == ([rule] if rule else [])


def test_an_unfilled_row_of_a_form_does_not_count(registry) -> None:
    text = "Mã,Chỉ tiêu,Kết quả,Nguồn\nbach-long-vi-2026/II.13,,80,BC\nbach-long-vi-2026/II.14,Tên,,\n"
    submission = parse(text.encode(), "a.csv", read_forms(Layout().headings))
    intake = validate([submission], Context(registry, "bach-long-vi", Period(2025)), Layout().expectations)
    assert (intake.received, intake.accepted, intake.files[0].unfilled) == (1, 1, 1)


def test_task_facts_of_earlier_periods_are_included(layout: Layout, registry) -> None:
    submit(layout.root, "bach-long-vi", "2026-Q1", FileKind.TASKS, {"started_on": "2026-01-05"})
    submit(layout.root, "bach-long-vi", "2026-H1", FileKind.TASKS, {"no": "3.2", "started_on": "2026-05-05"})
    intake = validate_period(layout, registry, "bach-long-vi", Period.parse("2026-H1"))
    assert [t.code for t in intake.earlier_tasks] == ["bach-long-vi-2026/3.1"]
    assert [t.code for t in intake.tasks] == ["bach-long-vi-2026/3.2"]
    completion = evaluate(registry, registry.locality("bach-long-vi"), Period.parse("2026-H1"), intake)
    started = [t.key.label for p in completion.plans for t in p.tasks if t.fact]
    assert started == ["3.1", "3.2", "V.3.2"]  # V.3.2 is the same task as one of them


@pytest.mark.parametrize(
    ("severity", "kind", "arguments"),
    [
        ("critical", "expect_column_mean_to_be_between", {"column": "value", "min_value": 90}),
        ("info", "expect_column_sum_to_be_between", {"column": "value", "min_value": 90}),
        ("info", "expect_column_proportion_of_unique_values_to_be_between", {"column": "source", "min_value": 0.9}),
        (
            "warning",
            "expect_column_quantile_values_to_be_between",
            {"column": "value", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[90, 100]]}},
        ),
    ],
)
def test_a_broken_rule_about_a_table_is_told_of_the_table(registry, tmp_path, severity, kind, arguments) -> None:
    expectations = shutil.copytree(Layout().expectations, tmp_path / "expectations")
    suite = expectations / "observations.json"
    document = json.loads(suite.read_text("utf-8"))
    meta = {"rule": "of-table", "message": "bảng lạ", "remedy": "xem lại bảng", "reason": "x"}
    document["expectations"].append({"type": kind, "kwargs": arguments, "severity": severity, "meta": meta})
    suite.write_text(json.dumps(document), "utf-8")
    rows = [{"value": "40"}, {"no": "1.2", "name": "", "value": "41"}]
    submission = parse(csv_text(FileKind.OBSERVATIONS, *rows).encode(), "a.csv", read_forms(Layout().headings))
    context = Context(registry, "bach-long-vi", Period(2025))
    if severity == "critical":
        with pytest.raises(DataError, match=r"a.csv, cả bảng: bảng lạ \[of-table\] → xem lại bảng"):
            validate([submission], context, expectations)
        return
    intake = validate([submission], context, expectations)
    (found,) = [finding for finding in intake.findings if finding.rule == "of-table"]
    assert (found.origin.cell, found.severity, str(found)) == ("cả bảng", severity, "bảng lạ → xem lại bảng")
    (receipt,) = receipts(intake)
    (line,) = [line for line in points_csv(receipt).splitlines() if "of-table" in line]
    assert "cả bảng" in line and "xem lại bảng" in line
    page = Page(evaluate(registry, registry.locality("bach-long-vi"), Period(2025), intake), intake, "0" * 64)
    told = "Lưu ý (a.csv, cả bảng): bảng lạ. Xem lại bảng." if severity == "info" else "</code>, cả bảng</th>"
    assert told in Page.quality(page).html.replace("<code>a.csv</code>, cả bảng)", "a.csv, cả bảng)")
