"""How a notebook shows tables and figures of its own, so that they look as they will on the page."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from pipeline.report.charts import INK, MET, MUTED, NOT_MET
from pipeline.report.words import NO_VALUE, Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WAY = "#2b5fa4"
_FIGURES = {
    "svg.hashsalt": "pipeline",
    "axes.prop_cycle": f"cycler('color', {[MET, NOT_MET, WAY, MUTED]})",
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "text.color": INK,
    "axes.labelcolor": INK,
}
"""The colours of the charts of the page; ids in a drawing are the same every time."""
SAID_OF_A_FIGURE = ("fig-alt", "fig-cap")
"""Its text alternative and its caption, by the names under which an output carries them."""


def show_figure(figure: Figure, alt: str, caption: str = "") -> None:
    """Show a figure whose text alternative (lời mô tả) depends on the data; a fixed one is a comment, `#| fig-alt: …`.

    `caption` is '' for the heading above. The figure is closed: it is shown once.
    """
    from IPython.display import display
    from matplotlib import pyplot

    display(figure, metadata=dict(zip(SAID_OF_A_FIGURE, (alt, caption), strict=True)))  # type: ignore[no-untyped-call]
    pyplot.close(figure)


def as_on_the_page(language: str) -> None:
    """From here on, pandas shows every line and column, and numbers as the page writes them; matplotlib shows SVG.

    Settings of this kernel alone. matplotlib is not imported: they hold once a cell does that.
    """
    import pandas as pd

    words = Words(language)
    whole = {f"display.{name}": None for name in ("max_rows", "max_columns", "max_colwidth")}
    numbers = {"display.float_format": lambda value: _number(value, words)}
    styled = {  # df.style has settings of its own: 1.500000 would be read as a million and a half
        "styler.format.formatter": lambda value: _number(value, words) if isinstance(value, float) else value,
        "styler.format.na_rep": NO_VALUE,
        "styler.format.escape": "html",
    }
    for name, value in {**whole, **numbers, **styled, "display.html.use_mathjax": False}.items():
        pd.set_option(name, value)
    _draw_svg()


def _number(value: float, words: Words) -> str:
    """As the page writes it; a quotient by zero is no number of the page."""
    return words.number(Decimal(str(value)), 4) if isfinite(value) else str(value).replace("inf", "∞")


def _draw_svg() -> None:
    from IPython.core.getipython import get_ipython

    if shell := get_ipython():
        # Read when matplotlib is first imported; importing its backend here would import all of it.
        shell.config.InlineBackend.figure_formats = {"svg"}
        shell.config.InlineBackend.print_figure_kwargs = {
            "bbox_inches": "tight",
            "metadata": {"Date": None, "Creator": None},
        }
        shell.config.InlineBackend.rc = _FIGURES
