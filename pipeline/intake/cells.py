"""Cells as found in a file: normalised text, and what is wrong with it. No meaning is read yet.

The faults of whole files are here, too: what a file is refused for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from types import MappingProxyType
from typing import NamedTuple

from pipeline.errors import Question
from pipeline.plans.base import LONGEST_TEXT
from pipeline.plans.text import INVISIBLE, hidden_character, normal, plain

FAULTS = {
    "cell-error": "ô báo lỗi công thức",
    "formula-no-value": "công thức chưa có giá trị lưu kèm",
    "control": "ô có ký tự ẩn",
    "long": f"ô dài hơn {LONGEST_TEXT} chữ",
    "precision": "số dài hơn 15 chữ số, Excel đã làm tròn",
    "merged": "ô nằm trong vùng gộp, không rõ giá trị thuộc dòng nào",
    "tracked": "ô có sửa đổi chưa chấp nhận (Track Changes)",
    "nested": "ô có bảng khác bên trong",
    "struck": "ô có chữ bị gạch ngang",
    "superscript": "ô có chữ số viết nhỏ phía trên, có thể là số chú thích",
    "scaled": "định dạng ô hiện một số khác với số trong ô",
    "early-date": "ngày trước năm 1901: có lẽ là giờ, hoặc là số bị định dạng thành ngày",
    "no-day": "ô định dạng ngày có số âm hoặc quá 2958465, không là ngày nào (Excel hiện #####): ghi lại ngày, "
    "ví dụ 20/11/2025, hoặc đổi định dạng ô thành số",
    "unit-of-heading": "tiêu đề cột kết quả ghi một đơn vị, dòng ghi đơn vị khác",
    "external": "ô lấy giá trị từ tệp khác, có thể đã cũ",
    "other-locality": "không rõ số liệu của địa phương nào",
    "other-period": "không rõ số liệu của kỳ nào",
    "spilt": "chữ tràn ra ngoài ô: bị che, hoặc in chồng lên ô khác",
    "unsure-row": "trang cắt bảng ở đây: không rõ là dòng mới hay phần sau của dòng trên",
    "width": "số ô của dòng khác số cột của tiêu đề",
}
"""What can be wrong with a cell or a line, whatever its column."""
OWN_RULES = frozenset({"width", "other-locality", "other-period"})
"""Faults that are rules of their own; the others are those of a broken cell (ô hỏng)."""


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

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The texts of the cells, from column A on."""
        return tuple(cell.text for cell in self.cells)

    @cached_property
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
    hidden_columns: frozenset[int] = frozenset()
    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Line and column → what a comment on the cell says."""
    pictures: bool = False
    """Its file holds pictures, of which none is looked at."""
    since_1904: bool = False
    """A workbook whose day 0 is 1 January 1904 (hệ ngày 1904), as Excel for the Mac once counted."""

    printed_at: Mapping[int, str] = field(default_factory=dict)
    """Line → its place in a document of pages (PDF), of which a person has to compare what was read."""

    def area_at(self, number: int, column: int) -> Area | None:
        """The merged area over a cell."""
        found = self._areas.get(number, ())
        return next((a for a in found if a.first_column <= column <= a.last_column), None)

    def areas_of(self, number: int) -> Sequence[Area]:
        """The merged areas over a line."""
        return self._areas.get(number, ())

    def line_at(self, number: int) -> Line | None:
        """The line with this number in the file."""
        return self._by_number.get(number)

    @cached_property
    def _by_number(self) -> dict[int, Line]:
        return {line.number: line for line in self.lines}

    @cached_property
    def _areas(self) -> dict[int, list[Area]]:
        """Line → areas over it, for lines with cells. Raises FileFaultError for areas without end."""
        numbers = [line.number for line in self.lines]
        found: dict[int, list[Area]] = {}
        budget = 200_000
        for area in self.merged:
            covered = numbers[bisect_left(numbers, area.first_line) : bisect_right(numbers, area.last_line)]
            budget -= len(covered)
            if budget < 0:
                raise FileFaultError(
                    "extent", f"trang “{self.name}”", "quá nhiều ô gộp", "bỏ gộp ô ở cột, dòng thừa rồi lưu lại"
                )
            for number in covered:
                found.setdefault(number, []).append(area)
        return found


def place_on(grid: Grid) -> str:
    """The sheet in front of a cell or line, as messages name it; '' for CSV."""
    return f"trang “{grid.name}”, " if grid.name else ""


def text_cell(text: str) -> Cell:
    """A cell of text: NFC, stripped; an invisible character is a fault, but not at its ends, where it hides nothing."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_TEXT:
        return Cell(text.strip())
    if len(text) > LONGEST_TEXT:
        return Cell(text[:LONGEST_TEXT], "long")
    clean = normal("NFC", text).strip(_AROUND)
    return Cell(clean, "control" if hidden_character(clean) else "")


_AROUND = "".join(filter(str.isspace, map(chr, range(0x3001)))) + INVISIBLE


def number_cell(value: float | int, percent: bool) -> Cell:
    """A number as Excel shows it: at most 15 significant digits, times 100 where the cell is a percentage."""
    exact = Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))
    text = plain(exact * 100 if percent else exact).replace(".", ",") + ("%" if percent else "")
    return Cell(text, "precision" if abs(value) > 2**53 else "")


@cache
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
        "permission": "người chạy lệnh không có quyền đọc tệp",
        "name": "tên tệp có ký tự ẩn, “:”, “\\”, quá dài hoặc không phải UTF-8: không in, sao lưu an toàn được",
        "file-date": "tên tệp bắt đầu bằng ngày ngoài lịch, thiếu năm hay không rõ: không biết tệp nào gửi sau",
        "part-agency": "tên tệp ghi là phần của cơ quan không chủ trì dòng nào ở địa phương: không biết ghép vào đâu",
        "size": "tệp lớn hơn 20 MB",
        "unconfirmed": "tệp .pdf chỉ có chữ và nét kẻ, không có ô: số liệu đọc ra phải được người xem lại rồi mới dùng",
        "format": "không phải .xlsx, .csv, .xls, .ods, .xlsm, .docx hay .txt, hoặc nội dung không đúng với đuôi tệp",
        "empty": "không có số liệu",
        "encoding": "chữ không phải Unicode (UTF-8, UTF-16 có dấu đầu tệp): đọc đoán thì sai chữ",
        "legacy-encoding": "chữ viết bằng bảng mã TCVN3 (ABC) hoặc VNI, không phải Unicode: tự đổi thì có thể sai chữ",
        "nul": "có ký tự NUL: UTF-16 thiếu dấu đầu tệp, hoặc tệp hỏng",
        "quote": "dấu nháy kép không khớp: một ô có thể nuốt nhiều dòng",
        "delimiter": "không rõ ô ngăn cách bằng dấu gì",
        "header": "không nhận ra dòng tiêu đề nào",
        "unknown-rows": "gần như không dòng nào là chỉ tiêu, nhiệm vụ của các kế hoạch: có lẽ gửi nhầm tệp",
        "heading-repeated": "hai cột cùng nghĩa: không biết lấy cột nào",
        "heading-unclear": "dưới một tiêu đề chung có cột không hiểu là gì: có thể là kỳ khác, số lượng hay tỷ lệ",
        "which-column": "hai cột có thể là kết quả của kỳ (“Tỷ lệ” cạnh kế hoạch, cột lạ có số): phải hỏi người gửi",
        "other-locality": "tên tệp, tên trang, tiêu đề hay cột ghi địa phương khác",
        "other-period": "tên tệp, tên trang, tiêu đề hay cột ghi kỳ báo cáo khác",
        "answers": "tệp trả lời câu hỏi không đọc được",
        "macro": "sổ có macro, tức là có chương trình",
        "external-link": "sổ lấy giá trị từ tệp khác qua tên vùng, có thể đã cũ",
        "tracked-changes": "văn bản còn sửa đổi chưa chấp nhận: có hai cách đọc, không đọc theo cách nào",
        "scan": "trang là ảnh chụp, không có chữ để đọc",
        "xml-dtd": "sổ có khai báo DTD, cách tấn công thường gặp",
        "bomb": "sổ phình quá lớn khi mở",
        "extent": "có ô nằm quá xa bảng số liệu, làm tràn bộ nhớ",
        "damaged": "sổ bị hỏng",
        "engines-disagree": "hai bộ đọc cho hai giá trị khác nhau: tệp ghi mâu thuẫn",
        "resources": "đọc cần quá 1 GiB bộ nhớ hoặc quá 17 giây tính toán",
    }
)
"""Rule → why a file that breaks it is refused whole (bị trả lại cả tệp)."""


class FileFaultError(Exception):
    """A file is refused whole: the rule it breaks, the place in the file, what is wrong, how to fix it."""

    question: Question | None = None
    """What its sender is asked, where an answer mends it."""

    def __init__(self, rule: str, place: str, message: str, remedy: str) -> None:
        if rule not in FILE_RULES:
            raise AssertionError(f"rule {rule!r} is not in FILE_RULES")
        super().__init__(f"{place}: {message} [{rule}] → {remedy}")
        self.rule, self.place, self.message, self.remedy = rule, place, message, remedy
