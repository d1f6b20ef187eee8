"""What validation leaves behind: accepted records and quarantined rows (validated.json)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from pipeline.plans.models import Key
from pipeline.submissions.records import Kind, Observation, Origin, Reported, SubmittedFile, TaskFact


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleResult(_Frozen):
    """What became of one rule over one file."""

    file: str
    kind: Kind
    rule: str
    severity: str
    message: str
    remedy: str
    holds: bool
    lines: tuple[int, ...]


class Quarantined(_Frozen):
    """A row that was kept out (dòng bị loại), as it was received, with every rule it broke."""

    kind: Kind
    origin: Origin
    cells: dict[str, str]
    rules: tuple[str, ...]
    messages: tuple[str, ...]

    @property
    def plan(self) -> str:
        return self.cells.get("plan", "")

    @property
    def key(self) -> Key:
        return Key((self.cells.get("annex", ""), self.cells.get("group", ""), self.cells.get("no", "")))


class Intake(_Frozen):
    """The outcome of validating all files of one locality and period."""

    locality: str
    period: str
    files: tuple[SubmittedFile, ...] = ()
    observations: tuple[Observation, ...] = ()
    earlier: tuple[Observation, ...] = ()
    """Values accepted for earlier periods; one serves until the next is expected."""
    tasks: tuple[TaskFact, ...] = ()
    reported: tuple[Reported, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    results: tuple[RuleResult, ...] = ()

    @property
    def received(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def accepted(self) -> int:
        return len(self.observations) + len(self.tasks) + len(self.reported)
