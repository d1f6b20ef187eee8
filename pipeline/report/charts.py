"""The chart of stages, drawn by matplotlib as SVG with text as text and the colours of the page.

It stands in the page itself, so that it follows dark mode and print; what is drawn in the row is in `dot_plot`.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any, TypeAlias

from pipeline.completion.records import Completion, IndicatorResult, TargetInForce
from pipeline.completion.statuses import NOT_MET as STATUSES_NOT_MET
from pipeline.plans.models import Kind
from pipeline.report.concept_words import concept_in
from pipeline.report.looks import Look, look
from pipeline.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, RAIL, PAPER = "#17212b", "#46525d", "#c9d1d8", "#fffffe"
_OF_THE_PAGE = {kind.colour: kind.value for kind in Look} | {INK: "ink", MUTED: "muted", RAIL: "rail", PAPER: "paper"}
"""The variable of the style sheet in the place of each colour that matplotlib draws with."""
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
    (re.compile(r"<metadata>.*?</metadata>|<defs><style.*?</style></defs>", re.DOTALL), ""),
    (re.compile("|".join(_OF_THE_PAGE)), lambda colour: f"var(--{_OF_THE_PAGE[colour.group()]})"),
)
"""Rotations by zero, the font of every text (set once instead), white space, who drew it, rules for the whole page:
no option leaves them out. Last the colours."""
_Point: TypeAlias = "tuple[float, float]"
MOST = 12
"""Panels: more say less than the table."""
_WIDTH = 9.0
"""Of a figure, in inches."""
_COLUMNS = 3
_LETTERS = 40
"""Of a name in one line above its panel."""


@dataclass(frozen=True)
class Chart:
    """An SVG, the sentence that states what it shows and is its alternative text, and the caption."""

    svg: str
    finding: str
    caption: str


def farthest(completion: Completion) -> IndicatorResult | None:
    """The indicator not met that lacks most percentage points; None without one."""
    return next((row for row in _by_distance(completion) if row.status in STATUSES_NOT_MET), None)


def _by_distance(completion: Completion) -> list[IndicatorResult]:
    """Counted indicators in per cent with an exact value, the farthest from its target first; no commitments."""
    rows = [r for plan in completion.in_force for r in plan.indicators if _drawable(r)]
    return sorted(rows, key=lambda r: (-_missing(r), r.key.label))


def _missing(row: IndicatorResult) -> float:
    """Percentage points from the value to the target; below 0 where the target is exceeded."""
    missing = _bound(row.target) - _value(row)
    return -missing if row.target is not None and row.target.wants_less else missing


def _titled(row: IndicatorResult, completion: Completion, words: Words) -> list[str]:
    """The lines above a panel: the number of the row and its name, in another language that of its concept."""
    name = row.name if words.code == "vi" else concept_in(row.concept, completion, words)
    return wrap(f"{row.key.label}  {name}", _LETTERS)


def stages_chart(completion: Completion, words: Words) -> Chart | None:
    """A small panel for each row that has results and targets at several stages; None without one.

    Of more than `MOST` those that were late or fell due first, then in the order of the plans.
    """
    staged = [r for plan in completion.in_force for r in plan.indicators if len(_steps(r)) > 1]
    known = [r for r in staged if r.history]
    if not known:
        return None
    rows = sorted(known, key=lambda r: r.status.urgency if r.status.urgency is not None else 9)[:MOST]
    years = sorted({target.year for row in staged for target in _steps(row) if target.year})
    lines, titles = -(-len(rows) // _COLUMNS), [_titled(r, completion, words) for r in rows]
    head = 0.17 * max(map(len, titles))
    with _themed():
        figure = _figure((head + 1.0) * lines + 0.3)
        # All panels on one pair of axes: an axes for each would take ten times as long to draw.
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, _COLUMNS)
        axes.set_ylim(lines + 0.3 / (head + 1.0), 0)
        panels = _Panels(years[0], years[-1], completion.cut_off.year, head / (head + 1.0), words)
        for position, (row, title) in enumerate(zip(rows, titles, strict=True)):
            panels.add(axes, position, row, title)
        panels.draw(axes)
        svg = _svg(figure)
    span = {"first": str(years[0]), "last": str(years[-1])}
    finding = words.text("stages.finding", shown=len(rows), known=len(known), count=len(staged), **span)
    return Chart(svg, finding, words.text("stages.caption"))


class _Panels:
    """Small multiples, each in a field of 1 × 1, drawn by a few artists together: one for each would take 200 KB."""

    def __init__(self, first: int, last: int, now: int, head: float, words: Words) -> None:
        self._first, self._last, self._now, self._words = first, last, now, words
        self._head = head
        """Share of a field that its name takes."""
        self._rails: list[list[_Point]] = []
        self._paths: list[list[_Point]] = []
        self._values: dict[Look, list[list[_Point]]] = {kind: [] for kind in Look}

    def add(self, axes: Axes, position: int, row: IndicatorResult, title: list[str]) -> None:
        """The name above, the stages from left to right, 0 to 100 % upwards."""
        line, column = divmod(position, _COLUMNS)
        first, last, room = self._first, self._last, 1 - self._head

        def place(year: float, value: float) -> _Point:
            across = (year - first) / (last - first)
            return column + 0.11 + 0.76 * across, line + self._head + room * (0.86 - 0.7 * value / 100)

        stages = [(t.year, t.bound) for t in _steps(row) if t.year and t.bound is not None]
        now = min(max(self._now, first), last)
        foot = place(first, 0)[1]
        self._rails += [[(column + 0.08, foot), (column + 0.9, foot)], [place(now, 0), place(now, 100)]]
        self._paths.append([place(year, float(bound)) for year, bound in stages])
        known = [(max(_year(point.day), first - 0.8), float(point.value)) for point in row.history]
        self._values[look(row.status)].append([place(year, value) for year, value in known])
        text = "\n".join(title)
        axes.text(column + 0.02, line + 0.03, text, fontsize=8, color=INK, va="top", linespacing=1.25)
        for (year, bound), side, nudge in ((stages[0], "right", -0.02), (stages[-1], "left", 0.02)):
            x, y = place(year, float(bound))
            axes.text(x + nudge, y, self._words.number(bound), fontsize=7.5, color=MUTED, ha=side, va="center")
        for year in (first, last):
            x, y = place(year, 0)
            axes.text(x, y + 0.12 * room, str(year), fontsize=7, color=MUTED, ha="center")

    def draw(self, axes: Axes) -> None:
        """Rails and paths first, the values over them."""
        _gathered(axes, self._rails, RAIL, marker="")
        _gathered(axes, self._paths, MUTED, marker="o", markersize=3.6, markerfacecolor=PAPER)
        for kind, lines in self._values.items():
            _gathered(axes, lines, kind.colour, marker="o", markersize=4.5)


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


def _themed() -> Any:
    import matplotlib

    return matplotlib.rc_context(_THEME)


def _figure(height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(_WIDTH, height), facecolor="none")


def _svg(figure: Figure) -> str:
    """The same bytes every time: no date, fixed ids, one font to measure by."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", dpi=72, metadata={"Date": None, "Creator": None})
    svg = _DECIMALS.sub(r"\1", buffer.getvalue())
    for pattern, instead in _REPEATED:
        svg = pattern.sub(instead, svg)
    return svg[svg.index("<svg ") :]
