"""What a report states: statuses, rates and the figures they rest on. Written to completion.json."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pipeline.completion.change_records import AmendedClause, Change
from pipeline.completion.conflicts import Conflict
from pipeline.completion.counts import ConceptCount, Rate, StartingPoint, TaskCounts, TasksByDeadline
from pipeline.completion.lines import Completeness, Followed, LinkedRow, Measure, Point, PrintedLine
from pipeline.completion.statuses import NOT_MET, UNCOUNTED, UNCOUNTED_TASKS, PlanState, Status, TaskStatus
from pipeline.intake.rows import Interval, Observation, Quarantined, Reported, TaskFact
from pipeline.plans.base import Frozen, Number
from pipeline.plans.concepts import Concept
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.method import Method
from pipeline.plans.models import Direction, Key, Kind
from pipeline.plans.targets import Comparator

if TYPE_CHECKING:
    import pandas as pd


class TargetInForce(Frozen):
    """The target an indicator is held against at the cut-off, as printed and as parsed."""

    text: str
    comparator: Comparator
    direction: Direction
    low: Number | None = None
    high: Number | None = None
    levels: tuple[int, ...] = ()
    year: int | None = None
    due: dt.date | None = None
    yearly: bool = False
    """Holds anew for every year."""
    aspirational: bool = False
    standing: bool = False
    """A service level that holds at all times (“trong vòng 24 giờ”): kept or breached, whatever the day."""

    @property
    def wants_less(self) -> bool:
        """Whether low values meet it: as “≤” says, or for a bare number and an interval the direction."""
        return self.comparator.wants_less(falling=self.direction is Direction.FALLING)

    @property
    def bound(self) -> Number | None:
        """The one number that must be reached; None for a set of levels."""
        if self.comparator in (Comparator.NONE, Comparator.IN_SET):
            return None
        return self.high if self.wants_less else self.low


class Pace(Frozen):
    """Progress against the path from baseline to target at its due date.

    `expected` in the indicator's unit; `ratio` = (value − baseline) / (expected − baseline).
    """

    expected: Number
    ratio: Number
    declared: bool = False
    """The path goes through points set by the plan, not straight."""


class Opinion(Frozen):
    """What another published method says of a row, with the figure it rests on, or why it says nothing."""

    method: str
    status: Status | None = None
    figure: Number | None = None
    reason: str = ""


class PastVerdict(Frozen):
    """What became of an earlier target when it fell due (kết quả của mục tiêu đã đến hạn)."""

    target: TargetInForce
    status: Status
    observation: Observation | None = None
    within: Observation | None = None
    """Where nothing decides it: the value within the period (trong kỳ) of the report of that year; shown only."""


class Former(Frozen):
    """A row held against the plan as first issued (theo kế hoạch ban đầu)."""

    target: TargetInForce | None
    status: Status


class ClauseAbove(Frozen):
    """What the plan that is implemented asks for the same concept, unit, scope and year (mục tiêu của cấp trên)."""

    plan: str
    """How it is cited."""
    title: str
    label: str
    target: TargetInForce
    below: bool
    """The own target asks for less (thấp hơn kế hoạch cấp trên)."""


class IndicatorResult(LinkedRow):
    """One row of a plan at the cut-off: what was to be, what is, and what follows."""

    plan: str
    annex: str
    group: str
    no: str
    kind: Kind
    name: str
    unit: str
    direction: Direction
    concept: str
    scope: str
    lead: tuple[str, ...]
    baseline_text: str = ""
    baseline: Number | None = None
    baseline_year: int | None = None
    baseline_day: dt.date | None = None
    """The day the baseline stands for: the last of its year."""
    target: TargetInForce | None = None
    stages: tuple[TargetInForce, ...] = ()
    """All quantified targets of a row that has several, as printed."""
    unjudged: TargetInForce | None = None
    """For a row without a target to judge: the one that is printed and sets nothing to reach; shown with the reason."""
    above: ClauseAbove | None = None
    """Where the plan of the province that this plan implements is in the registry."""
    next_target: TargetInForce | None = None
    """For a row without a target in this stage: its nearest later one; shown, not judged."""
    observation: Observation | None = None
    """What is judged: dated in the period."""
    latest: Observation | None = None
    """Where the period has no value: the newest earlier one that still serves (số liệu gần nhất); shown, not judged."""
    latest_meets: bool | None = None
    """Whether `latest` meets the target; None without one, and where it does not decide it."""
    estimate: Interval | None = None
    """What the office expects for the whole year (ước thực hiện cả năm), sent with this report; judges nothing."""
    shared_from: str = ""
    """Set where the observation was given for another row of the same concept, unit and scope."""
    stale: Observation | None = None
    """An older value that no longer serves; shown, not judged."""
    quarantined: Quarantined | None = None
    status: Status
    attainment: Number | None = None
    """value / bound (rising) or bound / value (falling); 1.335 is 133.5 %."""
    gap: Number | None = None
    """What is still missing to the bound, in the unit; None when met or unknown."""
    gap_per_month: Number | None = None
    """The gap over the months left until the due date."""
    pace: Pace | None = None
    opinions: tuple[Opinion, ...] = ()
    """Other methods, where ours judges by pace."""
    history: tuple[Point, ...] = ()
    """Exact values of the judged series up to the cut-off, one per day, the oldest first."""
    once_met: dt.date | None = None
    """The last day on which this target was met, where it no longer is."""
    past: tuple[PastVerdict, ...] = ()
    """Earlier targets of the row, each with the verdict on its due day."""
    amended: tuple[AmendedClause, ...] = ()
    former: Former | None = None
    """Under the plan as first issued; only for a row that an amendment changed or dropped."""
    days_left: int | None = None
    """Days from the cut-off to the due date; None without one, and from the due date on."""

    @property
    def key(self) -> Key:
        """Place within its plan; `code` also names the plan."""
        return Key((self.annex, self.group, self.no))

    @property
    def code(self) -> str:
        """As it is cited: 'cat-hai-nq57/PL2.IV.26'."""
        return f"{self.plan}/{self.key.label}"

    @property
    def disputed(self) -> tuple[Opinion, ...]:
        """Opinions that give another status (đổi kết luận theo phương pháp khác)."""
        return tuple(o for o in self.opinions if o.status not in (None, self.status))

    @property
    def met_by_amendment(self) -> bool:
        """Met, but not by the target as first issued (đạt do mục tiêu đã hạ)."""
        return self.status is Status.MET and self.former is not None and self.former.status in NOT_MET

    @property
    def counted(self) -> bool:
        """Whether the row belongs to the set A over which rates are taken, if its plan is in force."""
        return self.status not in UNCOUNTED


class TaskResult(PrintedLine):
    """One task at the cut-off."""

    plan: str
    annex: str
    group: str
    no: str
    name: str
    lead: tuple[str, ...]
    coordinating: tuple[str, ...]
    output: str
    deadline_text: str
    deadline_kind: DeadlineKind
    due: dt.date | None
    fact: TaskFact | None = None
    status: TaskStatus
    past_due: bool = False
    """Its due date is on or before the cut-off; never for a plan that is not in force."""
    past_status: TaskStatus | None = None
    """Of a plan that has ended: what is known of the task, where it is done or was due. In no count."""
    due_soon: bool = False
    """Due within the window of the method after the cut-off."""
    continues: str = ""
    """Code of the task of an earlier plan that it continues; facts reported for that task serve."""
    amended: tuple[AmendedClause, ...] = ()
    former_status: TaskStatus | None = None
    """Under the plan as first issued; only for a task that an amendment changed or dropped."""

    @property
    def key(self) -> Key:
        """Place within its plan; `code` also names the plan."""
        return Key((self.annex, self.group, self.no))

    @property
    def code(self) -> str:
        """As it is cited: 'cat-hai-nq57/PL2.IV.26'."""
        return f"{self.plan}/{self.key.label}"

    @property
    def counted(self) -> bool:
        """Whether the task belongs to the counts of tasks."""
        return self.status not in UNCOUNTED_TASKS


class GroupResult(Frozen):
    """A heading of a plan with its rows."""

    annex: str
    no: str
    title: str
    rate: Rate
    commitments: bool
    """The rows are commitments, counted apart."""


class AmendmentResult(Frozen):
    """A document that changes a plan, and whether it already does at the cut-off."""

    document: str
    date: dt.date
    known_on: dt.date
    reason: str
    in_force: bool


class PlanResult(Completeness):
    """One plan at the cut-off."""

    id: str
    title: str
    reference: str
    issuer: str
    date_printed: str
    implements: tuple[str, ...]
    above: tuple[str, ...] = ()
    """Title and reference of the plans of the province among them that are in the registry."""
    supersedes: tuple[str, ...]
    first_year: int
    last_year: int
    state: PlanState
    stage: int | None
    """The year whose targets are in force, for a plan with stages; else None."""
    issued: dt.date | None = None
    """Day of issue (ngày ban hành), or the earliest it can be; None where nothing says."""
    begins: dt.date
    ends: dt.date
    """First and last day of the plan (thời kỳ kế hoạch)."""
    rate: Rate
    commitments: Rate
    groups: tuple[GroupResult, ...]
    indicators: tuple[IndicatorResult, ...]
    tasks: tuple[TaskResult, ...]
    measures: tuple[Measure, ...] = ()
    task_counts: TaskCounts
    starting_point: StartingPoint | None = None
    """For a plan that has not begun, from the report of the year before its first; else None."""
    amendments: tuple[AmendmentResult, ...] = ()
    original_rate: Rate | None = None
    """Against the plan as first issued; None where no amendment is in force."""
    original_task_counts: TaskCounts | None = None
    """By the deadlines as first issued; None where no amendment in force changes a task."""

    @property
    def below(self) -> list[IndicatorResult]:
        """The rows whose target asks for less than the plan that is implemented."""
        return [r for r in self.indicators if r.above is not None and r.above.below]

    def counts(self, row: IndicatorResult | TaskResult) -> bool:
        """Whether a row of this plan enters rates and counts: of a plan in force, and once.

        What outlasts a plan that has ended is judged when it is due, and enters none.
        """
        return self.state is PlanState.IN_FORCE and row.counted and not row.repeats

    def rows_of(self, group: GroupResult) -> list[IndicatorResult]:
        """The rows under a heading."""
        wanted = (group.annex, group.no, group.commitments)
        return [r for r in self.indicators if (r.annex, r.group, r.kind is Kind.COMMITMENT) == wanted]


class AgencyResult(Frozen):
    """What one agency leads. A row with two leads counts for both."""

    name: str
    rate: Rate
    tasks_by_deadline: TasksByDeadline
    joint_indicators: int = 0
    """Of its counted indicators, those that another agency leads as well."""
    joint_tasks: int = 0


class Completion(Completeness, Followed):
    """Everything the report of one locality and period states."""

    method: Method
    synthetic: bool = False
    """Plans and figures were generated for testing (số liệu mô phỏng); every page says so."""
    unreviewed: tuple[str, ...] = ()
    """Titles of plans that the program has drafted and no office has reviewed (chưa rà soát); every page says so."""
    calendar: str
    calendar_source: str
    locality: str
    locality_name: str
    locality_code: str
    parent_name: str
    period: str
    period_label: str
    start: dt.date
    cut_off: dt.date
    rate: Rate
    """Over the indicators of all plans in force together."""
    concepts: ConceptCount
    """The same rows with every concept taken once."""
    commitments: Rate
    task_counts: TaskCounts
    tasks_by_deadline: TasksByDeadline
    """The same tasks as three counts."""
    plans: tuple[PlanResult, ...]
    agencies: tuple[AgencyResult, ...]
    conflicts: tuple[Conflict, ...]
    """Between the plans that have not expired, and inside them."""
    original_rate: Rate | None = None
    """Over the same plans as first issued; None where no amendment is in force."""
    original_task_counts: TaskCounts | None = None
    change: Change | None = None
    """None for the first report of a locality."""
    reported: tuple[Reported, ...]
    unplaced: tuple[Observation, ...]
    """Accepted values of concepts in which no plan in force sets a target."""
    definitions: tuple[Concept, ...] = ()
    """Of the concepts of all rows and of their near values (định nghĩa khái niệm)."""

    def plan_of(self, row: IndicatorResult | TaskResult) -> PlanResult:
        """The plan in which a row stands."""
        return next(plan for plan in self.plans if plan.id == row.plan)

    @property
    def starting(self) -> tuple[PlanResult, ...]:
        """Plans that have not begun, whose starting point this report shows."""
        return tuple(plan for plan in self.plans if plan.starting_point is not None)

    @property
    def in_force(self) -> tuple[PlanResult, ...]:
        """Plans in force at the cut-off, in the order of `plans`; rates are over these alone."""
        return tuple(plan for plan in self.plans if plan.state is PlanState.IN_FORCE)

    def indicators(self) -> pd.DataFrame:
        """One row per indicator of every plan; columns in docs/frames.md, as of the frames below."""
        return self._frame("indicators")

    def tasks(self) -> pd.DataFrame:
        """One row per task of every plan."""
        return self._frame("tasks")

    def rates(self) -> pd.DataFrame:
        """One row for all plans in force together, then one per plan."""
        return self._frame("rates")

    def history(self) -> pd.DataFrame:
        """One row per exact value of a judged series, the oldest first."""
        return self._frame("history")

    def _frame(self, name: str) -> pd.DataFrame:
        from pipeline.completion.completion_frames import completion_frame

        return completion_frame(self, name)
