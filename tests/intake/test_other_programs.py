"""Workbooks that other programs write, and what Excel makes of what was typed: read as shown, or asked about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pipeline.intake import examiner, old_workbook
from pipeline.intake.cells import FAULTS, FileFaultError
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context, ReadObservation, read_observation
from pipeline.intake.number_format import day_shown
from pipeline.intake.reader import parse
from pipeline.intake.values import Style, UnreadableError, read_cell
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from tests.intake.outcomes import N, book, outcome, registry

HEAD: list[object] = ["STT", "Chỉ tiêu", "Kết quả", "Nguồn", "Ngày số liệu"]
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
VALUE = b'<c r="C2" t="n"><v>88.25</v></c>'
READ = {"II.15": "88.25"}


def _with(old: bytes, new: bytes, as_of: object = None) -> bytes:
    """A workbook of one row in which a part of the sheet is written otherwise."""
    content, target = book([HEAD, [1, N, 88.25, "BC 45", as_of]]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            part = source.read(name)
            if name == SHEET:
                assert part.count(old) == 1
                part = part.replace(old, new)
            out.writestr(name, part)
    return target.getvalue()


def _text(runs: str) -> bytes:
    """A workbook in which the source of the row is written so."""
    return _with(b"<is><t>BC 45</t></is>", f"<is>{runs}</is>".encode())


def _cell(content: bytes, line: int, column: int) -> list[object]:
    (sheet,) = examiner.read(content)
    cells = {(n, c): [text, fault] for n, _, row in sheet["lines"] for c, text, fault in row}  # type: ignore[attr-defined]
    return cells.get((line, column), ["", ""])


def _row(content: bytes) -> ReadObservation:
    (table,) = parse(content, "a.xlsx", read_forms(Layout().headings)).tables
    return read_observation(table.rows[0], Context(registry(), "binh-giang", Period.parse("2026-Q1")))


@pytest.mark.parametrize("value", [b"<v></v>", b"<v/>"])
def test_a_formula_that_gives_no_text_is_an_empty_cell(value: bytes) -> None:
    content = _with(VALUE, b'<c r="C2" t="str"><f>IF(1,"",2)</f>' + value + b"</c>")
    assert _cell(content, 2, 2) == ["", ""]
    note = _with(b'<c r="D2" t="inlineStr"><is><t>BC 45</t></is></c>', b'<c r="D2" t="str"><f>""</f>' + value + b"</c>")
    assert outcome(note, "a.xlsx").values == READ


@pytest.mark.parametrize("cell", [b'<c r="C2"><f>A1</f><v></v></c>', b'<c r="C2" t="str"><f>A1</f></c>'])
def test_a_formula_whose_value_was_never_kept_is_a_fault_of_its_cell(cell: bytes) -> None:
    assert _cell(_with(VALUE, cell), 2, 2) == ["", "formula-no-value"]


@pytest.mark.parametrize("error", ["#ERROR!", "#SPILL!", "#CALC!", "#BUSY!", "Err:508", ""])
def test_an_error_that_no_reader_knows_is_a_fault_of_its_cell_alone(error: str) -> None:
    content = _with(VALUE, f'<c r="C2" t="e"><f>X()</f><v>{error}</v></c>'.encode())
    assert outcome(content, "a.xlsx").out == {2: "cell"}
    assert _cell(content, 2, 1) == [N, ""]
    source = _with(b'<c r="D2" t="inlineStr"><is><t>BC 45</t></is></c>', b'<c r="E2" t="e"><v>#ERROR!</v></c>')
    assert _cell(source, 2, 4) == ["#ERROR!", "cell-error"]


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        ("<r><t>hồ </t></r><r><rPr><b/></rPr><t>sơ</t></r>", "hồsơ"),
        ("<r><t>hồ</t></r><r><t> sơ</t></r>", "hồsơ"),
        ("<r><t>hồ</t></r><r><t> </t></r><r><t>sơ</t></r>", "hồ sơ"),
        ('<r><t xml:space="preserve">hồ </t></r><r><t>sơ</t></r>', "hồ sơ"),
        ("<t>  hồ  sơ </t>", "hồ  sơ"),
        ("<r><t>hồ</t></r><r><rPr><b/></rPr><t xml:space='preserve'> sơ</t></r>", "hồ sơ"),
    ],
)
def test_spaces_between_runs_are_those_that_excel_shows(runs: str, shown: str) -> None:
    assert _cell(_text(runs), 2, 3) == [shown, ""]


def test_spaces_are_looked_at_in_the_shared_texts_too() -> None:
    content = _with(b'<c r="D2" t="inlineStr"><is><t>BC 45</t></is></c>', b'<c r="D2" t="s"><v>0</v></c>')
    space = "http://schemas.openxmlformats.org/"
    relation = f"{space}officeDocument/2006/relationships/sharedStrings"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    added = {
        "[Content_Types].xml": ("</Types>", f'<Override PartName="/{TEXTS}" ContentType="{kind}"/></Types>'),
        "xl/_rels/workbook.xml.rels": (
            "</Relationships>",
            f'<Relationship Id="rId99" Target="/{TEXTS}" Type="{relation}"/></Relationships>',
        ),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            old, new = added.get(name, ("", ""))
            part = source.read(name)
            out.writestr(name, part.replace(old.encode(), new.encode()) if old else part)
        runs = "<r><t>hồ</t></r><r><t> </t></r><r><t>sơ </t></r><r><t>mới</t></r>"
        out.writestr(TEXTS, f'<sst xmlns="{space}spreadsheetml/2006/main"><si>{runs}</si></sst>')
    assert _cell(target.getvalue(), 2, 3) == ["hồ sơmới", ""]


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ("mm/yyyy", "tháng 02/2026"),
        ("mmm-yy", "tháng 02/2026"),
        ('"Tháng" m/yyyy', "tháng 02/2026"),
        ("[$-42A]mm/yyyy;@", "tháng 02/2026"),
        ("yyyy", "năm 2026"),
        ("dd/mm/yyyy", "2026-02-01"),
        ("d-mmm", "2026-02-01"),
        ("yyyy-mm-dd", "2026-02-01"),
        ("General", "2026-02-01"),
        ("_dmm/yyyy", "tháng 02/2026"),
        ("mm/yyyy_d", "tháng 02/2026"),
        ("*dmm/yyyy", "tháng 02/2026"),
        (r"mm\dyyyy", "tháng 02/2026"),
        ('"ngày" mm/yyyy', "tháng 02/2026"),
        ("mm/e", "tháng 02/2026"),
        ("mmmm", "tháng 02/2026"),
        ("ddd, mm/yyyy", "tháng 02/2026"),
        ("mm/yyyy h:mm AM/PM", "tháng 02/2026"),
        ("mm/yyyy;dd/mm/yyyy", "tháng 02/2026"),
        ("[<46000]dd/mm/yyyy;mm/yyyy", "tháng 02/2026"),
        ("e", "năm 2026"),
        ("yyyy h:mm", "năm 2026"),
        ("dd/mm/yyyy;@", "2026-02-01"),
        ('d"/"m"/"yyyy', "2026-02-01"),
        ("[Red]d/m", "2026-02-01"),
        ("[h]:mm:ss", "2026-02-01"),
        ("h:mm AM/PM", "2026-02-01"),
        ("mm:ss", "2026-02-01"),
        ('"chưa hết', "2026-02-01"),
    ],
)
def test_a_day_is_read_as_its_cell_shows_it(number_format: str, shown: str) -> None:
    assert day_shown(date(2026, 2, 1), number_format) == shown


def _dated(value: object, number_format: str = "General", change: Callable[[Any], None] = lambda sheet: None) -> bytes:
    def made(sheet: Any) -> None:
        change(sheet)
        sheet["E2"] = value
        sheet["E2"].number_format = number_format

    return book([HEAD, [1, N, 88.25, "BC 45"]], made)


@pytest.mark.parametrize("since_1904", [False, True])
@pytest.mark.parametrize("number", [-5, -0.5, 2958466, 3e9, 1e300])
def test_a_number_beyond_the_calendar_is_a_fault_of_its_cell_with_the_remedy(number: float, since_1904: bool) -> None:
    def counted(sheet: Any) -> None:
        sheet.parent.epoch = CALENDAR_MAC_1904 if since_1904 else sheet.parent.epoch

    found = _row(_dated(number, "dd/mm/yyyy", counted)).found
    assert [(fault.column, fault.rule) for fault in found] == [("as_of", "cell")]
    assert "không là ngày nào" in found[0].reason
    assert "ghi lại ngày" in found[0].reason


def test_an_error_of_a_formula_in_a_cell_of_a_day_is_still_one() -> None:
    found = _row(_dated("#VALUE!", "dd/mm/yyyy", lambda sheet: None)).found
    assert [fault.reason for fault in found] == [FAULTS["cell-error"]]
    last = _row(_dated(2958465, "dd/mm/yyyy")).found
    assert not any(fault.rule == "cell" for fault in last)


def test_a_cell_that_shows_a_month_is_read_as_the_same_text_and_said() -> None:
    cell, text = (_row(_dated(value, "mm/yyyy")) for value in (date(2026, 2, 1), "02/2026"))
    assert cell.record.as_of == text.record.as_of == date(2026, 2, 14)
    assert len(cell.inferred) == len(text.inferred) == 1
    assert "14/02/2026" in cell.inferred[0]


def _since_1904(sheet: Any) -> None:
    sheet.parent.epoch = CALENDAR_MAC_1904


@pytest.mark.parametrize(
    ("content", "day"),
    [
        (_dated(46095), date(2026, 3, 14)),
        (_dated(46095 - 1462, change=_since_1904), date(2026, 3, 14)),
        (_dated(date(2026, 3, 14), "dd/mm/yyyy", _since_1904), date(2026, 3, 14)),
    ],
)
def test_days_without_a_format_are_counted_as_the_workbook_counts(content: bytes, day: date) -> None:
    row = _row(content)
    assert (row.record.as_of, row.record.as_of_stated) == (day, True)


def test_which_days_were_counted_from_1904_is_said() -> None:
    (said,) = _row(_dated(46095 - 1462, change=_since_1904)).inferred
    assert said == "“44633” là số ngày của hệ ngày 1904 của Excel, đọc là 14/03/2026"
    assert _row(_dated(46095 + 9000, change=_since_1904)).faults[0].rule == "date"


def test_an_old_workbook_says_from_when_it_counts() -> None:
    content = (Path(__file__).parent / "data" / "mau-bieu-97.xls").read_bytes()
    assert {sheet["since_1904"] for sheet in old_workbook.read_old(content)} == {False}


def _value(value: object, number_format: str) -> bytes:
    def made(sheet: Any) -> None:
        sheet["C2"] = value
        sheet["C2"].number_format = number_format

    return book([HEAD, [1, N, None, "BC 45"]], made)


@pytest.mark.parametrize(
    ("value", "number_format", "meant"),
    [(date(2025, 10, 22), "d-mmm", "22/10"), (date(2025, 12, 1), "mmm-yy", "12/25 hay 12/2025")],
)
def test_a_fraction_that_became_a_day_is_asked_about(value: date, number_format: str, meant: str) -> None:
    row = _row(_value(value, number_format))
    (fault,) = row.faults
    assert (fault.column, fault.rule) == ("value", "number")
    assert f"có phải muốn ghi {meant}?" in fault.reason


@pytest.mark.parametrize("text", ["22/10/2025", "10/2025", "14.3.2026", "2025-10-22", "tháng 10 năm 2025", "02/2026."])
@pytest.mark.parametrize("unit", ["%", "hồ sơ", ""])
def test_a_day_or_month_is_no_value(text: str, unit: str) -> None:
    with pytest.raises(UnreadableError, match="có phải muốn ghi"):
        read_cell(text, Style(unit))


@pytest.mark.parametrize("text", ["1E+2", "1e2", "1,2E+05", "8.5E-1"])
def test_a_number_written_with_a_power_is_no_value(text: str) -> None:
    with pytest.raises(UnreadableError, match="lũy thừa"):
        read_cell(text, Style("hồ sơ"))


def test_contradictions_are_still_found(monkeypatch: pytest.MonkeyPatch) -> None:
    content = _text("<r><t>hồ </t></r><r><t>sơ</t></r>")
    fast = examiner.read_fast(content)
    fast["Biểu 1"][2, 3] = 0.9
    monkeypatch.setattr(examiner, "read_fast", lambda content: fast)
    with pytest.raises(FileFaultError) as refused:
        examiner.read(content)
    assert refused.value.rule == "engines-disagree"


def test_what_is_written_usually_is_not_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = list[bytes]()
    for name in ("with_shown_spaces", "with_known_errors"):
        monkeypatch.setattr(examiner, name, changed.append)
    examiner.read(book([HEAD, [1, N, 88.25, "BC 45"], [2, "a", "=1/0", "#N/A"]]))
    assert not changed
