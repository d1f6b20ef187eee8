"""The chart of stages, drawn by matplotlib as SVG in the colours of the page, with its text as text.

It stands in the page itself, so that it follows dark mode and print; what is drawn in the row is in `dot_plot`. The
text is written here: matplotlib would measure each letter with a font that the reader's browser does not use.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any, TypeAlias

from pipeline.completion.records import Completion, IndicatorResult, TargetInForce
from pipeline.completion.statuses import NOT_MET as STATUSES_NOT_MET
from pipeline.plans.models import Kind
from pipeline.report.concept_words import concept_in
from pipeline.report.looks import Look, look
from pipeline.report.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, MUTED, RAIL, PAPER = "#17212b", "#46525d", "#c9d1d8", "#fffffe"
_OF_THE_PAGE = {kind.colour: kind.value for kind in Look} | {INK: "ink", MUTED: "muted", RAIL: "rail", PAPER: "paper"}
"""The variable of the style sheet in the place of each colour that matplotlib draws with."""
_FONTS = "'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_THEME: dict[Any, Any] = {"svg.hashsalt": "pipeline"}
_DECIMALS = re.compile(r"(\d\.\d)\d+")
"""matplotlib writes six; a tenth of a point is finer than any screen."""
_REPEATED = (
    (re.compile(r"<svg "), f'<svg font-family="{_FONTS}" '),
    (re.compile(r">\s+<"), "><"),
    (re.compile(r"<metadata>.*?</metadata>|<defs><style.*?</style></defs>", re.DOTALL), ""),
    (re.compile("|".join(_OF_THE_PAGE)), lambda colour: f"var(--{_OF_THE_PAGE[colour.group()]})"),
)
"""White space, who drew it, rules for the whole page: no option leaves them out. Last the colours."""
_Point: TypeAlias = "tuple[float, float]"
MOST = 12
"""Panels: more say less than the table."""
_COLUMNS, _WIDTH, _ROOM = 3, 216.0, 72.0
"""Panels in a line; the width of one, and the height below its name, in points."""
_LINE, _FOOT = 12.24, 21.6
"""The height of a line of a name, and of what is below the last panels."""
_LETTERS = 40
"""Of a name in one line above its panel."""


@dataclass(frozen=True)
class Chart:
    """An SVG, the sentence that states what it shows and is its alternative text, and the caption."""

    svg: str
    finding: str
    caption: str


def farthest(completion: Completion) -> IndicatorResult | None:
    """The counted indicator in per cent, no commitment, that lacks most percentage points; None without one."""
    listed = (r for plan in completion.in_force for r in plan.indicators)
    rows = (r for r in listed if r.status in STATUSES_NOT_MET and _drawable(r))
    return min(rows, key=lambda r: (-_missing(r), r.key.label), default=None)


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
    titles = [_titled(r, completion, words) for r in rows]
    panels = _Panels(years[0], years[-1], completion.cut_off.year, _LINE * max(map(len, titles)), words)
    for position, (row, title) in enumerate(zip(rows, titles, strict=True)):
        panels.add(position, row, title)
    svg = panels.svg(-(-len(rows) // _COLUMNS))
    span = {"first": str(years[0]), "last": str(years[-1])}
    finding = words.text("stages.finding", shown=len(rows), known=len(known), count=len(staged), **span)
    return Chart(svg, finding, words.text("stages.caption"))


class _Panels:
    """Small multiples, drawn by a few artists together: one for each would take 200 KB. Places are in points."""

    def __init__(self, first: int, last: int, now: int, head: float, words: Words) -> None:
        self._first, self._last, self._now, self._words = first, last, now, words
        self._head = head
        """What the longest name takes above its panel."""
        self._rails: list[list[_Point]] = []
        self._paths: list[list[_Point]] = []
        self._values: dict[Look, list[list[_Point]]] = {kind: [] for kind in Look}
        self._texts: list[str] = []

    def add(self, position: int, row: IndicatorResult, title: list[str]) -> None:
        """The name above, the stages from left to right, 0 to 100 % upwards."""
        line, column = divmod(position, _COLUMNS)
        first, last = self._first, self._last
        left, top = column * _WIDTH, line * (self._head + _ROOM)

        def place(year: float, value: float) -> _Point:
            across = (year - first) / (last - first)
            return left + _WIDTH * (0.11 + 0.76 * across), top + self._head + _ROOM * (0.86 - 0.7 * value / 100)

        stages = [(t.year, t.bound) for t in _steps(row) if t.year and t.bound is not None]
        now = min(max(self._now, first), last)
        foot = place(first, 0)[1]
        self._rails += [[(left + 17.3, foot), (left + 194.4, foot)], [place(now, 0), place(now, 100)]]
        self._paths.append([place(year, float(bound)) for year, bound in stages])
        known = [(max(_year(point.day), first - 0.8), float(point.value)) for point in row.history]
        self._values[look(row.status)].append([place(year, value) for year, value in known])
        for number, part in enumerate(title):
            self._write(part, left + 4.3, top + 11 + 10 * number, 'font-size="8" fill="var(--ink)"')
        for (year, bound), anchor, beside in ((stages[0], "end", -4.3), (stages[-1], "start", 4.3)):
            x, y = place(year, float(bound))
            of_bound = f'font-size="7.5" fill="var(--muted)" text-anchor="{anchor}"'
            self._write(self._words.number(bound), x + beside, y + 2, of_bound)
        for year in (first, last):
            of_year = 'font-size="7" fill="var(--muted)" text-anchor="middle"'
            self._write(str(year), place(year, 0)[0], foot + 8.6, of_year)

    def _write(self, text: str, x: float, y: float, look: str) -> None:
        self._texts.append(f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(text)}</text>')

    def svg(self, lines: int) -> str:
        """Rails and paths first, the values over them, then the texts; the same bytes every time."""
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        height = lines * (self._head + _ROOM) + _FOOT
        with rc_context(_THEME):
            figure = Figure(figsize=(_COLUMNS * _WIDTH / 72, height / 72), facecolor="none")
            _gathered(figure, height, self._rails, RAIL, marker="")
            _gathered(figure, height, self._paths, MUTED, marker="o", markersize=3.6, markerfacecolor=PAPER)
            for kind, lines_of_kind in self._values.items():
                _gathered(figure, height, lines_of_kind, kind.colour, marker="o", markersize=4.5)
            drawn = _svg(figure)
        return f"{drawn.removesuffix('</svg>')}{''.join(self._texts)}</svg>"


def _gathered(figure: Figure, height: float, lines: Sequence[Sequence[_Point]], colour: str, **look: Any) -> None:
    """Many lines as one artist, with a gap between them; for matplotlib places are shares, counted upwards."""
    from matplotlib.lines import Line2D

    points = [point for line in lines for point in (*line, (float("nan"), float("nan")))]
    if points:
        across, up = [x / (_COLUMNS * _WIDTH) for x, _ in points], [1 - y / height for _, y in points]
        figure.add_artist(Line2D(across, up, color=colour, linewidth=1, **look))


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


def _svg(figure: Figure) -> str:
    """No date, fixed ids."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", dpi=72, metadata={"Date": None, "Creator": None})
    svg = _DECIMALS.sub(r"\1", buffer.getvalue())
    for pattern, instead in _REPEATED:
        svg = pattern.sub(instead, svg)
    return svg[svg.index("<svg ") :].strip()
