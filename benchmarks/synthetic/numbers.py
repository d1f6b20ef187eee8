"""Figures as officials write them, and how an indicator of the synthetic country moves with time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

_ORIGIN = dt.date(2025, 12, 14)
"""The annual cut-off of 2025 (Nghị định 09/2019/NĐ-CP, Điều 12): from here years are counted."""


def years_after_2025(day: dt.date) -> float:
    """Years, of 365 days, since the annual cut-off of 2025 (ngày chốt); negative before it."""
    return (day - _ORIGIN).days / 365


def written(value: float, decimals: int = 1) -> str:
    """1250.0 → '1.250', 82.5 → '82,5': dot for thousands, comma for decimals, no idle zeros."""
    text = f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    return text.rstrip("0").rstrip(",") if "," in text else text


@dataclass(frozen=True)
class Course:
    """How a value moves: `start` at the cut-off of 2025, `pace` per year, within `low` and `high`, in `unit`."""

    unit: str
    start: float
    pace: float
    low: float
    high: float
    noise: float

    @property
    def share(self) -> bool:
        """Whether the unit is a percentage."""
        return self.unit.startswith("%")

    @property
    def whole(self) -> bool:
        """Whether values are counts, without a fraction."""
        return not self.share and self.unit != "giờ"

    def at(self, day: dt.date, chance: Random) -> float:
        """The value on a day, rounded as it would be measured."""
        drawn = self.start + self.pace * years_after_2025(day) + chance.gauss(0, self.noise)
        value = min(max(drawn, self.low), self.high)
        return float(round(value)) if self.whole else round(value, 2)


def course_towards(
    unit: str, ends: tuple[float, float], years: float, speed: float, bounds: tuple[float, float]
) -> Course:
    """From the first of `ends`, at `speed` times the pace that reaches the second in `years`."""
    start, end = ends
    low, high = bounds
    return Course(unit, start, speed * (end - start) / years, low, high, noise=0.015 * max(abs(end), 1))
