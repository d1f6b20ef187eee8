"""What somebody could do to what was published, unseen: each names the file that must be told."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.paths import Layout
from pipeline.publish.log import Log

LOCALITY, OTHER = "bach-long-vi", "binh-giang"
"""Published twice, with another plan between; and published once."""


def report_of(project: Layout) -> Path:
    return project.report(LOCALITY, "2025")


def _former(project: Layout) -> Path:
    (folder,) = project.former.iterdir()
    return folder


def _stored(project: Layout) -> Path:
    return sorted(project.store.glob("??/*"))[7]


def _log(project: Layout) -> Path:
    return Log(project.log).path


def flip(path: Path) -> Path:
    """One bit in the middle of a file, its size and time as before."""
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return path


def _delete(path: Path) -> Path:
    path.unlink()
    return path


def _append(path: Path) -> Path:
    with path.open("ab") as file:
        file.write(b"x")
    return path


def _add(path: Path) -> Path:
    path.write_text("thêm", "utf-8")
    return path


def _roll_back(project: Layout) -> Path:
    """The former run put back in its place, as if nothing had come after it."""
    folder = report_of(project)
    shutil.rmtree(folder)
    shutil.copytree(_former(project), folder)
    return folder


def _swap(project: Layout) -> Path:
    """The report of one locality at the address of another."""
    folder = report_of(project)
    shutil.rmtree(folder)
    shutil.copytree(project.report(OTHER, "2025"), folder)
    return folder


def _gone(folder: Path) -> Path:
    shutil.rmtree(folder)
    return folder


def _cut(path: Path, share: int = 2) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // share])
    return path


def _empty(path: Path) -> Path:
    path.chmod(0o644)
    path.write_bytes(b"")
    return path


def _folder_instead(path: Path) -> Path:
    path.unlink()
    path.mkdir()
    return path


def _link_instead(path: Path) -> Path:
    """The same bytes, from a place where they can be changed later."""
    elsewhere = path.parents[3] / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    return path


def _renamed(path: Path) -> Path:
    path.rename(path.with_name(path.name.upper()))
    return path


def _of_another(path: Path, other: Path) -> Path:
    """A file as it was properly published, or stored, for something else."""
    path.chmod(0o644)
    path.write_bytes(other.read_bytes())
    return path


def _manifest(project: Layout, change: Callable[[dict[str, Any]], object], indent: int = 2) -> Path:
    """A manifest that says what its forger wants, in its usual form."""
    path = report_of(project) / "manifest.json"
    manifest = json.loads(path.read_bytes())
    change(manifest)
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=indent) + "\n", "utf-8")
    return path


def _forged_page(project: Layout) -> Path:
    """Another page, with a manifest that lists it."""
    page = _append(report_of(project) / "index.html")
    digest = hashlib.sha256(page.read_bytes()).hexdigest()

    def listed(manifest: dict[str, Any]) -> None:
        (output,) = (file for file in manifest["outputs"] if file["path"] == "index.html")
        output["sha256"] = digest

    return _manifest(project, listed)


def _dropped_output(project: Layout) -> Path:
    """A file less, in the folder and in the manifest."""
    _delete(report_of(project) / "tasks.csv")
    return _manifest(
        project, lambda m: m.update(outputs=[file for file in m["outputs"] if file["path"] != "tasks.csv"])
    )


def _moved_run(project: Layout) -> Path:
    """A former run under the name of another."""
    folder = _former(project)
    folder.rename(folder.with_name("0" * 64))
    return folder


def _log_with(project: Layout, change: Callable[[list[bytes]], list[bytes]]) -> Path:
    path = _log(project)
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    return path


def without_line(project: Layout, number: int) -> Path:
    path = _log(project)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for place, line in enumerate(lines, start=1) if place != number))
    return path


def _reordered(project: Layout) -> Path:
    path = _log(project)
    first, second, *others = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([second, first, *others]))
    return path


def _retold(project: Layout) -> Path:
    """The first line changed into another proper one."""
    path = _log(project)
    path.write_bytes(path.read_bytes().replace(b'"2025"', b'"2024"', 1))
    return path


OUTPUTS = ("index.html", "completion.json", "report.docx", "report.pdf", "indicators-tasks.xlsx", "indicators.csv")
NOTEBOOK = "notebooks/compute.ipynb"
MANIPULATIONS: dict[str, Callable[[Layout], Path]] = {
    **{f"flip {name}": (lambda p, name=name: flip(report_of(p) / name)) for name in (*OUTPUTS, NOTEBOOK)},
    **{f"delete {name}": (lambda p, name=name: _delete(report_of(p) / name)) for name in (*OUTPUTS, NOTEBOOK)},
    **{f"append {name}": (lambda p, name=name: _append(report_of(p) / name)) for name in (*OUTPUTS, NOTEBOOK)},
    **{f"former {name}": (lambda p, name=name: flip(_former(p) / name)) for name in (*OUTPUTS, NOTEBOOK)},
    "manifest": lambda p: _append(report_of(p) / "manifest.json"),
    "no manifest": lambda p: _delete(report_of(p) / "manifest.json"),
    "former manifest": lambda p: _append(_former(p) / "manifest.json"),
    "run info": lambda p: flip(report_of(p) / "run-info.json"),
    "no run info": lambda p: _delete(report_of(p) / "run-info.json"),
    "a file more": lambda p: _add(report_of(p) / "more.html"),
    "a file more in a folder": lambda p: _add(report_of(p) / "notebooks" / "manifest.json"),
    "a stored file": lambda p: flip(_stored(p)),
    "a stored file longer": lambda p: _append(_stored(p)),
    "a stored file gone": lambda p: _delete(_stored(p)),
    "a stranger in the store": lambda p: _add(_stored(p).with_name("note.txt")),
    "a report gone": lambda p: _gone(report_of(p)),
    "a former run gone": lambda p: _gone(_former(p)),
    "rolled back": _roll_back,
    "swapped": _swap,
    "first line gone": lambda p: without_line(p, 1),
    "second line gone": lambda p: without_line(p, 2),
    "last line gone": lambda p: (without_line(p, 3), report_of(p))[1],
    "lines in another order": _reordered,
    "a line retold": _retold,
    "a line cut": lambda p: (_log(p).write_bytes(_log(p).read_bytes()[:-40]), _log(p))[1],
    "no log": lambda p: (_delete(_log(p)), report_of(p))[1],
    "a log without a line": lambda p: (_empty(_log(p)), report_of(p))[1],
    "a line twice": lambda p: _log_with(p, lambda lines: [*lines, lines[-1]]),
    "an old line again": lambda p: _log_with(p, lambda lines: [*lines, lines[0]]),
    "an empty line between": lambda p: _log_with(p, lambda lines: [lines[0], b"\n", *lines[1:]]),
    "a line in other spacing": lambda p: _log_with(p, lambda lines: [lines[0].replace(b":", b": "), *lines[1:]]),
    "a line begun": lambda p: _append(_log(p)),
    "a page cut": lambda p: _cut(report_of(p) / "index.html"),
    "an empty page": lambda p: _empty(report_of(p) / "index.html"),
    "a folder in the place of a page": lambda p: _folder_instead(report_of(p) / "index.html"),
    "a link in the place of a page": lambda p: _link_instead(report_of(p) / "index.html"),
    "a file renamed": lambda p: _renamed(report_of(p) / "tasks.csv"),
    "the page of the run before": lambda p: _of_another(report_of(p) / "index.html", _former(p) / "index.html"),
    "figures of another locality": lambda p: _of_another(
        report_of(p) / "completion.json", p.report(OTHER, "2025") / "completion.json"
    ),
    "a page and its line in the manifest": _forged_page,
    "a file and its line in the manifest gone": _dropped_output,
    "another input in the manifest": lambda p: _manifest(p, lambda m: m["inputs"]["plans"][0].update(sha256="0" * 64)),
    "another locality in the manifest": lambda p: _manifest(
        p, lambda m: m["inputs"]["parameters"].update(locality="cat-hai")
    ),
    "a manifest in other spacing": lambda p: _manifest(p, lambda m: None, indent=1),
    "a folder in the place of the manifest": lambda p: _folder_instead(report_of(p) / "manifest.json"),
    "another file of the program in the manifest": lambda p: _manifest(
        p, lambda m: m["program"][0].update(sha256="0" * 64)
    ),
    "a file of the program gone from the manifest": lambda p: _manifest(p, lambda m: m["program"].pop()),
    "a draft passed off as committed code": lambda p: _manifest(
        p, lambda m: m["inputs"]["shared"].update(draft=not m["inputs"]["shared"]["draft"])
    ),
    "run info of the run before": lambda p: _of_another(report_of(p) / "run-info.json", _former(p) / "run-info.json"),
    "former run info": lambda p: flip(_former(p) / "run-info.json"),
    "a former run renamed": _moved_run,
    "a file more in a former run": lambda p: _add(_former(p) / "more.html"),
    "a stored file in the place of another": lambda p: _of_another(_stored(p), sorted(p.store.glob("??/*"))[8]),
    "an empty stored file": lambda p: _empty(_stored(p)),
    "a signature nobody gave": lambda p: _add(report_of(p) / "sign-off.json"),
}
