"""Whatever lies in `reports/` without a reason is named; `tests/faults/test_strangers.py` tries every kind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pipeline.inputs.draft import KNOWN
from pipeline.paths import Layout
from pipeline.publish.log import Action, Event, Log
from pipeline.publish.verify import Scope, verify
from pipeline.steps import Run
from tests.publish.strangers import FOUND, REPORT, add_file, at, everything, fifo, is_named, link, published, record
from tests.run.filled import change, publish


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(tmp_path_factory.mktemp("published"))


@pytest.fixture
def layout(whole: Path, tmp_path: Path) -> Layout:
    """A copy, to be manipulated."""
    return Layout(Path(shutil.copytree(whole, tmp_path / "project")))


@pytest.mark.parametrize(("do", "path"), [case[1:] for case in FOUND[::9]], ids=[case[0] for case in FOUND[::9]])
def test_what_does_not_belong_there_is_named(layout: Layout, do, path: str) -> None:
    place, before = at(path)(layout), everything(layout)
    do(place)
    faults = verify(layout, Scope()).faults
    assert is_named(layout, place, before, faults), faults
    assert len(faults) == len(set(faults))


def test_nothing_is_found_in_what_was_published(layout: Layout) -> None:
    found = verify(layout, Scope())
    assert (found.faults, found.published, found.former) == ([], 1, 1)
    (layout.reports / "can-tho").mkdir()
    (layout.reports / "can-tho" / ".lock").touch()  # a report that was refused before anything was made
    assert not verify(layout, Scope()).faults


def test_a_page_of_the_site_edited_with_its_record_is_found(layout: Layout) -> None:
    (layout.reports / "index.html").write_bytes(b"another")
    record(layout, "index.html", b"another")
    (fault,) = verify(layout, Scope()).faults
    assert fault.startswith("reports/.site/site.json: bản ghi của trang chung khác với nhật ký")
    shutil.rmtree(layout.site_record.parent)
    (layout.reports / "index.html").unlink()
    (fault,) = verify(layout, Scope()).faults
    assert "nhật ký nói trang chung đã công bố" in fault


@pytest.mark.parametrize("path", ["bach-long-vi/.staging-2026", ".staging-site-x", ".store/ab/.new-x"])
def test_what_a_killed_run_may_have_left_is_told_and_no_fault(layout: Layout, path: str) -> None:
    add_file(layout.reports / path / "index.html" if ".staging" in path else layout.reports / path)
    found = verify(layout, Scope())
    assert not found.faults
    assert [line for line in found.warnings if line.startswith(f"reports/{path}: phần còn lại")]


def test_an_end_of_the_log_that_was_torn_is_held_to_its_entry(layout: Layout) -> None:
    log = Log(layout.log)
    with log.path.open("ab") as file:
        file.write(b'{"action":"publ')
    log.append(Event(action=Action.SWEPT))
    assert not verify(layout, Scope()).faults
    log.torn.write_bytes(log.torn.read_bytes() + b"more\n")
    assert any("log.torn" in fault for fault in verify(layout, Scope()).faults)


def _told(layout: Layout, path: Path) -> list[str]:
    found = verify(layout, Scope())
    assert not found.faults
    return [line for line in found.warnings if line.startswith(layout.relative(path))]


def test_a_plan_that_was_edited_after_publication_is_told(layout: Layout) -> None:
    plan = next((layout.plans / "bach-long-vi").glob("*.yaml"))
    assert not _told(layout, plan)
    plan.write_bytes(plan.read_bytes() + b"# another\n")
    (line,) = _told(layout, plan)
    assert "số liệu gốc nội dung đã đổi sau khi công bố báo cáo bach-long-vi, 2025" in line
    plan.unlink()
    assert _told(layout, plan)


def test_what_was_sent_and_edited_after_publication_is_told(layout: Layout) -> None:
    sent = next((layout.submissions / "bach-long-vi" / "2025").iterdir())
    sent.write_bytes(sent.read_bytes().replace(b"80", b"90", 1))
    assert len(_told(layout, sent)) == 1
    shutil.rmtree(layout.raw)  # an auditor has `reports` alone
    assert not verify(layout, Scope()).warnings


def test_what_everybody_may_write_is_told(layout: Layout) -> None:
    page = layout.reports / "index.html"
    page.chmod(0o666)
    assert [line for line in verify(layout, Scope()).warnings if "mọi người dùng máy đều sửa được" in line]


def test_names_are_shown_without_their_terminal_codes(layout: Layout) -> None:
    name = os.fsdecode(b"\x1b[2Jok\xff\n")
    (layout.reports / name).write_text("x", "utf-8")
    (fault,) = verify(layout, Scope()).faults
    assert fault.startswith("reports/\\x1b[2Jok\\udcff\\n: ")


def test_a_part_is_surveyed_alone(layout: Layout) -> None:
    add_file(layout.reports / REPORT / "folder" / "x")
    (layout.reports / REPORT / "folder" / "x").unlink()
    add_file(layout.reports / "stray")
    assert [f.partition(": ")[0] for f in verify(layout, Scope("bach-long-vi", "2025")).faults] == [
        f"reports/{REPORT}/folder"
    ]


def test_a_report_is_made_again_where_a_pipe_stands_for_its_manifest_or_lock(layout: Layout) -> None:
    run = Run.open("bach-long-vi", "2025", layout=layout)
    fifo(run.report / "manifest.json")
    change(run)
    publish(run, "three")
    assert not [f for f in verify(layout, Scope()).faults if f"{REPORT}/" in f]


def test_a_page_that_became_a_pipe_or_a_link_is_repaired(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KNOWN, "")
    run, page = Run.open("bach-long-vi", "2025", layout=layout), "completion.json"
    whole = (run.report / page).read_bytes()
    fifo(run.report / page)
    publish(run, "two")
    assert (run.report / page).read_bytes() == whole
    link(run.report / page)
    publish(run, "two")
    assert not (run.report / page).is_symlink()
    assert not verify(layout, Scope()).faults
    assert [entry.action for entry in Log(layout.log).chain().entries][-2:] == [Action.REPAIRED, Action.REPAIRED]
