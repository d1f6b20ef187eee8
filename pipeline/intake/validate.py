"""Intake (tiếp nhận): submitted rows in, accepted records and quarantined rows out. Nothing is lost.

A row that breaks a critical rule is quarantined with its cells as received; a broken critical rule about a whole table
stops the report.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import DataError, Finding
from pipeline.intake.agency_parts import Senders, settle, with_successor
from pipeline.intake.between_figures import with_figure_rules
from pipeline.intake.cells import FileFaultError
from pipeline.intake.confirmations import confirmed_values, read_confirmations
from pipeline.intake.editions import known_by
from pipeline.intake.evidence import with_evidence
from pipeline.intake.figure_rules import FIGURES, QUESTIONS, read_figure_rules
from pipeline.intake.follow_ups import follow_ups_of
from pipeline.intake.frames import cells_by_line, observation_frame, reported_frame, task_frame
from pipeline.intake.inbox import periods_beside
from pipeline.intake.interpret import CellFault, Context, Read, read_observation, read_reported, read_task
from pipeline.intake.judge import Verdict, judge
from pipeline.intake.period_cache import EarlierCache, PeriodRecords
from pipeline.intake.reader import Submission, read_submissions
from pipeline.intake.revisions import Accepted, Ledger, Placed, in_force, read_corrections, received_on
from pipeline.intake.rows import (
    FileKind,
    Intake,
    Observation,
    Origin,
    Quarantined,
    Remark,
    Reported,
    RowFinding,
    RuleResult,
    SubmittedFile,
    TaskFact,
    Validation,
)
from pipeline.intake.scope import Whose
from pipeline.intake.shared_figures import computed_values
from pipeline.intake.sheets import SubmittedTable
from pipeline.intake.suite_files import READING, refuse
from pipeline.intake.suites import Rule, Suite, read_suite
from pipeline.paths import Layout
from pipeline.plans.lead_agencies import LeadAgencies
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry

if TYPE_CHECKING:
    import pandas as pd


STRANGERS_FROM = 20
"""Rows of a file from which on it is asked whether it is one of the locality at all."""
KNOWN_IN = 20
"""Of so many rows at least one must be known."""


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
    """All suites, in the order of the kinds of file. Raises DataError also for a file that is none of them."""
    known = {READING, FIGURES, QUESTIONS, *(f"{kind}.json" for kind in FileKind)}
    if odd := next((path.name for path in sorted(expectations.glob("*.json")) if path.name not in known), ""):
        refuse(odd, "", "tệp", "không thuộc bộ quy tắc nào", f"đổi tên hoặc xóa; các tệp: {', '.join(sorted(known))}")
    return [read_suite(expectations / f"{kind}.json") for kind in FileKind]


def validate_period(  # noqa: PLR0913 - the files of a period, as of a day, without some
    layout: Layout,
    registry: Registry,
    locality: str,
    period: Period,
    known_at: dt.date | None = None,
    *,
    without: Collection[str] = (),
) -> Intake:
    """Validate the files of `period`, and add the records of earlier periods.

    With `known_at`, as if it were that day: what was received or decided later is left out. `without` leaves out files
    of the period by their names: those that are refused, so that the senders of the others get their answers.
    """
    calendar = registry.calendar
    before, after = periods_beside(layout, locality, period, calendar)
    others = _Others(layout, registry, locality, known_at, cached=known_at is None and not without)
    earlier = others.read(before)
    context = Context(registry, locality, period, earlier.observations)
    intake = _validate_known(layout, context, known_at, others.answers, without)
    others.pass_over(period, intake)
    later = others.read(after)
    closed = [p for p in before if p.cut_off(calendar) < period.cut_off(calendar)]
    update: dict[str, Any] = {
        "earlier": earlier.observations,
        "earlier_tasks": earlier.tasks,
        "later": known_by(later.observations, period, calendar),
        "later_tasks": known_by(later.tasks, period, calendar),
        "previous": str(closed[-1]) if closed else "",
    }
    made = read_confirmations(layout, registry, locality, known_at)
    confirmed = confirmed_values(made, registry, (*earlier.observations, *intake.observations), (*before, period))
    confirmed += known_by(confirmed_values(made, registry, later.observations, after), period, calendar)
    sent = (*earlier.observations, *intake.observations, *update["later"])
    computed = computed_values(registry, locality, sent)
    asked = follow_ups_of(layout, registry, locality, period, known_at)
    return intake.model_copy(update=update | {"confirmed": confirmed, "computed": computed, "follow_ups": asked})


def earlier_values(layout: Layout, registry: Registry, locality: str, period: Period) -> tuple[Observation, ...]:
    """The values accepted for the periods that closed before `period`, the oldest first."""
    before, _ = periods_beside(layout, locality, period, registry.calendar)
    return _Others(layout, registry, locality).read(before).observations


@dataclass
class _Others:
    """The records accepted for other periods, each judged after those that closed before it."""

    layout: Layout
    registry: Registry
    locality: str
    known_at: dt.date | None = None
    cached: bool = True
    values: list[Observation] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """What was answered in workbooks of the periods read so far."""

    def __post_init__(self) -> None:
        self.cache = EarlierCache(self.layout, self.locality)

    def read(self, periods: Iterable[Period]) -> PeriodRecords:
        """What was accepted for `periods`, the first to close first."""
        values: list[Observation] = []
        facts: list[TaskFact] = []
        for period in periods:
            context = Context(self.registry, self.locality, period, tuple(self.values))
            validate_other = partial(_validate_known, self.layout, context, self.known_at, dict(self.answers))
            given = self.cache.records(period, validate_other) if self.cached else validate_other()
            self.values += given.observations
            self.answers |= given.answers
            values += given.observations
            facts += given.tasks
        return PeriodRecords(observations=tuple(values), tasks=tuple(facts))

    def pass_over(self, period: Period, intake: Intake) -> None:
        """Take the period that is reported on into account for those after it; nothing if it was sent nothing."""
        if intake.files:
            self.cache.pass_over(period)
            self.values += intake.observations
            self.answers |= intake.answers


def _validate_known(
    layout: Layout,
    context: Context,
    known_at: dt.date | None,
    answers: Mapping[str, str],
    without: Collection[str] = (),
) -> Intake:
    registry, locality, period = context.registry, context.locality, context.period

    def known(file: str) -> bool:
        try:
            return file not in without and (not known_at or received_on(file, period, registry.calendar) <= known_at)
        except FileFaultError:  # when it came is not known, so it is refused by its name
            return True

    whose = Whose.of(locality, registry.localities, period, answers)
    whose = replace(whose, agencies=LeadAgencies.of(registry, locality, context.cut_off))
    submissions = read_submissions(layout, locality, period, known, whose)
    corrections = in_force(read_corrections(layout, locality, period), known_at)
    intake = validate(submissions, context, layout.expectations, corrections)
    return with_evidence(layout, locality, period, intake.model_copy(update={"known_at": known_at}), without)


def validate(
    submissions: Sequence[Submission], context: Context, expectations: Path, corrections: Sequence[Placed] = ()
) -> Intake:
    """Judge all files and corrections of a period, in the order of their days.

    Raises DataError if a critical rule about a whole table is broken, or two files of one day are about the same thing.
    """
    judged = _Judged()
    senders = Senders.of(submissions, context.registry, context.locality, context.cut_off)
    ledger = Ledger(context.period, context.registry.calendar, senders.revises)
    events: list[tuple[dt.date, int, Submission | Placed]] = [
        (received_on(s.file, context.period, context.registry.calendar), 0, s) for s in submissions
    ]
    events += [(p.correction.decided_on, 1, p) for p in corrections]
    for _, _, event in sorted(events, key=lambda e: e[:2]):
        if isinstance(event, Placed):
            ledger.correct(event)
        else:
            ledger.receive(_judge_file(event, context, expectations, judged))
    tables = [(table, submission.part) for submission in submissions for table in submission.tables]
    settled = settle(ledger.records, senders, ledger.day)
    quarantined = [*judged.quarantined, *settled.quarantined(submissions)]
    intake = Intake(
        locality=context.locality,
        period=str(context.period),
        files=tuple(_received(table, part) for table, part in tables),
        observations=tuple(r for r in settled.standing if isinstance(r, Observation)),
        tasks=tuple(r for r in settled.standing if isinstance(r, TaskFact)),
        reported=tuple(r for r in settled.standing if isinstance(r, Reported)),
        quarantined=tuple(with_successor(q, settled.standing, senders, ledger) for q in quarantined),
        results=tuple(judged.results),
        findings=(*judged.findings, *settled.findings),
        validations=tuple(judged.validations),
        remarks=tuple(
            Remark(file=r.file, place=r.place, rule=r.rule, message=r.message, remedy=r.remedy)
            for submission in submissions
            for r in submission.remarks
        ),
        revisions=(*ledger.revisions, *settled.revisions),
        answers={code: text for submission in submissions for code, text in submission.answers.items()},
        replaced=len(judged.accepted) - len(settled.standing) - len(settled.out),
    )
    if intake.received != intake.accepted + len(intake.quarantined):
        raise AssertionError("rows in must equal rows accepted plus rows quarantined")
    return with_figure_rules(intake, context, read_figure_rules(expectations))


def _judge_file(submission: Submission, context: Context, expectations: Path, judged: _Judged) -> list[Accepted]:
    """Judge the tables of one file, adding to `judged`; gives the accepted records."""
    accepted: list[Accepted] = []
    read_tables = [(t, [_READERS[t.kind].read(row, context) for row in t.rows]) for t in submission.tables if t.rows]
    _refuse_strangers(submission.file, [read for _, reads in read_tables for read in reads], context)
    for table, reads in read_tables:
        suite = read_suite(expectations / f"{table.kind}.json")
        frame = _READERS[table.kind].frame(reads, context)
        outcome = judge(frame, suite)
        judged.validations.append(_validation(table, outcome.result))
        verdicts = _in_order(suite, (*_read_verdicts(suite, reads), *outcome.verdicts))
        judged.findings += _of_the_table(table, verdicts)
        judged.results += [_result(table, verdict) for verdict in verdicts]
        broken_by_line: dict[int, list[Rule]] = {}
        for verdict in verdicts:
            for line in verdict.rows:
                broken_by_line.setdefault(line, []).append(verdict.rule)
        shown = {name for rules in broken_by_line.values() for rule in rules for name in rule.shown}
        rows = cells_by_line(frame, shown)
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


def table_frames(submission: Submission, context: Context) -> Iterator[tuple[str, pd.DataFrame]]:
    """The tables of a file as its rules see them, each with the name of its suite."""
    for table in submission.tables:
        yield (
            table.kind,
            _READERS[table.kind].frame([_READERS[table.kind].read(row, context) for row in table.rows], context),
        )


def _refuse_strangers(file: str, reads: Sequence[Read[Any]], context: Context) -> None:
    """Raises DataError for a file of which nearly no row is known: a list of something else, sent by mistake.

    The few rows that are would be names that both happen to have.
    """
    unknown = sum(any(fault.rule == "known-subject" for fault in read.found) for read in reads)
    if len(reads) < STRANGERS_FROM or (len(reads) - unknown) * KNOWN_IN >= len(reads):
        return
    place = context.registry.localities.get(context.locality)
    plans = f"các kế hoạch của {place.full_name if place else context.locality}"
    message = f"{unknown} trong {len(reads)} dòng không phải chỉ tiêu, nhiệm vụ nào của {plans}"
    remedy = "có lẽ gửi nhầm tệp: gửi bảng theo biểu mẫu (make template), hoặc ghi tên, mã như trong kế hoạch"
    raise DataError(
        "Bảng số liệu không dùng được, báo cáo chưa được lập:", [Finding(file, "tệp", "unknown-rows", message, remedy)]
    )


def _of_the_table(table: SubmittedTable, verdicts: Sequence[Verdict]) -> list[RowFinding]:
    """Rules about the whole table that it breaks. Raises DataError if one of them is critical."""
    broken = [v.rule for v in verdicts if not v.holds and not v.rows]
    origin = Origin(file=table.file, sha256=table.sha256, sheet=table.name, line=0)
    if refused := [rule for rule in broken if rule.severity == "critical"]:
        findings = [Finding(table.file, origin.cell, rule.id, rule.message, rule.remedy) for rule in refused]
        raise DataError("Bảng số liệu không dùng được, báo cáo chưa được lập:", findings)
    return [
        RowFinding(origin=origin, rule=rule.id, severity=rule.severity, message=rule.message, remedy=rule.remedy)
        for rule in broken
    ]


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


def _received(table: SubmittedTable, part: str) -> SubmittedFile:
    return SubmittedFile(
        file=table.file,
        sha256=table.sha256,
        sheet=table.name,
        kind=table.kind,
        rows=len(table.rows),
        unfilled=table.unfilled,
        part=part,
    )
