"""Sources, annexes, windows and values as page and Word state them: nothing is said that is not so."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from pipeline.completion.records import Completion
from pipeline.intake.rows import FileKind, Intake
from pipeline.paths import Layout
from pipeline.report.official.model import OfficialReport
from pipeline.report.page import Page
from pipeline.report.spreadsheet import spreadsheet
from pipeline.report.words import NBSP
from tests.factories import submit
from tests.made_up_year import write_cat_hai, write_year
from tests.report.test_year import _official, _paragraphs, _report, _text

Report = tuple[Completion, Intake]
RECEIVED = "Tỷ lệ hồ sơ thủ tục hành chính nộp trực tuyến"
FINAL = "(số liệu chính thức cả năm)"


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return write_year(tmp_path_factory.mktemp("walk"))


@pytest.fixture(scope="module")
def cat_hai(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """What the project has of Cát Hải and Hải Phòng is of public pages; a few values are sent beside it."""
    return write_cat_hai(tmp_path_factory.mktemp("cat-hai"))


@pytest.fixture(scope="module")
def hai_phong(cat_hai: Layout) -> Report:
    return _report(cat_hai, "2025", "hai-phong")


def _page(report: Report) -> Page:
    return Page(*report, "0" * 64)


def _word(report: Report) -> OfficialReport:
    return _official(report)


def test_a_value_that_a_row_shows_is_not_listed_as_one_without_a_row(hai_phong: Report) -> None:
    """27,17% stands in 2.1 and 100% in 3.1b of the plan of 2023, which has ended; no row asks for the third."""
    completion, _ = hai_phong
    assert [o.concept for o in completion.unplaced] == ["full-online-dossier-rate"]
    assert {"digital-economy-grdp", "commune-broadband"} <= {
        row.concept for plan in completion.plans for row in plan.indicators if row.observation
    }
    reported = _text(_page(hai_phong).reported())
    assert "27,17%" not in reported
    assert "78%" in reported
    said = "8 dòng là số liệu đã công bố ở nơi khác, không vào tỷ lệ nào. 2 dòng thuộc kế hoạch đã hết thời gian"
    assert said in _text(_page(hai_phong).quality())


def test_a_figure_has_a_name_and_no_identifier(hai_phong: Report, cat_hai: Layout) -> None:
    reported = _text(_page(hai_phong).reported())
    assert "Tỷ lệ hồ sơ thủ tục hành chính xử lý trực tuyến toàn trình" in reported
    assert "full-online-dossier-rate" not in reported
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet(_report(cat_hai, "2025", "cat-hai")[0], "0" * 64)))
    head, *rows = book.worksheets[1].iter_rows(values_only=True)
    concepts = {row[head.index("Nội dung đo")] for row in rows}
    assert f"> 98% ({RECEIVED}, 20/11/2025)" in {text.replace(NBSP, " ") for text in _near(head, rows)}
    assert not {name for name in concepts if str(name).isascii() and "-" in str(name)}
    assert not any("online-dossiers-received" in text for text in _near(head, rows))


def _near(head: tuple[object, ...], rows: list[tuple[object, ...]]) -> set[str]:
    place = next(n for n, name in enumerate(head) if str(name).startswith("Số liệu gần nghĩa"))
    return {str(row[place]) for row in rows if row[place]}


def test_values_of_earlier_periods_are_said_to_be_so_where_only_an_ended_plan_shows_them(cat_hai: Layout) -> None:
    report = _report(cat_hai, "2025-F", "hai-phong")
    said = "Kỳ này chưa nhận được số liệu nào; các con số dưới đây là số đã gửi ở kỳ trước, có ngày nằm trong kỳ này."
    assert said in _paragraphs(_word(report))
    assert said in _text(_page(report).answer()).replace(" ;", ";")


def test_missing_annexes_are_those_of_a_plan(cat_hai: Layout, hai_phong: Report) -> None:
    """Cát Hải has two plans: one without its annex and 7 tasks, one whose 13 tasks of annexes are counted."""
    report = _report(cat_hai, "2025", "cat-hai")
    (plan,) = (plan for plan in report[0].in_force if plan.missing_annexes)
    assert plan.id == "cat-hai-2025-h2"
    tasks = [task for task in plan.tasks if not task.repeats]
    assert (len(tasks), {task.annex for task in tasks}) == (7, {""})
    said = "Kế hoạch năm 2025: phụ lục nhiệm vụ chưa có trong sổ; 7 nhiệm vụ của kế hoạch này chưa gồm"
    for text in (_text(_page(report).answer()), _text(_page(report).tasks()), _paragraphs(_word(report))):
        assert said in text
        assert "chỉ gồm nhiệm vụ trong phần lời" not in text
    ended = _text(_page(hai_phong).tasks())
    assert "Kế hoạch năm 2023: phụ lục nhiệm vụ chưa có trong sổ; 22 nhiệm vụ của kế hoạch này chưa gồm" in ended


def test_the_nine_months_do_not_rest_on_the_decree(walk: Layout) -> None:
    report = _report(walk, "2026-9M")
    beside = "theo cách tính của Nghị định 09/2019/NĐ-CP, văn bản này không có kỳ 9 tháng"
    assert f"đến 14/09/2026 ({beside})" in _text(_page(report).head())
    assert f"; lịch chốt: {beside}." in _paragraphs(_word(report)).replace("\N{NON-BREAKING HYPHEN}", "-")
    assert "quyết định này không áp dụng cho nơi khác" in _text(_page(report).quality())
    half = _report(walk, "2026-H1")
    assert "đến 14/06/2026 (Nghị định 09/2019/NĐ-CP)" in _text(_page(half).head())


def test_files_of_public_pages_are_not_files_received(cat_hai: Layout, hai_phong: Report, tmp_path: Path) -> None:
    copied = "địa phương chưa gửi tệp nào cho kỳ này; 2 tệp do người giữ sổ kế hoạch ghi lại từ trang công khai"
    assert f"Số liệu: {copied}; 8 dòng là" in _text(_page(hai_phong).answer())
    both = _text(_page(_report(cat_hai, "2025", "cat-hai")).answer())
    assert "1 tệp nhận được cho kỳ này; " in both
    assert "; 2 tệp do người giữ sổ kế hoạch ghi lại từ trang công khai; 14 dòng" in both
    layout = write_cat_hai(tmp_path)
    row = {"concept": "digital-economy-grdp", "value": "28", "unit": "%", "source": "thử"}
    submit(layout.root, "hai-phong", "2025", FileKind.OBSERVATIONS, row)
    assert "1 tệp nhận được cho kỳ này; 2 tệp do" in _text(_page(_report(layout, "2025", "hai-phong")).answer())


def test_brackets_of_the_final_edition_are_not_nested(walk: Layout, cat_hai: Layout) -> None:
    titles = {
        "binh-giang": "Kết quả thực hiện Kế hoạch chuyển đổi số xã Bình Giang năm 2026",
        "hai-phong": "Tình hình năm 2025 các kế hoạch chuyển đổi số của thành phố Hải Phòng",
        "cat-hai": "Kết quả thực hiện năm 2025 các kế hoạch chuyển đổi số của đặc khu Cát Hải",
    }
    reports = {"binh-giang": _report(walk, "2026-F")}
    reports |= {place: _report(cat_hai, "2025-F", place) for place in ("hai-phong", "cat-hai")}
    assert {place: _word(report).subject for place, report in reports.items()} == {
        place: f"{title} {FINAL}" for place, title in titles.items()
    }
    assert "Năm 2026, số liệu chính thức: số liệu từ 01/01/2026" in _text(_page(reports["binh-giang"]).head())
