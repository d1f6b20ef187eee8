"""What became of each concept in one locality (kết quả của từng khái niệm), over all its plans in force.

Rows are taken together where concept, scope and unit are equal. Absence is never zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.completion.records import Completion, IndicatorResult
from pipeline.completion.rollup import ConceptKey, ConceptOutcome
from pipeline.completion.statuses import NOT_MET, UNCOUNTED, Category, PlanState, Status
from pipeline.intake.rows import Basis, Interval, Observation
from pipeline.plans.models import Kind

_LAST = (ConceptOutcome.MET, ConceptOutcome.NOT_APPLICABLE)
_BY_WEIGHT = (*(outcome for outcome in ConceptOutcome if outcome not in _LAST), *_LAST)
"""The first that a row of the concept has is the outcome: one row that is not met decides, met must be all of them."""
_WORST_FIRST = (Category.BEHIND, Category.AT_RISK, Category.ON_ITS_WAY)
"""Of several rows that are not met the worst decides how the concept looks."""


def _outcome(status: Status) -> ConceptOutcome:
    return ConceptOutcome.NOT_MET if status in NOT_MET else ConceptOutcome(status.value)


def _rank(status: Status) -> tuple[int, int]:
    worse = _WORST_FIRST.index(status.category) if status.category in _WORST_FIRST else 0
    return _BY_WEIGHT.index(_outcome(status)), worse


_RANKS = {status: _rank(status) for status in Status if status not in UNCOUNTED or status is Status.NOT_APPLICABLE}
"""The order in which rows decide; a row of another status says nothing of its concept."""


@dataclass(frozen=True)
class ConceptResult:
    """One concept, scope and unit in one locality."""

    concept: str
    scope: str
    unit: str
    decided_by: IndicatorResult
    """The row that decides the outcome; of several not met the worst, of equal ones the first."""
    given: tuple[Observation, ...]
    """The values of counted rows on the latest day for which there is one, in the order of their rows."""

    @property
    def outcome(self) -> ConceptOutcome:
        """What became of it, all its counted rows taken together."""
        return _outcome(self.decided_by.status)

    @property
    def counted(self) -> bool:
        """Whether it is expected to be reported."""
        return self.outcome is not ConceptOutcome.NOT_APPLICABLE

    @property
    def bases(self) -> list[Basis]:
        """What its values stand for, each once; an unstated one is among them."""
        return sorted({one.basis for one in self.given})

    @cached_property
    def single(self) -> Observation | None:
        """The one value of that day, with numerator and denominator where a row gives them; None for several."""
        if len({(one.value, one.basis) for one in self.given}) != 1:
            return None
        with_ratio = [one for one in self.given if _has_ratio(one)]
        if len({(one.numerator, one.denominator) for one in with_ratio}) > 1:
            return None
        return (with_ratio or self.given)[0]

    @property
    def value(self) -> Interval | None:
        """What the single value says."""
        return self.single.value if self.single is not None else None

    @property
    def ratio(self) -> Observation | None:
        """The single value where it has numerator and denominator."""
        return self.single if self.single is not None and _has_ratio(self.single) else None

    @property
    def before_merger(self) -> bool:
        """Whether the single value is of the units before their merger (trước sáp nhập)."""
        return self.single is not None and "before-merger" in self.given[0].flags


def concept_results(completion: Completion) -> Iterator[ConceptResult]:
    """One for each concept, scope and unit of a report, in the order of their first rows."""
    found = dict[ConceptKey, list[IndicatorResult]]()
    for plan in completion.plans:
        for row in plan.indicators if plan.state is PlanState.IN_FORCE else ():
            if row.kind is Kind.INDICATOR and row.status in _RANKS:
                found.setdefault((row.concept, row.scope, row.unit), []).append(row)
    for key, rows in found.items():
        yield ConceptResult(*key, min(rows, key=lambda row: _RANKS[row.status]), tuple(_newest(rows)))


def _newest(rows: Sequence[IndicatorResult]) -> list[Observation]:
    counted = (row.observation for row in rows if row.status is not Status.NOT_APPLICABLE)
    given = [one for one in counted if one is not None and _says_something(one.value)]
    newest = max((one.as_of for one in given), default=None)
    return [one for one in given if one.as_of == newest]


def _says_something(value: Interval | None) -> bool:
    return value is not None and (value.low is not None or value.high is not None)


def _has_ratio(one: Observation) -> bool:
    return one.numerator is not None and one.denominator is not None and one.denominator > 0
