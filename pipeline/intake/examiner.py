"""The child process that opens a workbook: `python -m pipeline.intake.examiner < x.xlsx`.

Answers JSON on standard output: the sheets, or the fault for which the file is refused.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import re
import resource
import sys
import warnings
import zipfile
from collections import Counter
from typing import Any

from pipeline.intake.cells import Cell, FileFaultError, column_letter, number_cell, text_cell

MEMORY = 1024**3
CPU_SECONDS = 17
UNPACKED = 64 * 1024**2
RATIO = 200
ENTRIES = 2000
CELLS = 5_000_000
"""Cells of the rectangle around all filled cells: calamine allocates them all."""

_REFERENCE = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="([0-9]{1,9})"')
# A formula whose value was never stored: nothing, or an empty <v>, between it and the end of its cell.
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def main() -> int:
    """Read a workbook from standard input; write the answer."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sys.stdout.write(answer(sys.stdin.buffer.read()))
    except MemoryError:
        return 1
    return 0


def answer(content: bytes) -> str:
    """The sheets of a workbook or the fault for which it is refused, as JSON. Raises MemoryError."""
    try:
        return json.dumps({"sheets": read(content)})
    except FileFaultError as fault:
        return json.dumps({"fault": [fault.rule, fault.place, fault.message, fault.remedy]})


def read(content: bytes) -> list[dict[str, object]]:
    """All worksheets as plain lists. Raises FileFaultError."""
    incomplete = examine(content)
    warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that no cell value depends on
    # openpyxl asks for numpy and for pillow, which cost more to import than most workbooks to read.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    sys.modules.setdefault("PIL", None)  # type: ignore[arg-type]
    import openpyxl
    import openpyxl.reader.drawings

    openpyxl.reader.drawings.PILImage = None  # pictures hold no figures, and are not opened
    try:
        careful = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(content)) if incomplete else None
    except MemoryError:
        raise
    except Exception as error:
        raise _damaged(error) from error
    fast = _read_fast(content)
    sheets = []
    for sheet in careful.worksheets:
        cells = _careful_cells(sheet, formulas[sheet.title] if formulas else None)
        _agree(sheet.title, cells, fast.get(sheet.title))
        sheets.append(_plain(sheet, {place: cell for place, (cell, _) in cells.items() if cell.text or cell.fault}))
    return sheets


def examine(content: bytes) -> bool:
    """Refuse what must not reach a reader. True if any sheet holds a formula without a stored value."""
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
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileFaultError("macro", "tệp", "sổ có macro", "lưu thành .xlsx (không macro) rồi gửi lại")
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise FileFaultError(
            "external-link",
            "tệp",
            "sổ có liên kết tới tệp khác, giá trị có thể đã cũ",
            "dán giá trị thay cho công thức liên kết",
        )
    if "xl/workbook.bin" in names:
        raise FileFaultError("format", "tệp", "là sổ .xlsb", "lưu thành .xlsx rồi gửi lại")
    formula = False
    for part in parts:
        try:
            data = archive.read(part)
        except Exception as error:
            raise _damaged(error) from error
        formula |= _examine_part(part.filename, data)
    return formula


def _examine_size(parts: list[zipfile.ZipInfo]) -> None:
    bomb = sum(p.file_size for p in parts) > UNPACKED or any(
        p.file_size > 1024**2 and p.file_size > RATIO * max(p.compress_size, 1) for p in parts
    )
    if bomb or len(parts) > ENTRIES:
        raise FileFaultError(
            "bomb", "tệp", "sổ phình quá lớn khi mở", "chép riêng bảng số liệu sang sổ mới rồi gửi lại"
        )


def _examine_part(name: str, data: bytes) -> bool:
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return False
    if (
        b"<!DOCTYPE" in data
        or b"<!ENTITY" in data
        or "<!DOCTYPE".encode("utf-16-le") in data
        or "<!DOCTYPE".encode("utf-16-be") in data
    ):
        raise FileFaultError("xml-dtd", f"phần {name}", "sổ chứa khai báo DTD", "mở bằng Excel và lưu lại thành .xlsx")
    if not name.startswith("xl/worksheets/"):
        return False
    columns = rows = 1
    where = ""
    references = [(letters.upper(), number) for letters, number in _REFERENCE.findall(data)]
    if 0 < len(references) < len(_CELL.findall(data)):
        raise _contradictory(f"phần {name}", "có ô ghi địa chỉ, có ô không")
    if len(set(references)) < len(references):
        letters, number = next(r for r, count in Counter(references).items() if count > 1)
        raise _contradictory(f"phần {name}, ô {letters.decode()}{number.decode()}", "ô ghi hai lần")
    for letters, number in references:
        column = 0
        for letter in letters:
            column = 26 * column + letter - 64
        if column > columns or int(number) > rows:
            where = f"{letters.decode()}{int(number)}"
        columns, rows = max(columns, column), max(rows, int(number))
    if columns * rows > CELLS or any(int(r) > 1_048_576 for r in _ROW.findall(data)):
        raise FileFaultError(
            "extent", f"ô {where}", "có ô nằm quá xa bảng số liệu", "xóa các dòng, cột thừa rồi lưu lại"
        )
    return bool(_NO_VALUE.search(data))


def _careful_cells(sheet: Any, formulas: Any) -> dict[tuple[int, int], tuple[Cell, Any]]:
    """(row, column) → the cell, and its value for the comparison of engines."""
    cells: dict[tuple[int, int], tuple[Cell, Any]] = {}
    for (row, column), cell in sheet._cells.items():
        value = cell.value
        formula = formulas is not None and formulas._cells[row, column].data_type == "f"
        if value is None:
            if formula:
                cells[row, column] = (Cell("", "formula-no-value"), None)
            continue
        if cell.data_type == "e":
            cells[row, column] = (Cell(str(value), "cell-error"), None)
        elif isinstance(value, bool):
            cells[row, column] = (Cell("TRUE" if value else "FALSE"), value)
        elif isinstance(value, int | float):
            cells[row, column] = (_number(value, cell.number_format), value)
        elif isinstance(value, dt.datetime | dt.date):
            cells[row, column] = (Cell(_date(value)), value)
        else:
            cells[row, column] = (text_cell(str(value)), value)
    return cells


def _number(value: float | int, number_format: str) -> Cell:
    if isinstance(value, float) and not math.isfinite(value):
        return Cell(str(value), "cell-error")
    return number_cell(value, "%" in _QUOTED.sub("", number_format or ""))


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
        raise _damaged(error) from error
    return sheets


def _agree(
    name: str, careful: dict[tuple[int, int], tuple[Cell, Any]], fast: dict[tuple[int, int], Any] | None
) -> None:
    """Raises FileFaultError at the first cell the two engines read differently."""
    fast = fast or {}
    for place in sorted(careful.keys() | fast.keys()):
        cell, value = careful.get(place, (Cell(""), None))
        if cell.fault in ("cell-error", "formula-no-value", "precision"):
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
    hidden_rows = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    lines: dict[int, list[list[object]]] = {}
    for (row, column), cell in sorted(cells.items()):
        lines.setdefault(row, []).append([column - 1, cell.text, cell.fault])
    return {
        "name": sheet.title,
        "hidden": sheet.sheet_state != "visible",
        "lines": [[row, row in hidden_rows, found] for row, found in lines.items()],
        "merged": [[a.min_row, a.max_row, a.min_col - 1, a.max_col - 1] for a in sheet.merged_cells.ranges],
    }


def _contradictory(place: str, message: str) -> FileFaultError:
    return FileFaultError("engines-disagree", place, message, "mở bằng Excel, kiểm tra ô này và lưu lại")


def _damaged(error: Exception) -> FileFaultError:
    return FileFaultError(
        "damaged", "tệp", f"sổ bị hỏng ({type(error).__name__})", "mở bằng Excel, sửa và lưu lại thành .xlsx"
    )


if __name__ == "__main__":
    sys.exit(main())
