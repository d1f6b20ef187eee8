"""What the report says about indicators and tasks: its sections with their tables, and the appendices with every row.

Absence is written in words; every rate names its numerator and denominator (docs/methodology.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.completion.counts import Rate, TaskCounts
from pipeline.completion.records import Completion, TaskResult
from pipeline.completion.statuses import (
    ABSENT,
    DONE,
    NOT_MET,
    OVERDUE,
    UNCOUNTED,
    UNCOUNTED_TASKS,
    PlanState,
    Status,
    TaskStatus,
)
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.models import Kind
from pipeline.plans.periods import Period
from pipeline.report.cell_texts import agencies, deadline, judged_value
from pipeline.report.columns import INDICATOR_COLUMNS, TASK_COLUMNS, word_columns
from pipeline.report.marks import all_near_values, beside_rows, beside_tasks
from pipeline.report.official.model import (
    Block,
    DocumentColumn,
    DocumentRow,
    DocumentTable,
    Items,
    Span,
    lowered,
    plain_paragraph,
)
from pipeline.report.words import NO_VALUE, Words, unit_of

LISTED_AT_MOST = 12
"""Rows not met that the text lists; the appendix has all."""


def indicator_blocks(completion: Completion, words: Words) -> Iterator[Block]:
    """Section II: counts, rates with both bounds, the rows not met, Bảng 1."""
    rate, day = completion.rate, words.date(completion.cut_off)
    if not rate.total:
        yield plain_paragraph(words.text("indicators.none", outside=_outside(rate, words)))
    else:
        yield plain_paragraph(
            words.text("indicators.total", rows=_all(rate), total=rate.total, outside=_outside(rate, words))
        )
        yield plain_paragraph(words.text("indicators.counts", day=day, counts=_counts(rate, words, "indicators.noun")))
        yield from map(plain_paragraph, _rates(completion, words))
    if sum(completion.commitments.by_status.values()):
        counts = _counts(completion.commitments, words, "commitments.noun")
        yield plain_paragraph(words.text("commitments.counts", total=completion.commitments.total, counts=counts))
    if completion.change:
        yield plain_paragraph(_change(completion, words))
    yield from _not_met(completion, words)
    for near in all_near_values(completion, words):
        yield plain_paragraph(f"{near[:1].upper()}{near[1:]}.")
    if completion.in_force:
        yield plain_paragraph(words.text("indicators.see"))
        yield _by_group(completion, words)


def _rates(completion: Completion, words: Words) -> Iterator[str]:
    """The met rate, coverage, and the rate over what is due; no rate without a single value."""
    rate, t = completion.rate, words.text
    if not rate.observed:
        yield t("rate.no-data", total=rate.total)
        return
    low, most = words.share(rate.met, rate.total), words.share(rate.met_at_most, rate.total)
    key = "rate.one" if rate.met == rate.met_at_most else "rate.two"
    yield t(key, met=rate.met, total=rate.total, low=low, most=rate.met_at_most, high=most)
    share = words.share(rate.observed, rate.total)
    yield t("rate.coverage", observed=rate.observed, total=rate.total, share=share)
    if rate.due:
        yield t("rate.due", met=rate.met_of_due, due=rate.due, share=words.share(rate.met_of_due, rate.due))
    else:
        yield t("rate.due-none")
    yield from (f"{sentence}." for sentence in beside_rows(completion, words))
    if completion.concepts.repeated:
        yield t("rate.by-concept", rate=words.concepts(completion.concepts))
    if (original := completion.original_rate) is not None:
        share = words.share(original.met, original.total)
        yield t("rate.original", met=original.met, total=original.total, share=share)


def _change(completion: Completion, words: Words) -> str:
    change = completion.change
    if change is None:
        return ""
    return words.text(
        "change",
        period=words.period(change.period),
        day=words.date(change.cut_off),
        met=change.met_before,
        total=change.total_before,
        newly=len(change.newly_met),
        back=len(change.fell_back),
        first=len(change.first_observed),
        lost=len(change.lost),
    )


def _counts(rate: Rate, words: Words, noun: str) -> str:
    """'10 chỉ tiêu đạt; 6 chỉ tiêu chưa đạt; …': the parts of the count, with every kind of absence apart."""
    what = words.text(noun)
    parts = [("met", rate.met), ("not-met", rate.of(NOT_MET)), (Status.UNDECIDABLE, rate.undecidable)]
    parts += [(status, rate.of([status])) for status in sorted(ABSENT)]
    always = ("met", "not-met") if rate.observed else ()
    return "; ".join(words.text(f"count.{key}", n=n, what=what) for key, n in parts if n or key in always)


def _outside(rate: Rate, words: Words) -> str:
    parts = [(status, rate.of([status])) for status in sorted(UNCOUNTED)]
    counts = "; ".join(words.text("count.outside", n=n, status=words.status(status)) for status, n in parts if n)
    return words.text("indicators.outside", parts=counts) if counts else ""


def _not_met(completion: Completion, words: Words) -> Iterator[Block]:
    rows = [
        row
        for plan in completion.in_force
        for row in plan.indicators
        if row.kind is Kind.INDICATOR and row.status in NOT_MET and not row.repeats
    ]
    if not rows:
        return
    yield plain_paragraph(words.text("not-met", n=len(rows)))
    items = [
        words.text(
            "not-met.row",
            name=row.name,
            value=f"{judged_value(row, completion, words)}{unit_of(row.unit)}",
            target=words.target_with_unit(row.target, row.unit),
            status=words.status(row.status),
        )
        for row in rows[:LISTED_AT_MOST]
    ]
    if len(rows) > LISTED_AT_MOST:
        items.append(words.text("not-met.more", n=len(rows) - LISTED_AT_MOST))
    yield Items(tuple((Span(f"{text}{'.' if text is items[-1] else ';'}"),) for text in items))


def _by_group(completion: Completion, words: Words) -> DocumentTable:
    """Bảng 1: the counted rows of every group, with a total for each plan and for all."""
    titles = ("group", "total", "met", "not-met", "undecidable", "absent", "rate")
    columns = tuple(
        DocumentColumn(words.text(f"table.1.{name}"), width, centred=name != "group")
        for name, width in zip(titles, (52, 17, 14, 17, 18, 18, 36), strict=True)
    )
    rows: list[DocumentRow] = []
    for plan in completion.in_force:
        rows.append(DocumentRow((plan.title,), heading=True))
        groups = [group for group in plan.groups if not group.commitments]
        rows += [_rate_row(_heading(g.annex, g.no, g.title), g.rate, words) for g in groups]
        if len(completion.in_force) > 1:
            rows.append(_rate_row(words.text("table.1.plan"), plan.rate, words, strong=True))
    rows.append(_rate_row(words.text("table.1.all"), completion.rate, words, strong=True))
    return DocumentTable(words.text("table.1"), words.text("table.1.summary"), columns, tuple(rows))


def _rate_row(name: str, rate: Rate, words: Words, *, strong: bool = False) -> DocumentRow:
    """The counts of one group; a group outside the count has words instead of zeros."""
    if not rate.total:
        return DocumentRow(
            (name, NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE, words.text("table.1.none")), strong=strong
        )
    if not rate.observed:
        counts: Sequence[str] = (words.number(rate.total), NO_VALUE, NO_VALUE, NO_VALUE, words.number(rate.absent))
        return DocumentRow((name, *counts, words.text("table.1.no-data")), strong=strong)
    counts = [words.number(n) for n in (rate.total, rate.met, rate.not_met, rate.undecidable, rate.absent)]
    key = "table.1.one" if rate.met == rate.met_at_most else "table.1.two"
    share = words.text(
        key,
        met=rate.met,
        most=rate.met_at_most,
        total=rate.total,
        low=words.share(rate.met, rate.total),
        high=words.share(rate.met_at_most, rate.total),
    )
    return DocumentRow((name, *counts, share), strong=strong)


def indicator_rows(completion: Completion, words: Words) -> Iterator[DocumentRow]:
    """Every indicator of the plans in force, over `INDICATOR_COLUMNS` (Phụ lục I)."""
    cells = [cell for _, cell in word_columns(INDICATOR_COLUMNS)]
    for plan in completion.in_force:
        yield DocumentRow((plan.title,), heading=True, strong=True)
        for group in plan.groups:
            title = _heading(group.annex, group.no, group.title)
            named = words.text("commitments.group", title=title) if group.commitments else title
            yield DocumentRow((named,), heading=True)
            for row in plan.rows_of(group):
                yield DocumentRow(tuple(cell.text(row, completion, words) for cell in cells))


def _heading(annex: str, group: str, title: str) -> str:
    number = ".".join(filter(None, (annex, group)))
    return f"{number}. {title}" if title else number


def _all(rate: Rate) -> int:
    return sum(rate.by_status.values())


def task_blocks(completion: Completion, words: Words) -> Iterator[Block]:
    """Section III: the count of every status, and both official rates."""
    counts = completion.task_counts
    if not counts.assigned:
        yield plain_paragraph(words.text("tasks.none"))
        return
    yield from map(plain_paragraph, (f"{sentence.rstrip('.')}." for sentence in beside_tasks(completion, words)))
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
    open_plans = (plan for plan in completion.plans if plan.state is not PlanState.EXPIRED)
    tasks = [task for plan in open_plans for task in plan.tasks if not task.repeats]
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
