"""Amendments of plans (sửa đổi, bổ sung kế hoạch): what a later document changes.

The former clause stays in the plan file; the amendment cites it and gives the new one.
"""

from __future__ import annotations

import datetime as dt
from typing import Self

from pydantic import Field, field_validator, model_validator

from pipeline.plans.base import Record, Text, Year
from pipeline.plans.deadlines import parse_deadline
from pipeline.plans.targets import parse_target


class TargetChange(Record):
    """A target that an amendment replaces: its column, the former text, the new one."""

    year: Year | None = Field(default=None, description="year of the column, as the target was printed")
    before: str
    after: str
    moved_to: Year | None = Field(default=None, description="the new year, where the target was put off")

    @field_validator("after")
    @classmethod
    def _parses(cls, text: str) -> str:
        parse_target(text)
        return text


class DeadlineChange(Record):
    """A deadline (thời hạn) that an amendment moves, both as printed."""

    before: str
    after: str

    @field_validator("after")
    @classmethod
    def _parses(cls, text: str) -> str:
        parse_deadline(text)
        return text


class LeadChange(Record):
    """Another office takes over (chuyển cơ quan chủ trì)."""

    before: tuple[Text, ...]
    after: tuple[Text, ...] = Field(min_length=1)


class RowChange(Record):
    """One change of one row: exactly one of the last five fields."""

    indicator: Text | None = Field(default=None, description="label of the row, 'II.14' or 'PL2.IV.26'")
    task: Text | None = None
    target: TargetChange | None = None
    deadline: DeadlineChange | None = None
    lead: LeadChange | None = None
    dropped: Text | None = Field(default=None, description="the row no longer holds; the reason the document gives")
    added: bool = Field(default=False, description="the row, which stands in this file, came with the amendment")

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        kinds = [self.target, self.deadline, self.lead, self.dropped, self.added or None]
        if (self.indicator is None) == (self.task is None) or sum(kind is not None for kind in kinds) != 1:
            raise ValueError("ghi một dòng (indicator hoặc task) và một thay đổi")
        if (self.target and self.task) or (self.deadline and self.indicator):
            raise ValueError("target là của indicator, deadline là của task")
        return self

    @property
    def label(self) -> str:
        """The changed row, as the plan numbers it."""
        return self.indicator or self.task or ""


class Amendment(Record):
    """A later document that changes a plan (văn bản sửa đổi, bổ sung)."""

    document: Text
    date: dt.date
    received: dt.date | None = Field(default=None, description="day it became known, where that is not its date")
    issuer: str = ""
    reason: str = ""
    changes: tuple[RowChange, ...] = Field(min_length=1)

    @property
    def known_on(self) -> dt.date:
        """The day the amendment became known: when it was received, else its date."""
        return self.received or self.date
