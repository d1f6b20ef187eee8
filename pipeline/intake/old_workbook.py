"""Workbooks of Excel 97–2003 (.xls), read by two engines that must agree: xlrd knows the formats, calamine the values.

calamine alone gives 0.952 for a cell that shows 95,2 %. xlrd gives no formulas, so a value taken from another file is
not recognised here.
"""

from __future__ import annotations

import io
from typing import Any

from pipeline.intake.cell_comments import of_old_workbook
from pipeline.intake.cell_look import NUMBER_SHOWN
from pipeline.intake.cells import Cell, FileFaultError, number_cell, text_cell
from pipeline.intake.examiner import agree, read_fast
from pipeline.intake.markup_tables import read_markup
from pipeline.intake.number_format import day_shown, is_percentage, shows_another_number
from pipeline.intake.workbook_parts import CELLS, damaged
from pipeline.intake.workbook_repairs import KNOWN_NUMBERS, with_known_errors_of_97

_EMPTY, _TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR, _BLANK = range(7)
_SUPERSCRIPT = 1


def read_old(content: bytes) -> list[dict[str, object]]:
    """All worksheets as plain lists. Raises FileFaultError."""
    if content[:1000].lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t\0 ")[:1] == b"<":
        return read_markup(content)
    if not content.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileFaultError("format", "tệp", "không phải sổ Excel (.xls)", "lưu thành .xlsx rồi gửi lại")
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    except MemoryError:
        raise
    except Exception as error:
        if "encrypted" in str(error).lower():
            raise FileFaultError("format", "tệp", "sổ đặt mật khẩu", "bỏ mật khẩu rồi gửi lại") from error
        raise damaged() from error
    fast = read_fast(with_known_errors_of_97(content) if _has_strange_errors(book) else content)
    sheets = []
    for sheet in book.sheets():
        if sheet.nrows * sheet.ncols > CELLS:
            raise FileFaultError("extent", f"trang “{sheet.name}”", "quá nhiều ô", "xóa các dòng, cột thừa")
        cells = _cells(book, sheet)
        agree(sheet.name, cells, fast.get(sheet.name))
        shown = {place: cell for place, (cell, _) in cells.items() if cell.text or cell.fault}
        sheets.append(_plain(sheet, shown) | {"since_1904": book.datemode == 1})
    return sheets


def _has_strange_errors(book: Any) -> bool:
    """Whether a cell holds an error of other programs, or newer editions: calamine refuses the whole book for it."""
    places = ((s, row) for s in book.sheets() for row in range(s.nrows) if _ERROR in s.row_types(row))
    return any(c.ctype == _ERROR and c.value not in KNOWN_NUMBERS for sheet, row in places for c in sheet.row(row))


def _cells(book: Any, sheet: Any) -> dict[tuple[int, int], tuple[Cell, Any]]:
    """(row, column), from 1 → the cell, and its value for the comparison of engines."""
    found: dict[tuple[int, int], tuple[Cell, Any]] = {}
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            cell = sheet.cell(row, column)
            if cell.ctype in (_EMPTY, _BLANK) or cell.value == "":
                continue
            read, value = _cell(book, cell)
            fault = read.fault or _look(book, sheet, row, column)
            found[row + 1, column + 1] = (Cell(read.text, fault), value)
    return found


def _cell(book: Any, cell: Any) -> tuple[Cell, Any]:
    if cell.ctype == _ERROR:
        return Cell("#N/A", "cell-error"), None
    if cell.ctype == _BOOLEAN:
        return Cell("TRUE" if cell.value else "FALSE"), bool(cell.value)
    if cell.ctype == _DATE:
        import xlrd.xldate

        try:
            day = xlrd.xldate.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return Cell(format(cell.value, ".15g"), "no-day"), cell.value
        if cell.value < 0:
            return Cell(format(cell.value, ".15g"), "no-day"), cell.value
        return Cell(day_shown(day, _format(book, cell.xf_index)), "early-date" if day.year <= 1900 else ""), day
    if cell.ctype == _NUMBER:
        shown = _format(book, cell.xf_index)
        whole = int(cell.value) if cell.value == int(cell.value) else cell.value
        number = number_cell(whole, is_percentage(shown))
        return Cell(number.text, number.fault or ("scaled" if shows_another_number(shown) else "")), cell.value
    return text_cell(str(cell.value)), str(cell.value)


def _format(book: Any, style: int) -> str:
    found = book.format_map.get(book.xf_list[style].format_key)
    return str(found.format_str) if found else ""


def _look(book: Any, sheet: Any, row: int, column: int) -> str:
    """'struck' or 'superscript', as for newer workbooks."""
    cell = sheet.cell(row, column)
    own = book.font_list[book.xf_list[cell.xf_index].font_index]
    runs = [book.font_list[font] for _, font in sheet.rich_text_runlist_map.get((row, column), ())]
    if own.struck_out or any(font.struck_out for font in runs):
        return "struck"
    raised = any(font.escapement == _SUPERSCRIPT for font in runs)
    return "superscript" if raised and NUMBER_SHOWN.fullmatch(str(cell.value).strip()) else ""


def _plain(sheet: Any, cells: dict[tuple[int, int], Cell]) -> dict[str, object]:
    hidden_rows = {number + 1 for number, row in sheet.rowinfo_map.items() if row.hidden}
    lines: dict[int, list[list[object]]] = {}
    for (row, column), cell in sorted(cells.items()):
        lines.setdefault(row, []).append([column - 1, cell.text, cell.fault])
    used = max((column for _, column in cells), default=0)
    return {
        "name": sheet.name,
        "hidden": sheet.visibility != 0,
        "comments": of_old_workbook(sheet),
        "lines": [[row, row in hidden_rows, found] for row, found in lines.items()],
        "merged": [[first + 1, last, left, right - 1] for first, last, left, right in sheet.merged_cells],
        "hidden_columns": sorted(c for c, info in sheet.colinfo_map.items() if info.hidden and c < used),
        "constant_width": False,
    }
