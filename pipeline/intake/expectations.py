"""Rules of the field as expectations of our own (kỳ vọng riêng), on the documented base classes of Great Expectations.

Each takes its columns and thresholds from the suite file. Numbers are compared as printed (`exact`), not as binary
fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache, wraps
from types import new_class
from typing import Any, Literal

import numpy as np
import pandas as pd
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.exceptions import ExpectationNotFoundError
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    Expectation,
    MulticolumnMapExpectation,
)
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    ColumnPairMapMetricProvider,
    MulticolumnMapMetricProvider,
    column_condition_partial,
    column_pair_condition_partial,
)
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.registry import get_expectation_impl
from pydantic.v1 import PrivateAttr

from pipeline.intake.frames import PERCENTAGE, UNIT_SEPARATOR, exact
from pipeline.intake.values import same_unit
from pipeline.plans.text import name_key

PAIR_DOMAIN = ("batch_id", "column_A", "column_B", "row_condition", "condition_parser", "ignore_row_if")
COLUMNS_DOMAIN = ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if")


def _holds(answers: Iterable[bool], index: pd.Index) -> pd.Series[bool]:
    return pd.Series(np.fromiter(answers, "bool"), index=index)


def _multicolumn_condition(holds: Callable[..., Iterable[bool]]) -> Any:
    """`holds` says of each row whether it does, given the columns of a rule.

    As `multicolumn_condition_partial` does it, which takes the columns out as a frame: that costs as much again.
    """

    @metric_partial(
        engine=PandasExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.MAP_CONDITION_SERIES,
        domain_type=MetricDomainTypes.MULTICOLUMN,
    )
    @wraps(holds)
    def condition(
        cls: Any, execution_engine: Any, metric_domain_kwargs: Any, metric_value_kwargs: Any, **_: Any
    ) -> tuple[pd.Series[bool], Any, Any]:
        rows, compute, accessor = execution_engine.get_compute_domain(
            metric_domain_kwargs, MetricDomainTypes.MULTICOLUMN
        )
        columns = [rows[name].array for name in accessor["column_list"]]
        return ~_holds(holds(cls, columns, **metric_value_kwargs), rows.index), compute, accessor

    return condition


class ColumnValuesFewDecimals(ColumnMapMetricProvider):
    """Whether a number has at most `decimals` decimal places."""

    condition_metric_name = "column_values.few_decimals"
    condition_value_keys = ("decimals",)

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series[float], decimals: int, **_: Any) -> pd.Series[bool]:
        return _holds((round(x, decimals) == x for x in map(exact, column)), column.index)


class ExpectColumnValuesToHaveFewDecimals(ColumnMapExpectation):
    """Numbers have at most `decimals` decimal places; 0 for what is counted (số đếm)."""

    decimals: int
    map_metric = "column_values.few_decimals"
    success_keys = ("decimals", "mostly")


class ColumnValuesNotBetween(ColumnMapMetricProvider):
    """Whether a number is outside an open interval."""

    condition_metric_name = "column_values.not_between"
    condition_value_keys = ("above", "below")

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series[float], above: float, below: float, **_: Any) -> pd.Series[bool]:
        low, high = exact(above), exact(below)
        return _holds((not low < x < high for x in map(exact, column)), column.index)


class ExpectColumnValuesNotToBeBetween(ColumnMapExpectation):
    """No number lies above `above` and below `below`; the two ends are allowed."""

    above: float
    below: float
    map_metric = "column_values.not_between"
    success_keys = ("above", "below", "mostly")


class ColumnPairValuesClose(ColumnPairMapMetricProvider):
    """Whether two numbers differ by at most `tolerance`."""

    condition_metric_name = "column_pair_values.close"
    condition_domain_keys = PAIR_DOMAIN
    condition_value_keys = ("tolerance",)

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(
        cls, column_A: pd.Series[float], column_B: pd.Series[float], tolerance: float, **_: Any
    ) -> pd.Series[bool]:
        pairs = zip(map(exact, column_A), map(exact, column_B), strict=True)
        return _holds((abs(a - b) <= exact(tolerance) for a, b in pairs), column_A.index)


class ExpectColumnPairValuesToBeClose(ColumnPairMapExpectation):
    """Two numbers differ by at most `tolerance`: a total and the sum of its parts (tổng và các phần)."""

    tolerance: float
    ignore_row_if: Literal["both_values_are_missing", "either_value_is_missing", "neither"] = "either_value_is_missing"
    map_metric = "column_pair_values.close"
    domain_keys = PAIR_DOMAIN
    success_keys = ("tolerance", "mostly")


class ColumnPairUnitOfPlan(ColumnPairMapMetricProvider):
    """Whether the unit that was written is one of those of the plan."""

    condition_metric_name = "column_pair_values.unit_of_plan"
    condition_domain_keys = PAIR_DOMAIN

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_A: pd.Series[str], column_B: pd.Series[str], **_: Any) -> pd.Series[bool]:
        texts = (column.fillna("").tolist() for column in (column_A, column_B))
        return _holds(map(_agrees, *texts), column_A.index)


@lru_cache(maxsize=4096)  # few units stand in many rows
def _agrees(written: str, planned: str) -> bool:
    units = planned.split(UNIT_SEPARATOR) if planned else []
    if not written:
        return len(units) <= 1
    return not units or any(same_unit(written, unit) for unit in units)


class ExpectUnitToBeOfPlan(ColumnPairMapExpectation):
    """The unit as written (A) is one of the plan (B), in any spelling; none needs to be written if there is but one.

    Without a unit of the plan, any unit holds.
    """

    ignore_row_if: Literal["both_values_are_missing", "either_value_is_missing", "neither"] = "neither"
    map_metric = "column_pair_values.unit_of_plan"
    domain_keys = PAIR_DOMAIN


class MulticolumnValuesGiven(MulticolumnMapMetricProvider):
    """Whether at least and at most so many of the cells are filled in."""

    condition_metric_name = "multicolumn_values.given"
    condition_domain_keys = COLUMNS_DOMAIN
    condition_value_keys = ("at_least", "at_most")

    @_multicolumn_condition
    def _pandas(cls, columns: list[Any], at_least: int = 0, at_most: int | None = None) -> Iterable[bool]:
        given = sum(~column.isna() for column in columns).tolist()
        most = len(columns) if at_most is None else at_most
        return (at_least <= number <= most for number in given)


class ExpectColumnsToBeGiven(MulticolumnMapExpectation):
    """Of the columns, at least `at_least` and at most `at_most` are filled in: a value or a reason for having none."""

    at_least: int = 0
    at_most: int | None = None
    map_metric = "multicolumn_values.given"
    success_keys = ("at_least", "at_most", "mostly")


class MulticolumnGivenWhereSaid(MulticolumnMapMetricProvider):
    """Whether one of the other cells is filled in wherever the first says something."""

    condition_metric_name = "multicolumn_values.given_where_said"
    condition_domain_keys = COLUMNS_DOMAIN
    condition_value_keys = ("words",)

    @_multicolumn_condition
    def _pandas(cls, columns: list[Any], words: list[str] | None = None) -> Iterable[bool]:
        keys = None if words is None else set(map(name_key, words))
        first, *others = (~column.isna() for column in columns)
        rows = zip(columns[0].tolist(), first.tolist(), np.any(others, axis=0).tolist(), strict=True)
        return (
            given or not says or (keys is not None and name_key(str(said)) not in keys) for said, says, given in rows
        )


class ExpectCellToBeGivenWhereAnotherSays(MulticolumnMapExpectation):
    """One of the other columns is filled in wherever the first says one of `words`, in any spelling.

    Without `words`, wherever the first is filled in: a reason for a task that is suspended.
    """

    words: list[str] | None = None
    map_metric = "multicolumn_values.given_where_said"
    success_keys = ("words", "mostly")


class MulticolumnValuesEqualQuotient(MulticolumnMapMetricProvider):
    """Whether a percentage is `scale` times its numerator over its denominator."""

    condition_metric_name = "multicolumn_values.equal_quotient"
    condition_domain_keys = COLUMNS_DOMAIN
    condition_value_keys = ("scale", "tolerance")

    @_multicolumn_condition
    def _pandas(cls, columns: list[Any], scale: float, tolerance: float) -> Iterable[bool]:
        times, most = exact(scale), exact(tolerance)

        def agrees(kind: str, *numbers: float) -> bool:
            if kind != PERCENTAGE:
                return True
            value, numerator, denominator = map(exact, numbers)
            return not denominator or abs(value - times * numerator / denominator) <= most

        return map(agrees, *(column.tolist() for column in columns))


class ExpectValueToEqualQuotient(MulticolumnMapExpectation):
    """Kind of unit, value, numerator, denominator: a percentage is `scale` times the quotient, to `tolerance` points.

    Officials cut off or round to at least one decimal. A denominator of zero is the business of another rule.
    """

    scale: float
    tolerance: float
    map_metric = "multicolumn_values.equal_quotient"
    success_keys = ("scale", "tolerance", "mostly")


class MulticolumnValuesNoJump(MulticolumnMapMetricProvider):
    """Whether a value is near the one before."""

    condition_metric_name = "multicolumn_values.no_jump"
    condition_domain_keys = COLUMNS_DOMAIN
    condition_value_keys = ("points", "times")

    @_multicolumn_condition
    def _pandas(cls, columns: list[Any], points: float, times: float) -> Iterable[bool]:
        step, factor = exact(points), exact(times)

        def near(kind: str, *numbers: float) -> bool:
            now, last = map(exact, numbers)
            if kind == PERCENTAGE:
                return abs(now - last) <= step
            return now <= 0 or last <= 0 or max(now, last) <= factor * min(now, last)

        return map(near, *(column.tolist() for column in columns))


class ExpectValueNotToJump(MulticolumnMapExpectation):
    """Kind of unit, value, last value: no further apart than `points` for a percentage, `times` for other numbers."""

    points: float
    times: float
    map_metric = "multicolumn_values.no_jump"
    success_keys = ("points", "times", "mostly")


class MulticolumnValuesNoFall(MulticolumnMapMetricProvider):
    """Whether a value that can only grow within a year has not fallen."""

    condition_metric_name = "multicolumn_values.no_fall_within_year"
    condition_domain_keys = COLUMNS_DOMAIN
    condition_value_keys = ("allowance", "basis")

    @_multicolumn_condition
    def _pandas(cls, columns: list[Any], allowance: float, basis: str) -> Iterable[bool]:
        most = exact(allowance)

        def has_not_fallen(kind: str, *figures: Any) -> bool:
            basis_now, value, day, year, basis_then, last, last_day, last_year = figures
            if kind == PERCENTAGE or not basis_now == basis_then == basis or year != last_year or day < last_day:
                return True
            return exact(last) - exact(value) <= most

        return map(has_not_fallen, *(column.tolist() for column in columns))


class ExpectValueNotToFallWithinYear(MulticolumnMapExpectation):
    """Kind of unit; basis, value, day and reporting year; then the same four of the last value.

    Within a year, a value on `basis` in both does not fall by more than `allowance`; a percentage may.
    """

    allowance: float
    basis: str
    map_metric = "multicolumn_values.no_fall_within_year"
    success_keys = ("allowance", "basis", "mostly")


def keep_configurations(types: Iterable[str]) -> None:
    """Have expectations of these types, as a suite writes them, keep their configuration (cấu hình) and metrics.

    The library asks for it some 80 times for each rule of a table and builds it anew each time: four tenths of what
    judging costs. A type is taken over by a subclass of its own name, by the library's way of registering a class.
    Unknown types are left, for the suite to be refused.
    """
    for name in types:
        with suppress(ExpectationNotFoundError):
            found = get_expectation_impl(name)
            if found not in _KEEPING:
                _KEEPING.append(_keeping(found))


_KEEPING: list[type[Expectation]] = []


def _keeping(base: type[Expectation]) -> type[Expectation]:
    """A subclass of the same name, which registers itself in the place of `base`."""

    def configuration(self: Any) -> Any:
        fields = vars(self)
        if self._kept is None or self._kept[0] != fields:
            self._kept = (dict(fields), super(made, self).configuration)
        return self._kept[1]

    def dependencies(self: Any, execution_engine: Any = None, runtime_configuration: Any = None) -> Any:
        # Expectations about types look at those of the columns.
        asked = (repr(runtime_configuration), getattr(execution_engine, "types", None))
        if self._needs is None or self._needs[0] is not self.configuration or self._needs[1] != asked:
            found = super(made, self).get_validation_dependencies(execution_engine, runtime_configuration)
            self._needs = (self.configuration, asked, found)
        return self._needs[2]

    own: dict[str, Any] = {"_kept": PrivateAttr(None), "configuration": property(configuration)}
    own |= {"_needs": PrivateAttr(None), "get_validation_dependencies": dependencies}
    made: type[Expectation] = new_class(base.__name__, (base,), exec_body=lambda names: names.update(own))
    return made
