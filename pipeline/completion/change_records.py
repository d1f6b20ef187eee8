"""What a report states of change: by an amendment of the plan, and since the report before (thay đổi)."""

from __future__ import annotations

import datetime as dt

from pipeline.completion.statuses import Status, TaskStatus
from pipeline.intake.rows import Interval
from pipeline.plans.amendments import Amendment, RowChange
from pipeline.plans.base import Frozen
from pipeline.plans.models import Kind


class AmendedClause(Frozen):
    """What one amendment changed in a row: `target`, `deadline`, `lead`, `dropped` or `added`; texts as printed."""

    document: str
    date: dt.date
    kind: str
    before: str = ""
    after: str = ""

    @classmethod
    def of(cls, amendment: Amendment, change: RowChange) -> AmendedClause:
        """What `change`, one of those of `amendment`, did to its row."""
        kind, before, after = "added", "", ""
        if change.target:
            later = change.target.moved_to
            kind, before = "target", f"{change.target.before}{f' ({change.target.year})' if later else ''}"
            after = f"{change.target.after}{f' ({later})' if later else ''}"
        elif change.deadline:
            kind, before, after = "deadline", change.deadline.before, change.deadline.after
        elif change.lead:
            kind, before, after = "lead", "; ".join(change.lead.before), "; ".join(change.lead.after)
        elif change.dropped:
            kind, after = "dropped", change.dropped
        return cls(document=amendment.document, date=amendment.date, kind=kind, before=before, after=after)


class Moved(Frozen):
    """A row whose status changed since the report before, or that is counted in only one of the two."""

    code: str
    kind: Kind
    name: str
    unit: str
    lead: tuple[str, ...]
    before: Interval | None
    after: Interval | None
    status_before: Status | None = None
    """None where the report before did not have the row."""
    status: Status
    lowered: AmendedClause | None = None
    """The amendment without which it would not be met."""


class MovedTask(Frozen):
    """A task whose status changed since the report before."""

    code: str
    name: str
    status: TaskStatus


class Change(Frozen):
    """Against the report before (so với kỳ trước); both judged by what is known today.

    Indicators only, except `commitments`. `met_before`, `came` and `went` give the number met now.
    """

    period: str
    cut_off: dt.date
    met_before: int
    total_before: int
    newly_met: tuple[Moved, ...]
    fell_back: tuple[Moved, ...]
    """Rows that were met and are not, by a value that does not meet the target of then either (không còn đạt)."""
    raised: tuple[Moved, ...] = ()
    """Rows that were met and are not, by a value that meets the target of then: a higher one holds now."""
    first_observed: tuple[Moved, ...]
    """Rows that had no value and now have one that does not meet the target."""
    lost: tuple[Moved, ...]
    """Rows whose value no longer serves and that have no new one."""
    left: tuple[Moved, ...] = ()
    """Rows no longer counted: not applicable, dropped, no target in this stage."""
    ended: tuple[Moved, ...] = ()
    """Rows no longer counted because their plan has ended (kế hoạch đã hết)."""
    entered: tuple[Moved, ...] = ()
    commitments: tuple[Moved, ...] = ()
    """Commitments that are newly met or no longer met; in none of the counts."""
    tasks_done: tuple[MovedTask, ...]
    tasks_overdue: tuple[MovedTask, ...]

    @property
    def came(self) -> int:
        """Rows that are met now and were not, or were not counted."""
        return len(self.newly_met) + sum(m.status is Status.MET for m in self.entered)

    @property
    def went(self) -> int:
        """Rows that were met, and are not, or have no value now, or are no longer counted."""
        gone = (*self.lost, *self.left, *self.ended)
        return len(self.fell_back) + len(self.raised) + sum(m.status_before is Status.MET for m in gone)
