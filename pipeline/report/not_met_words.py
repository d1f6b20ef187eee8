"""What is said of indicators that are not met (chưa đạt): whether they are due, and which kinds occur among them.

Only kinds that occur are named, in one wording for page and Word.
"""

from __future__ import annotations

from collections.abc import Set

from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion
from pipeline.completion.statuses import BEHIND, NOT_MET, Status
from pipeline.plans.models import Kind
from pipeline.report.words import Words

_KINDS = (
    (Status.MISSED,),
    (Status.BREACHED,),
    (Status.LATE, Status.REVERSED),
    (Status.AT_RISK,),
)
"""Statuses that are counted together stand in one line."""
WARNED = BEHIND | {Status.AT_RISK}
"""Not met, and shown in the colour of what is late or at risk."""


def after_not_met(completion: Completion, words: Words, kind: Kind = Kind.INDICATOR) -> str:
    """What follows '13 chỉ tiêu chưa đạt': ' (chưa đến hạn), trong đó 5 chậm hoặc kém hơn trước'; '' for nothing."""
    listed = [row for plan in completion.in_force for row in plan.indicators if row.kind is kind and not row.repeats]
    rows = [row for row in listed if row.status in NOT_MET]
    not_due = all(row.target and row.target.due and row.target.due > completion.cut_off for row in rows)
    parts = not_met_parts(completion.rate if kind is Kind.INDICATOR else completion.commitments, words)
    said = words.text("not-met.not-due") if rows and not_due else ""
    return said + (words.text("not-met.among", parts=", ".join(parts)) if parts else "")


def not_met_parts(rate: Rate, words: Words, among: Set[Status] = WARNED) -> list[str]:
    """How many of each kind, without zeros: '2 không đạt khi đến hạn', '5 chậm hoặc kém hơn trước'."""
    parts = []
    for kind in _KINDS:
        occurring = [status for status in kind if status in among and rate.of([status])]
        if occurring:
            named = words.text("not-met.or").join(words.text(f"not-met.{status}") for status in occurring)
            parts.append(words.text("not-met.part", number=rate.of(occurring), kind=named))
    return parts


def not_met_kinds(rate: Rate, words: Words, among: Set[Status] = WARNED) -> str:
    """The kinds that occur, without numbers: 'chậm, kém hơn trước hoặc có nguy cơ chậm'; '' for none."""
    occurring = [status for kind in _KINDS for status in kind if status in among and rate.of([status])]
    *first, last = [words.text(f"not-met.{status}") for status in occurring] or [""]
    return words.text("not-met.or").join(filter(None, (", ".join(first), last)))
