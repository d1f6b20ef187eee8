"""Deadlines (thời hạn, thời gian hoàn thành) as plans print them."""

from __future__ import annotations

import calendar as civil
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from pipeline.plans.text import tidy


class DeadlineKind(StrEnum):
    """What kind of time a plan sets for a task."""

    DATE = "date"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    RECURRING = "recurring"
    """Thường xuyên, hằng năm, định kỳ: judged by its last report."""
    BY_GUIDANCE = "by guidance"
    """Set by another document or office; listed for review."""
    NONE = "none"


class DeadlineSyntaxError(ValueError):
    """A deadline text the grammar does not know."""


@dataclass(frozen=True)
class Deadline:
    """A deadline as data (thời hạn): its kind, and the day it falls due, if it has one."""

    kind: DeadlineKind
    due: date | None = None
    every_months: int | None = None
    """How often a recurring task is reported, where the plan says so; the shortest of several."""


_LEAD_IN = r"(?P<before>trước\s+)?(?:(?:trong|đến hết|hết|hoàn thành trong)\s+)?"
_YEAR = r"(?:/|\s+năm\s+|\s+)(?P<year>20[0-9]{2})"
_DATE = re.compile(_LEAD_IN + r"(?:ngày\s+)?(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>20[0-9]{2})", re.I)
_MONTH = re.compile(_LEAD_IN + r"tháng\s+(?P<month>[0-9]{1,2})" + _YEAR, re.I)
_QUARTER = re.compile(_LEAD_IN + r"quý\s+(?P<quarter>IV|III|II|I|[1-4])" + _YEAR, re.I)
_WHOLE_YEAR = re.compile(_LEAD_IN + r"năm\s+(?P<year>20[0-9]{2})", re.I)
_STAGE = re.compile(_LEAD_IN + r"giai đoạn\s+20[0-9]{2}\s*[-–]\s*(?P<year>20[0-9]{2})", re.I)
_RECURRING = re.compile(r"thường xuyên|(?:hằng|hàng) (?:tháng|quý|năm)|định kỳ(?: .*)?", re.I)
_EVERY = {"tháng": 1, "quý": 3, "năm": 12}
# "6 tháng" is a span; "ngày 25 tháng cuối quý" is a day.
_SPAN = re.compile(r"(?<!ngày )\b(?:(?P<number>[0-9]{1,2})\s+)?(?P<word>tháng|quý|năm)\b", re.I)
_GUIDANCE = re.compile(r"theo (?:hướng dẫn|thời gian tại) .+", re.I)
_QUARTERS = {"I": 1, "II": 2, "III": 3, "IV": 4}


def parse_deadline(text: str) -> Deadline:
    """Parse a printed deadline; month, quarter and year end on their last civil day.

    "Cuối năm là ngày cuối cùng của tháng mười hai" (Bộ luật Dân sự 2015, Điều 146): the closing day of a report
    (Nghị định 09/2019/NĐ-CP, Điều 12) says which figures it covers, not when a duty ends. 'trước tháng 6' ends on
    31 May. Raises DeadlineSyntaxError for what the grammar does not know.
    """
    printed = tidy(text)
    if printed in ("", "-", "–"):
        return Deadline(DeadlineKind.NONE)
    if _RECURRING.fullmatch(printed):
        named = [int(span["number"] or 1) * _EVERY[span["word"].lower()] for span in _SPAN.finditer(printed)]
        return Deadline(DeadlineKind.RECURRING, every_months=min(named, default=None))
    if _GUIDANCE.fullmatch(printed):
        return Deadline(DeadlineKind.BY_GUIDANCE)
    try:
        return _dated(printed)
    except ValueError as error:
        raise DeadlineSyntaxError(f"không hiểu thời hạn “{text}”") from error


def year_end(year: int) -> date:
    """The day on which what a plan sets for a year falls due (hết năm)."""
    return date(year, 12, 31)


def _dated(printed: str) -> Deadline:
    if found := _DATE.fullmatch(printed):
        first = last = date(int(found["year"]), int(found["month"]), int(found["day"]))
        kind = DeadlineKind.DATE
    elif found := _MONTH.fullmatch(printed):
        first, last = _months(int(found["year"]), int(found["month"]), int(found["month"]))
        kind = DeadlineKind.MONTH
    elif found := _QUARTER.fullmatch(printed):
        number = _QUARTERS.get(found["quarter"].upper()) or int(found["quarter"])
        first, last = _months(int(found["year"]), 3 * number - 2, 3 * number)
        kind = DeadlineKind.QUARTER
    elif found := _WHOLE_YEAR.fullmatch(printed) or _STAGE.fullmatch(printed):
        year = int(found["year"])
        first, last = date(year, 1, 1), year_end(year)
        kind = DeadlineKind.YEAR
    else:
        raise DeadlineSyntaxError(printed)
    return Deadline(kind, first - timedelta(days=1) if found["before"] else last)


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, civil.monthrange(year, last)[1])
