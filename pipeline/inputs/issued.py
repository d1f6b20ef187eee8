"""Issued reports (báo cáo đã ban hành), as what a later report of the same place depends on.

    reports/.issued/<locality>/<period>/<1, 2, 3…>/completion.json, entry.json

An issued report is frozen: while a report would be made from what it was made from, it is that report. From anything
else a replacement is made, which says what it states otherwise; so the issued record is one of its inputs.
"""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipeline.completion.comparison import Differences, differences_from
from pipeline.completion.records import Completion
from pipeline.errors import MismatchError
from pipeline.paths import Layout
from pipeline.plans.base import Frozen
from pipeline.whole import read_ordinary

COMPLETION, ENTRY = "completion.json", "entry.json"
FILES = (COMPLETION, ENTRY)
"""What the report stated, and the line of the log by which it was issued."""


class Issue(BaseModel):
    """What later reports need of the log entry by which a report was issued."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    run: str
    by: str
    """The office that issued it."""
    at: str
    """The moment in UTC, 2026-05-01T08:00:00Z."""
    base: str = ""
    """Id of what it was made from, without the issued report that it replaced itself."""


class Replacement(Frozen):
    """The issued report that this one replaces, and what differs; None where it cannot be read any more."""

    run: str
    by: str
    at: str
    differences: Differences | None

    @property
    def day(self) -> str:
        """The day in UTC as documents write it."""
        year, month, day = self.at[:10].split("-")
        return f"{day}/{month}/{year}"


def issued_folder(layout: Layout, locality: str, name: str, number: int) -> Path:
    """Where the record of the nth issue of a report lies."""
    return layout.issued / locality / name / str(number)


def issued_before(layout: Layout, locality: str, name: str, base: str) -> Path | None:
    """The record that a report made from inputs with the id `base` replaces: the last that was made from others.

    A run that was itself issued is not its own replacement.
    """
    place = f"{layout.issued}/{locality}/{name}"
    try:
        numbers = [one for one in os.listdir(place) if one.isdecimal()]  # noqa: PTH208 - most reports have none
    except OSError:
        return None
    folders = (Path(place, number) for number in sorted(numbers, key=int, reverse=True))
    return next((folder for folder in folders if read_issue(folder).base != base), None)


def read_issue(folder: Path) -> Issue:
    """The line by which the report was issued. Raises MismatchError."""
    try:
        return Issue.model_validate_json(read_ordinary(folder / ENTRY))
    except (OSError, ValueError) as error:
        raise MismatchError(f"{folder / ENTRY}: không đọc được. Khôi phục từ bản sao lưu.") from error


def replacement(folder: Path, completion: Completion) -> Replacement:
    """The issued report whose record lies in `folder`, and how `completion` differs from it."""
    issue = read_issue(folder)
    differences = differences_from(read_ordinary(folder / COMPLETION), completion)
    return Replacement(run=issue.run, by=issue.by, at=issue.at, differences=differences)
