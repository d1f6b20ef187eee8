"""The session of notebooks: a lasting one is shared by everything inside it, and ends with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.run import session
from pipeline.run.session import (
    OF_PAPERMILL,
    OF_THE_SITE,
    REHEARSAL,
    kernel_environment,
    lasting_session,
    notebook_session,
    warm_up,
)


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


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize(("several", "rehearsal"), [(True, REHEARSAL), (False, OF_PAPERMILL)])
def test_it_is_rehearsed_whole_for_several_reports_alone(
    monkeypatch: pytest.MonkeyPatch, early: bool, several: bool, rehearsal: str
) -> None:
    asked = list[str]()

    @contextmanager
    def noted(_modules: object, _limits: object, rehearsal: str) -> Iterator[None]:
        asked.append(rehearsal)
        yield

    monkeypatch.setattr(session, "warm_process", noted)
    with lasting_session():
        if early or several:
            warm_up(rehearsed=several)
            assert asked == [rehearsal]
        _folder()
    assert asked == [rehearsal]


def test_only_a_session_that_is_told_so_has_what_the_site_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[bool]()

    @contextmanager
    def noted(modules: Sequence[str], _limits: object, _rehearsal: str) -> Iterator[None]:
        asked.append(set(OF_THE_SITE) <= set(modules))
        yield

    monkeypatch.setattr(session, "warm_process", noted)
    with lasting_session(*OF_THE_SITE):
        _folder()
    with lasting_session():
        _folder()
    _folder()
    assert asked == [True, False, False]


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


@pytest.mark.parametrize(
    "home", [{"HOME": "/dev/null"}, {"XDG_CACHE_HOME": "/dev/null"}, {"MPLCONFIGDIR": "/dev/null"}]
)
def test_the_list_of_fonts_is_kept_where_no_folder_of_the_user_takes_it(
    home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PIPELINE_ROOT", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR"):
        monkeypatch.delenv(name, raising=False)
    with kernel_environment():
        assert "MPLCONFIGDIR" not in os.environ
    for name, value in home.items():
        monkeypatch.setenv(name, value)
    kept = tmp_path / "data" / "processed" / "matplotlib"
    ask = [sys.executable, "-c", "import matplotlib.font_manager"]
    with kernel_environment():
        assert os.environ["MPLCONFIGDIR"] == str(kept)
        said = subprocess.run(ask, capture_output=True, text=True, check=True).stderr
    assert said == ""
    (fonts,) = kept.glob("fontlist-*.json")
    made = fonts.stat().st_mtime_ns
    with kernel_environment():
        assert subprocess.run(ask, capture_output=True, text=True, check=True).stderr == ""
    assert fonts.stat().st_mtime_ns == made
    shutil.rmtree(kept)
    kept.write_text("", "utf-8")  # nor the project's
    with kernel_environment() as folder:
        assert os.environ["MPLCONFIGDIR"] == str(folder.parent / "matplotlib")
        assert subprocess.run(ask, capture_output=True, text=True, check=True).stderr == ""
