"""Fixtures for all tests: the real registry, and a project folder for each test."""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

from pipeline.intake.judge import SuiteOutcome, judge
from pipeline.intake.suites import Suite
from pipeline.paths import Layout
from pipeline.plans.periods import Calendar
from pipeline.plans.registry import Registry, read_registry
from tests.factories import copy_raw

# Temporary folders lie in memory where there is room: publishing syncs hundreds of small files one by one, and a test
# has no use for what survives a loss of power. What is started by a test finds the same place. `make test-faults` asks
# for a disk: the moments between two steps, at which it kills, are too short in memory.
MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it


def _serves(place: Path) -> bool:
    return (
        place.is_dir()
        and not os.statvfs(place).f_flag & (os.ST_NOEXEC | os.ST_RDONLY)
        and shutil.disk_usage(place).free > 8 << 30
    )


if "TMPDIR" not in os.environ and _serves(MEMORY):
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# A shell lets what it starts in the background ignore Ctrl-C, and every process below inherits that; tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Memory is not short in tests, and looking for garbage among all that they import takes a tenth of their time.
gc.set_threshold(20_000, 20, 50)

# The speed of the machine says nothing about the code.
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")


@pytest.fixture(scope="session", autouse=True)
def judged_once() -> Iterator[None]:
    """The same table judged by the same suite again is not asked of the library again (0.2 s, 480 times of 800)."""
    outcomes: dict[object, SuiteOutcome] = {}

    def once(frame: pd.DataFrame, suite: Suite) -> SuiteOutcome:
        asked = (suite.name, suite.rules, suite.written, pickle.dumps(frame))
        if asked not in outcomes:
            outcomes[asked] = judge(frame, suite)
        return outcomes[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.intake.validate.judge", once)
        yield


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """The registry with the plans that were read by hand for the tests."""
    return read_registry(copy_raw(tmp_path_factory.mktemp("registry")))


@pytest.fixture(scope="session")
def calendar(registry: Registry) -> Calendar:
    return registry.calendar


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A project with the raw data of `registry`, before any run."""
    return copy_raw(tmp_path)
