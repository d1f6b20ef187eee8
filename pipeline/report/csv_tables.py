"""The published data files: figures as machines read them (decimal point, ISO dates, UTF-8).

Columns map to their type in a Frictionless table schema.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.intake.rows import Interval
from pipeline.plans.text import plain

INDICATOR_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "locality": "string",
        "period": "string",
        "plan": "string",
        "annex": "string",
        "group": "string",
        "no": "string",
        "kind": "string",
        "name": "string",
        "unit": "string",
        "concept": "string",
        "scope": "string",
        "lead": "string",
        "baseline": "number",
        "target_text": "string",
        "comparator": "string",
        "target_low": "number",
        "target_high": "number",
        "target_year": "integer",
        "due": "date",
        "value_low": "number",
        "value_high": "number",
        "value_text": "string",
        "as_of": "date",
        "status": "string",
        "attainment": "number",
        "gap": "number",
        "gap_per_month": "number",
        "pace": "number",
        "original_target_text": "string",
        "original_status": "string",
        "method": "string",
        "source": "string",
        "file": "string",
        "cell": "string",
        "sha256": "string",
    }
)
TASK_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "locality": "string",
        "period": "string",
        "plan": "string",
        "annex": "string",
        "group": "string",
        "no": "string",
        "name": "string",
        "lead": "string",
        "coordinating": "string",
        "output": "string",
        "deadline_text": "string",
        "deadline_kind": "string",
        "due": "date",
        "status": "string",
        "past_due": "boolean",
        "original_status": "string",
        "method": "string",
        "started_on": "date",
        "finished_on": "date",
        "source": "string",
        "file": "string",
        "line": "integer",
    }
)


def write_indicators(completion: Completion, path: Path) -> None:
    """Every row of every plan as CSV for machines, over `INDICATOR_COLUMNS`."""
    _write(path, INDICATOR_COLUMNS, indicator_rows(completion))


def write_tasks(completion: Completion, path: Path) -> None:
    """Every task of every plan as CSV for machines, over `TASK_COLUMNS`."""
    _write(path, TASK_COLUMNS, task_rows(completion))


def indicator_rows(completion: Completion) -> Iterator[dict[str, str]]:
    """Every row of every plan; '' where there is nothing, numbers with a decimal point, dates as in ISO 8601."""
    for plan in completion.plans:
        yield from ({**_of(completion), **_indicator(row)} for row in plan.indicators)


def task_rows(completion: Completion) -> Iterator[dict[str, str]]:
    """Every task of every plan, written as `indicator_rows` writes; `line` is that of the file the fact came from."""
    for plan in completion.plans:
        yield from ({**_of(completion), **_task(row)} for row in plan.tasks)


def _of(completion: Completion) -> dict[str, str]:
    return {"locality": completion.locality, "period": completion.period, "method": completion.method.id}


def _indicator(row: IndicatorResult) -> dict[str, str]:
    target, observation = row.target, row.observation
    value = observation.value if observation and observation.value else Interval(low=None, high=None)
    return {
        "plan": row.plan,
        "annex": row.annex,
        "group": row.group,
        "no": row.no,
        "kind": row.kind,
        "name": row.name,
        "unit": row.unit,
        "concept": row.concept,
        "scope": row.scope,
        "lead": "; ".join(row.lead),
        "baseline": plain(row.baseline),
        "target_text": target.text if target else "",
        "comparator": target.comparator if target else "none",
        "target_low": plain(target.low) if target else "",
        "target_high": plain(target.high) if target else "",
        "target_year": str(target.year or "") if target else "",
        "due": target.due.isoformat() if target and target.due else "",
        "value_low": plain(value.low),
        "value_high": plain(value.high),
        "value_text": observation.text if observation else "",
        "as_of": observation.as_of.isoformat() if observation else "",
        "status": row.status,
        "attainment": _share(row.attainment),
        "gap": plain(row.gap),
        "gap_per_month": _share(row.gap_per_month),
        "pace": _share(row.pace.ratio if row.pace else None),
        "original_target_text": row.former.target.text if row.former and row.former.target else "",
        "original_status": row.former.status if row.former else "",
        "source": observation.source if observation else "",
        "file": observation.origin.file if observation else "",
        "cell": observation.origin.cell if observation else "",
        "sha256": observation.origin.sha256 if observation else "",
    }


def _task(row: TaskResult) -> dict[str, str]:
    fact = row.fact
    return {
        "plan": row.plan,
        "annex": row.annex,
        "group": row.group,
        "no": row.no,
        "name": row.name,
        "lead": "; ".join(row.lead),
        "coordinating": "; ".join(row.coordinating),
        "output": row.output,
        "deadline_text": row.deadline_text,
        "deadline_kind": row.deadline_kind,
        "due": row.due.isoformat() if row.due else "",
        "status": row.status,
        "past_due": "true" if row.past_due else "false",
        "original_status": row.former_status or "",
        "started_on": fact.started_on.isoformat() if fact and fact.started_on else "",
        "finished_on": fact.finished_on.isoformat() if fact and fact.finished_on else "",
        "source": fact.source if fact else "",
        "file": fact.origin.file if fact else "",
        "line": str(fact.origin.line) if fact else "",
    }


def _share(value: object) -> str:
    return "" if value is None else f"{value:.6f}"


def _write(path: Path, columns: Mapping[str, str], rows: Iterator[dict[str, str]]) -> None:
    """Plain CSV by RFC 4180, as is: for machines. People get the workbook, in which no cell is a formula."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
