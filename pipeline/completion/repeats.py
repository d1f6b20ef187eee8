"""Rows that are one thing, counted once (việc ghi hai lần, tính một lần)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from pipeline.completion.records import IndicatorResult, TaskResult
from pipeline.completion.statuses import Status, TaskStatus

_R = TypeVar("_R", IndicatorResult, TaskResult)
_NOT_STANDING = {Status.DROPPED, Status.PLAN_NOT_IN_FORCE, TaskStatus.DROPPED, TaskStatus.PLAN_NOT_IN_FORCE}


def once(rows: Iterable[_R]) -> list[_R]:
    """`rows` without those that repeat another of them.

    Of rows that are one thing the one that the others name stays; where another counts and it does not, that one.
    """
    listed = list(rows)
    left = _left_out(listed)
    return [row for row in listed if row.code not in left]


def marked(rows: Sequence[_R]) -> tuple[_R, ...]:
    """`rows`, with `repeats` set where `once` leaves the row out."""
    left = _left_out(rows)
    return tuple(row.model_copy(update={"repeats": True}) if row.code in left else row for row in rows)


def as_repeated(tasks: Sequence[TaskResult]) -> list[TaskResult]:
    """`tasks`, with what is done of a task also said of the lines that repeat it, whatever deadline they print.

    A line whose task was dropped is a task of its own again.
    """
    by_code = {task.code: task for task in tasks}
    return [_like(task, by_code.get(task.same_as)) for task in tasks]


def _like(task: TaskResult, first: TaskResult | None) -> TaskResult:
    if first is None or TaskStatus.DROPPED in (task.status, first.status):
        return task
    said = ("status", "past_due", "past_status", "due_soon")
    return task.model_copy(update={name: getattr(first, name) for name in said})


def _left_out(rows: Sequence[_R]) -> set[str]:
    """The rows that stand in a plan in force or about to begin, or are judged after it, and repeat another of them."""
    standing = [row for row in rows if row.counted or row.status not in _NOT_STANDING]
    chosen: dict[str, _R] = {}
    for row in standing:
        first = row.same_as or row.code
        if first not in chosen or _precedence(row) > _precedence(chosen[first]):
            chosen[first] = row
    return {row.code for row in standing if chosen[row.same_as or row.code] is not row}


def _precedence(row: IndicatorResult | TaskResult) -> tuple[bool, bool, bool]:
    """What counts goes before what does not, what is held against a target before what has none."""
    has_target = isinstance(row, TaskResult) or row.target is not None
    return row.counted, has_target, not row.same_as
