"""Running a suite over a table of rows: per rule, whether it holds and which rows break it.

Only the documented interface of Great Expectations is used: suites, metrics over a data frame, results.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from pipeline.errors import DataError
from pipeline.fork.import_shims import import_great_expectations
from pipeline.intake.frames import ROW_ID
from pipeline.intake.suite_files import refuse
from pipeline.intake.suites import Rule, Suite, to_gx

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite
    from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult

    from pipeline.intake.validator import TableEngine

_ROWS = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [ROW_ID],
    "return_unexpected_index_query": False,
}


@dataclass(frozen=True)
class Verdict:
    """The outcome of one rule. `rows` are the ids of the rows that break it; empty for a rule about the table."""

    rule: Rule
    holds: bool
    rows: tuple[int, ...]


@dataclass(frozen=True)
class SuiteOutcome:
    """The verdicts of the rules of a suite, and the result of Great Expectations they come from."""

    verdicts: tuple[Verdict, ...]
    result: dict[str, Any]
    """`ExpectationSuiteValidationResult.to_json_dict()`, without what differs from run to run."""


def judge(frame: pd.DataFrame, suite: Suite) -> SuiteOutcome:
    """Validate `frame` (one row per data row, with a unique `row_id`) against the expectations of `suite`.

    Raises DataError if a rule could not be computed at all: a rule that fails to run has not been passed.
    """
    engine = _engine(frame)
    try:
        outcome = _result(suite, engine, "BOOLEAN_ONLY")
    except Exception:  # some arguments are looked at only here, and what is raised does not name the rule
        for expectation in suite.expectations:
            _try_alone(engine, replace(suite, expectations=(expectation,)))
        raise
    results = _by_rule(outcome)
    # Only broken rules are asked which rows break them: that costs as much again, and most rules hold.
    broken = tuple(e for e in suite.expectations if not results[e["meta"]["rule"]].success)
    if broken:
        results |= _by_rule(_result(replace(suite, expectations=broken), engine, _ROWS))
    result = _repeatable(outcome, results, suite)
    found = {r["expectation_config"]["meta"]["rule"]: r for r in result["results"]}
    return SuiteOutcome(tuple(_verdict(rule, found[rule.id]) for rule in suite.rules if not rule.by_reader), result)


def _try_alone(engine: TableEngine, suite: Suite) -> None:
    """Raises DataError if the one rule of this suite stops the library."""
    try:
        _result(suite, engine, "BOOLEAN_ONLY")
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - the library raises many types
        _not_run(suite.name, suite.expectations[0]["meta"]["rule"], str(error))


def _not_run(suite: str, rule: str, said: str) -> NoReturn:
    what = f"không chạy được trên bảng số liệu ({' '.join(said.split())[:200]})"
    refuse(f"{suite}.json", rule, "kwargs", what, "xem lại kiểu của cột và của tham số, hoặc bỏ quy tắc")


def _by_rule(outcome: ExpectationSuiteValidationResult) -> dict[str, ExpectationValidationResult]:
    return {result.expectation_config.meta["rule"]: result for result in outcome.results}


def prepare(suites: Iterable[Suite]) -> None:
    """Build all suites before there is a table; they are kept for the life of the process."""
    for suite in suites:
        _gx_suite(suite.name, suite.written)


def rehearse_rows(frame: pd.DataFrame, suite: Suite) -> None:
    """Ask which rows break each rule, broken or not, so that the process knows what the library needs for it."""
    _result(suite, _engine(frame), _ROWS)


def _engine(frame: pd.DataFrame) -> TableEngine:
    import_great_expectations()
    from pipeline.intake.validator import TableEngine

    return TableEngine.of(frame)


def _result(suite: Suite, engine: TableEngine, result_format: str | dict[str, Any]) -> ExpectationSuiteValidationResult:
    from pipeline.intake.validator import suite_result

    return suite_result(_gx_suite(suite.name, suite.written), suite.written, engine, result_format)


@cache
def _gx_suite(name: str, written: str) -> ExpectationSuite:
    return to_gx(Suite(name, "", (), tuple(json.loads(written))))


def _verdict(rule: Rule, result: Mapping[str, Any]) -> Verdict:
    rows = result["result"].get("unexpected_index_list") or ()
    return Verdict(rule, result["success"], tuple(sorted(int(row[ROW_ID]) for row in rows)))


def _plain(value: Any) -> Any:
    """A number or truth value of numpy as Python has it: the library leaves those of some rules about a column."""
    return value.item()


_SAID: dict[tuple[str, str], dict[str, Any]] = {}
"""What is written of a rule, by its suite and its id: but for success and result the same for every table."""


def _repeatable(
    outcome: ExpectationSuiteValidationResult, results: Mapping[str, ExpectationValidationResult], suite: Suite
) -> dict[str, Any]:
    """The result without times, ids and names of objects in memory, with all that the suite file says of a rule."""
    from great_expectations.core import ExpectationSuiteValidationResult

    written: dict[str, Any] = ExpectationSuiteValidationResult(
        success=outcome.success,
        results=[],
        suite_name=suite.name,
        statistics=outcome.statistics,
        meta=outcome.meta,
    ).to_json_dict()
    found = [_written(results[expectation["meta"]["rule"]], expectation, suite) for expectation in suite.expectations]
    return written | {"results": found}


def _written(result: ExpectationValidationResult, expectation: Mapping[str, Any], suite: Suite) -> dict[str, Any]:
    from great_expectations.util import convert_to_json_serializable

    key = (suite.written, expectation["meta"]["rule"])
    if key not in _SAID:
        said = result.to_json_dict()
        said["expectation_config"].pop("id", None)
        said["expectation_config"]["meta"] = expectation["meta"]
        _SAID[key] = said
    found = json.dumps(convert_to_json_serializable(result.result), default=_plain) if result.result else "{}"
    return _SAID[key] | {"success": bool(result.success), "result": json.loads(found)}
