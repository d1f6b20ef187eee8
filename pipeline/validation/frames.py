"""The tables that suites judge: one row per submitted row, columns named as the suites name them.

Numbers come as float64 with NaN for none: only the rules see them so; accepted rows keep exact values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.submissions.interpret import Context, ReadObservation, ReadReported, ReadTask

if TYPE_CHECKING:
    import pandas as pd

Read = ReadObservation | ReadTask | ReadReported

# A printed rate agrees with its numerator and denominator if it is their quotient cut off or rounded
# to the digits printed; officials print at least one decimal of a per cent.
ROUNDING = Decimal("0.1")


def observation_frame(rows: Sequence[ReadObservation], context: Context) -> pd.DataFrame:
    """Columns of `expectations/observations.json`."""
    start = context.period.start(context.registry.calendar)
    return _frame(
        [
            {
                **_common(row),
                "subject": row.subject,
                "identity": f"{row.subject or row.row.origin.line}|{row.as_of}",
                "measure": "share" if row.row.cells["unit"].startswith("%") else "other",
                "unit_agrees": row.unit_agrees,
                "stated": row.stated,
                "low": _float(row.value.low if row.value else None),
                "high": _float(row.value.high if row.value else None),
                "numerator": _float(row.numerator),
                "denominator": _float(row.denominator),
                "quotient_gap": _float(_quotient_gap(row)),
                "days_after_cut_off": float((row.as_of - context.cut_off).days),
                "days_before_start": float((start - row.as_of).days),
                "as_of": row.row.cells["as_of"] or None,
                "value_in_words": row.row.cells["value_printed"] or None,
                "source": row.row.cells["source"] or None,
                "reason_given": row.row.cells["absence"] != "not-applicable" or bool(row.row.cells["note"]),
            }
            for row in rows
        ]
    )


def task_frame(rows: Sequence[ReadTask], context: Context) -> pd.DataFrame:
    """Columns of `expectations/tasks.json`."""
    return _frame(
        [
            {
                **_common(row),
                "subject": row.subject,
                "identity": row.subject or f"dòng {row.row.origin.line}",
                "days_started_to_finished": _days(row.started_on, row.finished_on),
                "days_after_cut_off": max(
                    (
                        float((day - context.cut_off).days)
                        for day in (row.started_on, row.finished_on, row.suspended_on, row.reported_on)
                        if day
                    ),
                    default=float("nan"),
                ),
                "reason_given": row.suspended_on is None or bool(row.row.cells["note"]),
                "source": row.row.cells["source"] or None,
            }
            for row in rows
        ]
    )


def reported_frame(rows: Sequence[ReadReported], context: Context) -> pd.DataFrame:
    """Columns of `expectations/reported.json`."""
    del context
    return _frame(
        [
            {
                **_common(row),
                "name": row.row.cells["name"] or None,
                "value": row.row.cells["value"] or None,
                "source": row.row.cells["source"] or None,
                "numerator": _float(row.numerator),
                "denominator": _float(row.denominator),
            }
            for row in rows
        ]
    )


def _common(row: Read) -> dict[str, object]:
    return {"row_id": row.row.origin.line, "unreadable": ", ".join(row.unreadable) or None}


def _frame(records: list[dict[str, object]]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame.from_records(records)
    # An all-empty text column would otherwise become float and fail rules about text.
    texts = ("unreadable", "subject", "as_of", "value_in_words", "source", "name", "value")
    return frame.astype({column: "object" for column in texts if column in frame})


def _quotient_gap(row: ReadObservation) -> Decimal | None:
    """How far a printed percentage lies from numerator / denominator, beyond rounding; None if not both known."""
    if row.value is None or row.value.exact is None or row.numerator is None or not row.denominator:
        return None
    if not row.row.cells["unit"].startswith("%"):
        return None
    gap = abs(row.value.exact - 100 * row.numerator / row.denominator)
    return max(gap - ROUNDING, Decimal(0))


def _days(first: dt.date | None, last: dt.date | None) -> float:
    return float((last - first).days) if first and last else float("nan")


def _float(value: Decimal | None) -> float:
    return float("nan") if value is None else float(value)
