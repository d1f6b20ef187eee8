import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.plans.text import canonical_key, name_key, parse_number, plain, tidy


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Uỷ ban nhân dân", "Ủy ban nhân dân"),
        ("số hoá", "số hóa"),
        ("Phòng Văn hóa -Xã hội", "phòng văn hóa – Xã hội"),
        ("Văn phòng HĐND &UBND", "VĂN PHÒNG HĐND & UBND"),
        (unicodedata.normalize("NFD", "Trung tâm"), "trung  tâm"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert canonical_key(one) == canonical_key(other)


def test_diacritics_tell_names_apart() -> None:
    assert canonical_key("Cẩm Giang") != canonical_key("Cẩm Giàng")


@given(st.text())
def test_the_key_of_a_key_is_the_key(text: str) -> None:
    assert canonical_key(tidy(text)) == canonical_key(text)


@pytest.mark.parametrize(("text", "value"), [("30.000", "30000"), ("1.234,5", "1234.5"), ("3,5", "3.5"), ("02", "2")])
def test_numbers_as_officials_write_them(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "0.5", "1e5", "1.23", "12.34.567", "1,2,3", "٣", "５", "-3", "nan", "1 000"])
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="không phải số"):
        parse_number(text)


@given(st.decimals(min_value=0, max_value=10**9, places=3, allow_nan=False))
def test_plain_numbers_lose_nothing(value: Decimal) -> None:
    assert Decimal(plain(value)) == value
    assert "E" not in plain(value)


def test_i_and_y_are_one_letter_where_spelling_allows_both() -> None:
    assert name_key("Tỉ lệ xử lí kĩ thuật, quí") == name_key("tỷ lệ xử lý kỹ thuật, quý")
    assert name_key("thủy") != name_key("thủi")
    assert name_key("my") == name_key("mi") != name_key("mai")
