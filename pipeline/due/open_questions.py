"""What is asked about reports and not answered on a day (câu hỏi, kết luận chưa trả lời), of one locality or of all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import DataError
from pipeline.intake.asked import FollowUp
from pipeline.intake.follow_ups import followed_localities, open_follow_ups
from pipeline.paths import Layout
from pipeline.plans.models import Locality
from pipeline.plans.registry import Registry, read_registry


@dataclass(frozen=True)
class OpenQuestions:
    """Those of one locality; its files may be unreadable."""

    place: Locality
    day: dt.date
    asked: tuple[FollowUp, ...] = ()
    fault: str = ""

    @property
    def overdue(self) -> int:
        """How many are past the last day for the answer (quá hạn)."""
        return sum(f.days_over(self.day) > 0 for f in self.asked)


def open_questions(layout: Layout, lists: Registry, day: dt.date, locality: str = "") -> Iterator[OpenQuestions]:
    """The localities of which something is asked on a day; a locality whose files have faults does not stop others."""
    for slug in followed_localities(layout):
        place = lists.localities.by_slug.get(slug)
        if place is None or locality not in ("", slug):
            continue
        named = lists.localities.named(slug)
        try:
            asked = open_follow_ups(layout, read_registry(layout, slug), slug, day)
        except DataError as error:
            yield OpenQuestions(named, day, fault=str(error))
            continue
        if asked:
            yield OpenQuestions(named, day, asked)
