"""Values computed from shared figures (số liệu dùng chung): sent once, for every indicator whose formula names them.

Both figures are of one period, day and basis, each with one exact value. Whatever is not so gives no value, and the
rule `formula-parts` says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.intake.rows import Basis, Interval, Observation
from pipeline.plans.formulas import Formula, parse_formula
from pipeline.plans.models import Indicator, Plan
from pipeline.plans.registry import Registry


@dataclass(frozen=True)
class FormulaRow:
    """A row of a plan that is computed."""

    plan: Plan
    row: Indicator
    formula: Formula

    @property
    def code(self) -> str:
        """Code of the indicator, as on the form."""
        return f"{self.plan.id}/{self.row.key.label}"

    def takes(self, observation: Observation) -> bool:
        """Whether a value that was sent is one of this row, by its code or by its concept."""
        if observation.key is not None:
            return (observation.plan, observation.key) == (self.plan.id, tuple(self.row.key))
        measured = (observation.concept, observation.unit, observation.scope)
        return measured == (self.row.concept, self.row.unit, self.row.scope)


@dataclass(frozen=True)
class FigurePair:
    """Numerator and denominator of one period, day and basis."""

    numerator: Observation
    denominator: Observation
    above: Decimal
    below: Decimal

    @property
    def as_of(self) -> dt.date:
        """The day of both."""
        return self.numerator.as_of

    @property
    def percent(self) -> Decimal | None:
        """The quotient in per cent; None where the numerator is greater, or the denominator 0."""
        return 100 * self.above / self.below if self.below > 0 and self.above <= self.below else None


def formula_rows(registry: Registry, locality: str) -> list[FormulaRow]:
    """The rows of the plans of a locality that are computed, as issued."""
    return [
        FormulaRow(plan, row, formula)
        for plan in registry.plans_of(locality)
        for row in plan.indicators
        if (formula := parse_formula(row.formula))
    ]


def pairs_of(formula: Formula, observations: Iterable[Observation]) -> Iterator[FigurePair]:
    """The figures that belong together, by period, day and basis; none where one of them has several values."""
    sent = dict[tuple[str, dt.date, Basis], dict[str, list[tuple[Decimal, Observation]]]]()
    for o in observations:
        if o.key is None and o.concept in formula and o.value is not None and (amount := o.value.exact) is not None:
            sent.setdefault((o.edition, o.as_of, o.basis), {}).setdefault(o.concept, []).append((amount, o))
    for found in sent.values():
        both = [found.get(name, []) for name in formula]
        if all(len({amount for amount, _ in figures}) == 1 for figures in both):
            (above, n), (below, d) = (min(f, key=lambda x: (x[1].origin.file, x[1].origin.cell)) for f in both)
            yield FigurePair(n, d, above, below)


def computed_values(registry: Registry, locality: str, observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """One value for each row with a formula and each pair of its figures among `observations`."""
    given = tuple(observations)
    return tuple(
        _value(row, pair, percent)
        for row in formula_rows(registry, locality)
        for pair in pairs_of(row.formula, given)
        if (percent := pair.percent) is not None
    )


def _value(row: FormulaRow, pair: FigurePair, percent: Decimal) -> Observation:
    """The quotient as a value of the row. It is that of a row with the two numbers as numerator and denominator."""
    n, d = pair.numerator, pair.denominator
    return n.model_copy(
        update={
            "plan": row.plan.id,
            "key": tuple(row.row.key),
            "concept": row.row.concept,
            "scope": row.row.scope,
            "unit": row.row.unit,
            "value": Interval(low=percent, high=percent),
            "text": f"{n.text}/{d.text}",
            "printed": "",
            "numerator": pair.above,
            "denominator": pair.below,
            "as_of_stated": n.as_of_stated and d.as_of_stated,
            "source": _both(n.source, d.source),
            "source_date": _both(n.source_date, d.source_date),
            "evidence": _both(n.evidence, d.evidence),
            "note": _both(n.note, d.note),
            "difficulty": _both(n.difficulty, d.difficulty),
            "estimate": None,
            "flags": tuple(dict.fromkeys((*n.flags, *d.flags))),
            "computed_from": (n.origin, d.origin),
        }
    )


def _both(one: str, other: str) -> str:
    """Two texts as one, each once."""
    return "; ".join(dict.fromkeys(filter(None, (one, other))))
