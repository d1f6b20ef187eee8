"""The figures as a workbook (.xlsx): sheets to print, then sheets to compute with, and no formula from data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.report.cell_looks import CellLooks
from pipeline.report.columns import INDICATOR_COLUMNS, TASK_COLUMNS
from pipeline.report.office_zip import workbook_bytes
from pipeline.report.plan_words import data_title
from pipeline.report.print_sheet import indicator_sheet, task_sheet
from pipeline.report.published_column import ColumnKind, ReportColumn, machine_columns
from pipeline.report.words import Words

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_Row = TypeVar("_Row", IndicatorResult, TaskResult)


def write_spreadsheet(completion: Completion, input_id: str, path: Path) -> None:
    """Indicators to print and to compute with, tasks likewise, how to read them. The same report, the same bytes."""
    path.write_bytes(spreadsheet(completion, input_id))


def spreadsheet(completion: Completion, input_id: str) -> bytes:
    """The workbook as bytes; it names no author, and its times are fixed."""
    from openpyxl import Workbook

    words = Words("vi", "data")
    book = Workbook()
    book.properties.title = data_title(completion, words)
    book.properties.creator = ""
    first = book.active
    if first is None:
        raise RuntimeError("a new workbook has a sheet")
    title = list(filter(None, [book.properties.title, *_marks(completion, words), _period(completion, words)]))
    first.title = words.text("sheet.print-indicators")
    indicator_sheet(first, completion, title)
    indicators = [row for plan in completion.plans for row in plan.indicators]
    _fill(book.create_sheet(words.text("table.indicators")), INDICATOR_COLUMNS, indicators, completion, words)
    task_sheet(book.create_sheet(words.text("sheet.print-tasks")), completion, title)
    tasks = [row for plan in completion.plans for row in plan.tasks]
    _fill(book.create_sheet(words.text("table.tasks")), TASK_COLUMNS, tasks, completion, words)
    _notes(book.create_sheet(words.text("table.notes")), completion, input_id, words)
    return workbook_bytes(book)


def _fill(
    sheet: Worksheet,
    columns: Sequence[ReportColumn[_Row]],
    rows: Sequence[_Row],
    completion: Completion,
    words: Words,
) -> None:
    from openpyxl.utils import get_column_letter

    declared, looks = machine_columns(columns), _looks()
    for number, (column, machine_text) in enumerate(declared, start=1):
        looks.write(sheet.cell(1, number), words.text(f"column.{column.key}"), "heading")
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        for line, row in enumerate(rows, start=2):
            text = column.workbook(row, completion, words) if column.workbook else machine_text(row, completion)
            if text:
                _write(sheet.cell(line, number), text, column.kind, looks)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(declared))}{len(rows) + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.print_title_rows = "1:1"


def _write(cell: Cell, text: str, kind: ColumnKind, looks: CellLooks) -> None:
    """A number or a date as such; everything else as text, also what looks like a formula."""
    if kind in (ColumnKind.NUMBER, ColumnKind.SHARE, ColumnKind.INTEGER):
        cell.value = int(text) if kind is ColumnKind.INTEGER else Decimal(text)
        looks.put_on(cell, "share" if kind is ColumnKind.SHARE else "number")
    elif kind is ColumnKind.DATE:
        cell.value = dt.date.fromisoformat(text)
        looks.put_on(cell, "date")
    else:
        looks.write(cell, text, "text")


def _looks() -> CellLooks:
    from openpyxl.styles import Alignment, Font

    wrapped = Alignment(wrap_text=True, vertical="top")
    return CellLooks(
        {
            "heading": {"font": Font(bold=True), "alignment": wrapped},
            "text": {"alignment": wrapped},
            "line": {},
            "number": {"number_format": "General"},
            "share": {"number_format": "0.0%"},
            "date": {"number_format": "dd/mm/yyyy"},
        }
    )


def _notes(sheet: Worksheet, completion: Completion, input_id: str, words: Words) -> None:
    rate = completion.rate
    lines = [
        *_marks(completion, words),
        data_title(completion, words),
        _period(completion, words),
        words.text("note.rate", rate=words.rate(rate), observed=rate.observed, total=rate.total),
        words.text("note.absence"),
        words.text("note.method", method=completion.method.id, id=input_id),
        words.text("note.machine"),
    ]
    looks = _looks()
    for number, line in enumerate(filter(None, lines), start=1):
        looks.write(sheet.cell(number, 1), line, "line")
    sheet.column_dimensions["A"].width = 120


def _marks(completion: Completion, words: Words) -> list[str]:
    """What a report says first that is no report of an office, or rests on what nobody has reviewed."""
    marks = [words.text("synthetic")] if completion.synthetic else []
    return marks + ([words.text("unreviewed", plans="; ".join(completion.unreviewed))] if completion.unreviewed else [])


def _period(completion: Completion, words: Words) -> str:
    days = {"start": words.date(completion.start), "cut_off": words.date(completion.cut_off)}
    return words.text("note.period", period=words.period(completion.period), **days)
