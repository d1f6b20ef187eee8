"""Real make, real kernels. Data and reports are in a separate folder; the code is this checkout."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.paths import CODE, Layout
from tests.factories import copy_raw

PARAMETERS = {
    "LOCALITY",
    "PERIOD",
    "FORCE",
    "KNOWN_AT",
    "PAGE_LANG",
    "FILE",
    "METHODS",
    "INDICATOR",
    "RUN",
    "HEAD",
    "MAKEFLAGS",
    "MAKELEVEL",
}
Make = Callable[..., subprocess.CompletedProcess[str]]


def run_make(where: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in PARAMETERS}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=where,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def make(layout: Layout) -> Make:
    """`make(...)` in this checkout, with the data of `layout`."""
    return lambda *arguments, **env: run_make(CODE, *arguments, PIPELINE_ROOT=str(layout.root), **env)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data and reports shared by tests that only read them."""
    root = tmp_path_factory.mktemp("project")
    copy_raw(root)
    return root


def processes_of(root: Path) -> list[str]:
    """Running processes of this project, found by the environment that kernels inherit."""
    mine = f"PIPELINE_ROOT={root}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mine in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_text("utf-8").replace("\0", " "))
    return found
