"""Cells that look otherwise than they are, and workbooks that other programs write."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from pipeline.intake.cell_look import takes_from_another_file
from pipeline.intake.number_format import is_percentage, shows_another_number
from tests.intake.outcomes import N, book, outcome

HEAD: list[object] = ["STT", "Chỉ tiêu", "Kết quả", "Nguồn"]
STRUCK, RAISED = InlineFont(strike=True), InlineFont(vertAlign="superscript")
READ = {"II.15": "88.25"}


def _book(value: object, change: Callable[..., None] = lambda sheet: None, name: object = N) -> bytes:
    return book([HEAD, [1, name, value, "BC"]], change)


def _parts(content: bytes, change: dict[str, Callable[[bytes], bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            out.writestr(name, change.get(name, lambda data: data)(source.read(name)))
    return target.getvalue()


@pytest.mark.parametrize(
    ("value", "change"),
    [
        (CellRichText(TextBlock(STRUCK, "2"), "3"), lambda sheet: None),
        (CellRichText("2", TextBlock(RAISED, "1")), lambda sheet: None),
        (23, lambda sheet: setattr(sheet["C2"], "font", Font(strike=True))),
        (3000, lambda sheet: setattr(sheet["C2"], "number_format", "#,##0,")),
        (3, lambda sheet: setattr(sheet["C2"], "number_format", '0"000"')),
        (3, lambda sheet: setattr(sheet["C2"], "number_format", ";;;")),
    ],
    ids=["struck run", "raised digit", "struck cell", "in thousands", "digits added", "nothing shown"],
)
def test_a_value_that_looks_otherwise_is_a_fault_of_its_cell(value: object, change: Callable[..., None]) -> None:
    assert outcome(_book(value, change), "a.xlsx").out == {2: "cell"}


def test_a_mark_of_a_footnote_on_a_name_is_no_part_of_it() -> None:
    content = _book(88.25, name=CellRichText(N, TextBlock(RAISED, "1")))
    assert outcome(content, "a.xlsx").values == READ


@pytest.mark.parametrize("number_format", ["#,##0", "0.00", "0%", "_(* #,##0.00_)", "General", "#,##0.0;[Red]-#,##0.0"])
def test_usual_formats_show_the_number(number_format: str) -> None:
    assert not shows_another_number(number_format)


@pytest.mark.parametrize("number_format", ["#,##0,", '0"000"', r"0\0", "0*0", ";;;", '"x"', "e", "0,;-0"])
def test_a_format_that_shows_another_number(number_format: str) -> None:
    assert shows_another_number(number_format)


@pytest.mark.parametrize(
    ("number_format", "percent"),
    [("0%", True), ("0.0 %", True), ("0;-0%", True), (r"0\%", False), ('0"%"', False), ("0_%", False), ("0*%", False)],
)
def test_only_a_sign_that_multiplies_is_a_percentage(number_format: str, percent: bool) -> None:
    assert is_percentage(number_format) is percent


@pytest.mark.parametrize("formula", ["=[1]Tờ1!A1", "='file:///C:/a.xlsx'#$Tờ1.A1", "='[so lieu.xlsx]Tờ1'!A1"])
def test_formulas_of_other_files(formula: str) -> None:
    assert takes_from_another_file(formula)
    assert not takes_from_another_file("=SUM(A1:A3)")


def test_hidden_columns_of_figures_are_not_read_and_others_are_said() -> None:
    def hide(*letters: str) -> Callable[..., None]:
        return lambda sheet: [setattr(sheet.column_dimensions[c], "hidden", True) for c in letters]  # type: ignore[func-returns-value]

    two = [["STT", "Chỉ tiêu", "Kết quả", "Kết quả", "Nguồn"], [1, N, 70, 88.25, "BC"]]
    found = outcome(book(two, hide("C")), "a.xlsx")  # type: ignore[arg-type]
    assert (found.values, found.noted) == (READ, {"hidden-column"})
    assert outcome(_book(88.25, hide("C")), "a.xlsx").refused == "header"
    commune = [
        ["STT", "Xã", "Chỉ tiêu", "Kết quả", "Nguồn"],
        [1, "Kẻ Sặt", N, 70, "BC"],
        [2, "Bình Giang", N, 88.25, "BC"],
    ]
    found = outcome(book(commune, hide("B")), "a.xlsx")  # type: ignore[arg-type]
    assert (found.values, found.noted) == (READ, {"hidden-column", "other-locality"})


def test_line_ends_of_other_programs_are_text() -> None:
    assert outcome(_book(88.25, name=f"{N}_x000D_\n"), "a.xlsx").values == READ


def test_a_book_without_a_part_that_its_styles_need_is_read_or_refused_by_name() -> None:
    bare = _parts(_book(88.25), {"xl/styles.xml": lambda data: re.sub(rb"<cellStyleXfs.*?</cellStyleXfs>", b"", data)})
    found = outcome(bare, "a.xlsx")
    assert found.values == READ or found.refused == "damaged"


def test_a_strict_book_is_told_what_to_save_as() -> None:
    strict = _parts(
        _book(88.25),
        {
            "xl/workbook.xml": lambda data: data.replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
        },
    )
    found = outcome(strict, "a.xlsx")
    assert (found.refused, "Excel Workbook" in found.remedy) == ("format", True)


def test_an_empty_formatted_cell_far_away_is_no_extent() -> None:
    far = b'<row r="1048576"><c r="H1048576" s="0"/></row></sheetData>'
    content = _parts(_book(88.25), {"xl/worksheets/sheet1.xml": lambda data: data.replace(b"</sheetData>", far)})
    assert outcome(content, "a.xlsx").values == READ


def test_a_link_that_no_cell_uses_stops_nothing() -> None:
    content = _book(88.25)
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as out:
        out.writestr("xl/externalLinks/externalLink1.xml", "<x/>")
    assert outcome(target.getvalue(), "a.xlsx").values == READ


@pytest.mark.parametrize(
    ("part", "said"), [("word/document.xml", "Word"), ("content.xml", "OpenDocument"), ("xl/workbook.bin", "xlsb")]
)
def test_renamed_formats_are_called_by_their_name(part: str, said: str) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        out.writestr(part, "<x/>")
    found = outcome(target.getvalue(), "a.xlsx")
    assert (found.refused, said in found.message) == ("format", True)


def test_a_workbook_with_macros_is_read_without_them_where_its_name_says_so() -> None:
    target = io.BytesIO(_book(88.25))
    with zipfile.ZipFile(target, "a") as out:
        out.writestr("xl/vbaProject.bin", b"x")
    assert outcome(target.getvalue(), "a.xlsm").values == READ
    assert outcome(target.getvalue(), "a.xlsx").refused == "macro"
