"""Verdicts, compared with those of a plain validation by Great Expectations."""

from __future__ import annotations

import math
from typing import Any

import great_expectations as gx
import pandas as pd
import pytest
from great_expectations import ExpectationSuite
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InternalError
from pipeline.intake.judge import ROW_ID, judge
from pipeline.intake.suites import Suite, read_suite
from pipeline.intake.validate import read_suites
from pipeline.paths import Layout

SUITES = {suite.name: suite for suite in read_suites(Layout().expectations)}


def _plainly(frame: pd.DataFrame, suite: Suite) -> dict[str, tuple[bool, list[int]]]:
    """Every rule with everything asked of it at once, in a context of its own."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    table = context.data_sources.add_pandas("a").add_dataframe_asset("b").add_batch_definition_whole_dataframe("c")
    outcome = table.get_batch(batch_parameters={"dataframe": frame}).validate(
        ExpectationSuite(name="plain", expectations=[dict(e) for e in suite.expectations]),
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": [ROW_ID]},
    )
    return {
        result.expectation_config.meta["rule"]: (
            bool(result.success),
            sorted(int(row[ROW_ID]) for row in (result.result or {}).get("unexpected_index_list") or []),
        )
        for result in outcome.results
    }


def _columns(suite: Suite) -> set[str]:
    return {name for expectation in suite.expectations for name in _columns_of(expectation)}


def _columns_of(expectation: dict[str, Any]) -> list[str]:
    return [value for key, value in expectation["kwargs"].items() if key.startswith("column")]


def _tasks(**changed: list[object]) -> pd.DataFrame:
    """A table of tasks of as many rows as the changed columns have, faultless otherwise."""
    count = len(next(iter(changed.values()), [0, 0, 0]))
    suite = SUITES["tasks"]
    columns: dict[str, list[object]] = {name: [None] * count for name in _columns(suite)}
    columns |= {
        ROW_ID: list(range(2, count + 2)),
        "identity": [f"t/{n}" for n in range(count)],
        "source": ["Báo cáo quý I"] * count,
        "reason_given": [True] * count,
        "evidence_given": [True] * count,
        "days_started_to_finished": [1.0] * count,
        "days_after_cut_off": [math.nan] * count,
    }
    numbers = {"days_started_to_finished": "float64", "days_after_cut_off": "float64"}
    return pd.DataFrame(columns | changed).astype(numbers)


TABLES = {
    "faultless": _tasks(),
    "one cell": _tasks(days_started_to_finished=[1.0, -1.0, 0.0]),
    "many rules": _tasks(
        days_started_to_finished=[-3.0, 2.0, math.nan, 5.0],
        days_after_cut_off=[9.0, math.nan, -1.0, 0.0],
        source=[None, "a", None, "b"],
        fault_date=["31/02", None, None, "x"],
        identity=["a", "a", "b", "b"],
    ),
    "no row": _tasks(identity=[]),
}


@pytest.mark.parametrize("table", TABLES)
def test_verdicts_are_those_of_one_plain_validation(table: str) -> None:
    suite = SUITES["tasks"]
    verdicts = judge(TABLES[table], suite)
    assert [v.rule for v in verdicts] == list(suite.rules)
    assert {v.rule.id: (v.holds, list(v.rows)) for v in verdicts} == _plainly(TABLES[table], suite)
    assert (table == "faultless") == all(v.holds for v in verdicts)


@st.composite
def _tables(draw: st.DrawFn) -> tuple[Suite, pd.DataFrame]:
    """A suite with a table in which any rule may be broken."""
    suite, count = SUITES[draw(st.sampled_from(sorted(SUITES)))], draw(st.integers(0, 4))
    columns: dict[str, pd.Series] = {ROW_ID: pd.Series(range(2, count + 2))}
    for expectation in suite.expectations:
        of_numbers = expectation["type"] in {
            "expect_column_values_to_be_between",
            "expect_column_pair_values_a_to_be_greater_than_b",
        }
        of_flags = expectation["type"] == "expect_column_values_to_be_in_set"
        cell = st.sampled_from(
            [-1.0, 0.0, 1.0, 101.0, math.nan] if of_numbers else [True, False] if of_flags else [None, "a", "b"]
        )
        for name in _columns_of(expectation):
            values = draw(st.lists(cell, min_size=count, max_size=count))
            columns[name] = pd.Series(values, dtype="float64" if of_numbers else "object")
    return suite, pd.DataFrame(columns)


@settings(max_examples=15, deadline=None)
@given(_tables())
def test_verdicts_on_any_table_are_those_of_a_plain_validation(drawn: tuple[Suite, pd.DataFrame]) -> None:
    suite, frame = drawn
    assert {v.rule.id: (v.holds, list(v.rows)) for v in judge(frame, suite)} == _plainly(frame, suite)


def test_nothing_is_carried_from_one_table_to_the_next() -> None:
    suite = SUITES["tasks"]
    for table in ("many rules", "faultless", "one cell", "faultless", "no row", "many rules"):
        verdicts = judge(TABLES[table], suite)
        assert {v.rule.id: (v.holds, list(v.rows)) for v in verdicts} == _plainly(TABLES[table], suite)


def test_a_rule_that_cannot_be_computed_is_not_passed() -> None:
    with pytest.raises(InternalError, match="không chạy được"):
        judge(TABLES["faultless"].drop(columns="source"), SUITES["tasks"])


def test_rules_are_those_of_the_file() -> None:
    file = Layout().expectations / "tasks.json"
    assert read_suite(file).rules == SUITES["tasks"].rules
