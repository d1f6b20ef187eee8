"""The roll-up by concept as it is defined, row by row, without a thought of speed: what `combine` is held against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil

from pipeline.completion.locality_summary import Key, Outcome
from pipeline.completion.rollup import (
    ConceptRollUp,
    Distribution,
    NoRanking,
    Ranked,
    Ranking,
    Total,
    Unranked,
)
from pipeline.completion.statuses import NOT_MET, UNCOUNTED, Status
from pipeline.completion.summary import Summary, SummaryRow, SummaryValue
from pipeline.intake.rows import Basis
from pipeline.plans.models import Direction

_QUARTERS = {"lower_quartile": Fraction(1, 4), "median": Fraction(1, 2), "upper_quartile": Fraction(3, 4)}


def concepts_by_rows(summaries: Iterable[Summary]) -> tuple[ConceptRollUp, ...]:
    return tuple(_concepts(sorted(summaries, key=lambda c: c.locality)))


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
    by_concept: dict[Key, dict[str, list[SummaryRow]]] = {}
    for slug, summary in by_slug.items():
        for row in summary.rows:
            rows = by_concept.setdefault((row.concept, row.scope, row.unit), {}).setdefault(slug, [])
            rows += [] if row.status in UNCOUNTED else [row]
    for key, given in sorted(by_concept.items()):
        parents = {by_slug[slug].parent_name for slug, rows in given.items() if rows}
        if any(given.values()):
            found = ((by_slug[slug], rows) for slug, rows in given.items())
            yield _concept(key, [_Place(c, tuple(rows), c.locality_name in parents) for c, rows in found])


def _concept(key: Key, everywhere: Sequence[_Place]) -> ConceptRollUp:
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
