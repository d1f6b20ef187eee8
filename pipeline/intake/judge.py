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
    """What became of one rule. `rows` are the row ids that break it; empty for a table rule."""

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
    """Ask everything of `suites` that can be asked before there is a table; kept for as long as the process lives."""
    for suite in suites:
        for rule in suite.rules:
            _question(suite.written[rule.id], rows=False)
            _question(suite.written[rule.id], rows=True)


@dataclass(frozen=True)
class _Question:
    """An expectation, and what Great Expectations computes to answer it.

    Its own `Batch.validate` finds that out anew for every table, which takes four times as long as computing it
    (decision 14); it is the same for every table. `tests/intake/test_judge.py` holds the answers equal.
    """

    expectation: Expectation
    metrics: Mapping[str, MetricConfiguration]
    computed: tuple[MetricConfiguration, ...]
    """All that is to be computed, each after what it is computed from."""
    result_format: Any


@dataclass(frozen=True)
class _Table:
    engine: PandasExecutionEngine
    known: dict[Any, Any]
    """What was computed of this table already, by the id of the metric."""

    def verdict(self, rule: Rule, suite: Suite) -> Verdict:
        try:
            written = suite.written[rule.id]
            holds, _ = self._answer(_question(written, rows=False))
            # Which rows break a rule is asked only of rules that are broken: most are not, and it costs as much again.
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
    """The question of a rule as the suite file has it; with `rows`, also which rows break it."""
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
    """The configuration of every expectation that is kept, by its id; from now on it is taken from here.

    Great Expectations builds it anew four times for a rule and table, a seventh of the time that a table takes. An
    expectation of a suite does not change, and lives as long as its question.
    """
    from great_expectations.expectations.expectation import Expectation

    kept: dict[int, ExpectationConfiguration] = {}
    build: Any = vars(Expectation)["configuration"].fget
    Expectation.configuration = property(lambda self: kept.get(id(self)) or build(self))
    return kept


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
