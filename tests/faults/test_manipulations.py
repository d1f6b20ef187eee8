"""Every changed byte of what was published is found, and its file named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.paths import Layout
from pipeline.publish.verify import Scope, verify
from tests.faults import projects
from tests.faults.manipulations import LOCALITY, MANIPULATIONS, OTHER
from tests.faults.tally import Tally

FOUND = "found, and its file named"


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which two localities have published, one of them twice with another plan between."""
    root = projects.fresh(tmp_path_factory.mktemp("twice"))
    for locality in (OTHER, LOCALITY, LOCALITY):
        answer = projects.report(root, locality)
        assert answer.returncode == 0, answer.stderr
        projects.change_plan(root, LOCALITY)
    return root


@pytest.mark.parametrize("name", MANIPULATIONS)
def test_each_manipulation_is_found(name: str, twice: Path, tmp_path: Path, tally: Callable[[str, str], Tally]) -> None:
    project = Layout(Path(shutil.copytree(twice, tmp_path / "project")))  # a store of its own: its files are altered
    assert not verify(project, Scope()).faults
    touched = MANIPULATIONS[name](project)
    with tally("manipulations of what was published", FOUND).case():
        faults = verify(project, Scope()).faults
        assert any(project.relative(touched) in fault for fault in faults), faults
