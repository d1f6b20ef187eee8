"""What is asked and not answered, in the form of the next period: a note above each table, and a sheet of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.intake.asked import FollowUp
from pipeline.intake.follow_ups import follow_ups_of
from pipeline.report.office_zip import workbook_bytes
from pipeline.steps import Run

SHEET = "Theo dõi"
"""Its name; `data/raw/headings.yaml` lists it as not read."""
_HEADINGS = ("Mã", "Câu hỏi, kết luận", "Nơi hỏi", "Ngày hỏi", "Nơi trả lời", "Hạn trả lời")
_WIDTHS = (22, 60, 26, 12, 26, 12)
_NOTE_LINE = 3
"""The empty line between the title and the headings of a table."""


def add_follow_ups(run: Run, path: Path, agency: str = "") -> int:
    """Add what is open to the form at `path`, all of it or that of one agency; gives how many. Raises DataError."""
    found = follow_ups_of(run.layout, run.registry, run.locality.slug, run.period, run.known_at)
    asked = [f for f in found if f.answer is None and agency in ("", f.asked.of)]
    if asked:
        _write(path, asked)
    return len(asked)


def _write(path: Path, asked: Sequence[FollowUp]) -> None:
    import openpyxl
    from openpyxl.styles import Alignment, Font

    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets[:-1]:  # the last one is the guide
        # No text of a question here: it may name another period, which the reader would take for that of the table.
        sheet.cell(_NOTE_LINE, 1, f"Có {len(asked)} câu hỏi, kết luận chưa trả lời: xem trang “{SHEET}”.")
        sheet.cell(_NOTE_LINE, 1).font = Font(name="Times New Roman", bold=True, size=11)
    added = book.create_sheet(SHEET, len(book.sheetnames) - 1)
    added.append(_HEADINGS)
    for follow_up in asked:
        a = follow_up.asked
        until = f"{a.until:%d/%m/%Y}" if a.until else ""
        added.append((a.about, a.text, a.by, f"{a.asked_on:%d/%m/%Y}", a.of, until))
    for column, width in zip("ABCDEF", _WIDTHS, strict=True):
        added.column_dimensions[column].width = width
    for row in added.iter_rows():
        for cell in row:
            cell.font = Font(name="Times New Roman", size=11, bold=cell.row == 1)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.data_type = "s"  # a question may begin with a sign that Excel would take for a formula
    added.page_setup.orientation = "landscape"
    added.protection.sheet = True
    path.write_bytes(workbook_bytes(book))
