"""One run: a locality, a period, and the records the steps hand to each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from pipeline.arguments import known_day, known_language, known_locality, known_period
from pipeline.completion.records import Completion
from pipeline.errors import DataError, InternalError, NoInputError
from pipeline.intake.inbox import newest_period, submission_files
from pipeline.intake.rows import Intake
from pipeline.paths import Layout
from pipeline.plans.method import Method
from pipeline.plans.models import Locality, Plan
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.registry import NO_PLANS, Registry, read_method, read_registry
from pipeline.whole import read_ordinary, write_ordinary

if TYPE_CHECKING:
    import pandas as pd

STEPS = ("validate", "compute", "report")
"""The steps of a report in their order; each is a notebook of that name. The last one makes the page."""
_R = TypeVar("_R", bound=BaseModel)


@dataclass(frozen=True)
class Run:
    """What a notebook works on. Records lie in `data/processed/<locality>/<period>/`."""

    layout: Layout
    locality: Locality
    period: Period
    known_at: dt.date | None = None
    """Only what was received or decided by this day counts; None for all that is there."""
    page_lang: str = ""
    """A second language of the page beside Vietnamese; empty for none."""

    @classmethod
    def open(
        cls, locality: str, period: str | int, known_at: str = "", page_lang: str = "", *, layout: Layout | None = None
    ) -> Run:
        """Check all names against what is known. A period may be a number: `papermill -p period 2025` makes it one.

        Raises UsageError, and DataError for faults in the lists.
        """
        layout = layout or Layout.of_project()
        lists = read_registry(layout, NO_PLANS)
        place, when, day = known_locality(lists, locality), known_period(str(period)), known_day(known_at)
        return cls(layout, place, when, day, known_language(page_lang))

    @cached_property
    def registry(self) -> Registry:
        """The lists and the plans of the locality, read when first asked for: not every step does. Raises DataError."""
        return read_registry(self.layout, self.locality.slug)

    @cached_property
    def method(self) -> Method:
        """The method in force. Raises DataError."""
        return read_method(self.layout)

    @property
    def name(self) -> str:
        """The folder of the run below its locality: the period, and the day as known at, if one is asked for."""
        return folder_name(self.parameters)

    @property
    def parameters(self) -> dict[str, str]:
        """What the notebooks are called with."""
        known_at = self.known_at.isoformat() if self.known_at else ""
        return parameters(self.locality.slug, str(self.period), known_at, self.page_lang)

    @property
    def work(self) -> Path:
        """The folder in which the steps leave their records."""
        return self.layout.work(self.locality.slug, self.name)

    @property
    def report(self) -> Path:
        """The published folder."""
        return self.layout.report(self.locality.slug, self.name)

    def save(self, record: BaseModel) -> str:
        """Write a record for the next step; says where, which also marks the step as finished."""
        path = self.work / _FILES[type(record)]
        path.parent.mkdir(parents=True, exist_ok=True)
        write_ordinary(path, to_json(record))
        return f"Đã ghi {self.layout.relative(path)}"

    def intake(self) -> Intake:
        """The record of step 1. Raises InternalError if that step has not run."""
        return self._load(Intake)

    def completion(self) -> Completion:
        """The record of step 2. Raises InternalError if that step has not run."""
        return self._load(Completion)

    def _load(self, model: type[_R]) -> _R:
        if not (self.work / _FILES[model]).is_file():
            raise InternalError(f"Chưa có {self.layout.relative(self.work / _FILES[model])}: hãy chạy bước trước.")
        return read_record(self.work, model)


@dataclass(frozen=True)
class PublishedReport:
    """A published report as its records, for questions of one's own; its frames are in docs/frames.md."""

    run: Run
    completion: Completion
    """What the report states: completion.json beside the page."""

    def indicators(self) -> pd.DataFrame:
        """One row per indicator of every plan."""
        return self.completion.indicators()

    def tasks(self) -> pd.DataFrame:
        """One row per task of every plan."""
        return self.completion.tasks()

    def rates(self) -> pd.DataFrame:
        """One row for all plans in force together, then one per plan."""
        return self.completion.rates()

    def history(self) -> pd.DataFrame:
        """One row per exact value of a judged series."""
        return self.completion.history()

    def targets(self) -> pd.DataFrame:
        """One row per target of the plans of the locality, as the plan files are now."""
        return self.run.registry.targets()

    @cached_property
    def intake(self) -> Intake:
        """The record of step 1 of this very report. It is not published.

        Raises NoInputError where the steps have not run here, or have run again on other inputs since.
        """
        with suppress(OSError):
            if read_ordinary(self.run.work / _FILES[Completion]) == read_ordinary(self.run.report / _FILES[Completion]):
                return self.run.intake()
        raise NoInputError(
            f"Số liệu đã kiểm tra của báo cáo này không còn trong {self.run.layout.relative(self.run.work)}: "
            f"hãy chạy make report LOCALITY={self.run.locality.slug} PERIOD={self.run.period} FORCE=1."
        )


def load_report(
    locality: str, period: str | int, known_at: str = "", *, layout: Layout | None = None
) -> PublishedReport:
    """A published report, by the names it was made with. Raises UsageError, and NoInputError where there is none."""
    run = Run.open(locality, period, known_at, layout=layout)
    try:
        return PublishedReport(run, read_record(run.report, Completion))
    except OSError as error:
        raise NoInputError(
            f"Chưa có báo cáo {run.layout.relative(run.report)}: "
            f"hãy chạy make report LOCALITY={locality} PERIOD={run.period}."
        ) from error


def published_completion(layout: Layout, locality: str, period: Period) -> Completion | None:
    """What the published report of a period states; None where there is none, or it cannot be read."""
    try:
        return read_record(layout.report(locality, str(period)), Completion)
    except (OSError, ValueError):
        return None


_FILES: dict[type[BaseModel], str] = {Intake: "validated.json", Completion: "completion.json"}


def read_record(work: Path, model: type[_R]) -> _R:
    """The record that a step left in `work`. Raises OSError where there is none."""
    return model.model_validate_json(read_ordinary(work / _FILES[model]))


def parameters(locality: str, period: str, known_at: str = "", page_lang: str = "") -> dict[str, str]:
    """The closed set of names that notebooks are called with."""
    return {"locality": locality, "period": period, "known_at": known_at, "page_lang": page_lang}


def folder_name(parameters: Mapping[str, str]) -> str:
    """The folder below the locality: the period, and the day as known at, if one is asked for."""
    known_at = parameters.get("known_at", "")
    return parameters.get("period", "") + (f".known-{known_at}" if known_at else "")


def to_json(record: BaseModel) -> str:
    """The one way records are written: stable order, readable Vietnamese, a final newline."""
    return record.model_dump_json(indent=2) + "\n"


def default_period(registry: Registry, layout: Layout, locality: Locality, today: dt.date) -> Period:
    """The newest period with submissions of the locality; for one without any, see `period_of_silent`."""
    calendar = registry.calendar
    own = newest_period(layout, locality.slug, calendar)
    if own is not None:
        return own
    others = newest_period_of_all(layout, calendar)
    return period_of_silent(registry.plans_of(locality.slug), others, calendar.reporting_year(today))


def newest_period_of_all(layout: Layout, calendar: Calendar) -> Period | None:
    """The newest period for which at least one locality has sent a file."""
    senders = dict[Period, list[str]]()
    for folder in layout.submissions.glob("*/*/"):
        with suppress(ValueError):
            senders.setdefault(Period.parse(folder.name), []).append(folder.parent.name)
    newest_first = sorted(senders, key=lambda p: p.newness(calendar), reverse=True)
    return next((p for p in newest_first if any(_has_sent(layout, who, p) for who in senders[p])), None)


def _has_sent(layout: Layout, locality: str, period: Period) -> bool:
    """Whether it has sent a file; a folder that may not be read is a failure of that locality, not of who asks."""
    with suppress(DataError):
        return bool(submission_files(layout, locality, period))
    return False


def period_of_silent(plans: Sequence[Plan], others: Period | None, this_year: int) -> Period:
    """The period of a locality that has sent nothing (chưa gửi gì), so that it is listed as missing in it.

    It is the newest for which any locality has sent something, if a plan of its own is of that year; else this year,
    within the years of the plans.
    """
    if others is not None and any(plan.years.first <= others.year <= plan.years.last for plan in plans):
        return others
    years = [min(max(this_year, plan.years.first), plan.years.last) for plan in plans]
    return Period(max(years, default=this_year))
