"""Revisions (số liệu sửa đổi): a later file or an approved correction replaces an earlier value.

Nothing sent is changed or dropped: a replaced value stays listed, with what replaced it, when and why.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from pipeline.errors import DataError, Finding
from pipeline.intake.file_names import received_day
from pipeline.intake.rows import CORRECTED, Absence, Observation, Origin, Quarantined, Reported, Revision, TaskFact
from pipeline.intake.values import ABSENCE_WORDS, Style, UnreadableError, read_value
from pipeline.paths import Layout
from pipeline.plans.base import Record, Text
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.registry import read_list
from pipeline.whole import INPUT, input_files, read_ordinary

Accepted = Observation | TaskFact | Reported


class CorrectionStatus(StrEnum):
    """Only an approved correction changes a figure; the others are kept for the record."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Correction(Record):
    """A decision of an office that a figure it holds is wrong (đính chính)."""

    subject: Text = Field(description="code of the indicator as on the form, or id of the concept")
    was: Text = Field(description="the value as it stands, which must still be so")
    value: Text | None = Field(default=None, description="the right value, written as in a submission")
    absence: Absence | None = Field(default=None, description="or that there is none, and why")
    reason: Text
    office: Text = Field(description="the office that decided, never a person")
    decided_on: dt.date
    status: CorrectionStatus

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.value is None) == (self.absence is None) or self.absence is Absence.QUARANTINED:
            raise ValueError("ghi value, hoặc absence (not-submitted, not-due, not-applicable): một trong hai")
        return self


@dataclass(frozen=True)
class Placed:
    """A correction and the place it was read from."""

    correction: Correction
    origin: Origin


def read_corrections(layout: Layout, locality: str, period: Period) -> list[Placed]:
    """All corrections of a period, the earliest decision first. Raises DataError."""
    placed: list[Placed] = []
    findings: list[Finding] = []
    for path in correction_files(layout, locality, period):
        file = layout.relative(path)
        items = read_list(layout, path, Correction, findings)
        digest = hashlib.sha256(read_ordinary(path, INPUT)).hexdigest() if items else ""
        placed += [
            Placed(item, Origin(file=file, sha256=digest, line=number)) for number, item in enumerate(items, start=1)
        ]
    if findings:
        raise DataError("Phiếu đính chính có lỗi, báo cáo chưa được lập:", findings)
    return sorted(placed, key=lambda p: p.correction.decided_on)


def correction_files(layout: Layout, locality: str, period: Period) -> list[Path]:
    """The files of corrections (đính chính) of one period, by name; [] where there are none. Raises DataError."""
    folder = layout.corrections / locality / str(period)
    return input_files(folder, layout.relative(folder), ".yaml")


def corrections_of(layout: Layout, locality: str, periods: Iterable[Period]) -> list[Path]:
    """The same of several periods. Most localities have none of any."""
    if not os.path.lexists(f"{layout.corrections}/{locality}"):
        return []
    return [path for period in periods for path in correction_files(layout, locality, period)]


def in_force(placed: Sequence[Placed], known_at: dt.date | None) -> list[Placed]:
    """Approved corrections decided by `known_at`."""
    return [
        p
        for p in placed
        if p.correction.status is CorrectionStatus.APPROVED
        and (known_at is None or p.correction.decided_on <= known_at)
    ]


@dataclass
class Ledger:
    """The accepted records of a period as files arrive, and what each of them replaced."""

    period: Period
    calendar: Calendar
    revises: Callable[[str, str, Accepted], bool] = lambda *_: True
    """Whether a file takes the place of an earlier one with a row; where not, both stand (`settle`)."""
    records: list[Accepted] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)

    def receive(self, arrivals: Iterable[Accepted]) -> None:
        """Add the records of one file. Raises DataError if another file of the same day is about the same thing."""
        new = _once(arrivals)
        subjects = {subject_of(record): record for record in new}
        remaining: list[Accepted] = []
        clashes: list[Finding] = []
        for old in self.records:
            later = subjects.get(subject_of(old))
            if later is None or later.origin.file == old.origin.file:
                remaining.append(old)
                continue
            day, files = self.day(later), (later.origin.file, old.origin.file)
            if day == self.day(old) and (self.revises(*files, later) or self.revises(*files[::-1], old)):
                if not says_the_same(old, later):
                    clashes += _twice(old, later)
                remaining.append(old)
                new = [record for record in new if record is not later]
                continue
            if not self.revises(*files, later):
                remaining.append(old)
                continue
            self.revisions.append(revision(old, later, day, getattr(later, "note", "")))
        if clashes:
            raise DataError("Hai tệp cùng ngày nói khác nhau về một nội dung, báo cáo chưa được lập:", clashes)
        self.records = remaining + new

    def correct(self, placed: Placed) -> None:
        """Apply one approved correction. Raises DataError if what it corrects is no longer there."""
        correction = placed.correction
        found = [r for r in self.records if isinstance(r, Observation) and r.code == correction.subject]
        current = [r for r in found if correction.was in (describe(r), None if r.text else r.absence)]
        if len(current) != 1:
            stands = (
                ", ".join(f"“{describe(r)}” ({r.origin.file} {r.origin.cell})" for r in found) or "không có số liệu nào"
            )
            raise _stale(placed, f"phiếu sửa giá trị “{correction.was}” nhưng hiện là {stands}")
        old = current[0]
        try:
            value = read_value(correction.value, Style(old.unit)) if correction.value else None
        except UnreadableError as error:
            raise _stale(placed, f"value: {error.reason}") from error
        new = old.model_copy(
            update={
                "value": value,
                "text": correction.value or "",
                "absence": correction.absence,
                "numerator": None,
                "denominator": None,
                "printed": "",
                "note": correction.reason,
                "origin": placed.origin,
                "flags": (*old.flags, CORRECTED),
            }
        )
        self.records[self.records.index(old)] = new
        self.revisions.append(revision(old, new, correction.decided_on, correction.reason, correction.office))

    def day(self, record: Accepted | Quarantined) -> dt.date:
        """The day on which its file was received."""
        return received_on(record.origin.file, self.period, self.calendar)


def revision(old: Accepted, new: Accepted, day: dt.date, reason: str, office: str = "") -> Revision:
    """That one record took the place of another on a day, and why."""
    return Revision(
        subject=old.code,
        before=describe(old),
        before_origin=old.origin,
        after=describe(new),
        after_origin=new.origin,
        on=day,
        reason=reason,
        office=office,
    )


def _once(arrivals: Iterable[Accepted]) -> list[Accepted]:
    """The values and tasks of one file, each once. Raises DataError where two of its tables contradict."""
    found: dict[tuple[str, str, str], Accepted] = {}
    kept: list[Accepted] = []
    clashes: list[Finding] = []
    for record in arrivals:
        key = (*subject_of(record), str(getattr(record, "as_of", "")))
        first = None if isinstance(record, Reported) else found.setdefault(key, record)
        if first is None or first is record:
            kept.append(record)
        elif not says_the_same(first, record):
            clashes += _twice(first, record)
    if clashes:
        raise DataError("Hai bảng của một tệp nói khác nhau về một nội dung, báo cáo chưa được lập:", clashes)
    return kept


_ABOUT_THE_FILE = frozenset(
    ("origin", "flags", "source", "source_date", "evidence", "note", "difficulty", "text", "printed", "product")
)


def says_the_same(first: Accepted, second: Accepted) -> bool:
    """Whether two records state the same figures or days, whatever is written beside them."""
    return first.model_dump(exclude=set(_ABOUT_THE_FILE)) == second.model_dump(exclude=set(_ABOUT_THE_FILE))


def _twice(first: Accepted, second: Accepted) -> Iterator[Finding]:
    for record, other in ((first, second), (second, first)):
        there = f"tệp {other.origin.file.rpartition('/')[2]}, ô {other.origin.cell} ghi “{describe(other)}”"
        yield Finding(
            record.origin.file,
            f"ô {record.origin.cell}",
            "unique",
            f"{record.code}: ô này ghi “{describe(record)}”, {there}",
            "giữ một dòng; nếu là bản gửi lại thì đặt ngày nhận ở đầu tên tệp, ví dụ 2026-04-10-so-lieu.xlsx",
        )


def _stale(placed: Placed, message: str) -> DataError:
    place = f"mục {placed.origin.line}, {placed.correction.subject}"
    finding = Finding(placed.origin.file, place, "correction", message, "sửa phiếu, hoặc đổi status thành withdrawn")
    return DataError("Phiếu đính chính không dùng được, báo cáo chưa được lập:", [finding])


def subject_of(record: Accepted) -> tuple[str, str]:
    """What a record is about: of two records about one thing in one period, only one can hold."""
    return type(record).__name__, record.code


def describe(record: Accepted) -> str:
    """The content of a record in a few words."""
    if isinstance(record, Observation):
        return record.text or (ABSENCE_WORDS[record.absence] if record.absence else "")
    if isinstance(record, Reported):
        return record.value
    facts = {"bắt đầu": record.started_on, "hoàn thành": record.finished_on, "tạm dừng": record.suspended_on}
    dated = [f"{word} {day:%d/%m/%Y}" for word, day in facts.items() if day]
    return ", ".join(dated) or (f"báo cáo {record.reported_on:%d/%m/%Y}" if record.reported_on else "chưa bắt đầu")


def received_on(file: str, period: Period, calendar: Calendar) -> dt.date:
    """The day a file was received: the date its name begins with, else the cut-off of its period.

    Raises FileFaultError for a name that begins with no day of the calendar.
    """
    return received_day(file.rpartition("/")[2]) or period.cut_off(calendar)
