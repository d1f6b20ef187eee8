"""Amended plans: progress against the plan as first issued and as amended, as known on a day."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.completion.statuses import PlanState, Status, TaskStatus
from pipeline.intake.rows import FileKind, Intake
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry, read_registry
from pipeline.report.cell_texts import verdict_and_miss
from pipeline.report.explain import explain, find_row
from pipeline.report.page import Page
from pipeline.report.words import NBSP, VIETNAMESE
from tests.factories import made_plan, submit

RAISED = {
    "document": "Quyết định số 12/QĐ-UBND",
    "date": "2026-05-20",
    "received": "2026-06-01",
    "reason": "điều chỉnh theo khả năng thực tế",
    "changes": [
        {"indicator": "II.14", "target": {"year": 2026, "before": "≥ 80%", "after": "≥ 60%"}},
        {"indicator": "II.15", "dropped": "không còn phù hợp"},
        {"indicator": "II.7", "lead": {"before": [], "after": ["Phòng Kinh tế"]}},
        {"task": "3.4", "deadline": {"before": "Quý III/2026", "after": "Quý IV/2026"}},
        {"task": "6.2", "dropped": "thành phố không tổ chức"},
    ],
}
LATER = {
    "document": "Quyết định số 30/QĐ-UBND",
    "date": "2026-12-20",
    "changes": [{"indicator": "II.14", "target": {"year": 2026, "before": "≥ 60%", "after": "≥ 50%"}}],
}


def _completed(layout: Layout, *amendments: dict[str, object], period: str = "2026", known_at: str = "") -> Completion:
    return _run(layout, *amendments, period=period, known_at=known_at)[0]


def _run(
    layout: Layout, *amendments: dict[str, object], period: str = "2026", known_at: str = ""
) -> tuple[Completion, Intake]:
    path = layout.plans / "binh-giang" / "binh-giang-2026.yaml"
    text = path.read_text("utf-8").partition("\namendments:")[0]
    written = json.dumps(amendments, ensure_ascii=False)
    path.write_text(text + (f"\namendments: {written}\n" if amendments else ""), "utf-8")
    registry = read_registry(layout, "binh-giang")
    when = Period.parse(period)
    known = date.fromisoformat(known_at) if known_at else None
    intake = validate_period(layout, registry, "binh-giang", when, known)
    return evaluate(registry, registry.locality("binh-giang"), when, intake), intake


def _row(completion: Completion, label: str) -> IndicatorResult:
    return next(r for r in completion.plans[0].indicators if r.key.label == label)


def _task(completion: Completion, label: str) -> TaskResult:
    return next(t for t in completion.plans[0].tasks if t.key.label == label)


def _send(layout: Layout, value: str, period: str = "2026", day: str = "2026-12-01") -> None:
    row = {"plan": "binh-giang-2026", "group": "II", "no": "14", "value": value, "as_of": day}
    submit(layout.root, "binh-giang", period, FileKind.OBSERVATIONS, row)


def test_a_lowered_target_is_met_and_the_original_is_missed(layout: Layout) -> None:
    _send(layout, "70")
    completion = _completed(layout, RAISED)
    row = _row(completion, "II.14")
    assert (row.status, row.target.text if row.target else "") == (Status.MET, "≥ 60%")
    assert row.former is not None
    assert (row.former.status, row.former.target.text if row.former.target else "") == (Status.NOT_YET_MET, "≥ 80%")
    assert [c.document for c in row.amended] == ["Quyết định số 12/QĐ-UBND"]
    assert completion.original_rate is not None
    # 22 counted rows as issued; one was dropped since.
    assert (completion.rate.met, completion.rate.total) == (1, 21)
    assert (completion.original_rate.met, completion.original_rate.total) == (0, 22)


def test_the_page_and_the_explanation_show_both_targets(layout: Layout) -> None:
    _send(layout, "70")
    completion, intake = _run(layout, RAISED, LATER)
    page = Page(completion, intake, "0" * 64)
    html = page.answer().html + page.plans().html + page.tasks().html
    html = re.sub(r'<span role="img"[^>]*>(.)</span>', r"\1", html).replace("\u2011", "-")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(NBSP, " ")
    for part in (
        "mục tiêu “≥ 80%” → “≥ 60%” (Quyết định số 12/QĐ-UBND, 20/05/2026)",
        "theo kế hoạch ban đầu (≥ 80%): chưa đạt tại ngày chốt",
        "Theo kế hoạch ban đầu: chắc chắn đạt 0/22",
        "theo kế hoạch đã sửa đổi: chắc chắn đạt 1/21",
        "theo các kế hoạch ban đầu: chắc chắn đạt 0/22",
        "đã bỏ theo văn bản sửa đổi",
        "Sửa đổi sau ngày chốt, chưa áp dụng: Quyết định số 30/QĐ-UBND",
        "thời hạn “Quý III/2026” → “Quý IV/2026”",
    ):
        assert part in text, part
    explanation = "\n".join(explain(completion, intake, *find_row(completion, "binh-giang-2026/II/14")))
    assert "theo kế hoạch ban đầu" in explanation


def test_a_dropped_row_stays_listed_outside_the_count(layout: Layout) -> None:
    row = _row(_completed(layout, RAISED), "II.15")
    assert (row.status, row.counted) == (Status.DROPPED, False)
    assert row.former is not None
    # 82,78 of the year before was the last value; it no longer serves at the end of 2026.
    assert row.former.status is Status.NOT_SUBMITTED


def test_a_row_that_another_office_took_over_keeps_its_status(layout: Layout) -> None:
    completion = _completed(layout, RAISED)
    row = _row(completion, "II.7")
    assert row.lead == ("Phòng Kinh tế",)
    assert row.former is not None
    assert row.former.status is row.status
    assert any(a.name == "Phòng Kinh tế" and a.rate.total for a in completion.agencies)


def test_a_moved_deadline_shows_what_was_overdue_before(layout: Layout) -> None:
    task = {"plan": "binh-giang-2026", "group": "3", "no": "3.4", "started_on": "2026-02-01"}
    submit(layout.root, "binh-giang", "2026", FileKind.TASKS, task)
    completion = _completed(layout, RAISED)
    moved, dropped = _task(completion, "3.4"), _task(completion, "6.2")
    assert (moved.status, moved.former_status) == (TaskStatus.UNDER_WAY, TaskStatus.UNDER_WAY_OVERDUE)
    assert (dropped.status, dropped.former_status) == (TaskStatus.DROPPED, TaskStatus.NOT_REPORTED)
    counts, original = completion.task_counts, completion.original_task_counts
    assert original is not None
    assert (counts.assigned, counts.counted, counts.overdue) == (31, 30, 0)
    assert (original.assigned, original.counted, original.overdue) == (31, 31, 1)


def test_an_amendment_after_the_cut_off_is_announced_and_not_applied(layout: Layout) -> None:
    _send(layout, "55")
    completion = _completed(layout, RAISED, LATER)
    assert _row(completion, "II.14").status is Status.NOT_YET_MET
    assert [a.in_force for a in completion.plans[0].amendments] == [True, False]
    before = _completed(layout, RAISED, LATER, period="2026-Q1")
    assert _row(before, "II.14").amended == ()
    assert before.original_rate is None


def test_plans_too_are_taken_as_known_on_a_day(layout: Layout) -> None:
    """The decision of 20 May was received on 1 June: on 31 May it was not known."""
    _send(layout, "70", "2026-05", "2026-05-10")
    in_june = {"period": "2026-H1"}
    assert _row(_completed(layout, RAISED, **in_june), "II.14").target.text == "≥ 60%"  # type: ignore[union-attr]
    earlier = _completed(layout, RAISED, known_at="2026-05-31", **in_june)
    assert _row(earlier, "II.14").target.text == "≥ 80%"  # type: ignore[union-attr]
    assert earlier.plans[0].amendments == ()


def test_a_plan_not_yet_known_is_left_out(layout: Layout) -> None:
    registry = read_registry(layout, "bach-long-vi")  # its plan is dated 18 January 2026
    when, locality = Period.parse("2025"), registry.locality("bach-long-vi")
    for known_at, plans in (("2026-01-17", 0), ("2026-01-18", 1)):
        intake = validate_period(layout, registry, "bach-long-vi", when, date.fromisoformat(known_at))
        assert len(evaluate(registry, locality, when, intake).plans) == plans


def test_without_amendments_there_is_no_original(layout: Layout) -> None:
    completion = _completed(layout)
    assert completion.original_rate is None
    assert all(r.former is None and not r.amended for r in completion.plans[0].indicators)


def test_a_task_taken_over_by_another_plan_counts_once_and_keeps_its_facts(layout: Layout) -> None:
    new = {
        "id": "binh-giang-2026-bs",
        "locality": "binh-giang",
        "title": "Kế hoạch bổ sung năm 2026",
        "issuer": "Ủy ban nhân dân xã Bình Giang",
        "years": {"first": 2026, "last": 2026},
        "groups": [{"no": "1", "title": "Hạ tầng"}],
        "tasks": [
            {"group": "1", "no": "1", "name": "Nâng cấp mạng LAN", "deadline": "Quý IV/2026"}
            | {"continues": "binh-giang-2026/3.4"}
        ],
    }
    path = layout.plans / "binh-giang" / "binh-giang-2026-bs.yaml"
    path.write_text(json.dumps(new, ensure_ascii=False), "utf-8")
    fact = {"plan": "binh-giang-2026", "group": "3", "no": "3.4", "started_on": "2026-02-01"}
    submit(layout.root, "binh-giang", "2026", FileKind.TASKS, fact | {"finished_on": "2026-12-10"})
    completion = _completed(layout)
    old, taken = (_task_of(completion, code) for code in ("binh-giang-2026/3.4", "binh-giang-2026-bs/1.1"))
    assert (old.status, taken.status) == (TaskStatus.TAKEN_OVER, TaskStatus.DONE_ON_TIME)
    assert old.former_status is TaskStatus.DONE_LATE  # by its own deadline, the third quarter
    counts = completion.task_counts
    assert (counts.assigned, counts.counted, counts.done) == (32, 31, 1)


def _task_of(completion: Completion, code: str) -> TaskResult:
    return next(t for p in completion.plans for t in p.tasks if f"{t.plan}/{t.key.label}" == code)


def test_past_targets_keep_the_verdict_of_their_own_year(layout: Layout) -> None:
    """Cát Hải, Phụ lục 2: 2025 asks for 70 % of online dossiers, 2030 for 95 %; 98 was given for 2025."""
    of_row = {"plan": "cat-hai-nq57", "annex": "PL2", "group": "IV", "no": "26", "value": "98", "as_of": "2025-11-20"}
    submit(layout.root, "cat-hai", "2025", FileKind.OBSERVATIONS, of_row)
    registry = read_registry(layout, "cat-hai")
    when = Period.parse("2027")
    completion = evaluate(
        registry, registry.locality("cat-hai"), when, validate_period(layout, registry, "cat-hai", when)
    )
    rows = {f"{r.plan}/{r.key.label}": r for p in completion.plans for r in p.indicators}
    online, signed = rows["cat-hai-nq57/PL2.IV.26"], rows["cat-hai-nq57/PL2.I.1"]
    assert [(v.target.year, v.status) for v in online.past] == [(2025, Status.MET)]
    assert [(v.target.year, v.status) for v in signed.past] == [(2025, Status.NOT_SUBMITTED)]
    assert online.status is Status.NOT_SUBMITTED
    expired = next(p for p in completion.plans if p.id == "cat-hai-2025-h2")
    assert expired.state is PlanState.EXPIRED
    assert {v.status for r in expired.indicators for v in r.past} == {Status.NOT_SUBMITTED}


@pytest.mark.parametrize(
    ("days", "period", "status", "past"),
    [
        ({"2025-10-20": "99"}, "2025", Status.MISSED, []),
        ({"2025-10-20": "99"}, "2026-H1", Status.NOT_SUBMITTED, [(Status.MISSED, "2025-10-20")]),
        # No value up to the due day: the first one after it decides.
        ({"2025-12-03": "99"}, "2025", Status.MISSED, []),
        ({"2025-12-03": "99"}, "2026-H1", Status.NOT_SUBMITTED, [(Status.MISSED, "2025-12-03")]),
        ({"2025-11-03": "99", "2025-12-03": "100"}, "2025", Status.MET, [(Status.MISSED, "2025-11-03")]),
        ({"2025-12-03": "99"}, "2030", Status.NOT_SUBMITTED, [(Status.MISSED, "2025-12-03")]),
        ({"2025-10-20": "100", "2025-12-03": "98"}, "2025", Status.MISSED, [(Status.MET, "2025-10-20")]),
        ({}, "2026-H1", Status.NOT_SUBMITTED, []),
    ],
)
def test_a_missed_deadline_stays_missed(
    layout: Layout, days: dict[str, str], period: str, status: Status, past: list[tuple[Status, str]]
) -> None:
    """PL3.II.1 of Cát Hải asks for 100 % by October 2025."""
    row = {"plan": "cat-hai-nq57", "annex": "PL3", "group": "II", "no": "1", "unit": "%"}
    if days:
        sent = [row | {"value": value, "as_of": day} for day, value in days.items()]
        for edition, values in (("2025-11", sent[:-1]), ("2025", sent[-1:])):
            if values:
                submit(layout.root, "cat-hai", edition, FileKind.OBSERVATIONS, *values)
    registry, when = read_registry(layout, "cat-hai"), Period.parse(period)
    completion = evaluate(
        registry, registry.locality("cat-hai"), when, validate_period(layout, registry, "cat-hai", when)
    )
    found = next(r for p in completion.plans for r in p.indicators if r.key.label == "PL3.II.1")
    assert found.status is status
    assert [(v.status, str(v.observation and v.observation.as_of)) for v in found.past] == past
    assert "không đạt" in verdict_and_miss(found, completion, VIETNAMESE) or status is Status.MET or not days


def test_a_past_target_is_judged_by_the_plan_of_its_due_day(layout: Layout) -> None:
    """Missed in 2025, then moved to 2026: the later decision does not undo the miss of 2025."""
    path = layout.plans / "binh-giang" / "binh-giang-2026.yaml"
    text = path.read_text("utf-8")
    for now, then in (("years: {first: 2026", "years: {first: 2025"), ("issued: 2026", "issued: 2025")):
        text = text.replace(now, then, 1)
    path.write_text(text.replace("begins: 2026", "begins: 2025", 1), "utf-8")
    moved = {"document": "Quyết định số 12/QĐ-UBND", "date": "2026-02-20"}
    early = {"document": "Quyết định số 5/QĐ-UBND", "date": "2025-03-01"}
    to_2025 = {"year": 2026, "before": "≥ 80%", "after": "≥ 80%", "moved_to": 2025}
    to_2026 = {"year": 2025, "before": "≥ 80%", "after": "≥ 60%", "moved_to": 2026}
    _send(layout, "70")
    completion = _completed(
        layout,
        early | {"changes": [{"indicator": "II.14", "target": to_2025}]},
        moved | {"changes": [{"indicator": "II.14", "target": to_2026}]},
    )
    row = _row(completion, "II.14")
    assert row.status is Status.MET
    assert [(v.target.text, v.target.year, v.status) for v in row.past] == [("≥ 80%", 2025, Status.MISSED)]
    assert row.former is not None
    assert (row.former.target.text, row.former.status) == ("≥ 80%", Status.NOT_YET_MET)


def test_a_row_whose_stage_an_amendment_moved_keeps_its_former_verdict(layout: Layout, registry: Registry) -> None:
    """Of two rows due in 2027 one is moved to 2026: that opens a stage in which the other has no target."""
    rows = [
        {"group": "I", "no": no, "name": f"Chỉ tiêu {no}", "unit": "%", "concept": concept}
        | {"targets": [{"year": 2027, "text": "≥ 80%"}, {"year": 2030, "text": "≥ 90%"}]}
        for no, concept in (("1", "coverage-5g"), ("2", "full-online-services"))
    ]
    change = {"indicator": "I.1", "target": {"year": 2027, "before": "≥ 80%", "after": "≥ 80%", "moved_to": 2026}}
    amendments = [{"document": "QĐ 1", "date": "2026-03-01", "changes": [change]}]
    plan = made_plan(2026, 2030, indicators=rows, amendments=amendments)
    alone = dataclasses.replace(registry, plans=(plan,))
    intake = Intake(locality="binh-giang", period="2026-H1")
    completion = evaluate(alone, registry.locality("binh-giang"), Period.parse("2026-H1"), intake)
    other = _row(completion, "I.2")
    assert other.status is Status.NO_STAGE_TARGET
    assert not other.amended
    assert other.former is not None
    assert other.former.status is Status.NOT_SUBMITTED
    assert completion.original_rate is not None
    assert (completion.rate.total, completion.original_rate.total) == (1, 2)
