from decimal import Decimal
from fractions import Fraction

import pytest

from pipeline.completion.statuses import PlanState, Status, TaskStatus
from pipeline.intake.rows import Interval
from pipeline.plans.periods import Period
from pipeline.report.language import LANGUAGES
from pipeline.report.words import VIETNAMESE as WORDS
from pipeline.report.words import Words
from tests.factories import exactly, target

NB = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "text"),
    [("1234.5", "1.234,5"), ("11.87", "11,87"), ("0.005", "0,01"), ("2.675", "2,68"), ("80", "80"), ("0", "0")],
)
def test_numbers(value: str, text: str) -> None:
    assert WORDS.number(Decimal(value)) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(Fraction(7, 20), f"35{NB}%"), (Fraction(10, 22), f"45,5{NB}%"), (Fraction(1, 8), f"12,5{NB}%"), (None, "–")],
)
def test_shares_round_half_up_and_nothing_over_nothing_is_a_dash(share, text: str) -> None:
    assert WORDS.percent(share) == text


def test_values_show_their_bound() -> None:
    assert WORDS.value(exactly("11.87")) == "11,87"
    assert WORDS.value(Interval(low=Decimal(98), high=None, low_open=True)) == f">{NB}98"
    assert WORDS.value(None) == "–"


@pytest.mark.parametrize(
    ("printed", "text"),
    [("≥ 80%", f"≥{NB}80"), ("trên 3,5%", f">{NB}3,5"), ("trong vòng 24 tiếng", f"≤{NB}24"), ("100%%", "100")],
)
def test_targets(printed: str, text: str) -> None:
    assert WORDS.target(target(printed)) == text


def test_levels_and_intervals() -> None:
    assert WORDS.target(target("Cấp độ 2 hoặc 3")) == "cấp độ 2 hoặc 3"
    assert WORDS.target(target("45-50%")) == "45–50"


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_status_has_a_word(code: str) -> None:
    words = Words(code)
    assert len({words.status(status) for status in Status}) == len(Status)
    assert len({words.task_status(status) for status in TaskStatus}) == len(TaskStatus)
    assert len({words.plan_state(state) for state in PlanState}) == len(PlanState)


@pytest.mark.parametrize(
    ("period", "vi", "en"),
    [
        ("2025", "Năm 2025", "2025"),
        ("2026-Q1", "Quý I năm 2026", "Quarter I of 2026"),
        ("2026-H1", "6 tháng đầu năm 2026", "First half of 2026"),
        ("2025-H2", "6 tháng cuối năm 2025", "Second half of 2025"),
        ("2026-9M", "9 tháng năm 2026", "First nine months of 2026"),
        ("2026-03", "Tháng 3 năm 2026", "Month 3 of 2026"),
    ],
)
def test_periods(period: str, vi: str, en: str) -> None:
    assert (Words("vi").period(period), Words("en").period(period)) == (vi, en)
    assert Period.parse(period).label == vi


def test_english_forms_of_numbers() -> None:
    assert Words("en").number(Decimal("1234.5")) == "1,234.5"
    assert Words("en").percent(Fraction(10, 22)) == f"45.5{NB}%"
