"""The method (phương pháp): everything that decides a status, in one reviewed file with an id."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from pipeline.plans.base import Number, Record, Slug, Text
from pipeline.plans.periods import Calendar


class Steps(Record):
    """From which ratio on a row is on track, at risk, late; below the last it goes backwards."""

    on_track: Number
    at_risk: Number
    late: Number


class Misses(Record):
    """Up to which share of the gap a target may be missed and still be on track, or at risk."""

    on_track: Number
    at_risk: Number
    changes: Annotated[int, Field(ge=1)] = Field(description="how many of the last changes are averaged")


class Method(Record):
    """All that decides a word on the page (phương pháp): thresholds, windows, calendars; its id is on every result."""

    id: Text
    calendar: Slug = Field(description="id of the calendar in use")
    calendars: tuple[Calendar, ...] = Field(min_length=1)
    due_soon_days: Annotated[int, Field(ge=0)] = Field(description="a task is 'sắp đến hạn' so many days before")
    value_serves_years: Annotated[int, Field(ge=1)] = Field(
        description="a value serves until so many annual cut-offs after the one of its own year, that day not included"
    )
    recurring_months: Annotated[int, Field(ge=1)] = Field(
        description="how often a recurring task is reported where the plan names no frequency"
    )
    linear: Steps
    open_sdg: Steps
    destatis: Misses
    sdsn: Steps

    @model_validator(mode="after")
    def _calendar_known(self) -> Self:
        if self.calendar not in {c.id for c in self.calendars}:
            raise ValueError(f"không có lịch “{self.calendar}” trong calendars")
        return self

    @property
    def calendar_in_use(self) -> Calendar:
        """The calendar of reporting (lịch chốt số liệu) that the method names."""
        return next(c for c in self.calendars if c.id == self.calendar)
