"""From December to the report after the year: what is done and measured in its last days, and after the plan."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.completion.statuses import PlanState, Status, TaskStatus
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import read_registry
from pipeline.report.cell_texts import value_and_estimate
from pipeline.report.words import VIETNAMESE
from pipeline.senders.form import ESTIMATE, form_of
from tests.factories import copy_raw, submit

PLACE, PLAN = "binh-giang", "binh-giang-2026"
EDITIONS = ("2026-Q1", "2026-Q2", "2026-H1", "2026-9M", "2026", "2026-F", "2027-Q1")
VALUE = {"plan": PLAN, "group": "II", "no": "15", "unit": "%", "basis": "tại thời điểm"}
TASK = {"plan": PLAN, "group": "6", "no": "6.2"}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = copy_raw(tmp_path)
    shutil.rmtree(layout.submissions)
    return layout


def _report(layout: Layout, period: str) -> Completion:
    registry = read_registry(layout, PLACE)
    intake = validate_period(layout, registry, PLACE, Period.parse(period))
    return evaluate(registry, registry.locality(PLACE), Period.parse(period), intake)


def _row(completion: Completion, label: str = "II.15") -> IndicatorResult:
    return next(r for plan in completion.plans for r in plan.indicators if r.key.label == label)


def _task(completion: Completion, label: str = "6.2") -> TaskResult:
    return next(t for plan in completion.plans for t in plan.tasks if t.key.label == label)


def test_a_year_target_is_missed_only_when_the_year_is_over(layout: Layout) -> None:
    value = VALUE | {"value": "94,9", "as_of": "2026-12-10"}
    submit(layout.root, PLACE, "2026", FileKind.OBSERVATIONS, value)
    december, final = _report(layout, "2026"), _report(layout, "2026-F")
    assert (december.cut_off, final.cut_off) == (date(2026, 12, 14), date(2026, 12, 31))
    assert (_row(december).status, _row(december).days_left) == (Status.NOT_YET_MET, 17)
    assert (_row(final).status, _row(final).days_left) == (Status.MISSED, None)


@pytest.mark.parametrize("sent_for", ["2026-F", "2027-Q1"])
def test_the_value_of_the_last_day_counts_for_the_year(layout: Layout, sent_for: str) -> None:
    submit(layout.root, PLACE, "2026", FileKind.OBSERVATIONS, VALUE | {"value": "94,9", "as_of": "2026-12-10"})
    submit(layout.root, PLACE, sent_for, FileKind.OBSERVATIONS, VALUE | {"value": "95,3", "as_of": "2026-12-31"})
    assert _row(_report(layout, "2026-F")).status is Status.MET
    assert _row(_report(layout, "2026")).status is Status.NOT_YET_MET  # not known on 14 December
    after = _row(_report(layout, "2027-Q1"))
    assert after.status is Status.PLAN_NOT_IN_FORCE
    assert [(v.status, v.target.due) for v in after.past] == [(Status.MET, date(2026, 12, 31))]


@pytest.mark.parametrize("sent_for", ["2026-F", "2027-Q1"])
def test_a_task_done_in_the_last_days_is_in_time_and_counted_once(layout: Layout, sent_for: str) -> None:
    submit(layout.root, PLACE, "2026", FileKind.TASKS, TASK | {"started_on": "2026-11-02"})
    done = TASK | {"started_on": "2026-11-02", "finished_on": "2026-12-20", "product": "Báo cáo"}
    submit(layout.root, PLACE, sent_for, FileKind.TASKS, done)
    statuses = {period: _task(_report(layout, period)).status for period in ("2026", "2026-F", "2027-Q1")}
    assert statuses == {
        "2026": TaskStatus.UNDER_WAY,
        "2026-F": TaskStatus.DONE_ON_TIME,
        "2027-Q1": TaskStatus.PLAN_NOT_IN_FORCE,  # the plan has ended; its tasks are counted in its final edition
    }
    assert [_report(layout, period).task_counts.done for period in statuses] == [0, 1, 0]


def test_a_task_that_was_not_done_is_overdue_in_the_final_edition(layout: Layout) -> None:
    submit(layout.root, PLACE, "2026", FileKind.TASKS, TASK | {"started_on": "2026-11-02"})
    task = _task(_report(layout, "2026-F"))
    assert (task.status, task.past_due) == (TaskStatus.UNDER_WAY_OVERDUE, True)


@pytest.mark.parametrize("period", ["2024", "2025", "2025-F"])
def test_tasks_of_an_ended_plan_get_no_verdict(period: str, layout: Layout) -> None:
    registry = read_registry(layout, "hai-phong")
    intake = validate_period(layout, registry, "hai-phong", Period.parse(period))
    (plan,) = evaluate(registry, registry.locality("hai-phong"), Period.parse(period), intake).plans
    assert plan.state is PlanState.EXPIRED
    outlasts = {"2024": TaskStatus.NOT_REPORTED, "2025": TaskStatus.NOT_REPORTED}  # 8.1 runs from 2021 to 2025
    expected = outlasts.get(period, TaskStatus.NOT_REPORTED_PAST_DUE)
    assert [(t.status, t.past_due) for t in plan.tasks if t.no == "8.1"] == [(expected, period == "2025-F")]
    ended = [t for t in plan.tasks if t.no != "8.1"]
    assert {(t.status, t.past_due, t.due_soon) for t in ended} == {(TaskStatus.PLAN_NOT_IN_FORCE, False, False)}
    assert {r.status for r in plan.indicators} == {Status.PLAN_NOT_IN_FORCE}


def test_a_target_that_outlasts_its_plan_is_judged_on_its_last_day(layout: Layout) -> None:
    """II.4 of 2026 asks for 100 % in 2025-2027."""
    row = VALUE | {"no": "4", "value": "96"}
    submit(layout.root, PLACE, "2027-Q1", FileKind.OBSERVATIONS, row | {"as_of": "2027-03-10"})
    submit(layout.root, PLACE, "2027-F", FileKind.OBSERVATIONS, row | {"as_of": "2027-12-31"})
    first, last, after = (_row(_report(layout, period), "II.4") for period in ("2027-Q1", "2027-F", "2028-Q1"))
    assert first.status not in (Status.PLAN_NOT_IN_FORCE, Status.MISSED)
    assert first.target is not None
    assert (first.target.due, first.days_left) == (date(2027, 12, 31), 292)
    assert (last.status, after.status) == (Status.MISSED, Status.PLAN_NOT_IN_FORCE)
    assert [(v.status, v.target.due) for v in after.past] == [(Status.MISSED, date(2027, 12, 31))]
    assert _report(layout, "2027-Q1").rate.total == 0  # in no rate of a year that is not its own
    registry = read_registry(layout, PLACE)
    asked = {p: form_of(registry, registry.locality(PLACE), Period.parse(p), ()) for p in ("2027-Q1", "2027-F", "2028")}
    assert {row[0] for row in asked["2027-Q1"].indicators} == {f"{PLAN}/II.{n}" for n in (4, 8, 9, 10, 17)}
    assert asked["2027-F"].indicators == asked["2027-Q1"].indicators
    assert (asked["2028"].indicators, asked["2027-Q1"].tasks) == ((), ())


@pytest.mark.parametrize(
    ("basis", "takes"),
    [
        ("tại thời điểm", {"2026", "2026-F", "2026-Q1", "2026-H1", "2026-9M"}),
        ("lũy kế", {"2026", "2026-F", "2026-Q1", "2026-H1", "2026-9M"}),
        ("trong kỳ", {"2026-Q1"}),
    ],
)
def test_which_reports_judge_a_value_of_march(layout: Layout, basis: str, takes: set[str]) -> None:
    value = VALUE | {"value": "96", "as_of": "2026-03-10", "basis": basis}
    submit(layout.root, PLACE, "2026-Q1", FileKind.OBSERVATIONS, value)
    judged = {edition for edition in EDITIONS if _row(_report(layout, edition)).status is Status.MET}
    assert judged == takes


def test_what_was_sent_late_is_taken_by_the_report_of_its_day(layout: Layout) -> None:
    submit(layout.root, PLACE, "2026-H1", FileKind.OBSERVATIONS, VALUE | {"value": "96", "as_of": "2026-03-10"})
    submit(layout.root, PLACE, "2026-H1", FileKind.TASKS, TASK | {"finished_on": "2026-03-11", "product": "Báo cáo"})
    first, second = _report(layout, "2026-Q1"), _report(layout, "2026-Q2")
    assert (_row(first).status, _task(first).status) == (Status.MET, TaskStatus.DONE_ON_TIME)
    assert _row(second).status is Status.NOT_SUBMITTED


def test_the_estimate_stands_beside_the_value_and_judges_nothing(layout: Layout) -> None:
    value = VALUE | {"value": "94,9", "as_of": "2026-12-10", "estimate": "96"}
    submit(layout.root, PLACE, "2026", FileKind.OBSERVATIONS, value)
    december, final = _row(_report(layout, "2026")), _row(_report(layout, "2026-F"))
    assert december.estimate is not None
    assert (december.estimate.exact, december.status) == (96, Status.NOT_YET_MET)
    assert (final.estimate, final.status) == (None, Status.MISSED)


def test_an_estimate_is_asked_for_until_the_year_has_closed(layout: Layout) -> None:
    from pipeline.senders.form_workbook import indicator_columns

    parts = ("", "F", "Q1", "Q4", "H1", "9M", "03", "12")
    asked = [part for part in parts if ESTIMATE in indicator_columns(Period(2026, part))]
    assert asked == [part for part in parts if part != "F"]
    value = VALUE | {"value": "90", "as_of": "2026-03-10", "estimate": "96"}
    submit(layout.root, PLACE, "2026-Q1", FileKind.OBSERVATIONS, value)
    first, half = _row(_report(layout, "2026-Q1")), _row(_report(layout, "2026-H1"))
    assert first.estimate is not None
    assert first.observation is not None
    assert first.observation.value is not None
    assert (first.estimate.exact, first.observation.value.exact) == (96, 90)
    assert "ước cả năm: 96%" in value_and_estimate(first, _report(layout, "2026-Q1"), VIETNAMESE)
    assert first.status is not Status.MET  # 95 is asked for
    assert half.estimate is None  # of the report with which it was sent


def test_every_day_has_a_final_edition_and_a_form_that_takes_it(layout: Layout) -> None:
    """A value and a fact of every day of two years, sent with the final edition of its year."""
    registry = read_registry(layout, "cat-hai")
    row = {"plan": "cat-hai-nq57", "annex": "PL2", "group": "IV", "no": "26", "value": "50"}
    for year in (2026, 2027):
        period = Period(year, "F")
        form = form_of(registry, registry.locality("cat-hai"), period, ())
        assert form.indicators
        assert form.tasks
        days = list(_days(year))
        assert [day for day in days if not form.start <= day <= form.cut_off] == []
        rows = [row | {"as_of": day.isoformat()} for day in days]
        submit(layout.root, "cat-hai", str(period), FileKind.OBSERVATIONS, *rows)
        tasks = [t for p in registry.plans_of("cat-hai") if p.id == "cat-hai-nq57" for t in p.assignments]
        facts = [
            {
                "plan": "cat-hai-nq57",
                "annex": task.annex,
                "group": task.group,
                "no": task.no,
                "finished_on": day.isoformat(),
                "product": "Báo cáo",
            }
            for task, day in zip(tasks, [*days[-16:], *days[:16]], strict=False)
        ]
        submit(layout.root, "cat-hai", str(period), FileKind.TASKS, *facts)
        intake = validate_period(layout, registry, "cat-hai", period)
        assert (len(intake.observations), len(intake.tasks), intake.quarantined) == (len(days), len(facts), ())


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)
