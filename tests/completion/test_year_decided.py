"""What a target of a year came to: its final edition and every later report say the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion, IndicatorResult, PastVerdict
from pipeline.completion.statuses import ABSENT, Status, TaskStatus
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import read_registry
from pipeline.report.cell_texts import previous_value
from pipeline.report.words import VIETNAMESE, Words
from tests.completion.recomputation import Report
from tests.factories import copy_raw, submit
from tests.made_up_year import PLACE, PLAN, write_cat_hai, write_perfect_year, write_year

Reports = Callable[[str, str, str], Completion]
WRITERS = {"walk": write_year, "perfect": write_perfect_year, "cat-hai": write_cat_hai, "real": copy_raw}
LATER = [
    *(("walk", PLACE, 2026, period) for period in ("2027-Q1", "2028")),
    ("perfect", PLACE, 2026, "2027-Q1"),
    *(("cat-hai", "cat-hai", 2025, period) for period in ("2026-Q1", "2026")),
    ("real", "cat-hai", 2025, "2026-9M"),
    ("real", "hai-phong", 2025, "2026-Q1"),
]


@pytest.fixture(scope="module")
def layouts(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Layout]:
    return cache(lambda kind: WRITERS[kind](tmp_path_factory.mktemp(kind)))


@pytest.fixture(scope="module")
def reports(layouts: Callable[[str], Layout]) -> Reports:
    return cache(lambda kind, place, period: _report(layouts(kind), place, period))


@pytest.fixture
def empty(tmp_path: Path) -> Layout:
    layout = copy_raw(tmp_path)
    shutil.rmtree(layout.submissions)
    return layout


def _report(layout: Layout, place: str, period: str) -> Completion:
    registry, when = read_registry(layout, place), Period.parse(period)
    return evaluate(registry, registry.locality(place), when, validate_period(layout, registry, place, when))


def _rows(completion: Completion) -> dict[str, IndicatorResult]:
    return {row.code: row for plan in completion.plans for row in plan.indicators}


def _of_year(row: IndicatorResult, year: int) -> list[PastVerdict]:
    return [verdict for verdict in row.past if verdict.target.due == date(year, 12, 31)]


def _said(status: Status) -> str:
    return "absent" if status in ABSENT else status.value


@pytest.mark.parametrize(("kind", "place", "year", "period"), LATER)
def test_a_later_report_says_of_a_year_what_its_final_edition_says(
    kind: str, place: str, year: int, period: str, reports: Reports
) -> None:
    final = _rows(reports(kind, place, f"{year}-F"))
    later = {code: _of_year(row, year) for code, row in _rows(reports(kind, place, period)).items()}
    compared = {
        code: (_said(verdict.status), _said(final[code].status))
        for code, verdicts in later.items()
        for verdict in verdicts
        if final[code].target == verdict.target and final[code].status is not Status.PLAN_NOT_IN_FORCE
    }
    assert {code: pair for code, pair in compared.items() if pair[0] != pair[1]} == {}
    due = {
        code
        for code, row in final.items()
        if row.target and row.target.due == date(year, 12, 31) and row.counted and not row.target.yearly
    }
    assert due - compared.keys() == set()
    assert compared or place == "hai-phong"


def test_what_a_later_report_says_is_found_again(reports: Reports, layouts: Callable[[str], Layout]) -> None:
    """By the recomputation, which shares no code: of 17 targets of 2026, 14 met, 2 missed, 1 without a value."""
    again = Report(layouts("walk").raw, PLACE, "2026-F").result().rows
    rows = _rows(reports("walk", PLACE, "2027-Q1"))
    said = {code: verdict.status for code, row in rows.items() for verdict in _of_year(row, 2026)}
    assert said == {code: again[code].status for code in said}
    indicators = [said[code] for code, row in rows.items() if code in said and row.kind == "indicator"]
    assert [indicators.count(status) for status in ("met", "missed", "not-submitted")] == [14, 2, 1]


@pytest.mark.parametrize("sent_for", ["2026", "2026-F", "2027-Q1", "2027-Q2"])
@pytest.mark.parametrize("basis", ["tại thời điểm", "trong kỳ"])
def test_it_holds_whatever_the_basis_and_whenever_it_is_sent(basis: str, sent_for: str, empty: Layout) -> None:
    value = {"plan": PLAN, "group": "II", "no": "15", "unit": "%", "basis": basis, "value": "96"}
    submit(empty.root, PLACE, sent_for, FileKind.OBSERVATIONS, value | {"as_of": "2026-12-10"})
    code = f"{PLAN}/II.15"
    final = _rows(_report(empty, PLACE, "2026-F"))[code].status
    assert (final is Status.MET) is (sent_for == "2026-F" or (basis != "trong kỳ" and sent_for != "2027-Q2"))
    for period in ("2027-Q1", "2027-Q2"):
        (verdict,) = _rows(_report(empty, PLACE, period))[code].past
        assert _said(verdict.status) == _said(final), period


def test_a_value_within_the_report_of_december_is_shown_and_decides_nothing(reports: Reports) -> None:
    """PL2.IV.26 of Cát Hải: 72 % “trong kỳ” of the report of 2025, against ≥ 70 % in 2025."""
    code = "cat-hai-nq57/PL2.IV.26"
    final, later = (_rows(reports("cat-hai", "cat-hai", period))[code] for period in ("2025-F", "2026-Q1"))
    assert _rows(reports("cat-hai", "cat-hai", "2025"))[code].status is Status.MET
    assert (final.status, final.observation) == (Status.NOT_SUBMITTED, None)
    shown = previous_value(final, reports("cat-hai", "cat-hai", "2025-F"), Words("vi", "official"))
    assert shown == "72 (số trong kỳ của báo cáo năm 2025)"
    (verdict,) = later.past
    assert VIETNAMESE.past(verdict, later.unit).replace("\u00a0", " ") == (
        "mục tiêu năm 2025 (≥ 70%): không có số liệu vào ngày đến hạn; số trong kỳ của báo cáo năm 2025: 72%"
    )


def test_a_task_sent_later_is_done_in_every_report_after_its_day(empty: Layout) -> None:
    fact = {"plan": PLAN, "group": "6", "no": "6.2", "finished_on": "2026-12-10", "product": "Báo cáo"}
    submit(empty.root, PLACE, "2027-H1", FileKind.TASKS, fact)
    said = {}
    for period in ("2026", "2026-F", "2027-Q1", "2027-H1"):
        completion = _report(empty, PLACE, period)
        task = next(t for plan in completion.plans for t in plan.tasks if t.key.label == "6.2")
        said[period] = (task.status, task.past_status, completion.task_counts.done)
    done = TaskStatus.DONE_ON_TIME
    assert said == {
        "2026": (TaskStatus.NOT_REPORTED, None, 0),  # the report with the fact starts on 15/12/2026
        "2026-F": (done, None, 1),
        "2027-Q1": (TaskStatus.PLAN_NOT_IN_FORCE, done, 0),
        "2027-H1": (TaskStatus.PLAN_NOT_IN_FORCE, done, 0),
    }


def test_what_was_due_without_a_report_stays_said(reports: Reports) -> None:
    """8.1 of Hải Phòng runs to 31/12/2025, two years after its plan; nobody has reported on it."""
    said = {}
    for period in ("2025", "2025-F", "2026-Q1"):
        (plan,) = reports("real", "hai-phong", period).plans
        said[period] = next((t.status, t.past_status) for t in plan.tasks if t.no == "8.1")
    assert said == {
        "2025": (TaskStatus.NOT_REPORTED, None),
        "2025-F": (TaskStatus.NOT_REPORTED_PAST_DUE, None),
        "2026-Q1": (TaskStatus.PLAN_NOT_IN_FORCE, TaskStatus.NOT_REPORTED_PAST_DUE),
    }


def test_the_walk_keeps_what_was_done(reports: Reports) -> None:
    """3.4, 9.1 and 6.2 in time, 2.1 without a deadline; VI.3.3 and the 27 others are not done."""
    (plan,) = reports("walk", PLACE, "2027-Q1").plans
    settled = {task.key.label: task.past_status for task in plan.tasks if task.past_status}
    in_time = dict.fromkeys(("3.4", "9.1", "6.2"), TaskStatus.DONE_ON_TIME)
    assert settled == in_time | {"2.1": TaskStatus.DONE_UNDATED}
    assert plan.task_counts.done == 0


def test_no_value_after_the_due_day_is_offered_for_it(reports: Reports) -> None:
    """2.2 and 2.5 of the plan of 2025: values of June 2026 of similar concepts could not decide them."""
    rows = _rows(reports("cat-hai", "cat-hai", "2026-H1"))
    for label in ("2.2", "2.5"):
        row = rows[f"cat-hai-2025-h2/{label}"]
        assert [verdict.status for verdict in row.past] == [Status.NOT_SUBMITTED]
        assert [o for o in row.near if o.as_of > date(2025, 12, 31)] == []
