"""What is asked of an office about a report (câu hỏi, kết luận cuộc họp), and the answer; `follow_ups` reads both."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from pydantic import Field

from pipeline.plans.base import Frozen, Record, Slug, Text


class Asking(StrEnum):
    """Where a follow-up comes from (loại)."""

    QUESTION = "question"
    """A reviewer asks about a figure or a task (câu hỏi)."""
    CONCLUSION = "conclusion"
    """A review meeting has ordered it (kết luận cuộc họp)."""


class Asked(Record):
    """One question or conclusion, as it is written down."""

    id: Slug = Field(description="once in all files of the locality; the answer names it")
    kind: Asking = Asking.QUESTION
    text: Text = Field(description="what is asked, or to be done")
    by: Text = Field(description="the office or meeting that asks, never a person")
    asked_on: dt.date
    of: Text = Field(description="the agency asked, as plans print it, or the full name of the locality")
    about: str = Field(default="", description="code of the indicator or task, as on the form; '' for none")
    until: dt.date | None = Field(default=None, description="last day for the answer; absent where none was set")
    paper: str = Field(default="", description="number and day of the document, where there is one")


class Answered(Record):
    """The answer to one of them; it closes it."""

    id: Slug = Field(description="id of what is answered")
    text: Text
    by: Text = Field(description="the office that answers")
    answered_on: dt.date
    file: str = Field(default="", description="name of a file beside this one that proves it")


class FollowUp(Frozen):
    """What is followed up in a report: asked, of whom, and the answer as far as it is known."""

    period: str
    """The period of the report that gave rise to it."""
    asked: Asked
    task: bool = False
    """It is about a task; else about an indicator, or about no row."""
    answer: Answered | None = None
    proof: str = ""
    """The file named in the answer, with its hash and size."""

    @property
    def label(self) -> str:
        """The row in its plan: 'PL2.IV.26'; '' for none."""
        return self.asked.about.partition("/")[2]

    @property
    def anchor(self) -> str:
        """The place of the row on the page of the report; '' for none."""
        plan = self.asked.about.partition("/")[0]
        return f"{plan}-{'task-' if self.task else ''}{self.label}" if plan else ""

    def days_over(self, day: dt.date) -> int:
        """Days past the last day for the answer: at `day` where there is none, else on the day it came (quá hạn)."""
        ended = self.answer.answered_on if self.answer else day
        return max((ended - self.asked.until).days, 0) if self.asked.until else 0
