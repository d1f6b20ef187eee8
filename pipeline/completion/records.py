"""What a report states: statuses, rates and the figures they rest on. Written to completion.json."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from fractions import Fraction

from pydantic import BaseModel, ConfigDict, computed_field, model_validator

from pipeline.completion.clauses import Conflict
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.models import Direction, Key, Kind, Method, Number
from pipeline.plans.targets import Comparator
from pipeline.submissions.intake import Quarantined
from pipeline.submissions.records import Observation, Reported, TaskFact


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _computed_again(cls, values: object) -> object:
        """Figures that follow from others are written for readers and never read back."""
        if isinstance(values, dict):
            return {name: value for name, value in values.items() if name not in cls.model_computed_fields}
        return values


class Status(StrEnum):
    """Status of an indicator at the cut-off (đánh giá chỉ tiêu)."""

    MET = "met"
    MISSED = "missed"
    STARTING_POINT = "starting-point"
    ON_TRACK = "on-track"
    AT_RISK = "at-risk"
    LATE = "late"
    REVERSED = "reversed"
    IN_PROGRESS = "in-progress"
    UNDECIDABLE = "undecidable"
    NOT_SUBMITTED = "not-submitted"
    NOT_DUE = "not-due"
    NOT_APPLICABLE = "not-applicable"
    QUARANTINED = "quarantined"
    NO_STAGE_TARGET = "no-stage-target"
    NOT_ASSESSABLE = "not-assessable"
    PLAN_EXPIRED = "plan-expired"


ABSENT = frozenset({Status.NOT_SUBMITTED, Status.NOT_DUE, Status.QUARANTINED})
"""In the count, without a value to judge."""
UNCOUNTED = frozenset({Status.NOT_APPLICABLE, Status.NO_STAGE_TARGET, Status.NOT_ASSESSABLE, Status.PLAN_EXPIRED})
"""Outside the set A over which rates are taken."""
NOT_MET = frozenset(
    {
        Status.MISSED,
        Status.STARTING_POINT,
        Status.ON_TRACK,
        Status.AT_RISK,
        Status.LATE,
        Status.REVERSED,
        Status.IN_PROGRESS,
    }
)
"""Observed, and the target does not hold (chưa đạt)."""


class TargetInForce(_Frozen):
    """The target an indicator is held against at the cut-off, as printed and as parsed."""

    text: str
    comparator: Comparator
    direction: Direction
    low: Number | None = None
    high: Number | None = None
    levels: tuple[int, ...] = ()
    year: int | None = None
    due: dt.date | None = None
    aspirational: bool = False

    @property
    def wants_less(self) -> bool:
        """A bare number and an interval are read by the direction; "≥" and "≤" say it themselves."""
        if self.comparator in (Comparator.AT_LEAST, Comparator.MORE_THAN):
            return False
        return self.comparator is Comparator.AT_MOST or self.direction is Direction.FALLING

    @property
    def bound(self) -> Number | None:
        """The one number that must be reached; None for a set of levels."""
        if self.comparator in (Comparator.NONE, Comparator.IN_SET):
            return None
        if self.comparator is Comparator.AT_MOST:
            return self.high
        if self.comparator is Comparator.RANGE and self.direction is Direction.FALLING:
            return self.high
        return self.low


class Pace(_Frozen):
    """Progress against the straight path from baseline to target at its due date.

    `expected` in the indicator's unit; `ratio` = (value − baseline) / (expected − baseline).
    """

    expected: Number
    ratio: Number


class Opinion(_Frozen):
    """What another published method says of a row, with the figure it rests on, or why it says nothing."""

    method: str
    status: Status | None = None
    figure: Number | None = None
    reason: str = ""


class IndicatorResult(_Frozen):
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
    target: TargetInForce | None = None
    next_target: TargetInForce | None = None
    """For a row without a target in this stage: its nearest later one; shown, not judged."""
    observation: Observation | None = None
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
    due_after_cut_off: bool = False
    """Due between the cut-off and the civil end of the period."""

    @property
    def key(self) -> Key:
        return Key((self.annex, self.group, self.no))

    @property
    def disputed(self) -> tuple[Opinion, ...]:
        """Methods under which the status would be another (đổi kết luận theo phương pháp khác)."""
        return tuple(o for o in self.opinions if o.status not in (None, self.status))

    @property
    def counted(self) -> bool:
        return self.status not in UNCOUNTED


class Rate(_Frozen):
    """A met rate with both bounds (tỷ lệ chỉ tiêu đạt). All counts are over the set A."""

    total: int
    """|A|: rows with a quantified target in the stage in force."""
    met: int
    not_met: int
    undecidable: int
    absent: int
    due: int
    """Rows of A whose target is already due."""
    met_of_due: int
    attainment_of: int
    """Rows of A that can have an attainment."""
    attainment_low: Number | None = None
    """Mean of min(attainment, 1), every absence as 0; None over no rows."""
    attainment_high: Number | None = None

    @property
    def lower(self) -> Fraction | None:
        """Every absence counted as not met; None for 0/0."""
        return Fraction(self.met, self.total) if self.total else None

    @property
    def upper(self) -> Fraction | None:
        return Fraction(self.met_at_most, self.total) if self.total else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def met_at_most(self) -> int:
        """Met if every absence and every undecidable value turned out well."""
        return self.met + self.undecidable + self.absent

    @computed_field  # type: ignore[prop-decorator]
    @property
    def observed(self) -> int:
        return self.total - self.absent


class TaskStatus(StrEnum):
    """Status of a task at the cut-off (tình trạng nhiệm vụ), computed from facts and dates."""

    DONE_ON_TIME = "done-on-time"
    DONE_LATE = "done-late"
    DONE_UNDATED = "done-undated"
    UNDER_WAY = "under-way"
    UNDER_WAY_OVERDUE = "under-way-overdue"
    NOT_STARTED = "not-started"
    NOT_STARTED_OVERDUE = "not-started-overdue"
    RECURRING = "recurring"
    UNDATED = "undated"
    SUSPENDED = "suspended"
    NOT_REPORTED = "not-reported"
    """No facts were sent; not the same as not started."""


DONE = frozenset({TaskStatus.DONE_ON_TIME, TaskStatus.DONE_LATE, TaskStatus.DONE_UNDATED})
OVERDUE = frozenset({TaskStatus.UNDER_WAY_OVERDUE, TaskStatus.NOT_STARTED_OVERDUE})


class TaskResult(_Frozen):
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
    """Its due date lies on or before the cut-off."""
    due_soon: bool = False
    """Due within 15 days after the cut-off."""

    @property
    def key(self) -> Key:
        return Key((self.annex, self.group, self.no))


class TaskCounts(_Frozen):
    """Tasks by status; the counts add up to the number assigned."""

    assigned: int
    by_status: dict[TaskStatus, int]

    def of(self, *statuses: TaskStatus) -> int:
        return sum(self.by_status.get(status, 0) for status in statuses)

    @property
    def done(self) -> int:
        return self.of(*DONE)

    @property
    def overdue(self) -> int:
        return self.of(*OVERDUE)

    @property
    def not_reported(self) -> int:
        return self.of(TaskStatus.NOT_REPORTED)

    @property
    def counted(self) -> int:
        """Assigned without those suspended or cancelled (tạm dừng), which leave the count."""
        return self.assigned - self.of(TaskStatus.SUSPENDED)

    @property
    def of_assigned(self) -> Fraction | None:
        """Trên tổng số nhiệm vụ được giao."""
        return Fraction(self.done, self.counted) if self.counted else None

    @property
    def of_due(self) -> Fraction | None:
        """Trên số nhiệm vụ đã hoàn thành hoặc đã đến hạn."""
        judged = self.done + self.overdue
        return Fraction(self.done, judged) if judged else None


class PlanState(StrEnum):
    """Where a plan stands at the cut-off."""

    IN_FORCE = "in-force"
    NOT_BEGUN = "not-begun"
    EXPIRED = "expired"


class GroupResult(_Frozen):
    """A heading of a plan with its rows."""

    annex: str
    no: str
    title: str
    rate: Rate
    commitments: bool
    """The rows are commitments, counted apart."""


class PlanResult(_Frozen):
    """One plan at the cut-off."""

    id: str
    title: str
    reference: str
    issuer: str
    date_printed: str
    implements: tuple[str, ...]
    supersedes: tuple[str, ...]
    first_year: int
    last_year: int
    state: PlanState
    stage: int | None
    """The year whose targets are in force, for a plan with stages; else None."""
    rate: Rate
    commitments: Rate
    groups: tuple[GroupResult, ...]
    indicators: tuple[IndicatorResult, ...]
    tasks: tuple[TaskResult, ...]
    task_counts: TaskCounts


class AgencyResult(_Frozen):
    """What one agency leads. A row with two leads counts for both."""

    name: str
    rate: Rate
    task_counts: TaskCounts


class Completion(_Frozen):
    """Everything the report of one locality and period states."""

    method: Method
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
    repeated_concepts: int
    """Concepts that stand in more than one counted row; each row counts."""
    commitments: Rate
    task_counts: TaskCounts
    plans: tuple[PlanResult, ...]
    agencies: tuple[AgencyResult, ...]
    conflicts: tuple[Conflict, ...]
    """Between the plans that have not expired, and inside them."""
    reported: tuple[Reported, ...]
    unplaced: tuple[Observation, ...]
    """Accepted values of concepts in which no plan in force sets a target."""

    @property
    def in_force(self) -> tuple[PlanResult, ...]:
        return tuple(plan for plan in self.plans if plan.state is PlanState.IN_FORCE)
