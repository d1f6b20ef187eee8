"""What results keep of the lines of a plan beyond their verdicts: words, values, repeats, measures, what is missing."""

from __future__ import annotations

import datetime as dt
from typing import Self

from pipeline.intake.asked import FollowUp
from pipeline.intake.rows import Observation
from pipeline.plans.base import Frozen, Number
from pipeline.plans.models import Key, Plan, Task


class Point(Frozen):
    """A value and its day, in the unit of the row."""

    day: dt.date
    value: Number
    stated: bool = True
    """Its source names the day; else it is the cut-off of `edition`."""
    edition: str = ""


class PrintedLine(Frozen):
    """A line with its words as printed, where they were corrected, and the line that it repeats."""

    name_printed: str = ""
    """The name with the printed words; '' where none was corrected."""
    same_as: str = ""
    """Code of the row of the same plan that it repeats."""
    repeats: bool = False
    """Left out of all counts, because a row that is the same thing is listed, and counted where it counts."""


class LinkedRow(PrintedLine):
    """What a row of indicators takes from other rows."""

    lead_from: tuple[str, ...] = ()
    """Labels of the tasks from which its lead is taken; empty where the row names its office itself, or none is."""
    near: tuple[Observation, ...] = ()
    """Values of similar but different concepts (số liệu gần nghĩa), where the row has none; they decide nothing."""


class Measure(PrintedLine):
    """A measure (giải pháp): a numbered line without an office in charge and without a time; never counted."""

    plan: str
    annex: str
    group: str
    no: str
    name: str

    @classmethod
    def of(cls, plan: Plan, line: Task) -> Self:
        """The measure of one line of a plan."""
        return cls(
            plan=plan.id,
            annex=line.annex,
            group=line.group,
            no=line.no,
            name=line.name,
            name_printed=line.name_printed or "",
            same_as=f"{plan.id}/{line.same_as}" if line.same_as else "",
        )

    @property
    def key(self) -> Key:
        """Place within its plan."""
        return Key((self.annex, self.group, self.no))


class Followed(Frozen):
    """What is asked about a report."""

    follow_ups: tuple[FollowUp, ...] = ()
    """Questions and conclusions with their answers (theo dõi sau báo cáo), of this report and of earlier ones."""

    @property
    def asked_and_open(self) -> tuple[FollowUp, ...]:
        """Those without an answer (chưa trả lời)."""
        return tuple(f for f in self.follow_ups if f.answer is None)


class Completeness(Frozen):
    """What stands beside the counts of a plan or a report."""

    repeated_rows: int = 0
    """Indicators left out of the count, because they repeat one that is listed."""
    repeated_tasks: int = 0
    missing_annexes: tuple[str, ...] = ()
    """Annexes with tasks that a plan refers to and the registry does not have, as printed."""
