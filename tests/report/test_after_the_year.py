"""What stays said when a year or a plan is over: old values, tasks that were done or due, days that no source names."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from pipeline.completion.records import Completion
from pipeline.intake.rows import Intake
from pipeline.intake.validate import earlier_values
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import read_registry
from pipeline.report.explain import chain
from pipeline.report.files import write_indicators, write_tasks
from pipeline.report.official.model import DocumentTable
from pipeline.report.page import Page
from pipeline.report.words import VIETNAMESE
from pipeline.senders.form import INDICATORS, form_of
from tests.factories import copy_raw
from tests.made_up_year import PLACE, PLAN, write_cat_hai, write_year
from tests.report.test_year import _official, _paragraphs, _report

Report = tuple[Completion, Intake]
Reports = Callable[..., Report]
FIVE = {"II.4", "II.8", "II.9", "II.10", "II.17"}
"""“… (2025-2027)” in a plan of 2026, read from the document by hand."""


@pytest.fixture(scope="module")
def walk_layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return write_year(tmp_path_factory.mktemp("walk"))


@pytest.fixture(scope="module")
def walk(walk_layout: Layout) -> Reports:
    return cache(lambda period: _report(walk_layout, period, PLACE))


@pytest.fixture(scope="module")
def cat_hai(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    layout = write_cat_hai(tmp_path_factory.mktemp("cat-hai"))
    return cache(lambda period: _report(layout, period, "cat-hai"))


@pytest.fixture(scope="module")
def hai_phong(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    layout = copy_raw(tmp_path_factory.mktemp("hai-phong"))
    return cache(lambda period: _report(layout, period, "hai-phong"))


def _word(report: Report) -> str:
    """The paragraphs of the report, then its tables, the appendices among them."""
    official = _official(report)
    tables = [block for block in official.body if isinstance(block, DocumentTable)]
    tables += [appendix.table for appendix in official.appendices]
    rows = (" | ".join(row.cells) for table in tables for row in table.rows)
    return "\n".join([_paragraphs(official), *rows]).replace("\u00a0", " ")


def _page_rows(report: Report) -> dict[str, str]:
    """The text of each row of the tables and lists of the page, by its anchor."""
    page = Page(*report, "0" * 64)
    html = page.plans().html + page.tasks().html
    found = re.findall(r'<(tr|li) id="([^"]+)"[^>]*>(.*?)</\1>', html, flags=re.DOTALL)
    return {anchor: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip() for _, anchor, text in found}


def _written(write: Callable[..., None], report: Report, path: Path) -> dict[str, dict[str, str]]:
    write(report[0], path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["no"] if row["no"].startswith(row["group"]) else f"{row['group']}.{row['no']}": row for row in rows}


def test_no_day_is_printed_that_no_source_names(walk: Reports, walk_layout: Layout) -> None:
    """The values of 2025 were sent without a day; 14/12/2025 is the cut-off of that report."""
    written = _word(walk("2026"))
    assert "100 (năm 2025, nguồn không nêu ngày)" in written
    assert "ngày 14/12/2025" not in written
    registry = read_registry(walk_layout, PLACE)
    period = Period.parse("2026-Q1")
    earlier = earlier_values(walk_layout, registry, PLACE, period)
    form = form_of(registry, registry.locality(PLACE), period, earlier)
    last = [column.heading for column in INDICATORS].index("Kỳ trước")
    shown = [row[last] for row in form.indicators if row[last]]
    assert shown
    assert all(text.endswith("(năm 2025, nguồn không nêu ngày)") for text in shown)
    later = form_of(registry, registry.locality(PLACE), Period.parse("2026-H1"), walk("2026-H1")[1].earlier)
    assert {row[0]: row[last] for row in later.indicators}[f"{PLAN}/II.15"].endswith(" (10/03/2026)")


def test_the_table_says_which_days_are_assumed(walk: Reports, tmp_path: Path) -> None:
    rows = _written(write_indicators, walk("2026-Q1"), tmp_path / "a.csv")
    assert (rows["II.13"]["latest_as_of"], rows["II.13"]["latest_as_of_stated"]) == ("2025-12-14", "false")
    assert (rows["II.15"]["as_of"], rows["II.15"]["as_of_stated"]) == ("2026-03-10", "true")
    assert rows["II.13"]["as_of_stated"] == ""


def test_the_year_of_a_target_is_that_in_which_it_is_due(walk: Reports, tmp_path: Path) -> None:
    rows = _written(write_indicators, walk("2026-F"), tmp_path / "a.csv")
    assert {label for label, row in rows.items() if row["target_year"] == "2027"} == FIVE
    counted = [row for row in rows.values() if row["kind"] == "indicator" and row["counted"] == "true"]
    of_2026 = [row for row in counted if row["target_year"] == "2026"]
    assert len(of_2026) == 17
    assert "mục tiêu năm 2027 (100%)" in VIETNAMESE.past(
        next(r for p in walk("2028")[0].plans for r in p.indicators if r.key.label == "II.4").past[0], "%"
    ).replace("\u00a0", " ")


def test_lines_that_repeat_others_are_no_further_indicators(cat_hai: Reports) -> None:
    """64 lines of two plans, 13 of which are in both annexes: 30 counted, 21 without a target in 2025."""
    written = _word(cat_hai("2025"))
    assert "có 51 chỉ tiêu (64 dòng, 13 dòng ghi lại dòng khác), trong đó 30 chỉ tiêu" in written
    assert "ngoài phép tính: 21 chỉ tiêu" in written
    page = re.sub(r"<[^>]+>", " ", Page(*cat_hai("2025"), "0" * 64).answer().html)
    assert "không tính 34" in page
    assert "trong đó 13 dòng ghi lại dòng khác" in page


def test_the_value_that_decided_stays_shown(cat_hai: Reports) -> None:
    """2.1, 2.6 and PL3.II.1 of Cát Hải: values of December 2025, which judge nothing in December 2026."""
    rows = _page_rows(cat_hai("2026"))
    for label, value, day in (("2.1", "100%", "01"), ("2.6", "90%", "01")):
        assert f"{value} số liệu ngày {day}/12/2025" in rows[f"cat-hai-2025-h2-{label}"].replace("\u00a0", " ")
    assert "99% số liệu ngày 03/12/2025" in rows["cat-hai-nq57-PL3.II.1"].replace("\u00a0", " ")


def test_a_bound_that_is_to_be_exceeded_is_said_in_word_too(cat_hai: Reports) -> None:
    assert "không đạt; bằng mức mục tiêu, phải vượt mới là đạt" in _word(cat_hai("2025-F"))


def test_a_list_that_lacks_one_row_names_it(walk: Reports) -> None:
    """13 are not met in the first quarter."""
    written = _paragraphs(_official(walk("2026-Q1")))
    assert "và 1 chỉ tiêu khác" not in written
    assert written.count("so với mục tiêu") == 13


def test_a_task_that_is_done_stays_done_when_its_plan_has_ended(walk: Reports, tmp_path: Path) -> None:
    report = walk("2027-Q1")
    rows = _page_rows(report)
    assert "hoàn thành ngày 08/09/2026, đúng hạn (kế hoạch đã hết, không tính)" in rows[f"{PLAN}-task-3.4"]
    assert "hoàn thành ngày 01/10/2026 (kế hoạch đã hết, không tính)" in rows[f"{PLAN}-task-2.1"]
    assert f"{PLAN}-task-3.1" in rows
    assert "</strong> không đánh giá (ngoài thời gian của kế hoạch): " in Page(*report, "0" * 64).tasks().html
    assert "(kế hoạch đã hết, không vào phép đếm nào): 4 đã hoàn thành." in _word(report)
    tasks = _written(write_tasks, report, tmp_path / "t.csv")
    shown = ("done-on-time", "plan-not-in-force", "2026-12-20", "false")
    assert tuple(tasks["6.2"][key] for key in ("past_status", "status", "finished_on", "counted")) == shown
    assert tasks["3.1"]["past_status"] == ""


def test_what_was_due_without_a_report_is_said_afterwards(hai_phong: Reports) -> None:
    """8.1 of Hải Phòng, due on 31/12/2025; on that day nothing goes on until it is due."""
    assert "đến hạn 31/12/2025 chưa có báo cáo" in _word(hai_phong("2026-Q1"))
    assert "Tiếp tục thực hiện và báo cáo đến hạn" in _word(hai_phong("2025"))
    assert "Tiếp tục thực hiện và báo cáo đến hạn" not in _word(hai_phong("2025-F"))


def test_a_plan_that_has_not_begun_has_no_stage_in_force(walk: Reports) -> None:
    completion, intake = walk("2025")
    plan = completion.plans[0]
    row = next(row for row in plan.indicators if row.key.label == "II.1")
    said = str(chain(completion, intake, plan, row, VIETNAMESE))
    assert "đang áp dụng" not in said
    assert "không có mục tiêu định lượng" in said


def test_a_plan_that_has_ended_is_not_said_to_be_unassessed_beside_its_verdicts(walk: Reports) -> None:
    """Each row of a plan of 2026 said “không đạt” in March 2027, under “không đánh giá”."""
    plans = Page(*walk("2028-Q1"), "0" * 64).plans().html
    assert "không tính vào tỷ lệ nào; mục tiêu đã đến hạn chỉ ghi kết luận vào ngày đến hạn." in plans
    assert "không đánh giá và" not in plans
