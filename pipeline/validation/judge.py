"""Running a suite over a table of rows: per rule, whether it holds and which rows break it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.errors import InternalError
from pipeline.validation.suites import Rule, Suite

if TYPE_CHECKING:
    import pandas as pd

ROW_ID = "row_id"


@dataclass(frozen=True)
class Verdict:
    """What became of one rule. `rows` are the row ids that break it; empty for a table rule."""

    rule: Rule
    holds: bool
    rows: tuple[int, ...]


def judge(frame: pd.DataFrame, suite: Suite) -> tuple[Verdict, ...]:
    """Validate `frame` (one row per data row, with a unique `row_id`) against `suite`.

    Verdicts come in the order of the suite file. Raises InternalError if a rule could not be
    computed at all: a rule that fails to run has not been passed.
    """
    # GX logs each metric at INFO and warns about settings we do not use.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    expectations = context.suites.add(suite.to_gx())
    batch = (
        context.data_sources.add_pandas("submission")
        .add_dataframe_asset("rows")
        .add_batch_definition_whole_dataframe("all")
        .get_batch(batch_parameters={"dataframe": frame})
    )
    outcome = batch.validate(
        expectations,
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": [ROW_ID],
            "return_unexpected_index_query": False,
        },
    )
    by_rule = {result.expectation_config.meta["rule"]: result for result in outcome.results}
    if missing := [rule.id for rule in suite.rules if rule.id not in by_rule]:
        raise InternalError(f"Bộ quy tắc {suite.name}: không có kết quả cho {', '.join(missing)}")
    return tuple(_verdict(rule, by_rule[rule.id], suite) for rule in suite.rules)


def _verdict(rule: Rule, result: Any, suite: Suite) -> Verdict:
    if _raised(result.exception_info):
        raise InternalError(f"Bộ quy tắc {suite.name}: quy tắc {rule.id} không chạy được: {result.exception_info}")
    unexpected = (result.result or {}).get("unexpected_index_list") or []
    return Verdict(rule, bool(result.success), tuple(sorted(int(row[ROW_ID]) for row in unexpected)))


def _raised(info: Any) -> bool:
    """GX reports an exception flat, or keyed by the metric that raised it."""
    info = info or {}
    return info.get("raised_exception") is True or any(
        isinstance(value, dict) and value.get("raised_exception") for value in info.values()
    )
