"""The tables that suites judge: one row per submitted row, in the columns that an official knows.

Text is `str`, numbers are `float64`, days `datetime64[ns]`, words of a closed list are categories, and an empty cell is
missing in each of them. Only the rules see these tables; accepted rows keep exact values. `docs/add-a-rule.md` says
what each column holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pipeline.intake.interpret import Context, Read, ReadObservation, ReadReported, ReadTask
from pipeline.intake.rows import DAYS_OF_TASK, Absence, Basis, FileKind, Interval
from pipeline.intake.values import COUNTING, Style, UnreadableError, read_number
from pipeline.plans.text import name_key
from pipeline.typed_frame import categories, dtype_of

if TYPE_CHECKING:
    import pandas as pd

ROW_ID = "row_id"
"""The column of the line in the file: no two rows have the same."""
UNIT_SEPARATOR = "; "
"""Between the units of a plan in one cell of the table."""
PERCENTAGE = "percentage"
"""The kind of a unit that begins with %."""
COUNT = "count"
"""The kind of a unit of things that are counted."""
PLACES = 10
"""Decimal places in which numbers are compared: more than any source prints, fewer than `float64` keeps of a share."""
_NUMBERS = (
    "value",
    "stated",
    "share",
    "share_written",
    "count",
    "numerator",
    "denominator",
    "last_value",
    "amount",
    "units_of_name",
)
DAYS = frozenset({"as_of", "last_as_of", "period_start", "cut_off", "last_day", *DAYS_OF_TASK})
"""The columns that hold days, in whichever frame but that of published figures."""
_YEARS = ("year", "last_year")
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "unit_kind": (PERCENTAGE, COUNT, "other"),
    "sign": (">", "≥", "<", "≤"),
    "basis": tuple(Basis),
    "last_basis": tuple(Basis),
    "absence": tuple(Absence),
}
"""The columns that hold words of a closed list, with the list."""
_OBSERVATION_TEXTS = ("value_printed", "source", "source_date", "evidence", "note", "claim", "name", "concept")
_TASK_TEXTS = ("product", "source", "evidence", "note", "name")
_REPORTED_TEXTS = ("subject", "name", "value", "unit", "as_of", "source", "source_date", "note")

FRAME_COLUMNS: Mapping[FileKind, tuple[str, ...]] = {
    FileKind.OBSERVATIONS: (
        *(ROW_ID, *_OBSERVATION_TEXTS, "subject", "value", "stated", "unit_kind", "share", "share_written", "count"),
        *("sign", "value_written", "value_computed_from", "absence", "absence_written", "numerator", "denominator"),
        *("unit", "unit_written", "plan_units", "basis", "basis_written", "as_of", "as_of_written", "period_start"),
        *("cut_off", "year", "last_value", "last_basis", "last_as_of", "last_year"),
    ),
    FileKind.TASKS: (ROW_ID, *_TASK_TEXTS, "subject", *DAYS_OF_TASK, "last_day", "period_start", "cut_off"),
    FileKind.REPORTED: (*(ROW_ID, *_REPORTED_TEXTS, "amount", "numerator", "denominator", "units_of_name"),),
}
"""The columns of each frame, for the check of rules before there is a table."""


ColumnKind: TypeAlias = Literal["number", "day", "text"]
"""What a column holds; the words of a closed list are texts."""


def column_kind(kind: FileKind, column: str) -> ColumnKind:
    """What a column of the frame of this kind of file holds."""
    if kind is FileKind.REPORTED and column in _REPORTED_TEXTS:
        return "text"
    if column in DAYS:
        return "day"
    return "number" if column in (*_NUMBERS, *_YEARS, ROW_ID) else "text"


def exact(number: float) -> Decimal:
    """The number as printed: 98.7 is 98.7, not the nearest binary fraction, so 98.7 − 68.7 is no more than 30."""
    return round(Decimal(repr(float(number))), PLACES)


def observation_frame(rows: Sequence[ReadObservation], context: Context) -> pd.DataFrame:
    """Columns of `expectations/observations.json`."""
    start = context.period.start(context.registry.calendar)
    return _frame(
        [
            {
                **_texts(row, _OBSERVATION_TEXTS),
                "subject": row.subject,
                "value": row.record.value.exact if row.record.value else None,
                "stated": _stated(row.record.value),
                **_by_kind(row),
                "sign": _sign(row.record.value),
                "value_written": row.written,
                "value_computed_from": row.record.text if row.computed else None,
                "absence": row.record.absence,
                "absence_written": row.absent,
                "numerator": row.record.numerator,
                "denominator": row.record.denominator,
                "unit": row.record.unit,
                "unit_written": row.row.cells["unit"],
                "plan_units": UNIT_SEPARATOR.join(row.units) if row.subject else None,
                "basis": row.record.basis or None,
                "basis_written": row.row.cells["basis"],
                "as_of": row.record.as_of,
                "as_of_written": row.row.cells["as_of"],
                "period_start": start,
                "cut_off": context.cut_off,
                "year": row.record.as_of.year,
                "last_value": row.last.value.exact if row.last and row.last.value else None,
                "last_basis": row.last.basis or None if row.last else None,
                "last_as_of": row.last.as_of if row.last else None,
                "last_year": row.last.as_of.year if row.last else None,
            }
            for row in rows
        ]
    )


def task_frame(rows: Sequence[ReadTask], context: Context) -> pd.DataFrame:
    """Columns of `expectations/tasks.json`."""
    return _frame(
        [
            {
                **_texts(row, _TASK_TEXTS),
                "subject": row.subject,
                **row.days,
                "last_day": max((day for day in row.days.values() if day), default=None),
                "period_start": context.period.start(context.registry.calendar),
                "cut_off": context.cut_off,
            }
            for row in rows
        ]
    )


def reported_frame(rows: Sequence[ReadReported], _: Context) -> pd.DataFrame:
    """Columns of `expectations/reported.json`; `value`, `unit` and `as_of` are texts here, as the source has them."""
    units: dict[str, set[str]] = {}
    for row in rows:
        units.setdefault(name_key(row.row.cells["name"]), set()).add(name_key(row.row.cells["unit"]))
    return _frame(
        [
            {
                **_texts(row, _REPORTED_TEXTS),
                "amount": _amount(row),
                "numerator": row.record.numerator,
                "denominator": row.record.denominator,
                "units_of_name": len(units[name_key(row.row.cells["name"])]),
            }
            for row in rows
        ],
        texts=_REPORTED_TEXTS,
    )


def cells_by_line(frame: pd.DataFrame, columns: Iterable[str]) -> dict[int, dict[str, Any]]:
    """What stands in these columns, by the line of the row."""
    names = list(columns)
    rows = zip(*(frame[name].tolist() for name in (ROW_ID, *names)), strict=True)
    return {line: dict(zip(names, cells, strict=True)) for line, *cells in rows}


def is_missing(cell: Any) -> bool:
    """Whether a cell of a table is empty."""
    import pandas as pd

    return cell is None or cell is pd.NA or cell != cell  # noqa: PLR0124 - NaN and NaT differ from themselves


def _texts(row: Read[Any], columns: Sequence[str]) -> dict[str, object]:
    return {ROW_ID: row.row.origin.line, **{column: row.row.cells[column] for column in columns}}


def _frame(records: list[dict[str, object]], texts: Sequence[str] = ()) -> pd.DataFrame:
    """Each column in the type of its name, text if it has none or stands in `texts`; pandas guesses no type."""
    import pandas as pd

    names = records[0].keys() if records else ()
    cells = {name: [record[name] for record in records] for name in names}
    columns = {name: _column(name, cells[name], is_text=name in texts) for name in names}
    return pd.DataFrame(columns, copy=False)


def _column(name: str, cells: list[Any], *, is_text: bool) -> Any:
    import numpy as np
    import pandas as pd

    if name == ROW_ID:
        return np.array(cells, dtype="int64")
    if is_text:
        return pd.array([cell or None for cell in cells], dtype=dtype_of("str"))
    if name in _NUMBERS:
        return np.array([float("nan") if cell is None else float(cell) for cell in cells], dtype="float64")
    if name in DAYS:
        return pd.array(cells, dtype=dtype_of("datetime64[ns]"))
    if name in _YEARS:
        return pd.array(cells, dtype=dtype_of("Int64"))
    if name in CATEGORIES:
        return categories(cells, CATEGORIES[name])
    return pd.array([cell or None for cell in cells], dtype=dtype_of("str"))


def _stated(value: Interval | None) -> Decimal | None:
    """The number that the source states, exact or as a bound."""
    if value is None:
        return None
    return value.low if value.low is not None else value.high


def _sign(value: Interval | None) -> str | None:
    """What a source puts before a bound: '>' for “trên 98%”; None for an exact value."""
    if value is None or value.exact is not None:
        return None
    if value.low is not None:
        return ">" if value.low_open else "≥"
    return "<" if value.high_open else "≤"


def _by_kind(row: ReadObservation) -> dict[str, object]:
    """The kind of the unit, and the number as stated in the column of that kind, for rules that ask only there."""
    kind, stated = _unit_kind(row.record.unit), _stated(row.record.value)
    share = stated if kind == PERCENTAGE else None
    return {
        "unit_kind": kind,
        "share": share,
        "share_written": share if row.written else None,
        "count": stated if kind == COUNT else None,
    }


def _unit_kind(unit: str) -> str:
    if unit.startswith("%"):
        return PERCENTAGE
    return COUNT if name_key(unit) in COUNTING else "other"


def _amount(row: ReadReported) -> Decimal | None:
    """The value as a number; None where it is none."""
    try:
        return read_number(row.row.cells["value"], Style(row.row.cells["unit"]))
    except UnreadableError:
        return None
