"""Cells as found in a file: normalised text, and what is wrong with it. No meaning is read yet."""

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
"""What can be wrong with a cell or a line, whatever its column."""


class Cell(NamedTuple):
    """One cell. A workbook gives numbers as 82,78 (82,78% where shown as a percentage), dates as 2025-11-20."""

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
        """The texts of the cells, from column A on."""
        return tuple(cell.text for cell in self.cells)

    @property
    def blank(self) -> bool:
        """Whether every cell is empty and without a fault."""
        return not any(cell.text or cell.fault for cell in self.cells)


@dataclass(frozen=True)
class Area:
    """A merged range (ô gộp): zero-based columns, one-based lines, both ends included."""

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
    """Delimited text: in a line wider or narrower than its heading, cells have slipped."""


def text_cell(text: str) -> Cell:
    """A cell of text: NFC, stripped; an invisible character is a fault."""
    if text.isascii() and text.isprintable():
        return Cell(text.strip())
    clean = unicodedata.normalize("NFC", text).strip()
    hidden = any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") and c not in "\t\r\n" for c in clean)
    return Cell(clean, "control" if hidden else "")


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
