"""Rows that are one thing, counted once (việc ghi hai lần, tính một lần)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from pipeline.completion.records import IndicatorResult, TaskResult
from pipeline.completion.statuses import TaskStatus

_R = TypeVar("_R", IndicatorResult, TaskResult)


def once(rows: Iterable[_R]) -> list[_R]:
    """`rows` without those that repeat another of them that counts.

    Of rows that are one thing the one that the others name counts; where it is not counted, the first that is.
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
    update = {"status": first.status, "past_due": first.past_due, "due_soon": first.due_soon}
    return task.model_copy(update=update)


def _left_out(rows: Sequence[_R]) -> set[str]:
    chosen: dict[str, str] = {}
    for row in rows:
        first = row.same_as or row.code
        if row.counted and (first not in chosen or row.code == first):
            chosen[first] = row.code
    return {row.code for row in rows if row.counted and chosen[row.same_as or row.code] != row.code}
