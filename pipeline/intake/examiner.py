"""The child process that opens a file: `python -m pipeline.intake.examiner xlsx < x.xlsx`.

Answers JSON on standard output: the sheets, or the fault for which the file is refused.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import os
import re
import resource
import sys
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.intake.cell_look import (
    Fonts,
    is_percentage,
    shows_another_number,
    takes_from_another_file,
    without_note_mark,
)
from pipeline.intake.cells import Cell, FileFaultError, column_letter, number_cell, text_cell

MEMORY = 1024**3
CPU_SECONDS = 17
UNPACKED = 64 * 1024**2
RATIO = 200
ENTRIES = 2000
OUT_OF_MEMORY = 3
"""The exit code of the child."""
_OTHER_FORMATS = {
    "xl/workbook.bin": "sổ .xlsb",
    "word/document.xml": "tệp Word (.docx) đổi đuôi",
    "content.xml": "tệp OpenDocument (.ods, .odt) đổi đuôi",
    "ppt/presentation.xml": "tệp PowerPoint (.pptx) đổi đuôi",
}
CELLS = 5_000_000
"""Cells of the rectangle around all filled cells: calamine allocates them all."""

_REFERENCE = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["'][^>]*?(/>|>\s*</(?:\w+:)?c>|>)"""
)
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="([0-9]{1,9})"')
# A formula whose value was never stored: nothing, or an empty <v>, between it and the end of its cell.
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LINKED = re.compile(rb"<(?:\w+:)?f[^>]*>[^<]*(?:\[[0-9]|file:|\.xl)", re.IGNORECASE)
_STYLED_RUNS = re.compile(rb"<(?:\w+:)?(?:strike|vertAlign)[\s/>]")
_STRICT = b"http://purl.oclc.org/ooxml/"
_NEEDED = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|xl/(?:workbook|styles|sharedStrings)\.xml|xl/_rels/.*|xl/worksheets/[^/]+")


@dataclass
class Examined:
    """What the parts of a workbook hold that costs time to look at, and is rare."""

    incomplete: bool = False
    """A formula without a stored value."""
    linked: bool = False
    """A formula that refers to another file."""
    runs: bool = False
    """Text of which a part is struck out or raised."""


def main() -> int:
    """Read a file from standard input; write the answer. The first argument is its kind, 'xlsx' or 'csv'."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Libraries print warnings; what this process says on its standard output is the answer alone.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        answers.write(answer(sys.stdin.buffer.read(), sys.argv[1]).encode())
        answers.close()
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def answer(content: bytes, kind: str) -> str:
    """The sheets of a file or the fault for which it is refused, as JSON. Raises MemoryError."""
    try:
        return json.dumps({"sheets": _READERS[kind](content)})
    except FileFaultError as fault:
        return json.dumps({"fault": [fault.rule, fault.place, fault.message, fault.remedy]})


def read(content: bytes) -> list[dict[str, object]]:
    """All worksheets of a workbook as plain lists. Raises FileFaultError."""
    return _read(content, macros=False)


def read_with_macros(content: bytes) -> list[dict[str, object]]:
    """Likewise for a workbook that may have macros (.xlsm), which are never run."""
    return _read(content, macros=True)


def read_text(content: bytes) -> list[dict[str, object]]:
    """Delimited text as one plain sheet. Raises FileFaultError."""
    from pipeline.intake.delimited import read_delimited

    lines = read_delimited(content).lines
    return [
        {
            "name": "",
            "hidden": False,
            "lines": [[n.number, False, [[c, *cell] for c, cell in enumerate(n.cells)]] for n in lines],
            "merged": [],
            "hidden_columns": [],
            "constant_width": True,
        }
    ]


def _read(content: bytes, *, macros: bool) -> list[dict[str, object]]:
    found = examine(content, macros=macros)
    warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that no cell value depends on
    # openpyxl asks for numpy and for pillow, which cost more to import than most workbooks to read.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    sys.modules.setdefault("PIL", None)  # type: ignore[arg-type]
    import openpyxl.reader.drawings

    openpyxl.reader.drawings.PILImage = None  # pictures hold no figures, and are not opened
    careful = _load(content, data_only=True, rich_text=found.runs)
    formulas = _load(content) if found.incomplete or found.linked else None
    fonts = Fonts.of(careful)
    fast = _read_fast(content)
    sheets = []
    for sheet in careful.worksheets:
        cells = _careful_cells(sheet, formulas[sheet.title] if formulas else None, fonts)
        _agree(sheet.title, cells, fast.get(sheet.title))
        sheets.append(_plain(sheet, {place: cell for place, (cell, _) in cells.items() if cell.text or cell.fault}))
    return sheets


def _load(content: bytes, **options: bool) -> Any:
    """The workbook as openpyxl reads it; if it cannot, without the parts that hold no cells (pivots, drawings)."""
    import openpyxl

    try:
        return openpyxl.load_workbook(io.BytesIO(content), **options)
    except MemoryError:
        raise
    except Exception:
        try:
            return openpyxl.load_workbook(io.BytesIO(_cells_only(content)), **options)
        except MemoryError:
            raise
        except Exception as error:
            raise _damaged() from error


def _cells_only(content: bytes) -> bytes:
    """A workbook of the parts that hold cells and their styles."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as kept:
        for name in filter(_NEEDED.fullmatch, source.namelist()):
            data = source.read(name)
            if name == "xl/workbook.xml":
                data = re.sub(rb"<(\w+:)?pivotCaches>.*?</(\w+:)?pivotCaches>", b"", data, flags=re.DOTALL)
            kept.writestr(name, data)
    return target.getvalue()


def examine(content: bytes, *, macros: bool = False) -> Examined:
    """Refuse what must not reach a reader; tell what the cells hold that has to be looked at."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileFaultError(
            "format", "tệp", "là sổ Excel cũ (.xls) hoặc sổ đặt mật khẩu", "bỏ mật khẩu, lưu thành .xlsx rồi gửi lại"
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise FileFaultError(
            "format", "tệp", "không phải sổ .xlsx, hoặc tệp bị cắt", "mở bằng Excel và lưu lại thành .xlsx"
        ) from error
    _examine_size(parts)
    names = {part.filename for part in parts}
    if len(names) < len(parts):
        raise FileFaultError("format", "tệp", "sổ có hai phần trùng tên", "mở bằng Excel và lưu lại thành .xlsx")
    if not macros and any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileFaultError("macro", "tệp", "sổ có macro", "lưu thành .xlsx (không macro) rồi gửi lại")
    for part, what in _OTHER_FORMATS.items():
        if part in names:
            raise FileFaultError("format", "tệp", f"là {what}", "gửi đúng đuôi tệp, hoặc lưu thành .xlsx rồi gửi lại")
    found = Examined()
    for part in parts:
        try:
            data = archive.read(part)
        except Exception as error:
            raise _damaged() from error
        _examine_part(part.filename, data, found)
    return found


def _examine_size(parts: list[zipfile.ZipInfo]) -> None:
    bomb = sum(p.file_size for p in parts) > UNPACKED or any(
        p.file_size > 1024**2 and p.file_size > RATIO * max(p.compress_size, 1) for p in parts
    )
    if bomb or len(parts) > ENTRIES:
        raise FileFaultError(
            "bomb", "tệp", "sổ phình quá lớn khi mở", "chép riêng bảng số liệu sang sổ mới rồi gửi lại"
        )


def _examine_part(name: str, data: bytes, found: Examined) -> None:
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    if (
        b"<!DOCTYPE" in data
        or b"<!ENTITY" in data
        or "<!DOCTYPE".encode("utf-16-le") in data
        or "<!DOCTYPE".encode("utf-16-be") in data
    ):
        raise FileFaultError("xml-dtd", f"phần {name}", "sổ chứa khai báo DTD", "mở bằng Excel và lưu lại thành .xlsx")
    if name == "xl/workbook.xml":
        _examine_workbook(data)
    found.runs |= name == "xl/sharedStrings.xml" and bool(_STYLED_RUNS.search(data))
    if not name.startswith("xl/worksheets/"):
        return
    found.runs |= bool(_STYLED_RUNS.search(data))
    found.linked |= bool(_LINKED.search(data))
    found.incomplete |= bool(_NO_VALUE.search(data))
    _examine_cells(name, data)


def _examine_workbook(data: bytes) -> None:
    if _STRICT in data:
        raise FileFaultError(
            "format", "tệp", "là sổ kiểu “Strict Open XML”", "lưu kiểu “Excel Workbook (.xlsx)” rồi gửi lại"
        )
    if re.search(rb"<(?:\w+:)?definedName\s[^>]*>[^<]*(?:\[[0-9]|file:)", data):
        raise FileFaultError(
            "external-link",
            "tệp",
            "sổ đặt tên cho vùng ở tệp khác, giá trị lấy qua tên ấy có thể đã cũ",
            "dán giá trị thay cho công thức, xóa tên vùng trong Name Manager",
        )


def _examine_cells(name: str, data: bytes) -> None:
    columns = rows = 1
    where = ""
    found = _REFERENCE.findall(data)
    references = [(letters.upper(), number) for letters, number, _ in found]
    if 0 < len(references) < len(_CELL.findall(data)):
        raise _contradictory(f"phần {name}", "có ô ghi địa chỉ, có ô không")
    if len(set(references)) < len(references):
        letters, number = next(r for r, count in Counter(references).items() if count > 1)
        raise _contradictory(f"phần {name}, ô {letters.decode()}{number.decode()}", "ô ghi hai lần")
    for letters, number, end in found:
        if end != b">":  # formatted, and empty
            continue
        letters, column = letters.upper(), 0
        for letter in letters:
            column = 26 * column + letter - 64
        if column > columns or int(number) > rows:
            where = f"{letters.decode()}{int(number)}"
        columns, rows = max(columns, column), max(rows, int(number))
    if columns * rows > CELLS or any(int(r) > 1_048_576 for r in _ROW.findall(data)):
        raise FileFaultError(
            "extent", f"ô {where}", "có ô nằm quá xa bảng số liệu", "xóa các dòng, cột thừa rồi lưu lại"
        )


def _careful_cells(sheet: Any, formulas: Any, fonts: Fonts) -> dict[tuple[int, int], tuple[Cell, Any]]:
    """(row, column) → the cell, and its value for the comparison of engines."""
    cells: dict[tuple[int, int], tuple[Cell, Any]] = {}
    for (row, column), cell in sheet._cells.items():
        value = cell.value
        formula = formulas._cells[row, column] if formulas is not None else None
        if value is None:
            if formula is not None and formula.data_type == "f":
                cells[row, column] = (Cell("", "formula-no-value"), None)
            continue
        read = _cell(cell, value)
        if not read.fault:
            fault = fonts.fault(cell)
            if formula is not None and takes_from_another_file(formula.value):
                fault = "external"
            read = Cell(read.text, fault) if fault else read
        compared = value if not isinstance(value, str | list) else _unescaped(str(value))
        cells[row, column] = (read, None if read.fault == "cell-error" else compared)
    return cells


def _cell(cell: Any, value: Any) -> Cell:
    """The text of one cell, and what is wrong with its value."""
    if cell.data_type == "e":
        return Cell(str(value), "cell-error")
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    if isinstance(value, dt.datetime | dt.date):
        return Cell(_date(value), "early-date" if value.year <= 1900 else "")
    return text_cell(_unescaped(without_note_mark(value) if isinstance(value, list) else str(value)))


def _unescaped(text: str) -> str:
    """'_x000D_' is how Open XML writes a character that XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _number(value: float | int, number_format: str) -> Cell:
    if isinstance(value, float) and not math.isfinite(value):
        return Cell(str(value), "cell-error")
    cell = number_cell(value, is_percentage(number_format))
    return Cell(cell.text, "scaled") if shows_another_number(number_format) and not cell.fault else cell


def _date(value: dt.date) -> str:
    if isinstance(value, dt.datetime) and value.time() != dt.time():
        return value.isoformat(" ", "minutes")
    return value.isoformat()[:10]


def _read_fast(content: bytes) -> dict[str, dict[tuple[int, int], Any]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {}
        for meta in book.sheets_metadata:
            if meta.typ == python_calamine.SheetTypeEnum.WorkSheet:
                rows = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
                sheets[meta.name] = {
                    (r, c): value for r, row in enumerate(rows, 1) for c, value in enumerate(row, 1) if value != ""
                }
    except MemoryError:
        raise
    except Exception as error:
        raise _damaged() from error
    return sheets


def _agree(
    name: str, careful: dict[tuple[int, int], tuple[Cell, Any]], fast: dict[tuple[int, int], Any] | None
) -> None:
    """Raises FileFaultError at the first cell the two engines read differently."""
    fast = fast or {}
    for place in sorted(careful.keys() | fast.keys()):
        cell, value = careful.get(place, (Cell(""), None))
        if cell.fault in ("cell-error", "formula-no-value", "precision", "early-date"):
            continue
        if _comparable(value) != _comparable(fast.get(place)):
            row, column = place
            where = f"trang “{name}”, ô {column_letter(column - 1)}{row}"
            raise _contradictory(where, "hai bộ đọc cho hai giá trị khác nhau: tệp ghi mâu thuẫn")


def _comparable(value: Any) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return format(float(value), ".15g")
    if isinstance(value, dt.datetime):
        return _date(value.replace(microsecond=0))
    if isinstance(value, dt.date):
        return _date(value)
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    return text_cell(str(value).replace("\r\n", "\n").replace("\r", "\n")).text or None


def _plain(sheet: Any, cells: dict[tuple[int, int], Cell]) -> dict[str, object]:
    hidden_rows = {number for number, row in sheet.row_dimensions.items() if row.hidden or row.height == 0}
    lines: dict[int, list[list[object]]] = {}
    for (row, column), cell in sorted(cells.items()):
        lines.setdefault(row, []).append([column - 1, cell.text, cell.fault])
    used = max((column for _, column in cells), default=0)
    dimensions = [d for d in sheet.column_dimensions.values() if d.hidden or d.width == 0]
    return {
        "name": sheet.title,
        "hidden": sheet.sheet_state != "visible",
        "lines": [[row, row in hidden_rows, found] for row, found in lines.items()],
        "merged": [[a.min_row, a.max_row, a.min_col - 1, a.max_col - 1] for a in sheet.merged_cells.ranges],
        "hidden_columns": sorted(
            {c - 1 for d in dimensions if d.min for c in range(d.min, min(d.max or d.min, used) + 1)}
        ),
        "constant_width": False,
    }


def _contradictory(place: str, message: str) -> FileFaultError:
    return FileFaultError("engines-disagree", place, message, "mở bằng Excel, kiểm tra ô này và lưu lại")


def _damaged() -> FileFaultError:
    return FileFaultError(
        "damaged",
        "tệp",
        "sổ bị hỏng, hoặc có phần mà bộ đọc không hiểu",
        "mở bằng Excel, chép riêng bảng số liệu sang sổ mới (.xlsx) rồi gửi lại",
    )


_READERS: dict[str, Callable[[bytes], list[dict[str, object]]]] = {
    "xlsx": read,
    "xlsm": read_with_macros,
    "csv": read_text,
}

if __name__ == "__main__":
    sys.exit(main())
