import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.plans.base import LONGEST_TEXT
from pipeline.plans.models import Plan
from pipeline.plans.registry import Registry
from pipeline.plans.text import canonical_key, message_and_remedy, misprints, name_key, parse_number, plain, tidy


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


ROW = {"group": "I", "no": "1", "name": "Chỉ tiêu", "unit": "%", "concept": "coverage-5g"}
PLAN = {
    "id": "thu",
    "locality": "binh-giang",
    "title": "Kế hoạch thử",
    "issuer": "xã",
    "years": {"first": 2026, "last": 2026},
    "groups": [{"no": "I", "title": "Nhóm"}],
    "indicators": [ROW | {"targets": [{"year": 2026, "text": "≥ 80%"}]}],
}


def _indicator(**change: object) -> dict[str, object]:
    return {"indicators": [PLAN["indicators"][0] | change]}  # type: ignore[index, operator]


@pytest.mark.parametrize(
    ("change", "beginning"),
    [
        ({"titel": "x"}, "không có khóa tên như vậy → sửa tên khóa"),
        ({"title": 5}, "phải là chữ → đặt trong dấu nháy kép"),
        ({"title": ""}, "để trống"),
        ({"locality": "Bình Giang"}, "viết sai dạng"),
        ({"title": "a" * (LONGEST_TEXT + 1)}, f"“{'a' * 40}…” dài {LONGEST_TEXT + 1} chữ, nhiều hơn {LONGEST_TEXT}"),
        ({"id": "a" * 65}, "dài quá 64 chữ"),
        ({"title": "Kế hoạch \u202ehcaoh"}, "có ký tự ẩn U+202E trong “Kế hoạch hcaoh”, gõ lại chỗ ấy"),
        ({"title": "Kế\u200bhoạch"}, "có ký tự ẩn U+200B trong “Kếhoạch”"),
        ({"implements": ["57\u2066-NQ/TW"]}, "có ký tự ẩn U+2066 trong “57-NQ/TW”"),
        ({"ti\u200dtle": "x"}, "có ký tự ẩn U+200D trong “title”"),
        ({"years": {"first": 2026}}, "thiếu khóa này"),
        ({"years": {"first": "năm", "last": 2026}}, "phải là số nguyên"),
        ({"years": {"first": 2026.5, "last": 2027}}, "phải là số nguyên"),
        ({"years": {"first": 1999, "last": 2026}}, "nhỏ hơn 2000 → ghi từ 2000 trở lên"),
        ({"years": {"first": 2026, "last": 2101}}, "lớn hơn 2100"),
        ({"years": 2026}, "phải gồm các khóa và giá trị"),
        ({"date": "20/05/2026"}, "phải là ngày → ghi năm-tháng-ngày"),
        ({"synthetic": "có"}, "chỉ nhận true hoặc false"),
        ({"indicators": {}}, "phải là danh sách"),
        (_indicator(kind="x"), "chỉ nhận 'indicator' hoặc 'commitment'"),
        (_indicator(targets=[]), "có 0 mục, cần ít nhất 1"),
        (_indicator(targets=[{"year": 2026, "text": "chứng 80%"}]), "không hiểu mục tiêu “chứng 80%”"),
        (_indicator(baseline={"text": "a", "value": "a", "year": 2025}), "phải là số →"),
        (_indicator(baseline={"text": "a", "value": float("nan"), "year": 2025}), "phải là số →"),
    ],
)
def test_a_fault_has_a_vietnamese_message(change: dict[str, object], beginning: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Plan.model_validate(PLAN | change)
    message, remedy = message_and_remedy(raised.value.errors()[0])
    assert f"{message} → {remedy}".startswith(beginning)
    assert "should" not in message


@pytest.mark.parametrize(
    ("printed", "corrected", "pairs"),
    [
        ("trên nền tảng số thủ tục", "trên tổng số thủ tục", [("nền tảng", "tổng")]),
        ("phục tốt hoạt động", "phục vụ tốt hoạt động", [("phục", "phục vụ")]),
        ("thông qua qua mạng lưới", "thông qua mạng lưới", [("qua qua", "qua")]),
        ("các nhiệm vụ,", "các nhiệm vụ", [("vụ,", "vụ")]),
        ("như nhau", "như nhau", []),
    ],
)
def test_the_words_in_which_a_printed_text_differs(printed: str, corrected: str, pairs: list[tuple[str, str]]) -> None:
    assert misprints(printed, corrected) == pairs


def test_every_printed_name_of_the_registry_differs_in_few_words(registry: Registry) -> None:
    """The mark on the page is short: a printed name is the name with the printed words, nothing else."""
    for plan in registry.plans:
        for row in (*plan.indicators, *plan.tasks):
            for printed, corrected in misprints(row.name_printed or row.name, row.name):
                assert max(len(printed.split()), len(corrected.split())) <= 4, f"{plan.id}/{row.key.label}"


def test_no_english_message_stands_alone() -> None:
    told = [
        message_and_remedy({"type": kind, "msg": "Input {x}", "ctx": {"expected": "0 or 1"}})
        for kind in ("url", "list_type", "literal_error")
    ]
    assert [message for message, _ in told] == [
        "giá trị không hợp lệ (Input {x})",
        "phải là danh sách",
        "chỉ nhận 0 hoặc 1",
    ]
    assert all(remedy for _, remedy in told)
