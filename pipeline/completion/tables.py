"""What the computation notebook shows of a completion record, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion

if TYPE_CHECKING:
    import pandas as pd


def rates(completion: Completion) -> pd.DataFrame:
    """One line for all plans together and one for each plan: the counts every rate is made of."""
    rows = [("tất cả kế hoạch còn hiệu lực", *_counts(completion.rate))]
    rows += [(plan.id, *_counts(plan.rate)) for plan in completion.plans]
    columns = ("kế hoạch", "được tính", "đạt", "chưa đạt", "không đủ căn cứ", "chưa có số liệu", "cận dưới", "cận trên")
    return _frame(columns, rows)


def indicators(completion: Completion) -> pd.DataFrame:
    """Every row of every plan with its target, value and status."""
    return _frame(
        ("kế hoạch", "số", "chỉ tiêu", "mục tiêu", "đến hạn", "giá trị", "đánh giá"),
        [
            (
                row.plan,
                row.key.label,
                row.name,
                row.target.text if row.target else "",
                str(row.target.due or "") if row.target else "",
                row.observation.text if row.observation else "",
                str(row.status),
            )
            for plan in completion.plans
            for row in plan.indicators
        ],
    )


def tasks(completion: Completion) -> pd.DataFrame:
    """Tasks by status; the counts add up to the number assigned."""
    counts = completion.task_counts
    return _frame(
        ("tình trạng", "số nhiệm vụ"),
        [*((str(s), n) for s, n in counts.by_status.items()), ("tổng số được giao", counts.assigned)],
    )


def _counts(rate: Rate) -> tuple[object, ...]:
    return (
        rate.total,
        rate.met,
        rate.not_met,
        rate.undecidable,
        rate.absent,
        f"{rate.met}/{rate.total}" if rate.total else "–",
        f"{rate.met_at_most}/{rate.total}" if rate.total else "–",
    )


def _frame(columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))
