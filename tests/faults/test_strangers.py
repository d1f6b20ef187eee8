"""What lies in `reports/` without a reason is named, and nothing there makes `make verify` wait or fill the memory."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.paths import Layout
from pipeline.publish.verify import Scope, verify
from tests.faults.tally import Tally
from tests.publish.strangers import FOUND, at, everything, is_named, published

SECONDS = 20
"""Far more than it takes; what waits for a pipe waits for ever."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(tmp_path_factory.mktemp("published"))


@pytest.mark.parametrize(("do", "path"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND])
def test_each_is_named(
    do: Callable[[Path], None], path: str, whole: Path, tmp_path: Path, tally: Callable[[str, str], Tally]
) -> None:
    project = Layout(Path(shutil.copytree(whole, tmp_path / "project")))
    place, before = at(path)(project), everything(project)
    do(place)
    with tally("strangers, links, pipes, devices in reports/", "found, and the place named, at once").case():
        start = time.monotonic()
        faults = verify(project, Scope()).faults
        assert is_named(project, place, before, faults), faults
        assert time.monotonic() - start < SECONDS
