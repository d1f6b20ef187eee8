"""Kinds of documents that were written without looking at the reader: what it got wrong first, and what is right.

The documents are shortened to the trait that mattered. Their figures and names are made up.
"""

from __future__ import annotations

import pytest

from pipeline.digitise.composed_headings import composed_meaning
from pipeline.digitise.definitions import as_concept
from pipeline.digitise.draft_rows import DraftRow
from pipeline.digitise.offices import is_named_office, is_office
from pipeline.digitise.plan_document import Document
from pipeline.digitise.text_document import read_text_plan
from pipeline.documents.blocks import Table, TableCell, from_plain
from pipeline.documents.join_blocks import joined, one_line
from pipeline.documents.labels import split_label
from pipeline.intake.heading_words import fold
from tests.digitise.test_properties import read

HEAD = "Số: 22/KH-UBND\nNghi Dương, ngày 03 tháng 02 năm 2026\nKế hoạch\nChuyển đổi số xã Nghi Dương năm 2026\n"


def document(*lines: str) -> Document:
    """A plan of 2026 with some lines."""
    return read(from_plain(read_text_plan((HEAD + "\n".join(lines)).encode())))


def fields(row: DraftRow) -> dict[str, str]:
    """Fields and targets of a row."""
    return {name: one.value for name, one in row.all_taken()}


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("Phòng phụ trách", "lead"),
        ("Cơ quan, đơn vị chủ trì theo dõi", "lead"),
        ("Ai phối hợp", "coordinating"),
        ("Chỉ tiêu/Nhiệm vụ", "name"),
        ("Nhiệm vụ, đề án, dự án", "task"),
        ("Thời điểm đạt", "deadline"),
        ("Hạn", "deadline"),
        ("Giá trị cơ sở", "previous"),
        ("Giải thích chỉ tiêu", "definition"),
        # A word that is not known, and headings that mean something else.
        ("Đơn vị", ""),
        ("Đơn vị báo cáo", ""),
        ("Kết quả", ""),
        ("Tiến độ giải ngân", ""),
        ("Phòng họp", ""),
        ("Cơ quan", ""),
    ],
)
def test_a_heading_is_understood_only_where_every_word_is(heading: str, meaning: str) -> None:
    assert composed_meaning(fold(heading)) == meaning


def test_a_mixed_table_has_indicators_with_times_and_tasks() -> None:
    rows = document(
        "I. Nội dung",
        "| STT | Chỉ tiêu/Nhi ệm vụ | Đơn vị tính | Kết quả năm 2025 | Mục tiêu năm 2026 | Đơn vị thực hiện | Hạn |",
        "|---|---|---|---|---|---|---|",
        "| I | CHỈ TIÊU | | | | | |",
        "| 1 | Số tuyến đường có camera | tuyến | 4 | 7 | Công an xã | Quý II/2026 |",
        "| 2 | Tỷ lệ chữ ký số | % | 92 | 100 | Công an xã | Quý II/2027 |",
        "| II | NHIỆM VỤ | | | | | |",
        "| 3 | Sơ kết thực hiện | | | | Công an xã | Trước 15/7/2026 |",
    ).reading.rows
    assert [row.kind for row in rows] == ["indicator", "indicator", "task"]
    assert (fields(rows[0])["target 2026"], fields(rows[0])["deadline"]) == ("7", "Quý II/2026")
    # A time outside of the year of the target is not that of the target.
    assert "deadline" not in fields(rows[1]) and "Quý II/2027" in rows[1].all_doubts[0]
    assert fields(rows[2])["deadline"] == "Trước 15/7/2026"


def test_costs_beside_tasks_are_listed_and_the_tasks_read() -> None:
    made = document(
        "I. Nhiệm vụ",
        "| TT | Tên nhiệm vụ | Chủ trì | Tiến độ | Kinh phí (triệu đồng) |",
        "|---|---|---|---|---|",
        "| 1 | Mạng cảm biến | Phòng Kinh tế | 2026 - 2028 | 250 |",
    )
    assert fields(made.reading.rows[0]) == {
        "name": "Mạng cảm biến",
        "lead": "Phòng Kinh tế",
        "deadline": "2026 - 2028",
    }
    assert [one.text for one in made.listed if one.figure and one.text == "250"]


def test_definitions_come_from_a_column_a_table_or_lines() -> None:
    table = ("| TT | Chỉ tiêu | Đơn vị | Năm 2026 |", "|---|---|---|---|", "| 1 | Hộ có mã số | % | 85 |")
    said = "số hộ có mã trên tổng số hộ"
    column = ("| TT | Chỉ tiêu | Giải thích chỉ tiêu | Đơn vị | Năm 2026 |", "|---|---|---|---|---|")
    for lines in (
        (*column, f"| 1 | Hộ có mã số | {said} | % | 85 |"),
        (*table, "II. Giải thích chỉ tiêu", f"- Hộ có mã số: {said}", "- Hộ khác: 12 hộ"),
        (*table, "II. Cách tính", "| TT | Chỉ tiêu | Cách tính |", "|---|---|---|", f"| 1 | Hộ có mã số | {said} |"),
    ):
        made = document("I. Chỉ tiêu", *lines)
        assert [fields(row)["definition"] for row in made.reading.rows] == [said]
    assert as_concept(said) == (("counted", "số hộ có mã"), ("over", "tổng số hộ"))
    assert as_concept("thang 5 mức") == (("counted", "thang 5 mức"),)


def test_offices_and_times_of_lines() -> None:
    rows = document(
        "I. Nhiệm vụ",
        "1. Lắp đặt hệ thống truyền thanh.",
        "(Chủ trì: Phòng Văn hóa - Xã hội; phối hợp: Phòng Kinh tế; hoàn thành: Quý III/2026)",
        "2. Tổ chức ngày hội (Phòng Kinh tế chủ trì, hoàn thành tháng 10/2026).",
        "3. Công an xã: cấp tài khoản định danh trước 30/9/2026.",
        "a) Phòng Kinh tế, Hạ tầng và Đô thị",
        "- Gắn biển số nhà.",
        "4. Bộ Khoa học và Công nghệ",
        "a) Trình nghị định trong Quý III năm 2026.",
    ).reading.rows
    stated = [{name: one for name, one in fields(row).items() if name != "name"} for row in rows]
    assert stated == [
        {"lead": "Phòng Văn hóa - Xã hội", "coordinating": "Phòng Kinh tế", "deadline": "Quý III/2026"},
        {"lead": "Phòng Kinh tế", "deadline": "tháng 10/2026"},
        {"lead": "Công an xã", "deadline": "trước 30/9/2026"},
        {"lead": "Phòng Kinh tế, Hạ tầng và Đô thị"},
        {"lead": "Bộ Khoa học và Công nghệ", "deadline": "trong Quý III năm 2026"},
    ]
    assert all(row.all_doubts for row in rows[1:])


@pytest.mark.parametrize(
    "text", ["Trung tâm dữ liệu vùng", "Phòng chống mã độc", "Ban hành quy chế", "Tổ chức lớp học"]
)
def test_things_are_no_offices(text: str) -> None:
    assert not is_named_office(text)
    assert not is_office("Tổ chức lớp học")


def test_figures_of_lines() -> None:
    rows = document(
        "I. Mục tiêu",
        "1. 100% văn bản được ký số (trừ văn bản mật).",
        "2. Tốc độ tăng năng suất lao động bình quân trên 8,5%/năm.",
        "3. Ít nhất 03 cơ sở dữ liệu ngành được kết nối.",
    ).reading.rows
    assert [(row.no, fields(row)["target 2026"], fields(row)["unit"]) for row in rows] == [
        ("1", "100%", "%"),
        ("2", "trên 8,5%/năm", "%/năm"),
        ("3", "Ít nhất 03", "cơ sở dữ liệu"),
    ]
    assert split_label("1. 100 hộ") == ("", "1. 100 hộ")  # may be 1.100


def test_loose_cells_of_an_annex_are_no_tasks() -> None:
    made = document(
        "I. Nhiệm vụ", "1. Rà soát.", "PHỤ LỤC I", "I. Hạ tầng", "1", "Tỷ lệ phủ sóng", "3%", "Phòng Kinh tế"
    )
    assert [fields(row)["name"] for row in made.reading.rows] == ["Rà soát"]
    assert {"Tỷ lệ phủ sóng", "3%", "Phòng Kinh tế"} <= {one.text for one in made.listed}


def _page(number: int, rows: list[list[tuple[str, int]]], rules: tuple[float, ...]) -> Table:
    """A table of a page of a PDF; each cell with its height, 0 where the cell above covers it."""
    cells = [
        TableCell(text, f"trang {number}", r, c, height)
        for r, row in enumerate(rows)
        for c, (text, height) in enumerate(row)
        if height
    ]
    return Table(tuple(cells), f"trang {number}", page=number, rules=rules)


def test_a_page_cuts_a_row_inside_merged_cells() -> None:
    rules = (50.0, 90.0, 120.0, 300.0, 400.0)
    one = _page(
        1, [[("An toàn", 2), ("1", 1), ("Rà soát", 1), ("Công an xã", 2)], [("", 0), ("2", 1), ("Nâng", 1)]], rules
    )
    two = _page(2, [[("", 2), ("", 1), ("cấp máy", 1), ("", 2)], [("", 0), ("3", 1), ("Tập huấn", 1)]], rules)
    whole = joined([one, two])
    assert len(whole) == 1 and isinstance(whole[0], Table)
    lead = next(cell for cell in whole[0].cells if cell.text == "Công an xã")
    assert (whole[0].rows, lead.height) == (3, 3)
    assert [cell.text for cell in whole[0].cells if cell.column == 2] == ["Rà soát", "Nâng cấp máy", "Tập huấn"]

    def tables(*pages: Table) -> int:
        return sum(isinstance(block, Table) for block in joined(pages))

    assert tables(one, _page(2, [[("TT", 1), ("Tên", 1), ("Hạn", 1), ("", 1)]], rules)) == 2  # a head of its own
    rest = [[("", 1), ("", 1), ("x", 1), ("", 1)]]
    assert tables(one, _page(2, rest, (50.0, 99.0, *rules[2:]))) == 2  # other rules
    assert tables(one, _page(3, rest, rules)) == 2  # a page lies between


def test_a_year_that_a_narrow_column_cuts() -> None:
    assert one_line("Trước 15/7/202\n6") == "Trước 15/7/2026"
    assert one_line("12\n5") == "12 5"  # two figures, or one: refused later
