"""Runs as they are recorded: the published folders, those kept, and what the manifest of either says.

A manifest is read as any edition of the program wrote it: a file is whatever has a `path` and a `sha256`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import MismatchError, NoInputError, UsageError
from pipeline.paths import Layout
from pipeline.publish.manifest import BESIDE, MANIFEST
from pipeline.steps import folder_name

SHORTEST = 8
"""So many digits of a run id name it, if only one run has them."""
_LOCK = "requirements.lock"
_NO_FILE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


@dataclass(frozen=True)
class Recorded:
    """What one manifest says. Files by their path, each with its SHA-256."""

    folder: Path
    run: str
    input_id: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    python: str = ""
    draft: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def locality(self) -> str:
        """Slug of the locality; '' where the manifest names none."""
        return self.parameters.get("locality", "")

    @property
    def name(self) -> str:
        """The folder below the locality: the period, or the period as known on a day."""
        return folder_name(self.parameters)

    @property
    def lock(self) -> str:
        """SHA-256 of the lock of the environment; '' where the manifest names none."""
        return self.inputs.get(_LOCK, "")

    @property
    def digests(self) -> set[str]:
        """What the store must hold so that the report can be made again."""
        return {*self.inputs.values(), *([self.draft] if self.draft else [])}


def read_recorded(folder: Path) -> Recorded:
    """Raises MismatchError for a manifest that is gone, is none, or names a file outside the project.

    What cannot be read at the moment may well be as it was: raises OSError.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
        manifest = json.loads(content)
        inputs = manifest["inputs"]
        return Recorded(
            folder=folder,
            run=hashlib.sha256(content).hexdigest(),
            input_id=str(manifest["input_id"]),
            parameters={str(name): str(value) for name, value in inputs["parameters"].items()},
            python=str(inputs["shared"]["python"]),
            draft=str(inputs["shared"].get("draft", "")),
            inputs=dict(_files(inputs)),
            outputs=dict(_files(manifest["outputs"])),
        )
    except (*_NO_FILE, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MismatchError(f"{folder / MANIFEST}: không đọc được bản kê") from error


def _files(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        if {"path", "sha256"} <= part.keys():
            yield _inside(part["path"]), str(part["sha256"])
        else:
            for value in part.values():
                yield from _files(value)
    elif isinstance(part, list):
        for value in part:
            yield from _files(value)


def _inside(path: Any) -> str:
    """A path that stays below the folder it is joined to. Raises ValueError."""
    parsed = PurePosixPath(path)
    if parsed.is_absolute() or str(parsed) != path or {"..", "."} & set(parsed.parts) or not path.isprintable():
        raise ValueError(path)
    return str(path)


def published_folders(layout: Layout) -> list[Path]:
    """Every folder at the address of a report, by locality and name; hidden ones are none."""
    folders = (p for p in layout.reports.glob("*/*") if not p.name.startswith(".") and p.is_dir())
    return sorted(p for p in folders if not p.parent.name.startswith("."))


def kept_folders(layout: Layout) -> list[Path]:
    """Every folder of a run that was published before."""
    return sorted(path for path in layout.kept.glob("*") if path.is_dir())


def find_run(layout: Layout, locality: str, prefix: str) -> Path:
    """The folder of a run of this locality whose id begins so, published or kept.

    Raises UsageError for a malformed or ambiguous beginning, NoInputError where no run has it.
    """
    if not re.fullmatch(r"[0-9a-f]{8,64}", prefix):
        raise UsageError(f"Mã lần chạy không hợp lệ: {prefix[:80]!r}. Viết {SHORTEST} đến 64 chữ số 0–9, a–f.")
    folders = [p for p in published_folders(layout) if p.parent.name == locality] + kept_folders(layout)
    found = {
        run: folder
        for folder in reversed(folders)
        if (run := _run_of(folder)).startswith(prefix) and _locality_of(folder) == locality
    }
    if len(found) > 1:
        raise UsageError(f"Nhiều lần chạy bắt đầu bằng {prefix}: {', '.join(sorted(found))}. Viết dài hơn.")
    if not found:
        raise NoInputError(
            f"{locality} không có lần chạy nào bắt đầu bằng {prefix}. Xem: make verify LOCALITY={locality}"
        )
    return found.popitem()[1]


def faults_of(recorded: Recorded) -> Iterator[str]:
    """Every file of a report that is missing, changed or not of it, a line each naming the file."""
    folder = recorded.folder
    lying = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    for name, sha256 in recorded.outputs.items():
        path = lying.get(name)
        if path is None:
            yield f"{name}: không còn"
        elif path.is_symlink() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            yield f"{name}: nội dung đã đổi so với bản kê"
    for name in sorted(lying.keys() - recorded.outputs.keys() - {MANIFEST, *BESIDE}):
        yield f"{name}: không có trong bản kê"


def _run_of(folder: Path) -> str:
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""


def _locality_of(folder: Path) -> str:
    try:
        return read_recorded(folder).locality
    except MismatchError:
        return folder.parent.name
