"""A figure of matplotlib as SVG for a page: the same bytes every time, light, and its text as text."""

from __future__ import annotations

import io
import re
import unicodedata
from functools import lru_cache
from typing import Any

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

# Text is measured with the font that comes with matplotlib, so that the bytes do not depend on the
# machine; the reader's browser takes the first of these that it has.
MEASURED = "DejaVu Sans"
_SHOWN = "'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_DECIMALS = re.compile(r"(\d\.\d)\d+")
"""A tenth of a point is finer than any screen."""
_SPARED = (
    (re.compile(r' transform="rotate\(-0 [^)]*\)"'), ""),
    (re.compile(rf"font-family: '{MEASURED}'; "), ""),
    (re.compile(r"<svg "), f'<svg font-family="{_SHOWN}" '),
    (re.compile(r">\s+<"), "><"),
)
"""What is written for every text and every mark, once is enough: the font; and nothing at all: turns by zero."""
_POINTS = 72
"""To an inch, the unit of SVG in matplotlib."""


def as_svg(figure: Figure) -> str:
    """The figure drawn: no date, fixed ids, text as text with a font fall-back."""
    buffer = io.StringIO()
    figure.dpi = _POINTS
    width, height = figure.get_size_inches() * _POINTS
    renderer: Any = _Renderer(width, height, buffer, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    figure.draw(renderer)
    renderer.finalize()
    svg = _DECIMALS.sub(r"\1", buffer.getvalue())
    for pattern, instead in _SPARED:
        svg = pattern.sub(instead, svg)
    return svg


class _Renderer(RendererSVG):
    """Measures every letter once. matplotlib shapes every text, half the time of a chart.

    Heights are those of the text as it would be shaped, and decide where it is put; the width is only the sum of its
    letters', and decides nothing where text is kept as text: SVG anchors it at its side or middle.
    """

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | str
    ) -> tuple[float, float, float]:
        """Width, height and what of it lies below the line, in points."""
        if ismath or any(unicodedata.combining(letter) for letter in s):
            stock: tuple[float, float, float] = super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[no-untyped-call]
            return stock
        look = prop.get_size_in_points(), prop.get_weight(), prop.get_style()
        letters = [_letter(letter, *look) for letter in s]
        above = max(height - below for _, height, below in letters)
        below = max(below for *_, below in letters)
        return sum(width for width, *_ in letters), above + below, below


@lru_cache(maxsize=1 << 12)
def _letter(letter: str, size: float, weight: str | int, style: Any) -> tuple[float, float, float]:
    prop = FontProperties(family=[MEASURED], size=size, weight=weight, style=style)
    measured: tuple[float, float, float] = text_to_path.get_text_width_height_descent(letter, prop, ismath=False)
    return measured
