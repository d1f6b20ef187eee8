"""What page and Word say along the made-up year: windows, ended plans, commitments, what outlasts a plan."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.completion.records import Completion
from pipeline.intake.rows import Intake
from pipeline.paths import Layout
from pipeline.report.explain import chain
from pipeline.report.files import write_indicators, write_tasks
from pipeline.report.official.model import DocumentTable
from pipeline.report.page import Page
from pipeline.report.words import VIETNAMESE
from tests.made_up_year import write_perfect_year, write_year
from tests.report.test_year import _lead, _official, _paragraphs, _report, _text

Report = tuple[Completion, Intake]
OUTLAST = {"II.4", "II.8", "II.9", "II.10", "II.17"}
"""“… (2025-2027)” in a plan of 2026, read from the document by hand."""


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return write_year(tmp_path_factory.mktemp("walk"))


@pytest.fixture(scope="module")
def after(walk: Layout) -> Report:
    """The first quarter of 2027, for which nothing is sent: the plan has ended."""
    return _report(walk, "2027-Q1")


def _page(report: Report) -> Page:
    return Page(*report, "0" * 64)


def _tables(report: Report) -> str:
    tables = [block for block in _official(report).body if isinstance(block, DocumentTable)]
    return "\n".join(" | ".join(row.cells) for table in tables for row in table.rows)


def test_a_change_of_values_alone_is_not_said_to_be_none(walk: Layout) -> None:
    """II.2 rises from 20 to 45% in the second quarter; none is newly met, none is met no longer."""
    report = _report(walk, "2026-H1")
    for text in (_text(_page(report).answer()), _paragraphs(_official(report))):
        assert "không chỉ tiêu nào mới đạt hoặc không còn đạt" in text


def test_a_period_within_a_sentence_begins_small(walk: Layout) -> None:
    for period, before in (("2026-H1", "quý I năm 2026"), ("2027-Q1", "năm 2026, số liệu chính thức")):
        report = _report(walk, period)
        assert f"o với kỳ trước ({before})" in _text(_page(report).answer())
        assert f"So với kỳ trước ({before}, chốt" in _text(_page(report).change())
        assert f"So với báo cáo kỳ trước ({before}, chốt" in _paragraphs(_official(report))


def test_the_last_table_is_headed_by_the_days_that_its_tasks_are_due(walk: Layout) -> None:
    """6.2 is due on 31/12/2026, after the cut-off of the year 2026."""
    tables = _tables(_report(walk, "2026"))
    assert "Đến hạn sau ngày 14/12/2026, đến hết ngày 31/12/2027" in tables
    assert "trong năm 2027" not in tables


def test_a_verdict_has_no_brackets_within_brackets(walk: Layout) -> None:
    written = _paragraphs(_official(_report(walk, "2026")))
    assert "so với mục tiêu 80%, chưa đạt tại ngày chốt (còn 17 ngày)" in written
    assert "))" not in written


def test_the_final_edition_rests_on_the_year_and_not_on_the_decree(walk: Layout) -> None:
    report = _report(walk, "2026-F")
    head, document = _text(_page(report).head()), _official(report)
    assert "số liệu từ 01/01/2026 đến 31/12/2026 (cả năm dương lịch)" in head
    written = _paragraphs(document)
    assert "Số liệu từ ngày 01/01/2026 đến ngày 31/12/2026, cả năm dương lịch." in written
    method = _text(_page(report).quality())
    assert "09/2019" not in head + method + written
    assert "Báo cáo này lấy số liệu của cả năm dương lịch." in method
    title = "Kết quả thực hiện Kế hoạch chuyển đổi số xã Bình Giang năm 2026 (số liệu chính thức cả năm)"
    assert document.subject == title
    assert "lịch chốt: Nghị định 09/2019/NĐ‑CP" in _paragraphs(_official(_report(walk, "2026")))


def test_tasks_of_a_plan_that_ends_with_the_period_do_not_go_on(walk: Layout) -> None:
    """Of 8 recurring and 20 undated tasks, one of the latter is finished."""
    written = _paragraphs(_official(_report(walk, "2026-F")))
    ending = (
        "“Kế hoạch chuyển đổi số xã Bình Giang năm 2026” hết thời gian thực hiện vào ngày 31/12/2026. Chỉ tiếp tục nếu "
        "kế hoạch mới giao: 8 nhiệm vụ thường xuyên; 19 nhiệm vụ không ghi ngày đến hạn, chưa hoàn thành."
    )
    assert ending in written
    assert "tiếp tục thực hiện và báo cáo:" not in written
    december = _paragraphs(_official(_report(walk, "2026")))
    assert "tiếp tục thực hiện và báo cáo: 8 nhiệm vụ" in december
    assert ending not in december
    assert "hết thời gian thực hiện vào ngày 31/12/2026; sau ngày đó, nhiệm vụ thường xuyên và" in december
    assert "sau ngày đó" not in _paragraphs(_official(_report(walk, "2026-9M")))  # the next period ends with the plan


def test_deadlines_as_first_issued_are_compared_only_where_one_was_amended(walk: Layout) -> None:
    """The amendment of July lowers a target and changes no task."""
    report = _report(walk, "2026-9M")
    assert (report[0].original_task_counts, report[0].plans[0].original_task_counts) == (None, None)
    plans = _text(_page(report).plans())
    assert "Theo kế hoạch ban đầu: chắc chắn đạt 7/22" in plans
    assert "theo thời hạn ban đầu" not in plans


def test_what_outlasts_an_ended_plan_is_named_and_in_no_rate(after: Report) -> None:
    completion = after[0]
    (plan,) = completion.plans
    assert (plan.rate.total, plan.original_rate, plan.commitments.total) == (0, None, 0)
    assert {group.rate.total for group in plan.groups} == {0}
    rows = {row.key.label: row for row in plan.indicators}
    assert {label for label, row in rows.items() if row.counted} == OUTLAST
    written = _paragraphs(_official(after))
    assert "5 chỉ tiêu của kế hoạch này đến hạn sau khi kế hoạch hết" in written
    for label in OUTLAST:
        assert f"{rows[label].name}: mục tiêu " in written
        links = chain(*after, plan, rows[label], VIETNAMESE)
        assert links[-1].lines == ("không vào tử số, không vào mẫu số nào",)
    assert "mục tiêu 50%, hạn 31/12/2027; kỳ này chưa có số liệu, số gần nhất 48% (ngày 10/12/2026)." in written
    plans = _text(_page(after).plans())
    assert "Riêng 5 chỉ tiêu đến hạn sau khi kế hoạch hết" in plans
    assert "Theo kế hoạch ban đầu" not in plans
    assert "0/5" not in plans


def test_silence_after_a_plan_is_said_first(after: Report) -> None:
    assert _lead(after).startswith("Kỳ này chưa nhận được số liệu nào. Đến ngày 14/03/2027, không có kế hoạch nào")
    written = _paragraphs(_official(after))
    assert written.index("Kỳ này chưa nhận được số liệu nào.") < written.index("đã hết thời gian thực hiện")
    assert "hoặc không có kế hoạch nào" not in written
    assert "Vào ngày chốt không có kế hoạch nào đang thực hiện" in written


def test_commitments_are_counted_as_commitments(tmp_path: Path) -> None:
    plans = _text(_page(_report(write_perfect_year(tmp_path), "2026-F")).plans())
    assert "Cam kết định lượng: 5/5 cam kết đạt." in plans


def test_what_recurs_is_not_said_to_be_unfinished(walk: Layout) -> None:
    """3.2 was reported on 1 March, and VI.3.3 prints it again."""
    rows = {row.cells[0]: row.cells for row in _official(_report(walk, "2026-Q1")).appendices[1].table.rows}
    assert "thường xuyên; báo cáo gần nhất ngày 01/03/2026" in rows["3.2"]
    assert "thường xuyên; báo cáo gần nhất ngày 01/03/2026" in rows["VI.3.3"]
    assert rows["VI.3.3"][1].endswith("; trùng với dòng 3.2, tính một lần ở đó")
    assert rows["3.4"][-1] == "–"


def test_with_seventeen_days_left_nothing_is_asked_by_the_month(walk: Layout) -> None:
    page = _page(_report(walk, "2026"))
    attention = _text(page.answer()) + _text(page.attention())
    assert "còn 10 điểm phần trăm " in attention
    assert "cần 10 điểm phần trăm mỗi tháng" not in attention
    assert "cần 0,17 điểm phần trăm mỗi tháng" in attention  # II.17, due in a year


@pytest.mark.parametrize("period", ["2026", "2027-Q1"])
def test_who_sums_the_tables_finds_the_counts_of_the_page(walk: Layout, period: str, tmp_path: Path) -> None:
    completion, _ = _report(walk, period)
    write_indicators(completion, tmp_path / "indicators.csv")
    write_tasks(completion, tmp_path / "tasks.csv")
    rows, tasks = (_rows(tmp_path / name) for name in ("indicators.csv", "tasks.csv"))
    counted = [row for row in rows if row["counted"] == "true"]
    kinds = [sum(row["kind"] == kind for row in counted) for kind in ("indicator", "commitment")]
    assert kinds == [completion.rate.total, completion.commitments.total]
    assert sum(task["counted"] == "true" for task in tasks) == completion.tasks_by_deadline.total
    state = "in-force" if period == "2026" else "expired"
    assert {row["plan_state"] for row in (*rows, *tasks)} == {state}
    assert (kinds, completion.tasks_by_deadline.total) == (([22, 5], 31) if period == "2026" else ([0, 0], 0))
    repeating = next(task for task in tasks if (task["group"], task["no"]) == ("VI.3", "3"))
    assert repeating["counted"] == "false"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
