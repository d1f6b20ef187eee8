"""Many localities side by side, by concept (tổng hợp nhiều địa phương theo khái niệm). Pure.

Localities are compared within one concept, scope and unit. Absence is never zero, a rate is never the mean of rates,
and values that do not stand for the same thing are neither added nor ranked.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import ceil

from pydantic import computed_field

from pipeline.completion.counts import Rate
from pipeline.completion.statuses import NOT_MET, UNCOUNTED, Status
from pipeline.completion.summary import Summary, SummaryRow, SummaryValue
from pipeline.plans.base import Frozen, Number
from pipeline.plans.models import Direction
from pipeline.submissions.records import Basis

_Key = tuple[str, str, str]
_QUARTERS = {"lower_quartile": Fraction(1, 4), "median": Fraction(1, 2), "upper_quartile": Fraction(3, 4)}


class Outcome(StrEnum):
    """What became of a concept in one locality, all its counted rows taken together."""

    MET = "met"
    NOT_MET = "not-met"
    UNDECIDABLE = "undecidable"
    QUARANTINED = "quarantined"
    NOT_SUBMITTED = "not-submitted"
    NOT_DUE = "not-due"
    NOT_APPLICABLE = "not-applicable"
    """Outside the count."""


class Unranked(StrEnum):
    """Why a locality in which the concept is counted stands in no place of a ranking."""

    NO_VALUE = "no-value"
    WHOLE = "whole"
    """It contains another of the localities (cấp trên): its value already holds theirs."""
    CONTRADICTORY = "contradictory"
    """Its rows give different values, or different bases, for one day."""
    BOUNDED = "bounded"
    EARLIER_PERIOD = "earlier-period"
    """Its value still serves, but is dated before the period began."""
    OTHER_BASIS = "other-basis"


class NoRanking(StrEnum):
    """Why a concept has no ranking at all."""

    DIRECTIONS_DIFFER = "directions-differ"
    LEVELS = "levels"
    """Targets are sets of levels (cấp độ), of which none is better than another."""
    TOO_FEW = "too-few"
    """Fewer than two exact values of one basis and of this period."""


class Distribution(Frozen):
    """Exact values, one a locality, in the unit of the concept.

    Quartiles by nearest rank: of n values in ascending order, the one at place ⌈p·n⌉. So each is a value that
    somebody sent, and of two values the lower is the median. There is no mean: localities differ in size.
    """

    count: int
    minimum: Number
    lower_quartile: Number
    median: Number
    upper_quartile: Number
    maximum: Number


class Total(Frozen):
    """Sums over the localities that give both terms of their value on one basis."""

    numerator: Number
    denominator: Number
    basis: Basis

    @property
    def share(self) -> Fraction:
        """Of a percentage, the share: 0.815 is 81.5 %."""
        return Fraction(self.numerator) / Fraction(self.denominator)


class Ranked(Frozen):
    """One place of a ranking. `value` in the unit of the concept."""

    rank: int
    locality: str
    value: Number
    as_of: dt.date
    as_of_stated: bool


class Ranking(Frozen):
    """Localities by exact value, the best first; equal values share a rank (1, 2, 2, 4).

    With `unranked`, the places add up to the localities in which the concept is counted.
    """

    basis: Basis
    places: tuple[Ranked, ...]
    unranked: dict[Unranked, int]


class ConceptRollUp(Frozen):
    """One concept over the localities in which it is counted."""

    concept: str
    scope: str
    unit: str
    direction: Direction | None
    """None where the plans differ in it."""
    by_outcome: dict[Outcome, int]
    """Localities; all but those in which it is not applicable are expected to report."""
    observed: int
    """Localities with a value. One of them counts among the absent where it states an absence for another row."""
    distribution: Distribution | None = None
    bounded: int
    """With a value that is only a bound (“> 98”), which no distribution can hold."""
    contradictory: int
    wholes: int
    """Contain another of these localities; their value enters neither distribution, total nor ranking."""
    bases: tuple[Basis, ...]
    """Of all values; a distribution over several is of unlike things."""
    total: Total | None = None
    """None where fewer than two localities give both terms: a total over one is that one, not the city."""
    total_of: int
    """Localities that give numerator and denominator for this period; a total is over exactly these."""
    without_terms: int
    """Localities with a value that can enter no total."""
    basis_differs: bool
    """The terms stand on different bases, and are not added."""
    rankings: tuple[Ranking, ...] = ()
    """One for each basis with two exact values or more."""
    no_ranking: NoRanking | None = None

    def of(self, outcome: Outcome) -> int:
        return self.by_outcome.get(outcome, 0)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def expected(self) -> int:
        """Localities in which the concept is counted; never 0."""
        return sum(self.by_outcome.values()) - self.of(Outcome.NOT_APPLICABLE)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def met(self) -> int:
        return self.of(Outcome.MET)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def met_at_most(self) -> int:
        """Met if every absence and every undecidable value turned out well."""
        return self.expected - self.of(Outcome.NOT_MET)

    @property
    def lower(self) -> Fraction:
        """Every absence counted as not met."""
        return Fraction(self.met, self.expected)

    @property
    def upper(self) -> Fraction:
        """Every absence counted as met."""
        return Fraction(self.met_at_most, self.expected)

    @property
    def coverage(self) -> Fraction:
        """Độ phủ: localities with a value among those in which the concept is counted."""
        return Fraction(self.observed, self.expected)


class LocalityRate(Frozen):
    """One locality with the rate of its own report."""

    locality: str
    name: str
    rate: Rate


class RollUp(Frozen):
    """Localities of one period together: by concept, and as a whole."""

    period: str
    cut_off: dt.date
    method: str
    localities: tuple[LocalityRate, ...]
    refused: tuple[str, ...] = ()
    """Localities whose data could not be used; in no figure here."""
    reported: tuple[str, ...]
    """Localities with a value for at least one counted row."""
    not_reported: tuple[str, ...]
    none_expected: tuple[str, ...]
    """Localities without a counted row: nothing could be reported."""
    total: int
    """Counted rows of all localities."""
    observed: int
    met: int
    met_at_most: int
    concepts: tuple[ConceptRollUp, ...]

    @property
    def lower(self) -> Fraction | None:
        """Rows met over rows counted, never the mean of the localities' rates; None for 0/0."""
        return Fraction(self.met, self.total) if self.total else None

    @property
    def upper(self) -> Fraction | None:
        return Fraction(self.met_at_most, self.total) if self.total else None


def roll_up(summaries: Sequence[Summary], refused: Iterable[str] = ()) -> RollUp:
    """The roll-up of one record a locality; their order does not matter.

    Raises ValueError for no record, for records of different periods or methods, and for a locality given twice.
    """
    records = sorted(summaries, key=lambda c: c.locality)
    if len({(c.period, c.cut_off, c.method) for c in records}) != 1:
        raise ValueError("a roll-up is over records of one period and one method")
    if len({c.locality for c in records}) < len(records):
        raise ValueError("a locality is given twice")
    first, rates = records[0], {c.locality: c.rate for c in records}
    return RollUp(
        period=first.period,
        cut_off=first.cut_off,
        method=first.method,
        localities=tuple(LocalityRate(locality=c.locality, name=c.locality_name, rate=c.rate) for c in records),
        refused=tuple(sorted(refused)),
        reported=tuple(slug for slug, rate in rates.items() if rate.observed),
        not_reported=tuple(slug for slug, rate in rates.items() if rate.total and not rate.observed),
        none_expected=tuple(slug for slug, rate in rates.items() if not rate.total),
        total=sum(rate.total for rate in rates.values()),
        observed=sum(rate.observed for rate in rates.values()),
        met=sum(rate.met for rate in rates.values()),
        met_at_most=sum(rate.met_at_most for rate in rates.values()),
        concepts=tuple(_concepts(records)),
    )


@dataclass(frozen=True, eq=False)
class _Place:
    """A locality as far as one concept goes."""

    summary: Summary
    rows: tuple[SummaryRow, ...]
    """Counted ones; none where the concept is not applicable."""
    whole: bool

    @property
    def outcome(self) -> Outcome:
        statuses = {row.status for row in self.rows}
        if not statuses:
            return Outcome.NOT_APPLICABLE
        if statuses & NOT_MET:
            return Outcome.NOT_MET
        # Of several absences, the one that asks most of the sender: to mend, to send, to wait.
        order = (Status.UNDECIDABLE, Status.QUARANTINED, Status.NOT_SUBMITTED, Status.NOT_DUE)
        return next((Outcome(status.value) for status in order if status in statuses), Outcome.MET)

    @cached_property
    def newest(self) -> list[SummaryValue]:
        """The values of its rows on the latest day for which it gives any."""
        given = [r.observation for r in self.rows if r.observation is not None]
        return [o for o in given if o.as_of == max(other.as_of for other in given)]

    @cached_property
    def contradictory(self) -> bool:
        terms = {(o.numerator, o.denominator) for o in self.newest if _has_terms(o)}
        return len({(o.value, o.basis) for o in self.newest}) > 1 or len(terms) > 1

    @cached_property
    def reading(self) -> SummaryValue | None:
        """Its one value of the concept, with its terms where a row gives them."""
        return None if self.whole or self.contradictory else max(self.newest, key=_has_terms, default=None)

    @property
    def exact(self) -> Decimal | None:
        return self.reading.value.exact if self.reading is not None else None

    @cached_property
    def obstacle(self) -> Unranked | None:
        """Why it cannot be ranked, whatever the others send."""
        if not self.newest:
            return Unranked.NO_VALUE
        if self.whole or self.contradictory:
            return Unranked.WHOLE if self.whole else Unranked.CONTRADICTORY
        if self.exact is None:
            return Unranked.BOUNDED
        return Unranked.EARLIER_PERIOD if self.newest[0].as_of < self.summary.start else None


def _concepts(records: Sequence[Summary]) -> Iterator[ConceptRollUp]:
    by_slug = {c.locality: c for c in records}
    by_concept: dict[_Key, dict[str, list[SummaryRow]]] = {}
    for slug, summary in by_slug.items():
        for row in summary.rows:
            rows = by_concept.setdefault((row.concept, row.scope, row.unit), {}).setdefault(slug, [])
            rows += [] if row.status in UNCOUNTED else [row]
    for key, given in sorted(by_concept.items()):
        parents = {by_slug[slug].parent_name for slug, rows in given.items() if rows}
        if any(given.values()):
            found = ((by_slug[slug], rows) for slug, rows in given.items())
            yield _concept(key, [_Place(c, tuple(rows), c.locality_name in parents) for c, rows in found])


def _concept(key: _Key, everywhere: Sequence[_Place]) -> ConceptRollUp:
    places = [p for p in everywhere if p.rows]
    directions = {row.direction for p in places for row in p.rows}
    direction = directions.pop() if len(directions) == 1 else None
    obstacles = Counter(p.obstacle for p in places)
    observed = len(places) - obstacles[Unranked.NO_VALUE]
    given = [p.reading for p in places if p.reading is not None and p.reading.as_of >= p.summary.start]
    terms = [o for o in given if _has_terms(o)]
    rankings, no_ranking = _rankings(places, direction)
    return ConceptRollUp(
        concept=key[0],
        scope=key[1],
        unit=key[2],
        direction=direction,
        by_outcome=dict(sorted(Counter(p.outcome for p in everywhere).items())),
        observed=observed,
        distribution=_distribution([p.exact for p in places if p.exact is not None]),
        bounded=obstacles[Unranked.BOUNDED],
        contradictory=obstacles[Unranked.CONTRADICTORY],
        wholes=obstacles[Unranked.WHOLE],
        bases=tuple(sorted({o.basis for p in places for o in p.newest})),
        total=_total(terms),
        total_of=len(terms),
        without_terms=observed - len(terms),
        basis_differs=len({o.basis for o in terms}) > 1,
        rankings=rankings,
        no_ranking=no_ranking,
    )


def _distribution(values: Iterable[Decimal]) -> Distribution | None:
    ordered = sorted(values)
    if not ordered:
        return None
    quartiles = {name: ordered[ceil(share * len(ordered)) - 1] for name, share in _QUARTERS.items()}
    return Distribution(count=len(ordered), minimum=ordered[0], maximum=ordered[-1], **quartiles)


def _has_terms(o: SummaryValue) -> bool:
    return o.numerator is not None and o.denominator is not None and o.denominator > 0


def _total(terms: Sequence[SummaryValue]) -> Total | None:
    if len(terms) < 2 or len({o.basis for o in terms}) > 1:
        return None
    return Total(
        numerator=sum((o.numerator for o in terms if o.numerator is not None), Decimal(0)),
        denominator=sum((o.denominator for o in terms if o.denominator is not None), Decimal(0)),
        basis=terms[0].basis,
    )


def _rankings(places: Sequence[_Place], direction: Direction | None) -> tuple[tuple[Ranking, ...], NoRanking | None]:
    if direction is None:
        return (), NoRanking.DIRECTIONS_DIFFER
    if any(row.levels for p in places for row in p.rows):
        return (), NoRanking.LEVELS
    by_basis: dict[Basis, list[_Place]] = {}
    for place in places:
        if place.reading is not None and place.obstacle is None:
            by_basis.setdefault(place.reading.basis, []).append(place)
    comparable = {basis: among for basis, among in sorted(by_basis.items()) if len(among) > 1}
    rankings = tuple(_ranking(basis, among, places, direction) for basis, among in comparable.items())
    return rankings, None if rankings else NoRanking.TOO_FEW


def _ranking(basis: Basis, among: Sequence[_Place], places: Sequence[_Place], direction: Direction) -> Ranking:
    sign = 1 if direction is Direction.FALLING else -1
    found = ((p.exact, p.summary.locality, p.reading) for p in among)
    ordered = sorted((sign * v, slug, v, o) for v, slug, o in found if v is not None and o is not None)
    scores = [score for score, *_ in ordered]
    ranked = (
        Ranked(rank=scores.index(score) + 1, locality=slug, value=v, as_of=o.as_of, as_of_stated=o.as_of_stated)
        for score, slug, v, o in ordered
    )
    left_out = Counter(p.obstacle or Unranked.OTHER_BASIS for p in places if p not in among)
    return Ranking(basis=basis, places=tuple(ranked), unranked=dict(sorted(left_out.items())))
