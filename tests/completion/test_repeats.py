"""Rows that are one thing are counted once, with the rows beside."""

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.completion.repeats import as_repeated, marked, once
from pipeline.completion.statuses import Status, TaskStatus
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.models import Kind
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.factories import submit


def _completion(layout: Layout, registry: Registry, locality: str, period: str) -> Completion:
    when = Period.parse(period)
    return evaluate(registry, registry.locality(locality), when, validate_period(layout, registry, locality, when))


def test_what_two_annexes_print_counts_once_at_the_stage_of_2030(layout: Layout, registry: Registry) -> None:
    """23 rows of Phụ lục 1 and 31 of Phụ lục 2 have a target for 2030; 13 of the former repeat the latter."""
    completion = _completion(layout, registry, "cat-hai", "2030")
    plan = next(plan for plan in completion.plans if plan.id == "cat-hai-nq57")
    counted = [row for row in plan.indicators if row.kind is Kind.INDICATOR and row.counted]
    assert (len(counted), completion.rate.total, completion.repeated_rows) == (54, 41, 13)
    assert {row.key.label for row in counted if row.repeats} == {
        *(f"PL1.III.{n}" for n in range(1, 11)),
        *("PL1.I.2", "PL1.II.2", "PL1.II.5"),
    }
    # The groups add up to the plan.
    assert sum(group.rate.total for group in plan.groups if not group.commitments) == plan.rate.total


def test_what_two_annexes_print_is_one_thing_also_where_it_has_no_target_yet(
    layout: Layout, registry: Registry
) -> None:
    """64 lines of two plans: 13 of Phụ lục 1, without a target in 2025, repeat lines of Phụ lục 2."""
    completion = _completion(layout, registry, "cat-hai", "2025")
    lines = [r for plan in completion.in_force for r in plan.indicators if r.kind is Kind.INDICATOR]
    assert (len(lines), completion.repeated_rows, completion.rate.total) == (64, 13, 30)
    assert sum(completion.rate.by_status.values()) == 51
    assert completion.rate.of([Status.NO_STAGE_TARGET]) == 21
    assert {row.key.label.split(".")[0] for row in lines if row.repeats} == {"PL1"}


def test_a_line_counts_where_the_one_it_repeats_has_no_target(layout: Layout, registry: Registry) -> None:
    """Then the other is the one that is left out; a row that was dropped is out of both."""
    rows = _completion(layout, registry, "cat-hai", "2030").in_force[-1].indicators
    line = next(row for row in rows if row.repeats)
    first = next(row for row in rows if row.code == line.same_as)
    bare = first.model_copy(update={"status": Status.NO_STAGE_TARGET, "target": None})
    assert [row.repeats for row in marked([bare, line.model_copy(update={"repeats": False})])] == [True, False]
    dropped = first.model_copy(update={"status": Status.DROPPED})
    assert [row.repeats for row in marked([dropped, line.model_copy(update={"repeats": False})])] == [False, False]


@pytest.mark.parametrize(
    ("locality", "period", "rows", "counted"),
    [("bach-long-vi", "2026", 30, 29), ("binh-giang", "2026", 32, 31), ("cat-hai", "2025", 39, 38)],
)
def test_tasks_count_once(
    layout: Layout, registry: Registry, locality: str, period: str, rows: int, counted: int
) -> None:
    completion = _completion(layout, registry, locality, period)
    tasks = [task for plan in completion.in_force for task in plan.tasks]
    assert (len(tasks), completion.task_counts.assigned) == (rows, counted)
    assert completion.repeated_tasks == rows - counted
    assert len(once(tasks)) == counted


def test_measures_are_listed_and_never_counted(layout: Layout, registry: Registry) -> None:
    completion = _completion(layout, registry, "bach-long-vi", "2026")
    (plan,) = completion.plans
    assert len(plan.measures) == 43
    assert not {m.key.label for m in plan.measures} & {t.key.label for t in plan.tasks}


def test_a_report_on_either_line_serves_both(layout: Layout, registry: Registry) -> None:
    """V.3.2 repeats 3.2, and its report is that of 3.2."""
    fact = {"group": "V.3", "no": "2", "reported_on": "2026-11-20"}
    submit(layout.root, "bach-long-vi", "2026", FileKind.TASKS, fact)
    completion = _completion(layout, registry, "bach-long-vi", "2026")
    tasks = {task.key.label: task for task in completion.plans[0].tasks}
    assert (tasks["3.2"].status, tasks["V.3.2"].repeats) == (TaskStatus.RECURRING, True)
    assert tasks["V.3.2"].status is TaskStatus.RECURRING
    assert completion.task_counts.of(TaskStatus.RECURRING) == 1


@pytest.mark.parametrize("status", [TaskStatus.UNDER_WAY_OVERDUE, TaskStatus.DONE_LATE, TaskStatus.TAKEN_OVER])
def test_a_line_is_late_with_the_task_it_repeats(layout: Layout, registry: Registry, status: TaskStatus) -> None:
    """V.3.2 prints no time; what is late of 3.2 is not “under way” beside it."""
    tasks = _completion(layout, registry, "bach-long-vi", "2026").plans[0].tasks
    (first,) = (task for task in tasks if task.key.label == "3.2")
    late = [task.model_copy(update={"status": status, "past_due": True}) if task is first else task for task in tasks]
    (line,) = (task for task in as_repeated(late) if task.key.label == "V.3.2")
    assert (line.status, line.past_due, line.due_soon) == (status, True, False)


def test_a_line_whose_task_was_dropped_is_a_task_again(layout: Layout, registry: Registry) -> None:
    tasks = _completion(layout, registry, "bach-long-vi", "2026").plans[0].tasks
    dropped = {"status": TaskStatus.DROPPED}
    left = [task.model_copy(update=dropped) if task.key.label == "3.2" else task for task in tasks]
    (line,) = (task for task in as_repeated(left) if task.key.label == "V.3.2")
    assert line.status is TaskStatus.NOT_REPORTED


@pytest.mark.parametrize(
    ("locality", "fact", "said"),
    [
        ("bach-long-vi", {"group": "8.1", "no": "2"}, "là giải pháp, không phải nhiệm vụ"),
        ("cat-hai", {"plan": "cat-hai-nq57", "group": "1", "no": "1.3"}, "gửi cho nhiệm vụ PL4.I.2"),
    ],
)
def test_a_fact_about_a_measure_is_refused_as_such(
    layout: Layout, registry: Registry, locality: str, fact: dict[str, str], said: str
) -> None:
    submit(layout.root, locality, "2026", FileKind.TASKS, fact | {"started_on": "2026-02-01"})
    intake = validate_period(layout, registry, locality, Period.parse("2026"))
    (refused,) = intake.out
    assert refused.rules == ("known-subject",)
    assert said in refused.messages[0]


def test_missing_annexes_stand_beside_the_counts(layout: Layout, registry: Registry) -> None:
    assert _completion(layout, registry, "bach-long-vi", "2026").missing_annexes == ()
    assert _completion(layout, registry, "binh-giang", "2026").missing_annexes == (
        "Danh mục nhiệm vụ cụ thể trong các Phụ lục kèm theo",
    )


def test_the_office_of_a_row_is_shown_as_taken_from_its_task(layout: Layout, registry: Registry) -> None:
    completion = _completion(layout, registry, "binh-giang", "2026")
    rows = {row.key.label: row for row in completion.plans[0].indicators}
    assert (rows["I.1"].lead, rows["I.1"].lead_from) == (("Văn phòng HĐND và UBND",), ("3.4",))
    assert (rows["II.20"].lead, rows["II.20"].lead_from) == ((), ())
    office = next(agency for agency in completion.agencies if agency.name == "Công an xã")
    assert (office.rate.total, office.tasks_by_deadline.total) == (1, 3)
