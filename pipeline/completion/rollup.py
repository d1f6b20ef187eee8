"""Many localities together, by concept (tổng hợp nhiều địa phương theo khái niệm). Pure.

Localities are compared within one concept, scope and unit. Absence is never zero, a rate is never the mean of rates,
and values on different bases are not added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pipeline.completion.locality_summary import (
    ConceptKey,
    ConceptOutcome,
    ConceptResult,
    LatestValue,
    LocalitySummary,
    Ratio,
    Summary,
)
from pipeline.intake.rows import Basis


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


def roll_up(localities: Iterable[LocalitySummary]) -> RollUp:
    """The roll-up of `localities`, whose order does not matter.

    Raises ValueError for none, for several periods or methods, and for a locality given twice.
    """
    ordered = sorted(localities, key=lambda one: one.summary.locality)
    summaries = [one.summary for one in ordered]
    if len({(s.period, s.cut_off, s.method) for s in summaries}) != 1:
        raise ValueError("a roll-up is over records of one period and one method")
    rates = {s.locality: s.rate for s in summaries}
    if len(rates) < len(summaries):
        raise ValueError("a locality is given twice")
    return RollUp(
        method=summaries[0].method,
        reported=tuple(slug for slug, rate in rates.items() if rate.observed),
        not_reported=tuple(slug for slug, rate in rates.items() if rate.total and not rate.observed),
        none_expected=tuple(slug for slug, rate in rates.items() if not rate.total),
        starting=tuple(s.locality for s in summaries if s.starting and not s.rate.total),
        total=sum(rate.total for rate in rates.values()),
        observed=sum(rate.observed for rate in rates.values()),
        met=sum(rate.met for rate in rates.values()),
        met_at_most=sum(rate.met_at_most for rate in rates.values()),
        older=sum(rate.older for rate in rates.values()),
        older_met=sum(rate.older_met for rate in rates.values()),
        met_by_amendment=sum(rate.met_by_amendment for rate in rates.values()),
        concepts=tuple(_concepts(ordered)),
    )


def _concepts(localities: Sequence[LocalitySummary]) -> Iterator[ConceptRollUp]:
    by_concept = dict[ConceptKey, list[tuple[Summary, ConceptResult]]]()
    for locality in localities:
        for result in locality.concepts:
            by_concept.setdefault(result.key, []).append((locality.summary, result))
    for key, found in sorted(by_concept.items(), key=lambda item: item[0]):
        parents = {summary.parent_name for summary, result in found if result.counted}
        counted = [(result, summary.locality_name in parents) for summary, result in found if result.counted]
        if counted:
            yield _concept(key, Counter(result.outcome for _, result in found), counted)


def _concept(
    key: ConceptKey, outcomes: Counter[ConceptOutcome], counted: Sequence[tuple[ConceptResult, bool]]
) -> ConceptRollUp:
    """`counted` pairs each result with whether its locality contains others of these localities."""
    observed = [(result, whole) for result, whole in counted if result.bases]
    values = [result.value for result, whole in observed if not whole]
    usable = [value for value in values if value is not None]
    exact = sorted(value.exact for value in usable if value.exact is not None)
    with_ratio = [value for value in usable if value.ratio is not None and not value.before_merger]
    return ConceptRollUp(
        concept=key[0],
        scope=key[1],
        unit=key[2],
        by_outcome=dict(sorted(outcomes.items())),
        observed=len(observed),
        distribution=_distribution(exact) if exact else None,
        bounded=len(usable) - len(exact),
        contradictory=len(values) - len(usable),
        wholes=len(observed) - len(values),
        bases=tuple(sorted({basis for result, _ in observed for basis in result.bases})),
        total=_total(with_ratio),
        total_of=len(with_ratio),
        before_merger=sum(value.before_merger for value in usable),
    )


def _distribution(ordered: Sequence[Decimal]) -> Distribution:
    return Distribution(len(ordered), ordered[0], ordered[(len(ordered) - 1) // 2], ordered[-1])


def _total(values: Sequence[LatestValue]) -> Ratio | None:
    ratios = [value.ratio for value in values if value.ratio is not None]
    if len(ratios) < 2 or len({value.basis for value in values}) > 1:
        return None
    return Ratio(
        sum((ratio.numerator for ratio in ratios), Decimal(0)),
        sum((ratio.denominator for ratio in ratios), Decimal(0)),
    )
