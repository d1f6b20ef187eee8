"""What other places of one kind have published for a period (nơi cùng loại), from the data set in `reports/data`.

They are the communes, wards or special zones of the same province, or the other provinces. Where the data set has
nothing of the period, or cannot be read, there are none, and nothing is asked.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from pathlib import Path

from pipeline.plans.models import Locality
from pipeline.plans.registry import Registry
from pipeline.senders.outliers import Thing

_COLUMNS = ["locality", "concept", "unit", "scope", "value", "synthetic"]


def published_peers(dataset: Path, registry: Registry, place: Locality, period: str) -> dict[Thing, dict[str, Decimal]]:
    """The values of other places of the kind of `place`, by what they measure.

    Made-up places are peers of made-up ones only. Of two rows of one place for one thing, the first by code counts.
    """
    synthetic = any(plan.synthetic for plan in registry.plans_of(place.slug))
    alike = {row.slug for row in registry.localities.rows if row.type == place.type and row.parent == place.parent}
    found = dict[Thing, dict[str, Decimal]]()
    for path in sorted((dataset / "indicators").glob(f"{place.parent or '*'}/{period}.parquet")):
        for slug, concept, unit, scope, value, made_up in _rows(path):
            if slug in alike and slug != place.slug and bool(made_up) is synthetic:
                found.setdefault((concept, unit or "", scope or ""), {}).setdefault(slug, Decimal(str(value)))
    return found


def _rows(path: Path) -> list[tuple[str, str, str, str, object, object]]:
    import pandas as pd

    with suppress(OSError, ValueError, ImportError):
        frame = pd.read_parquet(path, columns=_COLUMNS)
        return list(frame[frame["value"].notna()].itertuples(index=False, name=None))
    return []
