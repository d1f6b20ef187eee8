"""The published data files: figures as machines read them (decimal point, ISO dates, UTF-8)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.plans.text import plain
from pipeline.submissions.records import Interval

INDICATOR_COLUMNS = (
    "locality",
    "period",
    "plan",
    "annex",
    "group",
    "no",
    "kind",
    "name",
    "unit",
    "concept",
    "scope",
    "lead",
    "baseline",
    "target_text",
    "comparator",
    "target_low",
    "target_high",
    "target_year",
    "due",
    "value_low",
    "value_high",
    "value_text",
    "as_of",
    "status",
    "attainment",
    "gap",
    "gap_per_month",
    "pace",
    "original_target_text",
    "original_status",
    "method",
    "source",
    "file",
    "cell",
    "sha256",
)
TASK_COLUMNS = (
    "locality",
    "period",
    "plan",
    "annex",
    "group",
    "no",
    "name",
    "lead",
    "coordinating",
    "output",
    "deadline_text",
    "deadline_kind",
    "due",
    "status",
    "past_due",
    "original_status",
    "method",
    "started_on",
    "finished_on",
    "source",
    "file",
    "line",
)


def write_indicators(completion: Completion, path: Path) -> None:
    _write(
        path,
        INDICATOR_COLUMNS,
        ({**_of(completion), **_indicator(row)} for plan in completion.plans for row in plan.indicators),
    )


def write_tasks(completion: Completion, path: Path) -> None:
    _write(
        path,
        TASK_COLUMNS,
        ({**_of(completion), **_task(row)} for plan in completion.plans for row in plan.tasks),
    )


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


def _write(path: Path, columns: Sequence[str], rows: Iterator[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _inert(text) for name, text in row.items()} for row in rows)


def _inert(text: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe; a lone sign is none."""
    return f"'{text}" if len(text) > 1 and text[0] in "=+-@\t\r" else text
