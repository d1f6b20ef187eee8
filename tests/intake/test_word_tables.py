"""Tables in Word reports: as printed, with merged heads, titles, and changes not yet accepted."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement

from pipeline.intake.reader import read_submissions
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from tests.intake.outcomes import N, outcome

READ = {"II.15": "88.25"}


def _report(title: str = "Kết quả quý I năm 2026", value: str = "88,25%") -> Any:
    document = docx.Document()
    head = document.add_table(1, 2)
    head.cell(0, 0).text, head.cell(0, 1).text = "ỦY BAN NHÂN DÂN\nXÃ BÌNH GIANG", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    document.add_paragraph(title)
    document.add_paragraph("So với quý IV năm 2025, kết quả tăng 5,4 điểm phần trăm.")
    table = document.add_table(3, 5)
    for column, text in enumerate(["STT", "Chỉ tiêu", "Kết quả thực hiện", "", "Nguồn"]):
        table.cell(0, column).text = text
    table.cell(0, 2).merge(table.cell(0, 3))
    for column in (0, 1, 4):
        table.cell(0, column).merge(table.cell(1, column))
    table.cell(1, 2).text, table.cell(1, 3).text = "Năm 2025", "Quý I/2026"
    for column, text in enumerate(["1", N, "82,78", value, "BC 45"]):
        table.cell(2, column).text = text
    return document


def _bytes(document: Any) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _value_run(document: Any) -> Any:
    return document.tables[1].cell(2, 3).paragraphs[0].runs[0]


def test_a_table_of_a_report_is_read_with_its_merged_head() -> None:
    assert outcome(_bytes(_report()), "bao-cao.docx").values == READ


@pytest.mark.parametrize(("title", "rule"), [("Kết quả quý IV năm 2025", "other-period"), ("UBND XÃ KẺ SẶT", "")])
def test_its_title_says_whose_it_is(title: str, rule: str) -> None:
    assert outcome(_bytes(_report(title)), "bao-cao.docx").refused == rule


def test_struck_raised_and_changed_text_is_a_fault_of_its_cell() -> None:
    struck, raised, changed = _report(), _report(value="2"), _report()
    _value_run(struck).font.strike = True
    raised.tables[1].cell(2, 3).paragraphs[0].add_run("1").font.superscript = True
    run = _value_run(changed)._r
    inserted = OxmlElement("w:ins")
    run.addprevious(inserted)
    inserted.append(run)
    for document in (struck, raised, changed):
        assert outcome(_bytes(document), "bao-cao.docx").out == {3: "cell"}


def test_hidden_text_is_not_read() -> None:
    document = _report()
    document.tables[1].cell(2, 3).paragraphs[0].add_run("9").font.hidden = True
    assert outcome(_bytes(document), "bao-cao.docx").values == READ


@pytest.mark.parametrize("content", [b"x", b"PK\x03\x04x", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_document_is_refused(content: bytes) -> None:
    assert outcome(content, "bao-cao.docx").refused == "format"


def test_a_report_in_words_beside_a_table_does_not_stop_the_period(layout: Layout) -> None:
    folder = layout.submissions / "binh-giang" / "2026-Q1"
    folder.mkdir(parents=True)
    (folder / "so-lieu.csv").write_text(f"STT;Chỉ tiêu;Kết quả;Nguồn\n1;{N};88,25;BC 45\n", "utf-8")
    words = docx.Document()
    words.add_paragraph("Báo cáo bằng lời.")
    (folder / "bao-cao.docx").write_bytes(_bytes(words))
    (submission,) = read_submissions(layout, "binh-giang", Period.parse("2026-Q1"))
    assert [remark.place for remark in submission.remarks] == ["tệp “bao-cao.docx”"]


def _two_tables(before: list[str], between: list[str], after: list[str] | None = None) -> bytes:
    """A document of two tables, or three: II.15, II.14 and II.20, each below its paragraphs."""
    document = docx.Document()
    for texts, number, value in ((before, "15", "88,25"), (between, "14", "45,5"), (after, "20", "100")):
        if texts is None:
            continue
        for text in texts:
            document.add_paragraph(text)
        table = document.add_table(2, 4)
        for line, cells in enumerate(
            (["Mã", "ĐVT", "Kết quả", "Nguồn"], [f"binh-giang-2026/II.{number}", "%", value, "BC 45"])
        ):
            for column, text in enumerate(cells):
                table.cell(line, column).text = text
    return _bytes(document)


FIRST, SECOND, THIRD = {"II.15": "88.25"}, {"II.14": "45.5"}, {"II.20": "100"}


@pytest.mark.parametrize(
    ("between", "rule"),
    [
        (["Xã Kẻ Sặt"], "other-locality"),
        (["2. UBND xã Kẻ Sặt"], "other-locality"),
        (["Xã Kẻ Sặt", *["Đã hoàn thành."] * 6], "other-locality"),
        (["Kết quả quý IV năm 2025"], "other-period"),
        (["Kết quả năm 2025"], "other-period"),
        (["Bảng 2"], ""),
        (["Xã Bình Giang", "Kết quả quý I năm 2026"], ""),
        (["Nơi nhận: UBND xã Kẻ Sặt"], ""),
        (["- UBND xã Kẻ Sặt;", "Phụ lục"], ""),
    ],
)
def test_the_paragraphs_above_a_later_table_say_whose_it_is(between: list[str], rule: str) -> None:
    found = outcome(_two_tables(["UBND XÃ BÌNH GIANG", "Kết quả quý I năm 2026"], between), "bao-cao.docx")
    assert found.values == (FIRST if rule else FIRST | SECOND)
    assert {rule} - {""} == found.noted & {"other-locality", "other-period"}
    assert not any("dòng -" in remark or "dòng 0" in remark for remark in found.remarks)
    assert not rule or any("đoạn văn trên trang “Bảng 2”" in remark for remark in found.remarks)


def test_what_a_paragraph_says_holds_until_another_says_otherwise() -> None:
    own, foreign = ["UBND XÃ BÌNH GIANG", "Kết quả quý I năm 2026"], ["Xã Kẻ Sặt"]
    assert outcome(_two_tables(own, foreign, ["Bảng 3"]), "bao-cao.docx").values == FIRST
    assert outcome(_two_tables(own, foreign, ["Xã Bình Giang"]), "bao-cao.docx").values == FIRST | THIRD
    assert outcome(_two_tables(foreign, ["Bảng 2"], ["Xã Bình Giang"]), "bao-cao.docx").values == THIRD
    last_year = outcome(_two_tables(own, ["Kết quả năm 2025"], ["Bảng 3"]), "bao-cao.docx")
    assert last_year.values == FIRST
    refused = outcome(_two_tables(foreign, ["Bảng 2"]), "bao-cao.docx")
    assert refused.refused == "other-locality"
