"""The session of notebooks: one for all that runs inside a lasting one, and gone with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.run.session import lasting_session, notebook_session, warm_up


@pytest.fixture(autouse=True)
def stock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forked here; `tests/kernels` looks at that."""
    monkeypatch.setenv("WARM_KERNELS", "0")


def _folder() -> Path:
    with notebook_session() as folder:
        assert folder.is_dir()
        return folder


def test_sessions_one_after_the_other_are_apart() -> None:
    assert _folder() != _folder()


def test_inside_a_lasting_one_the_first_serves_all() -> None:
    before = dict(os.environ)
    with lasting_session():
        assert dict(os.environ) == before  # nothing is opened before it is needed
        first = _folder()
        assert _folder() == first
        assert os.environ["TZ"] == "UTC"
    assert not first.exists()
    assert dict(os.environ) == before
    assert _folder() != first


def test_an_error_ends_it() -> None:
    with pytest.raises(ValueError, match="x"), lasting_session():
        warm_up()
        opened = _folder()
        raise ValueError("x")
    assert not opened.exists()


def test_warming_up_without_a_lasting_one_does_nothing() -> None:
    before = dict(os.environ)
    warm_up()
    assert dict(os.environ) == before
