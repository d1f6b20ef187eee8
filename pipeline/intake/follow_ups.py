"""Follow-ups (theo dõi sau báo cáo): what is asked of an office about a report, until when, and the answer.

    data/raw/follow-ups/<locality>/<period>/hoi*.yaml        questions on that report, conclusions of a meeting
    data/raw/follow-ups/<locality>/<period>/tra-loi*.yaml    answers that came in that period

A report knows the folders of the periods that closed by its cut-off: an answer of a later period changes no earlier
report. One that was answered before the period began is no longer shown.
"""

from __future__ import annotations

import datetime as dt
import difflib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

import yaml

from pipeline.errors import DataError, Finding
from pipeline.intake.asked import Answered, Asked, FollowUp
from pipeline.intake.cells import FileFaultError
from pipeline.intake.evidence import file_key, kept_file
from pipeline.intake.inbox import is_kept
from pipeline.paths import Layout
from pipeline.plans.lead_agencies import LeadAgencies
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.registry import Registry, place_of, read_list
from pipeline.plans.strict_yaml import StrictLoader, loaded
from pipeline.whole import INPUT, input_files, ordinary_text

FOLLOW_UPS = "follow-ups"
"""The folder below `data/raw/`."""
QUESTIONS, ANSWERS = "hoi", "tra-loi"
"""How the names of the two kinds of file begin."""
_I = TypeVar("_I", Asked, Answered)


def follow_ups_of(
    layout: Layout, registry: Registry, locality: str, period: Period, known_at: dt.date | None = None
) -> tuple[FollowUp, ...]:
    """What the report of `period` shows, the first asked first; with `known_at` by what was written by that day.

    Raises DataError for what cannot be used.
    """
    files = _files_until(layout, locality, period, registry.calendar)
    return _Reading(layout, registry, locality, files).follow_ups(known_at, period.start(registry.calendar))


def open_follow_ups(
    layout: Layout, registry: Registry, locality: str, known_at: dt.date | None
) -> tuple[FollowUp, ...]:
    """What is not answered as known on a day, of the reports of all periods, the first asked first.

    Raises DataError.
    """
    reading = _Reading(layout, registry, locality, _files(layout, locality))
    return tuple(f for f in reading.follow_ups(known_at, dt.date.min) if f.answer is None)


def follow_ups_ahead(
    layout: Layout, registry: Registry, locality: str, today: dt.date, period: Period | None = None
) -> tuple[Finding, ...]:
    """Days on which something was asked or answered that are after `today`: a slip of the pen; nothing is refused.

    Of the files on which the report of `period` depends, or of all. Raises DataError.
    """
    files = _files_until(layout, locality, period, registry.calendar) if period else _files(layout, locality)
    return tuple(_Reading(layout, registry, locality, files).ahead(today))


def followed_localities(layout: Layout) -> list[str]:
    """What lies in the folder of follow-ups, by name: localities, and what is none."""
    folder = layout.raw / FOLLOW_UPS
    return [path.name for path in input_files(folder, layout.relative(folder)) if is_kept(path.name)]


def follow_up_files(layout: Layout, locality: str, period: Period, calendar: Calendar) -> list[Path]:
    """The files that the report of `period` depends on, with those that answers may name. Raises DataError."""
    return [path for paths in _files_until(layout, locality, period, calendar).values() for path in paths]


def _files_until(layout: Layout, locality: str, period: Period, calendar: Calendar) -> dict[Period, list[Path]]:
    found = _files(layout, locality)
    return {p: files for p, files in found.items() if p.cut_off(calendar) <= period.cut_off(calendar)}


def _files(layout: Layout, locality: str) -> dict[Period, list[Path]]:
    place, found = f"{layout.raw}/{FOLLOW_UPS}/{locality}", dict[Period, list[Path]]()
    if not os.path.lexists(place):  # most localities have none
        return found
    for folder in (one for one in input_files(place, layout.relative(place)) if is_kept(one.name)):
        try:
            period = Period.parse(folder.name)
        except ValueError as error:
            fault = Finding(layout.relative(folder), "tên", "follow-up", str(error), "đặt tệp trong thư mục của một kỳ")
            raise DataError("Tệp theo dõi câu hỏi, kết luận có lỗi:", [fault]) from error
        found[period] = [p for p in input_files(folder, layout.relative(folder)) if is_kept(p.name)]
    return found


@dataclass(frozen=True)
class _Placed(Generic[_I]):
    """An item, where it was read from, and the period in whose folder it lies."""

    item: _I
    path: Path
    number: int
    period: Period

    def fault(self, layout: Layout, key: str, message: str, remedy: str) -> Finding:
        text = ordinary_text(self.path, INPUT)
        place = place_of(loaded(text), yaml.compose(text, StrictLoader), (self.number, key))
        return Finding(layout.relative(self.path), place, "follow-up", message, remedy)


@dataclass(frozen=True)
class _Reading:
    """The follow-ups of a locality, from the files of some periods."""

    layout: Layout
    registry: Registry
    locality: str
    files: Mapping[Period, Sequence[Path]]

    def follow_ups(self, known_at: dt.date | None, start: dt.date) -> tuple[FollowUp, ...]:
        """As known on a day, without those answered before a period began. Raises DataError."""
        findings = list[Finding]()
        asked = list(self._items(QUESTIONS, Asked, findings))
        answers = list(self._items(ANSWERS, Answered, findings))
        findings += [
            *self._odd_files({path for one in answers if (path := self._named(one))}),
            *self._twice(asked),
            *self._twice(answers),
        ]
        by_id = {one.item.id: one for one in asked}
        findings += (fault for one in asked for fault in self._asked_faults(one))
        findings += (fault for one in answers for fault in self._answer_faults(one, by_id.get(one.item.id)))
        if findings:
            raise DataError("Tệp theo dõi câu hỏi, kết luận có lỗi, báo cáo chưa được lập:", findings)
        given = {one.item.id: one for one in answers}
        found = (self._follow_up(one, given.get(one.item.id), known_at, start) for one in asked)
        return tuple(sorted((f for f in found if f), key=lambda f: (f.asked.asked_on, f.asked.id)))

    def ahead(self, today: dt.date) -> Iterator[Finding]:
        """The days of questions and answers that are after `today`."""
        findings = list[Finding]()
        for asked in self._items(QUESTIONS, Asked, findings):
            yield from self._ahead(asked, "asked_on", asked.item.asked_on, today)
        for answered in self._items(ANSWERS, Answered, findings):
            yield from self._ahead(answered, "answered_on", answered.item.answered_on, today)

    def _ahead(self, one: _Placed[_I], key: str, day: dt.date, today: dt.date) -> Iterator[Finding]:
        if day > today:
            message = f"ngày {day:%d/%m/%Y} chưa đến (hôm nay {today:%d/%m/%Y}); vẫn được tính như đã ghi"
            yield one.fault(self.layout, key, message, f"sửa {key} thành ngày đã qua")

    def _follow_up(
        self, one: _Placed[Asked], answer: _Placed[Answered] | None, known_at: dt.date | None, start: dt.date
    ) -> FollowUp | None:
        if known_at is not None:
            if one.item.asked_on > known_at:
                return None
            answer = answer if answer and answer.item.answered_on <= known_at else None
        if answer and answer.period.cut_off(self.registry.calendar) < start:
            return None
        agency = self.registry.agency(one.item.of, self.locality)
        return FollowUp(
            period=str(one.period),
            asked=one.item.model_copy(update={"of": agency.name}) if agency else one.item,
            task=self._rows.get(one.item.about, False),
            answer=answer.item if answer else None,
            proof=kept_file(self._named(answer) or answer.path) if answer and answer.item.file else "",
        )

    def _items(self, begin: str, model: type[_I], findings: list[Finding]) -> Iterator[_Placed[_I]]:
        for period, paths in self.files.items():
            for path in (p for p in paths if p.suffix == ".yaml" and p.name.startswith(begin)):
                for number, item in enumerate(read_list(self.layout, path, model, findings)):
                    yield _Placed(item, path, number, period)

    def _odd_files(self, named: Collection[Path]) -> Iterator[Finding]:
        """Files that are neither questions nor answers nor named by one: nothing is passed over in silence."""
        for path in (p for paths in self.files.values() for p in paths if p not in named):
            if path.suffix != ".yaml" or not path.name.startswith((QUESTIONS, ANSWERS)):
                message = "không phải câu hỏi hay trả lời, cũng không trả lời nào nêu tên tệp này"
                remedy = f"đặt tên {QUESTIONS}*.yaml (câu hỏi, kết luận), {ANSWERS}*.yaml (trả lời), hoặc bỏ tệp"
                yield Finding(self.layout.relative(path), "tên tệp", "follow-up", message, remedy)

    def _twice(self, items: Sequence[_Placed[Asked]] | Sequence[_Placed[Answered]]) -> Iterator[Finding]:
        seen = dict[str, Path]()
        for one in items:
            if one.item.id in seen:
                message = f"“{one.item.id}” đã có ở {self.layout.relative(seen[one.item.id])}"
                yield one.fault(self.layout, "id", message, "đổi id, hoặc bỏ mục này")
            seen.setdefault(one.item.id, one.path)

    def _asked_faults(self, one: _Placed[Asked]) -> Iterator[Finding]:
        asked = one.item
        if asked.about and asked.about not in self._rows:
            message = f"không có chỉ tiêu, nhiệm vụ “{asked.about}”"
            yield one.fault(self.layout, "about", message, f"ghi mã như trên biểu mẫu: {self._like(asked.about)}")
        if self.registry.agency(asked.of, self.locality) is None and asked.of != self._place:
            leads = LeadAgencies.of(self.registry, self.locality, one.period.cut_off(self.registry.calendar))
            remedy = f"ghi tên cơ quan như trong kế hoạch: {'; '.join((self._place, *leads.names))}"
            yield one.fault(self.layout, "of", f"chưa biết cơ quan “{asked.of}”", remedy)
        if asked.until and asked.until < asked.asked_on:
            yield one.fault(self.layout, "until", "hạn trả lời trước ngày hỏi", "sửa until hoặc asked_on")

    def _answer_faults(self, one: _Placed[Answered], asked: _Placed[Asked] | None) -> Iterator[Finding]:
        calendar = self.registry.calendar
        if asked is None:
            message = f"không có câu hỏi “{one.item.id}” ở kỳ này hay kỳ trước"
            yield one.fault(self.layout, "id", message, f"ghi id như trong tệp {QUESTIONS}*.yaml")
        elif one.item.answered_on < asked.item.asked_on:
            yield one.fault(self.layout, "answered_on", "trả lời trước ngày hỏi", "sửa answered_on")
        elif one.period.cut_off(calendar) < asked.period.cut_off(calendar):
            remedy = f"chuyển vào thư mục {asked.period} hoặc kỳ sau"
            yield one.fault(self.layout, "id", f"trả lời nằm ở kỳ {one.period}, trước kỳ của câu hỏi", remedy)
        if one.item.file:
            try:
                if (path := self._named(one)) is None:
                    raise FileFaultError("name", "tên tệp", "không có tệp này trong cùng thư mục", "đặt tệp vào đó")
                kept_file(path)
            except FileFaultError as error:
                yield one.fault(self.layout, "file", f"“{one.item.file}”: {error.message}", error.remedy)

    def _named(self, answer: _Placed[Answered]) -> Path | None:
        """The file that an answer names, by its name as names are compared; None for none."""
        wanted = file_key(answer.item.file)
        return next((path for path in self.files[answer.period] if wanted and file_key(path.name) == wanted), None)

    def _like(self, about: str) -> str:
        """The codes that may be meant: of rows with the same number in some plan, else those spelt alike."""
        number = about.rpartition("/")[2].strip().lower()
        same = [code for code in self._rows if code.rpartition("/")[2].lower() == number]
        return ", ".join(same[:5] or difflib.get_close_matches(about, list(self._rows), n=3, cutoff=0.3))

    @cached_property
    def _rows(self) -> dict[str, bool]:
        """The codes of the rows, each with whether it is a task."""
        plans = self.registry.plans_of(self.locality)
        found = {f"{plan.id}/{row.key.label}": False for plan in plans for row in plan.indicators}
        return found | {f"{plan.id}/{task.key.label}": True for plan in plans for task in plan.tasks}

    @property
    def _place(self) -> str:
        return self.registry.locality(self.locality).full_name
