"""What else the sheet answers in a line: what cannot be compared, amendments, conflicts, later stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipeline.completion.records import Completion
from pipeline.plans.models import Kind
from pipeline.report.words import Words


def facts(completion: Completion, words: Words, *, compared: bool) -> Iterator[str]:
    """One sentence for each question; what there is none of is said, so that nobody looks for it.

    `compared`: whether the sheet says how the place stands beside others (so với nơi cùng loại).
    """
    if not completion.in_force:
        return
    if completion.change is None:
        yield words.text("facts.no-period-before")
    if not compared:
        yield words.text("facts.no-peers" if completion.rate.observed else "facts.no-peers-no-data")
    amended = [a for plan in completion.in_force for a in plan.amendments if a.in_force]
    if not amended:
        yield words.text("facts.not-amended")
    elif completion.original_rate:
        yield words.text("facts.amended", count=len(amended), rate=words.rate(completion.original_rate))
    conflicts = sum(any(d.kind != "wording" for d in conflict.differences) for conflict in completion.conflicts)
    yield words.text("facts.conflicts" if conflicts else "facts.no-conflicts", count=conflicts)
    if later := list(_later_stages(completion, words)):
        yield words.text("facts.later", stages=", ".join(later))


def _later_stages(completion: Completion, words: Words) -> Iterator[str]:
    """'đến năm 2030: 52 chỉ tiêu', 'đến năm 2045: 40 chỉ tiêu': of the later years the next and the last."""
    rows = (row for plan in completion.in_force for row in plan.indicators)
    counted = [row for row in rows if row.kind is Kind.INDICATOR and not row.repeats]
    years = Counter(year for row in counted for year in {t.year for t in row.stages if t.year})
    later = sorted(year for year in years if year > completion.cut_off.year)
    for year in dict.fromkeys(later[:1] + later[-1:]):
        yield words.text("facts.stage", year=str(year), count=years[year])
