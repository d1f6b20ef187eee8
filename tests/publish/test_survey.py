"""Whatever lies in `reports/` without a reason is named; links, pipes and devices never stand for files, nor hang."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.paths import Layout
from pipeline.publish.log import SITE_RECORD, Action, Event, Log
from pipeline.publish.verify import Scope, Verified, verify
from pipeline.steps import Run
from tests.run.filled import change, issued_and_replaced, publish

SIZE = 5 << 30
"""Bytes of a sparse file: reading it would take a minute and all the memory."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, registry: object) -> Path:
    """An issued report that another one replaced, and a site of one page."""
    from pipeline.inputs.draft import KNOWN
    from tests.factories import copy_raw

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KNOWN, "")
        layout = copy_raw(tmp_path_factory.mktemp("published"))
        issued_and_replaced(layout)
    page = b"<!doctype html>"
    (layout.reports / "index.html").write_bytes(page)
    _record(layout, "index.html", page)
    digest = hashlib.sha256(layout.site_record.read_bytes()).hexdigest()
    Log(layout.log).append(Event(action=Action.SITE, beside={SITE_RECORD: digest}))
    return layout.root


def _record(layout: Layout, name: str, content: bytes) -> None:
    """The record of a site that consists of one file."""
    file = {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    layout.site_record.parent.mkdir(exist_ok=True)
    layout.site_record.write_text(json.dumps({"outputs": [file]}), "utf-8")


@pytest.fixture
def layout(published: Path, tmp_path: Path) -> Layout:
    """A copy, to be manipulated."""
    return Layout(Path(shutil.copytree(published, tmp_path / "project")))


def _at(path: str) -> Callable[[Layout], Path]:
    """A place below `reports/`; <run> is the run that was replaced, <file> a stored one."""

    def place(layout: Layout) -> Path:
        run = next(layout.former.iterdir()).name
        stored = sorted(layout.store.glob("??/*"))[3].relative_to(layout.reports).as_posix()
        return layout.reports / path.replace("<run>", run).replace("<file>", stored)

    return place


def _file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x", "utf-8")


def _folder(path: Path) -> None:
    path.mkdir(parents=True)


def _link(path: Path) -> None:
    """The same bytes, from a place where they can be changed later."""
    elsewhere = path.parents[len(path.parts) - 2 - path.parts.index("project")] / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _fifo(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def _folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def _sparse(path: Path) -> None:
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        file.truncate(SIZE)


def _gone(path: Path) -> None:
    path.unlink()


def _other_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


REPORT = "bach-long-vi/2025"
FOUND = [
    *(
        (f"stray {path}", _file, path)
        for path in (
            "page.html",
            "heat-99.html",
            ".hidden",
            "bach-long-vi/page.html",
            "bach-long-vi/.2026/index.html",
            "can-tho/page.html",
            f"{REPORT}/page.html",
            f"{REPORT}/manifest.json.sig",
            ".runs/page.html",
            ".runs/0/page.html",
            ".runs/<run>/page.html",
            ".log/page.html",
            ".log/log.torn",
            ".store/page.html",
            ".store/ab/cd/page.html",
            ".issued/page.html",
            f".issued/{REPORT}/1/page.html",
            f".issued/{REPORT}/7/completion.json",
            ".site/page.html",
            "Odd name/.lock",
        )
    ),
    *(
        (f"folder {path}", _folder, path)
        for path in (
            "can-tho",
            f"{REPORT}/folder",
            "bach-long-vi/2030",
            "bach-long-vi/.folder",
            ".runs/folder",
            ".log/folder",
            ".store/folder",
            ".issued/can-tho",
            ".issued/bach-long-vi/2030",
            ".site/folder",
            ".folder",
        )
    ),
    *(
        (f"link {path}", _link, path)
        for path in (
            "bach-long-vi",
            REPORT,
            f"{REPORT}/completion.json",
            f"{REPORT}/manifest.json",
            f"{REPORT}/run-info.json",
            ".runs",
            ".runs/<run>",
            ".runs/<run>/sign-off.json",
            ".log",
            ".log/log.jsonl",
            ".store",
            "<file>",
            ".issued",
            f".issued/{REPORT}/1",
            f".issued/{REPORT}/1/entry.json",
            ".site",
            ".site/site.json",
            "index.html",
        )
    ),
    *(
        (f"{what.__name__[1:]} {path}", what, path)
        for what in (_fifo, _folder_instead, _device, _sparse)
        for path in (
            f"{REPORT}/completion.json",
            f"{REPORT}/manifest.json",
            f"{REPORT}/run-info.json",
            ".runs/<run>/sign-off.json",
            "<file>",
            f".issued/{REPORT}/1/entry.json",
            ".site/site.json",
            "index.html",
        )
    ),
    *((f"{what.__name__[1:]} the log", what, ".log/log.jsonl") for what in (_fifo, _folder_instead)),
    *((f"fifo {path}", _fifo, path) for path in ("bach-long-vi/.lock", ".lock", ".log/.lock", ".store/.lock", "fifo")),
    ("the record of the site gone", _gone, ".site/site.json"),
    ("the record of the site in other bytes", _other_bytes, ".site/site.json"),
]


@pytest.mark.parametrize(("do", "path"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND])
def test_what_does_not_belong_there_is_named(layout: Layout, do: Callable[[Path], None], path: str) -> None:
    place = _at(path)(layout)
    before = {*layout.root.rglob("*"), *layout.root.parents, layout.root} - {place}
    do(place)
    faults = verify(layout, Scope()).faults
    stranger = next(p for p in (*reversed(place.parents), place) if p not in before)  # the folder, where it is new
    names = {layout.relative(stranger), layout.relative(place)}
    assert names & {fault.partition(": ")[0] for fault in faults}, faults
    assert len(faults) == len(set(faults))


def test_nothing_is_found_in_what_was_published(layout: Layout) -> None:
    found = verify(layout, Scope())
    assert (found.faults, found.published, found.former) == ([], 1, 1)
    (layout.reports / "can-tho").mkdir()
    (layout.reports / "can-tho" / ".lock").touch()  # a report that was refused before anything was made
    assert not verify(layout, Scope()).faults


def test_a_page_of_the_site_edited_with_its_record_is_found(layout: Layout) -> None:
    (layout.reports / "index.html").write_bytes(b"another")
    _record(layout, "index.html", b"another")
    (fault,) = verify(layout, Scope()).faults
    assert fault.startswith("reports/.site/site.json: bản ghi của trang chung khác với nhật ký")
    shutil.rmtree(layout.site_record.parent)
    (layout.reports / "index.html").unlink()
    (fault,) = verify(layout, Scope()).faults
    assert "nhật ký nói trang chung đã công bố" in fault


@pytest.mark.parametrize("path", ["bach-long-vi/.staging-2026", ".staging-site-x", ".store/ab/.new-x"])
def test_what_a_killed_run_may_have_left_is_told_and_no_fault(layout: Layout, path: str) -> None:
    _file(layout.reports / path / "index.html" if ".staging" in path else layout.reports / path)
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
    found: Verified = verify(layout, Scope())
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
    _file(layout.reports / REPORT / "folder" / "x")
    (layout.reports / REPORT / "folder" / "x").unlink()
    _file(layout.reports / "stray")
    assert [f.partition(": ")[0] for f in verify(layout, Scope("bach-long-vi", "2025")).faults] == [
        f"reports/{REPORT}/folder"
    ]


def test_a_report_is_made_again_where_a_pipe_stands_for_its_manifest_or_lock(layout: Layout) -> None:
    run = Run.open("bach-long-vi", "2025", layout=layout)
    _fifo(run.report / "manifest.json")
    change(run)
    publish(run, "three")
    assert not [f for f in verify(layout, Scope()).faults if f"{REPORT}/" in f]
