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
from collections.abc import Callable
from typing import Any

from pipeline.fork.child import find
from pipeline.fork.orders import hold_to
from pipeline.intake.cell_comments import of_workbook
from pipeline.intake.cell_look import Fonts, date_text, takes_from_another_file, without_note_mark
from pipeline.intake.cells import Cell, FileFaultError, column_letter, number_cell, text_cell
from pipeline.intake.number_format import day_shown, is_percentage, shows_another_number
from pipeline.intake.workbook_parts import Examined, contradictory, damaged, examine
from pipeline.intake.workbook_repairs import with_known_errors, with_shown_spaces

MEMORY = 1024**3
CPU_SECONDS = 17
OUT_OF_MEMORY = 3
"""The exit code of the child."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NEEDED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(?:workbook|styles|sharedStrings)\.xml|xl/_rels/.*|xl/worksheets/[^/]+"
)


def main() -> int:
    """Read a file from standard input; write the answer. The first argument is its kind, as `answer` takes it."""
    hold_to(resource.RLIMIT_AS, MEMORY, MEMORY)
    hold_to(resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 2)
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
    """The sheets of a file or the fault for which it is refused, as JSON. Raises MemoryError.

    `kind` is one of the kinds of submissions ('xlsx', 'csv' …), or a reader of another room ("module:function").
    """
    try:
        reader = _READERS.get(kind) or find(kind)
        return json.dumps({"sheets": reader(content)})
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


def read_document(content: bytes) -> list[dict[str, object]]:
    """The tables of a Word document as plain sheets. Raises FileFaultError."""
    from pipeline.intake.word_tables import read_word

    return read_word(content)


def read_old_workbook(content: bytes) -> list[dict[str, object]]:
    """A workbook of Excel 97–2003 as plain sheets. Raises FileFaultError."""
    from pipeline.intake.old_workbook import read_old

    return read_old(content)


def read_open_workbook(content: bytes) -> list[dict[str, object]]:
    """A spreadsheet of OpenDocument as plain sheets. Raises FileFaultError."""
    from pipeline.intake.open_document import read_open_document

    return read_open_document(content)


def read_document_of_pages(content: bytes) -> list[dict[str, object]]:
    """The tables of a born-digital PDF as plain sheets. Raises FileFaultError."""
    from pipeline.intake.pdf_tables import read_pdf_tables

    return read_pdf_tables(content)


def _read(content: bytes, *, macros: bool) -> list[dict[str, object]]:
    found = examine(content, macros=macros)
    if found.spaced:
        content = with_shown_spaces(content)
    warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that no cell value depends on
    # openpyxl asks for numpy and for pillow, which cost more to import than most workbooks to read.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    sys.modules.setdefault("PIL", None)  # type: ignore[arg-type]
    import openpyxl.reader.drawings
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    openpyxl.reader.drawings.PILImage = None  # pictures hold no figures, and are not opened
    careful = _load(content, data_only=True, rich_text=found.runs)
    formulas = _load(content) if found.incomplete or found.linked else None
    fonts = Fonts.of(careful)
    fast = read_fast(with_known_errors(content) if found.errors else content)
    sheets = []
    for sheet in careful.worksheets:
        cells = _careful_cells(sheet, formulas[sheet.title] if formulas else None, fonts, found)
        agree(sheet.title, cells, fast.get(sheet.title))
        cells = {place: _beyond_the_calendar(*read, fast[sheet.title].get(place)) for place, read in cells.items()}
        shown = {place: cell for place, (cell, _) in cells.items() if cell.text or cell.fault}
        more = {"since_1904": careful.epoch == CALENDAR_MAC_1904, "pictures": found.pictures}
        sheets.append(_plain(sheet, shown) | more)
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
            raise damaged() from error


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


def _careful_cells(sheet: Any, formulas: Any, fonts: Fonts, found: Examined) -> dict[tuple[int, int], tuple[Cell, Any]]:
    """(row, column) → the cell, and its value for the comparison of engines."""
    cells: dict[tuple[int, int], tuple[Cell, Any]] = {}
    for (row, column), cell in sheet._cells.items():
        value = cell.value
        formula = formulas._cells[row, column] if formulas is not None else None
        if value is None:
            gives_nothing = cell.data_type == "str" and not found.unsaid
            if formula is not None and formula.data_type == "f" and not gives_nothing:
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
        return _day(value, cell)
    return text_cell(_unescaped(without_note_mark(value) if isinstance(value, list) else str(value)))


def _day(value: dt.date, cell: Any) -> Cell:
    """A day, and whether it is one: below day 0 Excel shows none."""
    before = isinstance(value, dt.datetime) and value < cell.parent.parent.epoch
    fault = "no-day" if before else "early-date" if value.year <= 1900 else ""
    return Cell(day_shown(value, cell.number_format), fault)


def _beyond_the_calendar(cell: Cell, value: Any, fast: Any) -> tuple[Cell, Any]:
    """A number that is too large for a day is an error for openpyxl alone; calamine says that it is a number."""
    too_large = cell.fault == "cell-error" and isinstance(fast, int | float) and not isinstance(fast, bool)
    return (Cell(format(fast, ".15g"), "no-day") if too_large else cell), value


def _unescaped(text: str) -> str:
    """'_x000D_' is how Open XML writes a character that XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _number(value: float | int, number_format: str) -> Cell:
    if isinstance(value, float) and not math.isfinite(value):
        return Cell(str(value), "cell-error")
    cell = number_cell(value, is_percentage(number_format))
    return Cell(cell.text, "scaled") if shows_another_number(number_format) and not cell.fault else cell


def read_fast(content: bytes) -> dict[str, dict[tuple[int, int], Any]]:
    """Sheet → (row, column) → value, by calamine. Raises FileFaultError."""
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
        raise damaged() from error
    return sheets


def agree(name: str, careful: dict[tuple[int, int], tuple[Cell, Any]], fast: dict[tuple[int, int], Any] | None) -> None:
    """Raises FileFaultError at the first cell the two engines read differently."""
    fast = fast or {}
    for place in sorted(careful.keys() | fast.keys()):
        cell, value = careful.get(place, (Cell(""), None))
        if cell.fault in ("cell-error", "formula-no-value", "precision", "early-date", "no-day"):
            continue
        if _comparable(value) != _comparable(fast.get(place)):
            row, column = place
            where = f"trang “{name}”, ô {column_letter(column - 1)}{row}"
            raise contradictory(where, "hai bộ đọc cho hai giá trị khác nhau: tệp ghi mâu thuẫn")


def _comparable(value: Any) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return format(float(value), ".15g")
    if isinstance(value, dt.datetime):
        return date_text(value.replace(microsecond=0))
    if isinstance(value, dt.date):
        return date_text(value)
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
        "comments": of_workbook(sheet),
        "hidden_columns": sorted(
            {c - 1 for d in dimensions if d.min for c in range(d.min, min(d.max or d.min, used) + 1)}
        ),
        "constant_width": False,
    }


_READERS: dict[str, Callable[[bytes], list[dict[str, object]]]] = {
    "xlsx": read,
    "xlsm": read_with_macros,
    "csv": read_text,
    "docx": read_document,
    "xls": read_old_workbook,
    "ods": read_open_workbook,
    "pdf": read_document_of_pages,
}

if __name__ == "__main__":
    sys.exit(main())
