from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.rows import Absence, Basis, Interval
from pipeline.intake.values import (
    Reading,
    Style,
    UnreadableError,
    read_absence,
    read_basis,
    read_cell,
    read_day,
    read_number,
    read_value,
    same_unit,
)
from pipeline.plans.periods import Period
from tests.factories import exactly

SHARE = Style("%")


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("11,87", SHARE, exactly("11.87")),
        ("11,87%", SHARE, exactly("11.87")),
        ("100%%", SHARE, exactly("100")),
        ("82.78", SHARE, exactly("82.78")),
        ("82.78", Style("%", mixed=True), exactly("82.78")),
        ("0.123", SHARE, exactly("0.123")),
        ("03", Style("bản sao"), exactly("3")),
        ("1.234", Style("người"), exactly("1234")),
        ("30.000", Style("", whole=True), exactly("30000")),
        ("1.234,5", SHARE, exactly("1234.5")),
        ("12.345.678", Style("đồng"), exactly("12345678")),
        ("1,234", SHARE, exactly("1.234")),
        ("-3,5", SHARE, exactly("-3.5")),
        (">98%", SHARE, Interval(low=Decimal(98), high=None, low_open=True)),
        ("≥ 98", SHARE, Interval(low=Decimal(98), high=None)),
        ("<5", SHARE, Interval(low=None, high=Decimal(5), high_open=True)),
        ("85,2%.", SHARE, exactly("85.2")),
        ("85,2 (*)", SHARE, exactly("85.2")),
        ("85,2\u200b", SHARE, exactly("85.2")),
        ("Đạt 85,2%", SHARE, exactly("85.2")),
        ("Trên 95%", SHARE, Interval(low=Decimal(95), high=None, low_open=True)),
        ("24 giờ", Style("giờ"), exactly("24")),
        ("24h", Style("giờ"), exactly("24")),
        ("03 bản", Style("bản"), exactly("3")),
        ("Cấp độ 2", Style("cấp độ"), exactly("2")),
        ("2025", Style("hồ sơ"), exactly("2025")),
        ("8.930 hồ sơ (85,1%)", SHARE, exactly("85.1")),
        ("8.930 hồ sơ (85,1%)", Style("hồ sơ"), exactly("8930")),
        ("1.234/1.300 hồ sơ (94,9%)", Style("hồ sơ"), exactly("1234")),
        ("<=5", SHARE, Interval(low=None, high=Decimal(5))),
    ],
)
def test_values_as_offices_write_them(text: str, style: Style, value: Interval) -> None:
    assert read_value(text, style) == value


@pytest.mark.parametrize(
    ("text", "style", "rule"),
    [
        ("1.234", SHARE, "number-ambiguous"),
        ("98.765", SHARE, "number-ambiguous"),
        ("1,234", Style("người"), "number-ambiguous"),
        ("1,234,567", SHARE, "number-ambiguous"),
        ("1,234.5", SHARE, "number-ambiguous"),
        ("1,234", Style("%", mixed=True), "number-ambiguous"),
        ("1.234", Style("%", mixed=True), "number-ambiguous"),
        ("khoảng 98%", SHARE, "number"),
        ("gần 95%", SHARE, "number"),
        ("chưa đạt 95%", SHARE, "number"),
        ("62/63", SHARE, "number"),
        ("10.127/12.456 (81,9%)", SHARE, "number"),
        ("91% (19/21)", SHARE, "number"),
        ("85,2 (1)", SHARE, "number"),
        ("85,2% (kế hoạch 90%)", SHARE, "number"),
        ("Quý IV/2025: 85,2%", SHARE, "number"),
        ("85% hồ sơ quá hạn", SHARE, "number"),
        ("14 hồ sơ quá hạn", Style("hồ sơ"), "number"),
        ("8 triệu", Style("đồng"), "number"),
        ("24 giờ", SHARE, "number"),
        ("tăng 5%", SHARE, "number"),
        ("Không phát sinh", Style("hồ sơ"), "number"),
        ("80%", Style("hồ sơ"), "number"),
        ("80%%%", SHARE, "number"),
        ("nan", SHARE, "number"),
        ("1e3", SHARE, "number"),
        ("> >3", SHARE, "number"),
        ("−5", SHARE, "number"),
        ("８", SHARE, "number"),
    ],
)
def test_what_may_mean_two_things_or_none_is_refused(text: str, style: Style, rule: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read_value(text, style)
    assert raised.value.rule == rule
    assert raised.value.reason


@pytest.mark.parametrize(
    ("text", "value", "numerator", "denominator"),
    [
        ("1.234/1.300 hồ sơ (94,9%)", "94.9", 1234, 1300),
        ("10.127/12.456 (81,3%)", "81.3", 10127, 12456),
        ("100% (12/12)", "100", 12, 12),
        ("1.234/1.300 hồ sơ, đạt 94,9%", "94.9", 1234, 1300),
    ],
)
def test_a_quotient_and_its_rate_prove_each_other(text: str, value: str, numerator: int, denominator: int) -> None:
    reading = read_cell(text, SHARE)
    assert reading == Reading(exactly(value), Decimal(numerator), Decimal(denominator))


def test_a_quotient_with_its_unit_gives_the_exact_rate() -> None:
    reading = read_cell("32/34 địa phương", SHARE)
    assert reading.value is not None
    assert reading.value.exact == 100 * Decimal(32) / Decimal(34)


@pytest.mark.parametrize(
    ("text", "absence"),
    [
        ("-", Absence.NOT_SUBMITTED),
        ("–", Absence.NOT_SUBMITTED),
        ("Chưa đến kỳ báo cáo", Absence.NOT_DUE),
        ("Không phát sinh", Absence.NOT_APPLICABLE),
    ],
)
def test_words_for_no_value_in_the_place_of_one(text: str, absence: Absence) -> None:
    assert read_cell(text, SHARE) == Reading(absence=absence)


def test_a_foreign_sign_is_named() -> None:
    with pytest.raises(UnreadableError, match=r"U\+2212"):
        read_value("−5", SHARE)


@given(st.decimals(0, 10**9, places=4))
def test_a_decimal_comma_is_read_exactly(value: Decimal) -> None:
    assert read_number(str(value).replace(".", ","), Style()) == value


@given(st.integers(1000, 10**12))
def test_thousands_in_a_count_are_read_exactly(value: int) -> None:
    assert read_number(f"{value:,}".replace(",", "."), Style("hồ sơ")) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20/11/2025", date(2025, 11, 20)),
        ("5-3-2026", date(2026, 3, 5)),
        ("05.03.2026", date(2026, 3, 5)),
        ("2025-11-20", date(2025, 11, 20)),
        ("2025-11-20 00:00", date(2025, 11, 20)),
        ("Ngày 05 tháng 3 năm 2026", date(2026, 3, 5)),
        ("45981", date(2025, 11, 20)),
        ("tháng 11/2025", Period(2025, "11")),
        ("11/2025", Period(2025, "11")),
        ("Quý III/2026", Period(2026, "Q3")),
        ("quý 3 năm 2026", Period(2026, "Q3")),
        ("năm 2025", Period(2025)),
        ("14/3/2026.", date(2026, 3, 14)),
        ("Đến 14/3/2026", date(2026, 3, 14)),
        ("tính đến ngày 14/3/2026", date(2026, 3, 14)),
        ("tại thời điểm 14/3/2026", date(2026, 3, 14)),
    ],
)
def test_days_and_periods_that_stand_for_one(text: str, day: date | Period) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize("text", ["31/02/2025", "02/20/2025", "20/11/25", "13/2025", "20251120", "mai", "99999"])
def test_what_is_not_a_day_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_day(text)


def test_a_day_is_doubted_where_the_table_is_written_the_english_way() -> None:
    assert read_day("20/11/2025", mixed=True) == date(2025, 11, 20)
    assert read_day("5/5/2025", mixed=True) == date(2025, 5, 5)
    with pytest.raises(UnreadableError, match="3 tháng 1"):
        read_day("3/1/2026", mixed=True)


def test_words_for_basis_and_absence() -> None:
    assert read_basis("Luỹ kế") is read_basis("lũy kế") is Basis.CUMULATIVE
    assert read_absence("CHƯA CÓ SỐ LIỆU") is Absence.NOT_SUBMITTED
    for text in ("quarantined", "gần đúng"):
        with pytest.raises(UnreadableError):
            read_absence(text)


def test_units() -> None:
    assert same_unit("phần trăm", "%")
    assert same_unit("%", "% dân số")
    assert not same_unit("hồ sơ", "%")
