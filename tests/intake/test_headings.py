"""Heads as offices write them: which column is the result of the period, and when that is asked."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.outcomes import Outcome, book, outcome

VALUE = "88.25"


def _two_lines(first: str, second: str, *more: str, parent: str = "Kết quả thực hiện") -> str:
    """A head of two lines; the wrong figures come before the right one, 88,25, which stands in the last column."""
    names = [first, second, *more]
    figures = [str(10 + i) for i in range(len(names) - 1)]
    upper = f"STT;Chỉ tiêu;{parent}{';' * len(names)}Nguồn"
    return f"{upper}\n;;{';'.join(names)};\n1;#N;{';'.join(figures)};88,25;BC 45\n"


@pytest.mark.parametrize(
    "names",
    [
        ("Năm 2025", "Quý I/2026"),
        ("Kỳ trước", "Kỳ này"),
        ("Cùng kỳ", "Kỳ báo cáo"),
        ("Quý IV/2025", "Quý I/2026"),
        ("Kế hoạch", "Thực hiện"),
        ("Số lượng", "Tỷ lệ (%)"),
        ("2025", "Q1.2026"),
        ("Cả năm 2025", "3 tháng đầu năm 2026"),
        ("Kẻ Sặt", "Bình Giang"),
        ("Ước cả năm", "Quý I"),
    ],
)
def test_two_lines_are_read_as_parent_and_child(names: tuple[str, str]) -> None:
    assert outcome(_two_lines(*names)).values == {"II.15": VALUE}


@pytest.mark.parametrize(
    ("names", "rule"),
    [
        (("Tháng 1", "Tháng 2", "Tháng 3"), "which-column"),
        (("Lũy kế", "Trong kỳ"), "heading-repeated"),
        (("Loại A", "Loại B"), "heading-unclear"),
        (("Giá trị", "Thực hiện"), "heading-repeated"),
        (("Xã tự chấm", "Quý I/2026"), "heading-unclear"),
    ],
)
def test_two_readings_are_asked_about_with_the_cells_named(names: tuple[str, ...], rule: str) -> None:
    found = outcome(_two_lines(*names))
    assert found.refused == rule
    assert all(name in found.message for name in names if rule != "heading-unclear" or "Quý" not in name)


def test_merged_heads_of_two_and_three_lines() -> None:
    def merge(*areas: str) -> object:
        return lambda sheet: [sheet.merge_cells(area) for area in areas]

    two = [
        ["STT", "Chỉ tiêu", "Kết quả", None, "Nguồn"],
        [None, None, "Năm 2025", "Quý I/2026", None],
        [1, "#", 1, 88.25, "BC"],
    ]
    three = [
        ["STT", "Chỉ tiêu", "Kết quả thực hiện", None, None, None, "Nguồn"],
        [None, None, "Năm 2025", None, "Quý I/2026"],
        [None, None, "Số lượng", "Tỷ lệ (%)", "Số lượng", "Tỷ lệ (%)", None],
        [1, "#", 11, 12, 13, 88.25, "BC"],
    ]
    from tests.intake.outcomes import N

    two[2][1] = three[3][1] = N
    for rows, areas in (
        (two, ("C1:D1", "A1:A2", "B1:B2", "E1:E2")),
        (three, ("C1:F1", "C2:D2", "E2:F2", "A1:A3", "B1:B3", "G1:G3")),
    ):
        assert outcome(book(rows, merge(*areas)), "a.xlsx").values == {"II.15": VALUE}  # type: ignore[arg-type]


def test_a_number_and_a_rate_side_by_side_go_to_the_rows_of_their_unit() -> None:
    head = "STT;Chỉ tiêu;ĐVT;Kết quả;;Nguồn\n;;;Số lượng;Tỷ lệ (%);\n"
    found = outcome(head + "1;#N;%;45;88,25;BC\n2;#C;bản sao;3;;BC\n")
    assert found.values == {"II.15": VALUE, "6.4a": "3"}


def test_a_count_without_a_unit_is_no_rate() -> None:
    assert outcome("STT;Chỉ tiêu;Số lượng;Nguồn\n1;#N;45;BC\n").refused == "which-column"
    assert outcome("STT;Chỉ tiêu;Kết quả (%);Nguồn\n1;#C;45;BC\n").values == {}


@pytest.mark.parametrize(
    "heading",
    [
        "Kết quả thực hiện đến 31/3/2026",
        "Thực hiện quý I",
        "Kết quả 3 tháng đầu năm 2026",
        "KQ thực hiện",
        "Kết quả Quý 1-2026",
        "Q1/2026",
        "Số liệu quý I",
        "Đạt được",
        "Thực hiện 2026",
        "Kết quả tháng 3/2026",
        "Kết quả đến thời điểm báo cáo",
        "Ước thực hiện quý I/2026",
        "Kết quả thực hiện Quý I/2026",
        "Kết quả",
        "Ket qua thuc hien",
        "KẾT QUẢ THỰC HIỆN QUÝ I NĂM 2026",
        "Kết quả thực hiện kế hoạch",
        "Kết quả quý I (tính đến ngày 14/3/2026)",
    ],
)
def test_usual_headings_of_the_result(heading: str) -> None:
    assert outcome(f"STT;Chỉ tiêu;ĐVT;{heading};Nguồn\n1;#N;%;88,25;BC 45\n").values == {"II.15": VALUE}


@pytest.mark.parametrize(
    "heading",
    [
        "Kết quả (năm 2025)",
        "Kết quả (ước cả năm)",
        "Kết quả quý II/2026",
        "Kết quả cùng kỳ năm trước",
        "Kế hoạch quý I/2026",
        "Kết quả (kế hoạch)",
        "Kết quả xã Kẻ Sặt năm 2025",
        "Kết quả đến 31/12/2025",
        "Quý I/2025",
        "Năm 2026",
        "So với cùng kỳ",
        "Kết quả so với kế hoạch",
        "Kẻ Sặt",
    ],
)
def test_headings_of_another_period_plan_or_comparison_are_no_result(heading: str) -> None:
    found = outcome(f"STT;Chỉ tiêu;ĐVT;{heading};Nguồn\n1;#N;%;88,25;BC 45\n")
    assert not found.values
    assert found.refused == "header"
    assert "chưa thấy cột kết quả" in found.message


def test_cumulative_figures_say_so() -> None:
    found = outcome("STT;Chỉ tiêu;Kết quả (lũy kế);Nguồn\n1;#N;88,25;BC 45\n")
    assert (found.values, found.bases, "column-understood" in found.noted) == ({"II.15": VALUE}, {"luy-ke"}, True)


@pytest.mark.parametrize(
    "head",
    [
        "STT;Chỉ tiêu;Kế hoạch;Thực hiện quý I;Tỷ lệ (%);Nguồn",
        "STT;Chỉ tiêu;Chỉ tiêu phải thực hiện;Kết quả thực hiện;Tỷ lệ thực hiện;Nguồn",
        "STT;Chỉ tiêu;Số liệu rà soát;Kết quả;Tỷ lệ;Nguồn",
        "STT;Chỉ tiêu;Kế hoạch;Ghi nhận;Tỷ lệ;Nguồn",
        "STT;Chỉ tiêu;Mục tiêu;Kết quả thẩm tra của tổ;Kết quả;Nguồn",
        "STT;Chỉ tiêu;Mục tiêu;;Kết quả;Nguồn",
    ],
)
def test_what_may_be_the_result_as_well_is_asked_and_can_be_answered(head: str) -> None:
    text = f"{head}\n1;#N;60;53;88,25;BC 45\n"
    asked = outcome(text)
    assert asked.refused in ("which-column", "heading-repeated")
    assert "quý I năm 2026" in asked.message
    code = re.search(r"(h[0-9a-f]{6}): ", asked.remedy)
    assert code is not None
    answer = "cột E" if ";;" in head and "“cột E”" in asked.remedy else head.split(";")[4]
    assert outcome(text, answers={code[1]: answer}).values == {"II.15": VALUE}


def test_an_answer_serves_the_same_form_of_the_next_period() -> None:
    head = "STT;Chỉ tiêu;Kế hoạch;Thực hiện quý {};Tỷ lệ (%);Nguồn\n1;#N;95;88,25;92,9;BC 45\n"
    codes = [
        re.search(r"h[0-9a-f]{6}", outcome(head.format(q), period=p).remedy)
        for q, p in (("I", "2026-Q1"), ("II", "2026-Q2"))
    ]
    assert codes[0] is not None
    assert codes[1] is not None
    assert codes[0][0] == codes[1][0]
    answered = outcome(head.format("II"), answers={codes[0][0]: "Thực hiện quý I"}, period="2026-Q2")
    assert answered.values == {"II.15": VALUE}


def test_the_missing_column_is_named_with_its_line() -> None:
    found = outcome("UBND;;;;\nSTT;Chỉ tiêu;ĐVT;Số đo;Nguồn\n1;#N;%;ab;BC\n")
    assert (found.refused, "chưa thấy cột kết quả" in found.message, "Số đo" in found.message) == ("header", True, True)


BASE = ["STT", "Chỉ tiêu", "ĐVT", "Kết quả", "Nguồn"]
ADDED = st.sampled_from(
    [
        ("Xã", "Kẻ Sặt"), ("Kỳ báo cáo", "Quý IV/2025"), ("Năm 2025", "12"), ("Quý I/2026", "12"), ("Tỷ lệ", "12"),
        ("Kế hoạch", "12"), ("", "12"), ("Số liệu khác", "12"), ("Kết quả (năm 2025)", "12"), ("Kẻ Sặt", "12"),
        ("Lũy kế", "12"), ("Tử số", "12"), ("Ghi chú", "cũ 12"), ("Bảng X", "12"), ("Địa phương", "Bình Giang"),
    ]
)  # fmt: skip


def _silently_changed(found: Outcome) -> bool:
    return found.values not in ({"II.15": VALUE}, {}) or (not found.values and not (found.refused or found.out))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    added=st.lists(ADDED, max_size=3),
    order=st.randoms(use_true_random=False),
    hidden=st.integers(-1, 7),
    struck=st.integers(-1, 7),
)
def test_added_moved_hidden_and_struck_columns_never_change_a_value_in_silence(
    added: list[tuple[str, str]], order: object, hidden: int, struck: int
) -> None:
    from openpyxl.styles import Font

    from pipeline.intake import examiner, reader, workbook
    from tests.intake.outcomes import N

    columns = [*zip(BASE, ["1", N, "%", "88,25", "BC"], strict=True), *added]
    order.shuffle(columns)  # type: ignore[attr-defined]

    def change(sheet: object) -> None:
        if 0 <= hidden < len(columns):
            sheet.column_dimensions["ABCDEFGH"[hidden]].hidden = True  # type: ignore[attr-defined]
        if 0 <= struck < len(columns):
            for line in (1, 2):
                sheet.cell(line, struck + 1).font = Font(strike=True)  # type: ignore[attr-defined]

    content = book([[name or None for name, _ in columns], [text for _, text in columns]], change)
    with pytest.MonkeyPatch.context() as patch:
        here = lambda data, kind: [workbook._grid(sheet) for sheet in examiner.read(data)]  # noqa: E731
        patch.setattr(reader, "read_in_child", here)
        found = outcome(content, "a.xlsx")
    assert not _silently_changed(found)


def test_a_unit_below_or_in_a_heading_is_that_of_the_rows() -> None:
    for head in ("STT;Chỉ tiêu;Kết quả;Nguồn\n;;(hồ sơ);\n", "STT;Chỉ tiêu;Kết quả (nghìn hồ sơ);Nguồn\n"):
        assert set(outcome(head + "1;#N;70;BC\n").out.values()) == {"unit-agrees"}
    assert outcome("STT;Chỉ tiêu;Kết quả;Nguồn\n;;%;\n1;#N;88,25;BC\n").values == {"II.15": VALUE}


def test_a_rate_that_its_row_proves_is_the_result() -> None:
    head = "STT;Chỉ tiêu;Số lượng;Tổng số;Tỷ lệ;Nguồn\n"
    assert outcome(head + "1;#N;353;400;88,25;BC\n").values == {"II.15": VALUE}
    assert outcome(head + "1;#N;353;400;90;BC\n").refused == "which-column"


def test_a_note_of_another_period_keeps_the_row_out() -> None:
    head = "STT;Chỉ tiêu;Kết quả;Nguồn;Ghi chú\n"
    assert outcome(head + "1;#N;70;BC;số liệu quý IV/2025\n").out == {2: "other-period"}
    assert outcome(head + "1;#N;88,25;BC;tăng 5 điểm so với quý IV/2025\n").values == {"II.15": VALUE}


def test_a_row_with_words_of_headings_is_no_head() -> None:
    head = "Chỉ tiêu;ĐVT;Kết quả;Nguồn;Thời điểm\n"
    rows = "#N;%;Chưa đến hạn;BC;Quý I/2026\nSố nhiệm vụ;nhiệm vụ;Chưa đến hạn;BC;Quý I/2026\n"
    found = outcome(head + rows + "#C;bản sao;3;BC;Quý I/2026\n")
    assert (found.values["6.4a"], set(found.out)) == ("3", {3})


def test_the_last_quarter_is_not_the_year() -> None:
    head = "STT;Chỉ tiêu;{};Nguồn\n1;#N;88,25;BC\n"
    assert outcome(head.format("Kết quả quý IV/2025"), period="2025").refused == "header"
    assert outcome(head.format("Kết quả đến 31/12/2025"), period="2025").values == {"II.15": VALUE}
    assert outcome(head.format("Kết quả năm 2025"), period="2025").values == {"II.15": VALUE}


@pytest.mark.parametrize("heading", ["Kết quả năm 2025", "Kết quả", "KQ thực hiện cả năm 2025"])
def test_the_final_edition_of_a_year_is_named_by_its_year(heading: str) -> None:
    text = f"BÁO CÁO NĂM 2025;;;\nSTT;Chỉ tiêu;{heading};Nguồn\n1;#N;88,25;BC 45\n"
    assert outcome(text, period="2025-F").values == {"II.15": "88.25"}
    assert outcome(text, period="2026-F").refused in ("other-period", "header")
