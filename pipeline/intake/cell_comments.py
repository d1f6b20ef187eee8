"""Comments on cells (ghi chú của ô, comment): no figure is read from them, and each is told.

A comment can take back what its cell says: “số cũ, quý này là 90”. Those of a marked workbook are our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

OWN_AUTHOR = "Kiểm tra số liệu"
"""Who writes the comments of a marked workbook (sổ đánh dấu)."""
_OWN_TEXT = re.compile(r" \[[a-z][a-z-]{2,40}\] → ")
"""LibreOffice drops the author of a comment."""
_THREADED = re.compile(r"\[Threaded comment\].*?\n\s*(?:Comment|Nhận xét|Bình luận):\s*", re.DOTALL)
"""What Excel puts before a comment that may be answered, for programs that know only the old kind."""
_SHOWN = 200
Placed = list[list[object]]
"""Line from 1, column from 0, text."""


def of_workbook(sheet: Any) -> Placed:
    """The comments of a sheet of openpyxl."""
    found = ((place, cell.comment) for place, cell in sheet._cells.items() if cell.comment is not None)
    return _placed((row, column - 1, c.text or "", c.author) for (row, column), c in found)


def of_old_workbook(sheet: Any) -> Placed:
    """The comments of a sheet of xlrd."""
    notes = sheet.cell_note_map.items()
    return _placed((row + 1, column, note.text, note.author) for (row, column), note in notes)


def of_texts(number: int, column: int, texts: Iterable[tuple[str, str]]) -> Placed:
    """Comments of one cell, each as text and author."""
    return _placed((number, column, text, author) for text, author in texts)


def _placed(found: Iterable[tuple[int, int, str, str | None]]) -> Placed:
    """All but our own, without what programs put before them."""
    placed: Placed = []
    for number, column, text, author in found:
        said = " ".join(_THREADED.sub("", text).split())
        if said and author != OWN_AUTHOR and not _OWN_TEXT.search(said):
            placed.append([number, column, said[:_SHOWN]])
    return sorted(placed, key=lambda one: one[:2])
