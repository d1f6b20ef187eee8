"""Days of values and plans in words: no day is stated that no paper names."""

from __future__ import annotations

import datetime as dt

from pipeline.completion.lines import Point
from pipeline.completion.records import Completion, PlanResult
from pipeline.intake.rows import Basis, Observation
from pipeline.plans.deadlines import year_end
from pipeline.plans.periods import Period
from pipeline.report.words import Words


def day_of_point(point: Point, words: Words) -> str:
    """The day of a value of a path, in the same words."""
    if point.stated or not point.edition:
        return words.text("days.one", day=words.date(point.day))
    return words.text("days.unstated", period=words.period_inside(point.edition))


def of_other_report(observation: Observation, words: Words) -> str:
    """To which report a value belongs that does not serve: 'số liệu ngày 01/12/2025'."""
    return within_report(observation, words) or words.text("latest", day=words.day_of(observation))


def within_report(observation: Observation, words: Words) -> str:
    """'số trong kỳ của báo cáo năm 2025', of a value within a period; '' for others."""
    if observation.basis is not Basis.WITHIN_PERIOD or not observation.edition:
        return ""
    return words.text("within", period=words.period_inside(observation.edition))


def span_of(first: dt.date, last: dt.date, *, unstated: bool, words: Words) -> str:
    """The days of several values: 'từ ngày … đến ngày …'; `unstated` where a source names no day."""
    if first != last:
        return words.text(
            "days.span-unstated" if unstated else "days.span", first=words.date(first), last=words.date(last)
        )
    return words.text("days.cut-off" if unstated else "days.one", day=words.date(last))


def window_of(completion: Completion, words: Words) -> str:
    """What sets the days of the data: the calendar, or the year; a period that its document lacks is told."""
    period, calendar = Period.parse(completion.period), completion.method.calendar_in_use
    if period.final:
        return words.text("calendar.civil-year")
    key = "calendar.beside" if period.part in calendar.beside else "calendar.in-use"
    return words.text(key, calendar=calendar.name)


def years_of(plan: PlanResult, words: Words) -> str:
    """The years of a plan: '2026', '2025–2045'; its days where it is of a part of one year."""
    first, last = plan.first_year, plan.last_year
    if first != last:
        return f"{first}–{last}"
    if (plan.begins, plan.ends) == (dt.date(first, 1, 1), year_end(last)):
        return str(first)
    return f"{words.date(plan.begins)}–{words.date(plan.ends)}"
