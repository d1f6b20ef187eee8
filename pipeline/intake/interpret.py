"""What rows mean: which indicator, what value, which day. Faults are recorded, never raised.

A cell that cannot be read gives an empty field and a `CellFault`; `expectations/reading.json` says what follows of it.
The suites judge what was read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, partial
from typing import Generic, TypeVar

from pipeline.intake.cells import FAULTS, OWN_RULES
from pipeline.intake.doubtful_values import Expected, StatedFigure, doubt_about
from pipeline.intake.rows import DAYS_OF_TASK, Basis, Interval, Observation, Reported, TaskFact
from pipeline.intake.sheets import SubmittedRow
from pipeline.intake.subjects import Catalogue, CatalogueEntry, Subject, figure_named
from pipeline.intake.values import (
    ABSENCES,
    Reading,
    Style,
    UnreadableError,
    read_absence,
    read_basis,
    read_cell,
    read_day,
    read_number,
    same_unit,
)
from pipeline.plans.formulas import shared_figures
from pipeline.plans.models import Indicator, Task
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.plans.text import name_key, plain

_T = TypeVar("_T")
_Record = TypeVar("_Record", Observation, TaskFact, Reported)


@dataclass(frozen=True)
class Context:
    """What rows are read against: the registry, the reporting locality, the period, earlier values."""

    registry: Registry
    locality: str
    period: Period
    earlier: tuple[Observation, ...] = ()

    @property
    def cut_off(self) -> dt.date:
        """Cut-off of the period (ngày chốt số liệu): the day of a value whose source gives none."""
        return self.period.cut_off(self.registry.calendar)

    def day_of(self, period: Period) -> dt.date:
        """The day of a value whose source names a period: its cut-off; in a final edition its last civil day."""
        return period.civil_end if self.period.final else period.cut_off(self.registry.calendar)

    @cached_property
    def indicators(self) -> Catalogue[Indicator]:
        """All indicators of the plans of the locality, as issued."""
        plans = self.registry.plans_of(self.locality)
        return Catalogue(tuple(CatalogueEntry(plan, x) for plan in plans for x in plan.indicators), self._others)

    @cached_property
    def tasks(self) -> Catalogue[Task]:
        """All tasks of the plans of the locality, as issued, with the measures beside them."""
        plans = self.registry.plans_of(self.locality)
        measures = Catalogue(tuple(CatalogueEntry(plan, x) for plan in plans for x in plan.measures), self._others)
        return Catalogue(tuple(CatalogueEntry(p, x) for p in plans for x in p.assignments), self._others, measures)

    @cached_property
    def newest(self) -> dict[tuple[object, ...], tuple[dt.date, int, Observation]]:
        """The newest earlier exact value (the first of its day), by plan and row, and by concept, unit and scope."""
        newest: dict[tuple[object, ...], tuple[dt.date, int, Observation]] = {}
        for number, o in enumerate(self.earlier):
            if o.value is not None and o.value.exact is not None:
                for key in ((o.plan, o.key), (o.concept, o.unit, o.scope)):
                    if key not in newest or newest[key][0] < o.as_of:
                        newest[key] = (o.as_of, -number, o)
        return newest

    @cached_property
    def _others(self) -> dict[str, str]:
        return {x.slug: x.full_name for x in self.registry.localities.rows if x.slug != self.locality}

    def units_of(self, concept: str) -> set[str]:
        """Units in which the plans of this locality set targets for a concept."""
        plans = self.registry.plans_of(self.locality)
        units = {x.unit for plan in plans for x in plan.indicators if x.concept == concept}
        return units or ({*self.registry.concept(concept).units} if concept in self.figures else set())

    @cached_property
    def figures(self) -> dict[str, list[str]]:
        """The shared figures (số liệu dùng chung) that rows of the locality are computed from."""
        return shared_figures(self.registry.plans_of(self.locality))


@dataclass(frozen=True)
class CellFault:
    """What is wrong with one cell ('' for the row): which rule it breaks, and why."""

    column: str
    rule: str
    reason: str


@dataclass
class Cells:
    """Typed access to the cells of one row; remembers which could not be read."""

    row: SubmittedRow
    cut_off: Callable[[Period], dt.date]
    faults: list[CellFault] = field(default_factory=list)
    inferred: list[str] = field(default_factory=list)
    """How days were read that are not written as days."""

    def __post_init__(self) -> None:
        for column, fault in self.row.faults.items():
            rule = fault if fault in OWN_RULES else "cell"
            self.faults.append(CellFault(column, rule, FAULTS[fault]))

    def text(self, column: str) -> str:
        """The cell as received; '' where there is none."""
        return self.row.cells[column]

    def read(self, column: str, parse: Callable[[str], _T]) -> _T | None:
        """What `parse` makes of the cell; None for an empty cell and for a faulty one."""
        text = self.row.cells[column]
        if not text or column in self.row.faults:
            return None
        try:
            return parse(text)
        except UnreadableError as error:
            self.faults.append(CellFault(column, error.rule, error.reason))
            return None

    def style(self, column: str, unit: str = "", name: str = "") -> Style:
        """How numbers of the column are written, with the unit that decides what a dot means."""
        return Style(unit, name=name, whole=column in self.row.whole, mixed=column in self.row.mixed)

    def number(self, column: str) -> Decimal | None:
        """The exact number in the cell."""
        return self.read(column, lambda text: read_number(text, self.style(column)))

    def date(self, column: str) -> dt.date | None:
        """The day in the cell; for a period its cut-off. What is not written as a day is recorded in `inferred`."""
        day = self.read(column, partial(read_day, mixed=column in self.row.mixed, since_1904=self.row.since_1904))
        if isinstance(day, Period):
            label, day = day.label.lower(), self.cut_off(day)
            self.inferred.append(f"“{self.text(column)}” đọc là {label}, lấy ngày {day:%d/%m/%Y}")
        elif day is not None and self.text(column).isdigit():
            system = "hệ ngày 1904 của Excel" if self.row.since_1904 else "Excel"
            self.inferred.append(f"“{self.text(column)}” là số ngày của {system}, đọc là {day:%d/%m/%Y}")
        return day


@dataclass(frozen=True)
class Read(Generic[_Record]):
    """A row as read: its faults, what it is about, and the record it becomes if it is accepted."""

    row: SubmittedRow
    faults: tuple[CellFault, ...]
    subject: str | None
    """Code of the indicator or task, or id of the concept; None if there is no such thing for this locality."""
    record: _Record | None
    """None only if the task is not known; the suites then keep the row out."""
    inferred: tuple[str, ...] = ()
    renamed: str = ""
    """The name in the plan, for the warning, where the sender wrote a name of their own."""

    @property
    def found(self) -> tuple[CellFault, ...]:
        """All that the reader decides of the row by itself: cells it cannot read, no such subject, and its notes."""
        named = any(f.rule in ("known-subject", "ambiguous-subject", "identity-agrees") for f in self.faults)
        notes: dict[str, str] = {
            "known-subject": "không có trong danh mục khái niệm" if self.subject is None and not named else "",
            "name-differs": self.renamed,
            "hidden-row": "dòng ẩn trong sổ" if self.row.hidden else "",
            "date-inferred": "; ".join(self.inferred),
        }
        said: list[CellFault] = [CellFault(c, "cell-comment", f"“{text}”") for c, text in self.row.comments.items()]
        return (*self.faults, *said, *(CellFault("", rule, reason) for rule, reason in notes.items() if reason))

    def accept(self, flags: tuple[str, ...]) -> _Record:
        """The record, flagged with the rules of severity warning that the row broke."""
        if self.record is None:
            raise AssertionError("a row without its subject is never accepted")
        return self.record.model_copy(update={"flags": flags})


@dataclass(frozen=True)
class ReadObservation(Read[Observation]):
    """An observation row as read, with what the rules ask beyond the record."""

    record: Observation
    written: str = ""
    """The value as written; '' where there is none, or a reason for having none in its place."""
    absent: str = ""
    """The reason for having no value, as read or, if it cannot be read, as written."""
    units: tuple[str, ...] = ()
    """The units in which the plans of the locality set targets for this; usually one."""
    computed: bool = False
    """No value was written; it is the quotient of numerator and denominator."""
    merged_on: dt.date | None = None
    """The day on which the locality was formed of others, for a value of before that day (trước sáp nhập)."""
    last: Observation | None = None
    """The newest earlier exact value of the same thing."""

    @property
    def found(self) -> tuple[CellFault, ...]:
        """As for every row, that the value was computed, and that it is of the units before a merger."""
        notes: dict[str, str] = {
            "value-computed": "tử số / mẫu số" if self.computed else "",
            "before-merger": f"đơn vị được lập ngày {self.merged_on:%d/%m/%Y}" if self.merged_on else "",
        }
        return (*super().found, *(CellFault("", rule, reason) for rule, reason in notes.items() if reason))


def read_observation(row: SubmittedRow, context: Context) -> ReadObservation:
    """Read one row of kind observations against the registry."""
    cells = Cells(row, context.day_of)
    subject = _indicator_subject(cells, context)
    entry, row_of_plan = subject.entry, subject.entries[0].row if subject.entries else None
    named = cells.text("concept") or figure_named(row.cells, context.figures)
    concept = row_of_plan.concept if row_of_plan else named
    scope = row_of_plan.scope if row_of_plan else ""
    units = {row_of_plan.unit} if row_of_plan else context.units_of(concept)
    unit = _unit(cells.text("unit"), units)
    figure, last = _figure(cells, unit, subject), _last(context, entry, concept, unit, scope)
    if doubt := doubt_about(figure, unit, row, Expected(row_of_plan, last), context.period):
        cells.faults.append(CellFault("value", "number-ambiguous", doubt))
        figure = replace(figure, value=None)
    as_of = cells.date("as_of")
    record = Observation(
        plan=entry.plan.id if entry else "",
        key=tuple(entry.row.key) if entry else None,
        concept=concept,
        scope=scope,
        unit=unit,
        value=figure.value,
        text=figure.text,
        printed=cells.text("value_printed"),
        **{column: cells.text(column) for column in ("source", "source_date", "evidence", "note", "difficulty")},
        numerator=figure.numerator,
        denominator=figure.denominator,
        basis=cells.read("basis", read_basis) or Basis.UNSTATED,
        as_of=as_of or context.cut_off,
        as_of_stated=as_of is not None,
        absence=figure.absence,
        estimate=cells.read("estimate", lambda text: read_cell(text, cells.style("estimate", unit)).value),
        edition=str(context.period),
        origin=row.at("numerator" if figure.computed else "value"),
    )
    place = context.registry.localities.get(context.locality)
    former = place is not None and figure.value is not None and place.is_before_merger(record.as_of)
    known = bool(subject.entries) or (not subject.rule and context.registry.has_concept(concept))
    return ReadObservation(
        row=row,
        faults=(*cells.faults, *_subject_faults(subject, cells)),
        subject=(entry.code if entry else concept) if known else None,
        record=record,
        inferred=tuple(cells.inferred),
        renamed=subject.renamed,
        written=figure.written,
        absent=figure.absence or cells.text("absence"),
        units=tuple(sorted(units)),
        computed=figure.computed,
        merged_on=place.since if place and former else None,
        last=last,
    )


def _figure(cells: Cells, unit: str, subject: Subject[Indicator]) -> StatedFigure:
    absence, written = cells.read("absence", read_absence), cells.text("value")
    if absence is None and name_key(written) in ABSENCES:
        absence, written = read_absence(written), ""
    # Where the indicator is unknown, a % sign passes for the unit, so that the row is not blamed for that too.
    supposed = unit or ("%" if subject.rule and "%" in written else "")
    style = cells.style("value", supposed, subject.entries[0].row.name if subject.entries else "")
    cell = cells.read("value", lambda text: read_cell(text, style)) if written else None
    cell = cell or Reading()
    if cell.absence is not None:
        absence, written = absence or cell.absence, ""
    value = cell.value
    numerator, denominator = (_of_both(cells, name, getattr(cell, name)) for name in ("numerator", "denominator"))
    computed = not written and absence is None and not cells.faults and unit.startswith("%")
    computed = computed and numerator is not None and bool(denominator)
    if computed and numerator is not None and denominator and numerator <= denominator:
        quotient = 100 * numerator / denominator
        value = Interval(low=quotient, high=quotient)
    return StatedFigure(
        value=value,
        written=written,
        text=cells.text("value") or (f"{cells.text('numerator')}/{cells.text('denominator')}" if computed else ""),
        numerator=numerator,
        denominator=denominator,
        computed=computed,
        absence=absence,
    )


def _of_both(cells: Cells, column: str, beside: Decimal | None) -> Decimal | None:
    """A count from its own column, else from the value cell; where both have it, they must agree."""
    own = cells.number(column)
    if own is not None and beside is not None and own != beside:
        reason = f"ô giá trị ghi {plain(beside)}, cột này ghi {plain(own)}"
        cells.faults.append(CellFault(column, "number-ambiguous", reason))
    return beside if own is None else own


def _indicator_subject(cells: Cells, context: Context) -> Subject[Indicator]:
    """The indicator of a row; none where only a concept is given. Where both are given, they must agree."""
    concept = cells.text("concept")
    if figure_named(cells.row.cells, context.figures):
        return Subject()
    if concept and not any(cells.text(c) for c in ("code", "plan")):
        return Subject()
    subject = context.indicators.find(cells.row.cells)
    if concept and subject.entries and any(e.row.concept != concept for e in subject.entries):
        reason = f"cột khái niệm ghi “{concept[:60]}”, chỉ tiêu {subject.entries[0]} thuộc khái niệm khác"
        return Subject(rule="identity-agrees", reason=reason)
    return subject


def _subject_faults(subject: Subject[Indicator] | Subject[Task], cells: Cells) -> list[CellFault]:
    """The fault of the subject, at the cell that names it."""
    if not subject.rule:
        return []
    called = ("name", "no") if subject.rule == "identity-agrees" else ("code", "name", "no", "concept", "plan")
    return [CellFault(next((c for c in called if cells.row.cells.get(c)), ""), subject.rule, subject.reason)]


def _unit(written: str, units: set[str]) -> str:
    """The unit of the plan where the sender writes it or none, else the one written."""
    if not written:
        return next(iter(units)) if len(units) == 1 else ""
    return next((unit for unit in sorted(units) if same_unit(written, unit)), written)


def _last(
    context: Context, entry: CatalogueEntry[Indicator] | None, concept: str, unit: str, scope: str
) -> Observation | None:
    subject = (entry.plan.id, tuple(entry.row.key)) if entry is not None else ()
    found = [context.newest[key] for key in (subject, (concept, unit, scope)) if key in context.newest]
    return max(found)[-1] if found else None


@dataclass(frozen=True)
class ReadTask(Read[TaskFact]):
    """A task row as read, with its days even if the task is not known."""

    days: dict[str, dt.date | None] = field(default_factory=dict)


def read_task(row: SubmittedRow, context: Context) -> ReadTask:
    """Read one row of kind tasks against the registry."""
    # A month or quarter stands for its last civil day, as in deadlines, but not for a day after the cut-off.
    cells = Cells(
        row, lambda period: min(period.civil_end, max(context.cut_off, period.start(context.registry.calendar)))
    )
    subject = context.tasks.find(row.cells)
    entry, days = subject.entry, {column: cells.date(column) for column in DAYS_OF_TASK}
    texts = {column: cells.text(column) for column in ("product", "source", "evidence", "note", "difficulty")}
    return ReadTask(
        row=row,
        faults=(*cells.faults, *_subject_faults(subject, cells)),
        subject=entry.code if entry else None,
        record=TaskFact(plan=entry.plan.id, key=tuple(entry.row.key), **days, **texts, origin=row.origin)
        if entry
        else None,
        inferred=tuple(cells.inferred),
        renamed=subject.renamed,
        days=days,
    )


@dataclass(frozen=True)
class ReadReported(Read[Reported]):
    """A reported figure as read."""

    record: Reported


def read_reported(row: SubmittedRow, context: Context) -> ReadReported:
    """Read one row of kind reported; the registry is not needed."""
    cells = Cells(row, lambda period: period.cut_off(context.registry.calendar))
    columns = ("subject", "name", "value", "unit", "as_of", "source", "source_date", "note")
    record = Reported(
        **{column: cells.text(column) for column in columns},
        numerator=cells.number("numerator"),
        denominator=cells.number("denominator"),
        origin=row.at("value"),
    )
    return ReadReported(row, tuple(cells.faults), None, record)
