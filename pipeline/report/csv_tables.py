"""The published data files, for machines: decimal point, ISO dates, UTF-8, plain CSV by RFC 4180.

Text stands in them as it was sent. People get the workbook, in which no cell is a formula.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.report.columns import INDICATOR_COLUMNS, TASK_COLUMNS, ReportColumn, machine_columns

_Row = TypeVar("_Row", IndicatorResult, TaskResult)


def write_indicators(completion: Completion, path: Path) -> None:
    """Every row of every plan, over `INDICATOR_COLUMNS`."""
    _write(path, INDICATOR_COLUMNS, (row for plan in completion.plans for row in plan.indicators), completion)


def write_tasks(completion: Completion, path: Path) -> None:
    """Every task of every plan, over `TASK_COLUMNS`; `line` is that of the file the facts came from."""
    _write(path, TASK_COLUMNS, (row for plan in completion.plans for row in plan.tasks), completion)


def _write(path: Path, columns: Sequence[ReportColumn[_Row]], rows: Iterable[_Row], completion: Completion) -> None:
    declared = machine_columns(columns)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column.key for column, _ in declared)
        writer.writerows([text(row, completion) for _, text in declared] for row in rows)
