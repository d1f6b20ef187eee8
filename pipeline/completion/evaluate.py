"""Judges plans by the accepted figures, into a completion record. Pure: reads neither the clock nor the disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from pipeline.completion.change_records import AmendedClause
from pipeline.completion.clause_above import beside_above
from pipeline.completion.comparison import Before, change_between
from pipeline.completion.conflicts import Conflict, conflicts
from pipeline.completion.counts import TaskCounts
from pipeline.completion.indicators import Edition, IndicatorJudge
from pipeline.completion.lines import Measure
from pipeline.completion.methods import METHODS, Judging
from pipeline.completion.outlasting import in_counts
from pipeline.completion.rates import (
    count_concepts,
    count_statuses,
    count_tasks,
    rate,
    starting_point,
    tasks_by_deadline,
)
from pipeline.completion.records import (
    AgencyResult,
    AmendmentResult,
    Completion,
    Former,
    GroupResult,
    IndicatorResult,
    PlanResult,
    TaskResult,
)
from pipeline.completion.repeats import as_repeated, marked, once
from pipeline.completion.stages import is_open_after, plan_state, shows_starting_point, stage_in_force
from pipeline.completion.statuses import SETTLED, PlanState, Status, TaskStatus
from pipeline.completion.tasks import is_due_soon, latest_facts, task_status
from pipeline.completion.unplaced import defined, unplaced_values
from pipeline.intake.editions import known_by
from pipeline.intake.rows import Intake, TaskFact
from pipeline.plans.amend import amended, in_force
from pipeline.plans.amendments import Amendment
from pipeline.plans.models import Kind, Locality, Plan, Task
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.registry import Registry


def evaluate(registry: Registry, locality: Locality, period: Period, intake: Intake) -> Completion:
    """Completion of all plans of `locality` at the cut-off of `period`, by what was known at `intake.known_at`."""
    completion = _Evaluation(registry, locality, period, intake, METHODS).completion()
    if not intake.previous:
        return completion
    previous = Period.parse(intake.previous)
    earlier = Intake(
        locality=intake.locality,
        period=intake.previous,
        known_at=intake.known_at,
        earlier=intake.earlier,
        confirmed=intake.confirmed,
        computed=intake.computed,
        earlier_tasks=intake.earlier_tasks,
        later=known_by((*intake.observations, *intake.later), previous, registry.calendar),
        later_tasks=known_by((*intake.tasks, *intake.later_tasks), previous, registry.calendar),
    )
    before = _Evaluation(registry, locality, previous, earlier, {}).before()
    return completion.model_copy(update={"change": change_between(before, completion)})


@dataclass(frozen=True)
class _Evaluation:
    registry: Registry
    locality: Locality
    period: Period
    intake: Intake
    methods: Mapping[str, Judging]
    """The other ones whose opinions are noted."""

    @property
    def calendar(self) -> Calendar:
        return self.registry.calendar

    @cached_property
    def cut_off(self) -> dt.date:
        return self.period.cut_off(self.calendar)

    @cached_property
    def judge(self) -> IndicatorJudge:
        return IndicatorJudge(self.registry, self.period, self.intake, self.methods)

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
        """Facts by the code of their task, or of the task that it repeats; the oldest first."""
        facts: dict[str, list[TaskFact]] = {}
        for fact in (*self.intake.earlier_tasks, *self.intake.tasks, *self.intake.later_tasks):
            facts.setdefault(self.same.get(fact.code, fact.code), []).append(fact)
        return facts

    @cached_property
    def same(self) -> dict[str, str]:
        """The code of the task that each repeating task repeats, by the code of the latter."""
        return {f"{p.id}/{t.key.label}": f"{p.id}/{t.same_as}" for p in self.issued for t in p.tasks if t.same_as}

    @cached_property
    def taken_over(self) -> set[str]:
        """Codes of tasks that a task of another plan in force continues."""
        plans = (p for p in self.plans if plan_state(p, self.cut_off) is PlanState.IN_FORCE)
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

    @cached_property
    def results(self) -> tuple[PlanResult, ...]:
        return tuple(self._plan(issued, plan) for issued, plan in zip(self.issued, self.plans, strict=True))

    @cached_property
    def current(self) -> list[PlanResult]:
        return [plan for plan in self.results if plan.state is PlanState.IN_FORCE]

    @cached_property
    def counting(self) -> list[IndicatorResult]:
        return once(row for plan in self.current for row in plan.indicators if row.kind is Kind.INDICATOR)

    def before(self) -> Before:
        return Before(str(self.period), self.cut_off, rate(self.counting, self.cut_off), self.results)

    def completion(self) -> Completion:
        plans, current, counting = self.results, self.current, self.counting
        rows = [row for plan in current for row in plan.indicators]
        tasks = once(task for plan in current for task in plan.tasks)
        parent = self.registry.localities.of_code(self.locality.parent)
        changed = any(plan.original_rate for plan in current)
        unplaced = unplaced_values(self.intake.observations, plans)
        return Completion(
            method=self.registry.method,
            synthetic=any(plan.synthetic for plan in self.issued),
            unreviewed=tuple(plan.title for plan in self.issued if plan.unreviewed),
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
            rate=rate(counting, self.cut_off),
            concepts=count_concepts(counting),
            commitments=rate(once(r for r in rows if r.kind is Kind.COMMITMENT), self.cut_off),
            task_counts=count_tasks(tasks),
            repeated_rows=sum(plan.repeated_rows for plan in current),
            repeated_tasks=sum(plan.repeated_tasks for plan in current),
            missing_annexes=tuple(annex for plan in current for annex in plan.missing_annexes),
            follow_ups=self.intake.follow_ups,
            definitions=defined(self.registry.concepts, plans, unplaced),
            tasks_by_deadline=tasks_by_deadline(tasks),
            plans=plans,
            agencies=self._agencies(counting, tasks),
            conflicts=self._conflicts(),
            original_rate=rate(map(_as_issued, _issued(counting)), self.cut_off) if changed else None,
            original_task_counts=_count_as_issued(tasks) if _amended(tasks) else None,
            reported=self.intake.reported,
            unplaced=unplaced,
        )

    def _plan(self, issued: Plan, plan: Plan) -> PlanResult:
        state = plan_state(plan, self.cut_off)
        above = [amended(p, self.amendments(p)) for p in self.registry.plans_above(plan) if self._is_known(p)]
        rows = marked(beside_above(self._indicators(issued, plan), above))
        tasks = marked(as_repeated(self._tasks(issued, plan)))
        indicators, commitments = ([r for r in rows if r.kind is kind] for kind in (Kind.INDICATOR, Kind.COMMITMENT))
        counting, counted_tasks = in_counts(once(indicators), state), in_counts(once(tasks), state)
        changed = bool(self.amendments(issued)) and state is PlanState.IN_FORCE
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
            issued=plan.issued_on,
            begins=plan.first_day,
            ends=plan.last_day,
            state=state,
            stage=stage_in_force(plan, self.cut_off),
            rate=rate(counting, self.cut_off),
            commitments=rate(in_counts(once(commitments), state), self.cut_off),
            groups=self._groups(plan, rows, state),
            indicators=rows,
            tasks=tasks,
            measures=tuple(Measure.of(plan, line) for line in plan.measures),
            task_counts=count_tasks(counted_tasks),
            repeated_rows=sum(row.repeats for row in indicators),
            repeated_tasks=sum(task.repeats for task in tasks),
            missing_annexes=plan.missing_annexes,
            starting_point=starting_point(counting)
            if shows_starting_point(plan, state, self.cut_off, self.calendar)
            else None,
            amendments=tuple(self._amendment(a, issued) for a in self._known_amendments(issued)),
            original_rate=rate(map(_as_issued, _issued(counting)), self.cut_off) if changed else None,
            original_task_counts=_count_as_issued(counted_tasks) if changed and _amended(tasks) else None,
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

    def _tasks(self, issued: Plan, plan: Plan) -> list[TaskResult]:
        changes = self._changes(issued, tasks=True)
        now = {task.key.label: task for task in plan.assignments}
        before = {task.key.label: task for task in amended(issued, ()).assignments}
        results = []
        for label in (x.key.label for x in issued.assignments):
            task, former = now.get(label), before.get(label)
            shown = task or former
            if shown is None:
                continue
            result = self._task(plan, shown, dropped=task is None)
            if label in changes:
                was = self._task(plan, former).status if former else None
                result = result.model_copy(update={"amended": changes[label], "former_status": was})
            results.append(result)
        return results

    def _task(self, plan: Plan, task: Task, *, dropped: bool = False) -> TaskResult:
        deadline = task.due
        code = f"{plan.id}/{task.key.label}"
        chain = (self.same.get(one, one) for one in self._chain(code))
        fact = latest_facts([fact for one in chain for fact in self.facts.get(one, ())], self.cut_off)
        method = self.registry.method
        by_deadline = task_status(deadline, fact, self.cut_off, method.recurring_months)
        taken_over = not dropped and code in self.taken_over
        state = plan_state(plan, self.cut_off)
        held = state is PlanState.IN_FORCE or is_open_after(plan, deadline.due, self.cut_off)
        ended = state is PlanState.EXPIRED and not (held or dropped or taken_over)
        status = by_deadline if held else TaskStatus.PLAN_NOT_IN_FORCE
        status = TaskStatus.DROPPED if dropped else TaskStatus.TAKEN_OVER if taken_over else status
        return TaskResult(
            plan=plan.id,
            annex=task.annex,
            group=task.group,
            no=task.no,
            name=task.name,
            name_printed=task.name_printed or "",
            same_as=self.same.get(code, ""),
            lead=self.registry.agency_names(task.lead, plan.locality),
            coordinating=self.registry.agency_names(task.coordinating, plan.locality),
            output=task.output,
            deadline_text=task.deadline,
            deadline_kind=deadline.kind,
            due=deadline.due,
            fact=fact,
            status=status,
            past_due=held and deadline.due is not None and deadline.due <= self.cut_off,
            past_status=by_deadline if ended and by_deadline in SETTLED else None,
            due_soon=is_due_soon(deadline, status, self.cut_off, method.due_soon_days),
            continues=task.continues,
            former_status=by_deadline if taken_over else None,
        )

    def _groups(self, plan: Plan, rows: Sequence[IndicatorResult], state: PlanState) -> tuple[GroupResult, ...]:
        by_heading: dict[tuple[bool, str, str], list[IndicatorResult]] = {}
        for row in rows:
            by_heading.setdefault((row.kind is Kind.COMMITMENT, row.annex, row.group), []).append(row)
        return tuple(
            GroupResult(
                annex=annex,
                no=group,
                title=plan.group_title(annex, group),
                commitments=commitments,
                rate=rate(in_counts((r for r in of_group if not r.repeats), state), self.cut_off),
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
                    clause = AmendedClause.of(amendment, change)
                    changes[change.label] = (*changes.get(change.label, ()), clause)
        return changes

    def _conflicts(self) -> tuple[Conflict, ...]:
        plans = [p for p in self.plans if plan_state(p, self.cut_off) is not PlanState.EXPIRED]
        return conflicts(plans, self.registry)

    def _agencies(self, indicators: Sequence[IndicatorResult], tasks: Sequence[TaskResult]) -> tuple[AgencyResult, ...]:
        leads = [*(row.lead for row in indicators), *(task.lead for task in tasks)]
        names = dict.fromkeys(name for lead in leads for name in lead)
        return tuple(
            AgencyResult(
                name=name,
                rate=rate((r for r in indicators if name in r.lead), self.cut_off),
                tasks_by_deadline=tasks_by_deadline(t for t in tasks if name in t.lead),
                joint_indicators=sum(r.counted and name in r.lead and len(r.lead) > 1 for r in indicators),
                joint_tasks=sum(name in t.lead and len(t.lead) > 1 for t in tasks),
            )
            for name in names
        )


def _amended(tasks: Iterable[TaskResult]) -> bool:
    return any(task.amended for task in tasks)


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
