"""Frames of pandas with declared columns: what each means, its unit, its dtype.

A column that may be empty has a nullable dtype, and its empty cells are missing, never 0 and never ''. Codes of a
closed set are categories, all of the set, so that counting shows those that do not occur. pandas is imported when
a frame is made.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    import pandas as pd

_Row = TypeVar("_Row")
_Read_contra = TypeVar("_Read_contra", contravariant=True)
_Other = TypeVar("_Other")


class Dtype(StrEnum):
    """The dtype of a column, as pandas names it."""

    TEXT = "str"
    """Missing where nothing is written."""
    NUMBER = "Float64"
    INTEGER = "Int64"
    FLAG = "boolean"
    DAY = "datetime64[s]"
    CATEGORY = "category"


@dataclass(frozen=True)
class FrameColumn(Generic[_Read_contra]):
    """One column: its name, what it holds of a row, and what is written of it in docs/frames.md."""

    name: str
    value: Callable[[_Read_contra], object]
    """None for what is absent."""
    meaning: str
    dtype: Dtype = Dtype.TEXT
    unit: str = ""
    """Of the numbers; '' for a plain number and for what is none."""
    of: type[StrEnum] | tuple[str, ...] = ()
    """The closed set of a category."""

    def over(self, part: Callable[[_Other], _Read_contra]) -> FrameColumn[_Other]:
        """The same column of the record that `part` finds in another one."""
        return self.with_value(lambda other: self.value(part(other)))

    def with_value(self, value: Callable[[_Other], object]) -> FrameColumn[_Other]:
        """The same column, taken from another record."""
        return FrameColumn(self.name, value, self.meaning, self.dtype, self.unit, self.of)


def described(columns: Iterable[FrameColumn[Any]]) -> str:
    """The columns as a table in Markdown, as docs/frames.md holds it."""
    lines = ["| cột | dtype | đơn vị | nội dung |", "|---|---|---|---|"]
    for column in columns:
        codes = ": " + ", ".join(f"`{code}`" for code in column.of if code) if column.of else ""
        lines.append(f"| `{column.name}` | {column.dtype} | {column.unit} | {column.meaning}{codes} |")
    return "\n".join(lines) + "\n"


def typed_frame(columns: Sequence[FrameColumn[_Row]], rows: Iterable[_Row]) -> pd.DataFrame:
    """One line for each of `rows`, over `columns`; over no rows it has the same columns and dtypes."""
    import pandas as pd

    rows = list(rows)
    # Arrays and not series, which each bring an index to be compared; nobody else has them, so none is copied.
    return pd.DataFrame({column.name: _array(column, rows) for column in columns}, copy=False)


def _array(column: FrameColumn[_Row], rows: Sequence[_Row]) -> Any:
    import pandas as pd

    values = plain_values(column, rows)
    if column.dtype is Dtype.CATEGORY:
        return categories(values, tuple(column.of))
    return pd.array(values, dtype=dtype_of(column.dtype))


@cache
def dtype_of(name: str) -> Any:
    """The dtype of this name, made once: pandas reads the name anew wherever it is given one."""
    from pandas.api.types import pandas_dtype

    return pandas_dtype(str(name))


def categories(values: Iterable[object], codes: tuple[str, ...]) -> pd.Categorical:
    """The values as categories, all of `codes` but ''; missing where a value is none of them.

    By their numbers: pandas would first find out which values there are.
    """
    import pandas as pd

    dtype, numbers = _numbered(codes)
    return pd.Categorical.from_codes([numbers.get(value, -1) for value in values], dtype=dtype)


@cache
def _numbered(codes: tuple[str, ...]) -> tuple[pd.CategoricalDtype, dict[object, int]]:
    import pandas as pd

    words = [str(code) for code in codes if code]
    return pd.CategoricalDtype(words), {word: number for number, word in enumerate(words)}


def plain_values(column: FrameColumn[_Row], rows: Iterable[_Row]) -> list[object]:
    """What a column holds of each row, as pandas and pyarrow take it."""
    return [_plain(column.value(row)) for row in rows]


def csv_text(columns: Sequence[FrameColumn[_Row]], rows: Iterable[_Row]) -> str:
    """The rows as CSV with a mark that tells spreadsheets it is UTF-8; needs no pandas."""
    rows = list(rows)
    text = io.StringIO("\ufeff")
    text.seek(1)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    writer.writerows(zip(*(plain_values(column, rows) for column in columns), strict=True))
    return text.getvalue()


def _plain(value: object) -> object:
    """Nothing for '', decimals as floats."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return str(value) or None
    return value
