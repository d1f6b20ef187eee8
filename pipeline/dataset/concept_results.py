"""The data set of one period in DuckDB: what became of each concept in each locality, and over localities together.

Localities are compared within one concept, scope and unit. Absence is never zero, a rate is never the mean of rates,
and values on different bases are not added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.completion.rollup import ConceptOutcome
from pipeline.completion.statuses import NOT_MET, UNCOUNTED, Category, Status
from pipeline.dataset.arrow_files import read_files
from pipeline.dataset.data_tables import ValueUse

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa


_LAST = (ConceptOutcome.MET, ConceptOutcome.NOT_APPLICABLE)
BY_WEIGHT = (*(outcome for outcome in ConceptOutcome if outcome not in _LAST), *_LAST)
"""The first that a row of the concept has is the outcome: one row that is not met decides, met must be all of them."""


def _weight(status: Status) -> int | None:
    if status in UNCOUNTED and status is not Status.NOT_APPLICABLE:
        return None
    outcome = ConceptOutcome.NOT_MET if status in NOT_MET else ConceptOutcome(status.value)
    return BY_WEIGHT.index(outcome)


_WORST_FIRST = (Category.BEHIND, Category.AT_RISK, Category.ON_ITS_WAY)
"""Of several rows that are not met the worst decides how the concept looks."""


def _rank(status: Status, weight: int) -> int:
    """The order in which rows decide: by outcome, and of those not met the worst first."""
    worse = _WORST_FIRST.index(status.category) if status.category in _WORST_FIRST else 0
    return len(_WORST_FIRST) * weight + worse


_COUNTED = {status: weight for status in Status if (weight := _weight(status)) is not None}
_WEIGHTS = {
    "status": [status.value for status in _COUNTED],
    "weight": list(_COUNTED.values()),
    "rank": [_rank(status, weight) for status, weight in _COUNTED.items()],
    "outcome": [BY_WEIGHT[weight].value for weight in _COUNTED.values()],
}
_COLUMNS = {
    "localities": None,
    "indicators": ["locality", "concept", "scope", "unit", "code", "plan", "plan_state", "kind", "status"],
    "observations": [
        *("locality", "code", "use", "low", "high", "low_open", "high_open", "basis", "numerator", "denominator"),
        *("as_of", "flags"),
    ],
}
"""What is read of each table; of localities everything."""
_MET, _NOT_APPLICABLE = (BY_WEIGHT.index(outcome) for outcome in _LAST)
_RESULTS = f"""
WITH lines AS (
  SELECT i.locality, i.concept, coalesce(i.scope, '') AS scope, coalesce(i.unit, '') AS unit, i.code, i.plan,
         i.place, i.status, w.weight, w.rank, w.outcome, v.* EXCLUDE (owner, row_code)
  FROM indicators AS i JOIN weights AS w USING (status) LEFT JOIN (
    SELECT locality AS owner, code AS row_code, low, high, low_open, high_open, coalesce(basis, '') AS basis, numerator,
           denominator, as_of,
           coalesce(list_contains(string_split(flags, ', '), 'before-merger'), false) AS before_merger
    FROM observations WHERE use = '{ValueUse.JUDGED}' AND (low IS NOT NULL OR high IS NOT NULL)
  ) AS v ON v.owner = i.locality AND v.row_code = i.code
  WHERE i.plan_state = 'in-force' AND i.kind = 'indicator'
), groups AS (
  SELECT locality, concept, scope, unit, count(*) = 1 AS alone, min(weight) AS weight, min(place) AS place,
         min(rank * 1000000000 + place) % 1000000000 AS decided_by,
         max(as_of) FILTER (weight < {_NOT_APPLICABLE}) AS newest
  FROM lines GROUP BY locality, concept, scope, unit
), given AS (
  SELECT locality, concept, scope, unit, list_sort(list_distinct(list(basis))) AS bases,
         count(DISTINCT {{'l': low, 'h': high, 'lo': low_open, 'ho': high_open, 'b': basis}}) = 1
           AND count(DISTINCT {{'n': numerator, 'd': denominator}})
               FILTER (numerator IS NOT NULL AND denominator > 0) <= 1
           AS single,
         min(low) FILTER (low = high) AS exact,
         min(numerator) FILTER (numerator IS NOT NULL AND denominator > 0) AS numerator,
         min(denominator) FILTER (numerator IS NOT NULL AND denominator > 0) AS denominator,
         arg_min(before_merger, lines.place) AS before_merger
  FROM lines JOIN groups USING (locality, concept, scope, unit)
  WHERE NOT alone AND lines.weight < {_NOT_APPLICABLE} AND as_of = newest
  GROUP BY locality, concept, scope, unit
  UNION ALL BY NAME  -- most rows are alone: the same of them takes a fifth of the time
  SELECT locality, concept, scope, unit, [basis] AS bases, true AS single, CASE WHEN low = high THEN low END AS exact,
         CASE WHEN denominator > 0 THEN numerator END AS numerator,
         CASE WHEN numerator IS NOT NULL AND denominator > 0 THEN denominator END AS denominator, before_merger
  FROM lines JOIN (SELECT decided_by FROM groups WHERE alone AND newest IS NOT NULL) ON lines.place = decided_by
)
SELECT g.locality, g.concept, g.scope, g.unit, w.outcome, d.status, d.plan, d.code,
       g.weight < {_NOT_APPLICABLE} AS counted, bases IS NOT NULL AS observed, bases, coalesce(single, false) AS single,
       CASE WHEN single THEN exact END AS exact,
       CASE WHEN single THEN numerator END AS numerator, CASE WHEN single THEN denominator END AS denominator,
       coalesce(single AND before_merger, false) AS before_merger
FROM groups AS g JOIN indicators AS d ON d.place = g.decided_by JOIN weights AS w ON w.status = d.status
LEFT JOIN given AS v ON v.locality = g.locality AND v.concept = g.concept AND v.scope = g.scope AND v.unit = g.unit
ORDER BY g.locality, g.place
"""
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
       count(exact) FILTER (usable) AS exact, min(exact) FILTER (usable) AS minimum,
       quantile_disc(exact, 0.5) FILTER (usable) AS median, max(exact) FILTER (usable) AS maximum,
       count(*) FILTER (usable AND exact IS NULL) AS bounded,
       count(*) FILTER (observed AND NOT whole AND NOT single) AS contradictory,
       count(*) FILTER (observed AND whole) AS wholes,
       coalesce(list_sort(list_distinct(flatten(list(bases) FILTER (observed)))), []) AS bases,
       count(*) FILTER (added) AS total_of,
       count(DISTINCT bases) FILTER (added) AS bases_added,
       sum(CAST(numerator AS DECIMAL(38, 9))) FILTER (added) AS numerator,
       sum(CAST(denominator AS DECIMAL(38, 9))) FILTER (added) AS denominator,
       count(*) FILTER (usable AND before_merger) AS before_merger
FROM told GROUP BY concept, scope, unit HAVING bool_or(counted)
ORDER BY concept, scope, unit
"""
_RESULTS_OF = "SELECT r.* FROM results AS r JOIN asked USING (locality) ORDER BY r.rowid"
_TALLIES = """
SELECT l.province, concept, scope, unit, count(*) FILTER (outcome = 'met') AS met, count(*) AS expected,
       count(*) FILTER (observed) AS observed
FROM results JOIN localities AS l USING (locality) JOIN asked USING (locality)
WHERE counted GROUP BY l.province, concept, scope, unit
"""
_OF_REPORTS = ["locality", "period", "run", "fault", "method", "cut_off", "total", "absent", "plans_starting"]


class CountryPeriod:
    """The tables of the data set for one period, as frames to go on with.

    What is asked of the localities of one province is computed from its files alone.
    """

    def __init__(self, read: Callable[[str, str], pa.Table]) -> None:
        """`read` gives a table of one period by its name and the code of a province, or '*' for all.

        There are localities, indicators and observations, the rows of a report in their order.
        """
        import duckdb

        self._read, self._listed = read, read("localities", "*")
        columns = (self._listed.column(name).to_pylist() for name in ("locality", "province"))
        self._provinces: dict[str, str] = dict(zip(*columns, strict=True))
        self._database = duckdb.connect(config={"threads": 1})
        # Else a query of two seconds shows a bar in a notebook, with an id of its own: other bytes on a slow machine.
        self._database.execute("SET enable_progress_bar = false")
        self._computed = ""
        """The province of which the results are there, '*' for all."""

    @classmethod
    def open(cls, dataset: Path, period: str) -> CountryPeriod:
        """The files of a period below the folder of the data set."""
        return cls(lambda name, of: read_files(dataset.glob(f"{name}/{of}/{period}.parquet"), _COLUMNS[name]))

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """It has `localities`, `indicators`, `observations` and `results`, for SQL of one's own."""
        return self._connect("*")

    def _connect(self, province: str) -> duckdb.DuckDBPyConnection:
        """The same of one province, unless that of all is there.

        In one database: 34 of them take more address space than a process may have.
        """
        import pyarrow as pa

        if self._computed in ("*", province):
            return self._database
        indicators, observations = (self._read(name, province) for name in ("indicators", "observations"))
        numbered = indicators.append_column("place", pa.array(range(indicators.num_rows), pa.int64()))
        named = {"localities": self._listed, "indicators": numbered, "observations": observations}
        for name, table in {**named, "weights": pa.table(_WEIGHTS)}.items():
            self._database.register(name, table)
        self._database.execute(f"CREATE OR REPLACE TEMP TABLE results AS {_RESULTS}")
        self._computed = province
        return self._database

    @cached_property
    def localities(self) -> pd.DataFrame:
        """One row for each listed locality, as in the data set."""
        return self.connection.execute("FROM localities ORDER BY locality").df()

    @cached_property
    def results(self) -> pd.DataFrame:
        """One row for each concept, scope and unit of each locality.

        `outcome` as `ConceptOutcome`; `code` is the row that decides it, of several not met the worst, with its
        `status`; `bases` of its values on their latest day; `exact`, `numerator`, `denominator` where all rows give
        one value for that day (`single`).
        """
        # Lists would take as long as all other columns.
        return self.connection.execute("SELECT * REPLACE (array_to_string(bases, '; ') AS bases) FROM results").df()

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
        """The results of some localities as records, in the order of their rows."""
        return records(self._about(_RESULTS_OF, localities))

    def tallies(self, localities: Iterable[str]) -> list[dict[str, Any]]:
        """For each province and concept: localities in which it is counted, has a value, is met."""
        return records(self._about(_TALLIES, localities))

    def listed(self) -> list[dict[str, Any]]:
        """The localities with a report that can be read, as records."""
        return [row for row in self._listed.to_pylist() if row["run"] is not None and row["fault"] is None]

    def _about(self, query: str, localities: Iterable[str]) -> duckdb.DuckDBPyConnection:
        asked = list(localities)
        provinces = {self._provinces.get(locality, "*") for locality in asked}
        connection = self._connect(provinces.pop() if len(provinces) == 1 else "*")
        connection.execute("CREATE OR REPLACE TEMP TABLE asked (locality VARCHAR)")
        connection.execute("INSERT INTO asked SELECT unnest($1)", [asked])
        return connection.execute(query)


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
