"""What a plan says its indicators mean (giải thích chỉ tiêu): a column, a table of its own, or a section of lines.

A definition goes to the row whose name it repeats, letter for letter but for spaces and capitals; another one is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.digitise.draft_rows import PlanReading, taken
from pipeline.digitise.plan_columns import PlanHead
from pipeline.documents.blocks import Piece, Table
from pipeline.plans.text import name_key

_OVER = re.compile(r" (?:trên|chia cho|/) (?=tổng|số|toàn)")
OF_NO_ROW = "giải thích của chỉ tiêu không có trong bản nháp: tên không trùng dòng nào"


def define_from_lines(lines: Iterable[Piece], reading: PlanReading) -> None:
    """Lines of the form 'tên chỉ tiêu: giải thích' of a section that explains."""
    for line in lines:
        name, mark, _ = line.text.partition(":")
        if mark:
            _define(line, name, len(name) + len(mark), reading)
        else:
            reading.leave([line], OF_NO_ROW)


def define_from_table(table: Table, head: PlanHead, reading: PlanReading) -> None:
    """A table with names and definitions, and without targets."""
    reading.pass_over(cell for cell in table.cells if cell.row < head.begin)
    name_at, said_at = head.of("name")[0], head.of("definition")[0]
    for row in range(head.begin, table.rows):
        cells = {cell.column: cell for cell in table.row_cells(row)}
        if name_at in cells and said_at in cells and cells[said_at].text:
            _define(cells[said_at], cells[name_at].text, 0, reading)
            if cells[said_at].at not in reading.reasons:
                reading.pass_over(cell for at, cell in cells.items() if at == name_at or cell.column in head.of("no"))
        reading.leave(cells.values(), "bảng giải thích: ô không vào trường nào")


def _define(piece: Piece, name: str, start: int, reading: PlanReading) -> None:
    rows = [row for row in reading.rows if row.kind.measured and name_key(row.fields["name"].value) == name_key(name)]
    for row in rows:
        row.fields.setdefault("definition", taken(piece, piece.text[start:].strip()))
    if not rows:
        reading.leave([piece], OF_NO_ROW)


def as_concept(definition: str) -> Sequence[tuple[str, str]]:
    """The fields of a concept that a definition fills: what is counted and, where it says so, over what."""
    text = definition.strip(" .;")
    found = list(_OVER.finditer(text))
    if len(found) != 1:
        return (("counted", text),)
    return (("counted", text[: found[0].start()].strip()), ("over", text[found[0].end() :].strip()))
