"""What stands around the rows of a table, and what one line says for all of them."""

from __future__ import annotations

import pytest

from tests.intake.outcomes import N, book, outcome

HEAD = "STT;Chỉ tiêu;Kết quả;Nguồn\n"
ROW = "1;#N;88,25;BC 45\n"
READ = {"II.15": "88.25"}


@pytest.mark.parametrize("numbers", ["(1);(2);(3);(4)", "1;2;3;4", "A;B;1;2", "[1]" and "(A);(B);(1);(2)=(1)/3"])
def test_numbers_of_columns_are_no_row(numbers: str) -> None:
    found = outcome(f"{HEAD}{numbers}\n{ROW}")
    assert (found.values, found.out) == (READ, {})


@pytest.mark.parametrize(
    "below",
    [
        ";;;Bình Giang, ngày 05 tháng 4 năm 2026",
        ";;;TM. ỦY BAN NHÂN DÂN\n;NGƯỜI LẬP;;CHỦ TỊCH\n;Nguyễn Văn A;;Trần Văn B",
        ";;TM. ỦY BAN NHÂN DÂN;\n;;KT. CHỦ TỊCH;\n;;(Ký, đóng dấu);\n;;Trần Văn B;",
        "Nơi nhận:;;;\n- UBND thành phố;;;\n- Lưu: VT.;;;",
        "Tổng cộng;;88;",
        ";Trung bình;88,25;",
        "Cộng;;88,25;BC",
        "Bình Giang, ngày 05 tháng 4 năm 2026",
    ],
)
def test_totals_and_signatures_are_no_rows(below: str) -> None:
    found = outcome(f"{HEAD}{ROW}{below}\n")
    assert (found.values, found.out, "line-unused" in found.noted) == (READ, {}, True)


def test_a_row_with_a_figure_below_the_signatures_is_still_a_row() -> None:
    found = outcome(f"{HEAD}{ROW};;;TM. ỦY BAN NHÂN DÂN\n9;Tên lạ;77;BC\n")
    assert found.out == {4: "known-subject"}


@pytest.mark.parametrize(
    "text",
    [
        "STT;Chỉ tiêu;Kết quả\n1;#N;88,25\nNguồn: BC số 45/BC-UBND;;\n",
        "Nguồn số liệu: BC số 45/BC-UBND;;\nSTT;Chỉ tiêu;Kết quả\n1;#N;88,25\n",
        "(Nguồn: BC số 45/BC-UBND);;;\nSTT;Chỉ tiêu;Kết quả;Nguồn\n1;#N;88,25;\n",
    ],
)
def test_one_statement_of_source_serves_a_table(text: str) -> None:
    found = outcome(text)
    assert (found.values, found.sources) == (READ, {"BC số 45/BC-UBND"})


def test_a_unit_stated_for_the_table_is_that_of_its_rows() -> None:
    assert outcome("Đơn vị tính: %;;;\n" + HEAD + ROW).values == READ
    assert outcome("Đơn vị tính: hồ sơ;;;\n" + HEAD + ROW).out == {3: "unit-agrees"}


def test_a_source_merged_over_rows_is_that_of_each_a_figure_of_none() -> None:
    rows = [["STT", "Chỉ tiêu", "Kết quả", "Nguồn"], [1, N, 88.25, "BC 45"], [2, "Số bản sao", None, None]]
    rows[2][1] = "Tỷ lệ hồ sơ, kết quả giải quyết thủ tục hành chính được số hóa"
    rows[2][2] = 77
    found = outcome(book(rows, lambda sheet: sheet.merge_cells("D2:D3")), "a.xlsx")
    assert (found.values, found.sources) == ({"II.15": "88.25", "II.13": "77"}, {"BC 45"})
    rows[2][2:] = [None, "BC"]
    assert outcome(book(rows, lambda sheet: sheet.merge_cells("C2:C3")), "a.xlsx").out == {3: "cell"}


def test_many_merged_areas_are_looked_up_by_line() -> None:
    """20,000 areas took 140 s when every empty cell walked all of them."""
    from pipeline.intake.cells import Area, Cell, Grid, Line

    lines = tuple(Line(n, (Cell("1"), Cell(""), Cell(""))) for n in range(1, 20_001))
    grid = Grid("x", lines, merged=tuple(Area(n, n, 1, 2) for n in range(1, 20_001)))
    assert all(grid.area_at(n, 2) == Area(n, n, 1, 2) for n in (1, 10_000, 20_000))
    assert all(len(grid.areas_of(line.number)) == 1 for line in lines)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("15. #N", "II.15"),
        ("- #N", "II.15"),
        ("#N (1)", "II.15"),
        ("#N (%)", "II.15"),
        ("#N (*)", "II.15"),
        ("#N đạt 100%", "II.15"),
        ("Tỷ lệ hồ sơ TTHC xử lý trực tuyến", "II.15"),
        ("Tỷ lệ DVC trực tuyến toàn trình trên tổng số TTHC có đủ điều kiện", "II.14"),
        ("Tỷ lệ DVCTT toàn trình trên tổng số TTHC có đủ điều kiện", "II.14"),
    ],
)
def test_names_that_are_numbered_or_abbreviated(name: str, label: str) -> None:
    assert outcome(f"{HEAD};{name};88,25;BC\n").values == {label: "88.25"}


def test_group_and_number_with_a_shortened_name() -> None:
    head = "Nhóm;STT;Chỉ tiêu;Kết quả;Nguồn\n"
    assert outcome(head + "II;14;Tỷ lệ DVCTT toàn trình;88,25;BC\n").values == {"II.14": "88.25"}
    assert outcome(head + "II;15;Tỷ lệ DVCTT toàn trình;88,25;BC\n").out == {2: "known-subject"}
    assert outcome(head + "II;14;Tỷ lệ toàn trình;88,25;BC\n").out == {2: "known-subject"}


def test_suggestions_are_looked_for_a_hundred_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    import difflib

    from pipeline.intake import subjects

    asked: list[str] = []
    monkeypatch.setattr(difflib, "get_close_matches", lambda name, *_, **__: asked.append(name) or [])
    rows = "".join(f"{i};Tên lạ số {i} không có ở đâu;1;BC\n" for i in range(300))
    assert len(outcome(HEAD + rows).out) == 300
    assert len(asked) == subjects.SUGGESTIONS
