"""Every fault a person can write into a plan gets its message in Vietnamese."""

import pytest
from pydantic import ValidationError

from pipeline.plans.models import Plan
from pipeline.plans.wording import message_and_remedy

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
        ({"id": "a" * 65}, "dài quá 64 chữ"),
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
        (_indicator(targets=[{"year": 2026, "text": "chừng 80%"}]), "không hiểu mục tiêu “chừng 80%”"),
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
