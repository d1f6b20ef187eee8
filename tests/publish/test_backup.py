"""A backup: nothing is left out, equal files give equal bytes, and what is unpacked proves itself."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from pipeline.errors import BusyError, CannotCreateError
from pipeline.paths import Layout
from pipeline.progress import silent
from pipeline.publish import backup as module
from pipeline.publish.backup import backup
from pipeline.publish.log import Action, Event, Log
from pipeline.publish.verify import Scope, verify
from pipeline.steps import Run
from tests.run.filled import issued_and_replaced


@pytest.fixture
def run(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PIPELINE_CHANGED", "")  # as of code that is committed, whatever the checkout is at this moment
    return issued_and_replaced(layout)


@pytest.fixture
def away(tmp_path: Path) -> Path:
    """Another disk, as it were."""
    folder = tmp_path / "away"
    folder.mkdir()
    return folder


def _unpacked(archive: Path, to: Path) -> Layout:
    to.mkdir()
    subprocess.run(["tar", "-xf", archive, "-C", to], check=True)
    return Layout(to)


def _files(root: Path) -> dict[str, bytes]:
    files = (p for part in ("data/raw", "reports") for p in (root / part).rglob("*") if p.is_file())
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files if p.name != ".lock"}


def test_what_is_unpacked_is_what_was_there_and_verifies(run: Run, away: Path) -> None:
    made = backup(run.layout, away, silent)
    assert made.path.parent == away.resolve()
    new = _unpacked(made.path, away / "new")
    assert _files(new.root) == _files(run.layout.root)
    assert made.files == len(_files(new.root))
    found = verify(new, Scope(), str(made.head))
    assert not found.faults
    assert (found.published, found.former) == (1, 1)
    assert all(path.stat().st_mode & 0o777 == 0o444 for path in new.store.glob("??/*"))


def test_equal_files_give_equal_bytes(run: Run, away: Path) -> None:
    first = backup(run.layout, away / "1.tar", silent)
    for path in run.layout.root.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(path.stat().st_mode & 0o700)
    second = backup(run.layout, away / "2.tar", silent)
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.sha256 == second.sha256
    with tarfile.open(first.path) as archive:
        entries = archive.getmembers()
    assert [e.name for e in entries] == sorted(e.name for e in entries)
    assert {(e.mtime, e.uid, e.gid, e.uname, e.gname, e.type) for e in entries} == {(0, 0, 0, "", "", tarfile.REGTYPE)}
    assert {e.mode for e in entries} == {0o644, 0o444}


def test_names_of_any_letters_and_length_come_back(layout: Layout, away: Path) -> None:
    name = layout.submissions / "cat-hai" / "2025" / f"Biểu mẫu {'số liệu ' * 15}.csv"
    name.write_text("x", "utf-8")
    new = _unpacked(backup(layout, away, silent).path, away / "new")
    assert _files(new.root) == _files(layout.root)


def test_what_does_not_match_is_copied_all_the_same_and_told(run: Run, away: Path) -> None:
    (run.report / "completion.json").write_text("{}", "utf-8")
    told: list[str] = []
    made = backup(run.layout, away, told.append)
    assert any("1 chỗ không khớp" in text for text in told)
    assert any("completion.json" in fault for fault in verify(_unpacked(made.path, away / "new"), Scope()).faults)


def test_raw_data_without_any_report_is_copied_too(layout: Layout, away: Path) -> None:
    made = backup(layout, away, silent)
    assert _files(_unpacked(made.path, away / "new").root) == _files(layout.root)


def test_a_report_published_meanwhile_is_noticed(run: Run, away: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def paths(layout: Layout) -> list[Path]:
        Log(layout.log).append(Event(action=Action.REPRODUCED))
        return []

    monkeypatch.setattr(module, "_paths", paths)
    with pytest.raises(BusyError):
        backup(run.layout, away, silent)
    assert not list(away.iterdir())


def test_a_full_disk_leaves_nothing(layout: Layout, away: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "addfile", full)
    with pytest.raises(CannotCreateError, match="No space"):
        backup(layout, away, silent)
    assert not list(away.iterdir())


def test_places_that_will_not_do_are_refused(run: Run, away: Path) -> None:
    made = backup(run.layout, away, silent)
    (run.layout.reports / "x").mkdir()
    (away / "link").symlink_to(run.layout.raw)
    for to in (
        run.layout.reports / "x",
        run.layout.raw,
        away / "link",
        away / "none" / "x.tar",
        made.path,
        away / "x.zip",
    ):
        with pytest.raises(CannotCreateError):
            backup(run.layout, to, silent)
    assert sorted(path.name for path in away.iterdir()) == ["link", made.path.name]


def test_links_locks_and_what_is_being_made_are_left_out(run: Run, away: Path) -> None:
    (run.layout.raw / "link.csv").symlink_to("/etc/hostname")
    (run.report.parent / ".staging-2025-x").mkdir()
    (run.report.parent / ".staging-2025-x" / "index.html").write_text("x", "utf-8")
    (run.layout.store / ".new-x").write_text("x", "utf-8")
    told: list[str] = []
    made = backup(run.layout, away, told.append)
    assert any("link.csv" in text for text in told)
    with tarfile.open(made.path) as archive:
        names = archive.getnames()
    assert not [
        name for name in names if "link.csv" in name or ".staging-" in name or ".new-" in name or ".lock" in name
    ]
