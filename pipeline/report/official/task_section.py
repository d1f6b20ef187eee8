"""What the report says of tasks: section III, what falls due in the next period, and the appendix with every task."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.completion.counts import TaskCounts
from pipeline.completion.records import Completion, TaskResult
from pipeline.completion.statuses import DONE, OVERDUE, UNCOUNTED_TASKS, PlanState, TaskStatus
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.periods import Period
from pipeline.report.official.model import Block, Column, Paragraph, Row, Span, Table, lowered
from pipeline.report.words import Words


def task_blocks(completion: Completion, words: Words) -> Iterator[Block]:
    """Section III: the count of every status, and both official rates."""
    counts = completion.task_counts
    if not counts.assigned:
        yield _said(words.text("tasks.none"))
        return
    parts = [(status, counts.of(status)) for status in TaskStatus]
    said = "; ".join(words.text("tasks.part", n=n, status=words.task_status(status)) for status, n in parts if n)
    yield _said(words.text("tasks.total", assigned=counts.assigned, parts=said))
    yield _said(_of_assigned(counts, words))
    yield _said(_of_due(counts, words))
    yield _said(words.text("tasks.see"))


def next_period_blocks(completion: Completion, words: Words) -> Iterator[Block]:
    """Section VI: tasks already due, and those that fall due in the next period (Bảng 2)."""
    t, day = words.text, words.date
    following = next_period(Period.parse(completion.period))
    end = following.cut_off(completion.method.calendar_in_use)
    named = lowered(words.period(str(following)))
    span = {"period": named, "start": day(completion.cut_off), "end": day(end)}
    tasks = [task for plan in completion.plans if plan.state is not PlanState.EXPIRED for task in plan.tasks]
    open_tasks = [task for task in tasks if task.status not in DONE | UNCOUNTED_TASKS]
    late = [x for x in open_tasks if x.status in OVERDUE or x.status is TaskStatus.NOT_REPORTED_PAST_DUE]
    due = sorted(
        (x for x in open_tasks if x.due is not None and completion.cut_off < x.due <= end),
        key=lambda x: (x.due is None, x.due),
    )
    if not open_tasks:
        yield _said(t("next.nothing"))
        return
    yield _said(t("next.due", n=len(due), **span) if due else t("next.due-none", **span))
    if late:
        yield _said(t("next.late", n=len(late)))
    recurring = sum(x.deadline_kind is DeadlineKind.RECURRING for x in open_tasks)
    if recurring:
        yield _said(t("next.recurring", n=recurring))
    undated = sum(x.deadline_kind in (DeadlineKind.NONE, DeadlineKind.BY_GUIDANCE) for x in open_tasks)
    if undated:
        yield _said(t("next.undated", n=undated))
    if due or late:
        yield _due_table(late, due, named, words)


def next_period(period: Period) -> Period:
    """The period after one of the same kind; after nine months the last quarter of the year."""
    if not period.part:
        return Period(period.year + 1)
    if period.part == "9M":
        return Period(period.year, "Q4")
    letter = period.part[0] if period.part[0] in "QH" else ""
    last = {"Q": 4, "H": 2, "": 12}[letter]
    years, number = divmod(int(period.part.lstrip("QH")), last)
    return Period(period.year + years, f"{letter}{number + 1}" if letter else f"{number + 1:02d}")


TASK_COLUMNS = (
    ("no", 17, True),
    ("name", 64, False),
    ("lead", 32, False),
    ("coordinating", 32, False),
    ("deadline", 24, True),
    ("output", 32, False),
    ("status", 28, True),
    ("finished", 24, True),
    ("note", 22, False),
)
"""Of appendix II: name, width in shares of the table, whether centred."""


def _of_assigned(counts: TaskCounts, words: Words) -> str:
    """Done of assigned. Where nothing was reported at all, no rate is taken: silence is not idleness."""
    if not counts.counted:
        return words.text("assigned.none")
    if counts.not_reported == counts.counted:
        return words.text("assigned.not-reported", n=counts.counted)
    key = "assigned.part-reported" if counts.not_reported else "assigned"
    most = counts.done + counts.not_reported
    return words.text(
        key,
        done=counts.done,
        most=most,
        counted=counts.counted,
        silent=counts.not_reported,
        share=words.share(counts.done, counts.counted, 2),
        upper=words.share(most, counts.counted, 2),
    )


def _of_due(counts: TaskCounts, words: Words) -> str:
    """Done of those done or due, between both bounds where a due task was not reported."""
    if not counts.judged:
        return words.text("due.none")
    silent = counts.unknown_due
    if silent == counts.judged:
        return words.text("due.not-reported", n=silent)
    return words.text(
        "due.part-reported" if silent else "due",
        done=counts.done,
        most=counts.done + silent,
        due=counts.judged,
        silent=silent,
        share=words.share(counts.done, counts.judged, 2),
        upper=words.share(counts.done + silent, counts.judged, 2),
    )


def _due_table(late: Sequence[TaskResult], due: Sequence[TaskResult], named: str, words: Words) -> Table:
    titles = ("no", "name", "lead", "deadline", "status")
    columns = tuple(
        Column(words.text(f"table.2.{name}"), width, centred=name in ("no", "deadline", "status"))
        for name, width in zip(titles, (14, 67, 36, 26, 28), strict=True)
    )
    rows: list[Row] = []
    for heading, tasks in ((words.text("table.2.late"), late), (words.text("table.2.due", period=named), due)):
        if tasks:
            rows.append(Row((heading,), heading=True))
        for number, task in enumerate(tasks, start=1):
            lead = _agencies(task.lead, words)
            deadline = _deadline(task, words)
            rows.append(Row((str(number), task.name, lead, deadline, words.task_status(task.status))))
    return Table(words.text("table.2"), words.text("table.2.summary"), columns, tuple(rows))


def task_rows(completion: Completion, words: Words) -> Iterator[Row]:
    """Every task of the plans in force (Phụ lục II)."""
    for plan in completion.in_force:
        if not plan.tasks:
            continue
        yield Row((plan.title,), heading=True, strong=True)
        yield from (_task_row(task, completion, words) for task in plan.tasks)


def _task_row(task: TaskResult, completion: Completion, words: Words) -> Row:
    return Row(
        (
            task.key.label,
            task.name,
            _agencies(task.lead, words),
            _agencies(task.coordinating, words),
            _deadline(task, words),
            (task.fact.product if task.fact else "") or task.output or words.text("none.stated"),
            words.task_status(task.status),
            _finished(task, completion, words),
            "; ".join(filter(None, [task.fact.note if task.fact else "", *map(words.amended, task.amended)])),
        )
    )


def _deadline(task: TaskResult, words: Words) -> str:
    return task.deadline_text if task.deadline_text.strip("-– ") else words.text("none.stated")


def _finished(task: TaskResult, completion: Completion, words: Words) -> str:
    """The day it was finished, if that is known by the cut-off; else why there is none."""
    if task.fact is None:
        return words.text("none.report")
    finished = task.fact.finished_on
    if finished is not None and finished <= completion.cut_off:
        return words.date(finished)
    return words.text("none.finished")


def _agencies(names: Sequence[str], words: Words) -> str:
    return "; ".join(names) or words.text("none.stated")


def _said(text: str) -> Paragraph:
    return Paragraph((Span(text),))
