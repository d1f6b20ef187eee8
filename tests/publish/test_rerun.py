from pathlib import Path

import pytest

from pipeline.errors import MismatchError, NoInputError
from pipeline.paths import CODE, Layout
from pipeline.publish import rerun as module
from pipeline.publish.manifest import Manifest, describe_inputs, keep_inputs
from pipeline.publish.recorded import read_recorded
from pipeline.publish.rerun import recorded_run, unpack
from pipeline.publish.store import Store
from pipeline.steps import Run, to_json


@pytest.fixture
def layout_with_run(layout: Layout) -> Layout:
    run = Run.open("bach-long-vi", "2025", layout=layout)
    inputs = describe_inputs(run)
    keep_inputs(layout, inputs)
    run.report.mkdir(parents=True)
    manifest = Manifest(input_id=inputs.id, inputs=inputs, outputs=())
    (run.report / "manifest.json").write_text(to_json(manifest), "utf-8")
    return layout


def test_every_input_lies_at_its_place_again_and_nothing_else(layout_with_run: Layout, tmp_path: Path) -> None:
    recorded = recorded_run(layout_with_run, "bach-long-vi", "2025", "")
    place = tmp_path / "place"
    unpack(recorded, Store(layout_with_run.store), place)
    lying = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    assert lying - {"uncommitted.diff"} == set(recorded.inputs)
    assert (place / "pipeline" / "cli.py").read_bytes() == (CODE / "pipeline" / "cli.py").read_bytes()
    assert ("uncommitted.diff" in lying) == bool(recorded.draft)


def test_a_missing_input_stops_it(layout_with_run: Layout, tmp_path: Path) -> None:
    recorded = recorded_run(layout_with_run, "bach-long-vi", "2025", "")
    store = Store(layout_with_run.store)
    store.path(recorded.inputs["data/raw/concepts.yaml"]).unlink()
    with pytest.raises(MismatchError, match=r"reports/\.store/"):
        unpack(recorded, store, tmp_path / "place")


def test_without_a_report_the_remedy_is_told(layout: Layout) -> None:
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
