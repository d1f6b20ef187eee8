"""Rates over rows that come from whole evaluations of one row each."""

from datetime import date
from decimal import Decimal
from itertools import permutations

from pipeline.completion.rates import rate
from pipeline.plans.registry import Registry
from tests.completion.one_row import evaluated

ROW = {"years": "2026-2026", "targets": "2026: ≥27%", "direction": "rising", "baseline": "", "path": "", "earlier": ""}


def test_a_mean_of_endless_decimals_does_not_depend_on_the_order_of_rows(registry: Registry) -> None:
    """1/27 + 13/27 + 26/27, each cut at 28 digits, added up to two different decimals."""
    sent = [ROW | {"value": value, "as_of": "2026-06-10", "period": "2026-H1"} for value in ("1", "13", "26")]
    rows = [evaluated(case, registry) for case in sent]
    means = {rate(order, date(2026, 6, 14)).attainment_low for order in permutations(rows)}
    assert means == {Decimal(40) / 81}
