"""The figures as a workbook for people (.xlsx): numbers as numbers, dates as dates, and no formula from data."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.completion.records import Completion
from pipeline.report.csv_tables import INDICATOR_COLUMNS, TASK_COLUMNS, indicator_rows, task_rows
from pipeline.report.office_zip import without_times
from pipeline.report.words import Words

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet.worksheet import Worksheet

# What XML 1.0 cannot hold; openpyxl refuses it.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDE = {"name": 60, "source": 40, "file": 40, "lead": 26, "coordinating": 26, "output": 26, "sha256": 20}
_SHARES = {"attainment", "pace"}


def write_spreadsheet(completion: Completion, input_id: str, path: Path) -> None:
    """Three sheets: indicators, tasks, and what one must know of them. The same report gives the same bytes."""
    path.write_bytes(spreadsheet(completion, input_id))


def spreadsheet(completion: Completion, input_id: str) -> bytes:
    """The same workbook as bytes; it names no author, and its times are fixed."""
    from openpyxl import Workbook

    words = Words("vi", "data")
    book = Workbook()
    book.properties.title = words.text(
        "title", locality=completion.locality_name, period=words.period(completion.period)
    )
    book.properties.creator = ""
    first = book.active
    if first is None:
        raise RuntimeError("a new workbook has a sheet")
    first.title = words.text("table.indicators")
    _fill(first, INDICATOR_COLUMNS, _said(indicator_rows(completion), words, "status"), words)
    tasks = book.create_sheet(words.text("table.tasks"))
    _fill(tasks, TASK_COLUMNS, _said(task_rows(completion), words, "task"), words)
    _notes(book.create_sheet(words.text("table.notes")), completion, input_id, words)
    written = io.BytesIO()
    book.save(written)
    return without_times(written.getvalue())


def _said(rows: Iterable[Mapping[str, str]], words: Words, prefix: str) -> list[dict[str, str]]:
    """Statuses in words, as people read them."""
    statuses = ("status", "original_status")
    return [{**row, **{name: words.text(f"{prefix}.{row[name]}") for name in statuses if row[name]}} for row in rows]


def _fill(sheet: Worksheet, columns: Mapping[str, str], rows: Sequence[Mapping[str, str]], words: Words) -> None:
    from openpyxl.utils import get_column_letter

    looks = _Looks()
    for number, (name, kind) in enumerate(columns.items(), start=1):
        heading = sheet.cell(1, number)
        _text(heading, words.text(f"column.{name}"), looks, "heading")
        sheet.column_dimensions[get_column_letter(number)].width = _WIDE.get(name, 12)
        for line, row in enumerate(rows, start=2):
            _write(sheet.cell(line, number), row[name], kind, looks, share=name in _SHARES)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.print_title_rows = "1:1"


def _write(cell: Cell, text: str, kind: str, looks: _Looks, *, share: bool = False) -> None:
    """A number or a date as such; everything else as text, also what looks like a formula; '' stays empty."""
    if not text:
        return
    if kind in ("number", "integer"):
        cell.value = int(text) if kind == "integer" else Decimal(text)
        looks.put_on(cell, "share" if share else "number")
    elif kind == "date":
        cell.value = dt.date.fromisoformat(text)
        looks.put_on(cell, "date")
    else:
        _text(cell, text, looks, "text")


class _Looks:
    """How cells look. openpyxl compares every look set with all others; here each is set once and then copied."""

    def __init__(self) -> None:
        from openpyxl.styles import Alignment, Font

        wrapped = Alignment(wrap_text=True, vertical="top")
        self._attributes: dict[str, dict[str, object]] = {
            "heading": {"font": Font(bold=True), "alignment": wrapped},
            "text": {"alignment": wrapped},
            "line": {},
            "number": {"number_format": "General"},
            "share": {"number_format": "0.0%"},
            "date": {"number_format": "dd/mm/yyyy"},
        }
        self._known: dict[tuple[str, bool], StyleArray] = {}

    def put_on(self, cell: Cell, look: str, *, quoted: bool = False) -> None:
        if (look, quoted) not in self._known:
            for name, value in {**self._attributes[look], "quotePrefix": quoted}.items():
                setattr(cell, name, value)
            self._known[look, quoted] = copy(cell._style)
        cell._style = copy(self._known[look, quoted])


def _text(cell: Cell, text: str, looks: _Looks, look: str) -> None:
    """Text that stays text: openpyxl takes what begins with "=" for a formula until it is told otherwise."""
    cell.value = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    cell.data_type = "s"
    looks.put_on(cell, look, quoted=text[:1] in ("=", "+", "-", "@", "\t", "\r"))


def _notes(sheet: Worksheet, completion: Completion, input_id: str, words: Words) -> None:
    period, rate = words.period(completion.period), completion.rate
    lines = [
        words.text("synthetic") if completion.synthetic else "",
        words.text("title", locality=completion.locality_name, period=period),
        words.text(
            "note.period", period=period, start=words.date(completion.start), cut_off=words.date(completion.cut_off)
        ),
        words.text("note.rate", rate=words.rate(rate), observed=rate.observed, total=rate.total),
        words.text("note.absence"),
        words.text("note.method", method=completion.method.id, id=input_id),
        words.text("note.machine"),
    ]
    looks = _Looks()
    for number, line in enumerate(filter(None, lines), start=1):
        _text(sheet.cell(number, 1), line, looks, "line")
    sheet.column_dimensions["A"].width = 120
