"""From plans and accepted figures to a completion record. Pure: the clock and the disk are not asked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.completion.clauses import Conflict
from pipeline.completion.conflicts import code_of, conflicts
from pipeline.completion.methods import Course, opinions
from pipeline.completion.rates import count_tasks, rate
from pipeline.completion.records import (
    AgencyResult,
    Completion,
    GroupResult,
    IndicatorResult,
    PlanResult,
    PlanState,
    Status,
    TargetInForce,
    TaskResult,
)
from pipeline.completion.status import Baseline, Terms, attainment, gap, holds, judge, months_left
from pipeline.completion.tasks import is_due_soon, latest_facts, task_status
from pipeline.plans.models import Indicator, Kind, Locality, Plan, Target, Task
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.registry import Registry
from pipeline.submissions.intake import Intake
from pipeline.submissions.records import Absence, Observation

_ABSENCE_STATUS = {
    Absence.NOT_SUBMITTED: Status.NOT_SUBMITTED,
    Absence.NOT_DUE: Status.NOT_DUE,
    Absence.NOT_APPLICABLE: Status.NOT_APPLICABLE,
    Absence.QUARANTINED: Status.QUARANTINED,
}


def evaluate(registry: Registry, locality: Locality, period: Period, intake: Intake) -> Completion:
    """Completion of all plans of `locality` at the cut-off of `period`."""
    return _Evaluation(registry, locality, period, intake).completion()


def is_fresh(observation: Observation, cut_off: dt.date, calendar: Calendar) -> bool:
    """Whether a value still serves: indicators are measured yearly, so until the next annual cut-off."""
    expected_next = calendar.annual_cut_off(calendar.reporting_year(observation.as_of) + 1)
    return observation.as_of <= cut_off < expected_next


def plan_state(plan: Plan, cut_off: dt.date, calendar: Calendar) -> PlanState:
    """In force from the annual cut-off before the plan's first year to that of its last."""
    if cut_off < calendar.annual_cut_off(plan.years.first - 1):
        return PlanState.NOT_BEGUN
    return PlanState.EXPIRED if cut_off > calendar.annual_cut_off(plan.years.last) else PlanState.IN_FORCE


def stage_in_force(plan: Plan, cut_off: dt.date, calendar: Calendar) -> int | None:
    """The first stage whose cut-off is not past (giai đoạn), for a plan that has stages; else None."""
    rows = [x for x in plan.indicators if x.kind is Kind.INDICATOR]
    if all(len(x.targets) == 1 for x in rows):
        return None
    years = sorted({t.year for x in rows for t in x.targets if t.year})
    return next((year for year in years if cut_off <= calendar.annual_cut_off(year)), years[-1])


def target_in_force(
    indicator: Indicator, stage: int | None, cut_off: dt.date, calendar: Calendar
) -> TargetInForce | None:
    """The target an indicator is held against at the cut-off; None if it has none in this stage.

    Stages are those of the objectives; a commitment is held against its next target, or its last.
    """
    targets = [t for t in indicator.targets if t.quantified]
    if stage is not None and indicator.kind is Kind.INDICATOR:
        targets = [t for t in targets if t.year == stage]
    due = {t: _due(t, cut_off, calendar) for t in targets}
    open_targets = [t for t in targets if (day := due[t]) is None or day >= cut_off]
    chosen = next(iter(open_targets), targets[-1] if targets else None)
    return None if chosen is None else _in_force(chosen, indicator, due[chosen])


def next_target(indicator: Indicator, cut_off: dt.date, calendar: Calendar) -> TargetInForce | None:
    """The nearest target that falls due after the cut-off; None if there is none."""
    later = [(day, t) for t in indicator.targets if (day := t.due(calendar)) is not None and day > cut_off]
    day, nearest = min(later, key=lambda pair: pair[0], default=(None, None))
    return None if nearest is None else _in_force(nearest, indicator, day)


def _in_force(target: Target, indicator: Indicator, due: dt.date | None) -> TargetInForce:
    parsed = target.parsed
    return TargetInForce(
        text=target.text,
        comparator=parsed.comparator,
        direction=indicator.direction,
        low=parsed.low,
        high=parsed.high,
        levels=parsed.levels,
        year=target.year,
        due=due,
        aspirational=parsed.aspirational,
    )


def _due(target: Target, cut_off: dt.date, calendar: Calendar) -> dt.date | None:
    if target.yearly:
        return calendar.annual_cut_off(calendar.reporting_year(cut_off))
    return target.due(calendar)


@dataclass(frozen=True)
class _Evaluation:
    registry: Registry
    locality: Locality
    period: Period
    intake: Intake

    @property
    def calendar(self) -> Calendar:
        return self.registry.calendar

    @property
    def cut_off(self) -> dt.date:
        return self.period.cut_off(self.calendar)

    def completion(self) -> Completion:
        plans = tuple(self._plan(plan) for plan in self.registry.plans_of(self.locality.slug))
        in_force = [plan for plan in plans if plan.state is PlanState.IN_FORCE]
        rows = [row for plan in in_force for row in plan.indicators]
        indicators = [row for row in rows if row.kind is Kind.INDICATOR]
        tasks = [task for plan in in_force for task in plan.tasks]
        concepts = Counter((r.concept, r.scope) for r in indicators if r.counted)
        parent = next((x for x in self.registry.localities if x.code == self.locality.parent), None)
        return Completion(
            method=self.registry.method,
            calendar=self.calendar.name,
            calendar_source=self.calendar.source,
            locality=self.locality.slug,
            locality_name=self.locality.full_name,
            locality_code=self.locality.code,
            parent_name=parent.full_name if parent else "",
            period=str(self.period),
            period_label=self.period.label,
            start=self.period.start(self.calendar),
            cut_off=self.cut_off,
            rate=rate(indicators, self.cut_off),
            repeated_concepts=sum(count > 1 for count in concepts.values()),
            commitments=rate((r for r in rows if r.kind is Kind.COMMITMENT), self.cut_off),
            task_counts=count_tasks(tasks),
            plans=plans,
            agencies=self._agencies(indicators, tasks),
            conflicts=self._conflicts(),
            reported=self.intake.reported,
            unplaced=self._unplaced(plans),
        )

    def _plan(self, plan: Plan) -> PlanResult:
        state = plan_state(plan, self.cut_off, self.calendar)
        stage = stage_in_force(plan, self.cut_off, self.calendar)
        rows = tuple(self._indicator(plan, state, stage, indicator) for indicator in plan.indicators)
        tasks = tuple(self._task(plan, task) for task in plan.tasks)
        return PlanResult(
            id=plan.id,
            title=plan.title,
            reference=plan.reference,
            issuer=plan.issuer,
            date_printed=plan.date_printed or "",
            implements=plan.implements,
            supersedes=plan.supersedes,
            first_year=plan.years.first,
            last_year=plan.years.last,
            state=state,
            stage=stage,
            rate=rate((r for r in rows if r.kind is Kind.INDICATOR), self.cut_off),
            commitments=rate((r for r in rows if r.kind is Kind.COMMITMENT), self.cut_off),
            groups=self._groups(plan, rows),
            indicators=rows,
            tasks=tasks,
            task_counts=count_tasks(tasks),
        )

    def _groups(self, plan: Plan, rows: Sequence[IndicatorResult]) -> tuple[GroupResult, ...]:
        headings = dict.fromkeys((r.kind is Kind.COMMITMENT, r.annex, r.group) for r in rows)
        return tuple(
            GroupResult(
                annex=annex,
                no=group,
                title=plan.group_title(annex, group),
                commitments=commitments,
                rate=rate(
                    (r for r in rows if (r.kind is Kind.COMMITMENT, r.annex, r.group) == (commitments, annex, group)),
                    self.cut_off,
                ),
            )
            for commitments, annex, group in sorted(headings, key=lambda heading: heading[0])
        )

    def _indicator(self, plan: Plan, state: PlanState, stage: int | None, indicator: Indicator) -> IndicatorResult:
        target = target_in_force(indicator, stage, self.cut_off, self.calendar)
        own, shared = self._candidates(plan, indicator)
        latest = [o for o in (_latest(own), _latest(shared)) if o is not None]
        fresh = next((o for o in latest if is_fresh(o, self.cut_off, self.calendar)), None)
        code = f"{plan.id}/{indicator.key.label}"
        quarantined = next((q for q in self.intake.out if q.subject == code), None)
        baseline = indicator.baseline
        result = IndicatorResult(
            plan=plan.id,
            annex=indicator.annex,
            group=indicator.group,
            no=indicator.no,
            kind=indicator.kind,
            name=indicator.name,
            unit=indicator.unit,
            direction=indicator.direction,
            concept=indicator.concept,
            scope=indicator.scope,
            lead=self.registry.agency_names(indicator.lead, plan.locality),
            baseline_text=baseline.text if baseline else "",
            baseline=baseline.value if baseline else None,
            baseline_year=baseline.year if baseline else None,
            target=target,
            next_target=None if target else next_target(indicator, self.cut_off, self.calendar),
            observation=fresh,
            stale=next(iter(latest), None) if fresh is None else None,
            shared_from=fresh.label if fresh and fresh not in own else "",
            quarantined=quarantined if fresh is None else None,
            status=Status.NOT_SUBMITTED,
            due_after_cut_off=bool(target and target.due and self.cut_off < target.due <= self.period.civil_end),
        )
        judged = self._with_status(result, plan, state, any(t.quantified for t in indicator.targets))
        if judged.pace is None:
            return judged
        course = self._course(indicator, target, own if fresh in own else shared)
        return judged.model_copy(update={"opinions": opinions(course, self.registry.method)})

    def _with_status(self, result: IndicatorResult, plan: Plan, state: PlanState, quantified: bool) -> IndicatorResult:
        target, observation = result.target, result.observation
        if state is not PlanState.IN_FORCE:
            return result.model_copy(update={"status": Status.PLAN_EXPIRED})
        if target is None:
            status = Status.NO_STAGE_TARGET if quantified else Status.NOT_ASSESSABLE
            return result.model_copy(update={"status": status})
        if observation is None or observation.value is None:
            absence = observation.absence if observation else None
            status = _ABSENCE_STATUS[absence or Absence.NOT_SUBMITTED]
            if observation is None and result.quarantined is not None:
                status = Status.QUARANTINED
            return result.model_copy(update={"status": status})
        judgement = judge(
            target,
            observation.value,
            self._baseline(result),
            Terms(
                self.cut_off,
                begins=self.calendar.annual_cut_off(plan.years.first - 1) + dt.timedelta(days=1),
                steps=self.registry.method.linear,
            ),
        )
        missing = None if holds(target, observation.value) else gap(target, observation.value)
        months = months_left(self.cut_off, target.due) if target.due else 0
        return result.model_copy(
            update={
                "status": judgement.status,
                "pace": judgement.pace,
                "attainment": attainment(target, observation.value),
                "gap": missing,
                "gap_per_month": missing / months if missing and months else None,
            }
        )

    def _course(
        self, indicator: Indicator, target: TargetInForce | None, observations: Sequence[Observation]
    ) -> Course | None:
        """Baseline and exact values since, one a day; None without baseline, bound, due date or a later value."""
        baseline = indicator.baseline
        if target is None or target.bound is None or target.due is None or baseline is None or baseline.value is None:
            return None
        start = self.calendar.annual_cut_off(baseline.year)
        exact = {o.as_of: o.value.exact for o in observations if o.value and o.as_of > start}
        later = sorted((day, value) for day, value in exact.items() if value is not None)
        return Course(((start, baseline.value), *later), target.bound, target.due) if later else None

    def _baseline(self, result: IndicatorResult) -> Baseline | None:
        if result.baseline is None or result.baseline_year is None:
            return None
        return Baseline(result.baseline, self.calendar.annual_cut_off(result.baseline_year))

    def _candidates(self, plan: Plan, indicator: Indicator) -> tuple[list[Observation], list[Observation]]:
        """Observations given for this row, and those of its concept with the same unit and scope."""
        known = [o for o in (*self.intake.earlier, *self.intake.observations) if o.as_of <= self.cut_off]
        own = [o for o in known if o.plan == plan.id and o.key == tuple(indicator.key)]
        shared = [
            o
            for o in known
            if (o.absence is None or o.key is None)
            and o not in own
            and (o.concept, o.unit, o.scope) == (indicator.concept, indicator.unit, indicator.scope)
        ]
        return own, shared

    def _task(self, plan: Plan, task: Task) -> TaskResult:
        deadline = task.due(self.calendar)
        facts = [f for f in (*self.intake.earlier_tasks, *self.intake.tasks) if (f.plan, f.key) == (plan.id, task.key)]
        fact = latest_facts(facts)
        status = task_status(deadline, fact, self.cut_off)
        return TaskResult(
            plan=plan.id,
            annex=task.annex,
            group=task.group,
            no=task.no,
            name=task.name,
            lead=self.registry.agency_names(task.lead, plan.locality),
            coordinating=self.registry.agency_names(task.coordinating, plan.locality),
            output=task.output,
            deadline_text=task.deadline,
            deadline_kind=deadline.kind,
            due=deadline.due,
            fact=fact,
            status=status,
            past_due=deadline.due is not None and deadline.due <= self.cut_off,
            due_soon=is_due_soon(deadline, status, self.cut_off, self.registry.method.due_soon_days),
        )

    def _conflicts(self) -> tuple[Conflict, ...]:
        plans = [
            plan
            for plan in self.registry.plans_of(self.locality.slug)
            if plan_state(plan, self.cut_off, self.calendar) is not PlanState.EXPIRED
        ]
        rows = [(plan, indicator) for plan in plans for indicator in plan.indicators]
        leads = {code_of(row): self.registry.agency_names(row[1].lead, row[0].locality) for row in rows}
        return conflicts(plans, self.calendar, leads)

    def _agencies(self, indicators: Sequence[IndicatorResult], tasks: Sequence[TaskResult]) -> tuple[AgencyResult, ...]:
        leads = [*(row.lead for row in indicators), *(task.lead for task in tasks)]
        names = dict.fromkeys(name for lead in leads for name in lead)
        return tuple(
            AgencyResult(
                name=name,
                rate=rate((r for r in indicators if name in r.lead), self.cut_off),
                task_counts=count_tasks(t for t in tasks if name in t.lead),
            )
            for name in names
        )

    def _unplaced(self, plans: Sequence[PlanResult]) -> tuple[Observation, ...]:
        used = [row.observation for plan in plans for row in plan.indicators]
        return tuple(o for o in self.intake.observations if o not in used)


def _latest(observations: Sequence[Observation]) -> Observation | None:
    """The newest by its day; of equal days the one from the later file of the later period."""
    return max(enumerate(observations), key=lambda item: (item[1].as_of, item[0]))[1] if observations else None
