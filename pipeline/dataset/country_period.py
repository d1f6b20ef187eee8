"""The data set of one period in DuckDB: localities together, by concept.

Localities are compared within one concept, scope and unit. Absence is never zero, a rate is never the mean of rates,
and values on different bases are not added.
"""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.dataset.arrow_files import read_files

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_Relation = Callable[["duckdb.DuckDBPyConnection", str, str], "duckdb.DuckDBPyRelation"]
_RESULTS = "* REPLACE (coalesce(scope, '') AS scope, coalesce(unit, '') AS unit)"
_ROLL_UP = """
WITH chosen AS (
  SELECT r.*, l.name, CASE WHEN l.code <> l.province THEN l.province_name END AS above
  FROM results AS r JOIN localities AS l USING (locality) JOIN asked USING (locality)
), parents AS (
  SELECT DISTINCT concept, scope, unit, above FROM chosen WHERE counted AND above IS NOT NULL
), told AS (
  SELECT c.*, p.above IS NOT NULL AS whole, single AND p.above IS NULL AS usable,
         single AND p.above IS NULL AND numerator IS NOT NULL AND NOT before_merger AS added
  FROM chosen AS c LEFT JOIN parents AS p
    ON p.concept = c.concept AND p.scope = c.scope AND p.unit = c.unit AND p.above = c.name
)
SELECT concept, scope, unit, histogram(outcome) AS by_outcome,
       count(*) FILTER (observed AND counted) AS observed,
       count(value) FILTER (usable) AS exact, min(value) FILTER (usable) AS minimum,
       quantile_disc(value, 0.5) FILTER (usable) AS median, max(value) FILTER (usable) AS maximum,
       count(*) FILTER (usable AND value IS NULL) AS bounded,
       count(*) FILTER (observed AND NOT whole AND NOT single) AS contradictory,
       count(*) FILTER (observed AND whole) AS wholes,
       coalesce(list_sort(list_distinct(string_split(
         string_agg(DISTINCT coalesce(bases, ''), '; ') FILTER (observed), '; '))), []) AS bases,
       count(*) FILTER (added) AS total_of,
       count(DISTINCT coalesce(bases, '')) FILTER (added) AS bases_added,
       sum(CAST(numerator AS DECIMAL(38, 9))) FILTER (added) AS numerator,
       sum(CAST(denominator AS DECIMAL(38, 9))) FILTER (added) AS denominator,
       count(*) FILTER (usable AND before_merger) AS before_merger
FROM told GROUP BY concept, scope, unit HAVING bool_or(counted)
ORDER BY concept, scope, unit
"""
_RESULTS_OF = "FROM results SEMI JOIN asked USING (locality)"
_TALLIES = """
SELECT l.province, concept, scope, unit, count(*) FILTER (outcome = 'met') AS met, count(*) AS expected,
       count(*) FILTER (observed) AS observed
FROM results JOIN localities AS l USING (locality) JOIN asked USING (locality)
WHERE counted GROUP BY l.province, concept, scope, unit
"""
_TASK_COUNTS = """
SELECT sum(COLUMNS('((?:dated|recurring|undated)_.*)')) AS '\\1' FROM localities SEMI JOIN asked USING (locality)
"""
_OF_REPORTS = ["locality", "period", "run", "fault", "method", "cut_off", "total", "absent", "plans_starting"]


class CountryPeriod:
    """The tables of the data set for one period, as frames to go on with.

    What is asked of the localities of one province is computed from its files alone.
    """

    def __init__(self, relation: _Relation) -> None:
        """`relation` gives `localities` or `results` of one period by the code of a province, or '*' for all."""
        import duckdb

        self._relation, self._database = relation, duckdb.connect(config={"threads": 1})
        # Else a query of two seconds shows a bar in a notebook, with an id of its own: other bytes on a slow machine.
        self._database.execute("SET enable_progress_bar = false")
        relation(self._database, "localities", "*").create("localities")
        found = self._database.execute("SELECT locality, province FROM localities").fetchall()
        self._provinces: dict[str, str] = dict(found)
        self._viewed = ""
        """The province of which the results are there, '*' for all."""

    @classmethod
    def open(cls, dataset: Path, period: str) -> CountryPeriod:
        """The files of a period below the folder of the data set, of which what is asked for is read."""

        def relation(database: duckdb.DuckDBPyConnection, name: str, of: str) -> duckdb.DuckDBPyRelation:
            return database.read_parquet([glob.escape(str(path)) for path in files_of(dataset, name, of, period)])

        return cls(relation)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """It has `localities` and `results`, for SQL of one's own."""
        return self._connect("*")

    def _connect(self, province: str) -> duckdb.DuckDBPyConnection:
        """The same of one province, unless that of all is there.

        In one database: 34 of them take more address space than a process may have.
        """
        if self._viewed not in ("*", province):
            self._relation(self._database, "results", province).project(_RESULTS).create_view("results")
            self._viewed = province
        return self._database

    @cached_property
    def localities(self) -> pd.DataFrame:
        """One row for each listed locality, as in the data set."""
        return self.connection.execute("FROM localities ORDER BY locality").df()

    @cached_property
    def results(self) -> pd.DataFrame:
        """One row for each concept, scope and unit of each locality, as in the data set."""
        return self.connection.execute("FROM results").df()

    def roll_up(self, localities: Iterable[str]) -> pd.DataFrame:
        """One row for each concept, scope and unit that is counted in one of `localities`.

        `by_outcome` counts localities. A locality that contains another one is among `wholes`; its value enters neither
        distribution nor total. The median is by nearest rank, so that somebody sent it.
        """
        return self._about(_ROLL_UP, localities).df()

    def rolled_up(self, localities: Iterable[str]) -> list[dict[str, Any]]:
        """The same as records, in which sums are exact."""
        return records(self._about(_ROLL_UP, localities))

    def results_of(self, localities: Iterable[str]) -> list[dict[str, Any]]:
        """The results of some localities as records, in no order."""
        return records(self._about(_RESULTS_OF, localities))

    def tallies(self, localities: Iterable[str]) -> list[dict[str, Any]]:
        """For each province and concept: localities in which it is counted, has a value, is met."""
        return records(self._about(_TALLIES, localities))

    def task_counts(self, localities: Iterable[str]) -> dict[str, Any]:
        """The sum of each count of tasks over some localities, at least one."""
        (counts,) = records(self._about(_TASK_COUNTS, localities))
        return counts

    def listed(self) -> list[dict[str, Any]]:
        """The localities with a report that can be read, as records."""
        return records(self._database.execute("FROM localities WHERE run IS NOT NULL AND fault IS NULL"))

    def _about(self, query: str, localities: Iterable[str]) -> duckdb.DuckDBPyConnection:
        asked = list(localities)
        provinces = {self._provinces.get(locality, "*") for locality in asked}
        connection = self._connect(provinces.pop() if len(provinces) == 1 else "*")
        connection.execute("CREATE OR REPLACE TEMP TABLE asked (locality VARCHAR)")
        connection.execute("INSERT INTO asked SELECT unnest($1)", [asked])
        return connection.execute(query)


def files_of(dataset: Path, table: str, province: str, period: str) -> list[Path]:
    """The files of a table for one period, of a province or of all ('*')."""
    return sorted(dataset.glob(f"{table}/{province}/{period}.parquet"))


def records(found: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The rows of an answer by the names of its columns; nothing is None."""
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def reports_of_all_periods(dataset: Path) -> list[dict[str, Any]]:
    """Every published report: what it is of, whether it can be read, and whether it has a value of its period.

    Without DuckDB: to open a database takes longer.
    """
    files = list(dataset.glob("localities/*/*.parquet"))
    rows = read_files(files, _OF_REPORTS).to_pylist() if files else []
    found = [row for row in rows if row["run"] is not None or row["fault"] is not None]
    for row in found:
        row["has_values"] = bool((row["total"] or 0) > (row["absent"] or 0) or row["plans_starting"])
    return sorted(found, key=lambda row: (row["locality"], row["period"]))
