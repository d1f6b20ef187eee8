from __future__ import annotations

import json
from datetime import date

import pytest
from pydantic import ValidationError

from pipeline.errors import DataError
from pipeline.paths import Layout
from pipeline.plans.amend import AmendmentError, amended, in_force
from pipeline.plans.amendments import RowChange
from pipeline.plans.models import Plan
from pipeline.plans.registry import read_registry
from tests.factories import made_plan

ROWS = {
    "indicators": [
        {
            "group": "I",
            "no": no,
            "name": f"Chỉ tiêu {no}",
            "unit": "%",
            "concept": "coverage-5g",
            "targets": [{"year": 2026, "text": "≥80%"}],
        }
        for no in ("1", "2", "3")
    ],
    "tasks": [{"group": "I", "no": "9", "name": "Việc", "lead": ["Phòng Kinh tế"], "deadline": "Quý II/2026"}],
}


def _plan(*amendments: tuple[str, list[dict[str, object]]], **more: object) -> Plan:
    documents = [{"document": f"QĐ {day}", "date": day, "changes": changes} for day, changes in amendments]
    return made_plan(2026, 2027, **(ROWS | {"amendments": documents} | more))


def test_a_changed_target_replaces_the_former_and_the_plan_file_keeps_both() -> None:
    change = {"indicator": "I.1", "target": {"year": 2026, "before": "≥80%", "after": "≥60%"}}
    plan = _plan(("2026-05-20", [change]))
    after = amended(plan, plan.amendments)
    assert [t.text for t in after.indicators[0].targets] == ["≥60%"]
    assert after.indicators[0].targets[0].parsed.low == 60
    assert [t.text for t in plan.indicators[0].targets] == ["≥80%"]
    assert amended(plan, ()).indicators == plan.indicators


def test_a_second_amendment_changes_what_the_first_left() -> None:
    first = {"indicator": "I.1", "target": {"year": 2026, "before": "≥80%", "after": "≥60%"}}
    second = {"indicator": "I.1", "target": {"year": 2026, "before": "≥60%", "after": "≥60%", "moved_to": 2027}}
    plan = _plan(("2026-05-20", [first]), ("2026-09-01", [second]))
    target = amended(plan, plan.amendments).indicators[0].targets[0]
    assert (target.text, target.year) == ("≥60%", 2027)
    assert len(in_force(plan, date(2026, 8, 1))) == 1
    assert len(in_force(plan, date(2026, 9, 1))) == 2


def test_a_row_that_came_later_counts_only_from_then_on_and_a_dropped_one_until_then() -> None:
    plan = _plan(("2026-05-20", [{"indicator": "I.3", "added": True}, {"indicator": "I.2", "dropped": "sáp nhập"}]))
    assert [x.no for x in amended(plan, ()).indicators] == ["1", "2"]
    assert [x.no for x in amended(plan, plan.amendments).indicators] == ["1", "3"]


def test_deadline_and_lead_of_a_task_change() -> None:
    changes = [
        {"task": "I.9", "deadline": {"before": "Quý II/2026", "after": "Quý IV/2026"}},
        {"task": "I.9", "lead": {"before": ["Phòng Kinh tế"], "after": ["Phòng Văn hóa - Xã hội"]}},
    ]
    plan = _plan(("2026-05-20", changes))
    task = amended(plan, plan.amendments).tasks[0]
    assert (task.deadline, task.lead) == ("Quý IV/2026", ("Phòng Văn hóa - Xã hội",))


def test_the_lead_of_an_indicator_changes_and_nothing_else() -> None:
    plan = _plan(("2026-05-20", [{"indicator": "I.1", "lead": {"before": [], "after": ["Phòng Kinh tế"]}}]))
    before, after = plan.indicators[0], amended(plan, plan.amendments).indicators[0]
    assert after == before.model_copy(update={"lead": ("Phòng Kinh tế",)})


def test_only_the_named_target_changes_and_targets_stay_in_the_order_of_their_years() -> None:
    targets = [{"year": 2026, "text": "60%"}, {"year": 2027, "text": "80%"}, {"text": "5%", "deadline": "Quý I/2026"}]
    row = ROWS["indicators"][0] | {"targets": targets}  # type: ignore[index]
    moved = {"indicator": "I.1", "target": {"year": 2026, "before": "60%", "after": "70%", "moved_to": 2028}}
    own_day = {"indicator": "I.1", "target": {"before": "5%", "after": "4%"}}
    plan = _plan(("2026-05-20", [moved, own_day]), indicators=[row], years={"first": 2026, "last": 2028})
    after = amended(plan, plan.amendments).indicators[0].targets
    assert [(t.year, t.text, t.deadline) for t in after] == [
        (None, "4%", "Quý I/2026"),
        (2027, "80%", None),
        (2028, "70%", None),
    ]


def test_a_target_moved_onto_another_is_refused() -> None:
    targets = [{"year": 2026, "text": "60%"}, {"year": 2027, "text": "80%"}]
    row = ROWS["indicators"][0] | {"targets": targets}  # type: ignore[index]
    moved = {"indicator": "I.1", "target": {"year": 2026, "before": "60%", "after": "60%", "moved_to": 2027}}
    plan = _plan(("2026-05-20", [moved]), indicators=[row])
    with pytest.raises(AmendmentError, match=r"I\.1: .*hai mục tiêu cho cùng một năm"):
        amended(plan, plan.amendments)


def test_an_amendment_known_later_is_left_out_of_an_earlier_view() -> None:
    backdated = {"document": "QĐ 1", "date": "2026-03-01", "received": "2026-08-01"}
    plan = _plan(amendments=[backdated | {"changes": [{"indicator": "I.2", "dropped": "thôi"}]}])
    assert in_force(plan, date(2026, 6, 14))
    assert not in_force(plan, date(2026, 6, 14), known_at=date(2026, 7, 31))
    assert in_force(plan, date(2026, 6, 14), known_at=date(2026, 8, 1))


_TARGET = {"year": 2026, "before": "≥ 80%", "after": "≥ 60%"}
_REFUSED = [
    ({"indicator": "II.14", "target": _TARGET | {"before": "≥ 90%"}}, "≥ 80%"),  # another clause stands
    ({"indicator": "II.14", "target": _TARGET | {"year": 2027}}, "2026: “≥ 80%”"),
    ({"indicator": "II.14", "target": _TARGET | {"after": "1", "moved_to": 2031}}, "2031"),
    ({"indicator": "II.77", "dropped": "không có dòng"}, r"II\.77"),
    ({"task": "VI.3.1", "deadline": {"before": "Quý I/2026", "after": "Quý IV/2026"}}, "Quý I/2026"),
    ({"task": "VI.3.1", "lead": {"before": ["Phòng Y tế"], "after": ["Phòng Kinh tế"]}}, "Phòng Y tế"),
    ({"indicator": "II.14", "lead": {"before": [], "after": ["Sở Không Có"]}}, "chưa biết cơ quan"),
]


@pytest.mark.parametrize(("change", "message"), _REFUSED)
def test_an_amendment_that_does_not_fit_is_refused(change: dict[str, object], message: str, layout: Layout) -> None:
    """In the file of a real plan: the finding names the file and what stands there."""
    _amend(layout, change)
    with pytest.raises(DataError, match=rf"binh-giang-2026\.yaml.*{message}"):
        read_registry(layout)


def test_an_amendment_that_fits_is_read(layout: Layout) -> None:
    _amend(layout, {"indicator": "II.14", "target": _TARGET})
    plan = next(p for p in read_registry(layout, "binh-giang").plans)
    assert plan.amendments[0].known_on == date(2026, 5, 20)


def test_amendments_out_of_order_are_refused(layout: Layout) -> None:
    _amend(layout, {"indicator": "II.14", "dropped": "thôi"}, {"indicator": "II.15", "dropped": "thôi"}, falling=True)
    with pytest.raises(DataError, match="thứ tự ngày"):
        read_registry(layout)


def _amend(layout: Layout, *changes: dict[str, object], falling: bool = False) -> None:
    path = layout.plans / "binh-giang" / "binh-giang-2026.yaml"
    days = [f"2026-05-{20 - i if falling else 20 + i}" for i in range(len(changes))]
    documents = [{"document": "QĐ 1", "date": day, "changes": [c]} for day, c in zip(days, changes, strict=True)]
    text = path.read_text("utf-8")
    # JSON is YAML, and writes what the test says.
    path.write_text(f"{text}\namendments: {json.dumps(documents, ensure_ascii=False)}\n", "utf-8")


def test_adding_twice_and_dropping_twice_are_refused() -> None:
    for change in ({"indicator": "I.3", "added": True}, {"indicator": "I.3", "dropped": "thôi"}):
        plan = _plan(("2026-05-20", [change]), ("2026-06-20", [change]))
        with pytest.raises(AmendmentError, match=r"I\.3"):
            amended(plan, plan.amendments)


@pytest.mark.parametrize(
    "change",
    [
        {"dropped": "thôi"},
        {"indicator": "I.1", "task": "I.9", "dropped": "thôi"},
        {"indicator": "I.1"},
        {"indicator": "I.1", "dropped": "thôi", "added": True},
        {"task": "I.9", "target": {"before": "a", "after": "80%"}},
        {"indicator": "I.1", "deadline": {"before": "", "after": "Quý I/2026"}},
        {"indicator": "I.1", "target": {"year": 2026, "before": "≥80%", "after": "khoảng tám mươi"}},
        {"task": "I.9", "deadline": {"before": "Quý II/2026", "after": "sớm"}},
    ],
)
def test_a_change_is_of_one_thing_of_one_row(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RowChange.model_validate(change)
