"""Which edition takes a record that was sent for another (kỳ nhận số liệu): by its day and by what it stands for.

A value at a day, a cumulative one and a fact of a task go to every edition whose window holds their day. A value
within a period (trong kỳ) goes only to the edition it was reported for. Nothing is added up over editions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TypeVar

from pipeline.intake.rows import DAYS_OF_TASK, Basis, Observation, TaskFact
from pipeline.plans.periods import Calendar, Period

_R = TypeVar("_R", Observation, TaskFact)


def known_by(records: Iterable[_R], period: Period, calendar: Calendar) -> tuple[_R, ...]:
    """Those of `records`, sent for later editions, that tell of days up to the cut-off of `period`.

    Values of an edition that starts only after it are left out: they do not change what was said of the period.
    """
    day = period.cut_off(calendar)
    told = (r for r in records if any(known <= day for known in _days(r)))
    return tuple(r for r in told if isinstance(r, TaskFact) or starts_by(r.edition, day, calendar))


def starts_by(edition: str, day: dt.date, calendar: Calendar) -> bool:
    """Whether an edition starts on `day` or before it; '' stands for one that is not named."""
    return not edition or Period.parse(edition).start(calendar) <= day


def is_of_edition(observation: Observation, edition: str) -> bool:
    """Whether a value may be used in `edition`, whatever its day."""
    return observation.basis is not Basis.WITHIN_PERIOD or observation.edition in ("", edition)


def is_of_year_to(observation: Observation, day: dt.date) -> bool:
    """Whether a value may tell of a term that ended on `day`: one within a period only if that period ends then."""
    if observation.basis is not Basis.WITHIN_PERIOD or not observation.edition:
        return True
    return Period.parse(observation.edition).civil_end == day


def _days(record: Observation | TaskFact) -> list[dt.date]:
    if isinstance(record, Observation):
        return [] if record.basis is Basis.WITHIN_PERIOD else [record.as_of]
    return [day for name in DAYS_OF_TASK if (day := getattr(record, name)) is not None]
