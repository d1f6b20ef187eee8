"""The charts of the page, drawn by matplotlib as SVG with text as text. One theme, set per figure."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.completion.records import Completion, GroupResult, IndicatorResult
from pipeline.completion.statuses import Status
from pipeline.reporting.words import NBSP, number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe-Ito-like hues that stay apart for colour-blind readers; hatching tells them apart in print.
MET, NOT_MET, ABSENT, INK, MUTED = "#0b6e5f", "#c4570d", "#aab4bd", "#17212b", "#55626e"
# Text is measured with the font that comes with matplotlib, so that the bytes do not depend on the
# machine; the reader's browser takes the first of these that it has.
_MEASURED = "DejaVu Sans"
_SHOWN = "'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_THEME: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "pipeline",
    "font.family": [_MEASURED],
    "hatch.linewidth": 1.0,
}
# As the squares of the page: filled, hatched, dashed outline. Dotted hatches weigh 250 KB as SVG.
_MET_LOOK: dict[str, Any] = {"facecolor": MET, "edgecolor": MET}
_NOT_MET_LOOK: dict[str, Any] = {"facecolor": "white", "edgecolor": NOT_MET, "hatch": "////"}
_ABSENT_LOOK: dict[str, Any] = {"facecolor": "white", "edgecolor": MUTED, "linestyle": (0, (3, 2))}
FEWEST = 5
"""Below this many observed indicators the chart of gaps says less than the table."""


@dataclass(frozen=True)
class Chart:
    """An SVG with the sentence that says what it shows."""

    svg: bytes
    finding: str
    caption: str


def gap_chart(completion: Completion) -> Chart | None:
    """Each observed percentage against its target, the farthest first; None for too few of them."""
    rows = [r for plan in completion.in_force for r in plan.indicators if _drawable(r)]
    if len(rows) < FEWEST:
        return None
    rows.sort(key=lambda r: (_value(r) - _bound(r), r.key.label))
    behind = [r for r in rows if r.status is not Status.MET]
    figure = _figure(0.34 * len(rows) + 0.8)
    axes = figure.add_axes((0.40, 0.55 / (0.34 * len(rows) + 0.8), 0.57, 1 - 0.75 / (0.34 * len(rows) + 0.8)))
    for position, row in enumerate(reversed(rows)):
        colour = MET if row.status is Status.MET else NOT_MET
        value, bound = _value(row), _bound(row)
        axes.plot([min(value, bound), max(value, bound)], [position] * 2, color=colour, linewidth=2, alpha=0.45)
        axes.plot([bound], [position], marker="|", markersize=13, markeredgewidth=2, color=INK)
        axes.plot(
            [value],
            [position],
            marker="o",
            markersize=7,
            color=colour,
            markerfacecolor=colour if row.status is Status.MET else "white",
            markeredgewidth=2,
        )
    axes.set_yticks(range(len(rows)), [f"{r.key.label}  {_short(r.name)}" for r in reversed(rows)])
    axes.set_xlim(-3, max(103.0, *(_value(r) + 3 for r in rows)))
    axes.xaxis.set_major_formatter(lambda x, _: f"{number(round(x))}{NBSP}%")
    _plain(axes)
    axes.grid(axis="x", color="#e3e7ea", linewidth=0.8)
    worst = behind[0] if behind else None
    finding = f"{len(rows) - len(behind)} trên {len(rows)} chỉ tiêu có số liệu đã đến hoặc vượt vạch mục tiêu" + (
        f"; cách xa nhất là {worst.key.label} ({number(worst.observation.value.exact)}{NBSP}% "
        f"so với {number(worst.target.bound)}{NBSP}%)."
        if worst and worst.observation and worst.observation.value and worst.target
        else "."
    )
    return Chart(
        _svg(figure),
        finding,
        "Chấm tròn: kết quả (đặc là đạt, rỗng là chưa đạt). Vạch đứng: mục tiêu. Xếp từ xa mục tiêu nhất.",
    )


def coverage_chart(completion: Completion) -> Chart | None:
    """Counts by group: met, not met, without data. Says where figures are missing; None without groups."""
    groups = [(plan.id, g) for plan in completion.in_force for g in plan.groups if g.rate.total and not g.commitments]
    if not groups:
        return None
    height = 0.46 * len(groups) + 1.0
    figure = _figure(height)
    axes = figure.add_axes((0.40, 0.30 / height, 0.57, 1 - 0.85 / height))
    largest = max(g.rate.total for _, g in groups)
    for position, (_, group) in enumerate(reversed(groups)):
        left = 0
        for count, look in _parts(group):
            axes.barh(
                position,
                count,
                left=left,
                height=0.62,
                linewidth=1,
                **look,
            )
            if count:
                axes.text(
                    left + count / 2,
                    position,
                    str(count),
                    ha="center",
                    va="center",
                    fontsize=9,
                    color="white" if look is _MET_LOOK else INK,
                )
            left += count
    axes.set_yticks(range(len(groups)), [_group_label(g) for _, g in reversed(groups)])
    axes.set_xlim(0, largest * 1.02)
    axes.set_xticks([])
    _plain(axes)
    handles = [_patch(look) for look in (_MET_LOOK, _NOT_MET_LOOK, _ABSENT_LOOK)]
    figure.legend(
        handles,
        ["đạt", "chưa đạt", "chưa có số liệu"],
        loc="upper left",
        ncols=3,
        frameon=False,
        fontsize=9,
        bbox_to_anchor=(0.39, 1.0),
    )
    empty = [g for _, g in groups if g.rate.absent == g.rate.total]
    finding = (
        f"{len(empty)} trên {len(groups)} nhóm chưa có số liệu nào"
        if empty
        else f"cả {len(groups)} nhóm đều có số liệu"
    )
    return Chart(
        _svg(figure),
        f"{finding}; tổng cộng {completion.rate.absent} trên {completion.rate.total} chỉ tiêu chưa có số liệu.",
        "Số chỉ tiêu của từng nhóm, theo tình trạng.",
    )


def _parts(group: GroupResult) -> list[tuple[int, dict[str, Any]]]:
    rate = group.rate
    return [
        (rate.met, _MET_LOOK),
        (rate.not_met, _NOT_MET_LOOK),
        (rate.absent + rate.undecidable, _ABSENT_LOOK),
    ]


def _drawable(row: IndicatorResult) -> bool:
    exact = row.observation.value.exact if row.observation and row.observation.value else None
    bound = row.target.bound if row.target else None
    return row.counted and row.unit.startswith("%") and exact is not None and bound is not None


def _value(row: IndicatorResult) -> float:
    value = row.observation.value if row.observation else None
    return float(value.exact) if value and value.exact is not None else 0.0


def _bound(row: IndicatorResult) -> float:
    bound = row.target.bound if row.target else None
    return float(bound) if bound is not None else 0.0


def _short(name: str, longest: int = 46) -> str:
    """A name cut at a word, for an axis; the table beside the chart has it in full."""
    text = name.removeprefix("Tỷ lệ ").strip()
    text = text[:1].upper() + text[1:]
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0].rstrip(" ,;(") + "…"


def _group_label(group: GroupResult) -> str:
    label = f"{group.annex} {group.no}".strip()
    return f"{label}. {_short(group.title, 40)}"


def _figure(height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(9, height), facecolor="white")


def _plain(axes: Any) -> None:
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=9, labelcolor=INK)
    axes.tick_params(axis="x", labelcolor=MUTED)
    axes.set_axisbelow(True)


def _patch(look: dict[str, Any]) -> Any:
    from matplotlib.patches import Patch

    return Patch(**look)


def _svg(figure: Figure) -> bytes:
    """SVG that is the same bytes every time: no date, fixed ids, text as text."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().replace(f"'{_MEASURED}'", _SHOWN).encode()


def charts(completion: Completion) -> Sequence[Chart]:
    """The charts that say something about this report: gaps where there are figures, else what is missing."""
    import matplotlib

    with matplotlib.rc_context(_THEME):
        return [chart for chart in (gap_chart(completion), coverage_chart(completion)) if chart]
