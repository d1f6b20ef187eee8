"""Expected reports (báo cáo phải gửi): what follows from plans in force and regimes. Pure functions of records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.completion.stages import plan_state
from pipeline.completion.statuses import PlanState
from pipeline.plans.localities import Row
from pipeline.plans.models import Plan
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.regimes import Regime, Reporter, regimes_of


@dataclass(frozen=True)
class ExpectedReport:
    """One report that is owed: whose, for which period, by which day, on which grounds."""

    place: Row
    agency: str
    """The lead agency inside the locality; '' where the locality itself reports."""
    period: Period
    cut_off: dt.date
    due: dt.date | None
    """The earliest day that a paper prints (hạn gửi); None where none does: then it is never late."""
    regimes: tuple[Regime, ...]
    plans: tuple[str, ...]
    """Ids of the plans in force at the cut-off that it reports on."""
    synthetic: bool = False

    @property
    def locality(self) -> str:
        """The slug of the locality."""
        return self.place.slug

    @property
    def to(self) -> str:
        """Who receives it; several by ';', '' where no paper says."""
        return "; ".join(dict.fromkeys(regime.to for regime in self.regimes if regime.to))

    @property
    def ground(self) -> str:
        """The papers that order it (căn cứ)."""
        return "; ".join(dict.fromkeys(regime.ground for regime in self.regimes))

    @property
    def inferred(self) -> bool:
        """Whether no paper prints how often (suy ra)."""
        return all(regime.inferred for regime in self.regimes)


@dataclass(frozen=True)
class Duties:
    """What reports follow from: the plans, the regimes, and who leads rows in a plan."""

    plans: Sequence[Plan]
    regimes: Sequence[Regime]
    places: Mapping[str, Row]
    """The localities by slug; plans of others are left out."""
    calendar: Calendar
    agencies: Mapping[str, Sequence[str]]
    """By the id of a plan, the names of its lead agencies; a plan without any has no reports of agencies."""

    def expected(self, periods: Iterable[Period], known_at: dt.date | None = None) -> list[ExpectedReport]:
        """The reports owed for `periods`, by locality, period and agency.

        A plan counts where it is in force at the cut-off; with `known_at`, if it was known by that day, and a regime
        likewise if its paper was there.
        """
        asked = sorted(set(periods), key=lambda period: period.newness(self.calendar))
        owed = dict[tuple[str, Period, str], list[tuple[Plan, Regime]]]()
        regimes = [regime for regime in self.regimes if _known(regime.begins, known_at)]
        closed = {r.id: [(p, p.cut_off(self.calendar)) for p in asked if r.asks_for(p, self.calendar)] for r in regimes}
        for plan in self.plans:
            if plan.locality in self.places and _known(plan.known_on, known_at):
                for period, agency, regime in self._asked_of(plan, regimes, closed):
                    owed.setdefault((plan.locality, period, agency), []).append((plan, regime))
        order = {period: number for number, period in enumerate(asked)}
        keys = sorted(owed, key=lambda key: (key[0], order[key[1]], key[2]))
        return [self._report(key, owed[key]) for key in keys]

    def _asked_of(
        self, plan: Plan, regimes: Sequence[Regime], closed: Mapping[str, Sequence[tuple[Period, dt.date]]]
    ) -> Iterator[tuple[Period, str, Regime]]:
        """`closed` has, by the id of a regime, the periods it asks for, each with its cut-off."""
        place = self.places[plan.locality]
        for regime in regimes_of(plan, place.parent or place.code, regimes):
            for period, cut_off in closed[regime.id]:
                if plan_state(plan, cut_off) is PlanState.IN_FORCE:
                    yield from ((period, agency, regime) for agency in self._reporters(plan, regime))

    def _reporters(self, plan: Plan, regime: Regime) -> Sequence[str]:
        if regime.reporter is Reporter.LOCALITY:
            return ("",)
        leading = self.agencies.get(plan.id, ())
        return [name for name in leading if name in regime.agencies] if regime.agencies else leading

    def _report(self, key: tuple[str, Period, str], owed: Sequence[tuple[Plan, Regime]]) -> ExpectedReport:
        locality, period, agency = key
        regimes = tuple({regime.id: regime for _, regime in owed}.values())
        days = [regime.due.of(period, self.calendar) for regime in regimes if regime.due]
        return ExpectedReport(
            place=self.places[locality],
            agency=agency,
            period=period,
            cut_off=period.cut_off(self.calendar),
            due=min(days, default=None),
            regimes=regimes,
            plans=tuple(dict.fromkeys(plan.id for plan, _ in owed)),
            synthetic=any(plan.synthetic for plan, _ in owed),
        )


def unperiodic(plans: Iterable[Plan], regimes: Iterable[Regime]) -> list[Regime]:
    """The regimes of these plans that print no frequency: told, since no period follows from them."""
    named = {plan.id for plan in plans}
    return [regime for regime in regimes if not regime.every and named & set(regime.plans)]


def _known(day: dt.date | None, known_at: dt.date | None) -> bool:
    return day is None or known_at is None or day <= known_at
