"""How two reports of one locality differ: from the one before, and from the issued one that a report replaces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.completion.records import Change, Completion, IndicatorResult, Moved, TaskResult
from pipeline.completion.statuses import ABSENT, DONE, OVERDUE, Status, TaskStatus
from pipeline.intake.rows import Interval
from pipeline.plans.base import Frozen
from pipeline.plans.models import Key, Kind

_Pair = tuple[IndicatorResult, IndicatorResult]


def change_between(before: Completion, after: Completion) -> Change:
    """What changed since the report before (thay đổi so với kỳ trước), in the order of `after`.

    Both reports are judged by what is known today; only rows and tasks that both count are compared.
    """
    pairs = list(_pairs(before, after))
    tasks = list(_task_pairs(before, after))
    return Change(
        period=before.period,
        cut_off=before.cut_off,
        met_before=before.rate.met,
        total_before=before.rate.total,
        newly_met=_moved(pairs, lambda old, new: old is not Status.MET and new is Status.MET),
        fell_back=_moved(pairs, lambda old, new: old is Status.MET and new is not Status.MET and new not in ABSENT),
        first_observed=_moved(pairs, lambda old, new: old in ABSENT and new not in ABSENT and new is not Status.MET),
        lost=_moved(pairs, lambda old, new: old not in ABSENT and new in ABSENT),
        left=tuple(_move(row, row) for row in _counted_only(before, after)),
        entered=tuple(_move(row, row) for row in _counted_only(after, before)),
        tasks_done=tuple(code for code, old, new in tasks if old.status not in DONE and new.status in DONE),
        tasks_overdue=tuple(code for code, old, new in tasks if old.status not in OVERDUE and new.status in OVERDUE),
    )


def _pairs(before: Completion, after: Completion) -> Iterator[_Pair]:
    old = {(r.plan, r.key): r for plan in before.in_force for r in plan.indicators if r.counted}
    for plan in after.in_force:
        for row in plan.indicators:
            if row.counted and (row.plan, row.key) in old:
                yield old[row.plan, row.key], row


def _task_pairs(before: Completion, after: Completion) -> Iterator[tuple[str, TaskResult, TaskResult]]:
    old = {t.code: t for plan in before.in_force for t in plan.tasks}
    for plan in after.in_force:
        for task in plan.tasks:
            if task.code in old:
                yield task.code, old[task.code], task


def _counted_only(here: Completion, there: Completion) -> Iterator[IndicatorResult]:
    """Indicators that `here` counts and `there` does not, as they stand in `there` if they do."""
    counted = {(r.plan, r.key) for plan in there.in_force for r in plan.indicators if r.counted}
    known = {(r.plan, r.key): r for plan in there.plans for r in plan.indicators}
    for plan in here.in_force:
        for row in plan.indicators:
            if row.kind is Kind.INDICATOR and row.counted and (row.plan, row.key) not in counted:
                yield known.get((row.plan, row.key), row)


def _moved(pairs: list[_Pair], test: Callable[[Status, Status], bool]) -> tuple[Moved, ...]:
    return tuple(_move(old, new) for old, new in pairs if test(old.status, new.status))


def _move(old: IndicatorResult, new: IndicatorResult) -> Moved:
    return Moved(
        code=new.code,
        kind=new.kind,
        name=new.name,
        unit=new.unit,
        lead=new.lead,
        before=old.observation.value if old.observation else None,
        after=new.observation.value if new.observation else None,
        status=new.status,
    )


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


class Differences(Frozen):
    """Everything that differs from the issued report, and the met count of that report with its total."""

    met_before: int
    total_before: int
    rows: tuple[RowDifference, ...]
    tasks: tuple[TaskDifference, ...]


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


class _IssuedObservation(_Issued):
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


class _IssuedTask(_IssuedPart):
    status: TaskStatus


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


def _by_code(parts: Iterable[_P]) -> dict[str, _P]:
    return {part.code: part for part in parts}
