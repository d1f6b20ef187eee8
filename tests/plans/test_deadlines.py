from datetime import date

import pytest

from pipeline.plans.deadlines import DeadlineKind, DeadlineSyntaxError, parse_deadline, parse_deadlines

# Every deadline text of the five documents, by hand, and forms that officials use elsewhere.
CASES = [
    ("", "none", None),
    ("Thường xuyên", "recurring", None),
    ("Hằng năm", "recurring", None),
    ("định kỳ", "recurring", None),
    ("Định kỳ", "recurring", None),
    ("định kỳ tháng, quý, năm", "recurring", None),
    ("theo hướng dẫn của Sở Nội vụ thành phố", "by guidance", None),
    ("Theo thời gian tại các Nghị quyết, Quyết định, Kế hoạch đã phê duyệt", "by guidance", None),
    ("Tháng 10/2025", "month", date(2025, 10, 31)),
    ("Tháng 12/2025", "month", date(2025, 12, 31)),
    ("Tháng 2/2028", "month", date(2028, 2, 29)),
    ("trước tháng 6 năm 2023", "month", date(2023, 5, 31)),
    ("trước tháng 01/2026", "month", date(2025, 12, 31)),
    ("Quý III/2026", "quarter", date(2026, 9, 30)),
    ("trong quý I/2023", "quarter", date(2023, 3, 31)),
    ("trong quý II/2023", "quarter", date(2023, 6, 30)),
    ("Quý IV năm 2026", "quarter", date(2026, 12, 31)),
    ("trong năm 2023", "year", date(2023, 12, 31)),
    ("trong năm 2026", "year", date(2026, 12, 31)),
    ("năm 2023", "year", date(2023, 12, 31)),
    ("năm 2026", "year", date(2026, 12, 31)),
    ("giai đoạn 2021-2025", "span", date(2025, 12, 31)),
    ("thường xuyên", "recurring", None),
    ("hàng năm", "recurring", None),
    ("định kỳ hằng năm", "recurring", None),
    ("định kỳ theo quy định", "recurring", None),
    ("ngày 15/6/2026", "date", date(2026, 6, 15)),
    ("trước ngày 15/6/2026", "date", date(2026, 6, 14)),
]


@pytest.mark.parametrize(("text", "kind", "due"), CASES)
def test_deadlines(text: str, kind: str, due: date | None) -> None:
    deadline = parse_deadline(text)
    assert (deadline.kind, deadline.due) == (DeadlineKind(kind), due)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("Định kỳ 6 tháng", 6),
        ("định kỳ 03 năm", 36),
        ("định kỳ 6 tháng, năm", 6),
        ("định kỳ hằng quý", 3),
        ("định kỳ ngày 25 tháng cuối quý", 3),
        ("trước ngày 15 hằng tháng", 1),
        ("trước ngày 15 của tháng cuối quý", 3),
        ("Trước 15/3, 15/6, 15/9, 15/12 hàng năm", 3),
        ("trước ngày 20/6 và 20/12 hằng năm", 6),
        ("2 lần/năm", 6),
        ("6 tháng/lần", 6),
        ("Hằng năm, trước ngày 15/12", 12),
        ("định kỳ", None),
    ],
)
def test_how_often_a_recurring_task_is_reported(text: str, months: int | None) -> None:
    assert parse_deadline(text).every_months == months


def test_every_printed_deadline_is_in_the_list(registry) -> None:
    printed = {task.deadline for plan in registry.plans for task in plan.tasks}
    assert printed <= {text for text, _, _ in CASES}


@pytest.mark.parametrize(
    "text", ["sớm", "31/02/2026", "Tháng 13/2026", "Quý V/2026", "năm 26", "Tháng 10", "sau 30/6/2026"]
)
def test_other_deadlines_are_refused_by_name(text: str) -> None:
    with pytest.raises(DeadlineSyntaxError, match=text):
        parse_deadline(text)


CIVIL = [
    ("2025", "year", date(2025, 12, 31)),
    ("đến cuối năm 2025", "year", date(2025, 12, 31)),
    ("12/2025", "month", date(2025, 12, 31)),
    ("30.6.2026.", "date", date(2026, 6, 30)),
    ("CHẬM NHẤT LÀ NGÀY 30 THÁNG 6 NĂM 2026", "date", date(2026, 6, 30)),
    ("Không muộn hơn ngày 30/6/2026", "date", date(2026, 6, 30)),
    ("Thời gian hoàn thành: Quý IV/2026", "quarter", date(2026, 12, 31)),
    ("6 tháng đầu năm 2026", "half", date(2026, 6, 30)),
    ("tháng 3-5/2026", "span", date(2026, 5, 31)),
    ("quý III, IV/2026", "span", date(2026, 12, 31)),
    ("từ 15/3 đến 30/4/2026", "span", date(2026, 4, 30)),
    ("Giai đoạn 2026 - 2030", "span", date(2030, 12, 31)),
    ("Năm 2025 và các năm tiếp theo", "continuing", date(2025, 12, 31)),
    ("đến năm 2030, tầm nhìn 2045", "year", date(2030, 12, 31)),
    ("sau 03 tháng kể từ ngày Luật có hiệu lực", "by guidance", None),
    ("Theo lộ trình", "by guidance", None),
    ("Theo Quyết định số 411/QĐ-TTg ngày 31/3/2022", "by guidance", None),
]


@pytest.mark.parametrize(("text", "kind", "due"), CIVIL)
def test_deadlines_of_other_plans_by_the_civil_calendar(text: str, kind: str, due: date | None) -> None:
    deadline = parse_deadline(text)
    assert (deadline.kind, deadline.due) == (kind, due)


def test_before_a_time_is_the_day_before_it_begins() -> None:
    for text, due in (("trước năm 2026", date(2025, 12, 31)), ("xong trước quý IV/2026", date(2026, 9, 30))):
        deadline = parse_deadline(text)
        assert (deadline.before, deadline.due) == (True, due)
    # An hour of a day leaves the day itself.
    assert parse_deadline("Trước 17 giờ 00 ngày 15/6/2026").due == date(2026, 6, 15)


REFUSED = {
    "trong tháng 3-5": "thiếu năm",
    "đến cuối năm": "thiếu năm",
    "trước cuối tháng 6/2026": "trước ngày cuối, hoặc đến hết",
    "từ ngày 01/7/2025": "chỉ có ngày bắt đầu",
    "Từ năm 2026 trở đi": "chỉ có ngày bắt đầu",
    "6 tháng": "thời lượng, hoặc việc định kỳ",
    "Theo kế hoạch, trước ngày 30/6/2026": "vừa theo văn bản",
    "Theo Quyết định số 411/QĐ-TTg, trước 30/6/2026": "vừa theo văn bản",
    "2025 - 2024": "kết thúc trước khi bắt đầu",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_open_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(DeadlineSyntaxError, match=REFUSED[text]):
        parse_deadline(text)


def test_a_list_of_days_is_several_deadlines() -> None:
    found = parse_deadlines("30/6 và 31/12/2025")
    assert [(text, deadline.due) for text, deadline in found] == [
        ("30/6", date(2025, 6, 30)),
        ("31/12/2025", date(2025, 12, 31)),
    ]
    for text in ("31/12/2025 và sớm hơn", "Trước ngày 15/6 và 15/12/2026"):
        with pytest.raises(DeadlineSyntaxError):
            parse_deadlines(text)
