"""A locality in the period shown (một địa phương ở kỳ này), as the data set has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from pipeline.completion.counts import DatedTasks, RecurringTasks, TasksByDeadline, UndatedTasks

_Counts = TypeVar("_Counts", DatedTasks, RecurringTasks, UndatedTasks)


@dataclass(frozen=True)
class RowCounts:
    """The counted rows of a locality; `Rate` says what each count is."""

    total: int
    met: int
    undecidable: int
    absent: int
    older: int
    older_met: int
    older_first: dt.date | None
    older_last: dt.date | None
    older_unstated: int
    met_by_amendment: int

    @property
    def met_at_most(self) -> int:
        """Met if every absence and every undecidable value turned out well."""
        return self.met + self.undecidable + self.absent

    @property
    def observed(self) -> int:
        """Rows with a value of the period."""
        return self.total - self.absent

    @property
    def not_met(self) -> int:
        """Rows with a value that is not at the target: late, at risk or on their way."""
        return self.total - self.met - self.undecidable - self.absent

    @property
    def lower(self) -> Fraction | None:
        """Every absence counted as not met; None for 0/0."""
        return Fraction(self.met, self.total) if self.total else None

    @property
    def upper(self) -> Fraction | None:
        """Every absence counted as met; None for 0/0."""
        return Fraction(self.met_at_most, self.total) if self.total else None

    @property
    def coverage(self) -> Fraction | None:
        """Độ phủ: rows with a value of the period among those counted."""
        return Fraction(self.observed, self.total) if self.total else None


@dataclass(frozen=True)
class LocalityRow:
    """Its report of the period: rates, tasks, and what a reader must know of it."""

    locality: str
    locality_name: str
    period: str
    method: str
    cut_off: dt.date
    synthetic: bool
    starting: int
    """Plans that have not begun, of which the report shows the starting point; in no sum."""
    missing_annexes: bool
    """A plan in force refers to annexes with tasks that the registry does not have."""
    rate: RowCounts
    dated: DatedTasks
    """Its tasks with a deadline."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> LocalityRow:
        """From a row of the table `localities`, of a locality that has a report."""
        counts = {name: row[name] for name in RowCounts.__dataclass_fields__}
        counts |= {name: _day(row[name]) for name in ("older_first", "older_last")}
        return cls(
            locality=row["locality"],
            locality_name=row["name"],
            period=row["period"],
            method=row["method"],
            cut_off=row["cut_off"].date(),
            synthetic=row["synthetic"],
            starting=row["plans_starting"],
            missing_annexes=row["missing_annexes"],
            rate=RowCounts(**counts),
            dated=_part(row, "dated", DatedTasks),
        )


def tasks_of(row: Mapping[str, Any]) -> TasksByDeadline:
    """The three counts of tasks, from a row of the table `localities` or from its sums over several."""
    return TasksByDeadline(
        dated=_part(row, "dated", DatedTasks),
        recurring=_part(row, "recurring", RecurringTasks),
        undated=_part(row, "undated", UndatedTasks),
    )


def _day(found: dt.datetime | None) -> dt.date | None:
    """None also for NaT, which is not equal to itself."""
    return found.date() if found is not None and found == found else None  # noqa: PLR0124


def _part(row: Mapping[str, Any], part: str, counts: type[_Counts]) -> _Counts:
    # Not checked again: the schema of the table has them as whole numbers.
    return counts.model_construct(**{name: row[f"{part}_{name}"] for name in counts.model_fields})
