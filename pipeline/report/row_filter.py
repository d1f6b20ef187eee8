"""The filter of the page (chỉ xem): radio buttons and classes, by which the style sheet alone hides rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pipeline.completion.records import IndicatorResult, TaskResult
from pipeline.completion.statuses import ABSENT, BEHIND, OVERDUE, UNREPORTED, Status, TaskStatus

_LATE: frozenset[Status | TaskStatus] = BEHIND | {Status.AT_RISK} | OVERDUE | {TaskStatus.NOT_REPORTED_PAST_DUE}
_UNKNOWN: frozenset[Status | TaskStatus] = ABSENT | UNREPORTED


@dataclass(frozen=True)
class RowFilter:
    """What a reader may choose of the rows and tasks of a page."""

    rows: tuple[IndicatorResult | TaskResult, ...]

    @cached_property
    def agencies(self) -> list[str]:
        """All that lead a row (cơ quan chủ trì), in the order of their names; the class of the first is `of-1`."""
        return sorted({name for row in self.rows for name in row.lead})

    def classes(self, row: IndicatorResult | TaskResult) -> str:
        """`row`, `late` (chậm, quá hạn), `unknown` (chưa có số liệu), and one for each agency that leads it."""
        found = ["late"] if row.status in _LATE else ["unknown"] if row.status in _UNKNOWN else []
        if row.status is TaskStatus.NOT_REPORTED_PAST_DUE:
            found = ["late", "unknown"]
        return " ".join(["row", *found, *(f"of-{self.agencies.index(name) + 1}" for name in dict.fromkeys(row.lead))])

    @property
    def offers_something(self) -> bool:
        """Whether there is anything to choose beside all rows."""
        return bool(self.agencies or self.count("late") or self.count("unknown"))

    def count(self, kind: str) -> int:
        """How many rows and tasks have a class; what repeats another is the same thing."""
        return sum(kind in self.classes(row).split() for row in self.rows if not row.repeats)
