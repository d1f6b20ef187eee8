"""A plan as it stands on a day, after the amendments known and in force by then (kế hoạch đã sửa đổi, bổ sung)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

from pydantic import ValidationError

from pipeline.plans.amendments import Amendment, RowChange
from pipeline.plans.models import Indicator, Plan, Task

_T = TypeVar("_T")


class AmendmentError(ValueError):
    """An amendment that does not fit the plan as it stood: no such row, or another clause than the one it cites."""


def in_force(plan: Plan, day: dt.date, known_at: dt.date | None = None) -> tuple[Amendment, ...]:
    """The amendments dated by `day` and, with `known_at`, known by that day, the earliest first."""
    return tuple(a for a in plan.amendments if a.date <= day and (known_at is None or a.known_on <= known_at))


def amended(plan: Plan, amendments: Sequence[Amendment]) -> Plan:
    """The plan after `amendments`; after none, the plan as first issued. Raises AmendmentError.

    Rows that an amendment adds are in the plan file from the beginning and count only after it.
    """
    indicators = {row.key.label: row for row in plan.indicators}
    tasks = {row.key.label: row for row in plan.tasks}
    absent = {(c.task is not None, c.label) for a in plan.amendments for c in a.changes if c.added}
    for amendment in amendments:
        for change in amendment.changes:
            rows = tasks if change.task else indicators
            place = (change.task is not None, change.label)
            if change.label not in rows or (place in absent) is not change.added:
                raise AmendmentError(f"{amendment.document}: {change.label}: không có dòng này, hoặc không còn")
            if change.added:
                absent.discard(place)
            elif change.dropped:
                absent.add(place)
            elif change.task:
                tasks[change.label] = _changed_task(tasks[change.label], change)
            else:
                indicators[change.label] = _changed_indicator(indicators[change.label], change)
    return plan.model_copy(
        update={
            "indicators": tuple(row for label, row in indicators.items() if (False, label) not in absent),
            "tasks": tuple(row for label, row in tasks.items() if (True, label) not in absent),
        }
    )


def _changed_indicator(row: Indicator, change: RowChange) -> Indicator:
    if change.lead:
        return row.model_copy(update={"lead": _replaced(row.lead, change.lead.before, change.lead.after, change)})
    wanted = change.target
    if wanted is None:
        raise AmendmentError(f"{change.label}: thay đổi không dùng cho chỉ tiêu")
    found = [t for t in row.targets if t.year == wanted.year]
    if len(found) != 1 or found[0].text != wanted.before:
        stands = "; ".join(f"{t.year or 'không ghi năm'}: “{t.text}”" for t in row.targets)
        raise AmendmentError(f"{change.label}: văn bản sửa mục tiêu “{wanted.before}” nhưng hiện là {stands}")
    update: dict[str, object] = {"text": wanted.after}
    if wanted.moved_to:
        update |= {"year": wanted.moved_to, "deadline": None}
    # Validated again, not copied: a copy would keep what was parsed from the former text.
    changed = [{**t.model_dump(), **(update if t is found[0] else {})} for t in row.targets]
    try:
        return Indicator.model_validate({**row.model_dump(), "targets": sorted(changed, key=lambda t: t["year"] or 0)})
    except ValidationError as error:
        raise AmendmentError(f"{change.label}: {error.errors()[0]['msg']}") from error


def _changed_task(task: Task, change: RowChange) -> Task:
    if change.lead:
        return task.model_copy(update={"lead": _replaced(task.lead, change.lead.before, change.lead.after, change)})
    if change.deadline is None:
        raise AmendmentError(f"{change.label}: thay đổi không dùng cho nhiệm vụ")
    after = _replaced(task.deadline, change.deadline.before, change.deadline.after, change)
    return task.model_copy(update={"deadline": after})


def _replaced(stands: _T, before: _T, after: _T, change: RowChange) -> _T:
    if stands != before:
        raise AmendmentError(f"{change.label}: văn bản sửa “{before}” nhưng hiện là “{stands}”")
    return after
