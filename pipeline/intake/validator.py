"""Running a suite of Great Expectations over one table, with what depends on the suite alone kept (bộ kiểm tra).

A suite asks for some four hundred metrics. Which ones a rule asks for, and what each needs, follows from the rule and
the types of the columns: that is worked out once for a process. The rows of a condition are selected once for a table.
A test holds the results against those of `Batch.validate`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, cached_property
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.metrics_calculator import MetricsCalculator
from great_expectations.validator.validation_statistics import calc_validation_statistics

from pipeline.intake.frames import ROW_ID

_VERSION = version("great-expectations")
_PLANS: dict[tuple[str, ...], dict[Any, tuple[int, MetricConfiguration]]] = {}
"""The metrics of a rule with their levels, by the rule, the result format, and the types of the columns."""


def suite_result(
    suite: ExpectationSuite, written: str, engine: TableEngine, result_format: str | dict[str, Any]
) -> ExpectationSuiteValidationResult:
    """The result of a suite for one table. `written` is the suite as text: equal texts are equal suites.

    Raises what the library raises for a rule that cannot be computed.
    """
    # Not the library's way of noting errors: it would go on, and try each metric again.
    if isinstance(result_format, dict):
        result_format = dict(result_format)  # the library writes its defaults into it
    how = {"result_format": result_format, "catch_exceptions": False}
    for metrics in _levels(suite, written, engine, how):
        unknown = [metric for metric in metrics if metric.id not in engine.resolved]
        engine.resolved.update(engine.resolve_metrics(unknown, engine.resolved, how))
    results = [
        expectation.metrics_validate(engine.resolved, execution_engine=engine, runtime_configuration=dict(how))
        for expectation in suite.expectations
    ]
    statistics = calc_validation_statistics(results)
    return ExpectationSuiteValidationResult(
        results=results,
        success=statistics.success,
        suite_name=suite.name,
        statistics={
            "evaluated_expectations": statistics.evaluated_expectations,
            "successful_expectations": statistics.successful_expectations,
            "unsuccessful_expectations": statistics.unsuccessful_expectations,
            "success_percent": statistics.success_percent,
        },
        meta={"great_expectations_version": _VERSION},
    )


def _levels(
    suite: ExpectationSuite, written: str, engine: TableEngine, how: dict[str, Any]
) -> list[list[MetricConfiguration]]:
    """Each metric once, after those it depends on; the metrics of a level do not depend on each other."""
    common = (repr(how["result_format"]), *engine.types)
    found: dict[int, dict[Any, MetricConfiguration]] = {}
    for expectation, rule in zip(suite.expectations, _rules(written), strict=True):
        key = (rule, *common)
        if key not in _PLANS:
            needed = expectation.get_validation_dependencies(execution_engine=engine, runtime_configuration=dict(how))
            graph = MetricsCalculator(execution_engine=engine).build_metric_dependency_graph(
                metric_configurations=needed.get_metric_configurations(), runtime_configuration=how
            )
            _PLANS[key] = {edge.left.id: (_level(edge.left), edge.left) for edge in graph.edges}
        for name, (level, metric) in _PLANS[key].items():
            found.setdefault(level, {})[name] = metric
    return [list(found[level].values()) for level in sorted(found)]


def _level(metric: MetricConfiguration) -> int:
    """How many metrics have to be there, one after the other, before this one."""
    return 1 + max(map(_level, metric.metric_dependencies.values()), default=-1)


@cache
def _rules(written: str) -> list[str]:
    """Each rule of a suite as text."""
    return [json.dumps(rule) for rule in json.loads(written)]


class TableEngine(PandasExecutionEngine):  # type: ignore[misc]  # the library is not typed
    """One data frame. The rows of a condition are selected once, of the columns asked about; metrics only read them."""

    @classmethod
    def of(cls, frame: pd.DataFrame) -> TableEngine:
        """The engine of a data frame that nobody changes meanwhile."""
        # Names as objects of Python: as Arrow has them, each choice of columns makes an index anew.
        return cls(
            batch_data_dict={"submissions-table": frame.set_axis(frame.columns.astype("object"), axis="columns")}
        )

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The whole table."""
        whole: pd.DataFrame = super().get_domain_records({})
        return whole

    @cached_property
    def types(self) -> tuple[str, ...]:
        """Columns and their types."""
        return tuple(f"{name}: {kind}" for name, kind in self.frame.dtypes.items())

    @cached_property
    def selected(self) -> dict[str, pd.DataFrame]:
        """Rows by condition."""
        return {}

    @cached_property
    def resolved(self) -> dict[Any, Any]:
        """Each metric by its id: the rules that are broken ask a second time, for their rows."""
        return {}

    def get_domain_records(self, domain_kwargs: dict[str, Any]) -> pd.DataFrame:
        """The rows that a condition leaves."""
        key = repr(sorted(domain_kwargs.items()))
        if key not in self.selected:
            self.selected[key] = self._select(domain_kwargs)
        return self.selected[key]

    def _select(self, domain: dict[str, Any]) -> pd.DataFrame:
        """With the columns of the rule alone, where no condition may name another: most of a table is not looked at.

        Taken by their places: to be found by a list of names, the names become an index each time.
        """
        single = (domain.get(name) for name in ("column", "column_A", "column_B"))
        asked = list(dict.fromkeys([*filter(None, single), *domain.get("column_list", ())]))
        word = "never" if "column" in domain else domain.get("ignore_row_if")
        if not asked or domain.get("row_condition") or word not in _EMPTY or not {*asked} <= self.places.keys():
            rows: pd.DataFrame = super().get_domain_records(domain | {"batch_id": None})
            return rows
        places = [self.places[name] for name in asked]
        rows = self.frame.take([*places, self.places[ROW_ID]], axis="columns")
        empty = _EMPTY[word](self.missing[places], axis=0)
        return rows.take(np.flatnonzero(~empty)) if empty.any() else rows

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each column."""
        return {name: place for place, name in enumerate(self.frame.columns)}

    @cached_property
    def missing(self) -> np.ndarray[Any, Any]:
        """Which cells of each column are empty."""
        return self.frame.isna().to_numpy().T


_EMPTY: dict[Any, Callable[..., Any]] = {
    "all_values_are_missing": np.all,
    "both_values_are_missing": np.all,
    "any_value_is_missing": np.any,
    "either_value_is_missing": np.any,
    "never": lambda missing, axis: np.False_,
    "neither": lambda missing, axis: np.False_,
}
"""Which rows are left out by what the library calls `ignore_row_if`, given which of their cells are empty."""
