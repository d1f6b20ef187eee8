"""Which targets have fallen due, and what became of them (mục tiêu đã đến hạn): of every row the newest one.

A row whose target of this stage is still to come is judged by the stage before; rates do not hold such a target.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.completion.records import Completion, IndicatorResult
from pipeline.completion.statuses import ABSENT, Status
from pipeline.plans.models import Kind
from pipeline.report.words import Words


@dataclass(frozen=True)
class DueTarget:
    """A row with the status of its newest target that is due, and the year in which that fell due."""

    row: IndicatorResult
    status: Status
    year: int
    current: bool
    """Whether it is the target by which the row is judged now, and not that of a stage before."""


@dataclass(frozen=True)
class DueTargets:
    """Those of the indicators of plans in force, each thing once. The four parts add up to `all`."""

    all: Sequence[DueTarget]

    @property
    def in_years(self) -> str:
        """The years in which they fell due: '2025, 2026'."""
        return ", ".join(str(year) for year in sorted({target.year for target in self.all}))

    @property
    def met(self) -> int:
        """Đạt."""
        return sum(target.status is Status.MET for target in self.all)

    @property
    def missed(self) -> list[DueTarget]:
        """Không đạt."""
        return [t for t in self.all if t.status not in (Status.MET, Status.UNDECIDABLE) and t.status not in ABSENT]

    @property
    def undecidable(self) -> int:
        """Không đủ căn cứ."""
        return sum(target.status is Status.UNDECIDABLE for target in self.all)

    @property
    def absent(self) -> list[DueTarget]:
        """Chưa có số liệu."""
        return [target for target in self.all if target.status in ABSENT]


def due_targets(completion: Completion) -> DueTargets:
    """Of every row of a plan in force: its own target if due at the cut-off, else the newest stage that was."""
    rows = (row for plan in completion.in_force for row in plan.indicators)
    counted = [row for row in rows if row.kind is Kind.INDICATOR and not row.repeats]
    return DueTargets([found for row in counted if (found := _newest(row, completion)) is not None])


def is_due(row: IndicatorResult, cut_off: dt.date) -> bool:
    """Whether the target of this stage has fallen due (đã đến hạn)."""
    return row.target is not None and row.target.due is not None and row.target.due <= cut_off


def owed_commitments(completion: Completion) -> list[IndicatorResult]:
    """Commitments (cam kết) of plans in force without data of the period."""
    rows = (row for plan in completion.in_force for row in plan.indicators)
    return [row for row in rows if row.kind is Kind.COMMITMENT and not row.repeats and row.status in ABSENT]


def due_parts(due: DueTargets, words: Words) -> list[str]:
    """'29 đạt', '19 không đạt', '7 chưa có số liệu', without zeros; they add up to all that are due."""
    counts = {"met": due.met, "missed": len(due.missed), "undecidable": due.undecidable, "absent": len(due.absent)}
    return [words.text(f"due.{name}", number=number) for name, number in counts.items() if number]


def _newest(row: IndicatorResult, completion: Completion) -> DueTarget | None:
    due = row.target.due if row.target else None
    if row.counted and due is not None and due <= completion.cut_off:
        return DueTarget(row, row.status, due.year, current=True)
    past = next((verdict for verdict in reversed(row.past) if verdict.target.due is not None), None)
    if past is None or past.target.due is None:
        return None
    return DueTarget(row, past.status, past.target.due.year, current=False)
