"""A row as dots on a line (biểu đồ chấm): result, target, the period before, and the range of peers; and its trend.

Geometry alone. The macros of `page/macros.html.j2` draw it as SVG with the colours of the page, so that it follows
dark mode, print and the width of a phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from pipeline.completion.lines import Point
from pipeline.completion.records import IndicatorResult
from pipeline.inputs.peers import Peers
from pipeline.intake.rows import Interval
from pipeline.plans.targets import Comparator
from pipeline.report.day_words import day_of_point
from pipeline.report.words import FEWEST_FOR_MEDIAN, Words

WIDTH = 160
_EDGE = 6
"""Room for half a dot at each end of the line."""


@dataclass(frozen=True)
class DotPlot:
    """Places on a line of `WIDTH` units; None for what is not known. `label` says the same in words."""

    target: float
    value: float | None
    before: float | None
    """The value of the period before, or the newest earlier one."""
    peers: tuple[float, float, float | None] | None
    """Least, greatest and median of other places; no median of fewer than three."""
    label: str


@dataclass(frozen=True)
class Trend:
    """Past values on 64 × 20 units, with the first and the last one written beside them."""

    points: str
    last: tuple[float, float]
    target: float | None
    """The target as a level."""
    first_value: str
    last_value: str
    label: str


def dot_plot(row: IndicatorResult, words: Words, peers: Peers) -> DotPlot | None:
    """The dots of a row; None where its target is no number."""
    target = row.target
    bound = target.bound if target else None
    if target is None or bound is None or target.comparator is Comparator.NONE:
        return None
    given = row.observation.value if row.observation else None
    value, before = _drawn(given), _before(row)
    others = peers_of(row, peers)
    known = [x for x in (value, before, *others) if x is not None]
    top = max(bound, *known, Decimal(100 if row.unit.startswith("%") else 0)) or Decimal(1)

    def place(x: Decimal) -> float:
        return round(_EDGE + (WIDTH - 2 * _EDGE) * float(max(x, Decimal(0)) / top), 1)

    middle = _middle(others)
    return DotPlot(
        place(bound),
        None if value is None else place(value),
        None if before is None else place(before),
        (place(others[0]), place(others[-1]), None if middle is None else place(middle)) if others else None,
        "; ".join(_said(row, given, before, others, words)),
    )


def peers_of(row: IndicatorResult, peers: Peers) -> list[Decimal]:
    """What peers have published for the thing that a row measures, the least first."""
    return sorted(peers.get((row.concept, row.unit, row.scope), {}).values())


def trend(row: IndicatorResult, words: Words) -> Trend | None:
    """The line of past values; None for fewer than two."""
    if len(row.history) < 2:
        return None
    bound = row.target.bound if row.target else None
    values = [float(point.value) for point in row.history]
    low, high = min([*values, float(bound or values[0])]), max([*values, float(bound or values[0])])
    first, last = row.history[0].day.toordinal(), row.history[-1].day.toordinal()

    def x(day: int) -> float:
        return round(3 + 57 * (day - first) / (last - first), 1)

    def y(value: float) -> float:
        return round(17 - 14 * (value - low) / (high - low), 1) if high > low else 10.0

    points = [(x(point.day.toordinal()), y(float(point.value))) for point in row.history]
    past = "; ".join(f"{_day(p, words)}: {words.figure(p.value)}" for p in row.history)
    return Trend(
        " ".join(f"{a},{b}" for a, b in points),
        points[-1],
        y(float(bound)) if bound is not None else None,
        words.figure(row.history[0].value),
        words.figure(row.history[-1].value),
        words.text("trend.label", points=past),
    )


def _said(
    row: IndicatorResult, given: Interval | None, before: Decimal | None, others: list[Decimal], words: Words
) -> list[str]:
    target = words.target_with_unit(row.target, row.unit)
    key = "dots.against" if given else "dots.no-value"
    said = [words.text(key, value=words.measured(given, row.unit), target=target)]
    if before is not None:
        said.append(words.text("dots.before", value=_measured(before, row, words)))
    if others:
        said.append(peers_in_words(row, others, words))
    return said


def peers_in_words(row: IndicatorResult, others: list[Decimal], words: Words) -> str:
    """'12 nơi cùng loại: 40% đến 97%, ở giữa 81%'; up to four are listed, since a median of these says little."""
    if len(others) < FEWEST_FOR_MEDIAN + 2:
        listed = ", ".join(_measured(x, row, words) for x in others)
        return words.text("dots.peers-listed", count=len(others), values=listed)
    low, high = (_measured(x, row, words) for x in (others[0], others[-1]))
    middle = _measured(Decimal(median(others)), row, words)
    return words.text("dots.peers", count=len(others), low=low, high=high, median=middle)


def _measured(value: Decimal, row: IndicatorResult, words: Words) -> str:
    return words.measured(Interval(low=value, high=value), row.unit)


def _middle(others: list[Decimal]) -> Decimal | None:
    return Decimal(median(others)) if len(others) >= FEWEST_FOR_MEDIAN else None


def _drawn(value: Interval | None) -> Decimal | None:
    """Where a value is drawn: of '> 98' at 98."""
    if value is None:
        return None
    return value.exact if value.exact is not None else value.low if value.low is not None else value.high


def _before(row: IndicatorResult) -> Decimal | None:
    """The newest value before the one judged."""
    judged = row.observation.as_of if row.observation and row.observation.value else None
    earlier = [point for point in row.history if judged is None or point.day < judged]
    return earlier[-1].value if earlier else None


def _day(point: Point, words: Words) -> str:
    return words.date(point.day) if point.stated else day_of_point(point, words)


def standing(row: IndicatorResult, value: Decimal, others: list[Decimal]) -> int:
    """1 where a value is better than those of more than half of the peers, −1 where it is worse, else 0."""
    wants_less = row.target is not None and row.target.wants_less
    above, below = sum(other < value for other in others), sum(other > value for other in others)
    better, worse = (below, above) if wants_less else (above, below)
    return (2 * better > len(others)) - (2 * worse > len(others))
