"""Properties of whole evaluations: random plans and values, judged by `evaluate`."""

from __future__ import annotations

import dataclasses
import random
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pipeline.completion.counts import Rate
from pipeline.completion.evaluate import evaluate
from pipeline.completion.outlasting import outlasting
from pipeline.completion.records import Completion
from pipeline.completion.statuses import ABSENT, DONE, NOT_MET, UNCOUNTED, Status, TaskStatus
from pipeline.intake.rows import Absence, Intake, Interval, Observation, Origin, TaskFact
from pipeline.plans.models import Kind, Plan
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.factories import made_plan

_ORIGIN = Origin(file="thu.csv", sha256="0" * 64, line=1)
_TARGETS = ["≥80%", "trên 80%", "80%", "≤ 20%", "45-50%", "Cấp độ 2 hoặc 3", "-", "100% (2026-2027)"]
_PERIODS = ["2025", "2026-Q1", "2026-H1", "2026", "2027"]
_DAYS = st.dates(date(2025, 6, 1), date(2027, 12, 31))
_CONCEPTS = ["coverage-5g", "vneid-accounts", "sme-digital"]

_indicators = st.fixed_dictionaries(
    {
        "targets": st.sampled_from(_TARGETS).map(lambda text: [{"year": 2026, "text": text}]),
        "direction": st.sampled_from(["rising", "falling"]),
        "concept": st.sampled_from(_CONCEPTS),
        "baseline": st.none() | st.integers(0, 120).map(lambda v: {"text": str(v), "value": v, "year": 2025}),
        "kind": st.sampled_from(["indicator", "indicator", "commitment"]),
        "lead": st.lists(st.sampled_from(["Phòng Kinh tế", "Công an xã"]), unique=True, max_size=2),
    }
)
_tasks = st.fixed_dictionaries(
    {
        "deadline": st.sampled_from(
            ["", "Quý II/2026", "Thường xuyên", "hằng tháng", "theo hướng dẫn của Sở", "năm 2026"]
        )
    }
)


@st.composite
def _plans(draw: st.DrawFn) -> Plan:
    rows = draw(st.lists(_indicators, max_size=8))
    tasks = draw(st.lists(_tasks, max_size=6))
    common = {"group": "I", "name": "Dòng thử"}
    return made_plan(
        indicators=[common | {"no": str(n), "unit": "%"} | row for n, row in enumerate(rows, start=1)],
        tasks=[common | {"no": f"v{n}"} | task for n, task in enumerate(tasks, start=1)],
    )


_intervals = st.one_of(
    st.integers(0, 130).map(lambda v: Interval(low=Decimal(v), high=Decimal(v))),
    st.integers(0, 100).map(lambda v: Interval(low=Decimal(v), high=None, low_open=True)),
    st.integers(0, 100).map(lambda v: Interval(low=None, high=Decimal(v))),
)


@st.composite
def _observations(draw: st.DrawFn, plan: Plan) -> Observation:
    row = draw(st.sampled_from(plan.indicators))
    value = draw(st.none() | _intervals)
    absences = [Absence.NOT_SUBMITTED, Absence.NOT_DUE, Absence.NOT_APPLICABLE]
    return Observation(
        plan="thu",
        key=row.key,
        concept=row.concept,
        unit="%",
        value=value,
        text="",
        as_of=draw(_DAYS),
        as_of_stated=True,
        absence=draw(st.sampled_from(absences)) if value is None else None,
        source="thử",
        origin=_ORIGIN,
    )


@st.composite
def _facts(draw: st.DrawFn, plan: Plan) -> TaskFact:
    days = {name: draw(st.none() | _DAYS) for name in ("started_on", "finished_on", "suspended_on", "reported_on")}
    return TaskFact(plan="thu", key=draw(st.sampled_from(plan.tasks)).key, origin=_ORIGIN, **days)


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Plan, Intake]:
    plan = draw(_plans())
    # One value a row and day, so that the order in which they were accepted decides nothing.
    observations = st.lists(_observations(plan), max_size=10, unique_by=lambda o: (o.concept, o.as_of))
    facts = st.lists(_facts(plan), max_size=6, unique_by=lambda f: f.key)
    intake = Intake(
        locality="binh-giang",
        period=draw(st.sampled_from(_PERIODS)),
        observations=tuple(draw(observations)) if plan.indicators else (),
        tasks=tuple(draw(facts)) if plan.tasks else (),
    )
    return plan, intake


def _evaluate(registry: Registry, plan: Plan, intake: Intake, period: str = "") -> Completion:
    alone = dataclasses.replace(registry, plans=(plan,))
    return evaluate(alone, registry.locality("binh-giang"), Period.parse(period or intake.period), intake)


def _all_rates(completion: Completion) -> list[Rate]:
    plans = completion.plans
    groups = [group.rate for plan in plans for group in plan.groups]
    agencies = [agency.rate for agency in completion.agencies]
    return [completion.rate, completion.commitments, *(p.rate for p in plans), *groups, *agencies]


@given(_cases())
def test_every_rate_is_within_its_bounds_and_the_statuses_add_up(registry: Registry, case: tuple[Plan, Intake]) -> None:
    completion = _evaluate(registry, *case)
    for rate in _all_rates(completion):
        assert rate.met + rate.not_met + rate.undecidable + rate.absent == rate.total
        assert rate.met_of_due <= rate.due <= rate.total
        assert rate.behind <= rate.not_met
        if rate.total:
            assert 0 <= rate.lower <= rate.upper <= 1
            assert 0 <= rate.coverage <= 1
        if rate.attainment_of:
            assert 0 <= rate.attainment_low <= rate.attainment_high <= 1
            assert rate.attainment_of <= rate.total
    (plan,) = completion.plans
    in_rates = sum(plan.rate.by_status.values()) + sum(plan.commitments.by_status.values())
    assert in_rates + len(outlasting(plan)) == len(case[0].indicators)


def test_the_statuses_are_a_partition() -> None:
    kinds = [{Status.MET}, NOT_MET, {Status.UNDECIDABLE}, ABSENT, UNCOUNTED]
    assert sum(len(kind) for kind in kinds) == len(set().union(*kinds)) == len(Status)


@given(_cases(), st.integers(0, 2**32))
def test_the_order_of_rows_and_values_changes_nothing(registry: Registry, case: tuple[Plan, Intake], seed: int) -> None:
    plan, intake = case
    order = random.Random(seed)  # noqa: S311 - an order, not a secret
    rows, tasks, sent_rows = (
        tuple(order.sample(x, len(x))) for x in (plan.indicators, plan.tasks, intake.observations)
    )
    shuffled = plan.model_copy(update={"indicators": rows, "tasks": tasks})
    sent = intake.model_copy(update={"observations": sent_rows})
    one, other = _evaluate(registry, plan, intake), _evaluate(registry, shuffled, sent)
    assert (one.rate, one.commitments, one.task_counts) == (other.rate, other.commitments, other.task_counts)
    assert {a.name: (a.rate, a.tasks_by_deadline) for a in one.agencies} == {
        a.name: (a.rate, a.tasks_by_deadline) for a in other.agencies
    }
    assert {r.key: r for r in one.plans[0].indicators} == {r.key: r for r in other.plans[0].indicators}


@given(_cases(), st.data())
def test_a_value_that_meets_never_lowers_a_rate(
    registry: Registry, case: tuple[Plan, Intake], data: st.DataObject
) -> None:
    plan, intake = case
    before = _evaluate(registry, plan, intake)
    rows = [r for r in before.plans[0].indicators if r.counted and r.target and r.target.bound is not None]
    if not rows or before.rate.total == 0:
        return
    row = data.draw(st.sampled_from(rows))
    bound = row.target.bound if row.target else None
    assert bound is not None
    met = bound - 1 if row.target and row.target.wants_less else bound + 1
    observation = Observation(
        plan="thu",
        key=row.key,
        concept=f"only-{row.no}",  # serves this row alone
        unit="%",
        value=Interval(low=met, high=met),
        text=str(met),
        as_of=before.cut_off,
        as_of_stated=True,
        source="thử",
        origin=_ORIGIN,
    )
    after = _evaluate(registry, plan, intake.model_copy(update={"observations": (*intake.observations, observation)}))
    for rate_before, rate_after in ((before.rate, after.rate), (before.plans[0].rate, after.plans[0].rate)):
        assert rate_after.lower >= rate_before.lower
        assert rate_after.total == rate_before.total
    assert next(r for r in after.plans[0].indicators if r.key == row.key).status is Status.MET


@given(_cases(), _DAYS)
def test_tasks_add_up_on_every_day(registry: Registry, case: tuple[Plan, Intake], day: date) -> None:
    """Recomputed for the month of any day: the counts are those assigned, and time alone never undoes what is done."""
    plan, intake = case
    months = [f"{d.year}-{d.month:02}" for d in (day, day + timedelta(days=31))]
    now, later = (_evaluate(registry, plan, intake, month).plans[0] for month in months)
    assert sum(now.task_counts.by_status.values()) == now.task_counts.assigned == len(plan.tasks)
    assert now.task_counts.done + now.task_counts.overdue <= now.task_counts.counted
    for before, after in zip(now.tasks, later.tasks, strict=True):
        if before.status in DONE and after.status is not TaskStatus.PLAN_NOT_IN_FORCE:
            assert after.status is before.status


@given(_cases(), st.sampled_from(["2026-Q1", "2026-H1"]))
def test_the_parts_of_a_change_add_up_to_the_change(
    registry: Registry, case: tuple[Plan, Intake], previous: str
) -> None:
    plan, intake = case
    known = {"earlier": intake.observations, "observations": (), "previous": previous}
    for period in ("2026-9M", "2026", "2027"):
        completion = _evaluate(registry, plan, intake.model_copy(update=known), period)
        change = completion.change
        assert change is not None
        assert change.met_before + change.came - change.went == completion.rate.met
        moved = (*change.newly_met, *change.fell_back, *change.first_observed, *change.lost)
        assert len({m.code for m in moved}) == len(moved)
        assert all(m.kind is Kind.INDICATOR for m in (*moved, *change.left, *change.ended, *change.entered))


@given(_cases(), st.data())
def test_saying_that_there_is_no_value_costs_nothing(
    registry: Registry, case: tuple[Plan, Intake], data: st.DataObject
) -> None:
    """“Chưa có số liệu” beside whatever else was sent leaves every count as silence does."""
    plan, intake = case
    silent = _evaluate(registry, plan, intake)
    if not plan.indicators:
        return
    row = data.draw(st.sampled_from(plan.indicators))
    said = Observation(
        plan="thu",
        key=row.key,
        concept=row.concept,
        unit="%",
        value=None,
        text="",
        as_of=silent.cut_off,
        as_of_stated=True,
        absence=Absence.NOT_SUBMITTED,
        source="thử",
        origin=_ORIGIN,
    )
    honest = _evaluate(registry, plan, intake.model_copy(update={"observations": (*intake.observations, said)}))
    for one, other in zip(_all_rates(silent), _all_rates(honest), strict=True):
        of_one, of_other = (
            (r.met, r.not_met, r.absent, r.undecidable, r.total, r.older, r.older_met) for r in (one, other)
        )
        assert of_one == of_other


@given(_cases())
def test_what_is_met_is_met_by_a_value_of_the_period(registry: Registry, case: tuple[Plan, Intake]) -> None:
    completion = _evaluate(registry, *case)
    for row in (row for plan in completion.in_force for row in plan.indicators):
        if row.observation is not None and row.observation.value is not None:
            assert completion.start <= row.observation.as_of <= completion.cut_off
            assert row.latest is None
        elif row.status is not Status.NOT_APPLICABLE:
            assert row.status is not Status.MET
        if row.latest is not None:
            assert row.latest.as_of < completion.start
            assert not row.counted or row.status in ABSENT
    for rate in _all_rates(completion):
        assert rate.older <= rate.absent
        assert rate.older_met <= rate.older


@given(_cases())
def test_the_three_counts_of_tasks_add_up_and_can_be_filled(registry: Registry, case: tuple[Plan, Intake]) -> None:
    completion = _evaluate(registry, *case)
    counts = completion.tasks_by_deadline
    assert counts.total == completion.task_counts.counted
    for left in (counts.dated.in_time, counts.undated.not_started):
        assert left >= 0
    assert counts.recurring.in_time + counts.recurring.lapsed + counts.recurring.not_reported == counts.recurring.total
    assert counts.dated.done_of_due <= counts.dated.due <= counts.dated.total
    for most, total in (
        (counts.dated.done_at_most, counts.dated.total),
        (counts.recurring.in_time_at_most, counts.recurring.total),
        (counts.undated.done_at_most, counts.undated.total),
    ):
        assert most <= total
