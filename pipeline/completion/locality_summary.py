"""What one locality contributes to the roll-up (phần của một địa phương): its summary, with one result per concept.

The roll-up and the heat table need nothing else of a locality, and all of it follows from the summary alone.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, NamedTuple, Self

from pipeline.completion.counts import Rate, TasksByDeadline
from pipeline.completion.records import Completion, IndicatorResult
from pipeline.completion.statuses import NOT_MET, UNCOUNTED, PlanState, Status
from pipeline.intake.rows import Basis, Interval
from pipeline.plans.base import Frozen, Number
from pipeline.plans.models import Direction, Kind
from pipeline.plans.targets import Comparator

ConceptKey = tuple[str, str, str]
"""Concept, scope, unit: values are compared only where all three are equal."""


class ConceptOutcome(StrEnum):
    """What became of a concept in one locality, all its counted rows taken together.

    Of several absences the first in this order counts, the one that asks most of the sender: correct, send, wait.
    Every absence has an outcome of its own, with the value of its `Status`.
    """

    shade: str
    """Class of its cell in the heat table: filled for met, striped for not met, dashed for an absence."""
    sign: str
    """What its cell shows; '' where the catalogue of the site has a letter."""

    MET = "met", "met"
    NOT_MET = "not-met", "not"
    UNDECIDABLE = "undecidable", "absent", "?"
    QUARANTINED = "quarantined", "out", "!"
    NOT_SUBMITTED = "not-submitted", "absent", "–"
    NOT_DUE = "not-due", "absent", "…"
    NOT_APPLICABLE = "not-applicable", "outside"
    """Outside the count."""

    def __new__(cls, value: str, shade: str = "", sign: str = "") -> Self:
        """The member is its value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.shade, member.sign = shade, sign
        return member


class Ratio(NamedTuple):
    """Numerator and denominator of a value (tử số, mẫu số), each in its own unit; the denominator is above 0."""

    numerator: Decimal
    denominator: Decimal

    @property
    def share(self) -> Fraction:
        """Of a percentage, the share: 0.815 is 81.5 %."""
        return Fraction(self.numerator) / Fraction(self.denominator)


class LatestValue(NamedTuple):
    """The one value that a locality gives for a concept in the period, on the latest day for which it gives any."""

    exact: Decimal | None
    """In the unit of the concept; None where the value is only a bound (“> 98”)."""
    basis: Basis
    ratio: Ratio | None
    before_merger: bool = False
    """Of the units that were merged into the locality: never added to values of others (trước sáp nhập)."""


class ConceptResult(NamedTuple):
    """A concept in one locality. A country has hundreds of thousands; a tuple takes a third of a record's memory."""

    key: ConceptKey
    outcome: ConceptOutcome
    plan: str
    label: str
    """Label of the first row that decides the outcome."""
    bases: tuple[Basis, ...]
    """Of its values on their latest day, each once; empty where there is no value."""
    value: LatestValue | None
    """None without a value, and where rows give different values for one day."""

    @property
    def counted(self) -> bool:
        """Whether the locality is in the denominator of the concept."""
        return self.outcome is not ConceptOutcome.NOT_APPLICABLE


@dataclass(frozen=True)
class LocalitySummary:
    """A locality with its concepts."""

    summary: Summary
    """Without its rows; `concepts` stand for them."""
    concepts_json: str
    """Its concepts as JSON, decimals as strings so that none is rounded."""

    @classmethod
    def of(cls, summary: Summary) -> LocalitySummary:
        """Reduce a summary to one result per concept, in the order of its rows."""
        rows = dict[ConceptKey, list[SummaryRow]]()
        for row in summary.rows:
            rows.setdefault((row.concept, row.scope, row.unit), []).append(row)
        concepts = tuple(_concept_result(key, of_key) for key, of_key in rows.items())
        return cls(summary.model_copy(update={"rows": ()}), _json(concepts))

    @property
    def has_values(self) -> bool:
        """It has a value of the period, of a counted row or of a starting point."""
        return self.summary.rate.observed > 0 or bool(self.summary.starting)

    @cached_property
    def concepts(self) -> tuple[ConceptResult, ...]:
        """Parsed on first use: most runs need the concepts of few localities."""
        return tuple(map(_concept_from_json, json.loads(self.concepts_json)))

    def to_text(self) -> str:
        """One line, from which `from_text` makes an equal record."""
        return f"{_json(self.summary.model_dump(exclude={'rows'}))}\t{self.concepts_json}"

    @classmethod
    def from_text(cls, text: str) -> LocalitySummary:
        """The record of a line written by `to_text`; its concepts are not parsed yet."""
        head, _, concepts_json = text.partition("\t")
        return cls(Summary.model_validate(json.loads(head) | {"rows": ()}), concepts_json)


def _concept_result(key: ConceptKey, rows: Sequence[SummaryRow]) -> ConceptResult:
    counted = [row for row in rows if row.status not in UNCOUNTED]
    outcome = _outcome({row.status for row in counted})
    deciding_statuses = NOT_MET if outcome is ConceptOutcome.NOT_MET else {Status(outcome.value)}
    deciding = next((row for row in rows if row.status in deciding_statuses), rows[0])
    given = [row.observation for row in counted if row.observation is not None]
    latest = max((o.as_of for o in given), default=None)
    newest = [o for o in given if o.as_of == latest]
    return ConceptResult(
        key=key,
        outcome=outcome,
        plan=deciding.plan,
        label=deciding.label,
        bases=tuple(dict.fromkeys(o.basis for o in newest)),
        value=_latest_value(newest),
    )


def _outcome(statuses: set[Status]) -> ConceptOutcome:
    if not statuses:
        return ConceptOutcome.NOT_APPLICABLE
    if statuses & NOT_MET:
        return ConceptOutcome.NOT_MET
    undecided = (o for o in ConceptOutcome if o is not ConceptOutcome.MET and o.value in statuses)
    return next(undecided, ConceptOutcome.MET)


def _latest_value(newest: Sequence[SummaryValue]) -> LatestValue | None:
    """The value of the newest day, with a ratio if a row gives one; None for no value or several."""
    ratios = [ratio for o in newest if (ratio := _ratio(o))]
    if not newest or _differ([(o.value, o.basis) for o in newest]) or _differ(ratios):
        return None
    first = newest[0]
    ratio = ratios[0] if ratios else None
    return LatestValue(first.value.exact, first.basis, ratio, first.before_merger)


def _differ(values: Sequence[object]) -> bool:
    return any(value != values[0] for value in values)


def _ratio(o: SummaryValue) -> Ratio | None:
    if o.numerator is None or o.denominator is None or o.denominator <= 0:
        return None
    return Ratio(o.numerator, o.denominator)


def _json(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))


_OUTCOMES = {outcome.value: outcome for outcome in ConceptOutcome}
_BASES = {basis.value: basis for basis in Basis}


def _concept_from_json(fields: list[Any]) -> ConceptResult:
    key, outcome, plan, label, bases, value = fields
    return ConceptResult(
        _shared(tuple(key)),
        _OUTCOMES[outcome],
        plan,
        label,
        tuple([_BASES[basis] for basis in bases]),
        _value_from_json(value) if value else None,
    )


def _value_from_json(fields: list[Any]) -> LatestValue:
    exact, basis, ratio, before_merger = fields
    return LatestValue(
        None if exact is None else Decimal(exact),
        _BASES[basis],
        Ratio(Decimal(ratio[0]), Decimal(ratio[1])) if ratio else None,
        before_merger,
    )


@cache
def _shared(key: ConceptKey) -> ConceptKey:
    """One tuple for all equal keys: thousands of localities have the same concepts."""
    return key


class SummaryValue(Frozen):
    """A value in the unit of its row, with its day, its basis, and numerator and denominator where they were given."""

    value: Interval
    as_of: dt.date
    as_of_stated: bool
    basis: Basis
    numerator: Number | None = None
    denominator: Number | None = None
    before_merger: bool = False
    """Of the units that were merged into the locality (trước sáp nhập)."""


class SummaryRow(Frozen):
    """One indicator of a plan in force, without its text."""

    plan: str
    label: str
    concept: str
    scope: str
    unit: str
    direction: Direction
    status: Status
    levels: bool = False
    """Its target is a set of levels, of which none is better than another."""
    observation: SummaryValue | None = None


class Summary(Frozen):
    """One report: the locality, its rates, its indicators without their texts."""

    locality: str
    locality_name: str
    locality_code: str
    parent_name: str
    synthetic: bool
    period: str
    start: dt.date
    cut_off: dt.date
    method: str
    plans_in_force: int
    expired: tuple[str, ...] = ()
    """Titles of the plans that have expired."""
    starting: tuple[str, ...] = ()
    """Titles of the plans that have not begun, of which the report shows the starting point; in no sum."""
    rate: Rate
    tasks_by_deadline: TasksByDeadline
    missing_annexes: bool = False
    """A plan in force refers to annexes with tasks that the registry does not have."""
    refused_rows: int = 0
    rows: tuple[SummaryRow, ...]


def summarised(completion: Completion, refused_rows: int = 0) -> Summary:
    """The summary of a report; its rows are the counted ones and those that are not applicable."""
    rows = (r for plan in completion.in_force for r in plan.indicators if r.kind is Kind.INDICATOR)
    return Summary(
        locality=completion.locality,
        locality_name=completion.locality_name,
        locality_code=completion.locality_code,
        parent_name=completion.parent_name,
        synthetic=completion.synthetic,
        period=completion.period,
        start=completion.start,
        cut_off=completion.cut_off,
        method=completion.method.id,
        plans_in_force=len(completion.in_force),
        expired=tuple(plan.title for plan in completion.plans if plan.state is PlanState.EXPIRED),
        rate=completion.rate,
        starting=tuple(plan.title for plan in completion.starting),
        tasks_by_deadline=completion.tasks_by_deadline,
        missing_annexes=bool(completion.missing_annexes),
        refused_rows=refused_rows,
        rows=tuple(_row(r) for r in rows if r.counted or r.status is Status.NOT_APPLICABLE),
    )


def _row(result: IndicatorResult) -> SummaryRow:
    return SummaryRow(
        plan=result.plan,
        label=result.key.label,
        concept=result.concept,
        scope=result.scope,
        unit=result.unit,
        direction=result.direction,
        status=result.status,
        levels=result.target is not None and result.target.comparator is Comparator.IN_SET,
        observation=_value(result),
    )


def _value(result: IndicatorResult) -> SummaryValue | None:
    o = result.observation
    if o is None or o.value is None:
        return None
    return SummaryValue(
        value=o.value,
        as_of=o.as_of,
        as_of_stated=o.as_of_stated,
        basis=o.basis,
        numerator=o.numerator,
        denominator=o.denominator,
        before_merger="before-merger" in o.flags,
    )
