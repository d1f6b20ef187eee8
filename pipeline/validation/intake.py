"""Intake (tiếp nhận): submitted rows in, accepted records and quarantined rows out. Nothing is lost.

A row that breaks a critical rule is quarantined with its cells as they were; a broken critical rule
about the table as a whole stops the report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import DataError, Finding
from pipeline.paths import Layout
from pipeline.plans.models import Key
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.submissions.intake import Intake, Quarantined, RuleResult
from pipeline.submissions.interpret import Context, read_observation, read_reported, read_task
from pipeline.submissions.reader import Sheet, fault_text, periods_with_submissions, read_submissions
from pipeline.submissions.records import (
    Kind,
    Observation,
    Origin,
    SubmittedFile,
    TaskFact,
)
from pipeline.validation.frames import Read, observation_frame, reported_frame, task_frame
from pipeline.validation.judge import Verdict, judge
from pipeline.validation.suites import Suite, read_suite

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class _Kind:
    """How one kind of file is read and tabled."""

    read: Callable[..., Read]
    frame: Callable[..., pd.DataFrame]


_KINDS = {
    Kind.OBSERVATIONS: _Kind(read_observation, observation_frame),
    Kind.TASKS: _Kind(read_task, task_frame),
    Kind.REPORTED: _Kind(read_reported, reported_frame),
}


def validate(sheets: Sequence[Sheet], context: Context, expectations: Path) -> Intake:
    """Judge all sheets of a period. Raises DataError if a critical rule about a whole table is broken."""
    accepted: dict[Kind, list[Any]] = {kind: [] for kind in Kind}
    quarantined: list[Quarantined] = []
    results: list[RuleResult] = []
    for sheet in (sheet for sheet in sheets if sheet.rows):
        suite = read_suite(expectations / f"{sheet.kind}.json")
        reads = [_KINDS[sheet.kind].read(row, context) for row in sheet.rows]
        verdicts = judge(_KINDS[sheet.kind].frame(reads, context), suite)
        _refuse_table(sheet, verdicts)
        results += [_result(sheet, verdict) for verdict in verdicts]
        for read in reads:
            broken = [v.rule for v in verdicts if read.row.origin.line in v.rows]
            critical = [rule for rule in broken if rule.severity == "critical"]
            if critical:
                quarantined.append(_quarantine(sheet, read, [(r.id, r.message, r.remedy) for r in critical]))
            else:
                accepted[sheet.kind].append(read.accept(tuple(r.id for r in broken if r.severity == "warning")))
    _refuse_repeats(accepted[Kind.OBSERVATIONS], accepted[Kind.TASKS])
    intake = Intake(
        locality=context.locality,
        period=str(context.period),
        files=tuple(SubmittedFile(file=s.file, sha256=s.sha256, kind=s.kind, rows=len(s.rows)) for s in sheets),
        observations=tuple(accepted[Kind.OBSERVATIONS]),
        tasks=tuple(accepted[Kind.TASKS]),
        reported=tuple(accepted[Kind.REPORTED]),
        quarantined=tuple(quarantined),
        results=tuple(results),
    )
    if intake.received != intake.accepted + len(intake.quarantined):
        raise AssertionError("rows in must equal rows accepted plus rows quarantined")
    return intake


def validate_period(layout: Layout, registry: Registry, locality: str, period: Period) -> Intake:
    """Validate the files of `period`, and take along what earlier periods gave."""
    cut_off = period.cut_off(registry.calendar)
    earlier: list[Observation] = []
    before = [
        p for p in periods_with_submissions(layout, locality) if p != period and p.cut_off(registry.calendar) <= cut_off
    ]
    for other in sorted(before, key=lambda p: p.newness(registry.calendar)):
        sheets = _tables(layout, locality, other)
        earlier += validate(sheets, Context(registry, locality, other), layout.expectations).observations
    sheets = _tables(layout, locality, period)
    intake = validate(sheets, Context(registry, locality, period), layout.expectations)
    return intake.model_copy(update={"earlier": tuple(earlier)})


def _tables(layout: Layout, locality: str, period: Period) -> list[Sheet]:
    return [table for submission in read_submissions(layout, locality, period) for table in submission.tables]


def read_suites(expectations: Path) -> list[Suite]:
    """All suites, in the order of the kinds of file."""
    return [read_suite(expectations / f"{kind}.json") for kind in Kind]


def _refuse_repeats(observations: Sequence[Observation], tasks: Sequence[TaskFact]) -> None:
    """Two files must not say two things of one indicator and day, or of one task; we do not guess which holds."""
    said: list[tuple[tuple[object, ...], Origin, str]] = [
        ((o.plan, o.key, o.concept if o.key is None else "", o.as_of), o.origin, f"{o.label} ghi {o.text or o.absence}")
        for o in observations
    ]
    said += [((t.plan, t.key), t.origin, f"nhiệm vụ {Key(t.key).label}") for t in tasks]
    seen: dict[tuple[object, ...], tuple[Origin, str]] = {}
    for subject, origin, text in said:
        first = seen.setdefault(subject, (origin, text))
        if first[0] is not origin:
            raise DataError(
                "Hai tệp cùng ghi một nội dung, báo cáo chưa được lập:",
                [
                    Finding(where.file, f"ô {where.cell}", "unique", what, "giữ một dòng, xóa dòng kia")
                    for where, what in (first, (origin, text))
                ],
            )


def _refuse_table(sheet: Sheet, verdicts: Sequence[Verdict]) -> None:
    broken = [v.rule for v in verdicts if not v.holds and not v.rows and v.rule.severity == "critical"]
    if broken:
        findings = [Finding(sheet.file, "cả bảng", rule.id, rule.message, rule.remedy) for rule in broken]
        raise DataError("Bảng số liệu không dùng được, báo cáo chưa được lập:", findings)


def _result(sheet: Sheet, verdict: Verdict) -> RuleResult:
    rule = verdict.rule
    return RuleResult(
        file=sheet.file,
        kind=sheet.kind,
        rule=rule.id,
        severity=rule.severity,
        message=rule.message,
        remedy=rule.remedy,
        holds=verdict.holds,
        lines=verdict.rows,
    )


# The column in which a sender finds the fault of a rule; rules about the row as a whole name no cell.
_COLUMN_OF_RULE = {
    "known-subject": "no",
    "unit-agrees": "unit",
    "percentage": "value",
    "not-negative": "value",
    "part-of-whole": "numerator",
    "quotient": "value",
    "not-after-cut-off": "as_of",
    "source": "source",
    "value-or-absence": "value",
    "denominator": "denominator",
    "finished-after-start": "finished_on",
}


def _quarantine(sheet: Sheet, read: Read, broken: Sequence[tuple[str, str, str]]) -> Quarantined:
    column = read.unreadable[0] if read.unreadable else _COLUMN_OF_RULE.get(broken[0][0], "")
    origin = read.row.at(column)
    messages = tuple(
        f"{message}{_unreadable(read) if rule == 'readable' else ''} → {remedy}" for rule, message, remedy in broken
    )
    return Quarantined(
        kind=sheet.kind, origin=origin, cells=read.row.cells, rules=tuple(b[0] for b in broken), messages=messages
    )


def _unreadable(read: Read) -> str:
    return ": " + "; ".join(_unreadable_cell(read, column) for column in read.unreadable)


def _unreadable_cell(read: Read, column: str) -> str:
    fault = read.row.faults.get(column)
    told = f"cột {column} ghi “{read.row.cells[column][:80]}”" if column else "cả dòng"
    return f"{told} ({fault_text(fault)})" if fault else told
