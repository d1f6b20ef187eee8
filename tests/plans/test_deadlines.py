from datetime import date

import pytest

from pipeline.plans.deadlines import DeadlineKind, DeadlineSyntaxError, parse_deadline

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
    ("giai đoạn 2021-2025", "year", date(2025, 12, 31)),
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
        ("định kỳ ngày 25 tháng cuối quý", 1),
        ("định kỳ", None),
    ],
)
def test_how_often_a_recurring_task_is_reported(text: str, months: int | None) -> None:
    assert parse_deadline(text).every_months == months


def test_every_printed_deadline_is_in_the_list(registry) -> None:
    printed = {task.deadline for plan in registry.plans for task in plan.tasks}
    assert printed <= {text for text, _, _ in CASES}


@pytest.mark.parametrize("text", ["sớm", "31/02/2026", "Tháng 13/2026", "Quý V/2026", "năm 26", "Tháng 10", "2026"])
def test_other_deadlines_are_refused_by_name(text: str) -> None:
    with pytest.raises(DeadlineSyntaxError, match=text):
        parse_deadline(text)
