"""Issued reports (báo cáo đã ban hành), as what a later report of the same place depends on.

    reports/.issued/<locality>/<period>/<1, 2, 3…>/completion.json, entry.json, taken-back.json

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

COMPLETION, ENTRY, TAKEN_BACK = "completion.json", "entry.json", "taken-back.json"
FILES = (COMPLETION, ENTRY, TAKEN_BACK)
"""What the report stated, the line of the log by which it was issued, and that of its taking back, if there is one."""


class Issue(BaseModel):
    """What later reports need of the log entry by which a report was issued, or its issue taken back."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    run: str
    by: str
    """The office that issued it, or took it back."""
    at: str
    """The moment in UTC, 2026-05-01T08:00:00Z."""
    base: str = ""
    """Id of what it was made from, without the issued report that it replaced itself."""
    detail: str = ""
    """Why, where it was taken back (lý do rút lại)."""


class Replacement(Frozen):
    """The issued report that this one replaces, and what differs; None where it cannot be read any more."""

    run: str
    by: str
    at: str
    differences: Differences | None
    back: Issue | None = None
    """The line by which its issue was taken back (rút lại); None where it holds."""

    @property
    def day(self) -> str:
        """The day in UTC as documents write it."""
        return _written(self.at)

    @property
    def back_on(self) -> str:
        """The day on which the issue was taken back; '' where it holds."""
        return _written(self.back.at) if self.back else ""


def _written(moment: str) -> str:
    year, month, day = moment[:10].split("-")
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


def record_files(folder: Path) -> list[Path]:
    """The files of a record that are there: all but the taking back of an issue that holds."""
    return [folder / COMPLETION, folder / ENTRY, *filter(os.path.lexists, [folder / TAKEN_BACK])]


def read_issue(folder: Path, name: str = ENTRY) -> Issue:
    """The line by which the report was issued, or with TAKEN_BACK its issue taken back. Raises MismatchError."""
    try:
        return Issue.model_validate_json(read_ordinary(folder / name))
    except (OSError, ValueError) as error:
        raise MismatchError(f"{folder / name}: không đọc được. Khôi phục từ bản sao lưu.") from error


def replacement(folder: Path, completion: Completion) -> Replacement:
    """The issued report whose record lies in `folder`, and how `completion` differs from it. Raises MismatchError."""
    issue = read_issue(folder)
    differences = differences_from(read_ordinary(folder / COMPLETION), completion)
    back = read_issue(folder, TAKEN_BACK) if folder / TAKEN_BACK in record_files(folder) else None
    return Replacement(run=issue.run, by=issue.by, at=issue.at, differences=differences, back=back)
