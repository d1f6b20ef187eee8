"""Reading meaning into rows: which indicator, what value, which day. Faults are kept, never raised.

What cannot be read leaves its field empty and a `Fault` behind; the suites in `expectations/` decide
what follows from that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from pipeline.plans.models import Indicator, Task
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.plans.text import name_key
from pipeline.submissions.cells import FAULTS
from pipeline.submissions.reader import Row
from pipeline.submissions.records import Absence, Basis, Interval, Observation, Origin, Reported, TaskFact
from pipeline.submissions.subjects import Catalogue, Entry, Subject
from pipeline.submissions.values import (
    ABSENCES,
    Style,
    UnreadableError,
    read_absence,
    read_basis,
    read_day,
    read_number,
    read_value,
    same_unit,
)

_T = TypeVar("_T")


@dataclass(frozen=True)
class Context:
    """Against what rows are read: the registry, the reporting locality, the period, earlier values."""

    registry: Registry
    locality: str
    period: Period
    earlier: tuple[Observation, ...] = ()

    @property
    def cut_off(self) -> dt.date:
        return self.period.cut_off(self.registry.calendar)

    @cached_property
    def indicators(self) -> Catalogue[Indicator]:
        plans = self.registry.plans_of(self.locality)
        return Catalogue(tuple(Entry(plan, x) for plan in plans for x in plan.indicators), self._others)

    @cached_property
    def tasks(self) -> Catalogue[Task]:
        plans = self.registry.plans_of(self.locality)
        return Catalogue(tuple(Entry(plan, x) for plan in plans for x in plan.tasks), self._others)

    @property
    def _others(self) -> dict[str, str]:
        return {x.slug: x.full_name for x in self.registry.localities if x.slug != self.locality}

    def units_of(self, concept: str) -> set[str]:
        """Units in which the plans of this locality set targets for a concept."""
        plans = self.registry.plans_of(self.locality)
        return {x.unit for plan in plans for x in plan.indicators if x.concept == concept}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell ('' for the row): which rule it breaks, and why."""

    column: str
    rule: str
    reason: str


@dataclass
class Cells:
    """Typed access to the cells of one row; remembers which could not be read."""

    row: Row
    cut_off: Callable[[Period], dt.date]
    faults: list[Fault] = field(default_factory=list)
    inferred: list[str] = field(default_factory=list)
    """How days were read that are not written as days."""

    def __post_init__(self) -> None:
        for column, fault in self.row.faults.items():
            rule = "width" if fault == "width" else "cell"
            self.faults.append(Fault(column, rule, FAULTS[fault]))

    def text(self, column: str) -> str:
        return self.row.cells[column]

    def read(self, column: str, parse: Callable[[str], _T]) -> _T | None:
        text = self.row.cells[column]
        if not text or column in self.row.faults:
            return None
        try:
            return parse(text)
        except UnreadableError as error:
            self.faults.append(Fault(column, error.rule, error.reason))
            return None

    def style(self, column: str, unit: str = "") -> Style:
        return Style(unit, whole=column in self.row.whole, mixed=column in self.row.mixed)

    def number(self, column: str) -> Decimal | None:
        return self.read(column, lambda text: read_number(text, self.style(column)))

    def date(self, column: str) -> dt.date | None:
        day = self.read(column, lambda text: read_day(text, mixed=column in self.row.mixed))
        if isinstance(day, Period):
            period, day = day, self.cut_off(day)
            self.inferred.append(f"“{self.text(column)}” đọc là {period.label.lower()}, lấy ngày {day:%d/%m/%Y}")
        elif day is not None and self.text(column).isdigit():
            self.inferred.append(f"“{self.text(column)}” là số ngày của Excel, đọc là {day:%d/%m/%Y}")
        return day


@dataclass(frozen=True)
class Read:
    """A row as read: its faults, and what it speaks of; None if there is no such thing for this locality."""

    row: Row
    faults: tuple[Fault, ...]
    subject: str | None
    """Code of the indicator or task, or id of the concept."""
    inferred: tuple[str, ...]
    renamed: str
    """Why the name written may be that of another row: it is not the one of the plan."""


@dataclass(frozen=True)
class ReadObservation(Read):
    """An observation row as read, and the record it becomes if it is accepted."""

    concept: str
    unit: str
    unit_agrees: bool
    stated: bool
    """A value, or a reason for having none, is given: one of the two."""
    as_of: dt.date
    value: Interval | None
    computed: bool
    """The value is the quotient of numerator and denominator; none was written."""
    numerator: Decimal | None
    denominator: Decimal | None
    basis: Basis
    absence: Absence | None
    last: Observation | None
    """The newest earlier exact value of the same thing."""
    _build: Callable[[Origin, tuple[str, ...]], Observation]

    def accept(self, flags: tuple[str, ...]) -> Observation:
        column = "numerator" if self.computed else "value"
        return self._build(self.row.at(column), flags)


def read_observation(row: Row, context: Context) -> ReadObservation:
    """Read one row of kind observations against the registry."""
    cells = Cells(row, lambda period: period.cut_off(context.registry.calendar))
    subject = _indicator_subject(cells, context)
    entry = subject.entry
    row_of_plan = subject.entries[0].row if subject.entries else None
    concept = row_of_plan.concept if row_of_plan else cells.text("concept")
    units = {row_of_plan.unit} if row_of_plan else context.units_of(concept)
    unit, unit_agrees = _unit(cells.text("unit"), units)
    absence, written = cells.read("absence", read_absence), cells.text("value")
    if absence is None and name_key(written) in ABSENCES:
        absence, written = read_absence(written), ""
    # Of a row that nothing is known of, the sign in the cell is taken for the unit: its fault is another.
    supposed = unit or ("%" if subject.rule and "%" in written else "")
    value = cells.read("value", lambda text: read_value(text, cells.style("value", supposed))) if written else None
    numerator, denominator = cells.number("numerator"), cells.number("denominator")
    computed = not written and absence is None and not cells.faults and unit.startswith("%")
    computed = computed and numerator is not None and bool(denominator)
    if computed and numerator is not None and denominator and numerator <= denominator:
        quotient = 100 * numerator / denominator
        value = Interval(low=quotient, high=quotient)
    as_of, basis = cells.date("as_of"), cells.read("basis", read_basis) or Basis.UNSTATED
    known = bool(subject.entries) or (not subject.rule and context.registry.has_concept(concept))
    last = _last(context, entry, concept, unit, row_of_plan.scope if row_of_plan else "")

    def build(origin: Origin, flags: tuple[str, ...]) -> Observation:
        return Observation(
            plan=entry.plan.id if entry else "",
            key=tuple(entry.row.key) if entry else None,
            concept=concept,
            scope=row_of_plan.scope if row_of_plan else "",
            unit=unit,
            value=value,
            text=cells.text("value") or (f"{cells.text('numerator')}/{cells.text('denominator')}" if computed else ""),
            printed=cells.text("value_printed"),
            numerator=numerator,
            denominator=denominator,
            basis=basis,
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
        faults=(*cells.faults, *_subject_faults(subject, cells)),
        subject=_subject_id(subject, concept) if known else None,
        inferred=tuple(cells.inferred),
        renamed=subject.renamed,
        concept=concept,
        unit=unit,
        unit_agrees=unit_agrees,
        stated=(bool(written) or computed) != bool(absence or cells.text("absence")),
        as_of=as_of or context.cut_off,
        value=value,
        computed=computed,
        numerator=numerator,
        denominator=denominator,
        basis=basis,
        absence=absence,
        last=last,
        _build=build,
    )


def _indicator_subject(cells: Cells, context: Context) -> Subject[Indicator]:
    """The indicator of a row; by concept alone there is none. Both must agree where both are given."""
    concept = cells.text("concept")
    if concept and not any(cells.text(c) for c in ("code", "plan")):
        return Subject()
    subject = context.indicators.find(cells.row.cells)
    if concept and subject.entries and any(e.row.concept != concept for e in subject.entries):
        reason = f"cột khái niệm ghi “{concept[:60]}”, chỉ tiêu {subject.entries[0]} thuộc khái niệm khác"
        return Subject(rule="identity-agrees", reason=reason)
    return subject


def _subject_id(subject: Subject[Indicator], concept: str) -> str:
    return subject.entry.code if subject.entry else concept


def _subject_faults(subject: Subject[Indicator] | Subject[Task], cells: Cells) -> list[Fault]:
    """The fault of the subject, at the cell by which the row is called."""
    if not subject.rule:
        return []
    called = ("name", "no") if subject.rule == "identity-agrees" else ("code", "name", "no", "concept", "plan")
    return [Fault(next((c for c in called if cells.row.cells.get(c)), ""), subject.rule, subject.reason)]


def _unit(written: str, units: set[str]) -> tuple[str, bool]:
    """The unit of the plan where the sender gives it or none, else as written; and whether it is the plan's."""
    if not written:
        return (next(iter(units)), True) if len(units) == 1 else ("", not units)
    agreeing = [unit for unit in sorted(units) if same_unit(written, unit)]
    return (agreeing[0] if agreeing else written), bool(agreeing) or not units


def _last(context: Context, entry: Entry[Indicator] | None, concept: str, unit: str, scope: str) -> Observation | None:
    same = [
        o
        for o in context.earlier
        if o.value is not None
        and o.value.exact is not None
        and (
            (entry is not None and (o.plan, o.key) == (entry.plan.id, tuple(entry.row.key)))
            or (o.concept, o.unit, o.scope) == (concept, unit, scope)
        )
    ]
    return max(same, key=lambda o: o.as_of, default=None)


@dataclass(frozen=True)
class ReadTask(Read):
    """A task row as read."""

    entry: Entry[Task] | None
    started_on: dt.date | None
    finished_on: dt.date | None
    suspended_on: dt.date | None
    reported_on: dt.date | None

    def accept(self, flags: tuple[str, ...]) -> TaskFact:
        if self.entry is None:
            raise AssertionError("a task row without its task is never accepted")
        text = self.row.cells
        return TaskFact(
            plan=self.entry.plan.id,
            key=tuple(self.entry.row.key),
            started_on=self.started_on,
            finished_on=self.finished_on,
            suspended_on=self.suspended_on,
            reported_on=self.reported_on,
            product=text["product"],
            source=text["source"],
            evidence=text["evidence"],
            note=text["note"],
            origin=self.row.origin,
            flags=flags,
        )


def read_task(row: Row, context: Context) -> ReadTask:
    """Read one row of kind tasks against the registry."""
    # A month or quarter stands for its last civil day, as in deadlines; what follows the cut-off is not known yet.
    cells = Cells(
        row, lambda period: min(period.civil_end, max(context.cut_off, period.start(context.registry.calendar)))
    )
    subject = context.tasks.find(row.cells)
    dates = {c: cells.date(c) for c in ("started_on", "finished_on", "suspended_on", "reported_on")}
    return ReadTask(
        row=row,
        faults=(*cells.faults, *_subject_faults(subject, cells)),
        subject=subject.entry.code if subject.entry else None,
        inferred=tuple(cells.inferred),
        renamed=subject.renamed,
        entry=subject.entry,
        **dates,
    )


@dataclass(frozen=True)
class ReadReported(Read):
    """A reported figure as read."""

    numerator: Decimal | None
    denominator: Decimal | None

    def accept(self, flags: tuple[str, ...]) -> Reported:
        text = self.row.cells
        texts = {c: text[c] for c in ("subject", "name", "value", "unit", "as_of", "source", "source_date", "note")}
        return Reported(
            **texts, numerator=self.numerator, denominator=self.denominator, origin=self.row.origin, flags=flags
        )


def read_reported(row: Row, context: Context) -> ReadReported:
    """Read one row of kind reported; nothing in the registry is asked."""
    cells = Cells(row, lambda period: period.cut_off(context.registry.calendar))
    numerator, denominator = cells.number("numerator"), cells.number("denominator")
    return ReadReported(row, tuple(cells.faults), None, (), "", numerator, denominator)
