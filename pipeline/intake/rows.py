"""Records of what localities report (số liệu gửi lên); each knows the cell it came from.

`Intake` is the record of step 1: all rows of one period, accepted, quarantined and corrected.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints

from pipeline.intake.asked import FollowUp
from pipeline.plans.base import Frozen, Number
from pipeline.plans.models import Key

if TYPE_CHECKING:
    import pandas as pd


class FileKind(StrEnum):
    """The three kinds of file a locality may send for a period."""

    OBSERVATIONS = "observations"
    """Values of indicators (số liệu chỉ tiêu)."""
    TASKS = "tasks"
    """Facts about tasks (tiến độ nhiệm vụ): started, finished, suspended."""
    REPORTED = "reported"
    """Figures reported elsewhere (số liệu đã công bố), shown as reported and entering no rate."""


DAYS_OF_TASK = ("started_on", "finished_on", "suspended_on", "reported_on")
"""The facts about a task that are days."""
COLUMNS: dict[FileKind, tuple[str, ...]] = {
    FileKind.OBSERVATIONS: (
        "plan",
        "annex",
        "group",
        "no",
        "concept",
        "name",
        "value",
        "value_printed",
        "unit",
        "numerator",
        "denominator",
        "basis",
        "as_of",
        "absence",
        "source",
        "source_date",
        "evidence",
        "note",
        "code",
        "claim",
        "estimate",
        "difficulty",
    ),
    FileKind.TASKS: (
        *("plan", "annex", "group", "no", "name"),
        *DAYS_OF_TASK,
        *("product", "source", "evidence", "note", "code", "difficulty"),
    ),
    FileKind.REPORTED: (
        "subject",
        "name",
        "value",
        "numerator",
        "denominator",
        "unit",
        "as_of",
        "source",
        "source_date",
        "note",
    ),
}


CORRECTED = "corrected"
"""The flag of a value that an approved correction replaced (đã đính chính)."""


class Basis(StrEnum):
    """What stretch of time a value stands for."""

    AT_DATE = "tai-thoi-diem"
    WITHIN_PERIOD = "trong-ky"
    CUMULATIVE = "luy-ke"
    UNSTATED = ""


class Absence(StrEnum):
    """Why there is no value. Zero is a value, none of these."""

    NOT_SUBMITTED = "not-submitted"
    NOT_DUE = "not-due"
    NOT_APPLICABLE = "not-applicable"
    QUARANTINED = "quarantined"


WHOLE_TABLE = "cả bảng"
"""The place of what is wrong with a table and with no row of it."""


class Origin(Frozen):
    """The cell a figure came from: file below the project, its SHA-256, sheet, line and column letter."""

    file: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    sheet: str = ""
    """Sheet of a workbook (trang tính); empty for CSV."""
    line: int
    """0 for the whole table."""
    column: str = ""

    @property
    def cell(self) -> str:
        """As messages print it: 'G7', “Chỉ tiêu”!G7, 'dòng 7', 'cả bảng'."""
        return f"“{self.sheet}”!{self.cell_of_sheet}" if self.sheet else self.cell_of_sheet

    @property
    def cell_of_sheet(self) -> str:
        """The same without the sheet."""
        if not self.line:
            return WHOLE_TABLE
        return f"{self.column}{self.line}" if self.column else f"dòng {self.line}"


class Interval(Frozen):
    """What a source states of a value: exact (both ends equal) or a bound ('trên 98%').

    Ends in the unit of the indicator; None is unbounded; an open end does not belong.
    """

    low: Number | None
    high: Number | None
    low_open: bool = False
    high_open: bool = False

    @property
    def exact(self) -> Number | None:
        """The one number stated; None where the source gives only a bound."""
        return self.low if self.low is not None and self.low == self.high else None


class Observation(Frozen):
    """A value of an indicator at a period (số liệu). `key` is None when it is given by concept only."""

    plan: str = ""
    key: tuple[str, str, str] | None = None
    concept: str
    scope: str = ""
    unit: str
    value: Interval | None
    text: str
    """The value as written in the file."""
    printed: str = ""
    """What the source prints, where a person had to read the number out of words."""
    numerator: Number | None = None
    denominator: Number | None = None
    basis: Basis = Basis.UNSTATED
    as_of: dt.date
    as_of_stated: bool
    """False: the source gives no day, the cut-off of the period stands in."""
    absence: Absence | None = None
    source: str
    source_date: str = ""
    evidence: str = ""
    note: str = ""
    estimate: Interval | None = None
    """What the office expects for the whole year (ước thực hiện cả năm); shown beside the value, judges nothing."""
    difficulty: str = ""
    """What stands in the way (khó khăn, vướng mắc), in the words of the sender; shown, judges nothing."""
    edition: str = ""
    """The period for which it was reported (kỳ báo cáo), '2026-Q1'."""
    origin: Origin
    computed_from: tuple[Origin, ...] = ()
    """Cells of numerator and denominator, where the value is computed from shared figures (số liệu dùng chung)."""
    flags: tuple[str, ...] = ()
    """Rules of severity warning that the row broke."""

    @property
    def label(self) -> str:
        """The row in its plan ('PL2.IV.26'); id of the concept where it is given by concept only."""
        return Key(self.key).label if self.key else self.concept

    @property
    def code(self) -> str:
        """Code of the indicator, or id of the concept where it is given by concept only."""
        return f"{self.plan}/{self.label}" if self.key else self.concept


class TaskFact(Frozen):
    """What is known of a task on the day of a report; its status is computed, never typed in."""

    plan: str
    key: tuple[str, str, str]
    started_on: dt.date | None = None
    finished_on: dt.date | None = None
    suspended_on: dt.date | None = None
    reported_on: dt.date | None = None
    product: str = ""
    source: str = ""
    evidence: str = ""
    note: str = ""
    difficulty: str = ""
    """As of a value."""
    origin: Origin
    flags: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Code of the task."""
        return f"{self.plan}/{Key(self.key).label}"


class Reported(Frozen):
    """A figure given elsewhere, kept as stated with its source."""

    subject: str
    name: str
    value: str
    numerator: Number | None = None
    denominator: Number | None = None
    unit: str = ""
    as_of: str = ""
    source: str
    source_date: str = ""
    note: str = ""
    origin: Origin
    flags: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Figures reported elsewhere have only their name, day and source."""
        return f"{self.subject}/{self.name}/{self.as_of}/{self.source}"


class SubmittedFile(Frozen):
    """A table as received: path below the project, SHA-256, sheet, number of data rows."""

    file: str
    sha256: str
    sheet: str = ""
    kind: FileKind
    rows: int
    unfilled: int = 0
    """Rows of the form that were left empty; they do not count as received."""
    part: str = ""
    """The agency whose part it is (phần của cơ quan), by its name; '' for a file of the whole locality."""


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


class Validation(Frozen):
    """The result of Great Expectations for one table, as the library writes it."""

    file: str
    sheet: str = ""
    kind: FileKind
    text: str
    """JSON of an `ExpectationSuiteValidationResult`, without what differs from run to run."""


class RowFinding(Frozen):
    """One rule that a row breaks (lỗi, cảnh báo, lưu ý), at the cell to look at; or a whole table (cả bảng)."""

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
    confirmed: tuple[Observation, ...] = ()
    """Values of similar concepts, of this and earlier periods, that hold for rows by a confirmation (xác nhận)."""
    computed: tuple[Observation, ...] = ()
    """Values of rows with a formula, from the shared figures of this and other periods (tính từ số liệu dùng chung)."""
    earlier: tuple[Observation, ...] = ()
    """Values accepted for earlier periods; one serves until the next is expected."""
    tasks: tuple[TaskFact, ...] = ()
    earlier_tasks: tuple[TaskFact, ...] = ()
    """Facts accepted for earlier periods, the oldest first; they hold until something newer is reported."""
    later: tuple[Observation, ...] = ()
    """Values sent for later periods and dated up to the cut-off of this one (gửi sau), the oldest first."""
    later_tasks: tuple[TaskFact, ...] = ()
    reported: tuple[Reported, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    results: tuple[RuleResult, ...] = ()
    findings: tuple[RowFinding, ...] = ()
    """Warnings and notes (cảnh báo, lưu ý) of accepted rows and of whole tables."""
    validations: Annotated[tuple[Validation, ...], Field(exclude=True, repr=False)] = ()
    """Kept beside the receipts, not in the record."""
    remarks: tuple[Remark, ...] = ()
    revisions: tuple[Revision, ...] = ()
    answers: dict[str, str] = Field(default_factory=dict, exclude=True)
    """Code of a question → the answer in a workbook of this period (câu trả lời), for later ones."""
    follow_ups: tuple[FollowUp, ...] = ()
    """What is asked about this report and earlier ones (theo dõi)."""
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

    def frame(self, name: str = "values") -> pd.DataFrame:
        """Rows of the record as a frame: values, tasks, reported, quarantined, findings, rules, files or revisions.

        Columns in docs/frames.md. Raises UsageError for another name.
        """
        from pipeline.intake.intake_frames import intake_frame

        return intake_frame(self, name)
