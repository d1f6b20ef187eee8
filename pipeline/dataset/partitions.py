"""Partitions of the data set (phần): the rows of one province in one period, a file in each table and form.

    <table>/<province>/<period>.parquet        csv/<table>/<province>/<period>.csv        sdmx/<province>/<period>.csv

One changed report rewrites the files of one partition. Of the other reports in it the rows are taken from the files
before; a partition made from nothing has the same bytes.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.dataset.arrow_files import read_parquet, schema_of, table_of, write_csv, write_parquet
from pipeline.dataset.data_tables import BY_REPORT, CONCEPT_TABLE, TABLES, DataTable
from pipeline.dataset.published_reports import Source, silent, sources
from pipeline.dataset.sdmx import NEEDS as SDMX_NEEDS
from pipeline.dataset.sdmx import write_sdmx
from pipeline.paths import Layout
from pipeline.plans.registry import NO_PLANS, read_places, read_registry

if TYPE_CHECKING:
    import pyarrow as pa

FORMS, SDMX = ("parquet", "csv"), "sdmx"


class Partition(NamedTuple):
    """The rows of one province or city in one period."""

    province: str
    period: str

    def file(self, table: DataTable, form: str) -> str:
        """Path of its file of a table, below the folder of the data set."""
        below = f"{table.name}/{self.province}/{self.period}.{form}"
        return below if form == "parquet" else f"{form}/{below}"

    @property
    def sdmx(self) -> str:
        """Path of its export for statistics offices, below the folder of the data set."""
        return f"{SDMX}/{self.province}/{self.period}.csv"

    @property
    def files(self) -> list[str]:
        """The paths of all its files."""
        return [*(self.file(table, form) for table in BY_REPORT for form in FORMS), self.sdmx]


def concept_file(form: str) -> str:
    """Path of the table of concepts, below the folder of the data set."""
    below = f"{CONCEPT_TABLE.name}/{CONCEPT_TABLE.name}.{form}"
    return below if form == "parquet" else f"{form}/{below}"


def table_of_file(path: str) -> DataTable | None:
    """The table to which a file belongs; None for an export."""
    name = path.removeprefix("csv/").partition("/")[0]
    return next((table for table in TABLES if table.name == name), None)


def by_partition(found: Iterable[Source]) -> dict[Partition, list[Source]]:
    """The reports of each partition, by locality."""
    parts = dict[Partition, list[Source]]()
    for source in sorted(found, key=lambda source: source.locality):
        parts.setdefault(Partition(source.province, source.period), []).append(source)
    return parts


def make_partition(root: str, province: str, period: str, staged: str, unchanged: str) -> None:
    """Write the files of one partition into the folder `staged`.

    `unchanged` is a JSON list of the localities whose rows are taken from the files that are published now.
    """
    layout, part = Layout(Path(root)), Partition(province, period)
    places = read_places(layout)
    reports = sources(layout, places, {part})
    names = {source.locality for source in reports}
    everybody = sorted([*reports, *silent(places, province, period, names)], key=lambda source: source.locality)
    kept = _kept(layout, part, json.loads(unchanged))
    made: dict[str, list[pa.Table]] = {}
    for reported, run in groupby(everybody, key=lambda source: source.report is not None):
        each = (kept.get(source.locality) or report_rows([source.read()]) for source in run)
        for rows in each if reported else [report_rows(list(run))]:
            for name, table in rows.items():
                made.setdefault(name, []).append(table)
    joined = {table.name: all_rows(table, made[table.name]) for table in BY_REPORT}
    for table in BY_REPORT:
        _write(joined[table.name], Path(staged), part.file(table, "parquet"), part.file(table, "csv"))
    codes = {source.locality: source.place.code for source in everybody if source.place}
    write_sdmx(joined["indicators"].select(SDMX_NEEDS).to_pylist(), codes, Path(staged, part.sdmx))


def make_concepts(root: str, staged: str) -> None:
    """Write the table of concepts into the folder `staged`."""
    concepts = sorted(read_registry(Layout(Path(root)), NO_PLANS).concepts, key=lambda concept: concept.id)
    table = table_of(CONCEPT_TABLE.all_columns, concepts)
    _write(table, Path(staged), concept_file("parquet"), concept_file("csv"))


def report_rows(read: Sequence[Source], tables: Iterable[DataTable] = BY_REPORT) -> dict[str, pa.Table]:
    """The rows of these localities in each table, in their order."""
    return {table.name: _with_head(table, read) for table in tables}


def _with_head(table: DataTable, read: Sequence[Source]) -> pa.Table:
    import pyarrow as pa

    pairs = [(source, row) for source in read for row in table.rows(source)]
    body = table_of(table.columns, [row for _, row in pairs])
    head = table_of(table.head, [source for source, _ in pairs])
    return pa.Table.from_arrays([*head.columns, *body.columns], schema=schema_of(table.all_columns))


def _kept(layout: Layout, part: Partition, unchanged: Sequence[str]) -> dict[str, dict[str, pa.Table]]:
    """The rows of localities from the published files; of none where a file cannot be read."""
    from pyarrow import ArrowException

    if not unchanged:
        return {}
    kept: dict[str, dict[str, pa.Table]] = {locality: {} for locality in unchanged}
    try:
        for table in BY_REPORT:
            rows = read_parquet(layout.dataset / part.file(table, "parquet"), schema_of(table.all_columns))
            owners = rows.column("locality").to_pylist()  # sorted
            for locality in unchanged:
                first, end = bisect_left(owners, locality), bisect_right(owners, locality)
                kept[locality][table.name] = rows.slice(first, end - first)
    except (OSError, ValueError, ArrowException):
        return {}
    return kept


def all_rows(table: DataTable, parts: Sequence[pa.Table]) -> pa.Table:
    """The rows of all parts, in their order; of no parts an empty table."""
    import pyarrow as pa

    return pa.concat_tables([schema_of(table.all_columns).empty_table(), *parts]).combine_chunks()


def _write(table: pa.Table, folder: Path, parquet: str, csv: str) -> None:
    for path in (folder / parquet, folder / csv):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_parquet(table, folder / parquet)
    write_csv(table, folder / csv)
