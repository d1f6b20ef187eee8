"""Reporting regimes (chế độ báo cáo): who reports to whom, how often, by which day, on which legal ground.

A regime holds what a paper prints and nothing else. Without a printed day its reports are expected and never late.
"""

from __future__ import annotations

import calendar as civil
import datetime as dt
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from pipeline.errors import DataError, Finding
from pipeline.paths import Layout
from pipeline.plans.base import Record, Slug, Text
from pipeline.plans.localities import Localities
from pipeline.plans.models import Plan
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.registry import read_list

REGIMES = "regimes.yaml"


class Reporter(StrEnum):
    """Who reports (đối tượng thực hiện): a locality, or the lead agencies (cơ quan chủ trì) inside it."""

    LOCALITY = "locality"
    AGENCY = "agency"


class Every(StrEnum):
    """How often (tần suất)."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    NINE_MONTHS = "nine-months"
    YEAR = "year"
    FINAL = "final"
    """The final figures of a civil year (số liệu chính thức cả năm)."""


_PARTS = {
    Every.MONTH: tuple(f"{month:02}" for month in range(1, 13)),
    Every.QUARTER: ("Q1", "Q2", "Q3", "Q4"),
    Every.HALF_YEAR: ("H1", "H2"),
    Every.NINE_MONTHS: ("9M",),
    Every.YEAR: ("",),
    Every.FINAL: ("F",),
}


class DueDay(Record):
    """By which day (thời hạn gửi): so many days after the cut-off, or a day of a month."""

    after: int | None = Field(default=None, ge=0, le=366, description="days after the cut-off of the period")
    day: int | None = Field(default=None, ge=1, le=31, description="day of the month; in a short month its last day")
    month: Literal[0, 1] = Field(default=0, description="0: the last month of the period, 1: the month after it")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.after is None) is (self.day is None):
            raise ValueError("ghi một trong hai: after (số ngày sau ngày chốt) hoặc day (ngày trong tháng)")
        if self.after is not None and self.month:
            raise ValueError("month chỉ đi với day")
        return self

    def of(self, period: Period, calendar: Calendar) -> dt.date:
        """The last day on which a report of `period` is in time."""
        if self.day is None:
            return period.cut_off(calendar) + dt.timedelta(days=self.after or 0)
        months = 12 * period.year + period.months[1] - 1 + self.month
        year, month = divmod(months, 12)
        return dt.date(year, month + 1, min(self.day, civil.monthrange(year, month + 1)[1]))


class Regime(Record):
    """One duty to report, as a paper prints it (chế độ báo cáo định kỳ).

    It holds for the plans that it names; one that names none holds for all plans of its localities or its province,
    or of the country, that are not named for the same reporter by another regime with a frequency.
    """

    id: Slug
    reporter: Reporter
    to: str = Field(default="", description="who receives it (cơ quan nhận), as printed; '' where nothing is printed")
    through: str = Field(default="", description="office by way of which it is sent (qua …)")
    every: tuple[Every, ...] = Field(
        default=(), description="empty where the paper prints no frequency: nothing is expected, the duty is told"
    )
    due: DueDay | None = Field(default=None, description="absent where the paper prints no day: never late")
    ground: Text = Field(description="paper and clause (căn cứ)")
    printed: str = Field(default="", description="the words of the clause that say how often and by when")
    inferred: bool = Field(default=False, description="no paper prints the frequency; `ground` says why")
    plans: tuple[Slug, ...] = ()
    localities: tuple[Slug, ...] = ()
    province: Annotated[str, StringConstraints(pattern=r"^([0-9]{2})?$")] = ""
    agencies: tuple[Text, ...] = Field(default=(), description="names; empty for every lead agency of the plan")
    begins: dt.date | None = Field(default=None, description="day of the paper; of no earlier cut-off a report is due")
    ends: dt.date | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.agencies and self.reporter is not Reporter.AGENCY:
            raise ValueError("agencies chỉ ghi khi reporter là agency")
        if self.due and not self.every:
            raise ValueError("có hạn gửi (due) thì phải có tần suất (every)")
        return self

    def covers(self, plan: Plan, province: str) -> bool:
        """Whether it holds for the plans of that locality, one of them being `plan`."""
        if self.plans:
            return plan.id in self.plans
        if self.localities:
            return plan.locality in self.localities
        return self.province in ("", province)

    def asks_for(self, period: Period, calendar: Calendar) -> bool:
        """Whether it orders a report of `period`."""
        cut_off = period.cut_off(calendar)
        in_time = (self.begins is None or self.begins <= cut_off) and (self.ends is None or cut_off <= self.ends)
        return in_time and any(period.part in _PARTS[every] for every in self.every)


def read_regimes(layout: Layout, places: Localities) -> tuple[Regime, ...]:
    """The regimes of data/raw/regimes.yaml, in their order; none where there is no such file.

    Raises DataError, also for a locality or province that is not in the list `places`: it would never owe anything.
    """
    if not os.path.lexists(layout.raw / REGIMES):
        return ()
    findings: list[Finding] = []
    regimes = read_list(layout, layout.raw / REGIMES, Regime, findings)
    findings += _twice(regimes)
    findings += _nowhere(regimes, places)
    if findings:
        raise DataError("Chế độ báo cáo có lỗi, chưa dùng được:", findings)
    return regimes


def _twice(regimes: Sequence[Regime]) -> Iterator[Finding]:
    names = [regime.id for regime in regimes]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding(f"data/raw/{REGIMES}", f"id {name}", "duplicate", "ghi hai lần", "đổi id của một dòng")


def _nowhere(regimes: Iterable[Regime], places: Localities) -> Iterator[Finding]:
    for regime in regimes:
        for slug in (slug for slug in regime.localities if slug not in places.by_slug):
            remedy = f"ghi tên ngắn như trong data/raw/localities.csv.{places.suggestion(slug)}"
            yield _unknown(regime, "localities", f"không có địa phương “{slug}”", remedy)
        province = places.by_code.get(regime.province)
        if regime.province and (province is None or province.parent):
            message = f"không có tỉnh, thành phố mã “{regime.province}”"
            yield _unknown(regime, "province", message, "ghi mã như trong data/raw/localities.csv")


def _unknown(regime: Regime, key: str, message: str, remedy: str) -> Finding:
    return Finding(f"data/raw/{REGIMES}", f"id {regime.id}, {key}", "record", message, remedy)


def named_in_vain(
    regimes: Iterable[Regime], plans: Collection[str], agencies: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """The plans and lead agencies that regimes name and that are not there: by these nothing is expected.

    `plans`: the ids of all plans, or none where not all are known. `agencies`: by the id of a plan those that lead in
    it, of the plans that were read whole. It is told and not refused: a plan may be on its way.
    """
    for regime in regimes:
        for name in (name for name in regime.plans if plans and name not in plans):
            yield _unknown(regime, "plans", f"chưa có kế hoạch “{name}”", "sửa mã, hoặc thêm kế hoạch")
        if regime.plans and all(name in agencies for name in regime.plans):
            leading = {agency for name in regime.plans for agency in agencies[name]}
            for agency in (agency for agency in regime.agencies if agency not in leading):
                message = f"“{agency}” không chủ trì dòng nào của kế hoạch"
                yield _unknown(regime, "agencies", message, f"ghi một trong: {'; '.join(sorted(leading))}")


def regimes_of(plan: Plan, province: str, regimes: Iterable[Regime]) -> list[Regime]:
    """The regimes of a plan: those that name it come before general ones of the same reporter."""
    found = [regime for regime in regimes if regime.covers(plan, province)]
    own = {regime.reporter for regime in found if regime.plans and regime.every}
    return [regime for regime in found if regime.plans or regime.reporter not in own]


def frequency_of(period: Period) -> Every:
    """The frequency of which `period` is one period."""
    return next(every for every, parts in _PARTS.items() if period.part in parts)


def periods_of(every: Iterable[Every], years: Iterable[int]) -> list[Period]:
    """All periods of these frequencies in these years."""
    frequencies = list(every)
    return [Period(year, part) for year in years for one in frequencies for part in _PARTS[one]]


def last_periods(period: Period, count: int) -> list[Period]:
    """The `count` periods of the frequency of `period` that end with it, the oldest first."""
    parts = _PARTS[frequency_of(period)]
    place = period.year * len(parts) + parts.index(period.part)
    return [Period(n // len(parts), parts[n % len(parts)]) for n in range(place - count + 1, place + 1)]
