"""The charts of the page: matplotlib as SVG with text as text, in one theme; and the small marks inside tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.completion.records import Completion, IndicatorResult, TargetInForce
from pipeline.completion.statuses import Status
from pipeline.plans.targets import Comparator
from pipeline.reporting.language import NBSP
from pipeline.reporting.words import Words, unit_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe-Ito-like hues that stay apart for colour-blind readers; filled and hollow tell them apart in print.
MET, NOT_MET, INK, MUTED, RAIL = "#0b6e5f", "#c4570d", "#17212b", "#55626e", "#c9d1d8"
# Text is measured with the font that comes with matplotlib, so that the bytes do not depend on the
# machine; the reader's browser takes the first of these that it has.
_MEASURED = "DejaVu Sans"
_SHOWN = "'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_THEME: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "pipeline",
    "font.family": [_MEASURED],
    "axes.linewidth": 0.8,
}
FEWEST = 5
"""Below this many observed indicators the chart of gaps says less than the table."""
MOST = 20
"""It shows the farthest from their targets; the table has them all."""
_WIDE = 9.0
_COLUMNS = 5


@dataclass(frozen=True)
class Chart:
    """An SVG with the sentence that says what it shows, which is also its alternative text."""

    svg: str
    finding: str
    caption: str


def gap_chart(completion: Completion, words: Words) -> Chart | None:
    """Each observed percentage against its target, the farthest first; None for too few of them."""
    rows = [r for plan in completion.in_force for r in plan.indicators if _drawable(r)]
    if len(rows) < FEWEST:
        return None
    rows.sort(key=lambda r: (_value(r) - _bound(r.target), r.key.label))
    finding = _gap_finding(rows, words)
    rows = rows[:MOST]
    height = 0.34 * len(rows) + 0.8
    with _themed():
        figure = _figure(height)
        axes = figure.add_axes((0.40, 0.55 / height, 0.57, 1 - 0.75 / height))
        for position, row in enumerate(reversed(rows)):
            _dumbbell(axes, position, row)
        axes.set_yticks(range(len(rows)), [f"{r.key.label}  {_short(r.name)}" for r in reversed(rows)])
        axes.set_xlim(-3, max(103.0, *(_value(r) + 3 for r in rows)))
        axes.xaxis.set_major_formatter(lambda x, _: f"{words.number(round(x))}{NBSP}%")
        _plain(axes)
        axes.grid(axis="x", color="#e3e7ea", linewidth=0.8)
        svg = as_svg(figure)
    caption = words.text("gap-chart.caption", count=len(rows))
    return Chart(svg, finding, caption)


def stages_chart(completion: Completion, words: Words) -> Chart | None:
    """One small panel for every row with targets at several stages: the steps asked for and what is known."""
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
        for position, row in enumerate(rows):
            _panel(axes, position, row, _Frame(years[0], years[-1], completion.cut_off.year, words))
        svg = as_svg(figure)
    full = sum(_bound(_steps(r)[-1]) >= 100 and _steps(r)[-1].year == years[-1] for r in rows)
    span = {"first": str(years[0]), "last": str(years[-1])}
    return Chart(svg, words.text("stages.finding", count=len(rows), full=full, **span), words.text("stages.caption"))


def bar(row: IndicatorResult, words: Words) -> dict[str, float | str] | None:
    """Geometry of the bar of one row on a scale of 120 units; None where there is no number to draw."""
    bound = row.target.bound if row.target else None
    if bound is None or row.target is None or row.target.comparator is Comparator.NONE:
        return None
    value = row.observation.value if row.observation and row.observation.value else None
    shown = value.exact if value and value.exact is not None else (value.low or value.high) if value else None
    top = max(float(bound), float(shown or 0), 100.0 if row.unit.startswith("%") else 0.0) or 1.0
    target = words.target_with_unit(row.target, row.unit)
    said = f"{words.value(value)}{unit_of(row.unit)}"
    return {
        "value": round(118 * float(shown) / top, 1) if shown is not None else 0.0,
        "tick": round(1 + 118 * float(bound) / top, 1),
        "said": words.text("bar.against", value=said, target=target)
        if value
        else words.text("bar.no-value", target=target),
    }


def spark(row: IndicatorResult, words: Words) -> dict[str, Any] | None:
    """Geometry of the line of past values on 64 × 20 units, the target as a level; None below two values."""
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
    said = " → ".join(f"{words.date(p.day)}: {words.number(p.value, 4)}" for p in row.history)
    return {
        "points": " ".join(f"{a},{b}" for a, b in points),
        "last": points[-1],
        "target": y(float(bound)) if bound is not None else None,
        "said": words.text("trend.said", points=said),
    }


def _dumbbell(axes: Axes, position: int, row: IndicatorResult) -> None:
    met = row.status is Status.MET
    colour, value, bound = MET if met else NOT_MET, _value(row), _bound(row.target)
    axes.plot([min(value, bound), max(value, bound)], [position] * 2, color=colour, linewidth=2, alpha=0.45)
    axes.plot([bound], [position], marker="|", markersize=13, markeredgewidth=2, color=INK)
    face = colour if met else "white"
    axes.plot([value], [position], marker="o", markersize=7, color=colour, markerfacecolor=face, markeredgewidth=2)


def _gap_finding(rows: Sequence[IndicatorResult], words: Words) -> str:
    behind = [r for r in rows if r.status is not Status.MET]
    counts = {"met": len(rows) - len(behind), "total": len(rows)}
    worst = behind[0] if behind else None
    if worst is None or worst.observation is None or worst.target is None:
        return words.text("gap-chart.finding", **counts)
    value = f"{words.value(worst.observation.value)}{unit_of(worst.unit)}"
    target = words.target_with_unit(worst.target, worst.unit)
    return words.text("gap-chart.finding-worst", label=worst.key.label, value=value, target=target, **counts)


@dataclass(frozen=True)
class _Frame:
    """What all panels share: the first and last stage, the year of the report, the language."""

    first: int
    last: int
    now: int
    words: Words


def _panel(axes: Axes, position: int, row: IndicatorResult, frame: _Frame) -> None:
    """One small multiple in a field of 1 × 1: its name above, the stages from left to right, 0 to 100 % upwards."""
    line, column = divmod(position, _COLUMNS)
    first, last = frame.first, frame.last

    def x(year: float) -> float:
        return column + 0.13 + 0.7 * (year - first) / (last - first)

    def y(value: float) -> float:
        return line + 0.86 - 0.5 * value / 100

    stages = [(target.year, target.bound) for target in _steps(row) if target.year and target.bound is not None]
    axes.plot([column + 0.09, column + 0.87], [y(0)] * 2, color=RAIL, linewidth=0.8)
    axes.plot([x(min(max(frame.now, first), last))] * 2, [y(0), y(100)], color=RAIL, linewidth=1.2)
    places = [x(year) for year, _ in stages], [y(float(bound)) for _, bound in stages]
    axes.plot(*places, color=MUTED, linewidth=1, marker="o", markersize=3.6, markerfacecolor="white")
    known = [
        (point.day.year + (point.day.timetuple().tm_yday - 348) / 365, float(point.value)) for point in row.history
    ]
    colour = MET if row.status is Status.MET else NOT_MET
    seen = [x(max(year, first - 0.8)) for year, _ in known], [y(value) for _, value in known]
    axes.plot(*seen, color=colour, marker="o", markersize=4, linewidth=1)
    axes.text(column + 0.05, line + 0.2, f"{row.key.label}  {_short(row.name, 24)}", fontsize=6.8, color=INK)
    for (year, bound), side in ((stages[0], "right"), (stages[-1], "left")):
        nudge = -0.02 if side == "right" else 0.02
        axes.text(
            x(year) + nudge, y(float(bound)), frame.words.number(bound), fontsize=6, color=MUTED, ha=side, va="center"
        )
    if line == 0:
        for year in (first, last):
            axes.text(x(year), y(0) + 0.1, str(year), fontsize=6.5, color=MUTED, ha="center")


def _steps(row: IndicatorResult) -> list[TargetInForce]:
    """Targets by stage that have one number, of rows measured in per cent."""
    if not row.unit.startswith("%"):
        return []
    return [target for target in row.stages if target.bound is not None and target.year]


def _drawable(row: IndicatorResult) -> bool:
    exact = row.observation.value.exact if row.observation and row.observation.value else None
    bound = row.target.bound if row.target else None
    return row.counted and row.unit.startswith("%") and exact is not None and bound is not None


def _value(row: IndicatorResult) -> float:
    value = row.observation.value if row.observation else None
    return float(value.exact) if value and value.exact is not None else 0.0


def _bound(target: TargetInForce | None) -> float:
    bound = target.bound if target else None
    return float(bound) if bound is not None else 0.0


def _short(name: str, longest: int = 46) -> str:
    """A name cut at a word, for an axis; the table beside the chart has it in full."""
    text = name.removeprefix("Tỷ lệ ").strip()
    text = text[:1].upper() + text[1:]
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0].rstrip(" ,;(") + "…"


def _themed() -> Any:
    import matplotlib

    return matplotlib.rc_context(_THEME)


def _figure(height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(_WIDE, height), facecolor="white")


def _plain(axes: Axes) -> None:
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=9, labelcolor=INK)
    axes.tick_params(axis="x", labelcolor=MUTED)
    axes.set_axisbelow(True)


def as_svg(figure: Figure) -> str:
    """SVG that is the same bytes every time: no date, fixed ids, text as text with a font fall-back."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().replace(f"'{_MEASURED}'", _SHOWN)
