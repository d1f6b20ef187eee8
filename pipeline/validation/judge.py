"""Running a suite over a table of rows: per rule, whether it holds and which rows break it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from pipeline.errors import InternalError
from pipeline.validation.suites import Rule, Suite

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.datasource.fluent.interfaces import Batch

ROW_ID = "row_id"
_ROWS = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [ROW_ID],
    "return_unexpected_index_query": False,
}


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
    batch = _table().get_batch(batch_parameters={"dataframe": frame})
    with _one_at_a_time, _configurations_kept():
        # Which rows break a rule is asked only of rules that are broken: most are not, and it costs as much again.
        outcomes = _validated(batch, suite, suite.rules, "BOOLEAN_ONLY")
        broken = [rule for rule in suite.rules if not outcomes[rule.id].success]
        rows = _validated(batch, suite, broken, _ROWS) if broken else {}
    return tuple(Verdict(r, bool(outcomes[r.id].success), _rows(rows.get(r.id))) for r in suite.rules)


_one_at_a_time = Lock()


@cache
def _table() -> BatchDefinition[Any]:
    """Where Great Expectations takes tables from; made once in a process, since it holds none itself."""
    # GX logs each metric at INFO and warns about settings we do not use.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("submission").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("all")


def _validated(batch: Batch, suite: Suite, rules: Sequence[Rule], result_format: Any) -> dict[str, Any]:
    """The result of each of `rules`, by its id."""
    outcome = batch.validate(suite.to_gx(rules), result_format=result_format)
    by_rule = {result.expectation_config.meta["rule"]: result for result in outcome.results}
    for rule in rules:
        if rule.id not in by_rule:
            raise InternalError(f"Bộ quy tắc {suite.name}: không có kết quả cho {rule.id}")
        if _raised(info := by_rule[rule.id].exception_info):
            raise InternalError(f"Bộ quy tắc {suite.name}: quy tắc {rule.id} không chạy được: {info}")
    return by_rule


def _rows(result: Any) -> tuple[int, ...]:
    unexpected = ((result and result.result) or {}).get("unexpected_index_list") or []
    return tuple(sorted(int(row[ROW_ID]) for row in unexpected))


def _raised(info: Any) -> bool:
    """GX reports an exception flat, or keyed by the metric that raised it."""
    info = info or {}
    return info.get("raised_exception") is True or any(
        isinstance(value, dict) and value.get("raised_exception") for value in info.values()
    )


@contextmanager
def _configurations_kept() -> Iterator[None]:
    """Inside, an expectation builds its configuration once.

    GX 1.24 builds it anew over a hundred times for each rule of a validation, a third of its time. An expectation
    does not change while it is validated; `tests/validation/test_judge.py` holds the verdicts equal.
    """
    from great_expectations.expectations.expectation import Expectation

    stock = vars(Expectation).get("configuration")
    if not isinstance(stock, property) or stock.fget is None:
        yield
        return
    build, kept = stock.fget, dict[int, tuple[object, Any]]()

    def configuration(self: Expectation) -> Any:
        if id(self) not in kept:
            kept[id(self)] = (self, build(self))  # held with it, so that no other object takes its id
        return kept[id(self)][1]

    Expectation.configuration = property(configuration)
    try:
        yield
    finally:
        Expectation.configuration = stock
