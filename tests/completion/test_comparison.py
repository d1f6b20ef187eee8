"""The comparison with an issued report, on the real completion of one locality and on altered copies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.completion.comparison import change_between, differences_from
from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion, TargetInForce
from pipeline.completion.statuses import PlanState, Status, TaskStatus
from pipeline.intake.rows import Observation, Origin
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.count_words import change_parts
from pipeline.report.words import VIETNAMESE
from tests.factories import exactly, target


@pytest.fixture(scope="module")
def completion(registry: Registry) -> Completion:
    period = Period.parse("2025")
    intake = validate_period(Layout(), registry, "bach-long-vi", period)
    return evaluate(registry, registry.locality("bach-long-vi"), period, intake)


@pytest.fixture
def record(completion: Completion) -> Any:
    """The issued report as published JSON, for a test to alter."""
    return json.loads(completion.model_dump_json())


def _bytes(record: Any) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


def _row(record: Any, no: str) -> Any:
    return next(r for plan in record["plans"] for r in plan["indicators"] if r["no"] == no)


def test_equal_figures_have_no_differences(completion: Completion, record: Any) -> None:
    found = differences_from(_bytes(record), completion)
    assert found is not None
    assert (found.rows, found.tasks) == ((), ())
    assert (found.met_before, found.total_before) == (completion.rate.met, completion.rate.total) == (0, 0)


def test_a_changed_value_target_and_status_are_listed_before_and_after(completion: Completion, record: Any) -> None:
    row = _row(record, "14")
    row["observation"]["value"] = {"low": 12.5, "high": 12.5}
    row["target"]["text"] = "≥ 10%"
    row["status"] = "late"
    found = differences_from(_bytes(record), completion)
    assert found is not None
    (difference,) = found.rows
    assert difference.code == "bach-long-vi-2026/II.14"
    assert difference.before is not None
    assert difference.after is not None
    assert difference.before.value is not None
    assert float(difference.before.value.exact or 0) == 12.5
    assert difference.before.target == "≥ 10%"
    assert difference.before.status == "late"
    assert difference.after.status == _status(completion, "14") != "late"


def _status(completion: Completion, no: str) -> str:
    return str(next(r.status for plan in completion.plans for r in plan.indicators if r.no == no))


def test_added_and_removed_rows_are_listed(completion: Completion, record: Any) -> None:
    rows = record["plans"][0]["indicators"]
    gone = rows.pop(3)
    rows.append(gone | {"no": "99", "name": "Chỉ tiêu đã bỏ"})
    found = differences_from(_bytes(record), completion)
    assert found is not None
    added, removed = found.rows
    assert added.before is None
    assert added.name == gone["name"]
    assert removed.after is None
    assert removed.name == "Chỉ tiêu đã bỏ"


def test_tasks_are_compared_by_their_status(completion: Completion, record: Any) -> None:
    task = record["plans"][0]["tasks"][0]
    before = "done-late" if task["status"] != "done-late" else "done-on-time"
    after, task["status"] = task["status"], before
    found = differences_from(_bytes(record), completion)
    assert found is not None
    assert [(t.before, t.after) for t in found.tasks] == [(before, after)]


def test_fields_of_another_version_are_ignored(completion: Completion, record: Any) -> None:
    record["later"] = {"field": 1}
    for row in record["plans"][0]["indicators"]:
        row["later"] = 2
        row.pop("pace", None)
    found = differences_from(_bytes(record), completion)
    assert found is not None
    assert not found.rows


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"rate": {"met": 1, "total": 2}, "plans": [{"indicators": 3}]}']
)
def test_an_unreadable_report_gives_none(completion: Completion, content: bytes) -> None:
    assert differences_from(content, completion) is None


def test_an_unknown_status_is_not_guessed(completion: Completion, record: Any) -> None:
    _row(record, "14")["status"] = "of-another-version"
    assert differences_from(_bytes(record), completion) is None


@pytest.mark.parametrize(("value", "raised", "back"), [("80", 1, 0), ("70", 1, 0), ("69.9", 0, 1)])
def test_a_higher_target_is_no_falling_back(registry: Registry, value: str, raised: int, back: int) -> None:
    """72 against ≥ 70, then 80 against ≥ 85: nothing fell. 69,9 meets neither."""
    before = _of_one(registry, Status.MET, "72", target("≥ 70%"))
    after = _of_one(registry, Status.LATE, value, target("≥ 85%"))
    change = change_between(before, after)
    assert (len(change.raised), len(change.fell_back), change.went) == (raised, back, 1)
    expected = "chưa đạt mục tiêu mới, cao hơn (kỳ trước đạt mục tiêu cũ)" if raised else "không còn đạt"
    assert change_parts(change, VIETNAMESE) == [f"1 {expected}"]


def test_the_target_as_it_was_is_fallen_below(registry: Registry) -> None:
    before, after = (_of_one(registry, s, v, target("≥ 70%")) for s, v in ((Status.MET, "72"), (Status.LATE, "60")))
    change = change_between(before, after)
    assert (change.raised, len(change.fell_back)) == ((), 1)


def test_the_parts_of_a_change_say_how_many_were_met_in_a_plan_that_ended(registry: Registry) -> None:
    before = _of_one(registry, Status.MET, "72", target("≥ 70%"))
    (plan,) = before.in_force
    after = before.model_copy(update={"plans": (plan.model_copy(update={"state": PlanState.EXPIRED}),)})
    change = change_between(before, after)
    (part,) = change_parts(change, VIETNAMESE)
    assert part == f"không còn tính {len(change.ended)} chỉ tiêu vì kế hoạch đã hết (trong đó 1 kỳ trước đạt)"
    assert change.went == 1


def _of_one(registry: Registry, status: Status, value: str, of: TargetInForce) -> Completion:
    """The report of 2030 in which the first counted row has that status, value and target, and the others none."""
    completion = _of_2030(registry, Status.NOT_SUBMITTED, TaskStatus.NOT_REPORTED)
    (plan,) = completion.in_force
    first = next(r for r in plan.indicators if plan.counts(r))
    seen = Observation(
        concept=first.concept,
        unit=first.unit,
        value=exactly(value),
        text=value,
        as_of=completion.cut_off,
        as_of_stated=True,
        source="thử",
        origin=Origin(file="a.csv", sha256="0" * 64, line=2),
    )
    row = first.model_copy(update={"status": status, "target": of, "observation": seen})
    rows = tuple(row if r is first else r for r in plan.indicators)
    return completion.model_copy(update={"plans": (plan.model_copy(update={"indicators": rows}),)})


def test_what_two_annexes_print_changes_once(registry: Registry) -> None:
    """At the stage of 2030, 13 of the 54 rows of Cát Hải repeat others, and 1.2 repeats the task PL3.I.1."""
    before = _of_2030(registry, Status.NOT_SUBMITTED, TaskStatus.NOT_REPORTED)
    after = _of_2030(registry, Status.MET, TaskStatus.DONE_UNDATED)
    change = change_between(before, after)
    assert len(change.newly_met) == 41
    assert "cat-hai-nq57/PL3.I.1" in {task.code for task in change.tasks_done}
    assert "cat-hai-nq57/1.2" not in {task.code for task in change.tasks_done}


def _of_2030(registry: Registry, status: Status, task_status: TaskStatus) -> Completion:
    """The report of 2030 with one status for every counted row of the plan in force, and one for its tasks."""
    period = Period.parse("2030")
    intake = validate_period(Layout(), registry, "cat-hai", period)
    completion = evaluate(registry, registry.locality("cat-hai"), period, intake)
    (plan,) = completion.in_force
    rows = tuple(r.model_copy(update={"status": status}) if r.counted else r for r in plan.indicators)
    tasks = tuple(t.model_copy(update={"status": task_status}) for t in plan.tasks)
    return completion.model_copy(update={"plans": (plan.model_copy(update={"indicators": rows, "tasks": tasks}),)})
