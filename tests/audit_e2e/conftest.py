"""Real make, real kernels; each test gets a copy of one published project."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.paths import CODE, Layout
from tests.e2e.conftest import Make, run_make

LOCALITY = "bach-long-vi"
PROGRAM = ("pipeline", "notebooks", "expectations", "requirements.lock", "tools")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which two localities have published, one of them twice, the second time with a changed plan."""
    root = tmp_path_factory.mktemp("published")
    shutil.copytree(CODE / "data" / "raw", root / "data" / "raw")
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
    """Run the command of a copy of the code in the environment of this one."""
    environment = os.environ | {"PYTHONPATH": str(code), "PIPELINE_ROOT": str(root)}
    return subprocess.run(
        [CODE / ".venv" / "bin" / "python", "-m", "pipeline", *arguments],
        cwd=code,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A separate checkout of the program with everything committed, which a test may change."""
    folder = tmp_path / "code"
    folder.mkdir()
    for name in PROGRAM:
        if (CODE / name).is_dir():
            shutil.copytree(CODE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(CODE / name, folder / name)
    (folder / ".gitignore").write_text("__pycache__/\n", "utf-8")
    git(folder, "init", "-q")
    commit(folder)
    return folder


def commit(code: Path) -> None:
    git(code, "add", ".")
    git(code, "commit", "-qm", "as it is")


def git(code: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
    subprocess.run(["git", *identity, *arguments], cwd=code, check=True, capture_output=True)
