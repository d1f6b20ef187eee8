"""Whom a run over many localities looks at, for which period, and in which order."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.intake.inbox import newest_period
from pipeline.paths import Layout
from pipeline.plans.localities import NATIONAL
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.registry import read_registry
from pipeline.steps import newest_period_of_all, period_of_silent
from pipeline.whole import input_files


def newest_first(layout: Layout, period: str = "") -> list[str]:
    """`localities`, first those that have sent something last, for `period` if one is named.

    The time of a file says where to begin and nothing else: everything is looked at by its bytes.
    """
    return sorted(localities(layout), key=lambda slug: -_sent_at(layout, slug, period))


def _sent_at(layout: Layout, slug: str, period: str) -> float:
    folder = f"{layout.submissions}/{slug}"
    folders = [f"{folder}/{period}"]
    with suppress(OSError):  # none, or one that may not be read, which is told where it is looked at
        if not period:
            folders = [entry.path for entry in os.scandir(folder)]
        return max((file.stat().st_mtime for path in folders for file in os.scandir(path)), default=0.0)
    return 0.0


def localities(layout: Layout) -> list[str]:
    """Those with a plan in the registry, by name; also those whose folder of plans may not be read, and so fail.

    Of the plans of the Government nothing is reported.
    """
    folders = input_files(layout.plans, layout.relative(layout.plans))
    return [path.name for path in folders if path.name != NATIONAL and _has_plans(path)]


def _has_plans(folder: Path) -> bool:
    try:
        return any(name.endswith(".yaml") for name in os.listdir(folder))  # noqa: PTH208 - 3,300 folders
    except NotADirectoryError:
        return False
    except PermissionError:
        return True


@dataclass(frozen=True)
class Newest:
    """The newest period of each locality; the same as `make report` takes without a period."""

    layout: Layout
    calendar: Calendar
    today: dt.date

    def of(self, slug: str) -> Period:
        """The newest period for which the locality has sent something; for a silent one, see `period_of_silent`."""
        own = newest_period(self.layout, slug, self.calendar)
        if own is not None:
            return own
        plans = read_registry(self.layout, slug).plans_of(slug)
        return period_of_silent(plans, self._of_all, self.calendar.reporting_year(self.today))

    @cached_property
    def _of_all(self) -> Period | None:
        return newest_period_of_all(self.layout, self.calendar)
