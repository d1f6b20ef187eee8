from datetime import date

import pytest

from pipeline.completion.statuses import TaskStatus
from pipeline.completion.tasks import is_due_soon, latest_facts, months_before, task_status
from pipeline.intake.rows import Origin, TaskFact
from pipeline.plans.deadlines import parse_deadline

CUT_OFF = date(2026, 6, 14)
BEFORE, AFTER = date(2026, 6, 14), date(2026, 6, 15)


def _fact(**days: date) -> TaskFact:
    return TaskFact(plan="p", key=("", "1", "1"), origin=Origin(file="a.csv", sha256="0" * 64, line=2), **days)


@pytest.mark.parametrize(
    ("deadline", "fact", "status"),
    [
        ("Tháng 12/2026", None, TaskStatus.NOT_REPORTED),
        ("Tháng 5/2026", None, TaskStatus.NOT_REPORTED_PAST_DUE),  # absence is not "not started"
        ("Tháng 12/2026", _fact(), TaskStatus.NOT_STARTED),
        ("Tháng 5/2026", _fact(), TaskStatus.NOT_STARTED_OVERDUE),
        ("Tháng 12/2026", _fact(started_on=BEFORE), TaskStatus.UNDER_WAY),
        ("Tháng 12/2026", _fact(started_on=AFTER), TaskStatus.NOT_STARTED),  # not known yet
        ("Tháng 5/2026", _fact(started_on=BEFORE), TaskStatus.UNDER_WAY_OVERDUE),
        ("ngày 14/6/2026", _fact(finished_on=BEFORE), TaskStatus.DONE_ON_TIME),
        ("ngày 13/6/2026", _fact(finished_on=BEFORE), TaskStatus.DONE_LATE),
        ("ngày 14/6/2026", _fact(started_on=BEFORE, finished_on=AFTER), TaskStatus.UNDER_WAY_OVERDUE),
        ("ngày 13/6/2026", _fact(finished_on=AFTER), TaskStatus.NOT_STARTED_OVERDUE),
        ("", _fact(finished_on=BEFORE), TaskStatus.DONE_UNDATED),
        ("", _fact(started_on=BEFORE), TaskStatus.UNDATED),
        ("theo hướng dẫn của Sở", _fact(), TaskStatus.UNDATED_NOT_STARTED),
        ("Thường xuyên", _fact(reported_on=BEFORE), TaskStatus.RECURRING),
        ("Thường xuyên", _fact(), TaskStatus.NOT_REPORTED),
        ("Thường xuyên", _fact(reported_on=AFTER), TaskStatus.NOT_REPORTED),
        ("Thường xuyên", _fact(reported_on=date(2025, 6, 15)), TaskStatus.RECURRING),  # once a year, as of no frequency
        ("Thường xuyên", _fact(reported_on=date(2025, 6, 14)), TaskStatus.RECURRING_LAPSED),
        ("hằng tháng", _fact(reported_on=date(2026, 5, 15)), TaskStatus.RECURRING),
        ("hằng tháng", _fact(reported_on=date(2026, 5, 14)), TaskStatus.RECURRING_LAPSED),
        ("định kỳ hằng quý", _fact(reported_on=date(2026, 3, 15)), TaskStatus.RECURRING),
        ("định kỳ hằng quý", _fact(reported_on=date(2026, 3, 14)), TaskStatus.RECURRING_LAPSED),
        ("định kỳ tháng, quý, năm", _fact(reported_on=date(2026, 5, 14)), TaskStatus.RECURRING_LAPSED),
        ("Tháng 5/2026", _fact(suspended_on=BEFORE), TaskStatus.SUSPENDED),
        ("Tháng 5/2026", _fact(suspended_on=AFTER), TaskStatus.NOT_STARTED_OVERDUE),
        ("Tháng 5/2026", _fact(suspended_on=date(2026, 3, 1), started_on=BEFORE), TaskStatus.UNDER_WAY_OVERDUE),
        ("Tháng 7/2026", _fact(suspended_on=date(2026, 3, 1), started_on=date(2026, 2, 1)), TaskStatus.SUSPENDED),
        ("Tháng 7/2026", _fact(suspended_on=date(2026, 3, 1), started_on=date(2026, 3, 1)), TaskStatus.SUSPENDED),
        ("Tháng 7/2026", _fact(suspended_on=date(2026, 3, 1), finished_on=BEFORE), TaskStatus.DONE_ON_TIME),
    ],
)
def test_task_status(deadline: str, fact: TaskFact | None, status: TaskStatus) -> None:
    assert task_status(parse_deadline(deadline), fact, CUT_OFF, 12) is status


@pytest.mark.parametrize(
    ("deadline", "soon"),
    [
        ("ngày 13/6/2026", False),
        ("ngày 14/6/2026", False),
        ("ngày 15/6/2026", True),
        ("ngày 29/6/2026", True),
        ("ngày 30/6/2026", False),
    ],
)
def test_due_soon_is_within_fifteen_days(deadline: str, soon: bool) -> None:
    assert is_due_soon(parse_deadline(deadline), TaskStatus.UNDER_WAY, CUT_OFF, 15) is soon


def test_facts_are_carried_over_until_replaced() -> None:
    first, second = _fact(started_on=date(2026, 1, 5)), _fact(finished_on=BEFORE)
    merged = latest_facts([first, second], CUT_OFF)
    assert merged is not None
    assert (merged.started_on, merged.finished_on) == (date(2026, 1, 5), BEFORE)
    moved = latest_facts([_fact(started_on=date(2026, 1, 5)), _fact(started_on=date(2026, 2, 1))], CUT_OFF)
    assert moved is not None
    assert moved.started_on == date(2026, 2, 1)
    assert latest_facts([], CUT_OFF) is None


def test_dates_after_the_cut_off_leave_earlier_facts_unchanged() -> None:
    merged = latest_facts([_fact(reported_on=date(2026, 3, 1)), _fact(reported_on=AFTER)], CUT_OFF)
    assert merged is not None
    assert merged.reported_on == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 6, 14), 12, date(2025, 6, 14)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 14), 1, date(2025, 12, 14)),
        (date(2026, 12, 14), 12, date(2025, 12, 14)),
    ],
)
def test_months_before(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before
