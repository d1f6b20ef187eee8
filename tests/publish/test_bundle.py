"""Bundles: everything is in them, the same bytes each time, and none that was tampered with is opened."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import CannotCreateError, DataError, MismatchError
from pipeline.inputs.describe import hash_notebook
from pipeline.inputs.draft import KNOWN
from pipeline.paths import Layout
from pipeline.publish.bundle import foreign_code, make_bundle, opened
from pipeline.publish.log import Log
from pipeline.publish.manifest import Recorded, faults_of, read_recorded
from pipeline.publish.store import Store
from pipeline.steps import Run
from tests.run.filled import issued_and_replaced


@pytest.fixture
def run(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv(KNOWN, "")
    return issued_and_replaced(layout)


@pytest.fixture
def bundle(run: Run, tmp_path: Path) -> Path:
    return make_bundle(run.layout, read_recorded(run.report), tmp_path / "x.zip")


def _contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_everything_that_is_recorded_is_in_it(run: Run, bundle: Path) -> None:
    recorded, contents = read_recorded(run.report), _contents(bundle)
    for name, path in ((f"report/{p.name}", p) for p in run.report.iterdir()):
        assert contents[name] == path.read_bytes()
    store = Store(run.layout.store)
    for name, sha256 in recorded.needed.items():
        assert contents[f"inputs/{name}"] == store.read(sha256)
    assert any(name.startswith("inputs/reports/.issued/") for name in contents)
    assert "inputs/pipeline/publish/bundle.py" in contents  # no input, but making it again takes it
    assert recorded.run in contents["DOC-TRUOC.txt"].decode("utf-8-sig")
    (line,) = contents["log.jsonl"].splitlines()
    assert json.loads(line)["action"] == "replaced"


def test_the_same_run_gives_the_same_bytes(run: Run, bundle: Path, tmp_path: Path) -> None:
    again = make_bundle(run.layout, read_recorded(run.report), tmp_path / "other.zip")
    assert again.read_bytes() == bundle.read_bytes()
    for _ in range(2):  # the place it has by itself is written again
        own = make_bundle(run.layout, read_recorded(run.report))
    assert own.read_bytes() == bundle.read_bytes()
    assert own.parent == run.work
    with pytest.raises(CannotCreateError):
        make_bundle(run.layout, read_recorded(run.report), bundle)


def test_a_former_run_is_bundled_with_its_signatures(run: Run, tmp_path: Path) -> None:
    (former,) = run.layout.former.iterdir()
    path = make_bundle(run.layout, read_recorded(former), tmp_path)
    assert path.name == f"bach-long-vi-2025-{former.name[:8]}.zip"
    contents = _contents(path)
    assert json.loads(contents["report/sign-off.json"])["run"] == former.name
    actions = [json.loads(line)["action"] for line in contents["log.jsonl"].splitlines()]
    assert actions == ["published", "signed-off", "signed-off", "replaced"]


def test_opened_it_is_a_project_with_that_run_alone(run: Run, bundle: Path) -> None:
    recorded = read_recorded(run.report)
    with opened(bundle) as (layout, found):
        assert found.run == recorded.run
        assert not list(faults_of(found))
        assert Log(layout.log).mentions(found.run)
        assert set(Store(layout.store).digests()) == set(found.needed.values())
        assert not foreign_code(found)
        root = layout.root
    assert not root.exists()


def test_nothing_that_was_altered_is_bundled(run: Run, tmp_path: Path) -> None:
    recorded = read_recorded(run.report)
    (run.report / "completion.json").write_text("{}", "utf-8")
    with pytest.raises(MismatchError, match=r"completion\.json"):
        make_bundle(run.layout, recorded, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_nor_one_with_an_input_that_is_gone(run: Run, tmp_path: Path) -> None:
    recorded = read_recorded(run.report)
    Store(run.layout.store).path(recorded.lock).unlink()
    with pytest.raises(MismatchError, match=recorded.lock):
        make_bundle(run.layout, recorded, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def _altered(bundle: Path, alter: Callable[[dict[str, bytes]], None]) -> Path:
    contents = _contents(bundle)
    alter(contents)
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return bundle


def _manifest(contents: dict[str, bytes], alter: Callable[[dict[str, dict[str, str]]], None]) -> None:
    manifest = json.loads(contents["report/manifest.json"])
    alter(manifest["inputs"])
    contents["report/manifest.json"] = json.dumps(manifest).encode()


LOCK = "inputs/requirements.lock"
TAMPERED: dict[str, Callable[[dict[str, bytes]], object]] = {
    "an input changed": lambda c: c.update({LOCK: c[LOCK] + b"\n"}),
    "an input gone": lambda c: c.pop(LOCK),
    "an input more": lambda c: c.update({"inputs/pipeline/more.py": b"import os"}),
    "a file more": lambda c: c.update({"tools/x.py": b""}),
    "no manifest": lambda c: c.pop("report/manifest.json"),
    "a manifest that is none": lambda c: c.update({"report/manifest.json": b"{}"}),
    "a locality that leads out": lambda c: _manifest(c, lambda i: i["parameters"].update(locality="..")),
    "a locality that is an option": lambda c: _manifest(c, lambda i: i["parameters"].update(locality="--help")),
    "a period that leads out": lambda c: _manifest(c, lambda i: i["parameters"].update(period="2025/../..")),
    "a day that leads out": lambda c: _manifest(c, lambda i: i["parameters"].update(known_at="/x")),
    "an input that leads out": lambda c: _manifest(c, lambda i: i["shared"]["lock"].update(path="../x")),  # type: ignore[index,attr-defined]
}


@pytest.mark.parametrize("name", TAMPERED)
def test_one_that_was_tampered_with_is_not_opened(bundle: Path, name: str) -> None:
    _altered(bundle, lambda contents: void(TAMPERED[name](contents)))
    with pytest.raises((MismatchError, DataError)), opened(bundle):
        pytest.fail("opened")


def void(value: object) -> None:
    """For a lambda that gives something back."""


def test_an_output_that_was_changed_is_for_the_audit_to_tell(bundle: Path) -> None:
    _altered(bundle, lambda contents: contents.update({"report/completion.json": b"{}"}))
    with opened(bundle) as (_, found):
        assert list(faults_of(found)) == ["completion.json: nội dung đã đổi so với bản kê"]


def test_code_that_is_not_that_of_this_checkout_is_named() -> None:
    none, notebook = "0" * 64, "notebooks/report.ipynb"
    inputs = {"pipeline/__init__.py": none, "data/raw/x.csv": none, "reports/.issued/x": none}
    recorded = Recorded(Path(), "", inputs=inputs, program={"pipeline/gone.py": none, "pipeline/cli.py": none})
    assert foreign_code(recorded) == ["pipeline/__init__.py", "pipeline/cli.py", "pipeline/gone.py"]
    assert foreign_code(Recorded(Path(), "", inputs={notebook: hash_notebook(notebook).sha256})) == []
