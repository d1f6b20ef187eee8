"""The fault battery: a published project that every case gets a copy of, and the table of what was counted."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.publish.manifest import BESIDE, MANIFEST
from tests.faults import projects
from tests.faults.publisher import Order, Publisher
from tests.faults.tally import Made, Tally, commit, write

_MADE = pytest.StashKey[Made]()
_tallies: dict[str, Tally] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-faults", action="store_true", help="every case, and not only the part for CI")
    parser.addoption("--date", default="", help="the day to print beside the numbers")


def pytest_configure(config: pytest.Config) -> None:
    date = config.getoption("--date", "")
    if date and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date):
        raise pytest.UsageError(f"--date is a day such as 2026-05-01, not {date[:40]!r}")
    part = "all" if config.getoption("--all-faults", False) else "CI"
    config.stash[_MADE] = Made(part, commit(), date or "not given")  # the commit at the start is the one that is tried


@pytest.fixture(scope="session")
def everything(pytestconfig: pytest.Config) -> bool:
    """Whether every case is asked for."""
    return bool(pytestconfig.getoption("--all-faults", False))


@pytest.fixture(scope="session")
def tally() -> Callable[[str, str], Tally]:
    """The count of a group, made at its first use."""
    return lambda group, allowed: _tallies.setdefault(group, Tally(group, allowed))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the numbers, whether or not all promises were kept."""
    if any(tally.cases for tally in _tallies.values()):
        write(_tallies.values(), session.config.stash[_MADE])


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which one locality has published, by the real command with real kernels."""
    root = projects.fresh(tmp_path_factory.mktemp("published"))
    answer = projects.report(root, projects.LOCALITY)
    assert answer.returncode == 0, answer.stderr
    return root


@pytest.fixture(scope="session")
def prepared(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What its notebooks made: a report before it is published."""
    folder = tmp_path_factory.mktemp("prepared") / "2025"
    made = published / "reports" / projects.LOCALITY / "2025"
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns(MANIFEST, *BESIDE))
    return folder


@pytest.fixture(scope="session")
def publisher(published: Path, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    folder = tmp_path_factory.mktemp("publisher")
    made = Publisher(folder)
    root = projects.copy(published, folder / "first")
    projects.change_plan(root)
    made.start(Order(root, prepared, projects.LOCALITY), here=True)
    yield made
    made.close()
