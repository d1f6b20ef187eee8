"""The tables of a PDF that was sent alone as plain sheets, for a proposal that a person compares with the paper.

A page holds letters and rules, no cells: what is read of it is never taken as it is (`reader`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.documents.blocks import Block, Table, TextBlock
from pipeline.documents.join_blocks import joined, one_table
from pipeline.intake.cells import Cell, FileFaultError
from pipeline.intake.pdf_document import pdf_blocks
from pipeline.intake.word_tables import DocumentSheets, WordTable

_REMEDY = "gửi bảng số liệu của báo cáo này (.xlsx, .docx hoặc .csv)"
_CODE = re.compile(r"[a-z][a-z0-9 ]*-[a-z0-9 -]*/ ?[A-Za-z0-9. ]*[0-9][A-Za-z0-9. ]*")
"""A code of the form (binh-giang-2026/II.15), which a narrow column breaks anywhere."""


def read_pdf_tables(content: bytes) -> list[dict[str, object]]:
    """The ruled tables of a PDF, each with the short lines above it, rows that the end of a page has cut joined.

    Raises FileFaultError for a scan, a locked or a broken file, and where no table is drawn.
    """
    try:
        blocks = _whole(joined(pdf_blocks(content)))
    except FileFaultError as fault:
        raise FileFaultError(fault.rule, fault.place, fault.message, f"{fault.remedy}; hoặc {_REMEDY}") from fault
    document = DocumentSheets()
    for block in blocks:
        if isinstance(block, TextBlock):
            document.paragraph(block.printed)
            continue
        known = len(document.sheets)
        document.table(_table(block))
        if len(document.sheets) > known:
            document.sheets[-1]["printed_at"] = _places(block)
    if not document.sheets:
        raise FileFaultError("header", "tệp", "tệp PDF không có bảng kẻ khung nào có số", _REMEDY)
    return document.sheets


def _whole(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, tables with nothing between them as one: a head among their rows is seen as such later."""
    made: list[Block] = []
    for block in blocks:
        last = made[-1] if made else None
        if isinstance(last, Table) and isinstance(block, Table) and last.columns == block.columns:
            made[-1] = one_table(last, block, 0)
        else:
            made.append(block)
    return made


def _table(block: Table) -> WordTable:
    table = WordTable([{} for _ in range(block.rows)])
    for cell in block.cells:
        text = cell.text.replace(" ", "") if _CODE.fullmatch(cell.text) else cell.text
        table.lines[cell.row][cell.column] = Cell(text, cell.fault)
        if cell.height > 1 or cell.width > 1:
            last_row, last_column = cell.row + cell.height, cell.column + cell.width - 1
            table.merged.append([cell.row + 1, last_row, cell.column, last_column])
    return table


def _places(block: Table) -> list[list[object]]:
    """Line → 'trang 2, bảng 1, dòng 5', for every line with cells of its own."""
    rows = ((row, block.row_cells(row)) for row in range(block.rows))
    return [[row + 1, cells[0].place.partition(", cột")[0]] for row, cells in rows if cells]
