"""Many localities together, by concept (tổng hợp nhiều địa phương theo khái niệm): the figures and their rates.

They are computed from the data set (`dataset/country_period.py`). Absence is never zero, a rate is never the mean of
rates, and values on different bases are not added.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from pipeline.intake.rows import Basis

ConceptKey = tuple[str, str, str]
"""Concept, scope, unit: values are compared only where all three are equal."""


class ConceptOutcome(StrEnum):
    """What became of a concept in one locality, all its counted rows taken together.

    Of several absences the first in this order counts, the one that asks most of the sender: correct, send, wait.
    Every absence has an outcome of its own, with the value of its `Status`.
    """

    MET = "met"
    NOT_MET = "not-met"
    UNDECIDABLE = "undecidable"
    QUARANTINED = "quarantined"
    NOT_SUBMITTED = "not-submitted"
    NOT_DUE = "not-due"
    NOT_APPLICABLE = "not-applicable"
    """Outside the count."""


class Ratio(NamedTuple):
    """Numerator and denominator of a value (tử số, mẫu số), each in its own unit; the denominator is above 0."""

    numerator: Decimal
    denominator: Decimal

    @property
    def share(self) -> Fraction:
        """Of a percentage, the share: 0.815 is 81.5 %."""
        return Fraction(self.numerator) / Fraction(self.denominator)


@dataclass(frozen=True)
class Distribution:
    """Exact values, one per locality, in the unit of the concept.

    The median is by nearest rank: of n values in ascending order, number ⌈n/2⌉. So it is a value that somebody sent.
    It is shown from three values up: of two it would be the lower. There is no mean: localities differ in size.
    """

    count: int
    minimum: Decimal
    median: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class ConceptRollUp:
    """One concept over the localities in which it is counted."""

    concept: str
    scope: str
    unit: str
    by_outcome: dict[ConceptOutcome, int]
    """Localities; all but those in which it is not applicable are expected to report."""
    observed: int
    """Localities with a value. A locality that also states an absence, for another row, counts among the absent too."""
    distribution: Distribution | None
    bounded: int
    """Localities with a value that is only a bound (“> 98”), which no distribution can hold."""
    contradictory: int
    """Localities whose rows give different values, or different bases, for one day."""
    wholes: int
    """Localities that contain others of these (cấp trên); their value enters neither distribution nor total."""
    bases: tuple[Basis, ...]
    """Of all values; a distribution over several bases mixes different things."""
    total: Ratio | None
    """Sums of numerators and denominators over `total_of` localities; None for fewer than two and for several bases."""
    total_of: int
    """Localities that give numerator and denominator for this period."""
    before_merger: int = 0
    """Localities whose value is of the units before their merger (trước sáp nhập): shown, and in no total."""

    def of(self, outcome: ConceptOutcome) -> int:
        """Localities with this outcome; 0 where there is none."""
        return self.by_outcome.get(outcome, 0)

    @property
    def expected(self) -> int:
        """Localities in which the concept is counted; never 0."""
        return sum(self.by_outcome.values()) - self.of(ConceptOutcome.NOT_APPLICABLE)

    @property
    def met(self) -> int:
        """Localities in which every counted row of the concept is met."""
        return self.of(ConceptOutcome.MET)

    @property
    def met_at_most(self) -> int:
        """Localities that meet it if every absence and every undecidable value turns out well."""
        return self.expected - self.of(ConceptOutcome.NOT_MET)

    @property
    def lower(self) -> Fraction:
        """Met rate with every absence counted as not met."""
        return Fraction(self.met, self.expected)

    @property
    def upper(self) -> Fraction:
        """Met rate with every absence counted as met."""
        return Fraction(self.met_at_most, self.expected)

    @property
    def coverage(self) -> Fraction:
        """Độ phủ: localities with a value among those in which the concept is counted."""
        return Fraction(self.observed, self.expected)


@dataclass(frozen=True)
class RollUp:
    """Localities of one period and method together: by concept, and as a whole."""

    method: str
    reported: tuple[str, ...]
    """Localities with a value for at least one counted row."""
    not_reported: tuple[str, ...]
    none_expected: tuple[str, ...]
    """Localities without a counted row: nothing could be reported."""
    starting: tuple[str, ...]
    """Of those, localities whose plans have not begun: their starting points enter no sum."""
    total: int
    """Counted rows of all localities."""
    observed: int
    met: int
    met_at_most: int
    older: int
    """Rows without a value of the period, but with an earlier one; `older_met` of them are at the target by it."""
    older_met: int
    met_by_amendment: int
    """Of `met`, rows met because their target was lowered."""
    concepts: tuple[ConceptRollUp, ...]

    @property
    def lower(self) -> Fraction | None:
        """Rows met over rows counted, never the mean of the localities' rates; None for 0/0."""
        return Fraction(self.met, self.total) if self.total else None

    @property
    def upper(self) -> Fraction | None:
        """The same with every absence and every undecidable value counted as met; None for 0/0."""
        return Fraction(self.met_at_most, self.total) if self.total else None
