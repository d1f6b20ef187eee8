from decimal import Decimal
from fractions import Fraction

import pytest

from pipeline.completion.statuses import Status, TaskStatus
from pipeline.reporting import words
from pipeline.submissions.records import Interval
from tests.factories import exactly, target

NB = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "text"),
    [("1234.5", "1.234,5"), ("11.87", "11,87"), ("0.005", "0,01"), ("2.675", "2,68"), ("80", "80"), ("0", "0")],
)
def test_numbers(value: str, text: str) -> None:
    assert words.number(Decimal(value)) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(Fraction(7, 20), f"35{NB}%"), (Fraction(10, 22), f"45,5{NB}%"), (Fraction(1, 8), f"12,5{NB}%"), (None, "–")],
)
def test_shares_round_half_up_and_nothing_over_nothing_is_a_dash(share, text: str) -> None:
    assert words.percent(share) == text


def test_values_say_their_bound() -> None:
    assert words.value_text(exactly("11.87")) == "11,87"
    assert words.value_text(Interval(low=Decimal(98), high=None, low_open=True)) == f">{NB}98"
    assert words.value_text(None) == "–"


@pytest.mark.parametrize(
    ("printed", "text"),
    [("≥ 80%", f"≥{NB}80"), ("trên 3,5%", f">{NB}3,5"), ("trong vòng 24 tiếng", f"≤{NB}24"), ("100%%", "100")],
)
def test_targets(printed: str, text: str) -> None:
    assert words.target_text(target(printed)) == text


def test_levels_and_intervals() -> None:
    assert words.target_text(target("Cấp độ 2 hoặc 3")) == "cấp độ 2 hoặc 3"
    assert words.target_text(target("45-50%")) == "45–50"


def test_every_status_has_a_word() -> None:
    assert set(words.STATUS) == set(Status)
    assert set(words.TASK_STATUS) == set(TaskStatus)
