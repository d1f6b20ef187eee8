"""Reading meaning into rows: which indicator, what value, which day. Faults are kept, never raised.

A cell that cannot be read leaves its field empty and its name in `unreadable`; the suites in
`expectations/` decide what follows from that.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from pipeline.plans.models import Indicator, Key, Plan
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.plans.text import parse_plain_number
from pipeline.submissions.reader import Row
from pipeline.submissions.records import (
    Absence,
    Basis,
    Interval,
    Observation,
    Origin,
    Reported,
    TaskFact,
)

_T = TypeVar("_T")
_VALUE = re.compile(r"(?P<sign>>=|≥|>|<=|≤|<)?\s*(?P<number>\S+)")


@dataclass(frozen=True)
class Context:
    """Against what rows are read: the registry, the reporting locality, the period."""

    registry: Registry
    locality: str
    period: Period

    @property
    def cut_off(self) -> dt.date:
        return self.period.cut_off(self.registry.calendar)

    def plan(self, plan_id: str) -> Plan | None:
        """A plan of this locality; another locality's plan is as unknown as none."""
        return next((p for p in self.registry.plans_of(self.locality) if p.id == plan_id), None)

    def indicator(self, plan_id: str, key: Key) -> Indicator | None:
        plan = self.plan(plan_id)
        return next((x for x in plan.indicators if x.key == key), None) if plan else None

    def units_of(self, concept: str) -> set[str]:
        """Units in which the plans of this locality set targets for a concept."""
        plans = self.registry.plans_of(self.locality)
        return {x.unit for plan in plans for x in plan.indicators if x.concept == concept}


@dataclass
class Cells:
    """Typed access to the cells of one row; remembers which could not be read."""

    row: Row
    unreadable: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.unreadable += self.row.faults

    def text(self, column: str) -> str:
        return self.row.cells[column]

    def read(self, column: str, parse: Callable[[str], _T]) -> _T | None:
        text = self.row.cells[column]
        if not text or column in self.row.faults:
            return None
        try:
            return parse(text)
        except ValueError:
            self.unreadable.append(column)
            return None

    def number(self, column: str) -> Decimal | None:
        return self.read(column, parse_plain_number)

    def date(self, column: str) -> dt.date | None:
        return self.read(column, _iso_date)

    @property
    def key(self) -> Key:
        return Key((self.text("annex"), self.text("group"), self.text("no")))


@dataclass(frozen=True)
class ReadObservation:
    """An observation row as read: what of it is known, and the record it becomes if it is accepted."""

    row: Row
    unreadable: tuple[str, ...]
    subject: str | None
    """The indicator or concept it speaks of; None if there is no such thing for this locality."""
    unit_agrees: bool
    stated: bool
    """A value, or a reason for having none, is given: one of the two."""
    as_of: dt.date
    value: Interval | None
    numerator: Decimal | None
    denominator: Decimal | None
    _build: Callable[[Origin, tuple[str, ...]], Observation]

    def accept(self, flags: tuple[str, ...]) -> Observation:
        return self._build(self.row.at("value"), flags)


def parse_value(text: str) -> Interval:
    """'11,87' → exactly 11.87; '>98' → more than 98. Raises ValueError for anything else."""
    found = _VALUE.fullmatch(text)
    if found is None:
        raise ValueError(f"không phải số: “{text}”")
    number, sign = parse_plain_number(found["number"]), found["sign"]
    if sign in (">", ">=", "≥"):
        return Interval(low=number, high=None, low_open=sign == ">")
    if sign in ("<", "<=", "≤"):
        return Interval(low=None, high=number, high_open=sign == "<")
    return Interval(low=number, high=number)


def read_observation(row: Row, context: Context) -> ReadObservation:
    """Read one row of kind observations against the registry."""
    cells = Cells(row)
    indicator = context.indicator(cells.text("plan"), cells.key) if cells.text("plan") else None
    concept = indicator.concept if indicator else cells.text("concept")
    known = indicator is not None or (not cells.text("plan") and context.registry.has_concept(concept))
    contradicts = indicator is not None and cells.text("concept") not in ("", indicator.concept)
    value, as_of = cells.read("value", parse_value), cells.date("as_of")
    absence = cells.read("absence", _stated_absence)
    basis = cells.read("basis", Basis)
    numerator, denominator = cells.number("numerator"), cells.number("denominator")
    units = {indicator.unit} if indicator else context.units_of(concept)

    def build(origin: Origin, flags: tuple[str, ...]) -> Observation:
        return Observation(
            plan=cells.text("plan"),
            key=tuple(indicator.key) if indicator else None,
            concept=concept,
            scope=indicator.scope if indicator else "",
            unit=cells.text("unit"),
            value=value,
            text=cells.text("value"),
            printed=cells.text("value_printed"),
            numerator=numerator,
            denominator=denominator,
            basis=basis or Basis.UNSTATED,
            as_of=as_of or context.cut_off,
            as_of_stated=as_of is not None,
            absence=absence,
            source=cells.text("source"),
            source_date=cells.text("source_date"),
            evidence=cells.text("evidence"),
            note=cells.text("note"),
            origin=origin,
            flags=flags,
        )

    return ReadObservation(
        row=row,
        unreadable=tuple(cells.unreadable),
        subject=_subject(cells, indicator, concept) if known and not contradicts else None,
        unit_agrees=not units or cells.text("unit") in units,
        stated=bool(cells.text("value")) != bool(cells.text("absence")),
        as_of=as_of or context.cut_off,
        value=value,
        numerator=numerator,
        denominator=denominator,
        _build=build,
    )


def _subject(cells: Cells, indicator: Indicator | None, concept: str) -> str:
    return f"{cells.text('plan')}/{indicator.key.label}" if indicator else concept


@dataclass(frozen=True)
class ReadTask:
    """A task row as read."""

    row: Row
    unreadable: tuple[str, ...]
    subject: str | None
    started_on: dt.date | None
    finished_on: dt.date | None
    suspended_on: dt.date | None
    reported_on: dt.date | None

    def accept(self, flags: tuple[str, ...]) -> TaskFact:
        del flags
        cells = Cells(self.row)
        return TaskFact(
            plan=cells.text("plan"),
            key=tuple(cells.key),
            started_on=self.started_on,
            finished_on=self.finished_on,
            suspended_on=self.suspended_on,
            reported_on=self.reported_on,
            product=cells.text("product"),
            source=cells.text("source"),
            evidence=cells.text("evidence"),
            note=cells.text("note"),
            origin=self.row.origin,
        )


def read_task(row: Row, context: Context) -> ReadTask:
    """Read one row of kind tasks against the registry."""
    cells = Cells(row)
    plan = context.plan(cells.text("plan"))
    known = plan is not None and any(task.key == cells.key for task in plan.tasks)
    dates = {c: cells.date(c) for c in ("started_on", "finished_on", "suspended_on", "reported_on")}
    subject = f"{cells.text('plan')}/{cells.key.label}" if known else None
    return ReadTask(row, tuple(cells.unreadable), subject, **dates)


@dataclass(frozen=True)
class ReadReported:
    """A reported figure as read."""

    row: Row
    unreadable: tuple[str, ...]
    numerator: Decimal | None
    denominator: Decimal | None

    def accept(self, flags: tuple[str, ...]) -> Reported:
        del flags
        cells = Cells(self.row)
        texts = {
            c: cells.text(c) for c in ("subject", "name", "value", "unit", "as_of", "source", "source_date", "note")
        }
        return Reported(**texts, numerator=self.numerator, denominator=self.denominator, origin=self.row.origin)


def read_reported(row: Row, context: Context) -> ReadReported:
    """Read one row of kind reported; nothing in the registry is asked."""
    del context
    cells = Cells(row)
    numerator, denominator = cells.number("numerator"), cells.number("denominator")
    return ReadReported(row, tuple(cells.unreadable), numerator, denominator)


def _stated_absence(text: str) -> Absence:
    """A sender cannot declare a value quarantined."""
    absence = Absence(text)
    if absence is Absence.QUARANTINED:
        raise ValueError(text)
    return absence


def _iso_date(text: str) -> dt.date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return dt.date.fromisoformat(text)
