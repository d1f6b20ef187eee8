"""The tables that suites judge: one row per submitted row, with the column names that the suites use.

Numbers are float64, NaN where there is none. Only the rules see them; accepted rows keep exact values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipeline.intake.interpret import Context, Read, ReadObservation, ReadReported, ReadTask
from pipeline.intake.rows import Absence, Basis, Observation
from pipeline.intake.values import COUNTING, Style, UnreadableError, claims_met, read_number
from pipeline.plans.text import name_key, plain

if TYPE_CHECKING:
    import pandas as pd

# A printed percentage agrees with its numerator and denominator if it is their quotient, cut off or rounded to the
# printed digits. Officials print at least one decimal.
ROUNDING = Decimal("0.1")
# A larger change between two reports needs a reason: in points for a percentage, in times for any other number.
JUMP_POINTS = 30
JUMP_TIMES = 3

_FAULTS = ("width", "cell", "number", "number-ambiguous", "date", "choice", "ambiguous-subject", "identity-agrees")


def observation_frame(rows: Sequence[ReadObservation], context: Context) -> pd.DataFrame:
    """Columns of `expectations/observations.json`."""
    start = context.period.start(context.registry.calendar)
    return _frame(
        [
            {
                **_common(row),
                "unknown": _unknown(row),
                "identity": f"{row.subject or row.row.origin.line}|{row.record.as_of}",
                "unit_agrees": row.unit_agrees or row.subject is None,
                "stated": row.stated,
                "low": _float(_lowest(row)),
                "share": _float(_lowest(row) if _is_share(row) else None),
                "high": _float(row.record.value.high if row.record.value else None),
                "numerator": _float(row.record.numerator),
                "denominator": _float(row.record.denominator),
                "quotient_gap": _float(_quotient_gap(row)),
                "count_fraction": _count_fraction(row),
                "likely_fraction": _likely_fraction(row),
                "days_after_cut_off": float((row.record.as_of - context.cut_off).days),
                "days_before_start": float((start - row.record.as_of).days),
                "as_of": row.row.cells["as_of"] or None,
                "basis": row.row.cells["basis"] or None,
                "value_in_words": row.row.cells["value_printed"] or None,
                "source": row.row.cells["source"] or None,
                "reason_given": row.record.absence is not Absence.NOT_APPLICABLE or bool(row.row.cells["note"]),
                "evidence_given": not claims_met(row.row.cells["claim"]) or bool(row.row.cells["evidence"]),
                "computed": "tử số / mẫu số" if row.computed else None,
                "jump": _jump(row),
                "fell_by": _fell_by(row, context),
                "basis_before": _basis_before(row),
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
                "unknown": _unknown(row),
                "identity": row.subject or f"dòng {row.row.origin.line}",
                "days_started_to_finished": _days(row.days["started_on"], row.days["finished_on"]),
                "days_after_cut_off": max(
                    (float((day - context.cut_off).days) for day in row.days.values() if day), default=float("nan")
                ),
                "reason_given": row.days["suspended_on"] is None or bool(row.row.cells["note"]),
                "evidence_given": row.days["finished_on"] is None
                or any(row.row.cells[column] for column in ("evidence", "product")),
                "source": row.row.cells["source"] or None,
            }
            for row in rows
        ]
    )


def reported_frame(rows: Sequence[ReadReported], context: Context) -> pd.DataFrame:
    """Columns of `expectations/reported.json`."""
    units: dict[str, set[str]] = {}
    for row in rows:
        units.setdefault(name_key(row.row.cells["name"]), set()).add(name_key(row.row.cells["unit"]))
    gaps = dict(_sum_gaps(rows, context))
    return _frame(
        [
            {
                **_common(row),
                "name": row.row.cells["name"] or None,
                "value": row.row.cells["value"] or None,
                "source": row.row.cells["source"] or None,
                "numerator": _float(row.record.numerator),
                "denominator": _float(row.record.denominator),
                "units": float(len(units[name_key(row.row.cells["name"])])),
                "sum_gap": gaps.get(row.row.origin.line),
            }
            for row in rows
        ]
    )


def _common(row: Read[Any]) -> dict[str, object]:
    faults = {fault.rule: fault.reason for fault in reversed(row.faults)}
    return {
        "row_id": row.row.origin.line,
        **{f"fault_{rule.replace('-', '_')}": faults.get(rule) for rule in _FAULTS},
        "renamed": row.renamed or None,
        "hidden": "dòng ẩn trong sổ" if row.row.hidden else None,
        "inferred": "; ".join(row.inferred) or None,
    }


def _unknown(row: Read[Any]) -> str | None:
    """Why there is no such indicator or task; ambiguous and contradictory ones have rules of their own."""
    if row.subject is not None or any(f.rule in ("ambiguous-subject", "identity-agrees") for f in row.faults):
        return None
    return next((f.reason for f in row.faults if f.rule == "known-subject"), "không có trong danh mục khái niệm")


_NUMBERS = ("low", "share", "high", "numerator", "denominator", "quotient_gap", "days_", "units", "fell_by")
_TRUTHS = ("unit_agrees", "stated", "reason_given", "evidence_given")


def _frame(records: list[dict[str, object]]) -> pd.DataFrame:
    """Text, except for the columns named above: pandas guesses no type, not even of an empty column."""
    import pandas as pd

    frame = pd.DataFrame(records, dtype="object")
    numbers = dict.fromkeys((c for c in frame.columns if c.startswith(_NUMBERS)), "float64")
    truths = dict.fromkeys((c for c in frame.columns if c in _TRUTHS), "bool")
    return frame.astype({"row_id": "int64", **numbers, **truths})


def _is_share(row: ReadObservation) -> bool:
    return row.record.unit.startswith("%")


def _lowest(row: ReadObservation) -> Decimal | None:
    """The value, or whichever bound is known."""
    value = row.record.value
    if value is None:
        return None
    return value.low if value.low is not None else value.high


def _quotient_gap(row: ReadObservation) -> Decimal | None:
    """How far a printed percentage is from numerator / denominator, beyond rounding; None unless all are known."""
    value, numerator, denominator = _exact(row.record), row.record.numerator, row.record.denominator
    if value is None or numerator is None or not denominator or not _is_share(row):
        return None
    return max(abs(value - 100 * numerator / denominator) - ROUNDING, Decimal(0))


def _count_fraction(row: ReadObservation) -> str | None:
    """The value, where a count is not whole."""
    low = _lowest(row)
    counted = name_key(row.record.unit) in COUNTING and low is not None
    return "có phần lẻ" if counted and low is not None and low != low.to_integral_value() else None


def _likely_fraction(row: ReadObservation) -> str | None:
    """A percentage between 0 and 1: 0.8278 is how a spreadsheet holds 82,78 %."""
    low = _lowest(row)
    if not _is_share(row) or row.computed or low is None or not 0 < low < 1:
        return None
    return f"hay là {plain(100 * low).replace('.', ',')} %?"


def _jump(row: ReadObservation) -> str | None:
    """The earlier value, where the new one is implausibly far from it."""
    value, last = _exact(row.record), _exact(row.last)
    if value is None or last is None:
        return None
    if _is_share(row):
        return _before(last) if abs(value - last) > JUMP_POINTS else None
    far = last > 0 and value > 0 and max(value / last, last / value) > JUMP_TIMES
    return _before(last) if far else None


def _before(value: Decimal) -> str:
    return f"kỳ trước: {plain(value).replace('.', ',')}"


def _fell_by(row: ReadObservation, context: Context) -> float:
    """By how much a cumulative value fell within one reporting year; NaN where it may fall."""
    now, last = row.record, row.last
    value, before = _exact(now), _exact(last)
    # Shares may fall as their whole grows; sums cannot.
    if last is None or value is None or before is None or _is_share(row):
        return float("nan")
    if not now.basis is last.basis is Basis.CUMULATIVE:
        return float("nan")
    calendar = context.registry.calendar
    same_year = calendar.reporting_year(now.as_of) == calendar.reporting_year(last.as_of)
    return float(before - value) if same_year and now.as_of >= last.as_of else float("nan")


def _basis_before(row: ReadObservation) -> str | None:
    now, last = row.record.basis, row.last.basis if row.last else None
    return f"kỳ trước: {last}" if last and now and last is not now else None


def _exact(observation: Observation | None) -> Decimal | None:
    return observation.value.exact if observation and observation.value else None


def _sum_gaps(rows: Sequence[ReadReported], context: Context) -> Iterator[tuple[int, str]]:
    """Line of a total → how it misses the sum of its parts, where the table holds them all."""
    named = {name_key(row.row.cells["name"]): row for row in rows}
    for total in context.registry.sums:
        whole = named.get(name_key(total.whole))
        parts = [named.get(name_key(part)) for part in total.parts]
        values = [_reported_value(row) for row in (whole, *parts)]
        if whole is None or any(value is None for value in values):
            continue
        first, *rest = [value for value in values if value is not None]
        if sum(rest) != first:
            written = " + ".join(row.row.cells["value"] for row in parts if row)
            yield whole.row.origin.line, f"{written} = {sum(rest)}, không phải {whole.row.cells['value']}"


def _reported_value(row: ReadReported | None) -> Decimal | None:
    if row is None:
        return None
    try:
        return read_number(row.row.cells["value"], Style(row.row.cells["unit"]))
    except UnreadableError:
        return None


def _days(first: dt.date | None, last: dt.date | None) -> float:
    return float((last - first).days) if first and last else float("nan")


def _float(value: Decimal | None) -> float:
    return float("nan") if value is None else float(value)
