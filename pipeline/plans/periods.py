"""Reporting periods (kỳ báo cáo) and the days on which their figures are closed (ngày chốt số liệu).

Nghị định 09/2019/NĐ-CP, Điều 12 closes a month on its 14th; some offices report by calendar month.
Which one holds is data (`data/raw/method.yaml`), not code. The final edition of a year (số liệu chính thức cả năm)
covers the civil year whatever the calendar, so that each day belongs to one final edition.
"""

from __future__ import annotations

import calendar as civil
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
_PERIOD = re.compile(r"(20[0-9]{2})(?:-(Q[1-4]|H[12]|9M|F|0[1-9]|1[0-2]))?")


class Calendar(BaseModel):
    """A rule for closing days. `closing_day` is a day of the month, or `end`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    source: str
    closing_day: int | Literal["end"] = Field(description="day of month on which figures close, or 'end'")
    beside: tuple[Literal["9M"], ...] = Field((), description="periods that close likewise but are not in the source")

    def closing(self, year: int, month: int) -> date:
        """The day on which the data of a month are closed (ngày chốt); in a short month its last day."""
        last = civil.monthrange(year, month)[1]
        return date(year, month, last if self.closing_day == "end" else min(self.closing_day, last))

    def annual_cut_off(self, year: int) -> date:
        """The closing day of the annual report of `year` (chốt số liệu báo cáo năm)."""
        return self.closing(year, 12)

    def reporting_year(self, day: date) -> int:
        """The year whose annual report covers `day`."""
        return day.year if day <= self.annual_cut_off(day.year) else day.year + 1


@dataclass(frozen=True)
class Period:
    """A reporting period: `2025`, `2025-F` (the final edition), `2026-Q1`, `2026-H1`, `2026-9M`, `2026-03`."""

    year: int
    part: str = ""

    @classmethod
    def parse(cls, text: str) -> Period:
        """Raises ValueError for anything but the forms above."""
        return _parsed(text)

    def __str__(self) -> str:
        return f"{self.year}-{self.part}" if self.part else str(self.year)

    @property
    def final(self) -> bool:
        """Whether it is the final edition of its year, sent in January (báo cáo chính thức năm)."""
        return self.part == "F"

    @property
    def months(self) -> tuple[int, int]:
        """First and last month, both included."""
        if not self.part or self.final:
            return 1, 12
        if self.part == "9M":
            return 1, 9
        number = int(self.part.lstrip("QH"))
        if self.part[0] == "Q":
            return 3 * number - 2, 3 * number
        return (6 * number - 5, 6 * number) if self.part[0] == "H" else (number, number)

    def start(self, calendar: Calendar) -> date:
        """The day after the cut-off before: the first of the period; 1 January for a final edition."""
        if self.final:
            return date(self.year, 1, 1)
        first = self.months[0]
        year, month = (self.year, first - 1) if first > 1 else (self.year - 1, 12)
        return calendar.closing(year, month) + timedelta(days=1)

    def cut_off(self, calendar: Calendar) -> date:
        """The day on which the figures of the period are closed (ngày chốt số liệu); 31 December of a final edition."""
        if self.final:
            return self.civil_end
        return calendar.closing(self.year, self.months[1])

    @property
    def civil_end(self) -> date:
        """The last civil day of the period, which may lie after its cut-off."""
        last = self.months[1]
        return date(self.year, last, civil.monthrange(self.year, last)[1])

    @property
    def label(self) -> str:
        """The name of the period in print: 'Quý I năm 2026'."""
        if not self.part:
            return f"Năm {self.year}"
        if self.final:
            return f"Năm {self.year}, số liệu chính thức"
        if self.part == "9M":
            return f"9 tháng năm {self.year}"
        number = int(self.part.lstrip("QH"))
        if self.part[0] == "Q":
            return f"Quý {_ROMAN[number]} năm {self.year}"
        if self.part[0] == "H":
            return f"6 tháng {'đầu' if number == 1 else 'cuối'} năm {self.year}"
        return f"Tháng {number} năm {self.year}"

    def newness(self, calendar: Calendar) -> tuple[date, int, bool]:
        """Sorts periods: the latest cut-off is the newest, of equal ones the longest, then the final edition."""
        first, last = self.months
        return self.cut_off(calendar), last - first, self.final


@lru_cache(256)
def _parsed(text: str) -> Period:
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValueError(f"kỳ báo cáo không hợp lệ: “{text}”")
    return Period(int(found.group(1)), found.group(2) or "")
