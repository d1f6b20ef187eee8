"""Running a suite over a table of rows: per rule, whether it holds and which rows break it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.errors import InternalError
from pipeline.intake.suites import Rule, Suite, to_gx

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import Expectation
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.validator.metric_configuration import MetricConfiguration

ROW_ID = "row_id"
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


def judge(frame: pd.DataFrame, suite: Suite) -> tuple[Verdict, ...]:
    """Validate `frame` (one row per data row, with a unique `row_id`) against `suite`.

    Verdicts come in the order of the suite file. Raises InternalError if a rule could not be
    computed at all: a rule that fails to run has not been passed.
    """
    table = _Table(_engine(frame), {})
    return tuple(table.verdict(rule, suite) for rule in suite.rules)


def prepare(suites: Iterable[Suite]) -> None:
    """Prepare all questions of `suites` before there is a table; they are cached for the life of the process."""
    for suite in suites:
        for rule in suite.rules:
            _question(suite.written[rule.id], rows=False)
            _question(suite.written[rule.id], rows=True)


@dataclass(frozen=True)
class _Question:
    """An expectation, and what Great Expectations computes to answer it.

    Its own `Batch.validate` works that out again for every table, although it never changes, which takes four times as
    long as the computation itself (decision 14). `tests/intake/test_judge.py` compares the verdicts.
    """

    expectation: Expectation
    metrics: Mapping[str, MetricConfiguration]
    computed: tuple[MetricConfiguration, ...]
    """All metrics to compute, each after those it depends on."""
    result_format: Any


@dataclass(frozen=True)
class _Table:
    engine: PandasExecutionEngine
    known: dict[Any, Any]
    """Metrics of this table that are already computed, by id."""

    def verdict(self, rule: Rule, suite: Suite) -> Verdict:
        try:
            written = suite.written[rule.id]
            holds, _ = self._answer(_question(written, rows=False))
            # Only a broken rule is asked which rows break it: that costs as much again, and most rules hold.
            broken_by = () if holds else self._answer(_question(written, rows=True))[1]
        except Exception as error:
            raise InternalError(f"Bộ quy tắc {suite.name}: quy tắc {rule.id} không chạy được: {error}") from error
        return Verdict(rule, holds, broken_by)

    def _answer(self, question: _Question) -> tuple[bool, tuple[int, ...]]:
        """Whether the expectation is met, and the ids of the rows that do not meet it."""
        for metric in question.computed:
            if metric.id not in self.known:
                self.known.update(self.engine.resolve_metrics([metric], self.known))
        answer: Any = question.expectation._validate(
            metrics={name: self.known[metric.id] for name, metric in question.metrics.items()},
            runtime_configuration={"result_format": question.result_format},
            execution_engine=self.engine,
        )
        unexpected = (answer.get("result") or {}).get("unexpected_index_list") or []
        return bool(answer["success"]), tuple(sorted(int(row[ROW_ID]) for row in unexpected))


@cache
def _question(written: str, *, rows: bool) -> _Question:
    """The question of a rule, given as the suite file has it; with `rows`, also which rows break it."""
    from great_expectations.validator.validation_graph import ValidationGraph

    (expectation,) = to_gx([written]).expectations
    asked = {"result_format": dict(_ROWS) if rows else "BOOLEAN_ONLY"}
    engine = _engine(None)
    needed = expectation.get_validation_dependencies(engine, asked)
    graph = ValidationGraph(engine)
    for metric in needed.get_metric_configurations():
        graph.build_metric_dependency_graph(metric, asked)
    computed: dict[Any, MetricConfiguration] = {}
    for edge in graph.edges:
        _add(edge.left, computed)
    question = _Question(expectation, needed.metric_configurations, tuple(computed.values()), needed.result_format)
    _configurations()[id(expectation)] = expectation.configuration
    return question


@cache
def _configurations() -> dict[int, ExpectationConfiguration]:
    """The configurations of cached expectations by `id`; the first call makes `Expectation.configuration` use them.

    Great Expectations builds them again four times per rule and table, a seventh of the time of a table. An expectation
    of a suite does not change, and lives as long as its question.
    """
    from great_expectations.expectations.expectation import Expectation

    cached: dict[int, ExpectationConfiguration] = {}
    build: Any = vars(Expectation)["configuration"].fget
    Expectation.configuration = property(lambda self: cached.get(id(self)) or build(self))
    return cached


def _add(metric: MetricConfiguration, computed: dict[Any, MetricConfiguration]) -> None:
    if metric.id not in computed:
        for other in metric.metric_dependencies.values():
            _add(other, computed)
        computed[metric.id] = metric


def _engine(frame: pd.DataFrame | None) -> PandasExecutionEngine:
    # GX logs each metric at INFO and warns about settings we do not use.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    from great_expectations.execution_engine import PandasExecutionEngine

    return PandasExecutionEngine(batch_data_dict={} if frame is None else {"rows": frame})
