"""Values with two honest readings are asked about: shares written as fractions, remarks with another figure."""

from __future__ import annotations

import pytest

from tests.intake.outcomes import N, outcome

HEAD = "Mã;ĐVT;Kết quả;Nguồn;Ghi chú\n"


def _rows(*values: str, unit: str = "%", note: str = "") -> str:
    numbers = ("13", "15", "16", "20")
    rows = zip(numbers, values, strict=False)
    return HEAD + "".join(f"binh-giang-2026/II.{n};{unit};{value};BC 45;{note}\n" for n, value in rows)


@pytest.mark.parametrize(
    ("values", "read", "out"),
    [
        (("0,885", "1"), {}, {2, 3}),
        (("0,885", "91,2", "1"), {"II.15": "91.2"}, {2, 4}),
        (("0.885", "0.9"), {}, {2, 3}),
        ((">0,9", "91,2"), {"II.15": "91.2"}, {2}),
        (("0,5%", "91,2"), {"II.13": "0.5", "II.15": "91.2"}, set()),
        (("0,5 %", "1"), {"II.13": "0.5", "II.15": "1"}, set()),
        (("1", "91,2"), {"II.13": "1", "II.15": "91.2"}, set()),
        (("0", "91,2"), {"II.13": "0", "II.15": "91.2"}, set()),
        (("1,5", "2"), {"II.13": "1.5", "II.15": "2"}, set()),
    ],
)
def test_a_fraction_without_a_per_cent_sign_is_asked_about(values, read, out) -> None:
    for unit in ("%", ""):
        found = outcome(_rows(*values, unit=unit))
        assert (found.values, set(found.out)) == (read, out)
        assert set(found.out.values()) <= {"number-ambiguous"}


def test_a_small_share_is_read_where_the_plan_expects_one() -> None:
    """II.11 is to reach 1 %, II.13 is to reach 100 %."""
    rows = "".join(f"binh-giang-2026/II.{n};%;0,5;BC 45;\n" for n in ("11", "13"))
    found = outcome(HEAD + rows)
    assert (found.values, found.out) == ({"II.11": "0.5"}, {3: "number-ambiguous"})


def test_a_fraction_that_its_parts_prove_is_read() -> None:
    found = outcome(
        "Mã;Kết quả;Tử số;Mẫu số;Nguồn\nbinh-giang-2026/II.13;0,5;1;200;BC\nbinh-giang-2026/II.15;0,5;1;2;BC\n"
    )
    assert (found.values, found.out) == ({"II.13": "0.5"}, {3: "number-ambiguous"})


@pytest.mark.parametrize(
    ("note", "rule"),
    [
        ("số năm 2025, quý I là 88,5%", "other-period"),
        ("số liệu của quý IV/2025; chưa tổng hợp xong", "other-period"),
        ("quý I là 88,5%", "number-ambiguous"),
        ("Quý I/2026 đạt 88,5", "number-ambiguous"),
        ("quý I: 82,78%", ""),
        ("quý I đạt 82,8%", ""),
        ("năm 2025 là 88,5%", ""),
        ("quý I đạt 15% kế hoạch", ""),
        ("mục tiêu quý I là 90%", ""),
        ("quý I tăng 5%", ""),
        ("BC 45, năm 2025", ""),
        ("số 45/BC-UBND ngày 02/4/2026", ""),
        ("số quý I/2026", ""),
    ],
)
def test_a_remark_with_another_figure_of_the_period_is_asked_about(note: str, rule: str) -> None:
    found = outcome(
        f"STT;Chỉ tiêu;Kết quả;Nguồn;Ghi chú\n1;{N};82,78;BC 45;“{note}”\n".replace("“", '"').replace("”", '"')
    )
    assert found.out == ({2: rule} if rule else {})
    assert found.values == ({} if rule else {"II.15": "82.78"})
