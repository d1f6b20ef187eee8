import fcntl
import shutil
from pathlib import Path

import pytest

from pipeline.errors import BusyError, CannotCreateError
from pipeline.publish import swap as module
from pipeline.publish.swap import address_of, exchange, is_locked, leftovers, lock, staging


def _stage(folder: Path, text: str) -> None:
    with staging(folder) as staged:
        (staged / "notebooks").mkdir()
        (staged / "notebooks" / "a.ipynb").write_text(text, "utf-8")
        (staged / "index.html").write_text(text, "utf-8")
        old = exchange(staged, folder)
        if old:
            shutil.rmtree(old)


@pytest.mark.parametrize("atomic", [True, False])
def test_a_report_takes_the_place_of_the_one_before(tmp_path: Path, monkeypatch, atomic: bool) -> None:
    if not atomic:
        monkeypatch.setattr(module, "_swap", lambda one, other: False)
    folder = tmp_path / "cat-hai" / "2025"
    folder.parent.mkdir()
    for text in ("one", "two"):
        _stage(folder, text)
        assert (folder / "index.html").read_text("utf-8") == text
        assert [path.name for path in folder.parent.iterdir()] == ["2025"]


def test_a_run_that_fails_leaves_the_report_before_it_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    _stage(folder, "one")
    with pytest.raises(RuntimeError), staging(folder) as staged:
        (staged / "index.html").write_text("half", "utf-8")
        raise RuntimeError
    assert (folder / "index.html").read_text("utf-8") == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["2025"]


def test_what_was_published_before_outlives_an_interrupt_after_the_exchange(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    _stage(folder, "one")
    with pytest.raises(KeyboardInterrupt), staging(folder) as staged:
        (staged / "index.html").write_text("two", "utf-8")
        exchange(staged, folder)
        raise KeyboardInterrupt
    (left,) = leftovers(tmp_path)
    assert address_of(left) == folder
    assert ((folder / "index.html").read_text("utf-8"), (left / "index.html").read_text("utf-8")) == ("two", "one")


def test_two_runs_of_one_locality_do_not_mix(tmp_path: Path) -> None:
    with lock(tmp_path), pytest.raises(BusyError), lock(tmp_path):
        pass
    with lock(tmp_path):
        pass


def test_a_lock_is_seen_and_not_taken(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    with lock(tmp_path):
        assert is_locked(tmp_path)
    assert not is_locked(tmp_path)
    assert not is_locked(tmp_path / "none")


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("", "utf-8")
    with pytest.raises(CannotCreateError, match="reports"), lock(tmp_path / "reports"):
        pass


def test_the_lock_is_one_that_dies_with_its_process(tmp_path: Path) -> None:
    with lock(tmp_path), (tmp_path / ".lock").open("r") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_an_exchange_that_failed_is_told(tmp_path: Path) -> None:
    """And not taken for a system that has none, where two renames would leave a moment with no report."""
    (tmp_path / "one").mkdir()
    with pytest.raises(FileNotFoundError, match="other"):
        module._swap(tmp_path / "one", tmp_path / "other")
