"""Counts in words (số đếm bằng lời), one wording for page, Word and site: tasks, what changed, earlier values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.completion.change_records import Change, Moved
from pipeline.completion.counts import DatedTasks, RecurringTasks, TaskCounts, TasksByDeadline, UndatedTasks
from pipeline.completion.outlasting import outlasting
from pipeline.completion.records import Completion, IndicatorResult, PlanResult
from pipeline.completion.statuses import UNREPORTED, Status, TaskStatus
from pipeline.plans.models import Kind
from pipeline.report.day_words import span_of
from pipeline.report.words import Words


def task_counts(counts: TasksByDeadline, words: Words) -> list[str]:
    """The three counts, each with what it counts; a count of no tasks is left out. There is no rate across them."""
    kinds = (
        ("dated", counts.dated, _dated(counts.dated, words)),
        ("recurring", counts.recurring, _recurring(counts.recurring, words)),
        ("undated", counts.undated, _undated(counts.undated, words)),
    )
    return [_counted(kind, of_kind, list(more), words) for kind, of_kind, more in kinds if of_kind.total]


def _counted(kind: str, counts: DatedTasks | RecurringTasks | UndatedTasks, more: list[str], words: Words) -> str:
    if counts.not_reported == counts.total:
        due = isinstance(counts, DatedTasks) and counts.due
        return words.text(f"tasks.{kind}-silent-due" if due else f"tasks.{kind}-silent", total=counts.total, due=due)
    if isinstance(counts, RecurringTasks):
        return ", ".join([_reported(counts, words), *more])
    return ", ".join([words.text(f"tasks.{kind}", done=counts.done, total=counts.total), *more])


def _reported(counts: RecurringTasks, words: Words) -> str:
    """“Đúng kỳ” only of tasks for which the plan prints a frequency."""
    unstated = {"recent": counts.unstated_in_time, "unstated": counts.unstated}
    if counts.unstated == counts.total:
        return words.text("tasks.recurring-unstated", **unstated)
    stated = {"done": counts.in_time - counts.unstated_in_time, "total": counts.total - counts.unstated}
    return words.text("tasks.recurring-both" if counts.unstated else "tasks.recurring", **stated, **unstated)


def _dated(counts: DatedTasks, words: Words) -> Iterator[str]:
    yield from _nonzero(words, {"done-late": counts.done_late})
    key = "tasks.due-none" if not counts.due else "tasks.due" if counts.done_of_due else "tasks.due-undone"
    yield words.text(key, number=counts.due, done=counts.done_of_due)
    yield from _nonzero(words, {"overdue": counts.overdue, "silent": counts.not_reported})


def _recurring(counts: RecurringTasks, words: Words) -> Iterator[str]:
    return _nonzero(words, {"lapsed": counts.lapsed, "silent": counts.not_reported})


def _undated(counts: UndatedTasks, words: Words) -> Iterator[str]:
    shown = {"under-way": counts.under_way, "not-started": counts.not_started, "silent": counts.not_reported}
    return _nonzero(words, shown)


def _nonzero(words: Words, counts: dict[str, int]) -> Iterator[str]:
    return (words.text(f"tasks.{name}", number=number) for name, number in counts.items() if number)


def task_parts(counts: TaskCounts, words: Words) -> list[str]:
    """'14 đang thực hiện', '38 chưa có báo cáo (3 đã đến hạn)': every status, which add up to the tasks assigned."""
    shown = {status: counts.of(status) for status in TaskStatus if status not in UNREPORTED}
    parts = [f"{n} {words.task_status(status)}" for status, n in shown.items() if n]
    if counts.not_reported:
        due = counts.of(TaskStatus.NOT_REPORTED_PAST_DUE)
        key = "tasks.silent-due" if due else "tasks.silent"
        parts.append(words.text(key, number=counts.not_reported, due=due))
    return parts


def change_parts(change: Change, words: Words) -> list[str]:
    """What makes the difference in the number met, without zeros; a plan that ended is named as such."""
    parts = []
    if change.newly_met:
        lowered = sum(m.lowered is not None for m in change.newly_met)
        key = "moved.lowered" if lowered else "moved.met"
        parts.append(words.text(key, number=len(change.newly_met), lowered=lowered))
    if change.fell_back:
        parts.append(words.text("moved.back", number=len(change.fell_back)))
    if change.raised:
        parts.append(words.text("moved.raised", number=len(change.raised)))
    met = {
        "lost": _were_met(change.lost),
        "left": _were_met(change.left),
        "entered": sum(m.status is Status.MET for m in change.entered),
        "ended": _were_met(change.ended),
    }
    for name, number_met in met.items():
        if moved := getattr(change, name):
            key = f"moved.{name}-met" if number_met else f"moved.{name}"
            parts.append(words.text(key, number=len(moved), met=number_met))
    if change.first_observed:
        parts.append(words.text("moved.first", number=len(change.first_observed)))
    return parts or [words.text("moved.nothing-moved")]


def outlasting_counts(plan: PlanResult, words: Words) -> str:
    """What outlasts a plan that has ended: '5 chỉ tiêu, 1 cam kết'; '' for nothing."""
    return kinds_of(outlasting(plan), words)


def kinds_of(rows: Iterable[IndicatorResult], words: Words) -> str:
    """How many indicators and commitments are among `rows`: '5 chỉ tiêu, 1 cam kết'; '' for none."""
    kinds = Counter(row.kind for row in rows)
    named = (("indicators", Kind.INDICATOR), ("commitments", Kind.COMMITMENT))
    return ", ".join(words.text(f"outlasting.{name}", n=kinds[kind]) for name, kind in named if kinds[kind])


def _were_met(moved: tuple[Moved, ...]) -> int:
    return sum(m.status_before is Status.MET for m in moved)


def days_of_older(completion: Completion, words: Words) -> str:
    """The days of the earlier values that still serve: 'ngày 14/12/2025', 'từ ngày … đến ngày …'.

    Where a source names no day, the period for which it was reported is named instead.
    """
    rows = [row for plan in completion.in_force for row in plan.indicators if row.kind is Kind.INDICATOR]
    values = [row.latest for row in rows if row.latest is not None and row.counted and not row.repeats]
    unstated = {value.edition for value in values if not value.as_of_stated and value.edition}
    if len(unstated) == 1 and all(not value.as_of_stated for value in values):
        return words.day_of(values[0])
    days = [value.as_of for value in values]
    return span_of(min(days), max(days), unstated=bool(unstated), words=words)


def by_latest(row: IndicatorResult, words: Words) -> str:
    """What the newest earlier value says, with its day; '' where the period has a value, or nothing serves."""
    if row.latest is None:
        return ""
    key = "unknown" if row.latest_meets is None else "meets" if row.latest_meets else "below"
    return words.text(f"latest.{key}", day=words.day_of(row.latest))


def lowered(row: IndicatorResult, words: Words) -> str:
    """The amendment without which the row would not be met; '' for others."""
    targets = [clause for clause in row.amended if clause.kind == "target"]
    if not targets or not row.met_by_amendment:
        return ""
    clause = targets[-1]
    date = words.date(clause.date)
    return words.text("lowered", before=clause.before, after=clause.after, document=clause.document, date=date)
