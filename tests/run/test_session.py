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
    MODULES,
    OF_ONE,
    OF_PAPERMILL,
    OF_SEVERAL,
    OF_THE_SITE,
    REHEARSAL,
    REHEARSED_SITE,
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
    def noted(_modules: object, _limits: object, rehearsal: str, _later: object) -> Iterator[None]:
        asked.append(rehearsal)
        yield

    monkeypatch.setattr(session, "warm_process", noted)
    with lasting_session():
        if early or several:
            warm_up(rehearsed=several)
            assert asked == [rehearsal]
        _folder()
    assert asked == [rehearsal]


def test_what_one_report_waits_for_is_what_its_first_notebook_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest comes beside that notebook; a site alone, and several reports, have what they need before."""
    loaded = dict[str, tuple[set[str], set[str]]]()

    def session_of(case: str, *also: str, **how: bool) -> None:
        @contextmanager
        def noted(modules: Sequence[str], _limits: object, _rehearsal: str, later: Sequence[str]) -> Iterator[None]:
            loaded[case] = set(modules) - set(MODULES), set(later)
            yield

        monkeypatch.setattr(session, "warm_process", noted)
        with lasting_session(*also), notebook_session(**how):
            pass

    session_of("one")
    session_of("one and the site", *OF_THE_SITE)
    session_of("several and the site", *OF_THE_SITE, rehearsed=True)
    session_of("the site", of_site=True)
    session_of("the site after no report", *OF_THE_SITE, of_site=True)
    assert loaded == {
        "one": (set(), {*OF_ONE}),
        "one and the site": ({*OF_THE_SITE}, {*OF_ONE, REHEARSED_SITE}),
        "several and the site": ({*OF_SEVERAL, *OF_THE_SITE}, {REHEARSED_SITE}),
        "the site": (set(), set()),
        "the site after no report": ({*OF_THE_SITE}, set()),
    }


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
