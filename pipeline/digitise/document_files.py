"""The file of a plan document into blocks, by its ending: in the child with limits that reads workbooks, too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pipeline.documents.blocks import Block, Table, TableCell, TextBlock, from_plain, pieces_of
from pipeline.documents.labels import split_label
from pipeline.errors import DataError, Finding, NoInputError, UsageError
from pipeline.intake.cells import FileFaultError, Grid, column_letter
from pipeline.intake.file_names import refuse_name
from pipeline.intake.legacy import legacy_fault, recognise
from pipeline.intake.workbook import plain_in_child, read_in_child
from pipeline.whole import read_input

_READERS = {
    ".docx": "pipeline.digitise.word_document:read_word_plan",
    ".pdf": "pipeline.intake.pdf_document:read_pdf_plan",
    ".txt": "pipeline.digitise.text_document:read_text_plan",
    ".md": "pipeline.digitise.text_document:read_text_plan",
}
ENDINGS = (*_READERS, ".xlsx")
"""Endings of documents that are read."""


def read_blocks(path: Path) -> tuple[bytes, tuple[Block, ...]]:
    """The bytes of a document and its blocks.

    Raises UsageError for another kind of file, NoInputError where there is none, DataError for one that is refused.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f"{path.name}: chỉ đọc {', '.join(ENDINGS)}; bản .doc mở bằng Word rồi lưu thành .docx")
    if not path.exists():
        raise NoInputError(f"Không có tệp {path}")
    content = read_input(path, path.name)
    try:
        refuse_name(path.name)
        blocks = _workbook(content) if ending == ".xlsx" else from_plain(plain_in_child(content, _READERS[ending]))
        if not blocks:
            raise FileFaultError("empty", "tệp", "không có chữ nào", "gửi đúng văn bản kế hoạch")
        if table := recognise(piece.text for piece in pieces_of(blocks)):
            raise legacy_fault(table, "tệp")
    except FileFaultError as fault:
        finding = Finding(path.name, fault.place, fault.rule, fault.message, fault.remedy)
        raise DataError("Văn bản không đọc được:", [finding]) from fault
    return content, blocks


def _workbook(content: bytes) -> tuple[Block, ...]:
    return tuple(block for grid in read_in_child(content) if not grid.hidden for block in _sheet(grid))


def _as_plans_print(text: str) -> str:
    """A day as plans print it; a workbook gives 2026-03-31."""
    return re.sub(r"^(20[0-9]{2})-([0-9]{2})-([0-9]{2})$", r"\3/\2/\1", text)


def _sheet(grid: Grid) -> Iterable[Block]:
    """A sheet as a table; lines above it with one filled cell are paragraphs."""
    lines = [line for line in grid.lines if not line.blank]
    first = next((n for n, line in enumerate(lines) if sum(bool(text) for text in line.texts) > 1), len(lines))
    for line in lines[:first]:
        text = next(text for text in line.texts if text)
        label, rest = split_label(text)
        yield TextBlock(rest, f"trang “{grid.name}”, dòng {line.number}", label)
    cells = []
    for row, line in enumerate(lines[first:]):
        for column, cell in enumerate(line.cells):
            area = grid.area_at(line.number, column)
            if area is not None and (area.first_line, area.first_column) != (line.number, column):
                continue
            height = sum(area.first_line <= one.number <= area.last_line for one in lines) if area else 1
            width = area.last_column - area.first_column + 1 if area else 1
            place = f"trang “{grid.name}”, ô {column_letter(column)}{line.number}"
            cells.append(TableCell(_as_plans_print(cell.text), place, row, column, height, width, cell.fault))
    if cells:
        yield Table(tuple(cells), f"trang “{grid.name}”")
