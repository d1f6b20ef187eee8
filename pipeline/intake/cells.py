"""Cells as found: text in one form, with what is wrong with it; no meaning is read yet."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from pipeline.plans.text import plain

FAULTS = {
    "cell-error": "ô báo lỗi công thức",
    "formula-no-value": "công thức chưa có giá trị lưu kèm",
    "control": "ô có ký tự ẩn",
    "precision": "số dài hơn 15 chữ số, Excel đã làm tròn",
    "merged": "ô nằm trong vùng gộp, không rõ giá trị thuộc dòng nào",
    "width": "số ô của dòng khác số cột của tiêu đề",
}
"""What a cell or line itself can have wrong, whatever column it stands in."""


class Cell(NamedTuple):
    """One cell. Numbers of a workbook come as 82,78 (82,78% if shown as a percentage), dates as 2025-11-20."""

    text: str
    fault: str = ""


EMPTY = Cell("")


@dataclass(frozen=True)
class Line:
    """One line of a sheet: its number in the file, from 1, and its cells from column A on."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False

    def cell(self, column: int) -> Cell:
        """The cell in a column, from 0; an empty one beyond the end of the line."""
        return self.cells[column] if column < len(self.cells) else EMPTY

    @property
    def texts(self) -> tuple[str, ...]:
        """What the cells hold, from column A on, without what is wrong with them."""
        return tuple(cell.text for cell in self.cells)

    @property
    def blank(self) -> bool:
        """Whether nothing stands in the line, not even a fault."""
        return not any(cell.text or cell.fault for cell in self.cells)


@dataclass(frozen=True)
class Area:
    """A merged range (ô gộp), zero-based columns and one-based lines, all ends included."""

    first_line: int
    last_line: int
    first_column: int
    last_column: int


@dataclass(frozen=True)
class Grid:
    """One sheet (trang tính) as found; a CSV file is one sheet without a name."""

    name: str
    lines: tuple[Line, ...]
    hidden: bool = False
    merged: tuple[Area, ...] = ()
    constant_width: bool = False
    """Delimited text: every line of a table must be as wide as its heading, or cells have slipped."""


def text_cell(text: str) -> Cell:
    """A cell of text: NFC, without white space at its ends; invisible characters are a fault."""
    if text.isascii() and text.isprintable():
        return Cell(text.strip())
    kept = unicodedata.normalize("NFC", text).strip()
    hidden = any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") and c not in "\t\r\n" for c in kept)
    return Cell(kept, "control" if hidden else "")


def number_cell(value: float | int, percent: bool) -> Cell:
    """A number as Excel shows it: at most 15 significant digits, times 100 where the cell is a percentage."""
    exact = Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))
    text = plain(exact * 100 if percent else exact).replace(".", ",") + ("%" if percent else "")
    return Cell(text, "precision" if abs(value) > 2**53 else "")


def column_letter(index: int) -> str:
    """0 → 'A', 25 → 'Z', 26 → 'AA'."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def widths(lines: Sequence[Line]) -> dict[int, int]:
    """How many lines have how many cells; blank lines do not count."""
    counts: dict[int, int] = {}
    for line in lines:
        if not line.blank:
            counts[len(line.cells)] = counts.get(len(line.cells), 0) + 1
    return counts
