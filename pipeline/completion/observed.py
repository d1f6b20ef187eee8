"""What a row is judged by: the accepted values of a locality, chosen by row, concept and term (số liệu của kỳ)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.intake.editions import is_of_edition, is_of_year_to, starts_by
from pipeline.intake.rows import Absence, Basis, Observation
from pipeline.plans.deadlines import year_end
from pipeline.plans.models import Indicator, Plan
from pipeline.plans.periods import Calendar, Period

_RowKey = tuple[str, tuple[str, ...]]
_ConceptUnitScope = tuple[str, str, str]


@dataclass(frozen=True)
class Chosen:
    """What a row is judged by on a day."""

    fresh: Observation | None
    """Dated in the period; also a statement that the row does not apply, until something newer is said."""
    older: Observation | None
    """Without a value in `fresh`: the newest earlier one that still serves."""
    stale: Observation | None
    """Without either: the newest that no longer serves."""
    shared: bool
    """The value was given for another row of the same concept, unit and scope."""
    series: tuple[Observation, ...]
    """The observations from which it was chosen, dated up to the day, the oldest first."""

    @property
    def shown(self) -> Observation | None:
        """The value to which `shared` and `series` belong."""
        return self.older or self.fresh


@dataclass(frozen=True)
class Term:
    """The days from which a row takes its value, and for which edition."""

    since: dt.date
    day: dt.date
    edition: str = ""
    """The period of the report; '' for a term that has ended, told by the edition that ended with it."""
    over: Calendar | None = None
    """Set for a year that is over, with the calendar: what editions tell that start after it does not decide it."""

    @classmethod
    def of(cls, period: Period, calendar: Calendar) -> Term:
        """The term of the report of `period`."""
        return cls(period.start(calendar), period.cut_off(calendar), str(period))

    @classmethod
    def until(cls, due: dt.date, calendar: Calendar) -> Term:
        """The term whose values decide a target that was due on `due`: the year up to that day.

        Of a whole year it is the term of the final edition, so that no later report says other than that one.
        """
        if due == year_end(due.year):
            return dataclasses.replace(cls.of(Period(due.year, "F"), calendar), over=calendar)
        return cls(dt.date(due.year, 1, 1), due)

    def takes(self, observation: Observation) -> bool:
        """Whether the value may be used, whatever its day."""
        if self.over is not None and not starts_by(observation.edition, self.day, self.over):
            return False
        return is_of_edition(observation, self.edition) if self.edition else is_of_year_to(observation, self.day)


class Observed:
    """The accepted observations of a locality, looked up by row and by concept."""

    def __init__(self, observations: Iterable[Observation], calendar: Calendar, years: int) -> None:
        """`observations` with the oldest period first; `years` is how long a value serves."""
        self._calendar = calendar
        self._years = years
        self._own: dict[_RowKey, list[Observation]] = {}
        self._by_concept: dict[_ConceptUnitScope, list[Observation]] = {}
        for o in observations:
            if o.key is not None:
                self._own.setdefault((o.plan, o.key), []).append(o)
            # An absence stated for one row says nothing about another.
            if o.absence is None or o.key is None:
                self._by_concept.setdefault((o.concept, o.unit, o.scope), []).append(o)

    def choose(self, plan: Plan, indicator: Indicator, term: Term) -> Chosen:
        """The newest value of the row's concept, unit and scope dated in `term`; of one day, the row's own.

        “Chưa có số liệu” and “chưa đến hạn” put no value aside: who says so stands as one who sends nothing.
        """
        day, since = term.day, term.since
        known = _known(self._own.get((plan.id, tuple(indicator.key)), ()), day)
        concept = (indicator.concept, indicator.unit, indicator.scope)
        of_others = [o for o in _known(self._by_concept.get(concept, ()), day) if o not in known]
        own, shared = ([o for o in series if term.takes(o)] for series in (known, of_others))
        series_of_row = [series for series in (own, shared) if series]
        serving = [
            (series, o)
            for series in series_of_row
            for o in reversed(series)
            if is_fresh(o, day, self._calendar, self._years)
        ]
        says = [(series, o) for series, o in serving if o.value is not None or o.absence is Absence.NOT_APPLICABLE]
        stated = next((o for _, o in serving if o.value is None and o.as_of >= since), None)
        if says:
            series, newest = max(says, key=lambda pair: pair[1].as_of)
            in_period = newest.as_of >= since or newest.value is None
            fresh, older = (newest, None) if in_period else (stated, newest)
            return Chosen(fresh, older, None, series is shared, tuple(series))
        if stated is not None or not series_of_row:
            # A value within another period is shown where there is nothing else, and judges nothing.
            stale = None if stated is not None else next(iter(known[-1:]), None)
            return Chosen(stated, None, stale, shared=False, series=tuple(own))
        series = series_of_row[0]
        return Chosen(None, None, series[-1], series is shared, tuple(series))

    def within(self, plan: Plan, indicator: Indicator, due: dt.date) -> Observation | None:
        """The row's own value within the period (trong kỳ) of the report that ended with `due`."""
        own = _known(self._own.get((plan.id, tuple(indicator.key)), ()), due)
        values = [o for o in own if o.value is not None and o.basis is Basis.WITHIN_PERIOD and o.edition]
        return next((o for o in reversed(values) if is_of_year_to(o, due)), None)

    def near(self, indicator: Indicator, concepts: frozenset[str], term: Term) -> tuple[Observation, ...]:
        """The newest values of `term` that still serve on its last day of the concepts near that of the row.

        One for each; the same concept in another scope or unit is near as well.
        """
        own = (indicator.concept, indicator.unit, indicator.scope)
        alike = [key for key in self._by_concept if key != own and key[0] in {*concepts, indicator.concept}]
        newest = (_known(self._by_concept[key], term.day) for key in sorted(alike))
        values = ([o for o in series if o.value is not None and term.takes(o)] for series in newest)
        last = (v[-1] for v in values if v and v[-1].as_of >= term.since)
        return tuple(o for o in last if is_fresh(o, term.day, self._calendar, self._years))


def is_fresh(observation: Observation, cut_off: dt.date, calendar: Calendar, years: int) -> bool:
    """Whether a value still serves: until the annual cut-off `years` after that of its own year, exclusive."""
    expected_next = calendar.annual_cut_off(calendar.reporting_year(observation.as_of) + years)
    return observation.as_of <= cut_off < expected_next


def _known(observations: Sequence[Observation], day: dt.date) -> list[Observation]:
    """Those dated up to `day`, the oldest first; of one day, in the order in which they were accepted."""
    return sorted((o for o in observations if o.as_of <= day), key=lambda o: o.as_of)
