"""Rates over rows that come from whole evaluations of one row each."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from pipeline.completion.counts import RecurringTasks, TasksByDeadline
from pipeline.completion.rates import rate
from pipeline.plans.registry import Registry
from pipeline.report.count_words import task_counts
from pipeline.report.words import VIETNAMESE
from tests.completion.one_row import evaluated

ROW = {"years": "2026-2026", "targets": "2026: ≥27%", "direction": "rising", "baseline": "", "path": "", "earlier": ""}


def test_a_mean_of_endless_decimals_does_not_depend_on_the_order_of_rows(registry: Registry) -> None:
    """1/27 + 13/27 + 26/27, each cut at 28 digits, added up to two different decimals."""
    sent = [ROW | {"value": value, "as_of": "2026-06-10", "period": "2026-H1"} for value in ("1", "13", "26")]
    rows = [evaluated(case, registry) for case in sent]
    means = {rate(order, date(2026, 6, 14)).attainment_low for order in permutations(rows)}
    assert means == {Decimal(40) / 81}


@pytest.mark.parametrize(
    ("unstated", "of_them", "said"),
    [
        (0, 0, "thường xuyên: báo cáo đúng kỳ 2/8"),
        (8, 2, "thường xuyên: có báo cáo trong 12 tháng qua 2/8"),
        (5, 2, "thường xuyên: báo cáo đúng kỳ 0/3; không ghi tần suất, có báo cáo trong 12 tháng qua 2/5"),
    ],
)
def test_in_time_is_said_only_of_a_printed_frequency(
    registry: Registry, unstated: int, of_them: int, said: str
) -> None:
    assert registry.method.recurring_months == 12  # the number is in the words
    counts = RecurringTasks(total=8, in_time=2, unstated=unstated, unstated_in_time=of_them)
    assert task_counts(TasksByDeadline(recurring=counts), VIETNAMESE) == [said]
