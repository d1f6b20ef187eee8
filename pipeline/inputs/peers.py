"""What other places of one kind have published for a period (nơi cùng loại), from the data set in `reports/data`.

They are the communes, wards or special zones of the same province, or the other provinces. Where the data set has
nothing of the period, or cannot be read, there are none.

    reports/.peers/<locality>/<period>.csv

A report keeps the values that stood there when it was made, as an input of its own: a later change of the data set
makes no report stale, and a report made again from its recorded inputs shows the same peers.
"""

from __future__ import annotations

import csv
import io
import operator
import os
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipeline.paths import Layout
from pipeline.plans.models import Locality
from pipeline.plans.registry import Registry
from pipeline.steps import Run
from pipeline.whole import open_ordinary, ordinary_text, write_whole

Thing = tuple[str, str, str]
"""Concept, unit and scope: what values of several places measure alike."""
Peers = Mapping[Thing, Mapping[str, Decimal]]
"""For each thing the published value of other places, by the name of the place."""
NO_PEERS: Peers = {}
_THING = ("concept", "unit", "scope")
_COLUMNS = ("locality", *_THING, "value", "synthetic")


def published_peers(dataset: Path, registry: Registry, place: Locality, period: str) -> dict[Thing, dict[str, Decimal]]:
    """The values of other places of the kind of `place`, by what they measure.

    Made-up places are peers of made-up ones only. Of two rows of one place for one thing, the first by code counts.
    """
    synthetic = any(plan.synthetic for plan in registry.plans_of(place.slug))
    alike = {row.slug for row in registry.localities.rows if row.type == place.type and row.parent == place.parent}
    found = dict[Thing, dict[str, Decimal]]()
    for path in _tables(dataset, place, period):
        for slug, concept, unit, scope, value, made_up in _rows(path):
            if slug in alike and slug != place.slug and (made_up == "true") is synthetic:
                found.setdefault((concept, unit, scope), {}).setdefault(slug, Decimal(value))
    return found


def peers_file(layout: Layout, parameters: Mapping[str, str]) -> Path | None:
    """Where a report keeps its peers. What is made as known on an earlier day has none: values have no such day."""
    if parameters["known_at"]:
        return None
    return Path(f"{layout.peers}/{parameters['locality']}/{parameters['period']}.csv")


def keep_peers(run: Run) -> bool:
    """Write what the report shows of its peers, as the data set stands now; without a data set what is kept stays.

    Gives whether that is something else than before. Only what the plans of the place measure is kept. Raises DataError
    for faults in the plans.
    """
    layout, period = run.layout, str(run.period)
    path = peers_file(layout, run.parameters)
    if path is None or not (layout.dataset / "csv").is_dir():
        return False
    kept = dict[Thing, dict[str, Decimal]]()
    if any(_tables(layout.dataset, run.locality, period)):
        plans = run.registry.plans_of(run.locality.slug)
        wanted = {(row.concept, row.unit, row.scope) for plan in plans for row in plan.indicators}
        found = published_peers(layout.dataset, run.registry, run.locality, period)
        named = run.registry.localities.by_slug
        for thing in sorted(found.keys() & wanted):
            kept[thing] = {named[slug].full_name: value for slug, value in found[thing].items()}
    now, before = _table(kept).encode() if kept else b"", path.read_bytes() if path.is_file() else b""
    if now == before:
        return False
    if kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, now)
    else:
        path.unlink()
    return True


def kept_peers(path: Path | None) -> Peers:
    """The values that a report keeps; none where it keeps none."""
    if path is None or not path.is_file():
        return NO_PEERS
    head, *rows = csv.reader(io.StringIO(ordinary_text(path)))
    places = head[len(_THING) :]
    found = dict[Thing, dict[str, Decimal]]()
    for concept, unit, scope, *values in rows:
        known = {name: Decimal(value) for name, value in zip(places, values, strict=True) if value}
        found[concept, unit, scope] = known
    return found


def _tables(dataset: Path, place: Locality, period: str) -> list[Path]:
    """The tables as CSV: to import pyarrow takes longer than to read them, in every report."""
    return sorted((dataset / "csv" / "indicators").glob(f"{place.parent or '*'}/{period}.csv"))


def _table(peers: Peers) -> str:
    """A line for each thing, a column for each place."""
    places = sorted({name for values in peers.values() for name in values})
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_THING, *places])
    writer.writerows([*thing, *(str(values.get(name, "")) for name in places)] for thing, values in peers.items())
    return text.getvalue()


def _rows(path: Path) -> Iterator[tuple[str, ...]]:
    """The cells of the rows that have a value; of a table that cannot be read none.

    Row by row: the table of a large province has 6,000, and as one text takes 20 MB.
    """
    try:
        with os.fdopen(open_ordinary(path), encoding="utf-8-sig", newline="") as file:
            table = csv.reader(file)
            head = next(table, [])
            cells = operator.itemgetter(*map(head.index, _COLUMNS))
            rows = [row for row in map(cells, table) if _is_number(row[4])]
    except (OSError, ValueError, IndexError, csv.Error):
        return
    yield from rows


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
