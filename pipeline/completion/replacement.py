"""What a report states otherwise than the issued one it replaces (khác báo cáo đã ban hành): row, figure, from, to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.completion.records import Completion
from pipeline.completion.statuses import Status, TaskStatus
from pipeline.intake.rows import Interval
from pipeline.plans.base import Frozen
from pipeline.plans.models import Key


class Figures(Frozen):
    """What is compared of an indicator: its value, its target as printed, its status."""

    value: Interval | None
    target: str
    status: Status


class RowDifference(Frozen):
    """An indicator that one of both states otherwise; None for the one that does not have it."""

    code: str
    name: str
    unit: str
    before: Figures | None
    after: Figures | None


class TaskDifference(Frozen):
    """The same of a task (nhiệm vụ)."""

    code: str
    name: str
    before: TaskStatus | None
    after: TaskStatus | None


class Differences(Frozen):
    """Everything that differs; both met counts with their totals, for the answer in one sentence."""

    met_before: int
    total_before: int
    rows: tuple[RowDifference, ...]
    tasks: tuple[TaskDifference, ...]


class _Read(BaseModel):
    """Of an issued report only what is compared is read: it may be of another edition of the program."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Part(_Read):
    plan: str
    annex: str = ""
    group: str = ""
    no: str
    name: str

    @property
    def code(self) -> str:
        """As it is cited: 'cat-hai-nq57/PL2.IV.26'."""
        return f"{self.plan}/{Key((self.annex, self.group, self.no)).label}"


class _Observation(_Read):
    value: Interval | None = None


class _Target(_Read):
    text: str


class _Row(_Part):
    unit: str = ""
    observation: _Observation | None = None
    target: _Target | None = None
    status: Status

    @property
    def figures(self) -> Figures:
        value = self.observation.value if self.observation else None
        return Figures(value=value, target=self.target.text if self.target else "", status=self.status)


class _Task(_Part):
    status: TaskStatus


class _Plan(_Read):
    indicators: tuple[_Row, ...] = ()
    tasks: tuple[_Task, ...] = ()


class _Rate(_Read):
    met: int
    total: int


class _Report(_Read):
    rate: _Rate
    plans: tuple[_Plan, ...]


_P = TypeVar("_P", bound=_Part)


def differences_from(issued: bytes, completion: Completion) -> Differences | None:
    """Compare with the completion.json of the issued report. None for one of an edition that cannot be read."""
    try:
        before = _Report.model_validate_json(issued)
    except ValidationError:
        return None
    after = _Report.model_validate_json(completion.model_dump_json())
    return Differences(
        met_before=before.rate.met,
        total_before=before.rate.total,
        rows=tuple(_rows(before, after)),
        tasks=tuple(_tasks(before, after)),
    )


def _rows(before: _Report, after: _Report) -> Iterator[RowDifference]:
    old, new = (_by_code(row for plan in report.plans for row in plan.indicators) for report in (before, after))
    for code in [*new, *(code for code in old if code not in new)]:
        was, now = (rows[code].figures if code in rows else None for rows in (old, new))
        if was != now:
            row = new.get(code) or old[code]
            yield RowDifference(code=code, name=row.name, unit=row.unit, before=was, after=now)


def _tasks(before: _Report, after: _Report) -> Iterator[TaskDifference]:
    old, new = (_by_code(task for plan in report.plans for task in plan.tasks) for report in (before, after))
    for code in [*new, *(code for code in old if code not in new)]:
        was, now = (tasks[code].status if code in tasks else None for tasks in (old, new))
        if was != now:
            yield TaskDifference(code=code, name=(new.get(code) or old[code]).name, before=was, after=now)


def _by_code(parts: Iterable[_P]) -> dict[str, _P]:
    return {part.code: part for part in parts}
