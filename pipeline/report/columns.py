"""The columns of the published tables, each declared once; page, CSV, workbook, Word and notebook read them here.

A column is in every output for which it declares what to show. Its heading is the text of its key:
`table.<key>` and `task-table.<key>` on the page, `column.<key>` in CSV and workbook, `appendix.1.<key>` and
`appendix.2.<key>` in Word, `notebook.<key>` in a notebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, StrEnum, auto
from typing import Generic, TypeAlias, TypeVar

from markupsafe import Markup

from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.intake.rows import Interval, Observation
from pipeline.plans.text import plain
from pipeline.report import cell_texts
from pipeline.report.words import NO_VALUE, Words

_Row = TypeVar("_Row", IndicatorResult, TaskResult)
_Part = TypeVar("_Part")


class ColumnKind(StrEnum):
    """What the cells of a column are for machines."""

    TEXT = "string"
    NUMBER = "number"
    SHARE = "share"
    """A number that the workbook shows in per cent."""
    INTEGER = "integer"
    DATE = "date"
    BOOLEAN = "boolean"

    @property
    def frictionless(self) -> str:
        """The type of a field in a Frictionless table schema."""
        return "number" if self is ColumnKind.SHARE else self.value


class Alignment(Enum):
    """How a column is aligned."""

    LEFT = auto()
    CENTRE = auto()
    """Centred in Word; the page aligns it left."""
    FIGURE = auto()
    """Centred in Word; to the right on the page."""


MachineText: TypeAlias = Callable[[_Row, Completion], str]
"""'' for nothing, numbers with a decimal point, dates as in ISO 8601."""
HumanText: TypeAlias = Callable[[_Row, Completion, Words], str]


@dataclass(frozen=True)
class PageCell(Generic[_Row]):
    """A column on the page."""

    text: HumanText[_Row] | None = None
    """For the macro `text`; the others read the row."""
    macro: str = "text"
    """The macro of `templates/page/cells.html.j2` that writes the cell."""
    width: str = ""
    """Its class in `page.css`; '' for the column that takes the remaining width."""


@dataclass(frozen=True)
class WordCell(Generic[_Row]):
    """A column in an appendix of the official report."""

    width: int
    """In shares of the table."""
    text: HumanText[_Row]


@dataclass(frozen=True)
class ReportColumn(Generic[_Row]):
    """One column, with what it shows in each output that has it."""

    key: str
    machine: MachineText[_Row] | None = None
    """For CSV and workbook."""
    kind: ColumnKind = ColumnKind.TEXT
    width: int = 12
    """Of the workbook's column, in characters."""
    workbook: HumanText[_Row] | None = None
    """What the workbook shows instead of a code."""
    page: PageCell[_Row] | None = None
    word: WordCell[_Row] | None = None
    notebook: HumanText[_Row] | None = None
    align: Alignment = Alignment.LEFT
    after: Mapping[str, str] = field(default_factory=dict)
    """Where the order of declaration does not hold: the key of the column before this one, by output."""


@dataclass(frozen=True)
class PageColumn(Generic[_Row]):
    """A column as the templates of the page read it."""

    heading: Markup
    cell: PageCell[_Row]
    figure: bool


def machine_columns(
    columns: Sequence[ReportColumn[_Row]],
) -> list[tuple[ReportColumn[_Row], MachineText[_Row]]]:
    """The columns of the CSV file and the sheet of the workbook."""
    return _standing(columns, "machine", lambda column: column.machine)


def word_columns(columns: Sequence[ReportColumn[_Row]]) -> list[tuple[ReportColumn[_Row], WordCell[_Row]]]:
    """The columns of the appendix."""
    return _standing(columns, "word", lambda column: column.word)


def notebook_columns(columns: Sequence[ReportColumn[_Row]]) -> list[tuple[ReportColumn[_Row], HumanText[_Row]]]:
    """The columns of the table of a notebook."""
    return _standing(columns, "notebook", lambda column: column.notebook)


def indicator_columns(rows: Iterable[IndicatorResult], words: Words) -> list[PageColumn[IndicatorResult]]:
    """The columns of a table of indicators on the page; the trend only where a row has one."""
    trends = any(len(row.history) > 1 for row in rows)
    columns = _page_columns(INDICATOR_COLUMNS, "table.", words)
    return [column for column in columns if trends or column.cell.macro != "trend"]


def task_columns(words: Words) -> list[PageColumn[TaskResult]]:
    """The columns of a table of tasks on the page."""
    return _page_columns(TASK_COLUMNS, "task-table.", words)


def _page_columns(columns: Sequence[ReportColumn[_Row]], prefix: str, words: Words) -> list[PageColumn[_Row]]:
    return [
        PageColumn(words.html(f"{prefix}{column.key}"), cell, figure=column.align is Alignment.FIGURE)
        for column, cell in _standing(columns, "page", lambda column: column.page)
    ]


def _standing(
    columns: Sequence[ReportColumn[_Row]], output: str, part_of: Callable[[ReportColumn[_Row]], _Part | None]
) -> list[tuple[ReportColumn[_Row], _Part]]:
    """Those of `columns` that `output` has, in its order, each with what it shows there."""
    found = [(column, part) for column in columns if (part := part_of(column)) is not None]
    for moved in [pair for pair in found if output in pair[0].after]:
        found.remove(moved)
        before = next(n for n, (column, _) in enumerate(found) if column.key == moved[0].after[output])
        found.insert(before + 1, moved)
    return found


def _share(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _value(row: IndicatorResult) -> Interval:
    given = row.observation.value if row.observation else None
    return given or Interval(low=None, high=None)


def _observed(text: Callable[[Observation], str]) -> MachineText[IndicatorResult]:
    return lambda row, _: text(row.observation) if row.observation else ""


_Indicator: TypeAlias = ReportColumn[IndicatorResult]
INDICATOR_COLUMNS: tuple[_Indicator, ...] = (
    _Indicator("locality", lambda _, completion: completion.locality),
    _Indicator("period", lambda _, completion: completion.period),
    _Indicator("plan", lambda row, _: row.plan, notebook=lambda row, *_: row.plan),
    _Indicator("annex", lambda row, _: row.annex),
    _Indicator("group", lambda row, _: row.group),
    _Indicator(
        "no",
        lambda row, _: row.no,
        page=PageCell(macro="number", width="no"),
        word=WordCell(12, lambda row, *_: row.no),
        align=Alignment.CENTRE,
    ),
    _Indicator("label", notebook=lambda row, *_: row.key.label),
    _Indicator("kind", lambda row, _: row.kind),
    _Indicator(
        "name",
        lambda row, _: row.name,
        width=60,
        page=PageCell(macro="indicator"),
        word=WordCell(60, cell_texts.amended_name),
        notebook=lambda row, *_: row.name,
    ),
    _Indicator(
        "unit",
        lambda row, _: row.unit,
        word=WordCell(16, lambda row, _, words: row.unit or words.text("none.unit")),
        align=Alignment.CENTRE,
    ),
    _Indicator("concept", lambda row, _: row.concept),
    _Indicator("scope", lambda row, _: row.scope),
    _Indicator(
        "lead",
        lambda row, _: "; ".join(row.lead),
        width=26,
        page=PageCell(macro="lead", width="agency"),
        after={"page": "status"},
    ),
    _Indicator(
        "baseline",
        lambda row, _: plain(row.baseline),
        ColumnKind.NUMBER,
        page=PageCell(cell_texts.baseline, width="value"),
        align=Alignment.FIGURE,
    ),
    _Indicator(
        "target",
        page=PageCell(macro="target", width="target"),
        word=WordCell(28, cell_texts.target_and_due_date),
        notebook=lambda row, _, words: words.target_with_unit(row.target, row.unit),
        align=Alignment.FIGURE,
        after={"page": "value"},
    ),
    _Indicator("target_text", lambda row, _: row.target.text if row.target else ""),
    _Indicator("comparator", lambda row, _: row.target.comparator if row.target else "none"),
    _Indicator("target_low", lambda row, _: plain(row.target.low) if row.target else "", ColumnKind.NUMBER),
    _Indicator("target_high", lambda row, _: plain(row.target.high) if row.target else "", ColumnKind.NUMBER),
    _Indicator("target_year", lambda row, _: str(row.target.year or "") if row.target else "", ColumnKind.INTEGER),
    _Indicator(
        "due",
        lambda row, _: row.target.due.isoformat() if row.target and row.target.due else "",
        ColumnKind.DATE,
        notebook=lambda row, _, words: words.date(row.target.due) if row.target else NO_VALUE,
    ),
    _Indicator(
        "before",
        word=WordCell(22, cell_texts.previous_value),
        align=Alignment.FIGURE,
    ),
    _Indicator(
        "value",
        page=PageCell(macro="value", width="value"),
        word=WordCell(22, cell_texts.judged_value),
        notebook=lambda row, _, words: (
            cell_texts.value_with_unit(row.observation, words) if row.observation else NO_VALUE
        ),
        align=Alignment.FIGURE,
    ),
    _Indicator("bar", page=PageCell(macro="meter", width="bar")),
    _Indicator("trend", page=PageCell(macro="trend", width="trend")),
    _Indicator("value_low", lambda row, _: plain(_value(row).low), ColumnKind.NUMBER),
    _Indicator("value_high", lambda row, _: plain(_value(row).high), ColumnKind.NUMBER),
    _Indicator("value_text", _observed(lambda observation: observation.text)),
    _Indicator("as_of", _observed(lambda observation: observation.as_of.isoformat()), ColumnKind.DATE),
    _Indicator(
        "fraction",
        word=WordCell(21, cell_texts.fraction),
        align=Alignment.FIGURE,
    ),
    _Indicator(
        "status",
        lambda row, _: row.status,
        workbook=lambda row, _, words: words.verdict(row),
        page=PageCell(macro="status", width="verdict"),
        word=WordCell(24, lambda row, _, words: words.verdict(row)),
        notebook=lambda row, _, words: words.verdict(row),
        align=Alignment.CENTRE,
    ),
    _Indicator(
        "attainment",
        lambda row, _: _share(row.attainment),
        ColumnKind.SHARE,
        word=WordCell(20, cell_texts.attainment),
        align=Alignment.FIGURE,
        after={"word": "fraction"},
    ),
    _Indicator("gap", lambda row, _: plain(row.gap), ColumnKind.NUMBER),
    _Indicator("gap_per_month", lambda row, _: _share(row.gap_per_month), ColumnKind.NUMBER),
    _Indicator("pace", lambda row, _: _share(row.pace.ratio if row.pace else None), ColumnKind.SHARE),
    _Indicator(
        "original_target_text", lambda row, _: row.former.target.text if row.former and row.former.target else ""
    ),
    _Indicator(
        "original_status",
        lambda row, _: row.former.status if row.former else "",
        workbook=lambda row, _, words: words.status(row.former.status) if row.former else "",
    ),
    _Indicator("method", lambda _, completion: completion.method.id),
    _Indicator(
        "source",
        _observed(lambda observation: observation.source),
        width=40,
        word=WordCell(40, cell_texts.source),
    ),
    _Indicator("file", _observed(lambda observation: observation.origin.file), width=40),
    _Indicator("cell", _observed(lambda observation: observation.origin.cell)),
    _Indicator("sha256", _observed(lambda observation: observation.origin.sha256), width=20),
)
"""Of one row of a plan (chỉ tiêu, cam kết)."""

_Task: TypeAlias = ReportColumn[TaskResult]
TASK_COLUMNS: tuple[_Task, ...] = (
    _Task("locality", lambda _, completion: completion.locality),
    _Task("period", lambda _, completion: completion.period),
    _Task("plan", lambda row, _: row.plan),
    _Task("annex", lambda row, _: row.annex),
    _Task("group", lambda row, _: row.group),
    _Task(
        "no",
        lambda row, _: row.no,
        page=PageCell(macro="task_label"),
        word=WordCell(17, lambda row, *_: row.key.label),
        align=Alignment.CENTRE,
    ),
    _Task(
        "name",
        lambda row, _: row.name,
        width=60,
        page=PageCell(macro="task"),
        word=WordCell(64, lambda row, *_: row.name),
    ),
    _Task(
        "lead",
        lambda row, _: "; ".join(row.lead),
        width=26,
        page=PageCell(macro="lead", width="agency"),
        word=WordCell(32, lambda row, _, words: cell_texts.agencies(row.lead, words)),
    ),
    _Task(
        "coordinating",
        lambda row, _: "; ".join(row.coordinating),
        width=26,
        word=WordCell(32, lambda row, _, words: cell_texts.agencies(row.coordinating, words)),
    ),
    _Task(
        "output",
        lambda row, _: row.output,
        width=26,
        word=WordCell(32, cell_texts.output),
        after={"word": "deadline_text"},
    ),
    _Task(
        "deadline_text",
        lambda row, _: row.deadline_text,
        page=PageCell(macro="deadline"),
        word=WordCell(24, cell_texts.deadline),
        align=Alignment.CENTRE,
    ),
    _Task("deadline_kind", lambda row, _: row.deadline_kind),
    _Task("due", lambda row, _: row.due.isoformat() if row.due else "", ColumnKind.DATE),
    _Task(
        "status",
        lambda row, _: row.status,
        workbook=lambda row, _, words: words.task_status(row.status),
        page=PageCell(macro="task_status", width="verdict"),
        word=WordCell(28, lambda row, _, words: words.task_status(row.status)),
        align=Alignment.CENTRE,
    ),
    _Task("past_due", lambda row, _: "true" if row.past_due else "false", ColumnKind.BOOLEAN),
    _Task(
        "original_status",
        lambda row, _: row.former_status or "",
        workbook=lambda row, _, words: words.task_status(row.former_status) if row.former_status else "",
    ),
    _Task("method", lambda _, completion: completion.method.id),
    _Task(
        "started_on",
        lambda row, _: row.fact.started_on.isoformat() if row.fact and row.fact.started_on else "",
        ColumnKind.DATE,
    ),
    _Task(
        "finished_on",
        lambda row, _: row.fact.finished_on.isoformat() if row.fact and row.fact.finished_on else "",
        ColumnKind.DATE,
        word=WordCell(24, cell_texts.finished_on),
        align=Alignment.CENTRE,
    ),
    _Task("note", word=WordCell(22, cell_texts.notes)),
    _Task("source", lambda row, _: row.fact.source if row.fact else "", width=40),
    _Task("file", lambda row, _: row.fact.origin.file if row.fact else "", width=40),
    _Task("line", lambda row, _: str(row.fact.origin.line) if row.fact else "", ColumnKind.INTEGER),
)
"""Of one task (nhiệm vụ)."""
