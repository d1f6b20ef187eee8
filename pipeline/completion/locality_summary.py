"""What one locality brings to the roll-up (phần của một địa phương): every concept of its summary, reduced. Pure.

A roll-up, and the cell of a heat table, need no more of a locality than this; it follows from its summary alone.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, NamedTuple

from pipeline.completion.statuses import NOT_MET, UNCOUNTED, Status
from pipeline.completion.summary import Summary, SummaryRow, SummaryValue
from pipeline.intake.rows import Basis
from pipeline.plans.models import Direction

Key = tuple[str, str, str]
"""Concept, scope, unit: what may be compared."""


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


class Terms(NamedTuple):
    """Numerator and denominator of a value; the denominator is above 0."""

    numerator: Decimal
    denominator: Decimal


class Reading(NamedTuple):
    """The one value a locality gives of a concept on the latest day for which it gives any."""

    exact: Decimal | None
    """In the unit of the concept; None where it is only a bound (“> 98”)."""
    as_of: dt.date
    as_of_stated: bool
    basis: Basis
    current: bool
    """Dated within the period; an earlier value may still serve."""
    terms: Terms | None


class Place(NamedTuple):
    """A concept in one locality. A country has hundreds of thousands: tuples take a third of the room of records."""

    key: Key
    outcome: Outcome
    plan: str
    label: str
    """The first row that decides the outcome."""
    directions: tuple[Direction, ...]
    """Of its counted rows, each once; none where it is not applicable."""
    levels: bool
    """The target of a counted row is a set of levels."""
    bases: tuple[Basis, ...]
    """Of its values on their latest day, each once; none where there is no value."""
    reading: Reading | None
    """None without a value, and where its rows give different ones for one day."""

    @property
    def counted(self) -> bool:
        """Whether the locality is in the denominator of the concept."""
        return self.outcome is not Outcome.NOT_APPLICABLE


@dataclass(frozen=True)
class Standing:
    """A locality with its concepts."""

    summary: Summary
    """Without its rows, which `places` stand for."""
    fresh: bool
    """It has a value dated within the period, not only earlier ones that still serve."""
    written: str
    """Its places as JSON. Decimals are texts in it, so that none is rounded."""

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """In the order of its rows. Read when they are asked for: most of the time only few localities are."""
        return tuple(map(_place_of, json.loads(self.written)))

    def to_text(self) -> str:
        """One line, of which `from_text` makes an equal record."""
        head = [self.summary.model_dump(exclude={"rows"}), self.fresh]
        return f"{_json(head)}\t{self.written}"

    @classmethod
    def from_text(cls, text: str) -> Standing:
        """The record of a line of `to_text`; its places are not read before they are asked for."""
        head, _, written = text.partition("\t")
        summary, fresh = json.loads(head)
        return cls(Summary.model_validate(summary | {"rows": ()}), fresh, written)


def _json(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))


def standing_of(summary: Summary) -> Standing:
    """The part of a locality in every roll-up."""
    rows = dict[Key, list[SummaryRow]]()
    for row in summary.rows:
        rows.setdefault((row.concept, row.scope, row.unit), []).append(row)
    places = tuple(_place(key, of_key, summary.start) for key, of_key in rows.items())
    days = [row.observation.as_of for row in summary.rows if row.observation is not None]
    fresh = any(day >= summary.start for day in days)
    return Standing(summary.model_copy(update={"rows": ()}), fresh, _json(places))


def _place(key: Key, rows: Sequence[SummaryRow], start: dt.date) -> Place:
    counted = [row for row in rows if row.status not in UNCOUNTED]
    outcome = _outcome({row.status for row in counted})
    wanted = NOT_MET if outcome is Outcome.NOT_MET else {Status(outcome.value)}
    deciding = next((row for row in rows if row.status in wanted), rows[0])
    given = [row.observation for row in counted if row.observation is not None]
    latest = max((o.as_of for o in given), default=None)
    newest = [o for o in given if o.as_of == latest]
    return Place(
        key=key,
        outcome=outcome,
        plan=deciding.plan,
        label=deciding.label,
        directions=tuple(dict.fromkeys(row.direction for row in counted)),
        levels=any(row.levels for row in counted),
        bases=tuple(dict.fromkeys(o.basis for o in newest)),
        reading=_reading(newest, start),
    )


def _outcome(statuses: set[Status]) -> Outcome:
    if not statuses:
        return Outcome.NOT_APPLICABLE
    if statuses & NOT_MET:
        return Outcome.NOT_MET
    # Of several absences, the one that asks most of the sender: to mend, to send, to wait.
    order = (Status.UNDECIDABLE, Status.QUARANTINED, Status.NOT_SUBMITTED, Status.NOT_DUE)
    return next((Outcome(status.value) for status in order if status in statuses), Outcome.MET)


def _reading(newest: Sequence[SummaryValue], start: dt.date) -> Reading | None:
    """The value of the newest day, with its terms where a row gives them; None for none, or for several."""
    terms = [terms for o in newest if (terms := _terms(o))]
    if not newest or _several([(o.value, o.basis) for o in newest]) or _several(terms):
        return None
    told = next((o for o in newest if _terms(o)), newest[0])
    return Reading(
        exact=told.value.exact,
        as_of=told.as_of,
        as_of_stated=told.as_of_stated,
        basis=told.basis,
        current=told.as_of >= start,
        terms=terms[0] if terms else None,
    )


def _several(values: Sequence[object]) -> bool:
    return any(value != values[0] for value in values)


def _terms(o: SummaryValue) -> Terms | None:
    if o.numerator is None or o.denominator is None or o.denominator <= 0:
        return None
    return Terms(o.numerator, o.denominator)


_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_DIRECTIONS = {direction.value: direction for direction in Direction}
_BASES = {basis.value: basis for basis in Basis}


def _place_of(fields: list[Any]) -> Place:
    key, outcome, plan, label, directions, levels, bases, reading = fields
    return Place(
        _shared(tuple(key)),
        _OUTCOMES[outcome],
        plan,
        label,
        tuple([_DIRECTIONS[direction] for direction in directions]),
        levels,
        tuple([_BASES[basis] for basis in bases]),
        _reading_of(reading) if reading else None,
    )


def _reading_of(fields: list[Any]) -> Reading:
    exact, as_of, as_of_stated, basis, current, terms = fields
    return Reading(
        None if exact is None else Decimal(exact),
        _day(as_of),
        as_of_stated,
        _BASES[basis],
        current,
        Terms(Decimal(terms[0]), Decimal(terms[1])) if terms else None,
    )


@cache
def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@cache
def _shared(key: Key) -> Key:
    """The first of all equal ones: thousands of localities have the same concepts."""
    return key
