"""Kinds of submissions of offices that were refused without need, and formats that show another number."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.intake.number_format import shows_another_number
from pipeline.intake.open_document import _number
from tests.intake.outcomes import COUNTED, N, book, outcome

READ = {"II.15": "88.25"}


@pytest.mark.parametrize(
    ("number_format", "other"),
    [("# ?/?", True), ("# ??/??", True), ("?/8", True), ("# ?/10", True), ("0.00", False)],
)
def test_a_format_that_shows_a_fraction_shows_another_number(number_format: str, other: bool) -> None:
    assert shows_another_number(number_format) is other


def test_a_cell_that_shows_a_fraction_is_faulty() -> None:
    def fraction(sheet: Any) -> None:
        sheet["C2"], sheet["C2"].number_format = 0.5, "# ?/?"

    rows = [["STT", "Chỉ tiêu", "Kết quả", "Nguồn"], [1, N, 0.5, "BC 45"]]
    assert outcome(book(rows, fraction), "a.xlsx").out == {2: "cell"}
    assert _number("0.5", percent=False, shown="1/2").fault == "scaled"
    assert _number("0.5", percent=False, shown="0,5").fault == ""


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009", " ", ""])
def test_any_space_before_the_per_cent_sign_is_read(space: str) -> None:
    assert outcome(f"STT;Chỉ tiêu;Kết quả;Nguồn\n1;{N};88,25{space}%;BC\n").values == READ


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("88,25% hồ sơ", READ),
        ("Đạt 88,25% hồ sơ", READ),
        ("88,25% hồ sơ thủ tục hành chính", READ),
        ("88,25% người dân", {}),
        ("88,25% kế hoạch", {}),
        ("88,25% hồ sơ quá hạn", {}),
    ],
)
def test_a_word_for_what_the_share_is_of_is_read(written: str, values: dict[str, str]) -> None:
    assert outcome(f"STT;Chỉ tiêu;Kết quả;Nguồn\n1;{N};{written};BC\n").values == values


@pytest.mark.parametrize(
    ("head", "values", "refused"),
    [
        ("No. / STT;Chỉ tiêu / Indicator;Kết quả / Result;Nguồn / Source", READ, ""),
        ("STT/No.;Chỉ tiêu/Indicator;Kết quả quý I/2026/Result;Nguồn/Source", READ, ""),
        ("STT;Chỉ tiêu / Indicator;Kết quả quý I năm 2026 / Result Q1 2026;Nguồn / Source", READ, ""),
        ("STT;Chỉ tiêu / Indicator;Kết quả quý I năm 2026 / Result Q2 2026;Nguồn / Source", {}, "header"),
        ("STT;Chỉ tiêu / Indicator;Mục tiêu / Result;Nguồn / Source", {}, "header"),
        ("STT;Chỉ tiêu / Indicator;Kết quả / Result 2025;Nguồn / Source", {}, "header"),
    ],
)
def test_heads_in_two_languages(head: str, values: dict[str, str], refused: str) -> None:
    found = outcome(f"{head}\n1;{N};88,25;BC\n".replace("No. / STT", "STT / No."))
    assert (found.values, found.refused) == (values, refused)


def test_two_tables_side_by_side_are_named_with_the_remedy() -> None:
    head = ["STT", "Chỉ tiêu", "Kết quả", "Nguồn"]
    content = book([[*head, None, *head], [1, N, 88.25, "BC", None, 2, COUNTED, 3, "BC"]])
    found = outcome(content, "a.xlsx")
    assert found.refused == "heading-repeated"
    assert "hai bảng đặt cạnh nhau" in found.message and "“STT”" in found.message
    assert "xuống dưới" in found.remedy


def test_a_heading_that_stands_twice_is_named_as_it_is_printed() -> None:
    found = outcome(f"STT;Chỉ tiêu;Kết quả;Nguồn;Nguồn số liệu\n1;{N};88,25;BC;BC\n")
    assert found.refused == "heading-repeated"
    assert "“Nguồn” và “Nguồn số liệu”" in found.message


@pytest.mark.parametrize(
    ("head", "row", "period", "refused"),
    [
        ("Năm 2024;Năm 2025;Quý I/2026", "70,2;82,78;88,25", "2026-Q1", ""),
        ("Năm 2025;Kết quả quý I/2026", "82,78;88,25", "2026-Q1", ""),
        ("2030;Kết quả 2025", "≥100%;88,25", "2025", ""),
        ("2026;2030;Kết quả 2025", "90;100;88,25", "2025", ""),
        ("2025;2030;2035;Kết quả 2025", "≥70%;100%;100%;88,25", "2025", ""),
        ("2024;2025;Kết quả 2025", "70;80;88,25", "2025", "which-column"),
        ("2030;Kết quả", "100;88,25", "2025", "which-column"),
        ("Năm 2026;Quý I/2026", "90;88,25", "2026-Q1", "which-column"),
        ("Lũy kế 2025;Quý I/2026", "90;88,25", "2026-Q1", ""),
    ],
)
def test_a_bare_other_year_is_no_rival_of_the_period(head: str, row: str, period: str, refused: str) -> None:
    found = outcome(f"STT;Chỉ tiêu;{head};Nguồn\n1;{N};{row};BC\n", period=period)
    assert (found.refused, found.values) == (refused, {} if refused else READ)


def test_a_year_that_is_not_read_is_said() -> None:
    found = outcome(f"STT;Chỉ tiêu;Năm 2025;Quý I/2026;Nguồn\n1;{N};82,78;88,25;BC\n")
    assert any("Năm 2025" in remark for remark in found.remarks)


@pytest.mark.parametrize("total", ["Bình quân nhóm II", "Tổng cộng: 3 chỉ tiêu", "Trung bình chung", "Cộng mục A"])
def test_a_total_of_a_group_is_no_row(total: str) -> None:
    found = outcome(f"STT;Chỉ tiêu;Kết quả;Nguồn\n1;{N};88,25;BC\n;{total};66,9;\n")
    assert (found.values, found.out) == (READ, {})
    assert any(total in remark for remark in found.remarks)


@pytest.mark.parametrize("name", ["Tổng số hồ sơ", "Bình quân thu nhập", "Cộng đồng số"])
def test_what_only_begins_like_a_total_is_a_row(name: str) -> None:
    found = outcome(f"STT;Chỉ tiêu;Kết quả;Nguồn\n1;{N};88,25;BC\n;{name};66,9;BC\n")
    assert set(found.out) == {3}


@pytest.mark.parametrize(
    "text",
    [
        "STT|Chỉ tiêu|Kết quả|Nguồn\n1|#N|88,25|BC 45, 46; 47\n",
        '"STT"|"Chỉ tiêu"|"Kết quả"|"Nguồn"\n"1"|"#N"|"88,25"|"BC 45 | 46"\n',
        "sep=|\nSTT|Chỉ tiêu|Kết quả|Nguồn\n1|#N|88,25|BC 45\n",
    ],
)
def test_bars_part_cells_as_other_delimiters_do(text: str) -> None:
    assert outcome(text).values == READ
    assert outcome("STT;Chỉ tiêu;Kết quả;Nguồn\n1;#N;88,25;a|b|c|d\n2;#C;3;a|b|c|d\n").values.keys() == {
        "II.15",
        "6.4a",
    }


def test_a_number_of_kinds_is_read_where_kinds_are_counted() -> None:
    different = "Số phương tiện lưu trữ khác nhau dùng để lưu trữ bản sao dữ liệu"
    found = outcome(f"Chỉ tiêu;ĐVT;Kết quả;Nguồn\n{different};phương tiện;02 loại;BC\n{COUNTED};bản sao;02 loại;BC\n")
    assert found.values == {"6.4b": "2"}
    assert found.out == {3: "number"}
