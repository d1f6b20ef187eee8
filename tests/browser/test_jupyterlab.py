"""Opening, running and saving the notebooks in JupyterLab does no harm; a changed cell does count."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.paths import CODE
from tests.browser.jupyterlab import in_lab, jupyterlab
from tests.checkout import checkout, commit, committed, for_make
from tests.e2e.conftest import run_make
from tests.factories import copy_raw

AUTOSAVE = int(os.environ.get("AUTOSAVE", "8"))
"""Seconds between two savings; JupyterLab's own are 120."""
ARGUMENTS = ("LOCALITY=cat-hai", "PERIOD=2025")
"""What the notebooks name themselves."""
STEPS = ("validate", "compute", "report")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_raw(tmp_path_factory.mktemp("project")).root


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A committed checkout in a folder with spaces, with the report that its notebooks make."""
    folder = committed(for_make(checkout(tmp_path_factory.mktemp("checkout") / "Báo cáo quý I")))
    shutil.copyfile(CODE / ".gitignore", folder / ".gitignore")
    commit(folder)
    _make(folder, root, "report")
    return folder


@pytest.fixture(scope="module")
def lab(code: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with jupyterlab(code, root, tmp_path_factory.mktemp("user"), AUTOSAVE) as address:
        yield address


def _make(code: Path, root: Path, verb: str) -> list[str]:
    answer = run_make(code, "-o", "environment", verb, *ARGUMENTS, PIPELINE_ROOT=str(root))
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.splitlines()


def _changed(code: Path) -> list[str]:
    status = subprocess.run(["git", "status", "--porcelain"], cwd=code, capture_output=True, text=True, check=True)
    return status.stdout.splitlines()


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("saving", ["save", "autosave"])
def test_running_and_saving_changes_nothing(saving: str, code: Path, root: Path, lab: str) -> None:
    published, notebooks = _bytes(root / "reports"), [code / "notebooks" / f"{step}.ipynb" for step in STEPS]
    work = root / "data" / "processed" / "cat-hai" / "2025"
    records = {name: (work / name).read_bytes() for name in ("validated.json", "completion.json")}
    before = [path.stat().st_mtime_ns for path in notebooks]
    found = in_lab(lab, *((path.name, ["run", saving]) for path in notebooks))
    assert found == {path.name: [] for path in notebooks}
    assert all(path.stat().st_mtime_ns > then for path, then in zip(notebooks, before, strict=True)), "not saved"
    assert _changed(code) == []
    assert all('"outputs": []' in path.read_text("utf-8") for path in notebooks)
    assert not any(re.search(r'"outputs": \[\n', path.read_text("utf-8")) for path in notebooks)
    assert _make(code, root, "why") == ["đã mới nhất"]
    _make(code, root, "report")
    assert _bytes(root / "reports") == published
    assert {name: (work / name).read_bytes() for name in records} == records


def test_a_changed_cell_counts(code: Path, root: Path, lab: str) -> None:
    in_lab(lab, ("compute.ipynb", ["type:2 + 2", "run", "save"]))
    assert _changed(code) == [" M notebooks/compute.ipynb"]
    text = (code / "notebooks" / "compute.ipynb").read_text("utf-8")
    assert '"2 + 2"' in text
    assert not re.search(r'"outputs": \[\n', text)
    assert _make(code, root, "why") == ["bản nháp: không → có", "đã đổi: notebooks/compute.ipynb"]
    _make(code, root, "report")
    assert "Bản nháp" in (root / "reports" / "cat-hai" / "2025" / "index.html").read_text("utf-8")
