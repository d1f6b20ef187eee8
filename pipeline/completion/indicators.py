"""One row of a plan at the cut-off: its target, its value, its status (đánh giá từng chỉ tiêu)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.completion.lines import Point
from pipeline.completion.methods import METHODS, Course, Judging, opinions
from pipeline.completion.observed import Chosen, Observed, Term
from pipeline.completion.records import IndicatorResult, PastVerdict, TargetInForce
from pipeline.completion.stages import (
    all_targets,
    is_open_after,
    next_target,
    past_targets,
    plan_state,
    shows_starting_point,
    stage_in_force,
    target_in_force,
    unjudged_target,
    waypoints,
)
from pipeline.completion.status import DatedBaseline, Terms, attainment, gap, holds, judge, months_left
from pipeline.completion.statuses import ABSENT, PlanState, Status
from pipeline.intake.rows import Absence, Intake, Interval, Observation, Quarantined
from pipeline.plans.deadlines import year_end
from pipeline.plans.links import taken_lead
from pipeline.plans.models import Indicator, Key, Plan
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.registry import Registry

_ABSENCE_STATUS = {
    Absence.NOT_SUBMITTED: Status.NOT_SUBMITTED,
    Absence.NOT_DUE: Status.NOT_DUE,
    Absence.NOT_APPLICABLE: Status.NOT_APPLICABLE,
    Absence.QUARANTINED: Status.QUARANTINED,
}


@dataclass(frozen=True)
class Edition:
    """A plan as it stood from `first` to the day before `until`."""

    plan: Plan
    first: dt.date
    until: dt.date

    def due_in(self, key: Key, cut_off: dt.date) -> list[TargetInForce]:
        """Targets of a row that fell due by the cut-off while this edition was in force."""
        row = self.rows.get(key)
        past = past_targets(row, cut_off) if row else ()
        return [target for target in past if target.due is not None and self.first <= target.due < self.until]

    @cached_property
    def rows(self) -> dict[Key, Indicator]:
        """Its rows by their keys."""
        return {row.key: row for row in self.plan.indicators}


class IndicatorJudge:
    """Judges rows of one locality at the cut-off of one period."""

    def __init__(
        self, registry: Registry, period: Period, intake: Intake, methods: Mapping[str, Judging] = METHODS
    ) -> None:
        """`methods` are the other ones whose opinions are noted."""
        self.registry = registry
        self.methods = methods
        self.calendar: Calendar = registry.calendar
        self.cut_off = period.cut_off(self.calendar)
        self.term = Term.of(period, self.calendar)
        self.civil_end = period.civil_end
        years = registry.method.value_serves_years
        sent = (*intake.earlier, *intake.observations, *intake.later, *intake.confirmed, *intake.computed)
        self.observed = Observed(sent, self.calendar, years)
        self.quarantined: dict[str, Quarantined] = {}
        for quarantined in intake.out:
            self.quarantined.setdefault(quarantined.subject, quarantined)

    def judge_plan(self, plan: Plan, editions: Sequence[Edition] = ()) -> tuple[IndicatorResult, ...]:
        """Judge every row of `plan`, in its order; past targets are those of the edition in force on their due day."""
        state = plan_state(plan, self.cut_off)
        stage = stage_in_force(plan, self.cut_off)
        editions = editions or (Edition(plan, dt.date.min, dt.date.max),)
        rows = (_IndicatorRow(self, plan, state, indicator, editions) for indicator in plan.indicators)
        return tuple(row.result(stage) for row in rows)


@dataclass(frozen=True)
class _IndicatorRow:
    judge: IndicatorJudge
    plan: Plan
    state: PlanState
    indicator: Indicator
    editions: Sequence[Edition]

    @property
    def calendar(self) -> Calendar:
        return self.judge.calendar

    @property
    def cut_off(self) -> dt.date:
        return self.judge.cut_off

    def result(self, stage: int | None) -> IndicatorResult:
        indicator, registry = self.indicator, self.judge.registry
        target = target_in_force(self.plan, indicator, stage, self.cut_off)
        chosen = self.judge.observed.choose(self.plan, indicator, self.judge.term)
        baseline = indicator.baseline
        lead, lead_from = taken_lead(self.plan, indicator)
        row = IndicatorResult(
            plan=self.plan.id,
            annex=indicator.annex,
            group=indicator.group,
            no=indicator.no,
            kind=indicator.kind,
            name=indicator.name,
            name_printed=indicator.name_printed or "",
            same_as=f"{self.plan.id}/{indicator.same_as}" if indicator.same_as else "",
            near=() if chosen.shown else self._near(target),
            unit=indicator.unit,
            direction=indicator.direction,
            concept=indicator.concept,
            scope=indicator.scope,
            lead=registry.agency_names(lead, self.plan.locality),
            lead_from=lead_from,
            baseline_text=baseline.text if baseline else "",
            baseline=baseline.value if baseline else None,
            baseline_year=baseline.year if baseline else None,
            baseline_day=year_end(baseline.year) if baseline else None,
            target=target,
            stages=all_targets(indicator),
            unjudged=None if target else unjudged_target(indicator, stage, self.cut_off),
            next_target=None if target else next_target(indicator, self.cut_off),
            observation=chosen.fresh,
            latest=chosen.older,
            latest_meets=_meets(target, chosen.older),
            stale=chosen.stale,
            estimate=self._estimate(chosen.fresh),
            shared_from=chosen.shown.label if chosen.shown and chosen.shared else "",
            quarantined=self._quarantined(chosen),
            status=Status.NOT_SUBMITTED,
            history=_history(chosen.series),
            past=self._past(target, chosen),
            days_left=_days_left(target, self.cut_off),
        )
        return self._judged(row, chosen)

    def _estimate(self, observation: Observation | None) -> Interval | None:
        """The estimate of the year, only in the report with which it was sent."""
        sent_now = observation is not None and observation.edition == self.judge.term.edition
        return observation.estimate if observation is not None and sent_now else None

    def _near(self, target: TargetInForce | None) -> tuple[Observation, ...]:
        """Similar values that could decide the row, if its office confirmed them."""
        concepts = self.judge.registry.near(self.indicator.concept)
        due = max((day for past in self._due() if (day := past.due) is not None), default=None)
        if due is not None and (target is None or not self._is_judged(target)):
            return self.judge.observed.near(self.indicator, concepts, Term.until(due, self.calendar))
        term = dataclasses.replace(self.judge.term, since=dt.date.min)
        return self.judge.observed.near(self.indicator, concepts, term)

    def _due(self) -> list[TargetInForce]:
        """The targets of the row that fell due by the cut-off."""
        return [target for edition in self.editions for target in edition.due_in(self.indicator.key, self.cut_off)]

    def _quarantined(self, chosen: Chosen) -> Quarantined | None:
        return None if chosen.fresh else self.judge.quarantined.get(f"{self.plan.id}/{self.indicator.key.label}")

    def _judged(self, row: IndicatorResult, chosen: Chosen) -> IndicatorResult:
        target, observation = row.target, row.observation
        starting = shows_starting_point(self.plan, self.state, self.cut_off, self.calendar)
        if not starting and not self._is_judged(target):
            return row.model_copy(update={"status": Status.PLAN_NOT_IN_FORCE})
        if target is None:
            quantified = any(t.quantified for t in self.indicator.targets) and row.unjudged is None
            status = Status.NO_STAGE_TARGET if quantified else Status.NOT_ASSESSABLE
            return row.model_copy(update={"status": status})
        if starting:
            return row.model_copy(update=_starting(target, observation))
        if observation is None or observation.value is None:
            return row.model_copy(update={"status": _absence(observation, row.quarantined)})
        once_met = self._once_met(target, chosen.series, observation)
        judgement = judge(target, observation.value, self._baseline, self._terms(target, observation, once_met))
        missing = None if holds(target, observation.value) else gap(target, observation.value)
        months = months_left(self.cut_off, target.due) if target.due and not target.standing else 0
        course = None if judgement.pace is None else self._course(target, chosen.series)
        return row.model_copy(
            update={
                "status": judgement.status,
                "pace": judgement.pace,
                "attainment": attainment(target, observation.value),
                "gap": missing,
                "gap_per_month": missing / months if missing is not None and months else None,
                "once_met": None if judgement.status is Status.MET else once_met,
                "opinions": opinions(course, self.judge.registry.method, self.judge.methods),
            }
        )

    def _is_judged(self, target: TargetInForce | None) -> bool:
        """Whether the plan is in force, or the term of this target outlasts it."""
        if self.state is PlanState.IN_FORCE or target is None or target.yearly:
            return self.state is PlanState.IN_FORCE
        return is_open_after(self.plan, target.due, self.cut_off)

    @property
    def _baseline(self) -> DatedBaseline | None:
        printed = self.indicator.baseline
        if printed is None or printed.value is None:
            return None
        return DatedBaseline(printed.value, year_end(printed.year))

    def _terms(self, target: TargetInForce, observation: Observation, once_met: dt.date | None) -> Terms:
        points = waypoints(self.indicator, target, self._baseline.day) if self._baseline else ()
        return Terms(
            self.cut_off,
            observed_on=observation.as_of,
            period_end=self.judge.civil_end,
            steps=self.judge.registry.method.linear,
            waypoints=points,
            met_before=once_met is not None,
            begins=self.plan.first_day,
        )

    def _once_met(self, target: TargetInForce, series: Sequence[Observation], judged: Observation) -> dt.date | None:
        """The last day since the plan began, before the value that is judged, on which the target was met."""
        begins = self.plan.first_day
        if target.yearly:  # every year has a target of its own
            begins = max(begins, dt.date(self.cut_off.year, 1, 1))
        earlier = (o for o in series if o.value is not None and begins <= o.as_of < judged.as_of)
        return max((o.as_of for o in earlier if o.value and holds(target, o.value)), default=None)

    def _past(self, current: TargetInForce | None, shown: Chosen) -> tuple[PastVerdict, ...]:
        """Targets already due, each with its verdict (kết quả từng mốc đã qua).

        The target of the row itself is among them once the value that decided it is no longer the one shown.
        """
        verdicts = []
        for target in self._due():
            judged_now = self._is_judged(current) and (target == current or target.due == self.cut_off)
            if target.due is None or (judged_now and target.due == self.cut_off):
                continue
            decides = self._decides(target.due, shown.series)
            status = _absence(decides, None)
            if decides is not None and decides.value is not None:
                met = holds(target, decides.value)
                failed = Status.BREACHED if target.standing else Status.MISSED
                status = Status.UNDECIDABLE if met is None else Status.MET if met else failed
            if not judged_now or (status not in ABSENT and decides != shown.fresh):
                beside = self.judge.observed.within(self.plan, self.indicator, target.due) if status in ABSENT else None
                verdicts.append(PastVerdict(target=target, status=status, observation=decides, within=beside))
        return tuple(verdicts)

    def _decides(self, due: dt.date, series: Sequence[Observation]) -> Observation | None:
        """What decides a target that is due: the newest value of its year up to that day, else the first one after.

        Of a target due on 31 December it is what the final edition of that year chooses.
        """
        chosen = self.judge.observed.choose(self.plan, self.indicator, Term.until(due, self.calendar)).fresh
        if chosen is not None and chosen.value is not None:
            return chosen
        later = (o for o in series if due < o.as_of <= year_end(due.year) and o.value is not None)
        return next(later, chosen)

    def _course(self, target: TargetInForce, series: Sequence[Observation]) -> Course | None:
        """Baseline and exact values since, one per day; None without a baseline, bound, due date or later value."""
        baseline = self._baseline
        if target.bound is None or target.due is None or baseline is None:
            return None
        exact = {o.as_of: o.value.exact for o in series if o.value and o.as_of > baseline.day}
        later = sorted((day, value) for day, value in exact.items() if value is not None)
        return Course(((baseline.day, baseline.value), *later), target.bound, target.due) if later else None


def _days_left(target: TargetInForce | None, cut_off: dt.date) -> int | None:
    due = target.due if target else None
    return (due - cut_off).days if due is not None and cut_off < due else None


def _starting(target: TargetInForce, observation: Observation | None) -> dict[str, object]:
    """What is there before the plan begins, against its target: no verdict on what was done."""
    meets = _meets(target, observation)
    if observation is None or observation.value is None or meets is None:
        return {"status": Status.BASELINE_UNKNOWN}
    return {
        "status": Status.BASELINE_MET if meets else Status.BASELINE_BELOW,
        "attainment": attainment(target, observation.value),
        "gap": None if meets else gap(target, observation.value),
    }


def _meets(target: TargetInForce | None, observation: Observation | None) -> bool | None:
    if target is None or observation is None or observation.value is None:
        return None
    return holds(target, observation.value)


def _history(series: Sequence[Observation]) -> tuple[Point, ...]:
    of_day = {o.as_of: o for o in series if o.value}
    values = ((o, o.value.exact) for _, o in sorted(of_day.items()) if o.value)
    return tuple(
        Point(day=o.as_of, value=value, stated=o.as_of_stated, edition=o.edition)
        for o, value in values
        if value is not None
    )


def _absence(observation: Observation | None, quarantined: Quarantined | None) -> Status:
    if observation is not None:
        return _ABSENCE_STATUS[observation.absence or Absence.NOT_SUBMITTED]
    return Status.QUARANTINED if quarantined else Status.NOT_SUBMITTED
