"""Rows accepted of rows asked (dòng được nhận, dòng được hỏi), as the data set counts them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.due.timeliness import RowsAsked
from pipeline.paths import Layout
from pipeline.plans.periods import Period


def rows_by_report(layout: Layout, periods: Iterable[Period]) -> dict[tuple[str, Period, str], RowsAsked]:
    """By locality and period, with '' for the agency; of reports that are in the data set. No report is opened."""
    found = dict[tuple[str, Period, str], RowsAsked]()
    for period in periods:
        for path in sorted((layout.dataset / "localities").glob(f"*/{period}.parquet")):
            for locality, asked, absent in _counts(path):
                if asked is not None:
                    found[locality, period, ""] = RowsAsked(asked - (absent or 0), asked)
    return found


def _counts(path: Path) -> list[tuple[str, int | None, int | None]]:
    """Locality, counted rows, and those of them without a value; nothing of a file that cannot be read."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path, columns=["locality", "total", "absent"], partitioning=None)
    except (OSError, pa.ArrowException):
        return []
    return [(row["locality"], row["total"], row["absent"]) for row in table.to_pylist()]
