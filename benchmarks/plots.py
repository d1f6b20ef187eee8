"""The plots beside the table, as SVG that is equal for equal figures."""

from __future__ import annotations

import io
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.measure import Measured
from benchmarks.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_INK, _MUTED, _OURS, _OTHERS, _FLOOR = "#17212b", "#55626e", "#0b6e5f", "#b34a06", "#6f7c87"


def drawn(found: Results) -> dict[str, str]:
    """File name and SVG."""
    return {"results-contest.svg": _svg(_contest(found)), "results-growth.svg": _svg(_growth(found))}


def _contest(found: Results) -> Figure:
    from matplotlib.figure import Figure

    keys = list(found.contests)
    figure = Figure(figsize=(8, 0.55 * len(keys) + 1.1), layout="constrained")
    for column, (title, value) in enumerate((("wall", found.wall), ("CPU", found.cpu)), start=1):
        axes = figure.add_subplot(1, 2, column)
        values = [value(key) for key in keys]
        colours = [
            _OURS if key.startswith(("ours", "page")) else _FLOOR if key.startswith("floor") else _OTHERS
            for key in keys
        ]
        bars = axes.barh(keys, values, color=colours, height=0.62)
        axes.bar_label(bars, [f"{v:.2f}" for v in values], padding=3, color=_INK, fontsize=9)
        axes.set_xlim(0, max(values) * 1.2)
        axes.invert_yaxis()
        axes.set_xlabel(f"{title}, seconds for each report", color=_MUTED)
        axes.tick_params(colors=_INK, length=0, labelleft=column == 1)
        axes.spines[["top", "right", "left"]].set_visible(False)
    return figure


def _growth(found: Results) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.4), layout="constrained")
    sizes = sorted(found.growth)
    times, memory = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2)
    for kind, label, colour in (("nothing", "nothing to do", _OURS), ("one", "one changed, all of it", _OTHERS)):
        runs = [getattr(found.growth[size], kind) for size in sizes]
        times.plot(sizes, _medians(runs, "whole_wall", 1), marker="o", color=colour, label=label)
        memory.plot(sizes, _medians(runs, "parent_peak", 1e6), marker="o", color=colour)
    for axes, label in ((times, "seconds for the whole run"), (memory, "peak RSS of the parent, MB")):
        axes.set_xscale("log")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.set_xlabel("localities", color=_MUTED)
        axes.set_ylabel(label, color=_MUTED)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#d5dbe0", linewidth=0.6)
    times.legend(frameon=False)
    return figure


def _medians(runs: list[list[Measured]], name: str, unit: float) -> list[float]:
    return [median(getattr(measured, name) for measured in run) / unit for run in runs]


def _svg(figure: Figure) -> str:
    """Text as text, fixed ids, no date."""
    import matplotlib as mpl

    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "bench", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
