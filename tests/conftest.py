"""Fixtures of the whole suite: the real registry, and a project folder of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.paths import CODE, Layout
from pipeline.plans.periods import Calendar
from pipeline.plans.registry import Registry, read_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The registry as it is committed."""
    return read_registry(Layout())


@pytest.fixture(scope="session")
def calendar(registry: Registry) -> Calendar:
    return registry.calendar


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A project with the committed raw data and nothing made from them yet."""
    shutil.copytree(CODE / "data" / "raw", tmp_path / "data" / "raw")
    return Layout(tmp_path)
