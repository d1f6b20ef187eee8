"""How two reports of one locality differ: from the one before, and from the issued one that a report replaces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.completion.change_records import Change, Moved, MovedTask
from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion, IndicatorResult, PlanResult, TaskResult
from pipeline.completion.status import holds
from pipeline.completion.statuses import ABSENT, DONE, OVERDUE, PlanState, Status, TaskStatus
from pipeline.intake.rows import Interval
from pipeline.plans.base import Frozen
from pipeline.plans.models import Key, Kind

_Pair = tuple[IndicatorResult, IndicatorResult]


@dataclass(frozen=True)
class Before:
    """What is compared of the report before: of a whole one, most would be thrown away."""

    period: str
    cut_off: dt.date
    rate: Rate
    plans: tuple[PlanResult, ...]

    @property
    def in_force(self) -> tuple[PlanResult, ...]:
        """Plans in force at its cut-off."""
        return tuple(plan for plan in self.plans if plan.state is PlanState.IN_FORCE)


def change_between(before: Before | Completion, after: Completion) -> Change:
    """What changed since the report before (thay đổi so với kỳ trước), in the order of `after`.

    Both reports are judged by what is known today; only rows and tasks that both count are compared.
    """
    pairs = [pair for pair in _pairs(before, after) if pair[1].kind is Kind.INDICATOR]
    tasks = list(_task_pairs(before, after))
    ended = {plan.id for plan in after.plans if plan.state is PlanState.EXPIRED}
    gone = list(_no_longer_counted(before, after))
    return Change(
        period=before.period,
        cut_off=before.cut_off,
        met_before=before.rate.met,
        total_before=before.rate.total,
        newly_met=_moved(pairs, _is_newly_met),
        fell_back=_moved([pair for pair in pairs if not _is_raised(*pair)], _falls_back),
        raised=_moved([pair for pair in pairs if _is_raised(*pair)], _falls_back),
        first_observed=_moved(pairs, lambda old, new: old in ABSENT and new not in ABSENT and new is not Status.MET),
        lost=_moved(pairs, lambda old, new: old not in ABSENT and new in ABSENT),
        left=tuple(_move(old, now) for old, now in gone if old.plan not in ended),
        ended=tuple(_move(old, now) for old, now in gone if old.plan in ended),
        entered=tuple(_move(old, now) for old, now in _newly_counted(before, after)),
        commitments=_moved(
            [pair for pair in _pairs(before, after) if pair[1].kind is Kind.COMMITMENT],
            lambda old, new: _is_newly_met(old, new) or _falls_back(old, new),
        ),
        tasks_done=tuple(_moved_task(new) for old, new in tasks if old.status not in DONE and new.status in DONE),
        tasks_overdue=tuple(
            _moved_task(new) for old, new in tasks if old.status not in OVERDUE and new.status in OVERDUE
        ),
    )


def _is_newly_met(old: Status, new: Status) -> bool:
    return old is not Status.MET and new is Status.MET


def _falls_back(old: Status, new: Status) -> bool:
    return old is Status.MET and new is not Status.MET and new not in ABSENT


def _is_raised(old: IndicatorResult, new: IndicatorResult) -> bool:
    """Whether the value now still meets the target that the row had before, which another has replaced."""
    value = new.observation.value if new.observation else None
    if old.target is None or value is None or old.target == new.target:
        return False
    return bool(holds(old.target, value))


def _pairs(before: Before | Completion, after: Completion) -> Iterator[_Pair]:
    old = {r.code: r for r in _counted(before)}
    yield from ((old[row.code], row) for row in _counted(after) if row.code in old)


def _counted(completion: Before | Completion) -> Iterator[IndicatorResult]:
    """Indicators and commitments that the report counts, each thing once."""
    yield from (row for plan in completion.in_force for row in plan.indicators if plan.counts(row))


def _task_pairs(before: Before | Completion, after: Completion) -> Iterator[tuple[TaskResult, TaskResult]]:
    old = {t.code: t for plan in before.in_force for t in plan.tasks}
    for plan in after.in_force:
        for task in plan.tasks:
            if task.code in old and not task.repeats:
                yield old[task.code], task


def _no_longer_counted(before: Before | Completion, after: Completion) -> Iterator[_Pair]:
    """Indicators that only the report before counts, with what they are now."""
    counted = {r.code for r in _counted(after)}
    now = {r.code: r for plan in after.plans for r in plan.indicators}
    for row in _counted(before):
        if row.kind is Kind.INDICATOR and row.code not in counted:
            yield row, now.get(row.code, row)


def _newly_counted(
    before: Before | Completion, after: Completion
) -> Iterator[tuple[IndicatorResult | None, IndicatorResult]]:
    """Indicators that only the report after counts, with what they were if that report had them."""
    counted = {r.code for r in _counted(before)}
    was = {r.code: r for plan in before.plans for r in plan.indicators}
    for row in _counted(after):
        if row.kind is Kind.INDICATOR and row.code not in counted:
            yield was.get(row.code), row


def _moved(pairs: list[_Pair], test: Callable[[Status, Status], bool]) -> tuple[Moved, ...]:
    return tuple(_move(old, new) for old, new in pairs if test(old.status, new.status))


def _move(old: IndicatorResult | None, new: IndicatorResult) -> Moved:
    """A row as it is now; `lowered` names the newest amendment of its target where it is met by that alone."""
    targets = [clause for clause in new.amended if clause.kind == "target"]
    return Moved(
        code=new.code,
        kind=new.kind,
        name=new.name,
        unit=new.unit,
        lead=new.lead,
        before=old.observation.value if old is not None and old.observation else None,
        after=new.observation.value if new.observation else None,
        status_before=old.status if old is not None else None,
        status=new.status,
        lowered=targets[-1] if targets and new.met_by_amendment else None,
    )


def _moved_task(task: TaskResult) -> MovedTask:
    return MovedTask(code=task.code, name=task.name, status=task.status)


class Figures(Frozen):
    """What is compared of an indicator: its value, its target as printed, its status."""

    value: Interval | None
    target: str
    status: Status


class RowDifference(Frozen):
    """An indicator whose figures differ; None for the report that does not have the row."""

    code: str
    name: str
    unit: str
    before: Figures | None
    after: Figures | None


class TaskDifference(Frozen):
    """A task (nhiệm vụ) whose status differs; None for the report that does not have the task."""

    code: str
    name: str
    before: TaskStatus | None
    after: TaskStatus | None


class EvidenceDifference(Frozen):
    """A figure whose proof (minh chứng) is another one, by name or bytes; '' for the report that names none."""

    code: str
    name: str
    before: str
    after: str


class Differences(Frozen):
    """Everything that differs from the issued report, and the met count of that report with its total."""

    met_before: int
    total_before: int
    rows: tuple[RowDifference, ...]
    tasks: tuple[TaskDifference, ...]
    evidence: tuple[EvidenceDifference, ...] = ()


class _Issued(BaseModel):
    """Only what is compared is read of an issued report: another version of the program may have written it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _IssuedPart(_Issued):
    plan: str
    annex: str = ""
    group: str = ""
    no: str
    name: str

    @property
    def code(self) -> str:
        """As it is cited: 'cat-hai-nq57/PL2.IV.26'."""
        return f"{self.plan}/{Key((self.annex, self.group, self.no)).label}"


class _IssuedRecord(_Issued):
    evidence: str = ""


class _IssuedObservation(_IssuedRecord):
    value: Interval | None = None


class _IssuedTarget(_Issued):
    text: str


class _IssuedIndicator(_IssuedPart):
    unit: str = ""
    observation: _IssuedObservation | None = None
    target: _IssuedTarget | None = None
    status: Status

    @property
    def figures(self) -> Figures:
        value = self.observation.value if self.observation else None
        return Figures(value=value, target=self.target.text if self.target else "", status=self.status)

    @property
    def evidence(self) -> str:
        return self.observation.evidence if self.observation else ""


class _IssuedTask(_IssuedPart):
    status: TaskStatus
    fact: _IssuedRecord | None = None

    @property
    def evidence(self) -> str:
        return self.fact.evidence if self.fact else ""


class _IssuedPlan(_Issued):
    indicators: tuple[_IssuedIndicator, ...] = ()
    tasks: tuple[_IssuedTask, ...] = ()


class _IssuedRate(_Issued):
    met: int
    total: int


class _IssuedReport(_Issued):
    rate: _IssuedRate
    plans: tuple[_IssuedPlan, ...]


_P = TypeVar("_P", bound=_IssuedPart)


def differences_from(issued: bytes, completion: Completion) -> Differences | None:
    """Compare with the completion.json of the issued report (khác báo cáo đã ban hành).

    None where `issued` cannot be read, as from another version of the program.
    """
    try:
        before = _IssuedReport.model_validate_json(issued)
    except ValidationError:
        return None
    after = _IssuedReport.model_validate_json(completion.model_dump_json())
    return Differences(
        met_before=before.rate.met,
        total_before=before.rate.total,
        rows=tuple(_row_differences(before, after)),
        tasks=tuple(_task_differences(before, after)),
        evidence=tuple(_evidence_differences(before, after)),
    )


def _row_differences(before: _IssuedReport, after: _IssuedReport) -> Iterator[RowDifference]:
    old, new = (_by_code(row for plan in report.plans for row in plan.indicators) for report in (before, after))
    for code in [*new, *(code for code in old if code not in new)]:
        was, now = (rows[code].figures if code in rows else None for rows in (old, new))
        if was != now:
            row = new.get(code) or old[code]
            yield RowDifference(code=code, name=row.name, unit=row.unit, before=was, after=now)


def _task_differences(before: _IssuedReport, after: _IssuedReport) -> Iterator[TaskDifference]:
    old, new = (_by_code(task for plan in report.plans for task in plan.tasks) for report in (before, after))
    for code in [*new, *(code for code in old if code not in new)]:
        was, now = (tasks[code].status if code in tasks else None for tasks in (old, new))
        if was != now:
            yield TaskDifference(code=code, name=(new.get(code) or old[code]).name, before=was, after=now)


def _evidence_differences(before: _IssuedReport, after: _IssuedReport) -> Iterator[EvidenceDifference]:
    """Of rows of both reports: a proof that was exchanged after the issue changes no figure, and is told."""
    for kind in (_IssuedIndicator, _IssuedTask):
        old, new = (
            _by_code(row for plan in report.plans for row in (*plan.indicators, *plan.tasks) if isinstance(row, kind))
            for report in (before, after)
        )
        for code, row in new.items():
            if code in old and old[code].evidence != row.evidence:
                yield EvidenceDifference(code=code, name=row.name, before=old[code].evidence, after=row.evidence)


def _by_code(parts: Iterable[_P]) -> dict[str, _P]:
    return {part.code: part for part in parts}
