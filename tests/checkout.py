"""Checkouts of the program of a test's own, which it may change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.paths import CODE

PROGRAM = ("pipeline", "notebooks", "expectations", "tools", "requirements.lock", "Makefile")


def checkout(folder: Path) -> Path:
    """A copy of the program."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PROGRAM:
        if (CODE / name).is_dir():
            shutil.copytree(CODE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(CODE / name, folder / name)
    return folder


def for_make(folder: Path) -> Path:
    """The same with the environment of this checkout: for `make -o environment`, since make would install into it."""
    (folder / ".venv").symlink_to(CODE / ".venv")
    return folder


def committed(folder: Path) -> Path:
    """The same folder as a repository with everything in it committed."""
    (folder / ".gitignore").write_text("__pycache__/\n.venv\nreports/\ndata/processed/\n", "utf-8")
    git(folder, "init", "-q")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "as it is")


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def python(code: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Python with the package of that checkout; `variables` are added to the environment."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=code,
        env=os.environ | {"PYTHONPATH": str(code)} | variables,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
