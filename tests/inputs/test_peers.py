"""The peers of a report: taken from the data set when it is made, kept, and no reason to make it again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.inputs.describe import describe_inputs
from pipeline.inputs.draft import KNOWN
from pipeline.inputs.peers import keep_peers, kept_peers, peers_file
from pipeline.paths import Layout
from pipeline.plans.registry import Registry
from pipeline.steps import Run
from pipeline.whole import write_whole

HEAD = "locality,concept,unit,scope,value,synthetic"


@pytest.fixture(autouse=True)
def committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the checkout is at this moment."""
    monkeypatch.setenv(KNOWN, "")


def _publish(layout: Layout, *rows: str) -> None:
    """The data set of the country with these rows for the year 2025."""
    path = layout.dataset / "csv" / "indicators" / "31" / "2025.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, "\n".join([HEAD, *rows, ""]).encode())


def test_what_peers_had_published_is_kept_with_the_report(layout: Layout, registry: Registry) -> None:
    run = Run.open("binh-giang", "2025", layout=layout)
    file = peers_file(layout, run.parameters)
    assert not keep_peers(run)
    alone = describe_inputs(run)
    assert (alone.peers, kept_peers(file)) == ((), {})

    place = registry.locality("binh-giang")
    alike = [row for row in registry.localities.rows if (row.type, row.parent) == (place.type, place.parent)]
    first, second = [row for row in alike if row.slug != place.slug][:2]
    row = registry.plans_of("binh-giang")[0].indicators[0]
    thing = f"{row.concept},{row.unit},{row.scope}"
    _publish(
        layout, f"{first.slug},{thing},80.5,false", f"{second.slug},{thing},90,false", f"{second.slug},no,%,,1,false"
    )
    assert describe_inputs(run).id == alone.id  # the data set itself is no input
    assert keep_peers(run)
    assert not keep_peers(run)  # nothing has changed since
    kept = {(row.concept, row.unit, row.scope): {first.full_name: Decimal("80.5"), second.full_name: Decimal(90)}}
    assert kept_peers(file) == kept  # and of what no plan of the place measures nothing
    made = describe_inputs(run)
    assert [hashed.path for hashed in made.peers] == ["reports/.peers/binh-giang/2025.csv"]
    assert made.peers[0] in made.data
    assert made.id != alone.id

    _publish(layout, f"{first.slug},{thing},12,false")
    assert describe_inputs(run).id == made.id, "a later change of the data set makes no report stale"
    (layout.dataset / "csv" / "indicators" / "31" / "2025.csv").unlink()
    for folder in ("indicators/31", "indicators", ""):
        (layout.dataset / "csv" / folder).rmdir()
    assert not keep_peers(run)
    assert kept_peers(file) == kept, "in an audit there is no data set, and the recorded values stay"
    _publish(layout)
    assert keep_peers(run)
    assert describe_inputs(run).id == alone.id


def test_what_was_known_on_a_day_has_no_peers(layout: Layout) -> None:
    run = Run.open("binh-giang", "2025", "2026-01-01", layout=layout)
    assert peers_file(layout, run.parameters) is None
    assert describe_inputs(run).peers == ()
