"""Backup and restore: nothing is left out, nothing damaged comes back unnoticed, nothing is overwritten."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.errors import BusyError, CannotCreateError, DataError, MismatchError, NoInputError, UsageError
from pipeline.inputs.draft import KNOWN
from pipeline.paths import Layout
from pipeline.publish import backup as module
from pipeline.publish.backup import READ_ME, backup, copies_of, restore
from pipeline.publish.log import Action, Event, Log
from pipeline.publish.sums import SUMS
from pipeline.publish.verify import Scope, verify
from pipeline.steps import Run
from tests.run.filled import issued_and_replaced


@pytest.fixture
def run(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv(KNOWN, "")
    return issued_and_replaced(layout)


@pytest.fixture
def away(tmp_path: Path) -> Path:
    """Another disk, as it were."""
    folder = tmp_path / "away"
    folder.mkdir()
    return folder


def _files(root: Path) -> dict[str, bytes]:
    files = (p for part in ("data/raw", "reports") for p in (root / part).rglob("*") if p.is_file())
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files if p.name != ".lock"}


def test_what_is_restored_is_what_was_there(run: Run, away: Path) -> None:
    before = _files(run.layout.root)
    made = backup(run.layout, away, print)
    assert made.files == len(before) + 1  # and the text on top
    found = restore(made.path, away / "new", print)
    assert not found.faults
    assert (found.published, found.kept) == (1, 1)
    after = _files(away / "new")
    log = "reports/.log/log.jsonl"
    assert after.pop(log).startswith(before.pop(log))
    assert after == before
    restored = Layout(away / "new")
    assert [e.action for e in Log(restored.log).chain().entries][-1] == "restored"
    assert not verify(restored, Scope()).faults
    assert all(path.stat().st_mode & 0o222 == 0 for path in restored.store.glob("??/*"))


def test_each_copy_says_which_others_are_known(run: Run, away: Path) -> None:
    first = backup(run.layout, away / "1.zip", print)
    assert (first.copies, first.devices) == (1, 1)
    second = backup(run.layout, away / "2.zip", print)
    assert second.copies == 2
    first.path.unlink()
    third = backup(run.layout, away / "3.zip", print)
    assert third.copies == 2
    with zipfile.ZipFile(third.path) as archive:
        told = archive.read(READ_ME).decode("utf-8-sig")
    assert str(second.path) in told
    assert str(first.path) not in told
    assert "3-2-1" in told
    assert str(Log(run.layout.log).chain().heads[-2]) in told
    assert [copy.path for copy in copies_of(Log(run.layout.log))] == [first.path, second.path, third.path]
    assert not verify(run.layout, Scope()).faults


def test_what_does_not_match_is_backed_up_all_the_same_and_said(run: Run, away: Path) -> None:
    (run.report / "completion.json").write_text("{}", "utf-8")
    made = backup(run.layout, away, print)
    with zipfile.ZipFile(made.path) as archive:
        assert "1 chỗ không khớp" in archive.read(READ_ME).decode("utf-8-sig")
    found = restore(made.path, away / "new", print)
    assert [f for f in found.faults if "completion.json" in f]
    assert Log(Layout(away / "new").log).chain().entries[-1].action != "restored"


def test_raw_data_without_any_report_is_backed_up_too(layout: Layout, away: Path) -> None:
    made = backup(layout, away, print)
    assert not restore(made.path, away / "new", print).faults
    assert _files(away / "new").keys() - {"reports/.log/log.jsonl"} == {
        name for name in _files(layout.root) if name.startswith("data/raw/")
    }


def test_a_report_published_meanwhile_is_noticed(run: Run, away: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(source: Path) -> int:
        Log(run.layout.log).append(Event(action=Action.REPRODUCED), "2026-05-01T08:00:00Z")
        return 0

    monkeypatch.setattr(module, "check_sums", slow)
    with pytest.raises(BusyError):
        backup(run.layout, away, print)
    assert not list(away.iterdir())


def test_places_that_would_not_do_are_refused(run: Run, away: Path) -> None:
    made = backup(run.layout, away, print)
    (run.layout.reports / "x").mkdir()
    for to in (run.layout.reports / "x", run.layout.raw, away / "none" / "x.zip", made.path, away / "x.tar"):
        with pytest.raises(CannotCreateError):
            backup(run.layout, to, print)
    for to in (run.layout.root, made.path):
        with pytest.raises(UsageError, match="trống"):
            restore(made.path, to, print)
    (away / "link").symlink_to(away / "elsewhere")
    with pytest.raises(UsageError):
        restore(made.path, away / "link", print)
    with pytest.raises(NoInputError):
        restore(away / "none.zip", away / "new", print)


def test_a_link_among_the_data_is_left_out_and_said(run: Run, away: Path) -> None:
    (run.layout.raw / "link.csv").symlink_to("/etc/hostname")
    said: list[str] = []
    made = backup(run.layout, away, said.append)
    assert any("link.csv" in text for text in said)
    with zipfile.ZipFile(made.path) as archive:
        assert "data/raw/link.csv" not in archive.namelist()


@pytest.mark.parametrize("how", ["flip", "cut", "another file", "a file less", "a file more", "no sums", "text"])
def test_a_damaged_backup_restores_nothing(run: Run, away: Path, how: str) -> None:
    path = backup(run.layout, away, print).path
    content = path.read_bytes()
    if how == "flip":
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    elif how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "text":
        path.write_text("<html>", "utf-8")
    else:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        plan = next(name for name in files if name.endswith("bach-long-vi-2026.yaml"))
        files = {
            "another file": files | {plan: files[plan] + b"#"},
            "a file less": {name: content for name, content in files.items() if name != plan},
            "a file more": files | {"data/raw/more.csv": b"x"},
            "no sums": {name: content for name, content in files.items() if name != SUMS},
        }[how]
        with zipfile.ZipFile(path, "w") as archive:
            for name, more in files.items():
                archive.writestr(name, more)
    with pytest.raises((MismatchError, DataError)):
        restore(path, away / "new", print)
    assert not (away / "new").exists()
