"""The judged values as SDMX-CSV 2.0 (sdmx.org), which statistics offices exchange; one row per indicator of a plan.

Of plans in force only. Structure and agency are ours and in no registry: docs/sdmx.md says every column and code.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.completion.statuses import PlanState
from pipeline.intake.rows import Absence
from pipeline.plans.models import Kind
from pipeline.plans.periods import Period

STRUCTURE = {"STRUCTURE": "dataflow", "STRUCTURE_ID": "VN_DTP:DF_PLAN_RESULTS(1.0)", "ACTION": "R"}
DIMENSIONS = ("REF_AREA", "INDICATOR", "SCOPE", "PLAN_ROW", "TIME_PERIOD", "RELEASE")
"""Together they name an observation."""
ATTRIBUTES = ("OBS_STATUS", "UNIT", "VALUE_LOW", "VALUE_HIGH", "DATA_DATE", "ASSESSMENT", "SYNTHETIC")
COLUMNS = (*STRUCTURE, *DIMENSIONS, "OBS_VALUE", *ATTRIBUTES)
NEEDS = (
    *("locality", "period", "synthetic", "kind", "plan_state", "concept", "scope", "code", "value", "low", "high"),
    *("absence", "as_of", "unit", "status"),
)
"""The columns of `indicators` that are read here."""
NORMAL, BOUND_ONLY = "A", "O"
"""Codes of CL_OBS_STATUS: a value; a value of which only a bound is known, so that OBS_VALUE is missing."""
OBS_STATUS: dict[Absence, str] = {
    Absence.NOT_SUBMITTED: "L",  # the data exist, but were not collected
    Absence.NOT_DUE: "O",  # missing, for none of the other reasons
    Absence.NOT_APPLICABLE: "M",  # the data cannot exist
    Absence.QUARANTINED: "Q",  # there is a value, and it is not given
}
"""Why there is no value, in the codes of CL_OBS_STATUS."""
NO_SCOPE = "_Z"
"""Not applicable, as SDMX writes it."""


def write_sdmx(indicators: Iterable[Mapping[str, Any]], codes: Mapping[str, str], path: Path) -> None:
    """Write the file of one partition; `codes` gives the official code of each locality."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_observations(indicators, codes))


def time_period(period: Period) -> str:
    """As SDMX writes it: a year, half-year, quarter or month, and nine months as a range."""
    if period.part == "9M":
        return f"{period.year}-01-01/P9M"
    part = "" if period.final else period.part.replace("H", "S")
    return f"{period.year}-{part}" if part else str(period.year)


def _observations(indicators: Iterable[Mapping[str, Any]], codes: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for row in indicators:
        if row["kind"] == Kind.INDICATOR and row["plan_state"] == PlanState.IN_FORCE and row["concept"]:
            yield _observation(row, codes[row["locality"]])


def _observation(row: Mapping[str, Any], code: str) -> dict[str, str]:
    period = Period.parse(row["period"])
    return {
        **STRUCTURE,
        "REF_AREA": code,
        "INDICATOR": row["concept"],
        "SCOPE": row["scope"] or NO_SCOPE,
        "PLAN_ROW": row["code"],
        "TIME_PERIOD": time_period(period),
        "RELEASE": "F" if period.final else "P",
        "OBS_VALUE": _number(row["value"]),
        "OBS_STATUS": _status(row),
        "UNIT": row["unit"] or "",
        "VALUE_LOW": _number(row["low"]),
        "VALUE_HIGH": _number(row["high"]),
        "DATA_DATE": row["as_of"].date().isoformat() if row["as_of"] else "",
        "ASSESSMENT": row["status"],
        "SYNTHETIC": "true" if row["synthetic"] else "false",
    }


def _status(row: Mapping[str, Any]) -> str:
    if row["absence"]:
        return OBS_STATUS[Absence(row["absence"])]
    return NORMAL if row["value"] is not None else BOUND_ONLY


def _number(value: float | None) -> str:
    """Without an exponent, as numbers are printed."""
    return "" if value is None else f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
