"""What somebody could put into `reports/`, or in the place of what lies there; each names the place to be told."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.inputs.draft import KNOWN
from pipeline.paths import Layout
from pipeline.publish.log import SITE_RECORD, Action, Event, Log
from tests.factories import copy_raw
from tests.run.filled import issued_and_replaced

SIZE = 5 << 30
"""Bytes of a sparse file: reading it would take a minute and all the memory."""


def published(root: Path) -> Path:
    """An issued report that another one replaced, and a site of one page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KNOWN, "")
        layout = copy_raw(root)
        issued_and_replaced(layout)
    page = b"<!doctype html>"
    (layout.reports / "index.html").write_bytes(page)
    record(layout, "index.html", page)
    digest = hashlib.sha256(layout.site_record.read_bytes()).hexdigest()
    Log(layout.log).append(Event(action=Action.SITE, beside={SITE_RECORD: digest}))
    return layout.root


def record(layout: Layout, name: str, content: bytes) -> None:
    """The record of a site that consists of one file."""
    file = {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    layout.site_record.parent.mkdir(exist_ok=True)
    layout.site_record.write_text(json.dumps({"outputs": [file]}), "utf-8")


def at(path: str) -> Callable[[Layout], Path]:
    """A place below `reports/`; <run> is the run that was replaced, <file> a stored one."""

    def place(layout: Layout) -> Path:
        run = next(layout.former.iterdir()).name
        stored = sorted(layout.store.glob("??/*"))[3].relative_to(layout.reports).as_posix()
        return layout.reports / path.replace("<run>", run).replace("<file>", stored)

    return place


def add_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x", "utf-8")


def folder(path: Path) -> None:
    path.mkdir(parents=True)


def link(path: Path) -> None:
    """The same bytes, from a place where they can be changed later."""
    elsewhere = path.parents[len(path.parts) - 2 - path.parts.index("project")] / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def fifo(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


def device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def sparse(path: Path) -> None:
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        file.truncate(SIZE)


def gone(path: Path) -> None:
    path.unlink()


def other_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


REPORT = "bach-long-vi/2025"
FOUND = [
    *(
        (f"stray {path}", add_file, path)
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
        (f"folder {path}", folder, path)
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
        (f"link {path}", link, path)
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
        (f"{what.__name__} {path}", what, path)
        for what in (fifo, folder_instead, device, sparse)
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
    *((f"{what.__name__} the log", what, ".log/log.jsonl") for what in (fifo, folder_instead)),
    *((f"fifo {path}", fifo, path) for path in ("bach-long-vi/.lock", ".lock", ".log/.lock", ".store/.lock", "fifo")),
    ("the record of the site gone", gone, ".site/site.json"),
    ("the record of the site in other bytes", other_bytes, ".site/site.json"),
]


def is_named(layout: Layout, place: Path, before: set[Path], faults: list[str]) -> bool:
    """Whether a fault names the place, the folder around it where that is new too, or what is missing in it."""
    stranger = next(p for p in (*reversed(place.parents), place) if p not in before - {place})
    where = {fault.partition(": ")[0] for fault in faults}
    own = layout.relative(place)
    return layout.relative(stranger) in where or any(name == own or name.startswith(f"{own}/") for name in where)


def everything(layout: Layout) -> set[Path]:
    """What is there before something is done to it."""
    return {*layout.root.rglob("*"), *layout.root.parents, layout.root}
