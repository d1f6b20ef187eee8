"""The ten questions of docs/ask-the-country.md: SQL and pandas give the same answer, and it is the right one."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.completion.records import Completion
from pipeline.dataset.make_dataset import make_dataset
from pipeline.paths import CODE, Layout
from tests.dataset.reports import publish, synthetic_country

PAGE = (CODE / "docs" / "ask-the-country.md").read_text("utf-8")
QUESTIONS = PAGE.split("\n## ")[1:]


def _block(text: str, language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Layout, list[Completion]]:
    """A small synthetic country with what its reports state."""
    return synthetic_country(tmp_path_factory.mktemp("synthetic") / "country")


@pytest.fixture(scope="module")
def names(synthetic: tuple[Layout, list[Completion]]) -> dict[str, Any]:
    """What the first block of the page leaves, run where the project of the tests is."""
    layout, reports = synthetic
    for report in reports:
        publish(layout, report)
    make_dataset(layout)
    found: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(layout.root)
        exec(_block(PAGE.split("\n## ")[0], "python"), found)  # noqa: S102 - our own page
        found = {name: value for name, value in found.items() if name != "__builtins__"}
        for table in found["TABLES"]:  # the views are relative to the folder
            found["country"].execute(f"CREATE TABLE kept_{table} AS FROM {table}")
            found["country"].execute(f"DROP VIEW {table}")
            found["country"].execute(f"ALTER TABLE kept_{table} RENAME TO {table}")
    return found


def _in_sql(names: dict[str, Any], question: str) -> pd.DataFrame:
    sql = _block(question, "sql")
    given = {name: names[name] for name in ("period", "earlier") if f"${name}" in sql}
    return pd.DataFrame(names["country"].execute(sql, given).df())


def _in_pandas(names: dict[str, Any], question: str) -> pd.DataFrame:
    scope = dict(names)
    exec(_block(question, "python"), scope)  # noqa: S102 - our own page
    return pd.DataFrame(scope["answer"])


def _plain(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """The rows as plain values: the two libraries have types of their own for one thing."""
    return [tuple(_value(cell) for cell in row) for row in frame.itertuples(index=False)]


def _value(cell: object) -> object:
    if pd.isna(cell):  # type: ignore[call-overload]
        return None
    return str(cell) if isinstance(cell, (str, pd.Timestamp)) else round(float(cell), 9)  # type: ignore[arg-type]


def test_there_are_ten() -> None:
    assert [question.partition(".")[0] for question in QUESTIONS] == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.partition(".")[0])
def test_sql_and_pandas_give_one_answer(names: dict[str, Any], question: str) -> None:
    in_sql, in_pandas = _in_sql(names, question), _in_pandas(names, question)
    assert list(in_sql.columns) == list(in_pandas.columns)
    assert _plain(in_sql) == _plain(in_pandas)
    assert len(in_sql)


def _by_province(country: list[Completion], figure: Callable[[Completion], int]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for report in country:
        if report.period == "2026-H1" and report.rate.total:
            sums[report.parent_name] = sums.get(report.parent_name, 0) + figure(report)
    return sums


def test_the_rates_are_those_of_the_reports(names: dict[str, Any], synthetic: tuple[Layout, list[Completion]]) -> None:
    reports, answer = synthetic[1], _in_sql(names, QUESTIONS[2]).set_index("province_name")
    totals = _by_province(reports, lambda report: report.rate.total)
    for column, figure in (("lower", "met"), ("upper", "met_at_most")):
        counts = _by_province(reports, lambda report, figure=figure: getattr(report.rate, figure))  # type: ignore[misc]
        expected = {name: float(Fraction(counts[name], total)) for name, total in totals.items()}
        assert answer[column].to_dict() == pytest.approx(expected)
    assert 0 < answer["lower"].min() < answer["upper"].max()


def test_the_page_reads_every_table_in_one_line() -> None:
    first = PAGE.split("\n## ")[0]
    assert 'pd.read_parquet("reports/data/indicators", dtype_backend="numpy_nullable")' in first
    assert "FROM 'reports/data/indicators/**/*.parquet'" in first
    assert Layout(Path("x")).dataset == Path("x/reports/data")
