"""Every changed byte of what was published is found, and its file named; what the log alone cannot show is listed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.paths import CODE, Layout
from pipeline.publish.log import Log
from pipeline.publish.verify import Scope, verify
from tests.faults import projects
from tests.faults.manipulations import LOCALITY, MANIPULATIONS, OTHER
from tests.faults.rewritten import TOLD, UNSEEN, WITH_HEAD
from tests.faults.tally import Tally
from tests.publish.strangers import published

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


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An issued report that another one replaced, and a site."""
    return published(tmp_path_factory.mktemp("issued"))


def _copied(whole: Path, folder: Path) -> Layout:
    return Layout(Path(shutil.copytree(whole, folder / "project")))


@pytest.mark.parametrize("name", WITH_HEAD)
def test_a_rewritten_log_is_found_with_its_head_kept_elsewhere(
    name: str, issued: Path, tmp_path: Path, tally: Callable[[str, str], Tally]
) -> None:
    project = _copied(issued, tmp_path)
    head = str(Log(project.log).head())
    assert not verify(project, Scope(), head).faults
    WITH_HEAD[name](project)
    with tally("a log rewritten by somebody who computes hashes", "found with the head kept elsewhere").case():
        assert not verify(project, Scope()).faults
        assert any(head in fault for fault in verify(project, Scope(), head).faults)


@pytest.mark.parametrize("name", UNSEEN)
def test_what_no_head_shows_is_documented(name: str, issued: Path, tmp_path: Path) -> None:
    project = _copied(issued, tmp_path)
    head = str(Log(project.log).head())
    UNSEEN[name](project)
    assert not verify(project, Scope(), head).faults
    assert "trang sửa cùng bản kê mới" in (CODE / "docs" / "audit.md").read_text("utf-8")


@pytest.mark.parametrize("name", TOLD)
def test_what_is_no_fault_is_told(name: str, issued: Path, tmp_path: Path, tally: Callable[[str, str], Tally]) -> None:
    project = _copied(issued, tmp_path)
    place = TOLD[name](project)
    with tally("what is no fault and yet to be known", "told, and the file named").case():
        found = verify(project, Scope())
        assert not found.faults
        assert any(project.relative(place) in warning for warning in found.warnings), found.warnings
