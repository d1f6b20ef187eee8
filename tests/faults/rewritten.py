"""What somebody with every right and the hash function can do to the log: seen with its head kept elsewhere, or not.

None of these is seen by `make verify` alone; docs/audit.md says so, and what an office does about it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.paths import Layout
from pipeline.publish.log import Action, Entry, Event, Head, Log, canonical_line, read_chain

ADDRESS = ("bach-long-vi", "2025")


def _entries(project: Layout) -> list[Entry]:
    return list(read_chain(Log(project.log).path.read_bytes()).entries)


def _rechain(project: Layout, entries: list[Entry]) -> None:
    """Write these lines as a proper chain."""
    lines, before = [], Head()
    for entry in entries:
        line = canonical_line(entry.model_copy(update={"seq": before.seq + 1, "prev": before.sha256}))
        before = Head(before.seq + 1, hashlib.sha256(line).hexdigest())
        lines.append(line + b"\n")
    Log(project.log).path.write_bytes(b"".join(lines))


def _other_moment(project: Layout) -> None:
    *others, last = _entries(project)
    _rechain(project, [*others, last.model_copy(update={"at": "2020-01-01T00:00:00Z"})])


def _other_detail(project: Layout) -> None:
    *others, last = _entries(project)
    _rechain(project, [*others, last.model_copy(update={"detail": "thêm"})])


def _last_cut(project: Layout) -> None:
    """The line of the site, with the site itself."""
    _rechain(project, _entries(project)[:-1])
    shutil.rmtree(project.site_record.parent)
    (project.reports / "index.html").unlink()


def _forged(project: Layout, change: Callable[[dict[str, Any]], bytes]) -> None:
    """A published file changed, with its manifest, and a line that says it was published so."""
    folder = project.report(*ADDRESS)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    before = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    content = change(manifest)
    (folder / "manifest.json").write_bytes(content)
    current = next(e for e in reversed(_entries(project)) if e.run == before)
    (folder / "sign-off.json").unlink(missing_ok=True)
    beside = {"run-info.json": hashlib.sha256((folder / "run-info.json").read_bytes()).hexdigest()}
    run = hashlib.sha256(content).hexdigest()
    own = {"run": run, "before": before, "beside": beside, "action": Action.REPLACED, "state": "", "by": ""}
    Log(project.log).append(Event(**{name: getattr(current, name) for name in Event.model_fields} | own))


def _edited_page(project: Layout) -> None:
    page = project.report(*ADDRESS) / "completion.json"

    def change(manifest: dict[str, Any]) -> bytes:
        page.write_bytes(page.read_bytes() + b"x")
        for output in manifest["outputs"]:
            if output["path"] == page.name:
                content = page.read_bytes()
                output.update(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
        return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()

    former = project.former / hashlib.sha256((page.parent / "manifest.json").read_bytes()).hexdigest()
    if not former.exists():
        shutil.copytree(page.parent, former)
    _forged(project, change)


WITH_HEAD: dict[str, Callable[[Layout], None]] = {
    "the last line: another moment": _other_moment,
    "the last line: another detail": _other_detail,
    "the last line cut, with what it tells of": _last_cut,
}
"""Seen where the head was kept elsewhere."""
UNSEEN: dict[str, Callable[[Layout], None]] = {"an edited page with its manifest and a line of its own": _edited_page}
"""Additions: no line of before is gone, so an old head sees nothing; `make audit` and signatures do."""


def _writable(project: Layout) -> Path:
    page = project.report(*ADDRESS) / "completion.json"
    page.chmod(0o666)
    return page


def _submission(project: Layout) -> Path:
    path = sorted((project.submissions / ADDRESS[0] / ADDRESS[1]).iterdir())[0]
    path.write_bytes(path.read_bytes() + b"\n")
    return path


def _plan(project: Layout) -> Path:
    path = sorted((project.plans / ADDRESS[0]).iterdir())[0]
    path.write_bytes(path.read_bytes() + b"# x\n")
    return path


TOLD: dict[str, Callable[[Layout], Path]] = {
    "everything writable for all": _writable,
    "a submission edited after publication": _submission,
    "a plan edited after publication": _plan,
}
"""No fault, but a note that names the file."""
