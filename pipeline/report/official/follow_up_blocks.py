"""What the report says of questions and conclusions that nobody has answered (Phần VI)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.completion.records import Completion
from pipeline.intake.asked import FollowUp
from pipeline.report.official.model import Block, Items, Span, plain_paragraph
from pipeline.report.words import Words


def follow_up_blocks(completion: Completion, words: Words) -> Iterator[Block]:
    """How many are open, then each with the office and the last day; nothing for none."""
    if found := completion.asked_and_open:
        over = sum(f.days_over(completion.cut_off) > 0 for f in found)
        counted = words.text("followed.overdue", n=over) if over else ""
        yield plain_paragraph(words.text("followed", n=len(found), overdue=counted))
        yield Items(tuple((Span(_line(f, completion, words)),) for f in found))


def _line(follow_up: FollowUp, completion: Completion, words: Words) -> str:
    asked, over = follow_up.asked, follow_up.days_over(completion.cut_off)
    parts = [words.text(f"followed.{asked.kind}", by=asked.by, day=words.date(asked.asked_on))]
    parts += [words.text("followed.until", day=words.date(asked.until))] if asked.until else []
    parts += [words.text("followed.over", n=over)] if over else []
    label = f"{follow_up.label}: " if follow_up.label else ""
    return words.text("followed.line", of=asked.of, text=f"{label}{asked.text}", told="; ".join(parts))
