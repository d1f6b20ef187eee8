"""The pages are made once and opened once; tests read what was found."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.browser.published import BAD_PAGE, JAR, pages, run_node


@pytest.fixture(scope="session", autouse=True)
def machine() -> None:
    """A missing program is a failure: skipped tests would show nothing."""
    missing = [name for name in ("chromium", "node", "java") if shutil.which(name) is None]
    assert not missing, f"not installed: {', '.join(missing)}"
    assert JAR.is_file(), "node_modules is missing: make test-browser installs it"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    return pages(tmp_path_factory.mktemp("english"))


@pytest.fixture(scope="session")
def found(published: Mapping[str, Path], machine: None) -> dict[str, Any]:
    """What `inspect.mjs` found, by name of the page; `bad` is the page that has every fault."""
    paths = dict(published) | {"bad": BAD_PAGE}
    seen = run_node("inspect.mjs", list(paths.values()))
    return {name: seen[str(path)] for name, path in paths.items()}
