"""Records of what localities report (số liệu gửi lên); each knows the cell it came from."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from pipeline.plans.base import Frozen, Number
from pipeline.plans.models import Key


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
    ),
    FileKind.TASKS: (
        "plan",
        "annex",
        "group",
        "no",
        "name",
        "started_on",
        "finished_on",
        "suspended_on",
        "reported_on",
        "product",
        "source",
        "evidence",
        "note",
        "code",
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


class Origin(Frozen):
    """The cell a figure came from: file below the project, its SHA-256, sheet, line and column letter."""

    file: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    sheet: str = ""
    """Sheet of a workbook (trang tính); empty for CSV."""
    line: int
    column: str = ""

    @property
    def cell(self) -> str:
        """As messages print it: 'G7', “Chỉ tiêu”!G7, 'dòng 7'."""
        place = f"{self.column}{self.line}" if self.column else f"dòng {self.line}"
        return f"“{self.sheet}”!{place}" if self.sheet else place


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
    origin: Origin
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
