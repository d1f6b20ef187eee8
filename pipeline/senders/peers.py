"""What other places of one kind have published for a period (nơi cùng loại), from the data set in `reports/data`.

They are the communes, wards or special zones of the same province, or the other provinces. Where the data set has
nothing of the period, or cannot be read, there are none, and nothing is asked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipeline.plans.models import Locality
from pipeline.plans.registry import Registry
from pipeline.senders.outliers import Thing
from pipeline.whole import ordinary_text

_COLUMNS = ("locality", "concept", "unit", "scope", "value", "synthetic")


def published_peers(dataset: Path, registry: Registry, place: Locality, period: str) -> dict[Thing, dict[str, Decimal]]:
    """The values of other places of the kind of `place`, by what they measure.

    Made-up places are peers of made-up ones only. Of two rows of one place for one thing, the first by code counts.
    """
    synthetic = any(plan.synthetic for plan in registry.plans_of(place.slug))
    alike = {row.slug for row in registry.localities.rows if row.type == place.type and row.parent == place.parent}
    found = dict[Thing, dict[str, Decimal]]()
    # The tables as CSV: to import pyarrow takes longer than to read them, in every report.
    for path in sorted((dataset / "csv" / "indicators").glob(f"{place.parent or '*'}/{period}.csv")):
        for slug, concept, unit, scope, value, made_up in _rows(path):
            if slug in alike and slug != place.slug and (made_up == "true") is synthetic:
                found.setdefault((concept, unit, scope), {}).setdefault(slug, Decimal(value))
    return found


def _rows(path: Path) -> Iterator[tuple[str, ...]]:
    """The cells of the rows that have a value; of a table that cannot be read none."""
    try:
        table = csv.DictReader(io.StringIO(ordinary_text(path)))
        rows = [tuple(row[column] or "" for column in _COLUMNS) for row in table]
    except (OSError, ValueError, KeyError, csv.Error):
        return
    yield from (row for row in rows if _is_number(row[4]))


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
