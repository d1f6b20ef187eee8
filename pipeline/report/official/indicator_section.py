"""What the report says of indicators: section II with Bảng 1, and the appendix with every row.

Absence is written in words; every rate names its numerator and denominator (docs/methodology.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion, IndicatorResult, PlanResult
from pipeline.completion.statuses import ABSENT, NOT_MET, UNCOUNTED, Status
from pipeline.plans.models import Kind
from pipeline.report.language import NO_VALUE
from pipeline.report.official.model import Block, Column, Items, Paragraph, Row, Span, Table
from pipeline.report.words import Words, unit_of

LISTED_AT_MOST = 12
"""Rows not met that the text names; the appendix has all."""


def indicator_blocks(completion: Completion, words: Words) -> Iterator[Block]:
    """Section II: counts, rates with both bounds, the rows not met, Bảng 1."""
    rate, day = completion.rate, words.date(completion.cut_off)
    if not rate.total:
        yield _said(words.text("indicators.none", outside=_outside(rate, words)))
    else:
        yield _said(words.text("indicators.total", rows=_all(rate), total=rate.total, outside=_outside(rate, words)))
        yield _said(words.text("indicators.counts", day=day, counts=_counts(rate, words, "indicators.noun")))
        yield from map(_said, _rates(completion, words))
    if sum(completion.commitments.by_status.values()):
        counts = _counts(completion.commitments, words, "commitments.noun")
        yield _said(words.text("commitments.counts", total=completion.commitments.total, counts=counts))
    if completion.change:
        yield _said(_change(completion, words))
    yield from _not_met(completion, words)
    if completion.in_force:
        yield _said(words.text("indicators.see"))
        yield _by_group(completion, words)


INDICATOR_COLUMNS = (
    ("no", 12, True),
    ("name", 60, False),
    ("unit", 16, True),
    ("target", 28, True),
    ("before", 22, True),
    ("now", 22, True),
    ("fraction", 21, True),
    ("attainment", 20, True),
    ("status", 24, True),
    ("source", 40, False),
)
"""Of appendix I: name, width in shares of the table, whether centred."""


def indicator_rows(completion: Completion, words: Words) -> Iterator[Row]:
    """Every indicator of the plans in force (Phụ lục I)."""
    return (row for plan in completion.in_force for row in _plan_rows(plan, words))


def _rates(completion: Completion, words: Words) -> Iterator[str]:
    """The met rate, coverage, and the rate over what is due; nothing is taken over no value at all."""
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
    """'10 chỉ tiêu đạt; 6 chỉ tiêu chưa đạt; …': the parts of the count, each kind of absence by itself."""
    what = words.text(noun)
    parts = [("met", rate.met), ("not-met", rate.of(NOT_MET)), (Status.UNDECIDABLE, rate.undecidable)]
    parts += [(status, rate.of([status])) for status in sorted(ABSENT)]
    always = ("met", "not-met") if rate.observed else ()
    return "; ".join(words.text(f"count.{key}", n=n, what=what) for key, n in parts if n or key in always)


def _outside(rate: Rate, words: Words) -> str:
    parts = [(status, rate.of([status])) for status in sorted(UNCOUNTED)]
    said = "; ".join(words.text("count.outside", n=n, status=words.status(status)) for status, n in parts if n)
    return words.text("indicators.outside", parts=said) if said else ""


def _not_met(completion: Completion, words: Words) -> Iterator[Block]:
    rows = [
        row
        for plan in completion.in_force
        for row in plan.indicators
        if row.kind is Kind.INDICATOR and row.status in NOT_MET
    ]
    if not rows:
        return
    yield _said(words.text("not-met", n=len(rows)))
    said = [
        words.text(
            "not-met.row",
            name=row.name,
            value=f"{_value(row, words)}{unit_of(row.unit)}",
            target=words.target_with_unit(row.target, row.unit),
            status=words.status(row.status),
        )
        for row in rows[:LISTED_AT_MOST]
    ]
    if len(rows) > LISTED_AT_MOST:
        said.append(words.text("not-met.more", n=len(rows) - LISTED_AT_MOST))
    yield Items(tuple((Span(f"{text}{'.' if text is said[-1] else ';'}"),) for text in said))


def _by_group(completion: Completion, words: Words) -> Table:
    """Bảng 1: the counted rows of every group, with a total for each plan and for all."""
    titles = ("group", "total", "met", "not-met", "undecidable", "absent", "rate")
    columns = tuple(
        Column(words.text(f"table.1.{name}"), width, centred=name != "group")
        for name, width in zip(titles, (52, 17, 14, 17, 18, 18, 36), strict=True)
    )
    rows: list[Row] = []
    for plan in completion.in_force:
        rows.append(Row((plan.title,), heading=True))
        groups = [group for group in plan.groups if not group.commitments]
        rows += [_rate_row(_heading(g.annex, g.no, g.title), g.rate, words) for g in groups]
        if len(completion.in_force) > 1:
            rows.append(_rate_row(words.text("table.1.plan"), plan.rate, words, strong=True))
    rows.append(_rate_row(words.text("table.1.all"), completion.rate, words, strong=True))
    return Table(words.text("table.1"), words.text("table.1.summary"), columns, tuple(rows))


def _rate_row(name: str, rate: Rate, words: Words, *, strong: bool = False) -> Row:
    """The counts of one group; a group outside the count says so instead of zeros."""
    if not rate.total:
        return Row((name, NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE, words.text("table.1.none")), strong=strong)
    if not rate.observed:
        counts: Sequence[str] = (words.number(rate.total), NO_VALUE, NO_VALUE, NO_VALUE, words.number(rate.absent))
        return Row((name, *counts, words.text("table.1.no-data")), strong=strong)
    counts = [words.number(n) for n in (rate.total, rate.met, rate.not_met, rate.undecidable, rate.absent)]
    key = "table.1.one" if rate.met == rate.met_at_most else "table.1.two"
    said = words.text(
        key,
        met=rate.met,
        most=rate.met_at_most,
        total=rate.total,
        low=words.share(rate.met, rate.total),
        high=words.share(rate.met_at_most, rate.total),
    )
    return Row((name, *counts, said), strong=strong)


def _plan_rows(plan: PlanResult, words: Words) -> Iterator[Row]:
    yield Row((plan.title,), heading=True, strong=True)
    for group in plan.groups:
        title = _heading(group.annex, group.no, group.title)
        yield Row((words.text("commitments.group", title=title) if group.commitments else title,), heading=True)
        yield from (_indicator_row(row, words) for row in plan.rows_of(group))


def _indicator_row(row: IndicatorResult, words: Words) -> Row:
    return Row(
        (
            row.no,
            "; ".join([row.name, *map(words.amended, row.amended)]),
            row.unit or words.text("none.unit"),
            _target(row, words),
            _before(row, words),
            _value(row, words),
            _fraction(row, words),
            words.text("none.attainment") if row.attainment is None else words.percent(row.attainment),
            words.status(row.status),
            _source(row, words),
        )
    )


def _target(row: IndicatorResult, words: Words) -> str:
    """As judged, with the day it falls due; a row without one in this stage names its nearest later one."""
    target = row.target
    if target is None or words.target(target) == NO_VALUE:
        later = row.next_target
        if later is None:
            return words.text("none.target")
        return words.text("target.later", target=words.target(later), due=words.date(later.due))
    key = "target.due" if target.due else "target.undated"
    return words.text(key, target=words.target(target), due=words.date(target.due))


def _value(row: IndicatorResult, words: Words) -> str:
    """The value judged, or in words why there is none."""
    if row.observation is not None and row.observation.value is not None:
        return words.value(row.observation.value)
    if row.observation is not None and row.observation.absence is not None:
        return words.text(f"status.{row.observation.absence}")
    return words.text("status.quarantined" if row.quarantined else "status.not-submitted")


def _before(row: IndicatorResult, words: Words) -> str:
    """The value before the one judged, with its day."""
    judged = row.observation.as_of if row.observation and row.observation.value else None
    earlier = [point for point in row.history if judged is None or point.day < judged]
    if earlier:
        return words.text("before", value=words.number(earlier[-1].value, 4), day=words.date(earlier[-1].day))
    if row.stale is not None and row.stale.value is not None:
        return words.text("before", value=words.value(row.stale.value), day=words.date(row.stale.as_of))
    return words.text("none.before")


def _fraction(row: IndicatorResult, words: Words) -> str:
    observation = row.observation
    if observation is None or observation.value is None:
        return words.text("none.value")
    if observation.numerator is None or observation.denominator is None:
        return words.text("none.fraction")
    return f"{words.number(observation.numerator, 4)}/{words.number(observation.denominator, 4)}"


def _source(row: IndicatorResult, words: Words) -> str:
    observation = row.observation
    if observation is None:
        return words.text("none.value")
    parts = (observation.source, observation.source_date, observation.evidence)
    return "; ".join(part for part in parts if part) or words.text("none.source")


def _heading(annex: str, group: str, title: str) -> str:
    number = ".".join(filter(None, (annex, group)))
    return f"{number}. {title}" if title else number


def _all(rate: Rate) -> int:
    return sum(rate.by_status.values())


def _said(text: str) -> Paragraph:
    return Paragraph((Span(text),))
