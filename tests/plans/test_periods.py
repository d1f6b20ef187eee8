from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.plans.periods import Calendar, Period

ND09 = Calendar(id="nd09", name="", source="", closing_day=14)
CIVIL = Calendar(id="civil", name="", source="", closing_day="end")


@pytest.mark.parametrize(
    ("text", "start", "cut_off", "civil_end"),
    [
        ("2025", date(2024, 12, 15), date(2025, 12, 14), date(2025, 12, 31)),
        ("2026-Q1", date(2025, 12, 15), date(2026, 3, 14), date(2026, 3, 31)),
        ("2026-H2", date(2026, 6, 15), date(2026, 12, 14), date(2026, 12, 31)),
        ("2026-9M", date(2025, 12, 15), date(2026, 9, 14), date(2026, 9, 30)),
        ("2028-02", date(2028, 1, 15), date(2028, 2, 14), date(2028, 2, 29)),
    ],
)
def test_official_days_by_decree_09_2019_article_12(text, start, cut_off, civil_end) -> None:
    period = Period.parse(text)
    assert (period.start(ND09), period.cut_off(ND09), period.civil_end) == (start, cut_off, civil_end)
    assert str(period) == text


@pytest.mark.parametrize(
    "text",
    ["", "25", "2025-Q5", "2025-13", "2025-00", "2025-H3", "../2025", "2025 ", "２０２５", "2025-q1"],
)
def test_other_periods_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="kỳ báo cáo"):
        Period.parse(text)


@given(st.integers(2001, 2098), st.integers(1, 12), st.sampled_from([ND09, CIVIL]))
def test_months_follow_each_other_without_gap_or_overlap(year: int, month: int, calendar: Calendar) -> None:
    this = Period(year, f"{month:02d}")
    following = Period(year, f"{month + 1:02d}") if month < 12 else Period(year + 1, "01")
    assert this.cut_off(calendar) + timedelta(days=1) == following.start(calendar)


@given(st.dates(date(2001, 1, 1), date(2098, 1, 1)), st.sampled_from([ND09, CIVIL]))
def test_every_day_lies_in_its_reporting_year(day: date, calendar: Calendar) -> None:
    year = Period(calendar.reporting_year(day))
    assert year.start(calendar) <= day <= year.cut_off(calendar)


def test_of_periods_that_close_on_one_day_the_longest_is_the_newest() -> None:
    periods = [Period.parse(text) for text in ("2025-12", "2025", "2025-Q4", "2025-H2", "2026-01")]
    assert [str(p) for p in sorted(periods, key=lambda p: p.newness(ND09))] == [
        "2025-12",
        "2025-Q4",
        "2025-H2",
        "2025",
        "2026-01",
    ]
