"""What the report says about indicators and tasks: its sections with their tables, and the appendices with every row.

Absence is written in words; every rate names its numerator and denominator (docs/methodology.md).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.completion.change_records import Change
from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.completion.statuses import (
    ABSENT,
    DONE,
    NOT_MET,
    OVERDUE,
    UNCOUNTED,
    UNCOUNTED_TASKS,
    Status,
    TaskStatus,
)
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.models import Kind
from pipeline.plans.periods import Period
from pipeline.report.catalogues import NO_VALUE
from pipeline.report.cell_texts import agencies, deadline
from pipeline.report.columns import INDICATOR_COLUMNS, TASK_COLUMNS
from pipeline.report.count_words import change_parts, days_of_older, task_counts, task_parts
from pipeline.report.due_targets import DueTargets, due_parts, due_targets
from pipeline.report.group_words import group_name
from pipeline.report.marks import all_near_values, beside_tasks, distinct, sent_before
from pipeline.report.not_met_words import after_not_met
from pipeline.report.official.appendices import appendix_label
from pipeline.report.official.model import (
    Block,
    DocumentColumn,
    DocumentRow,
    DocumentTable,
    Items,
    Span,
    plain_paragraph,
)
from pipeline.report.published_column import word_columns
from pipeline.report.words import Words

LISTED_AT_MOST = 12
"""Rows not met that the text lists; the appendix has all."""


def indicator_blocks(completion: Completion, words: Words) -> Iterator[Block]:
    """Section II: counts, rates with both bounds, the rows not met, Bảng 1."""
    rate, day = completion.rate, words.date(completion.cut_off)
    if not completion.in_force:
        yield plain_paragraph(words.text("indicators.no-plan"))
    elif not rate.total:
        yield plain_paragraph(words.text("indicators.none", outside=_outside(rate, words)))
    else:
        key = "indicators.total" if len(completion.in_force) > 1 else "indicators.total-one"
        rows = {"rows": _all(rate), "lines": _lines(completion, words)}
        yield plain_paragraph(words.text(key, total=rate.total, outside=_outside(rate, words), **rows))
        counts = _counts(completion, Kind.INDICATOR, words)
        yield plain_paragraph(words.text("indicators.counts", day=day, counts=counts))
        if sentence := distinct(completion, words):
            yield plain_paragraph(f"{sentence}.")
        yield from map(plain_paragraph, _rates(completion, words))
    if sum(completion.commitments.by_status.values()):
        counts = _counts(completion, Kind.COMMITMENT, words)
        due = _days_of_commitments(completion, words)
        yield plain_paragraph(
            words.text("commitments.counts", total=completion.commitments.total, counts=counts, due=due)
        )
    if completion.change and (rate.total or completion.change.total_before):
        yield plain_paragraph(_change(completion.change, words))
    yield from _not_met(completion, words)
    for near in all_near_values(completion, words):
        yield plain_paragraph(f"{near[:1].upper()}{near[1:]}.")
    if completion.in_force:
        yield plain_paragraph(words.text("indicators.see", appendix=appendix_label("appendix.1", completion, words)))
        yield _by_group(completion, words)


def _rates(completion: Completion, words: Words) -> Iterator[str]:
    """The met rate, coverage, and the rate over what is due; no rate without a single value."""
    rate, t, fallen = completion.rate, words.text, due_targets(completion)
    if not rate.observed:
        yield t("rate.no-data", total=rate.total)
        if fallen.all:
            yield _fallen_due(fallen, words)
        yield from _older(completion, words)
        return
    low, most = words.share(rate.met, rate.total), words.share(rate.met_at_most, rate.total)
    key = "rate.one" if rate.met == rate.met_at_most else "rate.two"
    yield t(key, met=rate.met, total=rate.total, low=low, most=rate.met_at_most, high=most)
    share = words.share(rate.observed, rate.total)
    yield t("rate.coverage", observed=rate.observed, total=rate.total, share=share)
    yield from _older(completion, words)
    yield _fallen_due(fallen, words) if fallen.all else t("rate.due-none")
    if completion.concepts.repeated:
        yield t("rate.by-concept", rate=words.concepts(completion.concepts))
    yield from _amended(completion, words)


def _fallen_due(due: DueTargets, words: Words) -> str:
    """What became of the targets that have fallen due, of the stage before too, as on the page."""
    number = len(due.all)
    parts, share = ", ".join(due_parts(due, words)), words.share(due.met, number)
    return words.text("rate.due", due=number, years=due.in_years, parts=parts, share=share)


def _older(completion: Completion, words: Words) -> Iterator[str]:
    """What values of earlier periods say, with their days; they are in no count above."""
    rate = completion.rate
    if rate.older:
        days = days_of_older(completion, words)
        key = "rate.older" if rate.observed else "rate.older-only"
        yield words.text(key, older=rate.older, met=rate.older_met, total=rate.total, days=days)


def _amended(completion: Completion, words: Words) -> Iterator[str]:
    """The rate under the plan as first issued, and how many rows are met because a target was lowered."""
    if (original := completion.original_rate) is not None:
        low, high = (words.share(n, original.total) for n in (original.met, original.met_at_most))
        key = "rate.original" if original.met == original.met_at_most else "rate.original-bounds"
        counts = {"met": original.met, "most": original.met_at_most, "total": original.total}
        yield words.text(key, share=low, high=high, **counts)
    if completion.rate.met_by_amendment:
        yield words.text(
            "rate.lowered", n=completion.rate.met_by_amendment, appendix=appendix_label("appendix.1", completion, words)
        )


def _change(change: Change, words: Words) -> str:
    if not change.total_before:
        return words.text("change.none", period=words.period_inside(change.period))
    return words.text(
        "change",
        period=words.period_inside(change.period),
        day=words.date(change.cut_off),
        met=change.met_before,
        total=change.total_before,
        parts="; ".join(change_parts(change, words)),
    )


def _days_of_commitments(completion: Completion, words: Words) -> str:
    """'1 cam kết hạn 31/10/2025 (đã đến hạn); 4 cam kết hạn 31/12/2025; 1 cam kết không ghi hạn'."""
    counted = (row for plan in completion.in_force for row in plan.indicators if plan.counts(row))
    days = Counter(row.target.due if row.target else None for row in counted if row.kind is Kind.COMMITMENT)
    dated = sorted((day, number) for day, number in days.items() if day is not None)
    parts = [
        words.text("commitments.due" if day <= completion.cut_off else "commitments.later", n=n, day=words.date(day))
        for day, n in dated
    ]
    return "; ".join(parts + ([words.text("commitments.undated", n=days[None])] if days[None] else []))


def _counts(completion: Completion, kind: Kind, words: Words) -> str:
    """'10 chỉ tiêu đạt; 6 chỉ tiêu chưa đạt; …': the parts of the count, with every kind of absence apart."""
    rate = completion.rate if kind is Kind.INDICATOR else completion.commitments
    what = words.text(f"{kind}s.noun")
    not_met = "missed" if rate.of([Status.MISSED]) == rate.of(NOT_MET) else "not-met"
    parts = [("met", rate.met), (not_met, rate.of(NOT_MET)), (Status.UNDECIDABLE, rate.undecidable)]
    parts += [(status, rate.of([status])) for status in sorted(ABSENT)]
    always = ("met",) if rate.observed else ()
    more = {"not-met": after_not_met(completion, words, kind)}
    counts = ((f"count.{key}", n, more.get(key, "")) for key, n in parts if n or key in always)
    return "; ".join(words.text(key, n=n, what=what) + said for key, n, said in counts)


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
    if unknown := [target.row.key.label for target in due_targets(completion).absent]:
        yield plain_paragraph(words.text("not-met.unknown", n=len(unknown), labels=", ".join(unknown)))
    if not rows:
        return
    rows.sort(key=lambda row: (row.status.urgency is None, row.status.urgency or 0, row.attainment or 0))
    yield plain_paragraph(words.text("not-met", n=len(rows)))
    # “And one more” takes the line in which that one can be named.
    listed = len(rows) if len(rows) == LISTED_AT_MOST + 1 else LISTED_AT_MOST
    items = [
        words.text(
            "not-met.row",
            name=row.name,
            value=_value_with_day(row, completion, words),
            target=words.target_with_unit(row.target, row.unit),
            status=words.verdict(row),
        )
        for row in rows[:listed]
    ]
    if len(rows) > listed:
        items.append(
            words.text("not-met.more", n=len(rows) - listed, appendix=appendix_label("appendix.1", completion, words))
        )
    yield Items(tuple((Span(f"{text}{'.' if text is items[-1] else ';'}"),) for text in items))


def _value_with_day(row: IndicatorResult, completion: Completion, words: Words) -> str:
    day = sent_before(row, completion, words)
    value = words.measured(row.observation.value if row.observation else None, row.unit)
    return f"{value} ({day})" if day else value


def _by_group(completion: Completion, words: Words) -> DocumentTable:
    """Bảng 1: the counted rows of every group, with a total for each plan and for all."""
    titles = ("group", "total", "met", "not-met", "undecidable", "absent", "rate")
    columns = tuple(
        DocumentColumn(words.text(f"table.1.{name}"), width, centred=name != "group", heads=name == "group")
        for name, width in zip(titles, (52, 17, 14, 17, 18, 18, 36), strict=True)
    )
    rows: list[DocumentRow] = []
    for plan in completion.in_force:
        rows.append(DocumentRow((plan.title,), heading=True))
        groups = [group for group in plan.groups if not group.commitments]
        rows += [_rate_row(group_name(g, words), g.rate, words) for g in groups]
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
    """Every indicator of the plans in force, or of those about to begin, over `INDICATOR_COLUMNS` (Phụ lục I)."""
    cells = [cell for _, cell in word_columns(INDICATOR_COLUMNS)]
    for plan in completion.in_force or completion.starting:
        yield DocumentRow((plan.title,), heading=True, strong=True)
        for group in plan.groups:
            title = group_name(group, words)
            named = words.text("commitments.group", title=title) if group.commitments else title
            yield DocumentRow((named,), heading=True)
            for row in plan.rows_of(group):
                yield DocumentRow(tuple(cell.text(row, completion, words) for cell in cells))


def _all(rate: Rate) -> int:
    return sum(rate.by_status.values())


def _lines(completion: Completion, words: Words) -> str:
    """' (64 dòng, 13 dòng ghi lại dòng khác)' after the number of indicators; '' where no line repeats another."""
    repeated = completion.repeated_rows
    lines = _all(completion.rate) + repeated
    return words.text("indicators.rows", lines=lines, repeated=repeated) if repeated else ""


def task_blocks(completion: Completion, words: Words) -> Iterator[Block]:
    """Section III: the count of every status, then the three counts; no rate is taken across them."""
    counts = completion.task_counts
    if not counts.assigned:
        yield plain_paragraph(words.text("tasks.none" if completion.in_force else "tasks.no-plan"))
        return
    yield from map(plain_paragraph, (f"{sentence.rstrip('.')}." for sentence in beside_tasks(completion, words)))
    parts = "; ".join(task_parts(counts, words))
    yield plain_paragraph(words.text("tasks.total", assigned=counts.assigned, parts=parts))
    for part in task_counts(completion.tasks_by_deadline, words):
        yield plain_paragraph(words.text("tasks.count", part=f"{part[:1].upper()}{part[1:]}"))
    yield plain_paragraph(words.text("tasks.see", appendix=appendix_label("appendix.2", completion, words)))


def next_period_blocks(completion: Completion, words: Words) -> Iterator[Block]:
    """Section VI: tasks already due, and those that fall due in the next period (Bảng 2)."""
    t, day = words.text, words.date
    following = next_period(Period.parse(completion.period))
    end = following.civil_end
    span = {"start": day(completion.cut_off), "end": day(end)}
    tasks = [task for plan in completion.in_force for task in plan.tasks if not task.repeats]
    open_tasks = [task for task in tasks if task.status not in DONE | UNCOUNTED_TASKS]
    late = [x for x in open_tasks if x.status in OVERDUE or x.status is TaskStatus.NOT_REPORTED_PAST_DUE]
    due = sorted(
        (x for x in open_tasks if x.due is not None and completion.cut_off < x.due <= end),
        key=lambda x: (x.due is None, x.due),
    )
    if not open_tasks:
        yield plain_paragraph(t("next.nothing" if completion.in_force else "next.no-plan"))
        return
    yield plain_paragraph(t("next.due", n=len(due), **span) if due else t("next.due-none", **span))
    if late:
        yield plain_paragraph(t("next.late", n=len(late)))
    yield from map(plain_paragraph, _without_day(completion, open_tasks, end, words))
    if due or late:
        groups = {t("table.2.late"): late, t("table.2.due", **span): due}
        yield _due_table(groups, completion, words)


def _without_day(completion: Completion, tasks: Sequence[TaskResult], end: dt.date, words: Words) -> Iterator[str]:
    """Recurring and undated tasks that go on; those of a plan that ends with the period only if a new one says so."""
    ending = [plan for plan in completion.in_force if plan.ends <= completion.cut_off]
    recurring, undated = _kinds([x for x in tasks if x.plan not in {plan.id for plan in ending}])
    if recurring:
        yield words.text("next.recurring", n=recurring)
    if undated:
        yield words.text("next.undated", n=undated)
    for plan in completion.in_force:
        if completion.cut_off < plan.ends < end and any(_kinds([x for x in tasks if x.plan == plan.id])):
            yield words.text("next.until", plan=plan.title, day=words.date(plan.ends))
    for plan in ending:
        counts = zip(("recurring", "undated"), _kinds([x for x in tasks if x.plan == plan.id]), strict=True)
        if parts := [words.text(f"next.ended-{kind}", n=n) for kind, n in counts if n]:
            yield words.text("next.ended", plan=plan.title, day=words.date(plan.ends), parts="; ".join(parts))


def _kinds(tasks: Sequence[TaskResult]) -> tuple[int, int]:
    """How many recur, and how many have no day by which they are to be finished."""
    kinds = [task.deadline_kind for task in tasks]
    return kinds.count(DeadlineKind.RECURRING), kinds.count(DeadlineKind.NONE) + kinds.count(DeadlineKind.BY_GUIDANCE)


def next_period(period: Period) -> Period:
    """The period after one of the same kind; after nine months the last quarter of the year."""
    if not period.part or period.final:
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
        DocumentColumn(
            words.text(f"table.2.{name}"), width, centred=name in ("no", "deadline", "status"), heads=name == "name"
        )
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
