"""The columns of the published tables, each declared once; page, CSV, workbook, Word and notebook read them here.

A column is in every output for which it declares what to show. Its heading is the text of its key: `table.<key>` and
`task-table.<key>` on the page, `column.<key>` in CSV and workbook, `appendix.<1 or 2>.<key>` in Word, `notebook.<key>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias, TypeVar

from pipeline.completion.records import Completion, IndicatorResult, TargetInForce, TaskResult
from pipeline.completion.statuses import Status
from pipeline.intake.rows import Interval, Observation
from pipeline.plans.text import plain
from pipeline.report import cell_texts
from pipeline.report.catalogues import NO_VALUE
from pipeline.report.concept_words import concept_name
from pipeline.report.published_column import (
    Alignment,
    ColumnKind,
    MachineText,
    PageCell,
    PageColumn,
    ReportColumn,
    WordCell,
    standing,
)
from pipeline.report.words import Words

_Row = TypeVar("_Row", IndicatorResult, TaskResult)


def indicator_columns(rows: Iterable[IndicatorResult], words: Words) -> list[PageColumn[IndicatorResult]]:
    """The columns of a table of indicators on the page; baseline and agency only where a row has one."""
    rows = list(rows)
    columns = (_with_year(column, rows, words) for column in _page_columns(INDICATOR_COLUMNS, "table.", words))
    return [column for column in columns if not _stays_empty(column, rows)]


def _stays_empty(column: PageColumn[IndicatorResult], rows: Sequence[IndicatorResult]) -> bool:
    if column.cell.text is cell_texts.baseline:
        return all(row.baseline is None or _is_start(row) for row in rows)
    return column.cell.macro == "lead" and not any(row.lead for row in rows)


def _with_year(
    column: PageColumn[IndicatorResult], rows: Sequence[IndicatorResult], words: Words
) -> PageColumn[IndicatorResult]:
    """The heading of the baseline names its year where all rows have one; so does that of values that are it."""
    years = {row.baseline_year for row in rows if row.baseline_year is not None}
    starts = column.cell.macro == "value" and all(map(_is_start, rows))
    if not (column.cell.text is cell_texts.baseline or starts) or len(years) != 1:
        return column
    return replace(column, heading=words.html("table.baseline-year", year=years.pop()))


def _is_start(row: IndicatorResult) -> bool:
    """Whether the value is the baseline itself: it stands once, and is not called a result (kết quả)."""
    return row.status in (Status.BASELINE_MET, Status.BASELINE_BELOW) and row.baseline in (None, _value(row).exact)


def task_columns(words: Words) -> list[PageColumn[TaskResult]]:
    """The columns of a table of tasks on the page."""
    return _page_columns(TASK_COLUMNS, "task-table.", words)


def _page_columns(columns: Sequence[ReportColumn[_Row]], prefix: str, words: Words) -> list[PageColumn[_Row]]:
    return [
        PageColumn(words.html(f"{prefix}{column.key}"), cell, figure=column.align is Alignment.FIGURE)
        for column, cell in standing(columns, "page", lambda column: column.page)
    ]


def _plan_state(row: IndicatorResult | TaskResult, completion: Completion) -> str:
    return completion.plan_of(row).state


def _plan_state_in_words(row: IndicatorResult | TaskResult, completion: Completion, words: Words) -> str:
    return words.plan_state(completion.plan_of(row).state)


def _counted(row: IndicatorResult | TaskResult, completion: Completion) -> str:
    return "true" if completion.plan_of(row).counts(row) else "false"


def _counted_in_words(row: IndicatorResult | TaskResult, completion: Completion, words: Words) -> str:
    return words.yes_or_no(completion.plan_of(row).counts(row))


def _flag(flag: bool | None) -> str:
    return "" if flag is None else "true" if flag else "false"


def _year(target: TargetInForce | None) -> str:
    """The year in which a target is due, which for a span is its last; else the year of its column."""
    if target is None:
        return ""
    return str(target.due.year if target.due else target.year or "")


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
        word=WordCell(15, lambda row, *_: row.no),
        align=Alignment.CENTRE,
    ),
    _Indicator("label", notebook=lambda row, *_: row.key.label),
    _Indicator("kind", lambda row, _: row.kind, workbook=lambda row, _, words: words.text(f"kind.{row.kind}")),
    _Indicator(
        "name",
        lambda row, _: row.name,
        width=60,
        page=PageCell(macro="indicator"),
        word=WordCell(92, cell_texts.amended_name),
        notebook=lambda row, *_: row.name,
    ),
    _Indicator(
        "unit",
        lambda row, _: row.unit,
        word=WordCell(16, lambda row, *_: row.unit or NO_VALUE),
        align=Alignment.CENTRE,
    ),
    _Indicator(
        "concept",
        lambda row, _: row.concept,
        workbook=lambda row, completion, _: concept_name(row.concept, completion),
    ),
    _Indicator(
        "scope",
        lambda row, _: row.scope,
        workbook=lambda row, _, words: words.scope(row.scope) if row.scope else "",
    ),
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
        word=WordCell(42, cell_texts.target_and_due_date),
        notebook=lambda row, _, words: words.target_with_unit(row.target, row.unit),
        align=Alignment.FIGURE,
        after={"page": "value"},
    ),
    _Indicator("target_text", lambda row, _: row.target.text if row.target else ""),
    _Indicator(
        "comparator",
        lambda row, _: row.target.comparator if row.target else "none",
        workbook=lambda row, _, words: words.text(f"comparator.{row.target.comparator if row.target else 'none'}"),
    ),
    _Indicator("target_low", lambda row, _: plain(row.target.low) if row.target else "", ColumnKind.NUMBER),
    _Indicator("target_high", lambda row, _: plain(row.target.high) if row.target else "", ColumnKind.NUMBER),
    _Indicator("target_year", lambda row, _: _year(row.target), ColumnKind.INTEGER),
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
        word=WordCell(22, cell_texts.value_and_estimate),
        notebook=lambda row, _, words: (
            cell_texts.value_with_unit(row.observation, words) if row.observation else NO_VALUE
        ),
        align=Alignment.FIGURE,
    ),
    _Indicator("bar", page=PageCell(macro="meter", width="bar")),
    _Indicator("value_low", lambda row, _: plain(_value(row).low), ColumnKind.NUMBER),
    _Indicator("value_high", lambda row, _: plain(_value(row).high), ColumnKind.NUMBER),
    _Indicator("value_text", _observed(lambda observation: observation.text)),
    _Indicator("estimate_low", lambda row, _: plain(row.estimate.low) if row.estimate else "", ColumnKind.NUMBER),
    _Indicator("estimate_high", lambda row, _: plain(row.estimate.high) if row.estimate else "", ColumnKind.NUMBER),
    _Indicator("as_of", _observed(lambda observation: observation.as_of.isoformat()), ColumnKind.DATE),
    _Indicator(
        "as_of_stated",
        lambda row, _: _flag(row.observation.as_of_stated if row.observation else None),
        ColumnKind.BOOLEAN,
        workbook=lambda row, _, words: words.yes_or_no(row.observation.as_of_stated) if row.observation else "",
    ),
    _Indicator(
        "latest_value",
        lambda row, _: plain(row.latest.value.exact) if row.latest and row.latest.value else "",
        ColumnKind.NUMBER,
    ),
    _Indicator("latest_as_of", lambda row, _: row.latest.as_of.isoformat() if row.latest else "", ColumnKind.DATE),
    _Indicator(
        "latest_as_of_stated",
        lambda row, _: _flag(row.latest.as_of_stated if row.latest else None),
        ColumnKind.BOOLEAN,
        workbook=lambda row, _, words: words.yes_or_no(row.latest.as_of_stated) if row.latest else "",
    ),
    _Indicator(
        "latest_meets",
        lambda row, _: _flag(row.latest_meets),
        ColumnKind.BOOLEAN,
        workbook=lambda row, _, words: "" if row.latest_meets is None else words.yes_or_no(row.latest_meets),
    ),
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
        word=WordCell(44, cell_texts.verdict_and_miss),
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
        word=WordCell(14, cell_texts.source),
        align=Alignment.CENTRE,
    ),
    _Indicator("file", _observed(lambda observation: observation.origin.file), width=40),
    _Indicator("cell", _observed(lambda observation: observation.origin.cell)),
    _Indicator("sha256", _observed(lambda observation: observation.origin.sha256), width=20),
    _Indicator("same_as", lambda row, _: row.same_as),
    _Indicator("repeats", lambda row, _: "true" if row.repeats else "false", ColumnKind.BOOLEAN),
    _Indicator("plan_state", _plan_state, workbook=_plan_state_in_words),
    _Indicator("counted", _counted, ColumnKind.BOOLEAN, workbook=_counted_in_words),
    _Indicator("lead_from", lambda row, _: "; ".join(row.lead_from)),
    _Indicator("name_printed", lambda row, _: row.name_printed),
    _Indicator(
        "near",
        lambda row, _: "; ".join(f"{o.text} {o.concept} {o.as_of}" for o in row.near),
        workbook=lambda row, completion, words: "; ".join(
            f"{words.measured(o.value, o.unit, 4)} ({concept_name(o.concept, completion)}, {words.date(o.as_of)})"
            for o in row.near
        ),
    ),
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
        word=WordCell(104, cell_texts.amended_name),
    ),
    _Task(
        "lead",
        lambda row, _: "; ".join(row.lead),
        width=26,
        page=PageCell(macro="lead", width="agency"),
        word=WordCell(40, lambda row, _, words: cell_texts.agencies(row.lead, words)),
    ),
    _Task(
        "coordinating",
        lambda row, _: "; ".join(row.coordinating),
        width=26,
        word=WordCell(40, lambda row, *_: "; ".join(row.coordinating) or NO_VALUE),
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
    _Task(
        "deadline_kind",
        lambda row, _: row.deadline_kind,
        workbook=lambda row, _, words: words.text(f"deadline.{row.deadline_kind}"),
    ),
    _Task("due", lambda row, _: row.due.isoformat() if row.due else "", ColumnKind.DATE),
    _Task(
        "status",
        lambda row, _: row.status,
        workbook=lambda row, _, words: words.task_status(row.status),
        page=PageCell(macro="task_status", width="verdict"),
        word=WordCell(26, lambda row, _, words: words.task_status(row.status)),
        align=Alignment.CENTRE,
    ),
    _Task(
        "past_status",
        lambda row, _: row.past_status or "",
        workbook=lambda row, _, words: cell_texts.task_verdict(row, words) if row.past_status else "",
    ),
    _Task(
        "past_due",
        lambda row, _: "true" if row.past_due else "false",
        ColumnKind.BOOLEAN,
        workbook=lambda row, _, words: words.yes_or_no(row.past_due),
    ),
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
    _Task("note", word=WordCell(24, lambda row, *_: row.fact.note if row.fact else "")),
    _Task("source", lambda row, _: row.fact.source if row.fact else "", width=40),
    _Task("file", lambda row, _: row.fact.origin.file if row.fact else "", width=40),
    _Task("line", lambda row, _: str(row.fact.origin.line) if row.fact else "", ColumnKind.INTEGER),
    _Task("same_as", lambda row, _: row.same_as),
    _Task("repeats", lambda row, _: "true" if row.repeats else "false", ColumnKind.BOOLEAN),
    _Task("plan_state", _plan_state, workbook=_plan_state_in_words),
    _Task("counted", _counted, ColumnKind.BOOLEAN, workbook=_counted_in_words),
)
"""Of one task (nhiệm vụ)."""
