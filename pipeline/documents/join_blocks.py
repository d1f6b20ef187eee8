"""What a page or a line end has cut is put together again: paragraphs, tables, rows. Repeated heads are dropped.

Only a cut that is certain is mended. A row that may be the rest of the one before it, or one of its own, gets a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.documents.blocks import Block, Table, TableCell, TextBlock
from pipeline.plans.text import name_key, tidy

UNSURE = "unsure-row"
"""The fault of a cell of a row that may continue the row before it."""
_ENDED = (".", ";", ":", "!", "?", "”", '"', ")", "/.")
_SHORTEST = 40
"""Characters of a paragraph that may be cut; a shorter one is a title or a name."""


def joined(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks with cut paragraphs and tables put together. Text is tidied: one space for white space."""
    made: list[Block] = []
    for block in map(_tidied, blocks):
        last = made[-1] if made else None
        if isinstance(block, TextBlock):
            if isinstance(last, TextBlock) and _goes_on(last, block):
                place = last.place if last.place == block.place else f"{last.place} – {block.place}"
                made[-1] = replace(last, text=one_line(f"{last.text}\n{block.text}"), place=place)
                continue
        elif isinstance(last, Table) and (repeated := _continues(last, block)) is not None:
            made[-1] = one_table(last, block, repeated)
            continue
        made.append(block)
    return tuple(made)


def one_line(text: str) -> str:
    """The lines of one text: joined with a space, without one inside a span of figures (2025-2027)."""
    return tidy(re.sub(r"(?<=[0-9][-–])\s*\n\s*(?=[0-9])", "", text))


def _tidied(block: Block) -> Block:
    if isinstance(block, TextBlock):
        return replace(block, text=one_line(block.text))
    return replace(block, cells=tuple(replace(cell, text=one_line(cell.text)) for cell in block.cells))


def _goes_on(last: TextBlock, block: TextBlock) -> bool:
    """Whether a paragraph is the rest of the one before it, which a line end of the paper has cut."""
    if block.label or last.fault or block.fault or not block.text or block.text.startswith("("):
        return False
    if len(last.text) < _SHORTEST or last.text.endswith(_ENDED) or last.text.isupper():
        return False
    return block.text[0].islower() or block.text[0].isdigit()


def _rows(table: Table) -> list[list[TableCell]]:
    return [list(table.row_cells(row)) for row in range(table.rows)]


def _continues(last: Table, block: Table) -> int | None:
    """How many rows of a table repeat the head of the one before it, which it continues; None if it does not.

    Without a repeated head it does where its number goes on from the one before.
    """
    if last.columns != block.columns:
        return None
    theirs = [[name_key(cell.text) for cell in row] for row in _rows(last)[:3]]
    ours = [[name_key(cell.text) for cell in row] for row in _rows(block)[:3]]
    same = 0
    while same < min(len(ours), len(theirs)) and ours[same] == theirs[same]:
        same += 1
    if same:
        return same
    before, after = _number(_rows(last)[-1:]), _number(_rows(block)[:1])
    return 0 if before and after == before + 1 else None


def _number(rows: Sequence[Sequence[TableCell]]) -> int:
    text = rows[0][0].text.strip(" .") if rows and rows[0] else ""
    return int(text) if text.isdigit() and len(text) < 4 else 0


def one_table(last: Table, block: Table, repeated: int) -> Table:
    """The rows of both, without those of the second that repeat the head.

    The first of the second belongs to the last of the first where a page has cut it.
    """
    cells = list(last.cells)
    begin = [cell for cell in block.cells if cell.row >= repeated]
    first = [cell for cell in begin if cell.row == repeated]
    shift = last.rows - repeated
    above = {cell.column: n for n, cell in enumerate(cells) if cell.row == last.rows - 1}
    # A blank first cell: the number stands before the cut.
    if first and not first[0].text and {cell.column for cell in first} <= above.keys() and any(c.text for c in first):
        if all(_rest_of(cells[above[cell.column]], cell) for cell in first):
            for cell in first:
                cells[above[cell.column]] = _one_cell(cells[above[cell.column]], cell)
            begin = [cell for cell in begin if cell.row > repeated]
            shift -= 1
        else:
            begin = [replace(cell, fault=UNSURE) if cell.row == repeated else cell for cell in begin]
            for n in above.values():
                cells[n] = replace(cells[n], fault=UNSURE)
    cells += [replace(cell, row=cell.row + shift) for cell in begin]
    return Table(tuple(cells), last.place, last.head)


def _rest_of(above: TableCell, cell: TableCell) -> bool:
    """Whether a text can only be the rest of the one above it: it begins in the middle of a phrase."""
    if not cell.text:
        return True
    if not above.text or above.text.endswith((".", ";")):
        return False
    open_bracket = above.text.count("(") > above.text.count(")")
    return cell.text[0].islower() or open_bracket or above.text.endswith((",", "-", "–", "và", "của"))


def _one_cell(above: TableCell, cell: TableCell) -> TableCell:
    if not cell.text:
        return above
    return replace(above, text=one_line(f"{above.text}\n{cell.text}"), place=f"{above.place} và {cell.place}")
