"""Templates that make HTML of records: they escape all data, and call the helpers named here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Context

from pipeline.completion.statuses import BEHIND
from pipeline.languages import in_language
from pipeline.report.cell_texts import baseline, task_verdict
from pipeline.report.columns import indicator_columns, task_columns
from pipeline.report.count_words import by_latest, change_parts, lowered, outlasting_counts, task_counts, task_parts
from pipeline.report.day_words import of_other_report, window_of, years_of
from pipeline.report.dot_plot import dot_plot, trend
from pipeline.report.folded_rows import folded_tasks, has_something, runs
from pipeline.report.looks import look
from pipeline.report.marks import (
    annexes_missing,
    beside_rows,
    beside_tasks,
    corrected,
    distinct,
    lead_from,
    near_values,
    repeated,
    sent_before,
)
from pipeline.report.not_met_words import not_met_kinds, not_met_parts
from pipeline.report.page_helpers import HELPERS
from pipeline.report.plan_words import short_title
from pipeline.report.qr_code import qr_fields, qr_path


class _PlainCalls(Context):
    """Calls without asking whether what is called wants the context, too: no helper does. There are 6,000 on a page."""

    def call(
        self, called: Callable[..., Any], /, *given: Any, _loop_vars: Any = None, _block_vars: Any = None, **named: Any
    ) -> Any:
        return called(*given, **named)


@cache
def environment(folder: Path) -> Environment:
    """The templates of a folder; they escape all data, and may call the helpers named here."""
    templates = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.context_class = _PlainCalls
    helpers: list[Callable[..., Any]] = [
        *HELPERS,
        look,
        by_latest,
        change_parts,
        lowered,
        task_counts,
        task_parts,
        dot_plot,
        qr_fields,
        qr_path,
        trend,
        indicator_columns,
        task_columns,
        outlasting_counts,
        in_language,
        corrected,
        distinct,
        repeated,
        lead_from,
        near_values,
        sent_before,
        beside_rows,
        beside_tasks,
        not_met_kinds,
        not_met_parts,
        of_other_report,
        task_verdict,
        folded_tasks,
        runs,
        baseline,
        short_title,
        years_of,
        window_of,
        annexes_missing,
    ]
    templates.globals.update({helper.__name__: helper for helper in helpers})
    templates.globals["behind"] = BEHIND
    templates.tests["with_value"] = has_something
    return templates
