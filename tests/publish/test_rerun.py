from pathlib import Path

import pytest

from pipeline.errors import MismatchError, NoInputError
from pipeline.inputs.draft import KNOWN, MARK
from pipeline.paths import CODE, Layout
from pipeline.publish import rerun as module
from pipeline.publish.manifest import read_recorded
from pipeline.publish.rerun import recorded_run, unpack
from pipeline.publish.store import Store
from pipeline.steps import Run
from tests.run.filled import publish


@pytest.fixture
def layout_with_run(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv(KNOWN, "")
    publish(Run.open("bach-long-vi", "2025", layout=layout), "one")
    return layout


@pytest.mark.parametrize("changed", ["", "pipeline/report/page.py"])
def test_all_that_made_it_lies_at_its_place_again_and_nothing_else(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    monkeypatch.setenv(KNOWN, changed)
    publish(Run.open("bach-long-vi", "2025", layout=layout), "one")
    recorded = recorded_run(layout, "bach-long-vi", "2025", "")
    place = tmp_path / "place"
    unpack(recorded, Store(layout.store), place)
    lying = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    assert lying - {MARK} == set(recorded.needed)
    for name in ("pipeline/report/page.py", "pipeline/cli.py"):  # an input, and what only runs the notebooks
        assert (place / name).read_bytes() == (CODE / name).read_bytes()
    assert (MARK in lying) == bool(changed)


def test_a_missing_input_stops_it(layout_with_run: Layout, tmp_path: Path) -> None:
    recorded = recorded_run(layout_with_run, "bach-long-vi", "2025", "")
    store = Store(layout_with_run.store)
    store.path(recorded.inputs["data/raw/concepts.yaml"]).unlink()
    with pytest.raises(MismatchError, match=r"reports/\.store/"):
        unpack(recorded, store, tmp_path / "place")


def test_without_a_report_the_remedy_is_named(layout: Layout) -> None:
    with pytest.raises(NoInputError, match="make report LOCALITY=cat-hai PERIOD=2025"):
        recorded_run(layout, "cat-hai", "2025.known-2025-06-01", "")


def test_an_edition_of_python_that_is_not_here_is_named(
    layout_with_run: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    recorded = dataclasses.replace(read_recorded(layout_with_run.report("bach-long-vi", "2025")), python="3.99")
    with pytest.raises(NoInputError, match=r"python3\.99"):
        module._interpreter(recorded, tmp_path, print)
