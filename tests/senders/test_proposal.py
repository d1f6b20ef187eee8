"""A PDF that is sent alone: what it shows goes back as a workbook, and counts once a person has sent that."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from pipeline.errors import DataError, Finding
from pipeline.paths import Layout
from pipeline.senders.marked_workbook import COMPARED, marked_workbook
from pipeline.senders.receipt import refused_file
from pipeline.senders.receive import receive
from pipeline.steps import Run
from tests.intake.outcomes import outcome

DATA = Path(__file__).parent / "data"
"""A form that was filled in, and a report made with Word; LibreOffice has made the PDF of each."""


def _proposal(name: str) -> bytes:
    finding = Finding(name, "tệp", "unconfirmed", "…", "…")
    return marked_workbook((DATA / name).read_bytes(), refused_file(name, "", [finding]))


@pytest.mark.parametrize(("source", "pdf", "values"), [("bieu-mau.xlsx", "bieu-mau.pdf", 25)])
def test_what_is_proposed_is_what_the_file_behind_it_says(source: str, pdf: str, values: int) -> None:
    """Codes that narrow columns break, heads on every page, cells whose text runs over: nothing is read otherwise."""
    behind, proposed = outcome((DATA / source).read_bytes(), source), outcome(_proposal(pdf), "so-lieu.xlsx")
    assert len(behind.values) == values
    assert proposed.values == behind.values
    assert proposed.out.keys() == behind.out.keys()


def test_a_report_alone_is_proposed_confirmed_and_kept_as_evidence(layout: Layout) -> None:
    sent = layout.submissions / "binh-giang" / "2026-Q1"
    sent.mkdir(parents=True)
    run = Run.open("binh-giang", "2026-Q1", layout=layout)
    (sent / "bao-cao.pdf").write_bytes((DATA / "bao-cao.pdf").read_bytes())
    with pytest.raises(DataError) as raised:
        receive(run)
    (finding,) = raised.value.findings
    assert (finding.rule, "bao-cao.pdf.de-nghi.xlsx" in finding.message) == ("unconfirmed", True)
    assert "so từng dòng" in finding.remedy
    page = (run.work / "receipts" / "bao-cao.pdf.phieu.html").read_text("utf-8")
    assert 'href="bao-cao.pdf.de-nghi.xlsx"' in page
    assert "Chưa dùng số liệu nào" in page
    proposed = run.work / "receipts" / "bao-cao.pdf.de-nghi.xlsx"

    book = openpyxl.load_workbook(proposed)
    compared = list(book[COMPARED].iter_rows(min_row=2, values_only=True))
    (row,) = (row for row in compared if "Tỷ lệ hồ sơ thủ tục hành chính xử lý trực tuyến" in str(row[3]))
    assert row == (
        "Bảng 1",
        row[1],
        "trang 8, bảng 8, dòng 5",
        "18 | Tỷ lệ hồ sơ thủ tục hành chính xử lý trực tuyến | % | 61,7 | 88,8% | BC 45",
    )
    sheet = book["Bảng 1"]
    assert [cell.value for cell in sheet[row[1]]] == row[3].split(" | ")  # type: ignore[union-attr]
    empty = [cell for line in sheet.iter_rows() for cell in line if cell.comment]
    assert [cell.value for cell in empty] == [None, None]  # a mark of a footnote beside the figure, a figure struck out

    proposed.rename(sent / "2026-04-05-bao-cao.xlsx")
    intake = receive(run)
    behind = outcome((DATA / "bao-cao.docx").read_bytes(), "bao-cao.docx")
    assert {o.label: o.text.rstrip("%").replace(",", ".") for o in intake.observations} == {
        label: value if "." in value or value == "3" else f"{value}.0" for label, value in behind.values.items()
    }
    assert len(intake.observations) == 26
    assert [remark.place for remark in intake.remarks if remark.rule == "companion"] == ["tệp “bao-cao.pdf”"]


def test_what_else_is_found_in_a_document_is_said_before_the_proposal() -> None:
    found = outcome((DATA / "bao-cao.pdf").read_bytes(), "bao-cao.pdf", period="2026-Q2")
    assert (found.refused, bool(found.message)) == ("header", True)
    name = "Bao cao.PDF"
    receipt = refused_file(name, "", [Finding(name, "tệp", "unconfirmed", "…", "…")])
    assert receipt.beside == ("Bao cao.PDF.loi.csv", "Bao cao.PDF.de-nghi.xlsx")


def test_a_line_of_text_whose_cells_have_slipped_is_no_row_of_the_workbook() -> None:
    """Of delimited text that is asked about the workbook holds no cells that stand in another column."""
    text = "STT;Chỉ tiêu;Kế hoạch;Kết quả;Tỷ lệ;Nguồn\n1;#N;95;88,25;92,9;BC\n2;#C;3;;2;70;BC\n"
    content = text.replace("#N", "A").replace("#C", "B").encode()
    made = openpyxl.load_workbook(io.BytesIO(marked_workbook(content, refused_file("a.csv", "", []))))
    rows = [[cell for cell in row if cell] for row in made.worksheets[0].iter_rows(values_only=True)]
    assert rows[1:] == [["1", "A", "95", "88,25", "92,9", "BC"], ["2 | B | 3 | 2 | 70 | BC"]]
