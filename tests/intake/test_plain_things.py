"""Inputs that were read wrongly, refused without need, or took too long, each with what is right."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from openpyxl.styles import Font

from pipeline.intake import sheets
from pipeline.intake.delimited import read_delimited
from pipeline.intake.values import same_unit
from tests.intake.outcomes import COUNTED, N, book, outcome, registry

SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
ROWS: list[list[object]] = [["STT", "Chỉ tiêu", "Kết quả", "Nguồn"], [1, N, 88.25, "BC 45"]]
READ = {"II.15": "88.25"}
CELL = b'<c r="C2" t="n"><v>88.25</v>'


def _changed(part: str, old: bytes, new: bytes, content: bytes | None = None) -> bytes:
    """The workbook of one row, with a part written otherwise; without the part where there is nothing to write."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content or book(ROWS))) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            if name == part and old:
                assert data.count(old) > 0
                data = data.replace(old, new, 1)
            if name != part or old:
                out.writestr(name, data)
    return target.getvalue()


def test_the_export_of_a_system_is_of_another_quarter_and_asks_which_is_the_result() -> None:
    head = "STT;Kỳ báo cáo;Tên chỉ tiêu;Tỷ lệ được giao;Chỉ tiêu phải thực hiện;Kết quả thực hiện;Tỷ lệ thực hiện;Nguồn"
    head += "\n"
    found = outcome(head + "1;Quý IV/2025;#N;95;60;53;88,3;NQ57\n")
    assert found.refused == "which-column"
    code = re.search(r"h[0-9a-f]{6}", found.remedy)
    assert code is not None
    answered = outcome(head + "1;Quý IV/2025;#N;95;60;53;88,3;NQ57\n", answers={code[0]: "Tỷ lệ thực hiện"})
    assert answered.refused == "other-period"
    own = outcome(head + "1;Quý I/2026;#N;95;60;53;88,3;NQ57\n", answers={code[0]: "Tỷ lệ thực hiện"})
    assert own.values == {"II.15": "88.3"}


def test_a_row_that_is_struck_out_is_out() -> None:
    def strike(sheet: Any) -> None:
        for cell in sheet[3]:
            cell.font = Font(strike=True)

    found = outcome(book([*ROWS, [2, COUNTED, 3, "BC"]], strike), "a.xlsx")
    assert (found.values, found.out) == (READ, {3: "cell"})


def test_digits_that_a_format_hides_are_kept() -> None:
    def percent(sheet: Any) -> None:
        sheet["C2"], sheet["C2"].number_format = 0.554, "0%"

    assert outcome(book(ROWS, percent), "a.xlsx").values == {"II.15": "55.4"}


def test_a_value_from_another_file_is_a_fault_of_its_cell() -> None:
    linked = _changed(SHEET, CELL, b'<c r="C2"><f>[1]Bieu!A1</f><v>88.25</v>')
    assert outcome(linked, "a.xlsx").out == {2: "cell"}
    quoted = _changed(SHEET, CELL, b"<c r=\"C2\"><f>'file:///C:/cu.xlsx'#$A.A1</f><v>88.25</v>")
    assert outcome(quoted, "a.xlsx").out == {2: "cell"}


def test_a_number_shown_as_a_day_before_1901_is_a_fault_of_its_cell() -> None:
    style = b'<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    dated = _changed(STYLES, b"</cellXfs>", style, _changed(SHEET, CELL, b'<c r="C2" s="1"><v>20.5</v>'))
    assert outcome(dated, "a.xlsx").out == {2: "cell"}


ALTERNATE = (
    b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    b'<mc:Choice Requires="x14"/></mc:AlternateContent></styleSheet>'
)
CACHE = (
    b'<pivotCaches><pivotCache cacheId="1" r:id="rId77" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships"/></pivotCaches></workbook>'
)


@pytest.mark.parametrize(
    "content",
    [
        _changed(STYLES, b"", b""),
        _changed(STYLES, b"</styleSheet>", ALTERNATE),
        _changed("xl/workbook.xml", b"</workbook>", CACHE),
    ],
    ids=["without styles", "alternate content", "pivot without its part"],
)
def test_sound_books_with_odd_parts_are_read(content: bytes) -> None:
    assert outcome(content, "a.xlsx").values == READ


@pytest.mark.parametrize(
    ("content", "rule", "remedy"),
    [
        (_changed(SHEET, b'<c r="C2"', b'<c r="C2" s=""'), "damaged", "chép riêng bảng số liệu sang sổ mới"),
        (_changed(STYLES, b"<font>", b'<font odd="1">'), "damaged", "chép riêng bảng số liệu sang sổ mới"),
        (_changed(SHEET, b'<c r="C2"', b"<c"), "engines-disagree", "lưu lại"),
    ],
    ids=["empty style", "odd attribute", "cell without address"],
)
def test_what_one_reader_does_not_understand_is_refused_with_a_remedy_that_helps(
    content: bytes, rule: str, remedy: str
) -> None:
    found = outcome(content, "a.xlsx")
    assert (found.refused, remedy in found.remedy) == (rule, True)


def test_names_of_the_plan_with_commas_do_not_decide_the_delimiter() -> None:
    """A quoted cell beside a name with more commas than the line has semicolons refused the file."""
    names = [x.name for plan in registry().plans_of("binh-giang") for x in plan.indicators]
    assert sum("," in name for name in names) > 5
    for name in names:
        for more in ("", "%;"):
            quoted = name.replace('"', '""')
            text = f'Chỉ tiêu;{"ĐVT;" if more else ""}Kết quả;Nguồn\n"{quoted}";{more}81,5;"BC 45"\n'
            (_, row) = read_delimited(text.encode()).lines
            assert (row.texts[0], row.texts[-2:]) == (
                " ".join(name.split()) if "\n" in name else name,
                ("81,5", "BC 45"),
            )


@pytest.mark.parametrize(
    ("written", "planned", "same"),
    [
        ("Tỷ lệ (%)", "%", True),
        ("(%)", "%", True),
        ("h", "giờ", True),
        ("Bản", "bản sao", True),
        ("Bản ghi", "bản sao", False),
        ("đồng", "triệu đồng", False),
        ("Tỷ lệ (%)", "hồ sơ", False),
        ("", "hồ sơ", False),
    ],
)
def test_units_as_offices_write_them(written: str, planned: str, same: bool) -> None:
    assert same_unit(written, planned) is same


def test_one_decimal_dot_among_commas_is_plain() -> None:
    other = "Tỷ lệ hồ sơ, kết quả giải quyết thủ tục hành chính được số hóa"
    found = outcome(f"STT;Chỉ tiêu;Kết quả;Nguồn\n1;#N;85.2;BC\n2;{other};85,2;BC\n")
    assert (found.values, found.out) == ({"II.15": "85.2", "II.13": "85.2"}, {})


def test_a_head_is_looked_for_in_the_first_lines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of 40,818 lines without a head took 8 s, as every line might have been one."""
    looked: list[int] = []
    find = sheets.find_heading

    def counted(*arguments: Any) -> Any:
        looked.append(1)
        return find(*arguments)

    monkeypatch.setattr(sheets, "find_heading", counted)
    found = outcome("Mã hồ sơ;Người nộp;Trạng thái xử lý\n" + "HS.01;Nguyễn Văn A;Đang giải quyết\n" * 5_000)
    assert found.refused == "header"
    assert len(looked) <= sheets.SEARCHED
