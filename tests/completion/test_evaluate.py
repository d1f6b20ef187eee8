"""Whole reports against figures counted by hand in the plan documents."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.completion.counts import DatedTasks, RecurringTasks, StartingPoint, TasksByDeadline, UndatedTasks
from pipeline.completion.evaluate import evaluate
from pipeline.completion.rates import rate
from pipeline.completion.records import Completion, IndicatorResult
from pipeline.completion.statuses import PlanState, Status, TaskStatus
from pipeline.intake.rows import FileKind, Intake
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.models import Kind
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.words import VIETNAMESE
from tests.factories import made_plan, submit


def _completion(registry: Registry, locality: str, period: str, layout: Layout | None = None) -> Completion:
    when = Period.parse(period)
    intake = validate_period(layout or Layout(), registry, locality, when)
    return evaluate(registry, registry.locality(locality), when, intake)


def _row(completion: Completion, label: str) -> IndicatorResult:
    return next(r for plan in completion.plans for r in plan.indicators if r.key.label == label)


def test_bach_long_vi_2025_by_hand(registry: Registry) -> None:
    """The plan is of 2026. Of 20 rows, at the target already: II.2, 3, 4, 5, 11, 14, 18. Blank: II.1, 6, 7, 15."""
    completion = _completion(registry, "bach-long-vi", "2025")
    start = completion.plans[0].starting_point
    met = {r.key.label for r in completion.plans[0].indicators if r.status is Status.BASELINE_MET}
    blank = {r.key.label for r in completion.plans[0].indicators if r.status is Status.BASELINE_UNKNOWN}
    assert met == {"II.2", "II.3", "II.4", "II.5", "II.11", "II.14", "II.18"}
    assert {x for x in blank if x.startswith("I")} == {"II.1", "II.6", "II.7", "II.15"}
    assert start == StartingPoint(total=20, met=7, below=9, unknown=4)
    assert (completion.rate.total, completion.commitments.total, completion.plans[0].rate.total) == (0, 0, 0)


def test_binh_giang_2025_by_hand(registry: Registry) -> None:
    """Of 23 rows one (II.1) has no target, ten are met, six are blank; the others are below their target."""
    completion = _completion(registry, "binh-giang", "2025")
    rows = [r for r in completion.plans[0].indicators if r.kind is Kind.INDICATOR]
    by_status = {status: {r.key.label for r in rows if r.status is status} for status in Status}
    assert by_status[Status.NOT_ASSESSABLE] == {"II.1"}
    assert by_status[Status.BASELINE_MET] == {f"II.{n}" for n in (4, 5, 6, 8, 10, 12, 13, 16, 18, 20)}
    assert by_status[Status.BASELINE_UNKNOWN] == {"I.2", "II.2", "II.3", "II.9", "II.11", "II.17"}
    assert by_status[Status.BASELINE_BELOW] == {"I.1", "I.3", "II.7", "II.14", "II.15", "II.19"}
    assert completion.plans[0].starting_point == StartingPoint(total=22, met=10, below=6, unknown=6)
    assert completion.rate.total == 0


def test_cat_hai_2025_by_hand(registry: Registry) -> None:
    """7 rows of the plan of 2025, 23 of Phụ lục 2 with a target in 2025; one value, of dossiers received online."""
    completion = _completion(registry, "cat-hai", "2025")
    assert (completion.rate.met, completion.rate.met_at_most, completion.rate.total) == (0, 30, 30)
    online = _row(completion, "PL2.IV.26")
    assert (online.status, [o.text for o in online.near]) == (Status.NOT_SUBMITTED, [">98"])
    assert [o.concept for o in online.near] == ["online-dossiers-received"]
    assert completion.unplaced == ()
    assert online.target is not None
    assert online.target.text == "≥70%"
    later = _row(completion, "PL1.I.1")
    assert later.status is Status.NO_STAGE_TARGET
    assert later.next_target is not None
    assert (later.next_target.year, later.next_target.text) == (2030, "≥ 85")
    assert _row(completion, "PL2.IV.31").status is Status.NO_STAGE_TARGET
    # The value given for the online rate does not serve the rate of full online processing.
    h2 = next(p for p in completion.plans if p.id == "cat-hai-2025-h2")
    assert all(r.status is Status.NOT_SUBMITTED for r in h2.indicators)


def test_the_expired_plan_of_the_city_enters_no_rate(registry: Registry) -> None:
    completion = _completion(registry, "hai-phong", "2025")
    assert completion.plans[0].state is PlanState.EXPIRED
    assert {r.status for r in completion.plans[0].indicators} == {Status.PLAN_NOT_IN_FORCE}
    assert (completion.rate.total, completion.rate.lower, completion.task_counts.assigned) == (0, None, 0)
    assert completion.unplaced  # observed values are shown nevertheless


def test_one_observation_serves_every_row_of_its_concept(layout: Layout, registry: Registry) -> None:
    """Cát Hải has two rows of reused data, 80 % by 2030 and 100 % by October 2025: one value, held against both."""
    given_by_concept = {"plan": "", "group": "", "no": "", "concept": "data-reuse", "value": "90"}
    submit(layout.root, "cat-hai", "2030", FileKind.OBSERVATIONS, given_by_concept | {"as_of": "2030-12-01"})
    completion = _completion(registry, "cat-hai", "2030", layout)
    assert _row(completion, "PL1.I.4").status is Status.MET
    assert _row(completion, "PL3.II.1").status is Status.MISSED


def test_a_newer_value_of_the_concept_takes_precedence_over_an_older_one_of_the_row(
    layout: Layout, registry: Registry
) -> None:
    by_concept = {"plan": "", "group": "", "no": "", "concept": "coverage-5g", "value": "100", "as_of": "2026-12-01"}
    of_row = {"group": "I", "no": "2", "value": "85"}
    submit(layout.root, "bach-long-vi", "2026-H1", FileKind.OBSERVATIONS, of_row | {"as_of": "2026-06-01"})
    submit(layout.root, "bach-long-vi", "2026", FileKind.OBSERVATIONS, by_concept)
    row = _row(_completion(registry, "bach-long-vi", "2026", layout), "I.2")
    assert (row.status, row.observation.text if row.observation else "") == (Status.MET, "100")


STAGED = [
    {"no": "1", "targets": [{"year": 2027, "text": "≥ 80%"}, {"year": 2030, "text": "≥ 90%"}]},
    {"no": "2", "targets": [{"text": "100%", "yearly": True}]},
    {"no": "3", "targets": [{"text": "100%", "deadline": "Tháng 10/2026"}]},
    {"no": "4", "targets": [{"year": 2026, "text": "100% (2026-2029)"}]},
    {"no": "5", "targets": [{"text": "100%"}]},
    {"no": "6", "targets": [{"year": 2030, "text": "100%"}]},
]


@pytest.mark.parametrize(("period", "counted"), [("2026", "2345"), ("2027", "1245"), ("2028", "12456")])
def test_a_stage_counts_targets_without_a_column_of_their_own(registry: Registry, period: str, counted: str) -> None:
    """Yearly and undated targets always, a deadline in its stage, a span until the stage in which it ends."""
    common = {"group": "I", "name": "Chỉ tiêu thử", "unit": "%", "concept": "coverage-5g"}
    plan = made_plan(2026, 2030, indicators=[common | row for row in STAGED])
    alone = dataclasses.replace(registry, plans=(plan,))
    intake = Intake(locality="binh-giang", period=period)
    completion = evaluate(alone, registry.locality("binh-giang"), Period.parse(period), intake)
    assert "".join(r.no for r in completion.plans[0].indicators if r.counted) == counted


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("khoảng 60%", "about"),
        ("tăng 10% so với năm 2024", "change"),
        ("đạt mức cao của thế giới", "qualitative"),
        ("80% ở xã; 90% ở phường", "several"),
    ],
)
def test_a_target_that_sets_nothing_to_reach_is_not_judged(registry: Registry, text: str, kind: str) -> None:
    row = {"group": "I", "no": "1", "name": "A", "unit": "%", "concept": "online-dossier-rate"}
    plan = made_plan(indicators=[row | {"targets": [{"year": 2026, "text": text}]}])
    made = dataclasses.replace(registry, plans=(plan,))
    when = Period.parse("2026-Q1")
    completion = evaluate(made, made.locality("binh-giang"), when, Intake(locality="binh-giang", period=str(when)))
    result = _row(completion, "I.1")
    assert (result.status, result.target, completion.rate.total) == (Status.NOT_ASSESSABLE, None, 0)
    assert result.unjudged is not None
    assert (result.unjudged.comparator, result.unjudged.text) == (kind, text)
    assert VIETNAMESE.verdict(result).startswith("không đánh giá: ")
    assert text in VIETNAMESE.verdict(result)


def test_an_absence_stated_for_a_concept_applies_to_every_row_of_it(layout: Layout, registry: Registry) -> None:
    row = {"plan": "", "group": "", "no": "", "concept": "data-reuse", "value": "", "absence": "not-due"}
    submit(layout.root, "cat-hai", "2030", FileKind.OBSERVATIONS, row | {"as_of": "2030-12-01"})
    completion = _completion(registry, "cat-hai", "2030", layout)
    assert {_row(completion, label).status for label in ("PL1.I.4", "PL3.II.1")} == {Status.NOT_DUE}


def test_a_value_of_a_year_ago_is_shown_and_not_judged(layout: Layout, registry: Registry) -> None:
    submit(layout.root, "bach-long-vi", "2026", FileKind.OBSERVATIONS, {"as_of": "2026-12-01", "no": "8"})
    completion = _completion(registry, "bach-long-vi", "2026", layout)
    row = _row(completion, "II.13")
    assert row.status is Status.NOT_SUBMITTED
    assert row.stale is not None
    assert row.stale.text == "80"


@pytest.mark.parametrize(
    ("absence", "note", "status"),
    [
        ("not-submitted", "", Status.NOT_SUBMITTED),
        ("not-due", "", Status.NOT_DUE),
        ("not-applicable", "đảo không có doanh nghiệp", Status.NOT_APPLICABLE),
    ],
)
def test_absence_kinds_are_kept_apart(layout, registry, absence: str, note: str, status: Status) -> None:
    row = {"value": "", "absence": absence, "note": note, "as_of": "2026-12-01"}
    submit(layout.root, "bach-long-vi", "2026", FileKind.OBSERVATIONS, row)
    completion = _completion(registry, "bach-long-vi", "2026", layout)
    assert _row(completion, "II.13").status is status
    assert completion.rate.total == (19 if status is Status.NOT_APPLICABLE else 20)


def test_zero_is_a_value(layout: Layout, registry: Registry) -> None:
    submit(layout.root, "bach-long-vi", "2026", FileKind.OBSERVATIONS, {"value": "0", "as_of": "2026-12-01"})
    completion = _completion(registry, "bach-long-vi", "2026", layout)
    assert _row(completion, "II.13").status is Status.NOT_YET_MET
    assert completion.rate.observed == 1


def test_a_quarantined_value_is_recorded_and_not_used(layout: Layout, registry: Registry) -> None:
    submit(layout.root, "bach-long-vi", "2026", FileKind.OBSERVATIONS, {"value": "180", "as_of": "2026-12-01"})
    row = _row(_completion(registry, "bach-long-vi", "2026", layout), "II.13")
    assert row.status is Status.QUARANTINED
    assert row.quarantined is not None
    assert row.quarantined.cells["value"] == "180"


def test_tasks_add_up_to_those_assigned(layout: Layout, registry: Registry) -> None:
    submit(
        layout.root,
        "bach-long-vi",
        "2026",
        FileKind.TASKS,
        {"reported_on": "2026-12-01"},
        {"group": "6", "no": "3", "finished_on": "2026-11-20"},
        {"group": "9", "no": "2", "started_on": "2026-02-01"},
    )
    completion = _completion(registry, "bach-long-vi", "2026", layout)
    counts = completion.task_counts
    assert (counts.assigned, sum(counts.by_status.values())) == (29, 29)
    assert counts.by_status[TaskStatus.NOT_REPORTED] == 26
    assert completion.tasks_by_deadline == TasksByDeadline(
        dated=DatedTasks(total=2, done=1, not_reported=1),
        recurring=RecurringTasks(total=8, in_time=1, not_reported=7, unstated=8, unstated_in_time=1),
        undated=UndatedTasks(total=19, under_way=1, not_reported=18),
    )


@given(st.data())
def test_the_rate_stays_within_its_bounds_whatever_the_absent_values_are(data: st.DataObject) -> None:
    """Whatever the statuses, lower ≤ upper; filling one absence moves within the bounds."""
    model = IndicatorResult.model_construct(target=None, attainment=None, status=Status.NOT_SUBMITTED)
    statuses = data.draw(st.lists(st.sampled_from(list(Status)), max_size=12))
    import datetime as dt

    def of(names: list[Status]):
        return rate([model.model_copy(update={"status": s}) for s in names], dt.date(2025, 12, 14))

    before = of(statuses)
    assert before.met + before.not_met + before.undecidable + before.absent == before.total
    if before.total and Status.NOT_SUBMITTED in statuses:
        filled = list(statuses)
        filled[filled.index(Status.NOT_SUBMITTED)] = data.draw(st.sampled_from([Status.MET, Status.MISSED]))
        after = of(filled)
        assert before.lower <= after.lower <= after.upper <= before.upper
