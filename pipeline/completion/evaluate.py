"""Judges plans by the accepted figures, into a completion record. Pure: reads neither the clock nor the disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from pipeline.completion.clause_above import clause_above
from pipeline.completion.comparison import change_between
from pipeline.completion.conflicts import Conflict, conflicts
from pipeline.completion.counts import TaskCounts
from pipeline.completion.indicators import Edition, IndicatorJudge
from pipeline.completion.rates import count_concepts, count_statuses, count_tasks, rate
from pipeline.completion.records import (
    AgencyResult,
    AmendedClause,
    AmendmentResult,
    Completion,
    Former,
    GroupResult,
    IndicatorResult,
    PlanResult,
    TaskResult,
)
from pipeline.completion.stages import plan_state, stage_in_force
from pipeline.completion.statuses import PlanState, Status, TaskStatus
from pipeline.completion.tasks import is_due_soon, latest_facts, task_status
from pipeline.intake.rows import Intake, Observation, TaskFact
from pipeline.plans.amend import amended, in_force
from pipeline.plans.amendments import Amendment, RowChange
from pipeline.plans.models import Kind, Locality, Plan, Task
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.registry import Registry


def evaluate(registry: Registry, locality: Locality, period: Period, intake: Intake) -> Completion:
    """Completion of all plans of `locality` at the cut-off of `period`, by what was known at `intake.known_at`."""
    completion = _Evaluation(registry, locality, period, intake).completion()
    if not intake.previous:
        return completion
    earlier = Intake(
        locality=intake.locality,
        period=intake.previous,
        known_at=intake.known_at,
        earlier=intake.earlier,
        earlier_tasks=intake.earlier_tasks,
    )
    before = _Evaluation(registry, locality, Period.parse(intake.previous), earlier).completion()
    return completion.model_copy(update={"change": change_between(before, completion)})


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

    @cached_property
    def judge(self) -> IndicatorJudge:
        return IndicatorJudge(self.registry, self.period, self.intake)

    @cached_property
    def issued(self) -> list[Plan]:
        """Plans known on the day, with all rows that ever stood in them."""
        return [p for p in self.registry.plans_of(self.locality.slug) if self._is_known(p)]

    def _is_known(self, plan: Plan) -> bool:
        known_at = self.intake.known_at
        return known_at is None or plan.known_on is None or plan.known_on <= known_at

    @cached_property
    def plans(self) -> list[Plan]:
        """Those plans as they stand at the cut-off."""
        return [amended(plan, self.amendments(plan)) for plan in self.issued]

    @cached_property
    def facts(self) -> dict[str, list[TaskFact]]:
        """Facts by the code of their task, the oldest first."""
        facts: dict[str, list[TaskFact]] = {}
        for fact in (*self.intake.earlier_tasks, *self.intake.tasks):
            facts.setdefault(fact.code, []).append(fact)
        return facts

    @cached_property
    def taken_over(self) -> set[str]:
        """Codes of tasks that a task of another plan in force continues."""
        plans = (p for p in self.plans if plan_state(p, self.cut_off, self.calendar) is PlanState.IN_FORCE)
        return {task.continues for plan in plans for task in plan.tasks if task.continues}

    @cached_property
    def continued(self) -> dict[str, str]:
        """The code of the task that each continuing task continues, by the code of the latter."""
        return {f"{p.id}/{t.key.label}": t.continues for p in self.issued for t in p.tasks if t.continues}

    def _chain(self, code: str) -> list[str]:
        """The task and those it continues, the oldest first. Ends at a repetition, which the registry refuses."""
        chain = [code]
        while (earlier := self.continued.get(chain[0])) and earlier not in chain:
            chain.insert(0, earlier)
        return chain

    def amendments(self, plan: Plan) -> tuple[Amendment, ...]:
        return in_force(plan, self.cut_off, self.intake.known_at)

    def completion(self) -> Completion:
        plans = tuple(self._plan(issued, plan) for issued, plan in zip(self.issued, self.plans, strict=True))
        current = [plan for plan in plans if plan.state is PlanState.IN_FORCE]
        rows = [row for plan in current for row in plan.indicators]
        indicators = [row for row in rows if row.kind is Kind.INDICATOR]
        tasks = [task for plan in current for task in plan.tasks]
        parent = self.registry.localities.of_code(self.locality.parent)
        changed = any(plan.original_rate for plan in current)
        return Completion(
            method=self.registry.method,
            synthetic=any(plan.synthetic for plan in self.issued),
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
            concepts=count_concepts(indicators),
            commitments=rate((r for r in rows if r.kind is Kind.COMMITMENT), self.cut_off),
            task_counts=count_tasks(tasks),
            plans=plans,
            agencies=self._agencies(indicators, tasks),
            conflicts=self._conflicts(),
            original_rate=rate(map(_as_issued, _issued(indicators)), self.cut_off) if changed else None,
            original_task_counts=_count_as_issued(tasks) if changed else None,
            reported=self.intake.reported,
            unplaced=self._unplaced(plans),
        )

    def _plan(self, issued: Plan, plan: Plan) -> PlanResult:
        state = plan_state(plan, self.cut_off, self.calendar)
        above = [amended(p, self.amendments(p)) for p in self.registry.plans_above(plan) if self._is_known(p)]
        rows = tuple(
            row.model_copy(update={"above": clause}) if (clause := clause_above(row, above, self.calendar)) else row
            for row in self._indicators(issued, plan)
        )
        tasks = self._tasks(issued, plan)
        indicators = [r for r in rows if r.kind is Kind.INDICATOR]
        changed = bool(self.amendments(issued))
        return PlanResult(
            id=plan.id,
            title=plan.title,
            reference=plan.reference,
            issuer=plan.issuer,
            date_printed=plan.date_printed or "",
            implements=plan.implements,
            above=tuple(f"{one.title} ({one.reference})" for one in above),
            supersedes=plan.supersedes,
            first_year=plan.years.first,
            last_year=plan.years.last,
            state=state,
            stage=stage_in_force(plan, self.cut_off, self.calendar),
            rate=rate(indicators, self.cut_off),
            commitments=rate((r for r in rows if r.kind is Kind.COMMITMENT), self.cut_off),
            groups=self._groups(plan, rows),
            indicators=rows,
            tasks=tasks,
            task_counts=count_tasks(tasks),
            amendments=tuple(self._amendment(a, issued) for a in self._known_amendments(issued)),
            original_rate=rate(map(_as_issued, _issued(indicators)), self.cut_off) if changed else None,
            original_task_counts=_count_as_issued(tasks) if changed else None,
        )

    def _indicators(self, issued: Plan, plan: Plan) -> tuple[IndicatorResult, ...]:
        """Rows as they stand, with the former clause where it differs; dropped rows stay listed."""
        changes = self._changes(issued, tasks=False)
        if not changes:
            return self.judge.judge_plan(plan)
        editions = tuple(self._editions(issued))
        now = {row.key.label: row for row in self.judge.judge_plan(plan, editions)}
        before = {row.key.label: row for row in self.judge.judge_plan(editions[0].plan, editions)}
        rows = []
        for label in (x.key.label for x in issued.indicators):
            row, former = now.get(label), before.get(label)
            if row is None and former is not None:
                row = former.model_copy(update={"status": Status.DROPPED})
            if row is None:
                continue
            # An amendment may move the stage of rows it does not name.
            moved = former is not None and (former.target, former.status) != (row.target, row.status)
            if label in changes or moved:
                was = Former(target=former.target, status=former.status) if former else None
                row = row.model_copy(update={"amended": changes.get(label, ()), "former": was})
            rows.append(row)
        return tuple(rows)

    def _editions(self, issued: Plan) -> Iterable[Edition]:
        """The plan as it stood from each amendment to the next; amendments of one day count as one."""
        amendments = self.amendments(issued)
        days = sorted({a.date for a in amendments})
        for first, until in pairwise([dt.date.min, *days, dt.date.max]):
            yield Edition(amended(issued, [a for a in amendments if a.date <= first]), first, until)

    def _tasks(self, issued: Plan, plan: Plan) -> tuple[TaskResult, ...]:
        changes = self._changes(issued, tasks=True)
        now = {task.key.label: task for task in plan.tasks}
        before = {task.key.label: task for task in amended(issued, ()).tasks}
        results = []
        for label in (x.key.label for x in issued.tasks):
            task, former = now.get(label), before.get(label)
            shown = task or former
            if shown is None:
                continue
            result = self._task(plan, shown, dropped=task is None)
            if label in changes:
                was = self._task(plan, former).status if former else None
                result = result.model_copy(update={"amended": changes[label], "former_status": was})
            results.append(result)
        return tuple(results)

    def _task(self, plan: Plan, task: Task, *, dropped: bool = False) -> TaskResult:
        deadline = task.due(self.calendar)
        code = f"{plan.id}/{task.key.label}"
        fact = latest_facts([fact for one in self._chain(code) for fact in self.facts.get(one, ())], self.cut_off)
        method = self.registry.method
        by_deadline = task_status(deadline, fact, self.cut_off, method.recurring_months)
        taken_over = not dropped and code in self.taken_over
        status = TaskStatus.DROPPED if dropped else TaskStatus.TAKEN_OVER if taken_over else by_deadline
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
            due_soon=is_due_soon(deadline, status, self.cut_off, method.due_soon_days),
            continues=task.continues,
            former_status=by_deadline if taken_over else None,
        )

    def _groups(self, plan: Plan, rows: Sequence[IndicatorResult]) -> tuple[GroupResult, ...]:
        by_heading: dict[tuple[bool, str, str], list[IndicatorResult]] = {}
        for row in rows:
            by_heading.setdefault((row.kind is Kind.COMMITMENT, row.annex, row.group), []).append(row)
        return tuple(
            GroupResult(
                annex=annex,
                no=group,
                title=plan.group_title(annex, group),
                commitments=commitments,
                rate=rate(of_group, self.cut_off),
            )
            for (commitments, annex, group), of_group in sorted(by_heading.items(), key=lambda item: item[0][0])
        )

    def _known_amendments(self, plan: Plan) -> Iterable[Amendment]:
        known_at = self.intake.known_at
        return (a for a in plan.amendments if known_at is None or a.known_on <= known_at)

    def _amendment(self, amendment: Amendment, plan: Plan) -> AmendmentResult:
        return AmendmentResult(
            document=amendment.document,
            date=amendment.date,
            known_on=amendment.known_on,
            reason=amendment.reason,
            in_force=amendment in self.amendments(plan),
        )

    def _changes(self, plan: Plan, *, tasks: bool) -> dict[str, tuple[AmendedClause, ...]]:
        """What the amendments in force changed, by the label of the row."""
        changes: dict[str, tuple[AmendedClause, ...]] = {}
        for amendment in self.amendments(plan):
            for change in amendment.changes:
                if (change.task is not None) is tasks:
                    clause = _clause(amendment, change)
                    changes[change.label] = (*changes.get(change.label, ()), clause)
        return changes

    def _conflicts(self) -> tuple[Conflict, ...]:
        plans = [p for p in self.plans if plan_state(p, self.cut_off, self.calendar) is not PlanState.EXPIRED]
        return conflicts(plans, self.registry)

    def _agencies(self, indicators: Sequence[IndicatorResult], tasks: Sequence[TaskResult]) -> tuple[AgencyResult, ...]:
        leads = [*(row.lead for row in indicators), *(task.lead for task in tasks)]
        names = dict.fromkeys(name for lead in leads for name in lead)
        return tuple(
            AgencyResult(
                name=name,
                rate=rate((r for r in indicators if name in r.lead), self.cut_off),
                task_counts=count_tasks(t for t in tasks if name in t.lead),
                joint_indicators=sum(r.counted and name in r.lead and len(r.lead) > 1 for r in indicators),
                joint_tasks=sum(name in t.lead and len(t.lead) > 1 for t in tasks),
            )
            for name in names
        )

    def _unplaced(self, plans: Sequence[PlanResult]) -> tuple[Observation, ...]:
        """Observations of concepts for which no plan has a row; older values of rows do not count."""
        rows = [row for plan in plans for row in plan.indicators if plan.state is PlanState.IN_FORCE]
        keys = {(row.plan, row.key) for row in rows}
        concepts = {(row.concept, row.unit, row.scope) for row in rows}
        return tuple(
            o
            for o in self.intake.observations
            if (o.plan, o.key) not in keys and (o.concept, o.unit, o.scope) not in concepts
        )


def _clause(amendment: Amendment, change: RowChange) -> AmendedClause:
    kind, before, after = "added", "", ""
    if change.target:
        later = change.target.moved_to
        kind, before = "target", f"{change.target.before}{f' ({change.target.year})' if later else ''}"
        after = f"{change.target.after}{f' ({later})' if later else ''}"
    elif change.deadline:
        kind, before, after = "deadline", change.deadline.before, change.deadline.after
    elif change.lead:
        kind, before, after = "lead", "; ".join(change.lead.before), "; ".join(change.lead.after)
    elif change.dropped:
        kind, after = "dropped", change.dropped
    return AmendedClause(document=amendment.document, date=amendment.date, kind=kind, before=before, after=after)


def _issued(rows: Iterable[IndicatorResult]) -> Iterable[IndicatorResult]:
    """Rows that stood in the plan as first issued."""
    return (row for row in rows if not any(clause.kind == "added" for clause in row.amended))


def _as_issued(row: IndicatorResult) -> IndicatorResult:
    """The row with the target and status it has under the plan as first issued."""
    if row.former is None:
        return row
    return row.model_copy(update={"target": row.former.target, "status": row.former.status})


def _count_as_issued(tasks: Iterable[TaskResult]) -> TaskCounts:
    issued = (t for t in tasks if not any(clause.kind == "added" for clause in t.amended))
    return count_statuses([(t.former_status if t.amended else None) or t.status for t in issued])
