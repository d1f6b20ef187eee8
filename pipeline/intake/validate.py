"""Intake (tiếp nhận): submitted rows in, accepted records and quarantined rows out. Nothing is lost.

A row that breaks a critical rule is quarantined with its cells as received; a broken critical rule about a whole table
stops the report.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import DataError, Finding
from pipeline.intake.frames import observation_frame, reported_frame, task_frame
from pipeline.intake.inbox import periods_with_submissions, submission_files
from pipeline.intake.interpret import CellFault, Context, Read, read_observation, read_reported, read_task
from pipeline.intake.judge import ROW_ID, Verdict, judge
from pipeline.intake.reader import Submission, read_submissions
from pipeline.intake.revisions import (
    Accepted,
    Ledger,
    Placed,
    correction_files,
    in_force,
    read_corrections,
    received_on,
)
from pipeline.intake.rows import (
    FileKind,
    Intake,
    Observation,
    Quarantined,
    Remark,
    Reported,
    RowFinding,
    RuleResult,
    SubmittedFile,
    TaskFact,
    Validation,
)
from pipeline.intake.sheets import SubmittedTable
from pipeline.intake.suites import Rule, Suite, read_suite
from pipeline.paths import CODE, Layout
from pipeline.plans.base import Frozen
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.whole import write_whole

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class _Reader:
    """How the rows of one kind of file are read, and tabled for the rules."""

    read: Callable[..., Any]
    frame: Callable[..., pd.DataFrame]


_READERS = {
    FileKind.OBSERVATIONS: _Reader(read_observation, observation_frame),
    FileKind.TASKS: _Reader(read_task, task_frame),
    FileKind.REPORTED: _Reader(read_reported, reported_frame),
}


@dataclass
class _Judged:
    """What the suites accepted of the files judged so far, and what they did not."""

    accepted: list[Accepted] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    results: list[RuleResult] = field(default_factory=list)
    findings: list[RowFinding] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)


def read_suites(expectations: Path) -> list[Suite]:
    """All suites, in the order of the kinds of file."""
    return [read_suite(expectations / f"{kind}.json") for kind in FileKind]


def validate_period(
    layout: Layout, registry: Registry, locality: str, period: Period, known_at: dt.date | None = None
) -> Intake:
    """Validate the files of `period`, and add the records of earlier periods.

    With `known_at`, as if it were that day: what was received or decided later is left out.
    """
    cut_off = period.cut_off(registry.calendar)
    earlier = earlier_records(layout, registry, locality, period, known_at)
    values = tuple(r for r in earlier if isinstance(r, Observation))
    intake = _validate_known(layout, Context(registry, locality, period, values), known_at)
    tasks = tuple(r for r in earlier if isinstance(r, TaskFact))
    before = [p for p in earlier_periods(layout, registry, locality, period) if p.cut_off(registry.calendar) < cut_off]
    previous = str(before[-1]) if before else ""
    update = {"earlier": values, "earlier_tasks": tasks, "known_at": known_at, "previous": previous}
    return intake.model_copy(update=update)


def earlier_periods(layout: Layout, registry: Registry, locality: str, period: Period) -> list[Period]:
    """The other periods with submissions that closed by the cut-off of `period`, the oldest first."""
    cut_off = period.cut_off(registry.calendar)
    found = periods_with_submissions(layout, locality)
    before = [p for p in found if p != period and p.cut_off(registry.calendar) <= cut_off]
    return sorted(before, key=lambda p: p.newness(registry.calendar))


def earlier_records(
    layout: Layout, registry: Registry, locality: str, period: Period, known_at: dt.date | None = None
) -> tuple[Observation | TaskFact, ...]:
    """What was accepted for the periods that closed before `period`, the oldest first."""
    earlier: list[Observation | TaskFact] = []
    cache = EarlierCache(layout, locality)
    for other in earlier_periods(layout, registry, locality, period):
        context = Context(registry, locality, other, tuple(r for r in earlier if isinstance(r, Observation)))
        validate_other = partial(_validate_known, layout, context, known_at)
        given = cache.records(other, validate_other) if known_at is None else validate_other()
        earlier += (*given.observations, *given.tasks)
    return tuple(earlier)


def _validate_known(layout: Layout, context: Context, known_at: dt.date | None) -> Intake:
    registry, locality, period = context.registry, context.locality, context.period

    def known(file: str) -> bool:
        return known_at is None or received_on(file, period, registry.calendar) <= known_at

    submissions = read_submissions(layout, locality, period, known, registry.localities)
    corrections = in_force(read_corrections(layout, locality, period), known_at)
    return validate(submissions, context, layout.expectations, corrections)


def validate(
    submissions: Sequence[Submission], context: Context, expectations: Path, corrections: Sequence[Placed] = ()
) -> Intake:
    """Judge all files and corrections of a period, in the order of their days.

    Raises DataError if a critical rule about a whole table is broken, or two files of one day are about the same thing.
    """
    judged = _Judged()
    ledger = Ledger(context.period, context.registry.calendar)
    events: list[tuple[dt.date, int, Submission | Placed]] = [
        (received_on(s.file, context.period, context.registry.calendar), 0, s) for s in submissions
    ]
    events += [(p.correction.decided_on, 1, p) for p in corrections]
    for _, _, event in sorted(events, key=lambda e: e[:2]):
        if isinstance(event, Placed):
            ledger.correct(event)
        else:
            ledger.receive(_judge_file(event, context, expectations, judged))
    tables = [table for submission in submissions for table in submission.tables]
    intake = Intake(
        locality=context.locality,
        period=str(context.period),
        files=tuple(_received(table) for table in tables),
        observations=tuple(r for r in ledger.records if isinstance(r, Observation)),
        tasks=tuple(r for r in ledger.records if isinstance(r, TaskFact)),
        reported=tuple(r for r in ledger.records if isinstance(r, Reported)),
        quarantined=tuple(_with_successor(q, ledger.records, context) for q in judged.quarantined),
        results=tuple(judged.results),
        findings=tuple(judged.findings),
        validations=tuple(judged.validations),
        remarks=tuple(
            Remark(file=r.file, place=r.place, rule=r.rule, message=r.message, remedy=r.remedy)
            for submission in submissions
            for r in submission.remarks
        ),
        revisions=tuple(ledger.revisions),
        replaced=len(judged.accepted) - len(ledger.records),
    )
    if intake.received != intake.accepted + len(intake.quarantined):
        raise AssertionError("rows in must equal rows accepted plus rows quarantined")
    return intake


def _judge_file(submission: Submission, context: Context, expectations: Path, judged: _Judged) -> list[Accepted]:
    """Judge the tables of one file, adding to `judged`; gives the accepted records."""
    accepted: list[Accepted] = []
    for table in (table for table in submission.tables if table.rows):
        suite = read_suite(expectations / f"{table.kind}.json")
        reader = _READERS[table.kind]
        reads = [reader.read(row, context) for row in table.rows]
        frame = reader.frame(reads, context)
        judgement = judge(frame, suite)
        judged.validations.append(_validation(table, judgement.result))
        verdicts = _in_order(suite, (*_read_verdicts(suite, reads), *judgement.verdicts))
        _refuse_table(table, verdicts)
        judged.results += [_result(table, verdict) for verdict in verdicts]
        broken_by_line: dict[int, list[Rule]] = {}
        for verdict in verdicts:
            for line in verdict.rows:
                broken_by_line.setdefault(line, []).append(verdict.rule)
        rows = frame[frame[ROW_ID].isin(broken_by_line)].set_index(ROW_ID).to_dict("index")
        for read in reads:
            line = read.row.origin.line
            broken = broken_by_line.get(line, [])
            findings = [f for rule in broken for f in _findings(read, rule, rows[line])]
            if any(rule.severity == "critical" for rule in broken):
                judged.quarantined.append(_quarantine(table, read, findings))
            else:
                judged.findings += findings
                accepted.append(read.accept(tuple(r.id for r in broken if r.severity == "warning")))
    judged.accepted += accepted
    return accepted


def _refuse_table(table: SubmittedTable, verdicts: Sequence[Verdict]) -> None:
    broken = [v.rule for v in verdicts if not v.holds and not v.rows and v.rule.severity == "critical"]
    if broken:
        findings = [Finding(table.file, "cả bảng", rule.id, rule.message, rule.remedy) for rule in broken]
        raise DataError("Bảng số liệu không dùng được, báo cáo chưa được lập:", findings)


def _read_verdicts(suite: Suite, reads: Sequence[Read[Any]]) -> Iterator[Verdict]:
    """What the reader decides by itself."""
    lines: dict[str, list[int]] = {}
    for read in reads:
        for found in {fault.rule for fault in read.found}:
            lines.setdefault(found, []).append(read.row.origin.line)
    for rule in suite.rules:
        if rule.by_reader:
            yield Verdict(rule, rule.id not in lines, tuple(sorted(lines.get(rule.id, ()))))


def _in_order(suite: Suite, verdicts: Iterable[Verdict]) -> list[Verdict]:
    found = {verdict.rule.id: verdict for verdict in verdicts}
    return [found[rule.id] for rule in suite.rules]


def _findings(read: Read[Any], rule: Rule, row: Mapping[Any, Any]) -> Iterator[RowFinding]:
    """The rule at every cell that breaks it; if the suite decides it, at the cell the rule names."""
    faults = [fault for fault in read.found if rule.by_reader and fault.rule == rule.id]
    for fault in faults or [CellFault("", rule.id, rule.why(row))]:
        column = fault.column or rule.column
        written = read.row.cells.get(column, "")
        shown = f" “{written[:80]}”" if written else ""
        reason = f" ({fault.reason})" if fault.reason else ""
        yield RowFinding(
            origin=read.row.at(column),
            rule=rule.id,
            severity=rule.severity,
            message=f"{rule.message}:{shown}{reason}" if shown or reason else rule.message,
            remedy=rule.remedy,
        )


def _quarantine(table: SubmittedTable, read: Read[Any], findings: Sequence[RowFinding]) -> Quarantined:
    critical = tuple(finding for finding in findings if finding.severity == "critical")
    return Quarantined(
        kind=table.kind,
        origin=critical[0].origin,
        subject=read.subject or "",
        cells=read.row.cells,
        findings=critical,
    )


def _result(table: SubmittedTable, verdict: Verdict) -> RuleResult:
    rule = verdict.rule
    return RuleResult(
        file=table.file,
        sheet=table.name,
        kind=table.kind,
        rule=rule.id,
        severity=rule.severity,
        message=rule.message,
        remedy=rule.remedy,
        holds=verdict.holds,
        lines=verdict.rows,
    )


def _validation(table: SubmittedTable, result: dict[str, Any]) -> Validation:
    about = {"file": table.file, "sha256": table.sha256, "sheet": table.name, "kind": str(table.kind)}
    text = json.dumps(result | {"meta": result["meta"] | about}, ensure_ascii=False, indent=2, sort_keys=True)
    return Validation(file=table.file, sheet=table.name, kind=table.kind, text=text + "\n")


def _received(table: SubmittedTable) -> SubmittedFile:
    return SubmittedFile(
        file=table.file,
        sha256=table.sha256,
        sheet=table.name,
        kind=table.kind,
        rows=len(table.rows),
        unfilled=table.unfilled,
    )


def _with_successor(quarantined: Quarantined, records: Sequence[Accepted], context: Context) -> Quarantined:
    """The quarantined row, with the row of a later file that replaces it."""
    calendar = context.registry.calendar
    day = received_on(quarantined.origin.file, context.period, calendar)
    successor = next(
        (
            r
            for r in records
            if quarantined.subject
            and r.code == quarantined.subject
            and received_on(r.origin.file, context.period, calendar) > day
        ),
        None,
    )
    return quarantined.model_copy(update={"replaced_by": successor.origin}) if successor else quarantined


CACHE_NAME = "earlier-cache.json"
_PACKAGES = ("plans", "intake")
"""Imports run downwards, so no other code can change what validation gives (`make check` holds it)."""


class PeriodRecords(Frozen):
    """The accepted records of one period that later ones take along."""

    observations: tuple[Observation, ...]
    tasks: tuple[TaskFact, ...]


@dataclass
class EarlierCache:
    """The earlier periods of one locality, the oldest first: each depends on those before it."""

    layout: Layout
    locality: str
    key: str = ""
    """SHA-256 over everything that the periods asked for so far depend on."""

    def records(self, period: Period, validate: Callable[[], Intake]) -> PeriodRecords:
        """The records of `period`, from the cache or from `validate`. Raises what `validate` raises."""
        self.key = _digest([self.key or self._common(), str(period), *_hashes(self._files(period))])
        path = self.layout.work(self.locality, str(period)) / CACHE_NAME
        records = _read(path, self.key)
        if records is None:
            intake = validate()
            records = PeriodRecords(observations=intake.observations, tasks=intake.tasks)
            with suppress(OSError):  # a cache that cannot be written only costs time
                _write(path, self.key, records)
        return records

    def _common(self) -> str:
        layout = self.layout
        code = (path for package in _PACKAGES for path in (CODE / "pipeline" / package).rglob("*.py"))
        files = [CODE / "requirements.lock", *layout.raw.glob("*.*"), *layout.expectations.glob("*.json"), *code]
        files += (layout.plans / self.locality).glob("*.yaml")
        return _digest([self.locality, f"{sys.version_info[0]}.{sys.version_info[1]}", *_hashes(files)])

    def _files(self, period: Period) -> Iterator[Path]:
        yield from submission_files(self.layout, self.locality, period)
        yield from correction_files(self.layout, self.locality, period)


def _hashes(files: Iterable[Path]) -> list[str]:
    """Name and hash of each file, sorted."""
    return sorted(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files if path.is_file())


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _read(path: Path, key: str) -> PeriodRecords | None:
    """None where the file is missing, was written for another key, or was edited."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        if json.loads(head) == {"key": key, "sha256": hashlib.sha256(body).hexdigest()}:
            return PeriodRecords.model_validate_json(body)
    except (OSError, ValueError):
        pass
    return None


def _write(path: Path, key: str, records: PeriodRecords) -> None:
    # Numbers as text: in the JSON of records they are binary fractions, and 1,10 would become 1,1.
    body = json.dumps(records.model_dump(), default=str, ensure_ascii=False).encode()
    head = json.dumps({"key": key, "sha256": hashlib.sha256(body).hexdigest()}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, head + b"\n" + body)
