"""The verdicts of other published methods (các phương pháp khác), to compare with our own.

Each method takes a course of values and gives a status, or the reason why it has none: where its formula breaks down
(a baseline of zero, a target equal to the baseline) it is not patched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias

from pipeline.completion.records import Opinion
from pipeline.completion.status import decimal, status_at
from pipeline.completion.statuses import Status
from pipeline.plans.method import Method

_YEAR = Fraction(1461, 4)


@dataclass(frozen=True)
class Course:
    """Exact values of an indicator, the oldest (its baseline) first, with the bound to reach and its due day."""

    points: tuple[tuple[dt.date, Decimal], ...]
    bound: Decimal
    due: dt.date

    @property
    def first(self) -> Decimal:
        """The baseline (xuất phát điểm), in the unit of the indicator."""
        return self.points[0][1]

    @property
    def last(self) -> Decimal:
        """The newest exact value, in the unit of the indicator."""
        return self.points[-1][1]

    @property
    def elapsed(self) -> Fraction:
        """Years from the baseline to the newest value."""
        return _years(self.points[0][0], self.points[-1][0])

    @property
    def whole(self) -> Fraction:
        """Years from the baseline to the day the target falls due."""
        return _years(self.points[0][0], self.due)


Judging: TypeAlias = Callable[[Course, Method], Opinion]


def opinions(course: Course | None, method: Method, methods: Mapping[str, Judging]) -> tuple[Opinion, ...]:
    """The opinions of other methods; () without a course."""
    if course is None:
        return ()
    return tuple(judge(course, method) for judge in methods.values())


def open_sdg(course: Course, method: Method) -> Opinion:
    """Growth rate reached over growth rate needed, both compound (CAGR), as Open SDG and Statistics Canada."""
    if refusal := _too_short(course):
        return Opinion(method="open-sdg", reason=refusal)
    if min(course.first, course.last, course.bound) <= 0:
        return Opinion(method="open-sdg", reason="tốc độ tăng kép không tính được khi có giá trị bằng 0 hoặc âm")
    needed = _growth(course.first, course.bound, course.whole)
    if needed == 0:
        return Opinion(method="open-sdg", reason="xuất phát điểm bằng mục tiêu: tốc độ cần đạt bằng 0")
    ratio = _growth(course.first, course.last, course.elapsed) / needed
    return Opinion(method="open-sdg", status=status_at(ratio, method.open_sdg), figure=ratio)


def sdsn(course: Course, method: Method) -> Opinion:
    """Linear growth per year over linear growth needed per year, as the Sustainable Development Report."""
    if refusal := _too_short(course):
        return Opinion(method="sdsn", reason=refusal)
    if course.bound == course.first:
        return Opinion(method="sdsn", reason="xuất phát điểm bằng mục tiêu: mức tăng cần đạt bằng 0")
    reached = Fraction(course.last - course.first) / course.elapsed
    ratio = reached / (Fraction(course.bound - course.first) / course.whole)
    return Opinion(method="sdsn", status=status_at(ratio, method.sdsn), figure=decimal(ratio))


def destatis(course: Course, method: Method) -> Opinion:
    """The mean of the last yearly changes continued to the target year; the miss as a share of the gap (Destatis)."""
    if len(course.points) < 3:
        return Opinion(method="destatis", reason="cần ít nhất ba giá trị để có hai thay đổi")
    gap = Fraction(course.bound - course.last)
    left = _years(course.points[-1][0], course.due)
    if gap == 0 or left <= 0:
        return Opinion(method="destatis", reason="đã đạt hoặc đã đến hạn: không còn gì để dự báo")
    changes = _yearly_changes(course.points)[-method.destatis.changes :]
    mean = sum(changes, Fraction(0)) / len(changes)
    miss = 1 - mean * left / gap
    return Opinion(method="destatis", status=_by_miss(miss, mean / gap, method), figure=decimal(miss))


METHODS: Mapping[str, Judging] = MappingProxyType({"open-sdg": open_sdg, "destatis": destatis, "sdsn": sdsn})
"""The other methods by name; our own is `linear`."""


def _by_miss(miss: Fraction, towards: Fraction, method: Method) -> Status:
    if miss <= method.destatis.on_track:
        return Status.ON_TRACK
    if miss <= method.destatis.at_risk:
        return Status.AT_RISK
    return Status.LATE if towards >= 0 else Status.REVERSED


def _too_short(course: Course) -> str:
    return "" if course.elapsed > 0 else "chưa có giá trị nào sau xuất phát điểm"


def _growth(first: Decimal, last: Decimal, years: Fraction) -> Decimal:
    """Compound growth per year, exact to the 28 digits of Decimal and equal on every machine."""
    return (last / first) ** decimal(1 / years) - 1


def _yearly_changes(points: Sequence[tuple[dt.date, Decimal]]) -> list[Fraction]:
    return [
        Fraction(value - before) / _years(day_before, day) for (day_before, before), (day, value) in pairwise(points)
    ]


def _years(first: dt.date, last: dt.date) -> Fraction:
    return (last - first).days / _YEAR
