"""Reports that arrived (báo cáo đã gửi): their files, and the day received by the name of each, never by its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pipeline.intake.file_names import agency_in, agency_of_form, day_if_any
from pipeline.intake.inbox import COPIED, EVIDENCE, sent_names
from pipeline.paths import Layout
from pipeline.plans.periods import Calendar, Period


@dataclass(frozen=True)
class Arrival:
    """What came from a locality for a period. Files are dated by the day with which their name begins."""

    dated: tuple[dt.date, ...]
    """The days received, the earliest first; one for each file with a day in its name."""
    undated: int = 0
    """Files whose name gives no day, or none that can be read."""
    complete: bool = True
    """Whether these are all that is there now: nothing came after the day that is asked about."""
    names: tuple[str, ...] = ()
    """The names of these files, sorted."""

    def of_the_whole(self, known: Collection[str]) -> tuple[str, ...]:
        """The files that are of no agency: answers of the whole locality.

        `known`: the forms of the names of all its agencies; a form under its own name that ends with none is no part.
        """
        return tuple(n for n in self.names if not agency_in(n) and agency_of_form(n) not in known)

    def of_agency(self, slugs: Collection[str]) -> tuple[str, ...]:
        """The parts of an agency (phần của cơ quan), by the forms of its name: `scope.Scope.agency_of` decides so."""
        return tuple(name for name in self.names if (agency_in(name) or agency_of_form(name)) in slugs)

    @property
    def files(self) -> int:
        """How many files came."""
        return len(self.dated) + self.undated


def arrival_of(names: Iterable[str], cut_off: dt.date, known_at: dt.date | None = None) -> Arrival | None:
    """What came by `known_at`, by the names of files; None for nothing.

    Signed copies and pictures beside a table are no reports, nor is what the keeper of the registry copied from public
    pages. As everywhere, a file without a day counts as known from the cut-off of its period.
    """
    tables = [name for name in names if not name.lower().endswith(EVIDENCE) and not name.startswith(COPIED)]
    # A file whose day cannot be read is refused until it is renamed; here it has none.
    days = {name: day_if_any(name) for name in tables}
    known = {name: day for name, day in days.items() if known_at is None or (day or cut_off) <= known_at}
    if not known:
        return None
    dated = tuple(sorted(day for day in known.values() if day is not None))
    return Arrival(dated, len(known) - len(dated), len(known) == len(days), tuple(sorted(known)))


def arrivals(
    layout: Layout,
    asked: Iterable[tuple[str, Period]],
    calendar: Calendar,
    known_at: dt.date | None = None,
) -> dict[tuple[str, Period], Arrival]:
    """What came for each locality and period, where anything did. Only names are read. Raises DataError."""
    found = dict[tuple[str, Period], Arrival]()
    for locality, period in asked:
        names = sent_names(layout, locality, period)
        if arrival := arrival_of(names, period.cut_off(calendar), known_at) if names else None:
            found[locality, period] = arrival
    return found
