"""Links between rows of one plan: rows that repeat others, indicators and the tasks that serve them (liên kết)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import Finding
from pipeline.plans.models import Indicator, LineKind, Plan, Task


def taken_lead(plan: Plan, indicator: Indicator) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Offices in charge of a row as printed, and the labels of the tasks they are taken from.

    The labels are empty where the row names its office itself, and both where neither it nor its tasks do.
    """
    if indicator.lead:
        return indicator.lead, ()
    if not indicator.tasks:  # most rows: nothing to look up
        return (), ()
    serving = [task for task in plan.tasks if task.key.label in indicator.tasks and task.lead]
    leads = dict.fromkeys(printed for task in serving for printed in task.lead)
    return tuple(leads), tuple(task.key.label for task in serving)


def check_links(plan: Plan, file: str) -> Iterator[Finding]:
    """Every link names a row of the plan that can be meant."""
    indicators = {row.key.label: row for row in plan.indicators}
    lines = {line.key.label: line for line in plan.tasks}
    for row in plan.indicators:
        place = f"chỉ tiêu {row.key.label}"
        yield from _check_repeat(row, indicators.get(row.same_as), place, file)
        for label in row.tasks:
            if label not in lines:
                yield Finding(file, place, "tasks", f"không có nhiệm vụ, giải pháp “{label}”", "ghi số của dòng")
    for line in plan.tasks:
        place = f"nhiệm vụ {line.key.label}"
        yield from _check_repeat(line, lines.get(line.same_as), place, file)
        if line.kind is LineKind.MEASURE and (line.deadline or line.lead):
            message = "giải pháp (measure) ghi cơ quan chủ trì hoặc thời hạn"
            yield Finding(file, place, "kind", message, "bỏ kind: đó là nhiệm vụ")


def _check_repeat(row: Indicator | Task, first: Indicator | Task | None, place: str, file: str) -> Iterator[Finding]:
    if not row.same_as:
        return
    if first is None or first.key == row.key:
        remedy = "ghi số của dòng khác trong chính kế hoạch này"
        yield Finding(file, place, "same_as", f"không có dòng “{row.same_as}”", remedy)
    elif first.same_as:
        remedy = f"ghi {first.same_as}"
        yield Finding(file, place, "same_as", f"“{row.same_as}” cũng là dòng lặp lại", remedy)
    elif isinstance(row, Task) and row.kind is LineKind.TASK and first.kind is LineKind.MEASURE:
        message = f"“{row.same_as}” là giải pháp, không được đếm"
        yield Finding(file, place, "same_as", message, "ghi same_as ở dòng giải pháp, chỉ về nhiệm vụ")
    elif _measured(row) != _measured(first):
        message = f"“{row.same_as}” đo cái khác: khái niệm, phạm vi, đơn vị và loại phải như nhau"
        yield Finding(file, place, "same_as", message, "sửa concept, scope, unit, hoặc bỏ same_as")


def _measured(row: Indicator | Task) -> tuple[str, ...]:
    """What must be equal in indicators that are one thing; tasks are one thing by reading alone."""
    return (row.kind, row.concept, row.scope, row.unit) if isinstance(row, Indicator) else ()
