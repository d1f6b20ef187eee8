"""One row of a plan at the cut-off: its target, its value, its status (đánh giá từng chỉ tiêu)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.completion.methods import Course, opinions
from pipeline.completion.records import IndicatorResult, PastVerdict, Point, TargetInForce
from pipeline.completion.stages import (
    all_targets,
    begins_on,
    next_target,
    past_targets,
    plan_state,
    stage_in_force,
    target_in_force,
    unjudged_target,
    waypoints,
)
from pipeline.completion.status import DatedBaseline, Terms, attainment, gap, holds, judge, months_left
from pipeline.completion.statuses import PlanState, Status
from pipeline.intake.rows import Absence, Intake, Observation, Quarantined
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

    def due_in(self, key: Key, cut_off: dt.date, calendar: Calendar) -> list[TargetInForce]:
        """Targets of a row that fell due by the cut-off while this edition was in force."""
        rows = (row for row in self.plan.indicators if row.key == key)
        past = (target for row in rows for target in past_targets(row, cut_off, calendar))
        return [target for target in past if target.due is not None and self.first <= target.due < self.until]


class IndicatorJudge:
    """Judges rows of one locality at the cut-off of one period."""

    def __init__(self, registry: Registry, period: Period, intake: Intake) -> None:
        self.registry = registry
        self.calendar: Calendar = registry.calendar
        self.cut_off = period.cut_off(self.calendar)
        self.civil_end = period.civil_end
        years = registry.method.value_serves_years
        self.observed = Observed((*intake.earlier, *intake.observations), self.calendar, years)
        self.quarantined: dict[str, Quarantined] = {}
        for quarantined in intake.out:
            self.quarantined.setdefault(quarantined.subject, quarantined)

    def judge_plan(self, plan: Plan, editions: Sequence[Edition] = ()) -> tuple[IndicatorResult, ...]:
        """Judge every row of `plan`, in its order; past targets are those of the edition in force on their due day."""
        state = plan_state(plan, self.cut_off, self.calendar)
        stage = stage_in_force(plan, self.cut_off, self.calendar)
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
        target = target_in_force(self.plan, indicator, stage, self.cut_off, self.calendar)
        chosen = self._choose(self.cut_off)
        baseline = indicator.baseline
        row = IndicatorResult(
            plan=self.plan.id,
            annex=indicator.annex,
            group=indicator.group,
            no=indicator.no,
            kind=indicator.kind,
            name=indicator.name,
            unit=indicator.unit,
            direction=indicator.direction,
            concept=indicator.concept,
            scope=indicator.scope,
            lead=registry.agency_names(indicator.lead, self.plan.locality),
            baseline_text=baseline.text if baseline else "",
            baseline=baseline.value if baseline else None,
            baseline_year=baseline.year if baseline else None,
            baseline_day=self.calendar.annual_cut_off(baseline.year) if baseline else None,
            target=target,
            stages=all_targets(indicator, self.calendar),
            unjudged=None if target else unjudged_target(indicator, stage, self.cut_off, self.calendar),
            next_target=None if target else next_target(indicator, self.cut_off, self.calendar),
            observation=chosen.fresh,
            stale=chosen.stale,
            shared_from=chosen.fresh.label if chosen.fresh and chosen.shared else "",
            quarantined=self._quarantined(chosen),
            status=Status.NOT_SUBMITTED,
            history=_history(chosen.series),
            past=self._past(target),
            due_after_cut_off=bool(target and target.due and self.cut_off < target.due <= self.judge.civil_end),
        )
        return self._judged(row, chosen)

    def _choose(self, day: dt.date) -> Chosen:
        return self.judge.observed.choose(self.plan, self.indicator, day)

    def _quarantined(self, chosen: Chosen) -> Quarantined | None:
        return None if chosen.fresh else self.judge.quarantined.get(f"{self.plan.id}/{self.indicator.key.label}")

    def _judged(self, row: IndicatorResult, chosen: Chosen) -> IndicatorResult:
        target, observation = row.target, row.observation
        if self.state is not PlanState.IN_FORCE:
            return row.model_copy(update={"status": Status.PLAN_NOT_IN_FORCE})
        if target is None:
            quantified = any(t.quantified for t in self.indicator.targets) and row.unjudged is None
            status = Status.NO_STAGE_TARGET if quantified else Status.NOT_ASSESSABLE
            return row.model_copy(update={"status": status})
        if observation is None or observation.value is None:
            return row.model_copy(update={"status": _absence(observation, row.quarantined)})
        once_met = self._once_met(target, chosen.series, observation)
        judgement = judge(target, observation.value, self._baseline, self._terms(target, observation, once_met))
        missing = None if holds(target, observation.value) else gap(target, observation.value)
        months = months_left(self.cut_off, target.due) if target.due else 0
        course = None if judgement.pace is None else self._course(target, chosen.series)
        return row.model_copy(
            update={
                "status": judgement.status,
                "pace": judgement.pace,
                "attainment": attainment(target, observation.value),
                "gap": missing,
                "gap_per_month": missing / months if missing is not None and months else None,
                "once_met": None if judgement.status is Status.MET else once_met,
                "opinions": opinions(course, self.judge.registry.method),
            }
        )

    @property
    def _baseline(self) -> DatedBaseline | None:
        printed = self.indicator.baseline
        if printed is None or printed.value is None:
            return None
        return DatedBaseline(printed.value, self.calendar.annual_cut_off(printed.year))

    def _terms(self, target: TargetInForce, observation: Observation, once_met: dt.date | None) -> Terms:
        points = waypoints(self.indicator, target, self._baseline.day, self.calendar) if self._baseline else ()
        return Terms(
            self.cut_off,
            observed_on=observation.as_of,
            begins=begins_on(self.plan, self.calendar),
            steps=self.judge.registry.method.linear,
            waypoints=points,
            met_before=once_met is not None,
        )

    def _once_met(self, target: TargetInForce, series: Sequence[Observation], judged: Observation) -> dt.date | None:
        """The last day since the plan began, before the value that is judged, on which the target was met."""
        begins = begins_on(self.plan, self.calendar)
        if target.yearly:  # every year has a target of its own
            last_year = self.calendar.reporting_year(self.cut_off) - 1
            begins = max(begins, self.calendar.annual_cut_off(last_year) + dt.timedelta(days=1))
        earlier = (o for o in series if o.value is not None and begins <= o.as_of < judged.as_of)
        return max((o.as_of for o in earlier if o.value and holds(target, o.value)), default=None)

    def _past(self, current: TargetInForce | None) -> tuple[PastVerdict, ...]:
        """Targets already due, each judged by the values dated up to its due day (kết quả từng mốc đã qua)."""
        verdicts = []
        key = self.indicator.key
        for target in (t for e in self.editions for t in e.due_in(key, self.cut_off, self.calendar)):
            judged_now = self.state is PlanState.IN_FORCE and (target == current or target.due == self.cut_off)
            if target.due is None or judged_now:
                continue
            chosen = self._choose(target.due).fresh
            status = _absence(chosen, None)
            if chosen is not None and chosen.value is not None:
                met = holds(target, chosen.value)
                status = Status.UNDECIDABLE if met is None else Status.MET if met else Status.MISSED
            verdicts.append(PastVerdict(target=target, status=status, observation=chosen))
        return tuple(verdicts)

    def _course(self, target: TargetInForce, series: Sequence[Observation]) -> Course | None:
        """Baseline and exact values since, one per day; None without a baseline, bound, due date or later value."""
        baseline = self._baseline
        if target.bound is None or target.due is None or baseline is None:
            return None
        exact = {o.as_of: o.value.exact for o in series if o.value and o.as_of > baseline.day}
        later = sorted((day, value) for day, value in exact.items() if value is not None)
        return Course(((baseline.day, baseline.value), *later), target.bound, target.due) if later else None


def _history(series: Sequence[Observation]) -> tuple[Point, ...]:
    exact = {o.as_of: o.value.exact for o in series if o.value}
    return tuple(Point(day=day, value=value) for day, value in sorted(exact.items()) if value is not None)


def _absence(observation: Observation | None, quarantined: Quarantined | None) -> Status:
    if observation is not None:
        return _ABSENCE_STATUS[observation.absence or Absence.NOT_SUBMITTED]
    return Status.QUARANTINED if quarantined else Status.NOT_SUBMITTED


_RowKey = tuple[str, tuple[str, ...]]
_ConceptUnitScope = tuple[str, str, str]


@dataclass(frozen=True)
class Chosen:
    """What a row is judged by on a day: at most one of `fresh` and `stale` is set."""

    fresh: Observation | None
    stale: Observation | None
    shared: bool
    """The value was given for another row of the same concept, unit and scope."""
    series: tuple[Observation, ...]
    """The observations from which it was chosen, dated up to the day, the oldest first."""


class Observed:
    """The accepted observations of a locality, looked up by row and by concept."""

    def __init__(self, observations: Iterable[Observation], calendar: Calendar, years: int) -> None:
        """`observations` with the oldest period first; `years` is how long a value serves."""
        self._calendar = calendar
        self._years = years
        self._own: dict[_RowKey, list[Observation]] = {}
        self._by_concept: dict[_ConceptUnitScope, list[Observation]] = {}
        for o in observations:
            if o.key is not None:
                self._own.setdefault((o.plan, o.key), []).append(o)
            # An absence stated for one row says nothing about another.
            if o.absence is None or o.key is None:
                self._by_concept.setdefault((o.concept, o.unit, o.scope), []).append(o)

    def choose(self, plan: Plan, indicator: Indicator, day: dt.date) -> Chosen:
        """The newest fresh value of the row's concept, unit and scope dated up to `day`; of one day, the row's own."""
        own = _known(self._own.get((plan.id, tuple(indicator.key)), ()), day)
        concept = (indicator.concept, indicator.unit, indicator.scope)
        shared = [o for o in _known(self._by_concept.get(concept, ()), day) if o not in own]
        found = [(series, series[-1]) for series in (own, shared) if series]
        serving = [(s, o) for s, o in found if is_fresh(o, day, self._calendar, self._years)]
        fresh = max(serving, key=lambda pair: pair[1].as_of, default=None)
        if fresh is not None:
            return Chosen(fresh[1], None, fresh[0] is shared, tuple(fresh[0]))
        series, stale = found[0] if found else ([], None)
        return Chosen(None, stale, series is shared and stale is not None, tuple(series))


def is_fresh(observation: Observation, cut_off: dt.date, calendar: Calendar, years: int) -> bool:
    """Whether a value still serves: until the annual cut-off `years` after that of its own year, exclusive."""
    expected_next = calendar.annual_cut_off(calendar.reporting_year(observation.as_of) + years)
    return observation.as_of <= cut_off < expected_next


def _known(observations: Sequence[Observation], day: dt.date) -> list[Observation]:
    """Those dated up to `day`, the oldest first; of one day, in the order in which they were accepted."""
    return sorted((o for o in observations if o.as_of <= day), key=lambda o: o.as_of)
