"""What a page or a line end has cut is put together again: paragraphs, tables, rows. Repeated heads are dropped.

Only a cut that is certain is mended. A row that may be the rest of the one before it, or one of its own, gets a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.documents.blocks import Block, Table, TableCell, TextBlock
from pipeline.plans.text import name_key, tidy

UNSURE = "unsure-row"
"""The fault of a cell of a row that may continue the row before it."""
_ENDED = (".", ";", ":", "!", "?", "”", '"', ")", "/.")
_HEADS = frozenset(("tt", "stt", "số tt", "#"))
_WIDTH = 3.0
"""Points by which the rules of two tables may differ that are one."""
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
    """The lines of one text: joined with a space, without one inside a span of figures (2025-2027) or a year."""
    text = re.sub(r"(?<=/)(20?[0-9]?)\n(?=[0-9]{1,3}\b)", r"\1", text)
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
    goes_on = (before and after == before + 1) or (_same_rules(last, block) and not _has_head(block))
    return 0 if goes_on else None


def _same_rules(last: Table, block: Table) -> bool:
    """Whether two tables of pages that follow each other stand between the same rules: one table, cut by a page."""
    if not last.rules or len(last.rules) != len(block.rules) or block.page != last.page + 1:
        return False
    return all(abs(one - other) < _WIDTH for one, other in zip(last.rules, block.rules, strict=True))


def _has_head(table: Table) -> bool:
    return any(name_key(cell.text).strip(" .") in _HEADS for cell in table.row_cells(0))


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
    shift, end = last.rows - repeated, last.rows - 1
    above = {cell.column: n for n, cell in enumerate(cells) if cell.row <= end < cell.row + cell.height}
    blank = bool(first) and not first[0].text and {cell.column for cell in first} <= above.keys()
    # A blank first cell: the number stands before the cut.
    if blank and any(cell.text for cell in first) and not _next_row(cells, above, first):
        own = [cell for cell in first if cells[above[cell.column]].row == end]
        if all(_rest_of(cells[above[cell.column]], cell) for cell in first) or not any(c.text for c in own[:2]):
            for cell in first:
                n = above[cell.column]
                whole = _one_cell(cells[n], cell)
                cells[n] = replace(whole, height=whole.height + cell.height - 1)
            begin = [cell for cell in begin if cell.row > repeated]
            shift -= 1
        else:
            begin = [replace(cell, fault=UNSURE) if cell.row == repeated else cell for cell in begin]
            for n in above.values():
                cells[n] = replace(cells[n], fault=UNSURE)
    cells += [replace(cell, row=cell.row + shift) for cell in begin]
    return replace(last, cells=tuple(cells), page=block.page)


def _next_row(cells: Sequence[TableCell], above: Mapping[int, int], first: Sequence[TableCell]) -> bool:
    """Whether a row bears the number behind that of the row above it."""
    pairs = ((cells[above[cell.column]].text.strip(" ."), cell.text.strip(" .")) for cell in first)
    return any(one.isdigit() and two.isdigit() and len(two) < 4 and int(two) == int(one) + 1 for one, two in pairs)


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
