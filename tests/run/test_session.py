"""The session of notebooks: a lasting one is shared by everything inside it, and ends with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.run.session import lasting_session, notebook_session, warm_up


@pytest.fixture(autouse=True)
def stock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forked here; `tests/fork` tests that."""
    monkeypatch.setenv("WARM_KERNELS", "0")


def _folder() -> Path:
    with notebook_session() as folder:
        assert folder.is_dir()
        return folder


def test_two_sessions_in_turn_are_separate() -> None:
    assert _folder() != _folder()


def test_a_lasting_session_is_opened_once() -> None:
    before = dict(os.environ)
    with lasting_session():
        assert dict(os.environ) == before  # nothing is opened yet
        first = _folder()
        assert _folder() == first
        assert os.environ["TZ"] == "UTC"
    assert not first.exists()
    assert dict(os.environ) == before
    assert _folder() != first


def test_an_error_closes_it() -> None:
    with pytest.raises(ValueError, match="x"), lasting_session():
        warm_up()
        opened = _folder()
        raise ValueError("x")
    assert not opened.exists()


def test_warming_up_without_a_lasting_session_does_nothing() -> None:
    before = dict(os.environ)
    warm_up()
    assert dict(os.environ) == before


def test_settings_of_the_user_do_not_reach_the_charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "matplotlibrc"
    own.write_text("font.size: 20\n", "utf-8")
    monkeypatch.setenv("MATPLOTLIBRC", str(own))
    with notebook_session():
        assert Path(os.environ["MATPLOTLIBRC"]).read_text("utf-8") == ""
    assert os.environ["MATPLOTLIBRC"] == str(own)
