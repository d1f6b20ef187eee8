"""What the report says about indicators: section II with Bảng 1, and the appendix with every row.

Absence is written in words; every rate names its numerator and denominator (docs/methodology.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion
from pipeline.completion.statuses import ABSENT, NOT_MET, UNCOUNTED, Status
from pipeline.plans.models import Kind
from pipeline.report.cell_texts import judged_value
from pipeline.report.columns import INDICATOR_COLUMNS, word_columns
from pipeline.report.language import NO_VALUE
from pipeline.report.official.model import (
    Block,
    DocumentColumn,
    DocumentRow,
    DocumentTable,
    Items,
    Span,
    plain_paragraph,
)
from pipeline.report.words import Words, unit_of

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
        if row.kind is Kind.INDICATOR and row.status in NOT_MET
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
