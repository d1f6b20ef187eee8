"""The reports that tests of the data set publish."""

from __future__ import annotations

import pytest

from pipeline.completion.records import Completion
from pipeline.inputs.draft import KNOWN
from pipeline.plans.registry import Registry
from tests.dataset.reports import in_other_names, real_reports


@pytest.fixture(scope="session")
def real(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> list[Completion]:
    """What the reports of the committed data state."""
    return real_reports(registry, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="session")
def country(registry: Registry, real: list[Completion]) -> list[Completion]:
    """The same, and two communes in each of four other provinces."""
    return [*real, *in_other_names(registry, real, 2)]


@pytest.fixture(autouse=True)
def committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code counts as committed, whatever the checkout is at this moment."""
    monkeypatch.setenv(KNOWN, "")
