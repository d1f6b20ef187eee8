"""One row of a plan at the cut-off: its target, its value, its status (đánh giá từng chỉ tiêu)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.completion.methods import Course, opinions
from pipeline.completion.records import IndicatorResult, PastVerdict, Point, TargetInForce
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
from pipeline.intake.editions import is_of_edition, is_of_year_to
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
        rows = (row for row in self.plan.indicators if row.key == key)
        past = (target for row in rows for target in past_targets(row, cut_off))
        return [target for target in past if target.due is not None and self.first <= target.due < self.until]


class IndicatorJudge:
    """Judges rows of one locality at the cut-off of one period."""

    def __init__(self, registry: Registry, period: Period, intake: Intake) -> None:
        self.registry = registry
        self.calendar: Calendar = registry.calendar
        self.cut_off = period.cut_off(self.calendar)
        self.term = Term(period.start(self.calendar), self.cut_off, str(period))
        self.civil_end = period.civil_end
        years = registry.method.value_serves_years
        sent = (*intake.earlier, *intake.observations, *intake.later, *intake.confirmed)
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
            near=() if chosen.shown else self._near(),
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

    def _near(self) -> tuple[Observation, ...]:
        concepts = self.judge.registry.near(self.indicator.concept)
        return self.judge.observed.near(self.indicator, concepts, self.cut_off)

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
                "opinions": opinions(course, self.judge.registry.method),
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
        for target in (t for e in self.editions for t in e.due_in(self.indicator.key, self.cut_off)):
            judged_now = self._is_judged(current) and (target == current or target.due == self.cut_off)
            if target.due is None or (judged_now and target.due == self.cut_off):
                continue
            decides = self._decides(target.due, shown.series)
            status = _absence(decides, None)
            if decides is not None and decides.value is not None:
                met = holds(target, decides.value)
                status = Status.UNDECIDABLE if met is None else Status.MET if met else Status.MISSED
            if not judged_now or (status not in ABSENT and decides != shown.fresh):
                verdicts.append(PastVerdict(target=target, status=status, observation=decides))
        return tuple(verdicts)

    def _decides(self, due: dt.date, series: Sequence[Observation]) -> Observation | None:
        """What decides a target that is due: the newest value of its year up to that day, else the first one after."""
        chosen = self.judge.observed.choose(self.plan, self.indicator, Term(dt.date(due.year, 1, 1), due)).fresh
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
    """What a row is judged by on a day."""

    fresh: Observation | None
    """Dated in the period; also a statement that the row does not apply, until something newer is said."""
    older: Observation | None
    """Without a value in `fresh`: the newest earlier one that still serves."""
    stale: Observation | None
    """Without either: the newest that no longer serves."""
    shared: bool
    """The value was given for another row of the same concept, unit and scope."""
    series: tuple[Observation, ...]
    """The observations from which it was chosen, dated up to the day, the oldest first."""

    @property
    def shown(self) -> Observation | None:
        """The value to which `shared` and `series` belong."""
        return self.older or self.fresh


@dataclass(frozen=True)
class Term:
    """The days from which a row takes its value, and for which edition."""

    since: dt.date
    day: dt.date
    edition: str = ""
    """The period of the report; '' for a term that has ended, told by the edition that ended with it."""

    def takes(self, observation: Observation) -> bool:
        """Whether the value may be used, whatever its day."""
        return is_of_edition(observation, self.edition) if self.edition else is_of_year_to(observation, self.day)


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

    def choose(self, plan: Plan, indicator: Indicator, term: Term) -> Chosen:
        """The newest value of the row's concept, unit and scope dated in `term`; of one day, the row's own.

        “Chưa có số liệu” and “chưa đến hạn” put no value aside: who says so stands as one who sends nothing.
        """
        day, since = term.day, term.since
        known = _known(self._own.get((plan.id, tuple(indicator.key)), ()), day)
        concept = (indicator.concept, indicator.unit, indicator.scope)
        of_others = [o for o in _known(self._by_concept.get(concept, ()), day) if o not in known]
        own, shared = ([o for o in series if term.takes(o)] for series in (known, of_others))
        series_of_row = [series for series in (own, shared) if series]
        serving = [
            (series, o)
            for series in series_of_row
            for o in reversed(series)
            if is_fresh(o, day, self._calendar, self._years)
        ]
        says = [(series, o) for series, o in serving if o.value is not None or o.absence is Absence.NOT_APPLICABLE]
        stated = next((o for _, o in serving if o.value is None and o.as_of >= since), None)
        if says:
            series, newest = max(says, key=lambda pair: pair[1].as_of)
            in_period = newest.as_of >= since or newest.value is None
            fresh, older = (newest, None) if in_period else (stated, newest)
            return Chosen(fresh, older, None, series is shared, tuple(series))
        if stated is not None or not series_of_row:
            # A value within another period is shown where there is nothing else, and judges nothing.
            stale = None if stated is not None else next(iter(known[-1:]), None)
            return Chosen(stated, None, stale, shared=False, series=tuple(own))
        series = series_of_row[0]
        return Chosen(None, None, series[-1], series is shared, tuple(series))

    def near(self, indicator: Indicator, concepts: frozenset[str], day: dt.date) -> tuple[Observation, ...]:
        """The newest values that still serve on `day` of the concepts near that of the row, one for each.

        The same concept in another scope or unit is near as well.
        """
        own = (indicator.concept, indicator.unit, indicator.scope)
        alike = [key for key in self._by_concept if key != own and key[0] in {*concepts, indicator.concept}]
        newest = (_known(self._by_concept[key], day) for key in sorted(alike))
        values = ([o for o in series if o.value is not None] for series in newest)
        return tuple(v[-1] for v in values if v and is_fresh(v[-1], day, self._calendar, self._years))


def is_fresh(observation: Observation, cut_off: dt.date, calendar: Calendar, years: int) -> bool:
    """Whether a value still serves: until the annual cut-off `years` after that of its own year, exclusive."""
    expected_next = calendar.annual_cut_off(calendar.reporting_year(observation.as_of) + years)
    return observation.as_of <= cut_off < expected_next


def _known(observations: Sequence[Observation], day: dt.date) -> list[Observation]:
    """Those dated up to `day`, the oldest first; of one day, in the order in which they were accepted."""
    return sorted((o for o in observations if o.as_of <= day), key=lambda o: o.as_of)
