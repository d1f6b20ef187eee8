"""What is asked about reports and not answered on a day (câu hỏi, kết luận chưa trả lời), of one locality or of all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from pipeline.errors import DataError, Finding
from pipeline.intake.asked import FollowUp
from pipeline.intake.follow_ups import FOLLOW_UPS, follow_ups_ahead, followed_localities, open_follow_ups
from pipeline.paths import Layout
from pipeline.plans.registry import Registry, read_registry


@dataclass(frozen=True)
class OpenQuestions:
    """Those of one locality; its files may be unreadable."""

    name: str
    """Its full name; of a folder of no known locality that of the folder."""
    day: dt.date
    asked: tuple[FollowUp, ...] = ()
    fault: str = ""

    @property
    def overdue(self) -> int:
        """How many are past the last day for the answer (quá hạn)."""
        return sum(f.days_over(self.day) > 0 for f in self.asked)


def open_questions(
    layout: Layout, lists: Registry, day: dt.date, known_at: dt.date | None, locality: str = ""
) -> Iterator[OpenQuestions]:
    """The localities of which something is asked, by what was known on a day (None: by all that is written).

    They are overdue as of `day`. A locality whose files have faults does not stop others.
    """
    for slug in followed_localities(layout):
        if slug not in lists.localities.by_slug:
            said = f"không có địa phương “{slug}” → đổi tên thư mục theo danh sách địa phương, ví dụ cat-hai"
            yield OpenQuestions(f"{layout.relative(layout.raw / FOLLOW_UPS)}/{slug}", day, fault=said)
            continue
        if locality not in ("", slug):
            continue
        named = lists.localities.named(slug).full_name
        try:
            asked = open_follow_ups(layout, read_registry(layout, slug), slug, known_at)
        except DataError as error:
            yield OpenQuestions(named, day, fault=str(error))
            continue
        if asked:
            yield OpenQuestions(named, day, asked)


def days_ahead(layout: Layout, lists: Registry, today: dt.date, locality: str = "") -> Iterator[Finding]:
    """The days of questions and answers of one locality or of all that are after `today`; nothing is refused for them.

    Files with faults are left out: `open_questions` tells of them.
    """
    for slug in followed_localities(layout):
        if slug in lists.localities.by_slug and locality in ("", slug):
            with suppress(DataError):
                yield from follow_ups_ahead(layout, read_registry(layout, slug), slug, today)
