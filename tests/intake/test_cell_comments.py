"""Comments on cells are told, whatever the kind of file; no figure is read from them.

`data/ghi-chu-cua-o.xls` and `.ods` were made by LibreOffice of the workbook of `_commented`.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from openpyxl.comments import Comment

from pipeline.intake.cell_comments import OWN_AUTHOR
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context
from pipeline.intake.reader import parse
from pipeline.intake.rows import Intake
from pipeline.intake.validate import validate
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.senders.receipt import receipts
from tests.intake.outcomes import N, book

DATA = Path(__file__).parent / "data"
ROWS: list[list[object]] = [["STT", "Chỉ tiêu", "Kết quả", "Nguồn"], [1, N, 88.25, "BC 45"]]
SAID, ABOVE, OURS = "số cũ, quý này là 90", "số liệu ước", "không ghi nguồn [source] → ghi văn bản"


def _commented(value: str = SAID, author: str = "Văn phòng") -> bytes:
    def change(sheet: Any) -> None:
        for cell, text in (("C1", ABOVE), ("C2", value), ("D2", OURS)):
            sheet[cell].comment = Comment(text, author)

    return book(ROWS, change)


def _word() -> bytes:
    document = docx.Document()
    table = document.add_table(2, 4)
    for line, row in enumerate([["STT", "Chỉ tiêu", "Kết quả", "Nguồn"], ["1", N, "88,25", "BC 45"]]):
        for column, text in enumerate(row):
            table.cell(line, column).text = text
    for line, said in ((0, ABOVE), (1, SAID)):
        document.add_comment(table.cell(line, 2).paragraphs[0].runs, said, author="Văn phòng")
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _intake(content: bytes, name: str, registry: Registry) -> Intake:
    period = Period.parse("2026-Q1")
    submission = parse(content, name, read_forms(Layout().headings), period)
    return validate([submission], Context(registry, "binh-giang", period), Layout().expectations)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (_commented(), "a.xlsx"),
        ((DATA / "ghi-chu-cua-o.xls").read_bytes(), "a.xls"),
        ((DATA / "ghi-chu-cua-o.ods").read_bytes(), "a.ods"),
        (_word(), "a.docx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_comment_that_takes_back_a_value_warns_of_it(content: bytes, name: str, registry: Registry) -> None:
    intake = _intake(content, name, registry)
    (value,) = intake.observations
    assert (value.text, "cell-comment" in value.flags) == ("88,25", True)
    (receipt,) = receipts(intake)
    (warned,) = [point for point in receipt.warned if point.rule == "cell-comment"]
    assert (warned.cell, SAID in warned.message, "sửa ngay trong ô" in warned.remedy) == ("C2", True, True)
    (noted,) = [point for point in receipt.noted if point.rule == "cell-comment"]
    assert (noted.cell.endswith("ô C1"), ABOVE in noted.message) == (True, True)


def test_our_own_comments_in_a_marked_workbook_are_not_told(registry: Registry) -> None:
    intake = _intake(_commented("không đọc được số [number] → chỉ ghi số", OWN_AUTHOR), "a.xlsx", registry)
    assert ([f.rule for f in intake.findings if f.severity == "warning"], intake.remarks) == ([], ())


def test_what_excel_puts_before_a_comment_that_may_be_answered_is_left_out(registry: Registry) -> None:
    threaded = f"[Threaded comment]\n\nYour version of Excel allows you to read this comment.\n\nComment:\n    {SAID}"
    intake = _intake(_commented(threaded), "a.xlsx", registry)
    (finding,) = [f for f in intake.findings if f.rule == "cell-comment"]
    assert finding.message.endswith(f"(“{SAID}”)")
