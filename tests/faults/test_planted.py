"""Bugs planted on purpose: each must be seen by the test that is named for it, or that test is worth nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.paths import CODE
from tests.faults.planted import BUGS, Bug
from tests.faults.tally import Tally

FAILED = 1
"""The exit code of pytest where tests ran and some failed; others say that none could run."""


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of everything that is committed, or would be."""
    folder = tmp_path_factory.mktemp("code")
    ask = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(ask, cwd=CODE, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CODE / name, folder / name)
    return folder


def _run(code: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
        cwd=code,
        env=os.environ | {"PYTHONPATH": str(code)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@contextmanager
def _planted(bug: Bug, code: Path) -> Iterator[None]:
    path = code / bug.file
    sound = path.read_text("utf-8")
    assert sound.count(bug.old) == 1, f"{bug.name} fits {sound.count(bug.old)} times"
    path.write_text(sound.replace(bug.old, bug.new), "utf-8")
    try:
        yield
    finally:
        path.write_text(sound, "utf-8")


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_each_fits_the_code_as_it_is(bug: Bug) -> None:
    assert (CODE / bug.file).read_text("utf-8").count(bug.old) == 1
    file, _, name = bug.test.partition("::")
    assert f"def {name}(" in (CODE / file).read_text("utf-8")


def test_without_a_bug_these_tests_pass(code: Path, everything: bool) -> None:
    if not everything:
        pytest.skip("part of everything")
    answer = _run(code, *sorted({bug.test for bug in BUGS}))
    assert answer.returncode == 0, answer.stdout[-3_000:]


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_is_seen(bug: Bug, code: Path, everything: bool, tally: Callable[[str, str], Tally]) -> None:
    if not everything:
        pytest.skip("part of everything")
    with tally("planted bugs", "the test named for it fails").case(), _planted(bug, code):
        answer = _run(code, bug.test)
        assert answer.returncode == FAILED, answer.stdout[-3_000:]
