"""Many localities side by side, by concept (tổng hợp nhiều địa phương theo khái niệm). Pure.

Localities are compared within one concept, scope and unit. Absence is never zero, a rate is never the mean of rates,
and values that do not stand for the same thing are neither added nor ranked.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from pydantic import computed_field

from pipeline.completion.counts import Rate
from pipeline.completion.locality_summary import Key, Outcome, Place, Reading, Standing, standing_of
from pipeline.completion.summary import Summary
from pipeline.intake.rows import Basis
from pipeline.plans.base import Computed, Frozen, Number
from pipeline.plans.models import Direction

_QUARTERS = {"lower_quartile": Fraction(1, 4), "median": Fraction(1, 2), "upper_quartile": Fraction(3, 4)}


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


class ConceptRollUp(Computed):
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
        """Localities with this outcome; 0 where there is none."""
        return self.by_outcome.get(outcome, 0)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def expected(self) -> int:
        """Localities in which the concept is counted; never 0."""
        return sum(self.by_outcome.values()) - self.of(Outcome.NOT_APPLICABLE)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def met(self) -> int:
        """Localities in which every counted row of the concept is met."""
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
        """The same with every absence and every undecidable value counted as met; None for 0/0."""
        return Fraction(self.met_at_most, self.total) if self.total else None


def roll_up(summaries: Iterable[Summary], refused: Iterable[str] = ()) -> RollUp:
    """The roll-up of one record a locality; their order does not matter.

    Raises ValueError for no record, for records of different periods or methods, and for a locality given twice.
    """
    return combine(map(standing_of, summaries), refused)


def combine(standings: Iterable[Standing], refused: Iterable[str] = (), *, ranked: bool = True) -> RollUp:
    """The same of records that are reduced already; without `ranked`, all but the rankings and why there is none."""
    ordered = sorted(standings, key=lambda s: s.summary.locality)
    records = [s.summary for s in ordered]
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
        concepts=tuple(_concepts(ordered, ranked)),
    )


class _Entry(NamedTuple):
    """A locality among the others, as far as one concept goes."""

    locality: str
    place: Place
    reading: Reading | None
    """Its value, where it may stand beside those of the others."""
    obstacle: Unranked | None
    """Why it cannot be ranked, whatever the others send."""


def _entry(locality: str, place: Place, whole: bool) -> _Entry:
    reading = None if whole else place.reading
    if not place.bases:
        obstacle: Unranked | None = Unranked.NO_VALUE
    elif reading is None:
        obstacle = Unranked.WHOLE if whole else Unranked.CONTRADICTORY
    elif reading.exact is None:
        obstacle = Unranked.BOUNDED
    else:
        obstacle = None if reading.current else Unranked.EARLIER_PERIOD
    return _Entry(locality, place, reading, obstacle)


def _concepts(standings: Sequence[Standing], ranked: bool) -> Iterator[ConceptRollUp]:
    by_concept = dict[Key, list[tuple[Summary, Place]]]()
    for standing in standings:
        for place in standing.places:
            by_concept.setdefault(place.key, []).append((standing.summary, place))
    for key, given in sorted(by_concept.items(), key=lambda item: item[0]):
        counted = [(summary, place) for summary, place in given if place.counted]
        if counted:
            parents = {summary.parent_name for summary, _ in counted}
            entries = [_entry(s.locality, place, s.locality_name in parents) for s, place in counted]
            yield _concept(key, entries, Counter(place.outcome for _, place in given), ranked)


def _concept(key: Key, entries: Sequence[_Entry], outcomes: Counter[Outcome], ranked: bool) -> ConceptRollUp:
    directions = {direction for e in entries for direction in e.place.directions}
    direction = directions.pop() if len(directions) == 1 else None
    obstacles = Counter(e.obstacle for e in entries)
    observed = len(entries) - obstacles[Unranked.NO_VALUE]
    readings = [e.reading for e in entries if e.reading is not None]
    with_terms = [r for r in readings if r.current and r.terms is not None]
    rankings, no_ranking = _rankings(entries, direction) if ranked else ((), None)
    return ConceptRollUp(
        concept=key[0],
        scope=key[1],
        unit=key[2],
        direction=direction,
        by_outcome=dict(sorted(outcomes.items())),
        observed=observed,
        distribution=_distribution([r.exact for r in readings if r.exact is not None]),
        bounded=obstacles[Unranked.BOUNDED],
        contradictory=obstacles[Unranked.CONTRADICTORY],
        wholes=obstacles[Unranked.WHOLE],
        bases=tuple(sorted({basis for e in entries for basis in e.place.bases})),
        total=_total(with_terms),
        total_of=len(with_terms),
        without_terms=observed - len(with_terms),
        basis_differs=len({r.basis for r in with_terms}) > 1,
        rankings=rankings,
        no_ranking=no_ranking,
    )


def _distribution(values: Iterable[Decimal]) -> Distribution | None:
    ordered = sorted(values)
    if not ordered:
        return None
    quartiles = {name: ordered[ceil(share * len(ordered)) - 1] for name, share in _QUARTERS.items()}
    return Distribution(count=len(ordered), minimum=ordered[0], maximum=ordered[-1], **quartiles)


def _total(readings: Sequence[Reading]) -> Total | None:
    terms = [r.terms for r in readings if r.terms is not None]
    if len(terms) < 2 or len({r.basis for r in readings}) > 1:
        return None
    return Total(
        numerator=sum((t.numerator for t in terms), Decimal(0)),
        denominator=sum((t.denominator for t in terms), Decimal(0)),
        basis=readings[0].basis,
    )


def _rankings(entries: Sequence[_Entry], direction: Direction | None) -> tuple[tuple[Ranking, ...], NoRanking | None]:
    if direction is None:
        return (), NoRanking.DIRECTIONS_DIFFER
    if any(e.place.levels for e in entries):
        return (), NoRanking.LEVELS
    by_basis = dict[Basis, list[tuple[str, Decimal, Reading]]]()
    left_out = Counter[Unranked]()
    for entry in entries:
        reading = entry.reading
        if entry.obstacle is not None:
            left_out[entry.obstacle] += 1
        elif reading is not None and reading.exact is not None:
            by_basis.setdefault(reading.basis, []).append((entry.locality, reading.exact, reading))
    ranked = sum(map(len, by_basis.values()))
    rankings = []
    for basis, among in sorted(by_basis.items(), key=lambda item: item[0]):
        if len(among) > 1:
            others = Counter({Unranked.OTHER_BASIS: ranked - len(among)})
            rankings.append(_ranking(basis, among, direction, +(left_out + others)))
    return tuple(rankings), None if rankings else NoRanking.TOO_FEW


def _ranking(
    basis: Basis, among: Sequence[tuple[str, Decimal, Reading]], direction: Direction, left_out: Counter[Unranked]
) -> Ranking:
    sign = 1 if direction is Direction.FALLING else -1
    ordered = sorted((sign * value, slug, value, reading) for slug, value, reading in among)
    ranks = dict[Decimal, int]()
    for place, (score, *_) in enumerate(ordered, start=1):
        ranks.setdefault(score, place)
    places = (
        Ranked(rank=ranks[score], locality=slug, value=value, as_of=r.as_of, as_of_stated=r.as_of_stated)
        for score, slug, value, r in ordered
    )
    return Ranking(basis=basis, places=tuple(places), unranked=dict(sorted(left_out.items())))
