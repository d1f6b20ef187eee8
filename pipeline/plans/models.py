"""The records of the plan registry (sổ kế hoạch): what people digitise, checked field by field."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from pipeline.plans.amendments import Amendment
from pipeline.plans.base import Number, Record, Slug, Text, Year
from pipeline.plans.deadlines import Deadline, parse_deadline, year_end
from pipeline.plans.formulas import PATTERN as FORMULA
from pipeline.plans.targets import Comparator, ParsedTarget, parse_target
from pipeline.plans.units import unit_fault


class Kind(StrEnum):
    """Indicator (chỉ tiêu) of the objectives, or quantified commitment (cam kết định lượng) outside them."""

    INDICATOR = "indicator"
    COMMITMENT = "commitment"


class LineKind(StrEnum):
    """A task (nhiệm vụ), or a measure (giải pháp): a line without an office in charge and without a time.

    Measures are listed and never counted (docs/digitisation.md).
    """

    TASK = "task"
    MEASURE = "measure"


class Direction(StrEnum):
    """Which way is better."""

    RISING = "rising"
    FALLING = "falling"


UNNUMBERED = "bản không ghi số"
"""How a plan without a number is cited."""


class Key(tuple[str, str, str]):
    """(annex, group, number): what names a row of a plan. Names repeat, keys do not."""

    __slots__ = ()

    @property
    def label(self) -> str:
        """As the page prints it: 'PL2.IV.26', 'II.14'."""
        annex, group, number = self
        parts = [annex, group] if annex else [group]
        # '2.1' and '3.1' already begin with the number of their group.
        return ".".join([*parts[:-1], number] if number.startswith(f"{group}.") else [*parts, number])


class Baseline(Record):
    """Starting value (kết quả xuất phát) as the plan prints it. `value` in the indicator's unit."""

    text: Text
    value: Number | None = None
    year: Year


class Target(Record):
    """One target (mục tiêu) of an indicator: a printed text and the column it stands in."""

    text: str = Field(description="exactly as printed; '' for an empty cell, '-' for a dash")
    year: Year | None = Field(default=None, description="year of the printed column or heading")
    yearly: bool = Field(default=False, description="holds every year ('hằng năm') instead of by one year")
    deadline: Text | None = Field(default=None, description="printed deadline of its own, e.g. 'Tháng 10/2025'")

    @field_validator("text")
    @classmethod
    def _parses(cls, text: str) -> str:
        parse_target(text)
        return text

    @model_validator(mode="after")
    def _due_as_printed(self) -> Self:
        if self.parsed.day and self.deadline is None:
            raise ValueError(f"mục tiêu “{self.text}” có ngày {self.parsed.day}: ghi thời hạn đó vào deadline")
        return self

    @cached_property
    def parsed(self) -> ParsedTarget:
        """The printed text as data; it parses in every validated record."""
        return parse_target(self.text)

    @property
    def quantified(self) -> bool:
        """Whether a value can be held against it: '-' is no target, and 'khoảng 60%' sets nothing to reach."""
        return self.parsed.comparator.judged

    @property
    def unjudged(self) -> bool:
        """Whether there is a target that cannot be judged (không đánh giá): about, a change, in words, several."""
        return not self.quantified and self.parsed.comparator is not Comparator.NONE

    @property
    def due(self) -> dt.date | None:
        """The day it falls due: its own deadline, else the last day of its (last) year.

        None for a yearly target, for one without a year, and where there is no target.
        """
        if not self.quantified or self.yearly:
            return None
        if self.deadline is not None:
            return parse_deadline(self.deadline).due
        year = self.parsed.span_end or self.year
        return year_end(year) if year else None


class Waypoint(Record):
    """A point of a declared path (lộ trình): how far the indicator is to be by a day. `value` in its unit."""

    deadline: Text
    value: Number

    @field_validator("deadline")
    @classmethod
    def _dated(cls, text: str) -> str:
        if parse_deadline(text).due is None:
            raise ValueError(f"mốc của lộ trình phải có ngày: “{text}”")
        return text

    @property
    def day(self) -> dt.date:
        """The day by which the point is to be reached. Raises ValueError for a deadline without a day."""
        day = parse_deadline(self.deadline).due
        if day is None:
            raise ValueError(self.deadline)
        return day


class Indicator(Record):
    """One row of a plan (chỉ tiêu), or one quantified commitment."""

    annex: Annotated[str, StringConstraints(pattern=r"^(PL[0-9]+)?$")] = ""
    group: Text
    no: Text
    kind: Kind = Kind.INDICATOR
    name: Text
    name_printed: Text | None = Field(default=None, description="only where an OCR or typing error was corrected")
    unit: str = ""
    direction: Direction = Direction.RISING
    concept: Slug
    scope: str = Field(default="", description="narrows the concept; observations serve equal scopes only")
    baseline: Baseline | None = None
    targets: tuple[Target, ...] = Field(min_length=1)
    path: tuple[Waypoint, ...] = Field(default=(), description="the plan's own path to its target, where it prints one")
    lead: tuple[Text, ...] = ()
    output: str = ""
    same_as: str = Field(default="", description="label of the row of this plan that it repeats; counted there")
    tasks: tuple[Text, ...] = Field(default=(), description="labels of the lines of this plan that serve it")
    formula: str = Field(
        default="",
        pattern=f"^$|{FORMULA}",
        description="'numerator / denominator', ids of concepts, where the words of the plan give it",
    )

    @property
    def key(self) -> Key:
        """Annex, group and number, which name the row in its plan."""
        return Key((self.annex, self.group, self.no))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        columns = [(t.year, t.deadline) for t in self.targets]
        if len(set(columns)) < len(columns):
            raise ValueError("hai mục tiêu cho cùng một năm")
        if self.name_printed == self.name:
            raise ValueError("name_printed chỉ ghi khi khác name")
        days = [point.day for point in self.path]
        if days != sorted(set(days)):
            raise ValueError("các mốc của lộ trình phải theo thứ tự ngày, mỗi ngày một mốc")
        for target in self.targets:
            if fault := unit_fault(target.parsed, self.unit):
                raise ValueError(fault)
        return self


class Task(Record):
    """A numbered line of a plan outside its objectives: who leads, who coordinates, by when, with what product."""

    annex: Annotated[str, StringConstraints(pattern=r"^(PL[0-9]+)?$")] = ""
    group: Text
    no: Text
    kind: LineKind = LineKind.TASK
    name: Text
    name_printed: Text | None = None
    lead: tuple[Text, ...] = ()
    coordinating: tuple[Text, ...] = ()
    deadline: str = ""
    output: str = ""
    ref: str = Field(default="", description="clause of a higher document that it answers to")
    continues: str = Field(default="", description="code of the task of an earlier plan that it takes over")
    same_as: str = Field(default="", description="label of the line of this plan that it repeats; counted there")

    @property
    def key(self) -> Key:
        """Annex, group and number, which name the row in its plan."""
        return Key((self.annex, self.group, self.no))

    @field_validator("deadline")
    @classmethod
    def _parses(cls, text: str) -> str:
        parse_deadline(text)
        return text

    @property
    def due(self) -> Deadline:
        """The deadline as data (thời hạn)."""
        return parse_deadline(self.deadline)


class Group(Record):
    """A heading that rows stand under (nhóm), as printed."""

    annex: str = ""
    no: Text
    title: Text


class Years(Record):
    """First and last year of a plan (thời kỳ), both included."""

    first: Year
    last: Year


class Digitised(Record):
    """That a plan came from a draft made by the program (bản nháp), and who held it against the paper since."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    source: Text = Field(alias="from", description="name of the file that the draft was made from")
    sha256: str = Field(default="", description="of that file")
    reviewed_by: Text | None = Field(default=None, description="the office that reviewed it, never a person")
    reviewed_on: dt.date | None = None

    @model_validator(mode="after")
    def _by_and_on(self) -> Self:
        if (self.reviewed_by is None) is not (self.reviewed_on is None):
            raise ValueError("reviewed_by và reviewed_on ghi cùng nhau")
        return self

    @property
    def reviewed(self) -> bool:
        """Whether an office has reviewed it (đã rà soát)."""
        return self.reviewed_by is not None


class Plan(Record):
    """One issued document (kế hoạch). What the document leaves blank is absent."""

    id: Slug
    locality: Slug
    title: Text
    number: Text | None = None
    date: dt.date | None = None
    date_printed: Text | None = None
    issuer: Text
    signatory: Text | None = Field(default=None, description="the office that signs, never a person")
    implements: tuple[Text, ...] = ()
    supersedes: tuple[Text, ...] = ()
    years: Years
    issued: dt.date | None = Field(
        default=None, description="for a paper without a day: the latest date it cites, the earliest it can be of"
    )
    begins: dt.date | None = Field(default=None, description="first day of the plan, if not 1 January")
    ends: dt.date | None = Field(default=None, description="last day of the plan, if not 31 December")
    groups: tuple[Group, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    tasks: tuple[Task, ...] = Field(default=(), description="all numbered lines: tasks, and measures by their kind")
    missing_annexes: tuple[Text, ...] = Field(
        default=(), description="annexes with tasks that the document refers to and the registry does not have"
    )
    synthetic: bool = Field(default=False, description="made for testing; every page says so")
    digitised: Digitised | None = Field(
        default=None, description="of a plan that the program has drafted; until it is reviewed its reports say so"
    )
    received: dt.date | None = Field(default=None, description="day the plan became known, where that is not its date")
    amendments: tuple[Amendment, ...] = Field(default=(), description="the earliest first")

    @model_validator(mode="after")
    def _days_fit(self) -> Self:
        if self.date and self.issued:
            raise ValueError("issued chỉ ghi khi văn bản không có ngày (date)")
        if (self.first_day.year, self.last_day.year) != (self.years.first, self.years.last):
            raise ValueError("begins, ends phải nằm trong năm đầu, năm cuối của years")
        if self.last_day < self.first_day:
            raise ValueError("ends trước begins")
        return self

    @property
    def unreviewed(self) -> bool:
        """Whether it came from a draft that no office has held against the paper (chưa được rà soát)."""
        return self.digitised is not None and not self.digitised.reviewed

    @property
    def issued_on(self) -> dt.date | None:
        """The day of issue (ngày ban hành), or the earliest it can be; None counts as issued always."""
        return self.date or self.issued

    @property
    def first_day(self) -> dt.date:
        """The first day for which the plan sets duties (thời kỳ kế hoạch)."""
        return self.begins or dt.date(self.years.first, 1, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day of the plan."""
        return self.ends or year_end(self.years.last)

    @property
    def assignments(self) -> tuple[Task, ...]:
        """The tasks among its lines (nhiệm vụ)."""
        return tuple(task for task in self.tasks if task.kind is LineKind.TASK)

    @property
    def measures(self) -> tuple[Task, ...]:
        """The measures among its lines (giải pháp)."""
        return tuple(task for task in self.tasks if task.kind is LineKind.MEASURE)

    @property
    def known_on(self) -> dt.date | None:
        """The day the plan became known; None where the document gives no day, which counts as always known."""
        return self.received or self.issued_on

    @property
    def reference(self) -> str:
        """How the page cites it: 'Kế hoạch số 14/KH-UBND ngày 18/01/2026', or UNNUMBERED."""
        if self.number:
            day = f" ngày {self.date:%d/%m/%Y}" if self.date else ""
            return f"Kế hoạch số {self.number}{day}"
        return UNNUMBERED

    def group_title(self, annex: str, group: str) -> str:
        """The heading of a group; '' if the plan has no such group."""
        return next((g.title for g in self.groups if (g.annex, g.no) == (annex, group)), "")


class Agency(Record):
    """An office that leads or coordinates (cơ quan), with every printed form of its name.

    `local_forms` holds forms that mean this office in one locality only: the plan of Cát Hải prints
    "Công an xã" once where its police is the "Công an đặc khu"; elsewhere that form is an office of its own.
    """

    id: Slug
    name: Text
    forms: tuple[Text, ...] = ()
    local_forms: dict[Slug, tuple[Text, ...]] = Field(default_factory=dict)


class Locality(Record):
    """A unit that issues plans and reports (địa phương). `code` by Quyết định 19/2025/QĐ-TTg, as text.

    `since` is the day from which the unit exists; None for one that was there before 1 July 2025 as it is now.
    `merged`: whether its area is another than that of one former unit, so that earlier figures are of other units.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}([0-9]{3})?$")]
    slug: Slug
    name: Text
    full_name: Text
    type: Text
    parent: str = ""
    since: dt.date | None = None
    merged: bool = False

    @field_validator("since", "merged", mode="before")
    @classmethod
    def _left_blank(cls, cell: object, info: ValidationInfo) -> object:
        """A cell of the list that is empty stands for the default."""
        return cls.model_fields[str(info.field_name)].default if cell in ("", None) else cell

    def is_before_merger(self, day: dt.date) -> bool:
        """Whether a figure of that day is of the units that were merged into this one (trước sáp nhập)."""
        return self.merged and self.since is not None and day < self.since
