"""The result of validation (validated.json): accepted records and quarantined rows."""

from __future__ import annotations

import datetime as dt

from pipeline.intake.rows import FileKind, Observation, Origin, Reported, SubmittedFile, TaskFact
from pipeline.plans.base import Frozen


class RuleResult(Frozen):
    """The outcome of one rule for one table."""

    file: str
    sheet: str = ""
    kind: FileKind
    rule: str
    severity: str
    message: str
    remedy: str
    holds: bool
    lines: tuple[int, ...]


class RowFinding(Frozen):
    """One rule that one row breaks (lỗi, cảnh báo, lưu ý), at the cell to look at."""

    origin: Origin
    rule: str
    severity: str
    message: str
    """What is wrong, with what the cell holds."""
    remedy: str

    def __str__(self) -> str:
        return f"{self.message} → {self.remedy}"


class Remark(Frozen):
    """A remark on a file apart from its rows: hidden sheets, columns and lines that are not read."""

    file: str
    place: str
    rule: str
    message: str
    remedy: str = ""


class Quarantined(Frozen):
    """A row that was kept out (dòng bị loại), as it was received, with every rule it broke."""

    kind: FileKind
    origin: Origin
    subject: str = ""
    """Code of the indicator or task it is about, or id of the concept; empty where that is unknown."""
    cells: dict[str, str]
    findings: tuple[RowFinding, ...]
    replaced_by: Origin | None = None
    """The accepted row of a later file about the same thing."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules it broke, each once, in the order of the findings."""
        return tuple(dict.fromkeys(finding.rule for finding in self.findings))

    @property
    def messages(self) -> tuple[str, ...]:
        """What is wrong and how to fix it, one text per finding."""
        return tuple(map(str, self.findings))


class Revision(Frozen):
    """A value that another has replaced (số liệu sửa đổi): from what, to what, when, why."""

    subject: str
    before: str
    before_origin: Origin
    after: str
    after_origin: Origin
    on: dt.date
    """Day the later file was received, or the correction decided."""
    reason: str = ""
    office: str = ""
    """The office that decided a correction."""


class Intake(Frozen):
    """The outcome of validating all files of one locality and period."""

    locality: str
    period: str
    known_at: dt.date | None = None
    """Only what was received or decided by this day is considered."""
    previous: str = ""
    """The period before this one for which something was sent; empty for the first."""
    files: tuple[SubmittedFile, ...] = ()
    observations: tuple[Observation, ...] = ()
    earlier: tuple[Observation, ...] = ()
    """Values accepted for earlier periods; one serves until the next is expected."""
    tasks: tuple[TaskFact, ...] = ()
    earlier_tasks: tuple[TaskFact, ...] = ()
    """Facts accepted for earlier periods, the oldest first; they hold until something newer is reported."""
    reported: tuple[Reported, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    results: tuple[RuleResult, ...] = ()
    findings: tuple[RowFinding, ...] = ()
    """Warnings and notes (cảnh báo, lưu ý) of accepted rows."""
    remarks: tuple[Remark, ...] = ()
    revisions: tuple[Revision, ...] = ()
    replaced: int = 0
    """Accepted rows that a row of a later file has replaced."""

    @property
    def received(self) -> int:
        """Data rows of all files, without rows of a form that were left empty."""
        return sum(file.rows for file in self.files)

    @property
    def accepted(self) -> int:
        """Rows that passed, including those that a later file has replaced."""
        return len(self.observations) + len(self.tasks) + len(self.reported) + self.replaced

    @property
    def out(self) -> tuple[Quarantined, ...]:
        """Quarantined rows that no later file has replaced."""
        return tuple(q for q in self.quarantined if q.replaced_by is None)
