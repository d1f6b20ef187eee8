"""What a column of a published table is: its key, what it shows in each output, and how outputs choose theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from functools import cached_property
from typing import Generic, TypeAlias, TypeVar

from markupsafe import Markup

from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.report.words import Words

_Row = TypeVar("_Row", IndicatorResult, TaskResult)
_Part = TypeVar("_Part")


class ColumnKind(StrEnum):
    """What the cells of a column are for machines."""

    TEXT = "string"
    NUMBER = "number"
    SHARE = "share"
    """A number that the workbook shows in per cent."""
    INTEGER = "integer"
    DATE = "date"
    BOOLEAN = "boolean"

    @property
    def frictionless(self) -> str:
        """The type of a field in a Frictionless table schema."""
        return "number" if self is ColumnKind.SHARE else self.value


class Alignment(Enum):
    """How a column is aligned."""

    LEFT = auto()
    CENTRE = auto()
    """Centred in Word; the page aligns it left."""
    FIGURE = auto()
    """Centred in Word; to the right on the page."""


MachineText: TypeAlias = Callable[[_Row, Completion], str]
"""'' for nothing, numbers with a decimal point, dates as in ISO 8601."""
HumanText: TypeAlias = Callable[[_Row, Completion, Words], str]


@dataclass(frozen=True)
class PageCell(Generic[_Row]):
    """A column on the page."""

    text: HumanText[_Row] | None = None
    """For the macro `text`; the others read the row."""
    macro: str = "text"
    """The macro of `templates/page/cells.html.j2` that writes the cell."""
    width: str = ""
    """Its class in `page.css`; '' for the column that takes the remaining width."""


@dataclass(frozen=True)
class WordCell(Generic[_Row]):
    """A column in an appendix of the official report."""

    width: int
    """In shares of the table."""
    text: HumanText[_Row]


@dataclass(frozen=True)
class ReportColumn(Generic[_Row]):
    """One column, with what it shows in each output that has it."""

    key: str
    machine: MachineText[_Row] | None = None
    """For CSV and workbook."""
    kind: ColumnKind = ColumnKind.TEXT
    width: int = 12
    """Of the workbook's column, in characters."""
    workbook: HumanText[_Row] | None = None
    """What the workbook shows instead of a code."""
    page: PageCell[_Row] | None = None
    word: WordCell[_Row] | None = None
    notebook: HumanText[_Row] | None = None
    align: Alignment = Alignment.LEFT
    after: Mapping[str, str] = field(default_factory=dict)
    """Where the order of declaration does not hold: the key of the column before this one, by output."""


@dataclass(frozen=True)
class PageColumn(Generic[_Row]):
    """A column as the templates of the page read it."""

    heading: Markup
    cell: PageCell[_Row]
    figure: bool

    @cached_property
    def label(self) -> Markup:
        """The heading beside a cell, on a narrow screen."""
        return self.heading.lower()


def machine_columns(
    columns: Sequence[ReportColumn[_Row]],
) -> list[tuple[ReportColumn[_Row], MachineText[_Row]]]:
    """The columns of the CSV file and the sheet of the workbook."""
    return standing(columns, "machine", lambda column: column.machine)


def word_columns(columns: Sequence[ReportColumn[_Row]]) -> list[tuple[ReportColumn[_Row], WordCell[_Row]]]:
    """The columns of the appendix."""
    return standing(columns, "word", lambda column: column.word)


def notebook_columns(columns: Sequence[ReportColumn[_Row]]) -> list[tuple[ReportColumn[_Row], HumanText[_Row]]]:
    """The columns of the table of a notebook."""
    return standing(columns, "notebook", lambda column: column.notebook)


def standing(
    columns: Sequence[ReportColumn[_Row]], output: str, part_of: Callable[[ReportColumn[_Row]], _Part | None]
) -> list[tuple[ReportColumn[_Row], _Part]]:
    """Those of `columns` that `output` has, in its order, each with what it shows there."""
    found = [(column, part) for column in columns if (part := part_of(column)) is not None]
    for moved in [pair for pair in found if output in pair[0].after]:
        found.remove(moved)
        before = next(n for n, (column, _) in enumerate(found) if column.key == moved[0].after[output])
        found.insert(before + 1, moved)
    return found
