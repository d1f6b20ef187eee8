"""Localities together (tổng hợp nhiều địa phương): exact numbers from the answers of the data set."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pipeline.completion.rollup import ConceptOutcome, ConceptRollUp, Distribution, Ratio, RollUp
from pipeline.dataset.country_period import CountryPeriod
from pipeline.intake.rows import Basis
from pipeline.site.locality_row import LocalityRow


def roll_up(country: CountryPeriod, localities: Sequence[LocalityRow]) -> RollUp:
    """The roll-up of `localities`, whose order does not matter.

    Raises ValueError for none, for several periods or methods, and for a locality given twice.
    """
    ordered = sorted(localities, key=lambda one: one.locality)
    if len({(one.period, one.cut_off, one.method) for one in ordered}) != 1:
        raise ValueError("a roll-up is over records of one period and one method")
    rates = {one.locality: one.rate for one in ordered}
    if len(rates) < len(ordered):
        raise ValueError("a locality is given twice")
    return RollUp(
        method=ordered[0].method,
        reported=tuple(slug for slug, rate in rates.items() if rate.observed),
        not_reported=tuple(slug for slug, rate in rates.items() if rate.total and not rate.observed),
        none_expected=tuple(slug for slug, rate in rates.items() if not rate.total),
        starting=tuple(one.locality for one in ordered if one.starting and not one.rate.total),
        total=sum(rate.total for rate in rates.values()),
        observed=sum(rate.observed for rate in rates.values()),
        met=sum(rate.met for rate in rates.values()),
        met_at_most=sum(rate.met_at_most for rate in rates.values()),
        older=sum(rate.older for rate in rates.values()),
        older_met=sum(rate.older_met for rate in rates.values()),
        met_by_amendment=sum(rate.met_by_amendment for rate in rates.values()),
        concepts=tuple(map(_concept, country.rolled_up(rates))),
    )


def _concept(row: dict[str, Any]) -> ConceptRollUp:
    outcomes = {outcome: row["by_outcome"][outcome] for outcome in ConceptOutcome if outcome in row["by_outcome"]}
    added = row["total_of"] > 1 and row["bases_added"] == 1
    values = (exact(row[name]) for name in ("minimum", "median", "maximum"))
    return ConceptRollUp(
        concept=row["concept"],
        scope=row["scope"],
        unit=row["unit"],
        by_outcome=dict(sorted(outcomes.items())),
        observed=row["observed"],
        distribution=Distribution(row["exact"], *values) if row["exact"] else None,
        bounded=row["bounded"],
        contradictory=row["contradictory"],
        wholes=row["wholes"],
        bases=tuple(map(Basis, row["bases"])),
        total=Ratio(exact(row["numerator"]), exact(row["denominator"])) if added else None,
        total_of=row["total_of"],
        before_merger=row["before_merger"],
    )


def exact(number: float | Decimal) -> Decimal:
    """The shortest decimal that stands for a number, without zeros at its end: what was sent, and not its rounding."""
    text = repr(number) if isinstance(number, float) else format(number, "f")
    return Decimal(format(Decimal(text).normalize(), "f"))
