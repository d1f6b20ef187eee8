"""How a notebook shows tables and figures of its own, so that they look as they will on the page."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from pipeline.report.catalogues import NO_VALUE
from pipeline.report.charts import INK, MUTED
from pipeline.report.looks import Look
from pipeline.report.words import Words

if TYPE_CHECKING:
    import pandas as pd
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib.figure import Figure

_COLOURS = [Look.MET.colour, Look.NOT_MET.colour, Look.ON_ITS_WAY.colour, MUTED]
_FIGURES = {
    "svg.hashsalt": "pipeline",
    "axes.prop_cycle": f"cycler('color', {_COLOURS})",
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
MOST_ROWS, MOST_COLUMNS = 2000, 100
"""What one table of a page has at most: more is cut in the notebook, and refused on the page."""
_PLACES = 4
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

    A table of more than `MOST_ROWS` or `MOST_COLUMNS` is cut. Settings of this kernel alone. matplotlib is not
    imported: they hold once a cell does that.
    """
    import pandas as pd
    from IPython.core.getipython import get_ipython

    words = Words(language)
    sizes = {"max_rows": MOST_ROWS, "max_columns": MOST_COLUMNS}
    whole = {f"{part}.{name}": most for part in ("display", "styler.render") for name, most in sizes.items()}
    numbers = {"display.float_format": lambda value: _number(value, words)}
    styled = {  # df.style has settings of its own: 1.500000 would be read as a million and a half
        "styler.format.formatter": lambda value: _number(value, words) if isinstance(value, float) else value,
        "styler.format.na_rep": NO_VALUE,
        "styler.format.escape": "html",
    }
    texts = {"display.max_colwidth": None, "display.html.use_mathjax": False}
    for name, value in {**whole, **numbers, **styled, **texts}.items():
        pd.set_option(name, value)
    if shell := get_ipython():
        plain = shell.display_formatter.formatters["text/plain"]
        plain.for_type(pd.DataFrame, lambda frame, printer, _: printer.text(described(frame)))
        _draw_svg(shell)


def described(frame: pd.DataFrame) -> str:
    """What stands in the place of a table for readers without HTML: to write it a second time took as long again."""
    return f"DataFrame({len(frame)} dòng × {len(frame.columns)} cột)"


def _number(value: float, words: Words) -> str:
    """As the page writes it; what is too small for that is not 0, and a quotient by zero is no number of the page."""
    if not isfinite(value):
        return str(value).replace("inf", "∞")
    shown = words.number(Decimal(str(value)), _PLACES)
    if value == 0 or shown.strip("-−0"):
        return shown
    least = Decimal(1).scaleb(-_PLACES)
    return f"<{words.number(least, _PLACES)}" if value > 0 else f">{words.number(-least, _PLACES)}"


def _draw_svg(shell: InteractiveShell) -> None:
    # Read when matplotlib is first imported; importing its backend here would import all of it.
    shell.config.InlineBackend.figure_formats = {"svg"}
    shell.config.InlineBackend.print_figure_kwargs = {
        "bbox_inches": "tight",
        "metadata": {"Date": None, "Creator": None},
    }
    shell.config.InlineBackend.rc = _FIGURES
