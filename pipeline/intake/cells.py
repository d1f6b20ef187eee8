"""Cells as found in a file: normalised text, and what is wrong with it. No meaning is read yet.

The faults of whole files are here, too: what a file is refused for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from pipeline.plans.base import LONGEST_TEXT
from pipeline.plans.results import INVISIBLE
from pipeline.plans.text import normal, plain

FAULTS = {
    "cell-error": "ô báo lỗi công thức",
    "formula-no-value": "công thức chưa có giá trị lưu kèm",
    "control": "ô có ký tự ẩn",
    "long": f"ô dài hơn {LONGEST_TEXT} chữ",
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
    """A cell of text: NFC, stripped; an invisible character is a fault, but not at its ends, where it hides nothing."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_TEXT:
        return Cell(text.strip())
    if len(text) > LONGEST_TEXT:
        return Cell(text[:LONGEST_TEXT], "long")
    clean = normal("NFC", text).strip(_AROUND)
    hidden = any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") and c not in "\t\r\n" for c in clean)
    return Cell(clean, "control" if hidden else "")


_AROUND = "".join(filter(str.isspace, map(chr, range(0x3001)))) + INVISIBLE


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


FILE_RULES: Mapping[str, str] = MappingProxyType(
    {
        "not-regular": "liên kết, thư mục hay thiết bị thay cho tệp: không biết ai đổi nội dung lúc nào",
        "size": "tệp lớn hơn 20 MB",
        "format": "không phải .xlsx hay .csv, hoặc nội dung không đúng với đuôi tệp",
        "empty": "không có số liệu",
        "encoding": "chữ không phải Unicode (UTF-8, UTF-16 có dấu đầu tệp): đọc đoán thì sai chữ",
        "legacy-encoding": "chữ viết bằng bảng mã TCVN3 (ABC) hoặc VNI, không phải Unicode: tự đổi thì có thể sai chữ",
        "nul": "có ký tự NUL: UTF-16 thiếu dấu đầu tệp, hoặc tệp hỏng",
        "quote": "dấu nháy kép không khớp: một ô có thể nuốt nhiều dòng",
        "delimiter": "không rõ ô ngăn cách bằng dấu gì",
        "header": "không nhận ra dòng tiêu đề nào",
        "heading-repeated": "hai cột cùng nghĩa: không biết lấy cột nào",
        "macro": "sổ có macro, tức là có chương trình",
        "external-link": "sổ lấy giá trị từ tệp khác, có thể đã cũ",
        "xml-dtd": "sổ có khai báo DTD, cách tấn công thường gặp",
        "bomb": "sổ phình quá lớn khi mở",
        "extent": "có ô nằm quá xa bảng số liệu, làm tràn bộ nhớ",
        "damaged": "sổ bị hỏng",
        "engines-disagree": "hai bộ đọc cho hai giá trị khác nhau: tệp ghi mâu thuẫn",
        "resources": "đọc cần quá 1 GiB bộ nhớ hoặc quá 18 giây",
    }
)
"""Rule → why a file that breaks it is refused whole (bị trả lại cả tệp)."""


class FileFaultError(Exception):
    """A file is refused whole: the rule it breaks, the place in the file, what is wrong, how to fix it."""

    def __init__(self, rule: str, place: str, message: str, remedy: str) -> None:
        if rule not in FILE_RULES:
            raise AssertionError(f"rule {rule!r} is not in FILE_RULES")
        super().__init__(f"{place}: {message} [{rule}] → {remedy}")
        self.rule, self.place, self.message, self.remedy = rule, place, message, remedy
