"""A report as far as the site goes, which tests write by hand; and the report that states just this."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from pipeline.completion.counts import ConceptCount, Rate, StartingPoint, TaskCounts, TasksByDeadline
from pipeline.completion.records import Completion, IndicatorResult, PlanResult, TargetInForce
from pipeline.completion.rollup import RollUp
from pipeline.completion.statuses import PlanState, Status
from pipeline.dataset.country_period import CountryPeriod
from pipeline.dataset.data_tables import BY_REPORT
from pipeline.dataset.partitions import report_rows
from pipeline.dataset.published_reports import Source
from pipeline.intake.rows import Basis, Interval, Observation, Origin
from pipeline.paths import Layout
from pipeline.plans.base import Frozen, Number
from pipeline.plans.localities import Row
from pipeline.plans.models import Direction, Kind
from pipeline.plans.registry import read_method
from pipeline.plans.targets import Comparator
from pipeline.site.locality_row import LocalityRow
from pipeline.site.roll_up import roll_up
from pipeline.steps import to_json

METHOD = read_method(Layout())
NO_RATE = Rate(by_status={}, due=0, met_of_due=0, attainment_of=0)
NO_TASKS = TaskCounts(by_status={})


class SummaryValue(Frozen):
    """A value in the unit of its row, with its day, its basis, and numerator and denominator where they were given."""

    value: Interval
    as_of: dt.date
    as_of_stated: bool
    basis: Basis
    numerator: Number | None = None
    denominator: Number | None = None
    before_merger: bool = False
    """Of the units that were merged into the locality (trước sáp nhập)."""


class SummaryRow(Frozen):
    """One indicator of a plan in force, without its text."""

    plan: str
    label: str
    concept: str
    scope: str
    unit: str
    direction: Direction
    status: Status
    levels: bool = False
    """Its target is a set of levels, of which none is better than another."""
    observation: SummaryValue | None = None


class Summary(Frozen):
    """One report: the locality, its rates, its indicators without their texts."""

    locality: str
    locality_name: str
    locality_code: str
    parent_name: str
    synthetic: bool
    period: str
    start: dt.date
    cut_off: dt.date
    method: str
    plans_in_force: int
    starting: tuple[str, ...] = ()
    """Titles of the plans that have not begun, of which the report shows the starting point; in no sum."""
    rate: Rate
    tasks_by_deadline: TasksByDeadline
    missing_annexes: bool = False
    """A plan in force refers to annexes with tasks that the registry does not have."""
    rows: tuple[SummaryRow, ...]


def summarised(completion: Completion) -> Summary:
    """The summary of a report; its rows are the counted ones and those that are not applicable."""
    rows = (r for plan in completion.in_force for r in plan.indicators if r.kind is Kind.INDICATOR)
    return Summary(
        locality=completion.locality,
        locality_name=completion.locality_name,
        locality_code=completion.locality_code,
        parent_name=completion.parent_name,
        synthetic=completion.synthetic,
        period=completion.period,
        start=completion.start,
        cut_off=completion.cut_off,
        method=completion.method.id,
        plans_in_force=len(completion.in_force),
        rate=completion.rate,
        starting=tuple(plan.title for plan in completion.starting),
        tasks_by_deadline=completion.tasks_by_deadline,
        missing_annexes=bool(completion.missing_annexes),
        rows=tuple(_row(r) for r in rows if r.counted or r.status is Status.NOT_APPLICABLE),
    )


def _row(result: IndicatorResult) -> SummaryRow:
    return SummaryRow(
        plan=result.plan,
        label=result.key.label,
        concept=result.concept,
        scope=result.scope,
        unit=result.unit,
        direction=result.direction,
        status=result.status,
        levels=result.target is not None and result.target.comparator is Comparator.IN_SET,
        observation=_value(result),
    )


def _value(result: IndicatorResult) -> SummaryValue | None:
    o = result.observation
    if o is None or o.value is None:
        return None
    return SummaryValue(
        value=o.value,
        as_of=o.as_of,
        as_of_stated=o.as_of_stated,
        basis=o.basis,
        numerator=o.numerator,
        denominator=o.denominator,
        before_merger="before-merger" in o.flags,
    )


def completion_of(summary: Summary) -> Completion:
    """A report with these rows, rates and counts, and nothing else."""
    plans = dict.fromkeys([*(row.plan for row in summary.rows), *summary.starting])
    return Completion(
        method=METHOD.model_copy(update={"id": summary.method}),
        synthetic=summary.synthetic,
        calendar="x",
        calendar_source="x",
        locality=summary.locality,
        locality_name=summary.locality_name,
        locality_code=summary.locality_code,
        parent_name=summary.parent_name,
        period=summary.period,
        period_label="x",
        start=summary.start,
        cut_off=summary.cut_off,
        rate=summary.rate,
        concepts=ConceptCount(total=0, met=0, not_met=0, repeated=0),
        commitments=NO_RATE,
        task_counts=NO_TASKS,
        tasks_by_deadline=summary.tasks_by_deadline,
        plans=tuple(_plan(summary, plan) for plan in plans),
        agencies=(),
        conflicts=(),
        reported=(),
        unplaced=(),
        missing_annexes=("Phụ lục",) if summary.missing_annexes else (),
    )


def _plan(summary: Summary, plan: str) -> PlanResult:
    starts = plan in summary.starting
    return PlanResult(
        id=plan,
        title=plan,
        reference="x",
        issuer="x",
        date_printed="x",
        implements=(),
        supersedes=(),
        first_year=summary.cut_off.year,
        last_year=summary.cut_off.year,
        state=PlanState.NOT_BEGUN if starts else PlanState.IN_FORCE,
        stage=None,
        begins=summary.start,
        ends=summary.cut_off,
        rate=NO_RATE,
        commitments=NO_RATE,
        groups=(),
        indicators=tuple(_result(row) for row in summary.rows if row.plan == plan),
        tasks=(),
        task_counts=NO_TASKS,
        starting_point=StartingPoint(total=0, met=0, below=0, unknown=0) if starts else None,
    )


def _result(row: SummaryRow) -> IndicatorResult:
    group, _, number = row.label.rpartition(".")
    comparator = Comparator.IN_SET if row.levels else Comparator.AT_LEAST
    return IndicatorResult(
        plan=row.plan,
        annex="",
        group=group,
        no=number if group else row.label,
        kind=Kind.INDICATOR,
        name="x",
        unit=row.unit,
        direction=row.direction,
        concept=row.concept,
        scope=row.scope,
        lead=(),
        target=TargetInForce(text="x", comparator=comparator, direction=row.direction),
        observation=_observation(row, row.observation) if row.observation else None,
        status=row.status,
    )


def _observation(row: SummaryRow, given: SummaryValue) -> Observation:
    return Observation(
        concept=row.concept,
        scope=row.scope,
        unit=row.unit,
        value=given.value,
        text="x",
        numerator=given.numerator,
        denominator=given.denominator,
        basis=given.basis,
        as_of=given.as_of,
        as_of_stated=given.as_of_stated,
        source="x",
        origin=Origin(file="x.csv", sha256="0" * 64, line=2),
        flags=("before-merger",) if given.before_merger else (),
    )


def country_of(completions: Iterable[Completion]) -> CountryPeriod:
    """The data set of these reports, all of one period."""
    needed = [table for table in BY_REPORT if table.name in ("localities", "results")]
    tables = report_rows([_source(one) for one in sorted(completions, key=lambda one: one.locality)], needed)
    return CountryPeriod(lambda database, name, _: database.from_arrow(tables[name]))


def _source(completion: Completion) -> Source:
    place = Row(completion.locality_code, completion.locality, "x", completion.locality_name, "x", "00")
    return Source(
        completion.locality,
        completion.period,
        "00",
        place,
        completion.parent_name,
        run="a" * 64,
        completion=completion,
    )


def rows_of(country: CountryPeriod) -> list[LocalityRow]:
    return [LocalityRow.of(row) for row in country.listed()]


def rolled_up(completions: Iterable[Completion]) -> RollUp:
    """The roll-up of reports, as the site computes it."""
    country = country_of(completions)
    return roll_up(country, rows_of(country))


def rolled_of(summaries: Iterable[Summary]) -> RollUp:
    """The same of summaries."""
    return rolled_up(map(completion_of, summaries))


def publish(folder: Path, completion: Completion) -> None:
    """Write what a report states where it is published, and a manifest that lists it."""
    folder.mkdir(parents=True, exist_ok=True)
    content = to_json(completion).encode()
    (folder / "completion.json").write_bytes(content)
    output = {"path": "completion.json", "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    (folder / "manifest.json").write_text(json.dumps({"outputs": [output]}), "utf-8")
