"""The run that tests of publishing work on."""

from __future__ import annotations

import pytest

from pipeline.inputs.draft import KNOWN
from pipeline.paths import Layout
from pipeline.steps import Run


@pytest.fixture
def run(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Of code that is committed, whatever the checkout is at this moment; nothing is published yet."""
    monkeypatch.setenv(KNOWN, "")
    return Run.open("bach-long-vi", "2025", layout=layout)
