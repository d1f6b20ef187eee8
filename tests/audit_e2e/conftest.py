"""Real make, real kernels; each test gets a copy of one published project."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.paths import CODE, Layout
from tests.checkout import checkout, committed, python
from tests.e2e.conftest import Make, run_make
from tests.factories import report_2026_as_2025

LOCALITY = "bach-long-vi"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which two localities have published, one of them twice, the second time with a changed plan."""
    root = tmp_path_factory.mktemp("published")
    report_2026_as_2025(root)
    for locality in ("binh-giang", LOCALITY):
        answer = run_make(CODE, "report", f"LOCALITY={locality}", PIPELINE_ROOT=str(root))
        assert answer.returncode == 0, answer.stderr
    plan = root / "data" / "raw" / "plans" / LOCALITY / "bach-long-vi-2026.yaml"
    plan.write_bytes(plan.read_bytes() + b"# mot dong chu thich\n")
    answer = run_make(CODE, "report", f"LOCALITY={LOCALITY}", PIPELINE_ROOT=str(root))
    assert answer.returncode == 0, answer.stderr
    return root


@pytest.fixture
def project(published: Path, tmp_path: Path) -> Layout:
    root = tmp_path / "project"
    shutil.copytree(published, root)
    return Layout(root)


@pytest.fixture
def make(project: Layout) -> Make:
    """`make(...)` in this checkout, with the data of `project`."""
    return lambda *arguments, **env: run_make(CODE, *arguments, PIPELINE_ROOT=str(project.root), **env)


def command(code: Path, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command of a checkout, with the data of a project."""
    return python(code, "-m", "pipeline", *arguments, PIPELINE_ROOT=str(root))


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A checkout of the program of its own, with everything committed, which a test may change."""
    return committed(checkout(tmp_path / "code"))
