"""The charts of the page, drawn by matplotlib as SVG with text as text, and the small drawings inside its tables."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from pipeline.completion.lines import Point
from pipeline.completion.records import Completion, IndicatorResult, TargetInForce
from pipeline.completion.statuses import NOT_MET as STATUSES_NOT_MET
from pipeline.completion.statuses import Status
from pipeline.plans.models import Kind
from pipeline.plans.targets import Comparator
from pipeline.report.day_words import day_of_point
from pipeline.report.looks import Look, look
from pipeline.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, RAIL = "#17212b", "#55626e", "#c9d1d8"
# Text is measured with the font that comes with matplotlib, so that the bytes do not depend on the machine; the
# reader's browser takes the first of `_FONTS` that it has.
_MEASURED = "DejaVu Sans"
_FONTS = "'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_THEME: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "pipeline",
    "text.parse_math": False,  # `5$` in a name is no mathematics
    "axes.linewidth": 0.8,
    "font.family": [_MEASURED],
}
_DECIMALS = re.compile(r"(\d\.\d)\d+")
"""matplotlib writes six; a tenth of a point is finer than any screen."""
_REPEATED = (
    (re.compile(r' transform="rotate\(-0 [^)]*\)"'), ""),
    (re.compile(rf"font-family: '{_MEASURED}'; "), ""),
    (re.compile(r"<svg "), f'<svg font-family="{_FONTS}" '),
    (re.compile(r">\s+<"), "><"),
)
"""Rotations by zero, the font of every text (set once instead), and white space; no option leaves them out."""
_Point: TypeAlias = "tuple[float, float]"
FEWEST = 5
"""With fewer observed indicators the table says more than the chart of gaps."""
MOST = 20
"""Rows in the chart of gaps, the farthest from their targets; the table has all."""
_WIDTH = 9.0
"""Of a figure, in inches."""
_COLUMNS = 5


@dataclass(frozen=True)
class Chart:
    """An SVG, the sentence that states what it shows and is its alternative text, and the caption."""

    svg: str
    finding: str
    caption: str


def gap_chart(completion: Completion, words: Words) -> Chart | None:
    """Each observed percentage against its target, the farthest first; None if there are too few."""
    rows = _by_distance(completion)
    if len(rows) < FEWEST:
        return None
    finding, observed = _gap_finding(completion, rows, words), len(rows)
    rows = rows[:MOST]
    height = 0.34 * len(rows) + 0.8
    with _themed():
        figure = _figure(height)
        axes = figure.add_axes((0.40, 0.55 / height, 0.57, 1 - 0.75 / height))
        _dumbbells(axes, list(reversed(rows)))
        axes.set_yticks(range(len(rows)), [f"{r.key.label}  {_short(r.name, 38)}" for r in reversed(rows)])
        axes.set_xlim(-3, max(103.0, *(_value(r) + 3 for r in rows)))
        axes.xaxis.set_major_formatter(lambda x, _: f"{words.number(round(x))}%")
        _plain(axes)
        axes.grid(axis="x", color="#e3e7ea", linewidth=0.8)
        svg = _svg(figure)
    key = "gap-chart.caption" if observed <= MOST else "gap-chart.caption-farthest"
    caption = words.text(key, count=len(rows), total=observed)
    return Chart(svg, finding, caption)


def farthest(completion: Completion) -> IndicatorResult | None:
    """The indicator not met that lacks most percentage points, as the chart orders them; None without one."""
    return next((row for row in _by_distance(completion) if row.status in STATUSES_NOT_MET), None)


def _by_distance(completion: Completion) -> list[IndicatorResult]:
    """Counted indicators in per cent with an exact value, the farthest from its target first; no commitments."""
    rows = [r for plan in completion.in_force for r in plan.indicators if _drawable(r)]
    return sorted(rows, key=lambda r: (-_missing(r), r.key.label))


def _missing(row: IndicatorResult) -> float:
    """Percentage points from the value to the target; below 0 where the target is exceeded."""
    missing = _bound(row.target) - _value(row)
    return -missing if row.target is not None and row.target.wants_less else missing


def stages_chart(completion: Completion, words: Words) -> Chart | None:
    """A small panel for every row with targets at several stages: its targets and known values; None without rows."""
    rows = [r for plan in completion.in_force for r in plan.indicators if len(_steps(r)) > 1]
    if not rows:
        return None
    years = sorted({target.year for row in rows for target in _steps(row) if target.year})
    lines = -(-len(rows) // _COLUMNS)
    with _themed():
        figure = _figure(1.1 * lines + 0.3)
        # All panels on one pair of axes: an axes for each would take ten times as long to draw.
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, _COLUMNS)
        axes.set_ylim(lines + 0.27, 0)
        panels = _Panels(years[0], years[-1], completion.cut_off.year, words)
        for position, row in enumerate(rows):
            panels.add(axes, position, row)
        panels.draw(axes)
        svg = _svg(figure)
    full = sum(_bound(_steps(r)[-1]) >= 100 and _steps(r)[-1].year == years[-1] for r in rows)
    span = {"first": str(years[0]), "last": str(years[-1])}
    return Chart(svg, words.text("stages.finding", count=len(rows), full=full, **span), words.text("stages.caption"))


def bar(row: IndicatorResult, words: Words) -> dict[str, float | str] | None:
    """Geometry of the bar of a row on 120 units, and its label; None where there is no number to draw."""
    bound = row.target.bound if row.target else None
    if bound is None or row.target is None or row.target.comparator is Comparator.NONE:
        return None
    value = row.observation.value if row.observation and row.observation.value else None
    drawn = value.exact if value and value.exact is not None else (value.low or value.high) if value else None
    top = max(float(bound), float(drawn or 0), 100.0 if row.unit.startswith("%") else 0.0) or 1.0
    target = words.target_with_unit(row.target, row.unit)
    given = words.measured(value, row.unit)
    return {
        "value": round(118 * float(drawn) / top, 1) if drawn is not None else 0.0,
        "tick": round(1 + 118 * float(bound) / top, 1),
        "label": words.text("bar.against", value=given, target=target)
        if value
        else words.text("bar.no-value", target=target),
    }


def spark(row: IndicatorResult, words: Words) -> dict[str, Any] | None:
    """Geometry of the line of past values on 64 × 20 units, the target as a level; None for fewer than two values."""
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
    return {
        "points": " ".join(f"{a},{b}" for a, b in points),
        "last": points[-1],
        "target": y(float(bound)) if bound is not None else None,
        "label": words.text("trend.label", points=past),
    }


def _day(point: Point, words: Words) -> str:
    return words.date(point.day) if point.stated else day_of_point(point, words)


def _dumbbells(axes: Axes, rows: Sequence[IndicatorResult]) -> None:
    """A line from value to target; the mark of the value is filled and coloured by the look of its status."""
    targets = [(_bound(row.target), float(place)) for place, row in enumerate(rows)]
    for kind in Look:
        own = [(place, row) for place, row in enumerate(rows) if look(row.status) is kind]
        lines = [[(_value(row), float(place)), (_bound(row.target), float(place))] for place, row in own]
        _gathered(axes, lines, kind.colour, alpha=0.45)
        dots = [[(_value(row), float(place))] for place, row in own]
        filled: dict[str, Any] = {"fillstyle": kind.fill, "markerfacecoloralt": "white"}
        _gathered(axes, dots, kind.colour, marker="o", markersize=7, markeredgewidth=2, **filled)
    _gathered(axes, [[target] for target in targets], INK, marker="|", markersize=13, markeredgewidth=2)


def _gap_finding(completion: Completion, rows: Sequence[IndicatorResult], words: Words) -> str:
    """How many of the rows drawn are met, of all that have a value; the others have no number in per cent."""
    met = sum(r.status is Status.MET for r in rows)
    counts = {"met": met, "total": len(rows), "observed": completion.rate.observed}
    worst = farthest(completion)
    if worst is None or worst.observation is None or worst.target is None:
        return words.text("gap-chart.finding", **counts)
    value = words.measured(worst.observation.value, worst.unit)
    target = words.target_with_unit(worst.target, worst.unit)
    return words.text("gap-chart.finding-worst", label=worst.key.label, value=value, target=target, **counts)


class _Panels:
    """Small multiples, each in a field of 1 × 1, drawn by a few artists together: one for each would take 200 KB."""

    def __init__(self, first: int, last: int, now: int, words: Words) -> None:
        self._first, self._last, self._now, self._words = first, last, now, words
        self._rails: list[list[_Point]] = []
        self._paths: list[list[_Point]] = []
        self._values: dict[Look, list[list[_Point]]] = {kind: [] for kind in Look}

    def add(self, axes: Axes, position: int, row: IndicatorResult) -> None:
        """The name above, the stages from left to right, 0 to 100 % upwards."""
        line, column = divmod(position, _COLUMNS)
        first, last = self._first, self._last

        def place(year: float, value: float) -> _Point:
            return column + 0.13 + 0.7 * (year - first) / (last - first), line + 0.86 - 0.5 * value / 100

        stages = [(t.year, t.bound) for t in _steps(row) if t.year and t.bound is not None]
        now = min(max(self._now, first), last)
        self._rails += [[(column + 0.09, line + 0.86), (column + 0.87, line + 0.86)], [place(now, 0), place(now, 100)]]
        self._paths.append([place(year, float(bound)) for year, bound in stages])
        if row.history:
            known = [(max(_year(point.day), first - 0.8), float(point.value)) for point in row.history]
            self._values[look(row.status)].append([place(year, value) for year, value in known])
        axes.text(column + 0.05, line + 0.2, f"{row.key.label}  {_short(row.name, 24)}", fontsize=6.8, color=INK)
        for (year, bound), side, nudge in ((stages[0], "right", -0.02), (stages[-1], "left", 0.02)):
            x, y = place(year, float(bound))
            axes.text(x + nudge, y, self._words.number(bound), fontsize=6, color=MUTED, ha=side, va="center")
        for year in (first, last) if line == 0 else ():
            x, y = place(year, 0)
            axes.text(x, y + 0.1, str(year), fontsize=6.5, color=MUTED, ha="center")

    def draw(self, axes: Axes) -> None:
        _gathered(axes, self._rails, RAIL, marker="")
        _gathered(axes, self._paths, MUTED, marker="o", markersize=3.6, markerfacecolor="white")
        for kind, lines in self._values.items():
            _gathered(axes, lines, kind.colour, marker="o", markersize=4)


def _gathered(axes: Axes, lines: Sequence[Sequence[_Point]], colour: str, **look: Any) -> None:
    """Many lines as one artist, with a gap between them."""
    points = [point for line in lines for point in (*line, (float("nan"), float("nan")))]
    if points:
        axes.plot([x for x, _ in points], [y for _, y in points], color=colour, linewidth=1, **look)


def _year(day: dt.date) -> float:
    """The day as a year: the annual cut-off in December is the year itself."""
    return day.year + (day.timetuple().tm_yday - 348) / 365


def _steps(row: IndicatorResult) -> list[TargetInForce]:
    """Targets by stage that have one number, of rows measured in per cent."""
    if not row.unit.startswith("%"):
        return []
    return [target for target in row.stages if target.bound is not None and target.year]


def _drawable(row: IndicatorResult) -> bool:
    exact = row.observation.value.exact if row.observation and row.observation.value else None
    bound = row.target.bound if row.target else None
    return (
        row.kind is Kind.INDICATOR
        and row.counted
        and row.unit.startswith("%")
        and exact is not None
        and bound is not None
    )


def _value(row: IndicatorResult) -> float:
    value = row.observation.value if row.observation else None
    return float(value.exact) if value and value.exact is not None else 0.0


def _bound(target: TargetInForce | None) -> float:
    bound = target.bound if target else None
    return float(bound) if bound is not None else 0.0


def _short(name: str, longest: int) -> str:
    """A name cut at a word, for an axis; the table has it in full."""
    text = name.removeprefix("Tỷ lệ ").strip()
    text = text[:1].upper() + text[1:]
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0].rstrip(" ,;(") + "…"


def _themed() -> Any:
    import matplotlib

    return matplotlib.rc_context(_THEME)


def _figure(height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(_WIDTH, height), facecolor="white")


def _svg(figure: Figure) -> str:
    """The same bytes every time: no date, fixed ids, one font to measure by."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", dpi=72, metadata={"Date": None, "Creator": None})
    svg = _DECIMALS.sub(r"\1", buffer.getvalue())
    for pattern, instead in _REPEATED:
        svg = pattern.sub(instead, svg)
    return svg


def _plain(axes: Axes) -> None:
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=9, labelcolor=INK)
    axes.tick_params(axis="x", labelcolor=MUTED)
    axes.set_axisbelow(True)
