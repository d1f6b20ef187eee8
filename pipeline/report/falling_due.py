"""What falls due next and is not done yet (đến hạn trong ba tháng tới): plans in force and about to begin, by day."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.completion.statuses import DONE, UNCOUNTED_TASKS, Status, TaskStatus
from pipeline.report.words import Words

MONTHS = 3
"""As far as the line looks, as `sheet.soon` says: no period is shorter than a month, and most reports are quarterly."""
DAYS = 3
"""Days that the line tells apart."""
NAMED = 3
"""So few things of one day are named by their numbers in the plan."""
_SETTLED = (Status.MET, Status.BASELINE_MET)
_LEFT_OUT = (DONE | UNCOUNTED_TASKS) - {TaskStatus.PLAN_NOT_IN_FORCE}
Thing = IndicatorResult | TaskResult


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def falling_due(completion: Completion) -> dict[dt.date, list[Thing]]:
    """Rows not met and tasks not done whose day is after the cut-off and within `MONTHS` months, by day."""
    last, found = months_after(completion.cut_off, MONTHS), defaultdict[dt.date, list[Thing]](list)
    for day, thing in _dated(completion):
        if completion.cut_off < day <= last:
            found[day].append(thing)
    return dict(sorted(found.items()))


def _dated(completion: Completion) -> Iterator[tuple[dt.date, Thing]]:
    for plan in completion.in_force or completion.starting:
        for row in plan.indicators:
            if row.target is not None and row.target.due and not row.repeats and row.status not in _SETTLED:
                yield row.target.due, row
        for task in plan.tasks:
            if task.due and not task.repeats and task.status not in _LEFT_OUT:
                yield task.due, task


def day_parts(found: dict[dt.date, list[Thing]], words: Words) -> Iterator[tuple[str, list[Thing], str]]:
    """Each day in words, what falls due on it, and the numbers in the plan where they are few; the rest in one."""
    days = list(found.items())
    kept = days if len(days) <= DAYS else days[: DAYS - 1]
    for day, things in kept:
        yield words.date(day), things, _labels(things)
    later = [thing for _, things in days[len(kept) :] for thing in things]
    if later:
        yield words.text("sheet.soon-later", day=words.date(days[-1][0])), later, _labels(later)


def _labels(things: Iterable[Thing]) -> str:
    labels = [thing.key.label for thing in things]
    return f" ({', '.join(labels)})" if len(labels) <= NAMED else ""
