"""The warm process ignores a failing rehearsal and is then only slower, so the rehearsal is tested here."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.run.rehearsal import rehearse


def test_the_rehearsal_runs_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rehearse()
    assert not list(tmp_path.iterdir())
