"""Tables of pyarrow from declared columns, and as files whose bytes depend on nothing but their rows.

pyarrow is imported when a table is made: most runs find that nothing has changed, and need none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.typed_frame import Dtype, FrameColumn, plain_values

if TYPE_CHECKING:
    import pyarrow as pa

_Row = TypeVar("_Row")


def schema_of(columns: Iterable[FrameColumn[Any]]) -> pa.Schema:
    """The schema, written out for every column; nothing is inferred from values.

    A day is a moment without a clock (`timestamp[ms]`), which pandas and DuckDB read as a date of theirs; codes of a
    closed set are texts. Every column may be empty.
    """
    import pyarrow as pa

    types = {
        Dtype.TEXT: pa.string(),
        Dtype.CATEGORY: pa.string(),
        Dtype.NUMBER: pa.float64(),
        Dtype.INTEGER: pa.int64(),
        Dtype.FLAG: pa.bool_(),
        Dtype.DAY: pa.timestamp("ms"),
    }
    return pa.schema([pa.field(column.name, types[column.dtype]) for column in columns])


def table_of(columns: Sequence[FrameColumn[_Row]], rows: Iterable[_Row]) -> pa.Table:
    """One line for each of `rows`."""
    import pyarrow as pa

    rows, schema, arrays = list(rows), schema_of(columns), []
    if not rows:
        return schema.empty_table()
    for column, field in zip(columns, schema, strict=True):
        values = plain_values(column, rows)
        day = column.dtype is Dtype.DAY
        arrays.append(pa.array(values, pa.date32()).cast(field.type) if day else pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def write_parquet(table: pa.Table, path: Path) -> None:
    """Parquet 2.6, zstd, one row group, no metadata of pandas and no time: the version of the writer is the lock's."""
    from pyarrow import parquet

    parquet.write_table(
        table.combine_chunks(),
        path,
        version="2.6",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        data_page_version="1.0",
        row_group_size=max(table.num_rows, 1),
        store_schema=True,
    )


def read_parquet(path: Path, schema: pa.Schema) -> pa.Table:
    """A table that `write_parquet` wrote. Raises ValueError where it is of another schema."""
    table = read_files([path])
    if not table.schema.equals(schema):
        raise ValueError(f"{path}: schema")
    return table


def read_files(paths: Iterable[Path], columns: list[str] | None = None) -> pa.Table:
    """The rows of all files, at least one, in the order of their paths; `None` for all columns.

    Raises OSError and ArrowException. To look for a data set around a file would take ten times as long.
    """
    import pyarrow as pa
    from pyarrow import parquet

    tables = []
    for path in sorted(map(str, paths)):
        with parquet.ParquetFile(path) as file:
            tables.append(file.read(columns=columns, use_threads=False))
    return pa.concat_tables(tables)


def write_csv(table: pa.Table, path: Path) -> None:
    """UTF-8, commas, Unix line ends; days as in ISO 8601, nothing for what is missing."""
    import pyarrow as pa
    from pyarrow import csv

    for number, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            table = table.set_column(number, field.name, table.column(number).cast(pa.date32()))
    csv.write_csv(table, path)
