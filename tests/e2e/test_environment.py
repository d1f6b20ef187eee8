"""Setting up `.venv`: from nothing, interrupted, after a change of the lock. Needs the package index."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from pipeline.paths import CODE
from tests.e2e.conftest import run_make


def _block(name: str) -> str:
    lock = (CODE / "requirements.lock").read_text("utf-8")
    found = re.search(rf"^{name}==[^\n]*(?:\n[ ]+--hash=[^\n]*)+\n", lock, re.MULTILINE)
    assert found
    return found.group(0)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A project with a lock of two small packages, in a folder with a space in its name."""
    root = tmp_path / "bản sao"
    (root / "tools").mkdir(parents=True)
    shutil.copy(CODE / "tools" / "environment.py", root / "tools")
    shutil.copy(CODE / "Makefile", root)
    (root / "requirements.lock").write_text(_block("uv") + _block("tinycss2") + _block("webencodings"), "utf-8")
    return root


def _has(clone: Path, module: str) -> bool:
    python = clone / ".venv" / "bin" / "python"
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def test_installed_once_then_silent_then_after_a_changed_lock(clone: Path) -> None:
    first = run_make(clone, "environment")
    assert first.returncode == 0, first.stderr
    assert "Đang cài" in first.stderr
    assert list(clone.glob(".venv/lib/*/site-packages/tinycss2/__pycache__/*.pyc")), "left to its first import"
    assert _has(clone, "tinycss2")
    second = run_make(clone, "environment")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    lock = clone / "requirements.lock"
    lock.write_text(_block("uv") + _block("webencodings"), "utf-8")
    assert "Đang cài" in run_make(clone, "environment").stderr
    assert not _has(clone, "tinycss2")


def test_the_environment_starts_in_a_folder_with_a_vietnamese_name_whatever_the_locale(clone: Path) -> None:
    assert run_make(clone, "environment").returncode == 0
    (clone / "of_the_project.py").touch()
    started = subprocess.run(
        [clone / ".venv" / "bin" / "python", "-c", "import of_the_project"],
        cwd="/",
        env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (started.returncode, started.stderr) == (0, "")


def test_a_folder_in_which_no_environment_can_be_is_named(clone: Path) -> None:
    other = clone.rename(clone.with_name("bản: sao"))
    answer = run_make(other, "environment")
    assert answer.returncode == 2
    assert "dấu “:”" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_interrupted_installation_is_repaired_by_the_next_call(clone: Path) -> None:
    run = subprocess.Popen(["python3", "tools/environment.py"], cwd=clone, stderr=subprocess.DEVNULL)
    while not (clone / ".venv" / "bin" / "python").exists():
        time.sleep(0.05)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert not (clone / ".venv" / "installed").exists()
    assert run_make(clone, "environment").returncode == 0
    assert _has(clone, "tinycss2")


def test_a_package_whose_hash_is_wrong_is_not_installed(clone: Path) -> None:
    lock = clone / "requirements.lock"
    lock.write_text(re.sub("sha256:[0-9a-f]{8}", "sha256:00000000", lock.read_text("utf-8")), "utf-8")
    answer = run_make(clone, "environment")
    assert answer.returncode != 0
    assert "mã băm không khớp" in answer.stderr
    assert not (clone / ".venv" / "installed").exists()


def test_the_lock_names_no_registry_and_hashes_everything() -> None:
    lock = (CODE / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    versions = re.findall(r"^[a-z0-9-]+==", lock, re.MULTILINE)
    hashed = re.findall(r"^[a-z0-9-]+==[^\n]*\n[ ]+--hash=sha256:", lock, re.MULTILINE)
    assert len(versions) == len(hashed) > 100
