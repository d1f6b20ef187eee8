"""Rows that are one thing are counted once, with the rows beside."""

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.completion.repeats import once
from pipeline.completion.statuses import TaskStatus
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


def test_a_row_counts_where_the_one_it_repeats_has_no_target(layout: Layout, registry: Registry) -> None:
    """In 2025 the rows of Phụ lục 1 have no target yet: nothing is left out."""
    completion = _completion(layout, registry, "cat-hai", "2025")
    assert (completion.rate.total, completion.repeated_rows) == (30, 0)


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
    assert tasks["V.3.2"].status is not TaskStatus.NOT_REPORTED
    assert completion.task_counts.of(TaskStatus.RECURRING) == 1


def test_a_fact_about_a_measure_is_refused(layout: Layout, registry: Registry) -> None:
    fact = {"group": "8.1", "no": "2", "started_on": "2026-02-01"}
    submit(layout.root, "bach-long-vi", "2026", FileKind.TASKS, fact)
    intake = validate_period(layout, registry, "bach-long-vi", Period.parse("2026"))
    (refused,) = intake.out
    assert refused.rules == ("known-subject",)


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
    assert (office.rate.total, office.task_counts.assigned) == (1, 3)
