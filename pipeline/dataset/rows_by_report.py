"""Rows accepted of rows asked (dòng được nhận, dòng được hỏi), as the data set counts them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from pipeline.dataset.arrow_files import read_files
from pipeline.due.timeliness import RowsAsked
from pipeline.paths import Layout
from pipeline.plans.periods import Period


def rows_by_report(layout: Layout, periods: Iterable[Period]) -> dict[tuple[str, Period, str], RowsAsked]:
    """By locality and period, with '' for the agency; of reports that are in the data set. No report is opened."""
    found = dict[tuple[str, Period, str], RowsAsked]()
    for period in periods:
        for path in sorted((layout.dataset / "localities").glob(f"*/{period}.parquet")):
            for row in _read(path, ["locality", "total", "absent"]):
                if row["total"] is not None:
                    found[row["locality"], period, ""] = RowsAsked(row["total"] - row["absent"], row["total"])
    return found


def agency_rows(layout: Layout, periods: Iterable[Period]) -> dict[tuple[str, Period, str], RowsAsked]:
    """By locality, period and lead agency: its counted rows, and those of them with a value of the period."""
    counts = dict[tuple[str, Period, str], list[int]]()
    for period in periods:
        for path in sorted((layout.dataset / "indicators").glob(f"*/{period}.parquet")):
            for row in _read(path, ["locality", "lead", "counted", "absence"]):
                for agency in str(row["lead"] or "").split("; ") if row["counted"] and row["lead"] else ():
                    both = counts.setdefault((row["locality"], period, agency), [0, 0])
                    both[0] += row["absence"] is None
                    both[1] += 1
    return {key: RowsAsked(accepted, asked) for key, (accepted, asked) in counts.items()}


def _read(path: Path, columns: list[str]) -> list[dict[str, Any]]:
    """The rows of a file; none of one that cannot be read."""
    from pyarrow import ArrowException

    try:
        return cast("list[dict[str, Any]]", read_files([path], columns).to_pylist())
    except (OSError, ArrowException):
        return []
