"""Which observations a row of a plan may use, and which of them still serves (số liệu dùng cho chỉ tiêu)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.intake.rows import Observation
from pipeline.plans.models import Indicator, Plan
from pipeline.plans.periods import Calendar

_RowKey = tuple[str, tuple[str, ...]]
_ConceptUnitScope = tuple[str, str, str]


@dataclass(frozen=True)
class Chosen:
    """What a row is judged by on a day: at most one of `fresh` and `stale` is set."""

    fresh: Observation | None
    stale: Observation | None
    shared: bool
    """The value was given for another row of the same concept, unit and scope."""
    series: tuple[Observation, ...]
    """The observations from which it was chosen, dated up to the day, the oldest first."""


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

    def choose(self, plan: Plan, indicator: Indicator, day: dt.date) -> Chosen:
        """The newest fresh value of the row's concept, unit and scope dated up to `day`; of one day, the row's own."""
        own = _known(self._own.get((plan.id, tuple(indicator.key)), ()), day)
        concept = (indicator.concept, indicator.unit, indicator.scope)
        shared = [o for o in _known(self._by_concept.get(concept, ()), day) if o not in own]
        found = [(series, series[-1]) for series in (own, shared) if series]
        serving = [(s, o) for s, o in found if is_fresh(o, day, self._calendar, self._years)]
        fresh = max(serving, key=lambda pair: pair[1].as_of, default=None)
        if fresh is not None:
            return Chosen(fresh[1], None, fresh[0] is shared, tuple(fresh[0]))
        series, stale = found[0] if found else ([], None)
        return Chosen(None, stale, series is shared and stale is not None, tuple(series))


def is_fresh(observation: Observation, cut_off: dt.date, calendar: Calendar, years: int) -> bool:
    """Whether a value still serves: until the annual cut-off `years` after that of its own year, exclusive."""
    expected_next = calendar.annual_cut_off(calendar.reporting_year(observation.as_of) + years)
    return observation.as_of <= cut_off < expected_next


def _known(observations: Sequence[Observation], day: dt.date) -> list[Observation]:
    """Those dated up to `day`, the oldest first; of one day, in the order in which they were accepted."""
    return sorted((o for o in observations if o.as_of <= day), key=lambda o: o.as_of)
