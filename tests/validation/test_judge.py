"""Verdicts, held against a validation of the whole suite as Great Expectations does it by itself."""

from __future__ import annotations

import math

import great_expectations as gx
import pandas as pd
import pytest
from great_expectations import ExpectationSuite
from great_expectations.expectations.expectation import Expectation

from pipeline.errors import InternalError
from pipeline.paths import Layout
from pipeline.validation import judge as judging
from pipeline.validation.intake import read_suites
from pipeline.validation.judge import ROW_ID, judge
from pipeline.validation.suites import Suite, read_suite

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
    return {value for e in suite.expectations for key, value in e["kwargs"].items() if key.startswith("column")}


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


def test_great_expectations_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = vars(Expectation)["configuration"]
    judge(TABLES["many rules"], SUITES["tasks"])
    assert vars(Expectation)["configuration"] is stock

    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(judging, "_validated", fails)
    with pytest.raises(RuntimeError):
        judge(TABLES["faultless"], SUITES["tasks"])
    assert vars(Expectation)["configuration"] is stock


def test_a_rule_that_cannot_be_computed_is_not_passed() -> None:
    with pytest.raises(InternalError, match="không chạy được"):
        judge(TABLES["faultless"].drop(columns="source"), SUITES["tasks"])


def test_rules_are_those_of_the_file() -> None:
    file = Layout().expectations / "tasks.json"
    assert read_suite(file).rules == SUITES["tasks"].rules
