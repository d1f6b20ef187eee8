"""The sender's tables back as a workbook (sổ đánh dấu): bad cells coloured and commented, questions with their answers.

A workbook that openpyxl can write is marked as it is. Of any other kind, and of Word, a workbook is made of what was
read: a faulty cell stays empty in it, so that it is not taken for a sound one when it comes back. So is the proposal
(sổ đề nghị) of what a PDF shows, with the printed text of every row.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.intake.answers import QUESTIONS
from pipeline.intake.cell_comments import OWN_AUTHOR
from pipeline.intake.cells import FAULTS, Cell, Grid, Line
from pipeline.intake.cells import widths as widths_of
from pipeline.intake.reader import read_grids
from pipeline.intake.rows import WHOLE_TABLE
from pipeline.report.office_zip import workbook_bytes
from pipeline.senders.receipt import CHECKED, HEADINGS, Receipt, ReceiptPoint

_COLOURS = {"critical": "F8B9B0", "warning": "FCE49A", "question": "E4D4F4", "info": "D6E6F5"}
_ASKED = ("Mã câu hỏi", "Ở đâu", "Câu hỏi", "Trả lời: chọn một ô bên phải", "Lựa chọn")
COMPARED = "Đối chiếu"
"""The sheet of a proposal that says where each row is printed; `data/raw/headings.yaml` lists it as not read."""
_COMPARED = ("Trang tính", "Dòng", "Chỗ in trong tệp PDF", "Chữ in")
_LONGEST = 32_000
"""Characters that a cell of a workbook holds, nearly."""
_MERGED = 10_000
"""Cells of a merged area, and areas of a sheet, that are merged in a made copy, too."""


@dataclass
class _Copy:
    """A workbook to mark."""

    book: Any
    sheets: dict[str, Any]
    """Name of the sheet in the receipt → sheet."""
    below: dict[str, int] = field(default_factory=dict)
    """Name of the sheet → lines by which its cells stand lower than in the file, below titles."""

    def owner(self, sheet: str, address: str) -> Any:
        """The cell at an address of the file, or the one whose merged area covers it."""
        from openpyxl.utils.cell import coordinate_from_string

        letters, number = coordinate_from_string(address)
        here = f"{letters}{number + self.below.get(sheet, 0)}"
        for area in self.sheets[sheet].merged_cells.ranges:
            if here in area:
                return self.sheets[sheet].cell(area.min_row, area.min_col)
        return self.sheets[sheet][here]


def marked_workbook(content: bytes, receipt: Receipt) -> bytes:
    """The marked copy of a file that could be opened: marks, the list of points, and the questions there are."""
    copy = _copy_of(content, receipt.name)
    _mark(copy, receipt.points)
    _list(copy.book, receipt.points or receipt.refused)
    if asked := [point for point in receipt.refused if point.question is not None]:
        _ask(copy.book, asked)
    return workbook_bytes(copy.book)


def _copy_of(content: bytes, name: str) -> _Copy:
    import openpyxl

    if name.lower().endswith((".xlsx", ".xlsm")):
        with suppress(Exception):  # the library raises many types for parts without cells, such as pivots
            book = openpyxl.load_workbook(io.BytesIO(content))
            return _Copy(book, {sheet.title: sheet for sheet in book.worksheets})
    return _made(read_grids(content, name))


def _made(grids: Sequence[Grid]) -> _Copy:
    """A workbook of sheets as they were read."""
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904
    from openpyxl.workbook.child import INVALID_TITLE_REGEX

    book = openpyxl.Workbook()
    book.remove(book.active)
    if any(grid.since_1904 for grid in grids):
        book.epoch = CALENDAR_MAC_1904
    copy = _Copy(book, {})
    for grid in grids:
        sheet = book.create_sheet(INVALID_TITLE_REGEX.sub(" ", grid.name)[:31] or None)
        copy.sheets[grid.name] = sheet
        copy.below[grid.name] = max(0, 1 - min((line.number for line in grid.lines), default=1))
        _fill(sheet, grid, copy.below[grid.name])
    if not any(sheet.sheet_state == "visible" for sheet in book.worksheets):
        book.create_sheet(CHECKED)  # a workbook needs one
    if proposed := [grid for grid in grids if grid.printed_at]:
        _compare(copy, proposed)
    return copy


def _compare(copy: _Copy, grids: Sequence[Grid]) -> None:
    """Add the sheet by which a person compares every row with the paper: where it is printed, what stands there.

    A cell that stays empty for its fault says so.
    """
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    compared = copy.book.create_sheet(COMPARED)
    compared.append(_COMPARED)
    rows = ((grid, line) for grid in grids for line in grid.lines if line.number in grid.printed_at)
    for number, (grid, line) in enumerate(rows, start=2):
        printed = " | ".join(" ".join(text.split()) for text in line.texts if text)
        below = line.number + copy.below[grid.name]
        compared.cell(number, 2, below)
        for column, text in ((1, grid.name), (3, grid.printed_at[line.number]), (4, printed[:_LONGEST])):
            _write(compared.cell(number, column), text)
        for column, cell in enumerate(line.cells):
            if cell.fault:
                empty = copy.sheets[grid.name].cell(below, column + 1)
                empty.fill = PatternFill("solid", fgColor=_COLOURS["critical"])
                empty.comment = Comment(FAULTS.get(cell.fault, cell.fault), OWN_AUTHOR, height=120, width=320)
    for letter, width in zip("ABCD", (12, 8, 28, 120), strict=True):
        compared.column_dimensions[letter].width = width


def _fill(sheet: Any, grid: Grid, below: int) -> None:
    from openpyxl.comments import Comment
    from openpyxl.utils import get_column_letter

    sheet.sheet_state = "hidden" if grid.hidden else "visible"
    widths: dict[int, int] = {}
    for line in _not_slipped(grid):
        sheet.row_dimensions[line.number + below].hidden = line.hidden
        for column, cell in enumerate(line.cells):
            if cell.text and not cell.fault:
                _write(sheet.cell(line.number + below, column + 1), cell.text)
                widths[column] = max(widths.get(column, 8), min(len(cell.text), 50))
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column + 1)].width = width
    for column in grid.hidden_columns:
        sheet.column_dimensions[get_column_letter(column + 1)].hidden = True
    for (number, column), text in grid.comments.items():
        sheet.cell(number + below, column + 1).comment = Comment(_printable(text), "Người gửi")
    for area in grid.merged[:_MERGED]:
        lines, columns = area.last_line - area.first_line + 1, area.last_column - area.first_column + 1
        if lines * columns <= _MERGED:
            first, last = area.first_line + below, area.last_line + below
            sheet.merge_cells(None, first, area.first_column + 1, last, area.last_column + 1)


def _not_slipped(grid: Grid) -> Iterator[Line]:
    """The lines of a sheet; of delimited text, one of another width than the table as one cell.

    A workbook knows no width: cells that have slipped in the file would be taken for sound ones.
    """
    usual = max(widths_of(grid.lines).items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))[0]
    begun = not grid.constant_width
    for line in grid.lines:
        begun = begun or len(line.cells) == usual
        if grid.constant_width and begun and len(line.cells) != usual:
            yield replace(line, cells=(Cell(" | ".join(filter(None, line.texts))),))
        else:
            yield line


def _write(cell: Any, text: str) -> None:
    """Put a text into a cell: never a formula, without what a workbook cannot hold."""
    cell.value = _printable(text)
    cell.data_type = "s"


def _printable(text: str) -> str:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return str(ILLEGAL_CHARACTERS_RE.sub("", text))


def _mark(copy: _Copy, points: Iterable[ReceiptPoint]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    for (sheet, address), found in _by_cell(points).items():
        cell = copy.owner(sheet, address)
        worst = min(found, key=lambda p: list(_COLOURS).index(p.severity))
        cell.fill = PatternFill("solid", fgColor=_COLOURS[worst.severity])
        text = "\n".join(f"{p.message} → {p.remedy} [{p.rule}]" for p in found)
        cell.comment = Comment(_printable(text), OWN_AUTHOR, height=120, width=320)


def _list(book: Any, points: Iterable[ReceiptPoint]) -> None:
    if CHECKED in book.sheetnames:
        del book[CHECKED]
    listed = book.create_sheet(CHECKED)
    listed.append(HEADINGS)
    for number, point in enumerate(points, start=2):
        for column, text in enumerate(point.cells, start=1):
            _write(listed.cell(number, column), text)
    for letter, width in zip("ABCDEF", (18, 8, 10, 60, 60, 20), strict=True):
        listed.column_dimensions[letter].width = width


def _ask(book: Any, asked: Sequence[ReceiptPoint]) -> None:
    """The sheet of questions, each with a list to choose from; `answers.answers_in` reads it when it comes back."""
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    if QUESTIONS in book.sheetnames:
        del book[QUESTIONS]
    sheet = book.create_sheet(QUESTIONS, 0)
    sheet.append(_ASKED)
    for number, point in enumerate(asked, start=2):
        code, choices = (point.question.code, point.question.choices) if point.question else ("", ())
        for column, text in enumerate((code, point.cell, point.message, "", *choices), start=1):
            _write(sheet.cell(number, column), text)
            sheet.cell(number, column).alignment = Alignment(wrap_text=True, vertical="top")
        last = get_column_letter(len(_ASKED) - 1 + len(choices))
        rule = DataValidation(type="list", formula1=f"$E${number}:${last}${number}", allow_blank=True)
        sheet.add_data_validation(rule)
        answer = sheet.cell(number, 4)
        rule.add(answer)
        answer.value, answer.fill = None, PatternFill("solid", fgColor=_COLOURS["warning"])
    for letter, width in zip("ABCDEF", (12, 18, 60, 30, 30, 30), strict=True):
        sheet.column_dimensions[letter].width = width
    book.active = 0


def _by_cell(points: Iterable[ReceiptPoint]) -> dict[tuple[str, str], list[ReceiptPoint]]:
    """Points by sheet and cell address; a point about a whole row is put at its first cell.

    One about the whole table is only in the list.
    """
    found: dict[tuple[str, str], list[ReceiptPoint]] = {}
    for point in points:
        if point.sheet and point.cell != WHOLE_TABLE:
            address = f"A{point.cell.removeprefix('dòng ')}" if point.cell.startswith("dòng") else point.cell
            found.setdefault((point.sheet, address), []).append(point)
    return found
