"""Workbooks that go back to their senders: marked whatever their kind, with questions that are answered in them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from pipeline.errors import DataError, Finding, Question
from pipeline.intake.answers import QUESTIONS
from pipeline.intake.reader import read_grids
from pipeline.intake.rows import Intake
from pipeline.paths import Layout
from pipeline.report.office_zip import without_times
from pipeline.senders.marked_workbook import marked_workbook
from pipeline.senders.receipt import CHECKED, Receipt, ReceiptPoint, refused_file
from pipeline.senders.receive import receive
from pipeline.steps import Run
from tests.intake.outcomes import COUNTED, N, book, outcome

DATA = Path(__file__).parents[1] / "intake" / "data"
ASKED = ["STT", "Chỉ tiêu", "Kế hoạch", "Kết quả", "Tỷ lệ", "Nguồn"]


@pytest.fixture
def run(layout: Layout) -> Run:
    (layout.submissions / "binh-giang" / "2026-Q1").mkdir(parents=True)
    return Run.open("binh-giang", "2026-Q1", layout=layout)


def _send(run: Run, name: str, content: bytes) -> Path:
    (run.layout.submissions / "binh-giang" / str(run.period) / name).write_bytes(content)
    return run.work / "receipts"


def _saved(made: Any) -> bytes:
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _report(title: str = "Kết quả quý I năm 2026", value: str = "88,25%", *, struck: bool = False) -> bytes:
    document = docx.Document()
    document.add_paragraph(title)
    table = document.add_table(3, 4)
    rows = [["STT", "Chỉ tiêu", "Kết quả", "Nguồn"], ["1", N, value, "BC 45"], ["2", COUNTED, "3", "BC 45"]]
    for line, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(line, column).text = text
    table.cell(2, 2).paragraphs[0].runs[0].font.strike = struck
    return _saved(document)


def _values(intake: Intake) -> dict[str, str]:
    return {o.label: o.text for o in intake.observations}


@pytest.mark.parametrize(
    ("content", "name", "sheet", "marked"),
    [
        ((DATA / "mau-bieu-97.xls").read_bytes(), "so-lieu.xls", "Biểu 1", {"D5", "D6"}),
        ((DATA / "mau-bieu.ods").read_bytes(), "so-lieu.ods", "Biểu 1", {"D5", "D6", "D7"}),
        (_report(struck=True), "so-lieu.docx", "Bảng 1", {"C5"}),  # the title stands above, with a line between
    ],
)
def test_what_is_no_xlsx_comes_back_as_one_and_is_read_as_before(
    run: Run, content: bytes, name: str, sheet: str, marked: set[str]
) -> None:
    folder = _send(run, name, content)
    before = receive(run)
    copy = (folder / f"{name}.danh-dau.xlsx").read_bytes()
    made = openpyxl.load_workbook(io.BytesIO(copy))
    red = {c.coordinate for row in made[sheet] for c in row if c.fill.fgColor.rgb == "00F8B9B0"}
    assert red == marked
    for address in marked:
        assert made[sheet][address].value is None
        assert "[cell]" in made[sheet][address].comment.text
    assert CHECKED in made.sheetnames
    again = outcome(copy, "so-lieu.xlsx")
    assert again.values.keys() == _values(before).keys()
    assert len(again.out) == len(before.out) == len(marked)
    assert again.values == outcome(content, name).values
    assert without_times(copy) == copy


def test_the_copy_of_a_report_says_whose_it_is_as_the_report_did(run: Run) -> None:
    folder = _send(run, "bao-cao.docx", _report("Kết quả quý IV năm 2025"))
    with pytest.raises(DataError, match="other-period"):
        receive(run)
    copy = openpyxl.load_workbook(folder / "bao-cao.docx.danh-dau.xlsx")
    assert outcome(_saved(copy), "so-lieu.xlsx").refused == "other-period"
    copy[QUESTIONS]["D2"] = "của mình"
    _send(run, "2026-04-10-bao-cao.xlsx", _saved(copy))
    assert _values(receive(run)) == {"II.15": "88,25%", "6.4a": "3"}


def test_files_that_differ_in_their_endings_have_marked_copies_of_their_own(run: Run) -> None:
    rows: list[list[object]] = [["STT", "Chỉ tiêu", "Kết quả", "Nguồn"], [1, N, 88.25, "BC"]]
    for name in ("so-lieu.xlsx", "so-lieu.XLSX", "so-lieu.xlsm"):
        folder = _send(run, name, book(rows))
    _send(run, "so-lieu.docx", _report())
    receive(run)
    assert sorted(path.name for path in folder.glob("*.danh-dau.xlsx")) == [
        "so-lieu.XLSX.danh-dau.xlsx",
        "so-lieu.docx.danh-dau.xlsx",
        "so-lieu.xlsm.danh-dau.xlsx",
        "so-lieu.xlsx.danh-dau.xlsx",
    ]


def test_a_workbook_that_one_library_cannot_write_comes_back_as_it_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise TypeError("expected <class 'int'>")

    content = book([["STT", "Chỉ tiêu", "Kết quả", "Nguồn"], [1, N, "gần 80", "BC"]])
    grids = read_grids(content, "a.xlsx")
    monkeypatch.setattr("pipeline.senders.marked_workbook.read_grids", lambda *_: grids)
    monkeypatch.setattr(openpyxl, "load_workbook", refuse)
    point = ReceiptPoint("critical", "Biểu 1", "C2", "number", "không đọc được số: “\x01gần 80”", "chỉ ghi số")
    copy = marked_workbook(content, Receipt("a.xlsx", "", points=(point,)))
    monkeypatch.undo()
    cell = openpyxl.load_workbook(io.BytesIO(copy))["Biểu 1"]["C2"]
    assert (cell.value, "[number]" in cell.comment.text, "\x01" in cell.comment.text) == ("gần 80", True, False)


def test_a_refused_file_comes_back_only_with_a_question() -> None:
    asked = Finding("a.xlsx", "ô D1", "which-column", "cột nào?", "…", Question("h123456", ("A", "B, “C”")))
    plain = Finding("a.xlsx", "ô D1", "header", "không có cột", "…")
    assert refused_file("a.xlsx", "", [asked]).beside == ("a.xlsx.loi.csv", "a.xlsx.danh-dau.xlsx")
    assert refused_file("a.csv", "", [asked]).beside == ("a.csv.loi.csv", "a.csv.danh-dau.xlsx")
    assert refused_file("a.csv", "", [plain]).beside == ("a.csv.loi.csv",)
    assert refused_file("a.xlsx", "", [plain]).beside == ("a.xlsx.loi.csv",)


@pytest.mark.parametrize("name", ["so-lieu.xlsx", "so-lieu.csv"])
def test_a_choice_in_the_returned_workbook_answers_and_is_remembered(run: Run, name: str) -> None:
    row = [1, N, 95, 88.25, 92.9, "BC 45"]
    text = "\n".join(";".join(str(cell).replace(".", ",") for cell in line) for line in (ASKED, row))
    folder = _send(run, name, book([ASKED, row]) if name.endswith("x") else text.encode())
    with pytest.raises(DataError, match="which-column"):
        receive(run)
    page = (folder / f"{name}.phieu.html").read_text("utf-8")
    assert "chọn câu trả lời ở trang “Câu hỏi”" in page
    made = openpyxl.load_workbook(folder / f"{name}.danh-dau.xlsx")
    sheet = made[QUESTIONS]
    assert made.active.title == QUESTIONS
    assert {"Kết quả", "Tỷ lệ"} <= {sheet.cell(2, column).value for column in range(5, 9)}
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, str(rule.sqref), rule.formula1.startswith("$E$2:")) == ("list", "D2", True)
    with pytest.raises(DataError, match="which-column"):  # sent back without an answer
        _send(run, "2026-04-09-so-lieu.xlsx", _saved(made))
        receive(run)
    sheet["D2"] = "Kết quả"
    _send(run, "2026-04-10-so-lieu.xlsx", _saved(made))
    assert _values(receive(run)) == {"II.15": "88,25"}

    later = Run.open("binh-giang", "2026-H1", layout=run.layout)
    (run.layout.submissions / "binh-giang" / "2026-H1").mkdir()
    _send(later, "so-lieu.xlsx", book([ASKED, [1, N, 95, 89.5, 93.2, "BC 60"]]))
    for _ in range(2):  # from the sheet of questions, then from what was kept of the period before
        assert _values(receive(later)) == {"II.15": "89,5"}
    other = [*ASKED[:-1], "Số liệu khác", ASKED[-1]]
    _send(later, "2026-07-10-mau-khac.xlsx", book([other, [1, N, 95, 89.5, 93.2, 7, "BC 60"]]))
    with pytest.raises(DataError, match="which-column"):  # another form is asked about
        receive(later)


def test_an_answer_that_is_no_choice_is_asked_again(run: Run) -> None:
    folder = _send(run, "so-lieu.xlsx", book([ASKED, [1, N, 95, 88.25, 92.9, "BC 45"]]))
    with pytest.raises(DataError):
        receive(run)
    made = openpyxl.load_workbook(folder / "so-lieu.xlsx.danh-dau.xlsx")
    made[QUESTIONS]["D2"] = "cột bên trái"
    _send(run, "2026-04-10-so-lieu.xlsx", _saved(made))
    with pytest.raises(DataError, match="which-column"):
        receive(run)
