"""The roll-up by concept as it is defined, row by row, with no regard for speed: `roll_up` must give the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import ceil

from pipeline.completion.rollup import ConceptKey, ConceptOutcome, ConceptRollUp, Distribution, Ratio
from pipeline.completion.statuses import NOT_MET, UNCOUNTED, Status
from tests.site.summaries import Summary, SummaryRow, SummaryValue


def concepts_by_rows(summaries: Iterable[Summary]) -> tuple[ConceptRollUp, ...]:
    return tuple(_concepts(sorted(summaries, key=lambda c: c.locality)))


@dataclass(frozen=True, eq=False)
class _Locality:
    """A locality as far as one concept goes."""

    summary: Summary
    rows: tuple[SummaryRow, ...]
    """Counted ones; none where the concept is not applicable."""
    whole: bool
    """It contains another of the localities."""

    @property
    def outcome(self) -> ConceptOutcome:
        statuses = {row.status for row in self.rows}
        if not statuses:
            return ConceptOutcome.NOT_APPLICABLE
        if statuses & NOT_MET:
            return ConceptOutcome.NOT_MET
        # Of several absences, the one that asks most of the sender: correct, send, wait.
        order = (Status.UNDECIDABLE, Status.QUARANTINED, Status.NOT_SUBMITTED, Status.NOT_DUE)
        return next((ConceptOutcome(status.value) for status in order if status in statuses), ConceptOutcome.MET)

    @cached_property
    def newest(self) -> list[SummaryValue]:
        """The values of its rows on the latest day for which it gives any."""
        given = [r.observation for r in self.rows if r.observation is not None]
        return [o for o in given if o.as_of == max(other.as_of for other in given)]

    @cached_property
    def contradictory(self) -> bool:
        ratios = {(o.numerator, o.denominator) for o in self.newest if _has_ratio(o)}
        return len({(o.value, o.basis) for o in self.newest}) > 1 or len(ratios) > 1

    @cached_property
    def value(self) -> SummaryValue | None:
        """Its one value of the concept, with numerator and denominator where a row gives them."""
        return None if self.whole or self.contradictory else max(self.newest, key=_has_ratio, default=None)

    @property
    def exact(self) -> Decimal | None:
        return self.value.value.exact if self.value is not None else None


def _concepts(summaries: Sequence[Summary]) -> Iterator[ConceptRollUp]:
    by_slug = {c.locality: c for c in summaries}
    by_concept: dict[ConceptKey, dict[str, list[SummaryRow]]] = {}
    for slug, summary in by_slug.items():
        for row in summary.rows:
            rows = by_concept.setdefault((row.concept, row.scope, row.unit), {}).setdefault(slug, [])
            rows += [] if row.status in UNCOUNTED else [row]
    for key, given in sorted(by_concept.items()):
        parents = {by_slug[slug].parent_name for slug, rows in given.items() if rows}
        if any(given.values()):
            found = ((by_slug[slug], rows) for slug, rows in given.items())
            yield _concept(key, [_Locality(c, tuple(rows), c.locality_name in parents) for c, rows in found])


def _concept(key: ConceptKey, everywhere: Sequence[_Locality]) -> ConceptRollUp:
    observed = [one for one in everywhere if one.newest]
    current = [one.value for one in observed if one.value is not None]
    with_ratio = [o for o in current if _has_ratio(o)]
    return ConceptRollUp(
        concept=key[0],
        scope=key[1],
        unit=key[2],
        by_outcome=dict(sorted(Counter(one.outcome for one in everywhere).items())),
        observed=len(observed),
        distribution=_distribution([one.exact for one in observed if one.exact is not None]),
        bounded=sum(one.value is not None and one.exact is None for one in observed),
        contradictory=sum(one.contradictory and not one.whole for one in observed),
        wholes=sum(one.whole for one in observed),
        bases=tuple(sorted({o.basis for one in observed for o in one.newest})),
        total=_total(with_ratio),
        total_of=len(with_ratio),
    )


def _distribution(values: Iterable[Decimal]) -> Distribution | None:
    ordered = sorted(values)
    if not ordered:
        return None
    return Distribution(len(ordered), min(ordered), ordered[ceil(len(ordered) / 2) - 1], max(ordered))


def _has_ratio(o: SummaryValue) -> bool:
    return o.numerator is not None and o.denominator is not None and o.denominator > 0


def _total(values: Sequence[SummaryValue]) -> Ratio | None:
    if len(values) < 2 or len({o.basis for o in values}) > 1:
        return None
    return Ratio(
        sum((o.numerator for o in values if o.numerator is not None), Decimal(0)),
        sum((o.denominator for o in values if o.denominator is not None), Decimal(0)),
    )
