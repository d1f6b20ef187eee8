"""What the report says about tasks: section III, what falls due in the next period, and the appendix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.completion.counts import TaskCounts
from pipeline.completion.records import Completion, TaskResult
from pipeline.completion.statuses import DONE, OVERDUE, UNCOUNTED_TASKS, PlanState, TaskStatus
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.periods import Period
from pipeline.report.cell_texts import agencies, deadline
from pipeline.report.columns import TASK_COLUMNS, word_columns
from pipeline.report.official.model import (
    Block,
    DocumentColumn,
    DocumentRow,
    DocumentTable,
    lowered,
    plain_paragraph,
)
from pipeline.report.words import Words


def task_blocks(completion: Completion, words: Words) -> Iterator[Block]:
    """Section III: the count of every status, and both official rates."""
    counts = completion.task_counts
    if not counts.assigned:
        yield plain_paragraph(words.text("tasks.none"))
        return
    parts = [(status, counts.of(status)) for status in TaskStatus]
    shares = "; ".join(words.text("tasks.part", n=n, status=words.task_status(status)) for status, n in parts if n)
    yield plain_paragraph(words.text("tasks.total", assigned=counts.assigned, parts=shares))
    yield plain_paragraph(_of_assigned(counts, words))
    yield plain_paragraph(_of_due(counts, words))
    yield plain_paragraph(words.text("tasks.see"))


def _of_assigned(counts: TaskCounts, words: Words) -> str:
    """Done of assigned. No rate is taken where nothing was reported: silence is not idleness."""
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
        yield plain_paragraph(t("next.nothing"))
        return
    yield plain_paragraph(t("next.due", n=len(due), **span) if due else t("next.due-none", **span))
    if late:
        yield plain_paragraph(t("next.late", n=len(late)))
    recurring = sum(x.deadline_kind is DeadlineKind.RECURRING for x in open_tasks)
    if recurring:
        yield plain_paragraph(t("next.recurring", n=recurring))
    undated = sum(x.deadline_kind in (DeadlineKind.NONE, DeadlineKind.BY_GUIDANCE) for x in open_tasks)
    if undated:
        yield plain_paragraph(t("next.undated", n=undated))
    if due or late:
        groups = {t("table.2.late"): late, t("table.2.due", period=named): due}
        yield _due_table(groups, completion, words)


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


def _due_table(groups: Mapping[str, Sequence[TaskResult]], completion: Completion, words: Words) -> DocumentTable:
    """Bảng 2: the tasks under each heading, without the headings that have none."""
    titles = ("no", "name", "lead", "deadline", "status")
    columns = tuple(
        DocumentColumn(words.text(f"table.2.{name}"), width, centred=name in ("no", "deadline", "status"))
        for name, width in zip(titles, (14, 67, 36, 26, 28), strict=True)
    )
    rows: list[DocumentRow] = []
    for heading, tasks in groups.items():
        if tasks:
            rows.append(DocumentRow((heading,), heading=True))
        for number, task in enumerate(tasks, start=1):
            due = deadline(task, completion, words)
            lead, status = agencies(task.lead, words), words.task_status(task.status)
            rows.append(DocumentRow((str(number), task.name, lead, due, status)))
    return DocumentTable(words.text("table.2"), words.text("table.2.summary"), columns, tuple(rows))


def task_rows(completion: Completion, words: Words) -> Iterator[DocumentRow]:
    """Every task of the plans in force, over `TASK_COLUMNS` (Phụ lục II)."""
    cells = [cell for _, cell in word_columns(TASK_COLUMNS)]
    for plan in completion.in_force:
        if not plan.tasks:
            continue
        yield DocumentRow((plan.title,), heading=True, strong=True)
        for task in plan.tasks:
            yield DocumentRow(tuple(cell.text(task, completion, words) for cell in cells))
