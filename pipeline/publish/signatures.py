"""The files that say who signed a report, made from the log: beside the page, and for the reports that replace it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pipeline.inputs.issued import COMPLETION, ENTRY, issued_folder
from pipeline.paths import Layout
from pipeline.publish.log import Entry, Log, canonical_line
from pipeline.publish.manifest import MANIFEST, run_id
from pipeline.publish.sign_off import FILE, file_content, issues_of, sign_off_of
from pipeline.publish.signature import FILE as SIGNATURE
from pipeline.publish.store import sync


def is_signed_as_logged(layout: Layout, folder: Path) -> bool:
    """Whether the files that say who signed are those the log asks for. Cheap where nobody signed."""
    log, path = Log(layout.log), folder / FILE
    now = sign_off_of(log, run_id(folder))
    issues = enumerate(issues_of(log, folder.parent.name, folder.name), start=1)
    there = path.read_bytes() if path.is_file() else b""
    return there == file_content(now) and all(
        (issued_folder(layout, entry.locality, entry.name, number) / ENTRY).is_file() for number, entry in issues
    )


def with_kept(layout: Layout, folder: Path) -> list[Path]:
    """A published folder, and the same run as it was kept before it came back to its place."""
    kept = layout.kept / run_id(folder)
    return [folder, *([kept] if (kept / MANIFEST).is_file() else [])]


def settle(layout: Layout, folder: Path) -> None:
    """Write what the log says: sign-off.json beside the page, and the record of each issue. Under the lock."""
    log = Log(layout.log)
    for place in with_kept(layout, folder):
        write_sign_off(log, place)
    for number, entry in enumerate(issues_of(log, folder.parent.name, folder.name), start=1):
        place = issued_folder(layout, entry.locality, entry.name, number)
        source = folder if run_id(folder) == entry.run else layout.kept / entry.run
        if not place.exists() and (source / COMPLETION).is_file():
            _keep_issue(place, entry, (source / COMPLETION).read_bytes())


def carry_signature(staged: Path, *former: Path) -> None:
    """A run that is published again keeps the digital signature that it had."""
    for folder in former:
        if (folder / SIGNATURE).is_file() and (folder / MANIFEST).is_file() and run_id(folder) == run_id(staged):
            write(staged / SIGNATURE, (folder / SIGNATURE).read_bytes())
            return


def write_sign_off(log: Log, folder: Path) -> None:
    """The file beside a page, as the log has it."""
    content, path = file_content(sign_off_of(log, run_id(folder))), folder / FILE
    if not content:
        path.unlink(missing_ok=True)
    elif not path.is_file() or path.read_bytes() != content:
        write(path, content)


def _keep_issue(place: Path, entry: Entry, completion: bytes) -> None:
    unfinished = place.with_name(f".new-{place.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    write(unfinished / COMPLETION, completion)
    write(unfinished / ENTRY, canonical_line(entry))
    unfinished.rename(place)
    sync(place.parent)


def write(path: Path, content: bytes) -> None:
    """A file, whole or not at all."""
    unfinished = path.with_name(f".{path.name}")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    sync(path.parent)
