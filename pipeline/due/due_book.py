"""The book of whoever collects (sổ theo dõi báo cáo): what is expected of whom, and what has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pipeline.completion.stages import plan_state
from pipeline.completion.statuses import PlanState
from pipeline.due.expected import Duties, ExpectedReport, unperiodic
from pipeline.due.plan_heads import PlanHeads, plan_heads
from pipeline.due.received import arrivals
from pipeline.due.timeliness import Completeness, DueReport, due_reports
from pipeline.errors import Finding
from pipeline.paths import Layout
from pipeline.plans.lead_agencies import lead_agencies, slugs_of_agency
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.regimes import Every, Regime, named_in_vain, periods_of, read_regimes
from pipeline.plans.registry import NO_PLANS, Registry, read_registry

MONTHS = 12
"""How far back is looked where no period is named (số tháng xem lại)."""


@dataclass(frozen=True)
class DueBook:
    """The duties of one locality, with its agencies, or of all localities, without them."""

    layout: Layout
    lists: Registry
    duties: Duties
    faults: tuple[Finding, ...] = ()
    """Plans whose head cannot be read; nothing is expected by them."""
    in_vain: tuple[Finding, ...] = ()
    """Plans and agencies that a regime names and that are not there."""

    @classmethod
    def open(
        cls, layout: Layout, locality: str = "", *, agencies: bool = False, heads: PlanHeads | None = None
    ) -> DueBook:
        """The book of a locality, or of all for ''. With `agencies`, whole plans are read: 0.04 s each.

        `heads` are those of all, where the caller has read them.

        Raises DataError for lists, regimes and, of a single locality or with `agencies`, plans with faults.
        """
        whole = bool(locality) or agencies
        lists = read_registry(layout, (locality or None) if whole else NO_PLANS)
        plans, faults, _ = (lists.plans, (), ()) if whole else heads or plan_heads(layout)
        by_plan = {plan.id: lead_agencies(lists, plan) for plan in plans} if whole else {}
        regimes = read_regimes(layout, lists.localities)
        duties = Duties(plans, regimes, lists.localities.by_slug, lists.calendar, by_plan)
        all_known = not locality and not faults
        in_vain = named_in_vain(regimes, {plan.id for plan in plans} if all_known else (), by_plan)
        return cls(layout, lists, duties, faults, tuple(in_vain))

    @property
    def calendar(self) -> Calendar:
        """The calendar in use."""
        return self.lists.calendar

    @property
    def frequencies(self) -> set[Every]:
        """All frequencies that some regime orders."""
        return {every for regime in self.duties.regimes for every in regime.every}

    def recent_periods(self, day: dt.date) -> list[Period]:
        """The periods that closed in the `MONTHS` before `day`, that day included, the first to close first."""
        first = dt.date(day.year - 1, day.month, min(day.day, 28))
        periods = periods_of(self.frequencies, range(day.year - 1, day.year + 1))
        closed = [period for period in periods if first < period.cut_off(self.calendar) <= day]
        return sorted(closed, key=lambda period: period.newness(self.calendar))

    def expected(self, periods: Iterable[Period], known_at: dt.date | None = None) -> list[ExpectedReport]:
        """The reports owed for `periods`, as known on a day."""
        return self.duties.expected(periods, known_at)

    def reports(
        self, periods: Iterable[Period], rows: Completeness, known_at: dt.date | None = None
    ) -> list[DueReport]:
        """The reports owed, and what became of each; with `known_at`, by what had come and was in force that day."""
        expected = self.expected(periods, known_at)
        asked = dict.fromkeys((one.locality, one.period) for one in expected)
        came = arrivals(self.layout, asked, self.calendar, known_at)
        # A report of now says nothing of a day on which nothing had come.
        known = rows if known_at is None else {key: rows[key] for key in rows if key[:2] in came}
        return due_reports(expected, came, known, self.slugs, self.slugs_in)

    def slugs(self, expected: ExpectedReport) -> frozenset[str]:
        """The forms of the name of an agency in names of files."""
        return slugs_of_agency(self.lists, expected.agency, expected.locality)

    def slugs_in(self, locality: str) -> frozenset[str]:
        """The same of all lead agencies of a locality."""
        return self._slugs_in.get(locality, frozenset())

    @cached_property
    def _slugs_in(self) -> dict[str, frozenset[str]]:
        found = dict[str, frozenset[str]]()
        for plan in self.duties.plans:
            names = (slugs_of_agency(self.lists, name, plan.locality) for name in self.duties.agencies.get(plan.id, ()))
            found[plan.locality] = found.get(plan.locality, frozenset()).union(*names)
        return found

    def without_frequency(self, periods: Iterable[Period]) -> list[Regime]:
        """Duties to report of which the paper prints no frequency, of plans in force at the end of any of `periods`."""
        days = [period.cut_off(self.calendar) for period in periods]
        plans = [p for p in self.duties.plans if any(plan_state(p, day) is PlanState.IN_FORCE for day in days)]
        return unperiodic(plans, self.duties.regimes)
