"""The sheets of the workbook that are printed (bản in): A4 landscape, nine columns, words as in the official report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING

from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.report.cell_looks import CellLooks
from pipeline.report.columns import INDICATOR_COLUMNS, TASK_COLUMNS
from pipeline.report.group_words import group_name
from pipeline.report.looks import Look, look
from pipeline.report.official.model import inert
from pipeline.report.published_column import HumanText, word_columns
from pipeline.report.signs import unbroken
from pipeline.report.words import Words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_FONT, _LINE = "Times New Roman", 15.0
"""The font, and the height of one of its lines at 11 points."""
_INDICATORS = {
    "no": 8,
    "name": 46,
    "unit": 9,
    "target": 17,
    "before": 13,
    "value": 15,
    "attainment": 10,
    "status": 18,
    "lead": 20,
}
"""The columns and their widths in characters; together what A4 landscape holds at 11 points, and a little more."""
_TASKS = {
    "no": 9,
    "name": 50,
    "lead": 20,
    "coordinating": 20,
    "output": 17,
    "deadline_text": 12,
    "status": 14,
    "finished_on": 12,
    "note": 14,
}
_Row = tuple[str, ...]
"""The texts of one row; a single one is a heading over all columns."""
_TINTED = list(_INDICATORS).index("status") + 1
"""The column whose ground shows the look of the status."""


def indicator_sheet(sheet: Worksheet, completion: Completion, title: Sequence[str]) -> None:
    """Every indicator of the plans in force, or of those about to begin, below the lines of `title`."""
    words = Words("vi", "official")
    texts: dict[str, HumanText[IndicatorResult]] = {c.key: cell.text for c, cell in word_columns(INDICATOR_COLUMNS)}
    texts["lead"] = lambda row, *_: "; ".join(row.lead)
    headings = {key: words.text("appendix.2.lead" if key == "lead" else f"appendix.1.{key}") for key in _INDICATORS}

    def rows() -> Iterator[tuple[_Row, Look | None]]:
        for plan in completion.in_force or completion.starting:
            yield (plan.title,), None
            for group in plan.groups:
                yield (group_name(group, words),), None
                for row in plan.rows_of(group):
                    yield tuple(texts[key](row, completion, words) for key in _INDICATORS), look(row.status)

    shown = list(rows()) or [((words.text("indicators.no-plan"),), None)]
    _fill(sheet, title, headings, _INDICATORS, [texts for texts, _ in shown])
    first, tints = len(title) + 2, _tints()  # below the headings
    for number, (_, kind) in enumerate(shown, start=first):
        if kind and kind is not Look.NOT_DUE:
            tints.put_on(sheet.cell(number, _TINTED), kind)


def task_sheet(sheet: Worksheet, completion: Completion, title: Sequence[str]) -> None:
    """Every task of the plans in force."""
    words = Words("vi", "official")
    texts: dict[str, HumanText[TaskResult]] = {c.key: cell.text for c, cell in word_columns(TASK_COLUMNS)}
    headings = {key: words.text(f"appendix.2.{key}") for key in _TASKS}

    def rows() -> Iterator[_Row]:
        for plan in (plan for plan in completion.in_force if plan.tasks):
            yield (plan.title,)
            for row in plan.tasks:
                yield tuple(texts[key](row, completion, words) for key in _TASKS)

    none = words.text("tasks.none" if completion.in_force else "tasks.no-plan")
    _fill(sheet, title, headings, _TASKS, list(rows()) or [(none,)])


def _fill(
    sheet: Worksheet, title: Sequence[str], headings: Mapping[str, str], widths: Mapping[str, int], rows: Sequence[_Row]
) -> None:
    from openpyxl.utils import get_column_letter

    letters = [get_column_letter(number) for number in range(1, len(widths) + 1)]
    for letter, width in zip(letters, widths.values(), strict=True):
        sheet.column_dimensions[letter].width = width
    top = len(title) + 1
    lines, looks = [*((text,) for text in title), tuple(headings.values()), *rows], _looks()
    for number, texts in enumerate(lines, start=1):
        strong = len(texts) == 1 or number == top
        _write(sheet, number, texts, looks, strong=strong)
        rooms = [sum(widths.values())] if len(texts) == 1 else list(widths.values())
        # Not every program measures rows when it opens a file; bold letters are wider.
        letters_in = [len(text) * (1.15 if strong else 1.0) for text in texts]
        longest = max(ceil(length / room) for length, room in zip(letters_in, rooms, strict=True))
        sheet.row_dimensions[number].height = _LINE * max(1, longest) + 3
        if len(texts) == 1:
            sheet.merged_cells.add(f"A{number}:{letters[-1]}{number}")
    sheet.freeze_panes = f"A{top + 1}"
    sheet.print_title_rows = f"{top}:{top}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.page_margins.left = sheet.page_margins.right = sheet.page_margins.top = 0.5
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "&P/&N"


def _tints() -> CellLooks:
    """The ground of a status: its colour, thinned; what is unknown is dotted instead, as it is dashed on the page."""
    from openpyxl.styles import PatternFill

    fills = {kind: PatternFill("solid", fgColor=kind.tint.lstrip("#")) for kind in Look}
    fills[Look.UNKNOWN] = PatternFill("gray0625")
    return CellLooks({kind: {"fill": fill} for kind, fill in fills.items()})


def _looks() -> CellLooks:
    from openpyxl.styles import Alignment, Border, Font, Side

    thin = Side("thin")
    frame = Border(thin, thin, thin, thin)
    plain, bold = Font(name=_FONT, size=11, bold=False), Font(name=_FONT, size=11, bold=True)
    left, centre = (Alignment(horizontal=at, vertical="center", wrap_text=True) for at in ("left", "center"))
    return CellLooks(
        {
            "line": {"font": bold, "alignment": left},
            "heading": {"font": bold, "alignment": centre, "border": frame},
            "left": {"font": plain, "alignment": left, "border": frame},
            "centred": {"font": plain, "alignment": centre, "border": frame},
        }
    )


def _write(sheet: Worksheet, line: int, texts: _Row, looks: CellLooks, *, strong: bool) -> None:
    """One row as text, also what looks like a formula."""
    for column, text in enumerate(texts, start=1):
        body = "left" if column in (2, len(texts)) else "centred"
        look = "line" if len(texts) == 1 else "heading" if strong else body
        looks.write(sheet.cell(line, column), unbroken(inert(text)), look)
