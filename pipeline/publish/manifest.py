"""The manifest (bản kê): what a report was made from and what it consists of, by SHA-256.

It lists the inputs, the rest of the program that ran them, and the outputs. The run id is the hash of the manifest; it
stands in no file that the manifest lists.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import MismatchError, NoInputError, UsageError
from pipeline.inputs.describe import Inputs
from pipeline.inputs.hashes import FileHash, hash_files
from pipeline.inputs.program import all_files
from pipeline.paths import Layout
from pipeline.plans.base import Frozen
from pipeline.progress import printable
from pipeline.steps import folder_name
from pipeline.whole import LARGEST, NotOrdinaryError, read_ordinary

MANIFEST = "manifest.json"
SIGN_OFF = "sign-off.json"
RUN_INFO = "run-info.json"
BESIDE = (RUN_INFO, SIGN_OFF)
"""Files beside the manifest that name times, hosts or the run itself; no manifest lists them."""
FORMERLY_BESIDE = ("manifest.json.sig", "statement.intoto.json", "ro-crate-metadata.json")
"""What earlier editions put there. A report that has them is whole; the log knows their hashes."""
GONE, CHANGED = "không còn", "nội dung đã đổi"
"""What may be wrong with a file."""
_LOCK = "requirements.lock"
_INPUT_ID = re.compile(rb'\{\s*"input_id": ?"([0-9a-f]{64})"')
_NO_FILE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class Manifest(Frozen):
    """What a report was made from and what it consists of."""

    input_id: str
    inputs: Inputs
    program: tuple[FileHash, ...]
    """The files of the package that are no inputs: they ran the notebooks and published what came out."""
    outputs: tuple[FileHash, ...]


def manifest_of(layout: Layout, inputs: Inputs, folder: Path) -> Manifest:
    """The manifest of a report that lies complete in `folder`."""
    code = {file.path for file in inputs.program}
    program = hash_files(layout, (path for path in all_files() if layout.relative(path) not in code))
    return Manifest(input_id=inputs.id, inputs=inputs, program=program, outputs=hash_outputs(folder))


def hash_outputs(folder: Path) -> tuple[FileHash, ...]:
    """All files of a report folder but the manifest and what lies beside it, by their path inside the folder."""
    paths = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    apart = {MANIFEST, *BESIDE, *FORMERLY_BESIDE}
    return tuple(FileHash.of(name, read_ordinary(names[name])) for name in sorted(names) if name not in apart)


def run_id(folder: Path) -> str:
    """The run id of a report folder: SHA-256 of the bytes of its manifest. Raises OSError where there is none."""
    return hashlib.sha256(read_ordinary(folder / MANIFEST)).hexdigest()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a published report; None where there is none that this edition can read."""
    try:
        return Manifest.model_validate_json(read_ordinary(folder / MANIFEST))
    except (OSError, ValueError):
        return None


def is_up_to_date(folder: Path, input_id: str) -> bool:
    """Whether a published report was made from these inputs and is still as it was published."""
    manifest = read_manifest(folder)
    return manifest is not None and manifest.input_id == input_id and manifest.outputs == hash_outputs(folder)


def looks_up_to_date(folder: str | Path, input_id: str, runs: Set[str]) -> bool:
    """The same for thousands of reports, of which the log knows `runs`: compares sizes; `make verify` compares hashes.

    A manifest that is one of the runs is as it was written, so that only its first and last part are read.
    """
    try:
        content = read_ordinary(f"{folder}/{MANIFEST}")
        begun = _INPUT_ID.match(content)
        if begun is None or begun[1].decode() != input_id or hashlib.sha256(content).hexdigest() not in runs:
            return False
        outputs = json.loads(b"{" + content[content.rindex(b'"outputs":') :])["outputs"]
        # Texts: a run over the country looks at 40,000 files.
        return all(os.stat(f"{folder}/{output['path']}").st_size == output["size"] for output in outputs)  # noqa: PTH116
    except (OSError, ValueError, KeyError, TypeError):
        return False


@dataclass(frozen=True)
class Recorded:
    """What one manifest says, whichever edition wrote it. Files by their path, each with its SHA-256."""

    folder: Path
    run: str
    input_id: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    python: str = ""
    draft: bool = False
    inputs: dict[str, str] = field(default_factory=dict)
    program: dict[str, str] = field(default_factory=dict)
    """Files of the package that are no inputs."""
    outputs: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes of the files whose size the manifest says, by their SHA-256."""

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
    def needed(self) -> dict[str, str]:
        """What the store must hold so that the report can be made again."""
        return self.inputs | self.program


def read_recorded(folder: Path) -> Recorded:
    """What the manifest in a folder says: a file is whatever has a `path` and a `sha256`.

    Raises MismatchError for a manifest that is gone, is none, or names a file outside the project. What cannot be
    read at the moment may well be as it was: raises OSError.
    """
    try:
        content = read_ordinary(folder / MANIFEST)
        manifest = json.loads(content)
        inputs = manifest["inputs"]
        return Recorded(
            folder=folder,
            run=hashlib.sha256(content).hexdigest(),
            input_id=str(manifest["input_id"]),
            parameters={str(name): str(value) for name, value in inputs["parameters"].items()},
            python=str(inputs["shared"]["python"]),
            draft=bool(inputs["shared"].get("draft")),
            inputs=dict(_files(inputs)),
            program=dict(_files(manifest.get("program"))),
            outputs=dict(_files(manifest["outputs"])),
            sizes=dict(_sizes(manifest)),
        )
    except (*_NO_FILE, NotOrdinaryError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MismatchError(f"{folder / MANIFEST}: không đọc được bản kê") from error


def _files(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        if {"path", "sha256"} <= part.keys():
            yield inside(part["path"]), str(part["sha256"])
        else:
            for value in part.values():
                yield from _files(value)
    elif isinstance(part, list):
        for value in part:
            yield from _files(value)


def _sizes(part: Any) -> Iterator[tuple[str, int]]:
    if isinstance(part, dict):
        if isinstance(size := part.get("size"), int) and "sha256" in part:
            yield str(part["sha256"]), size
        for value in part.values():
            yield from _sizes(value)
    elif isinstance(part, list):
        for value in part:
            yield from _sizes(value)


def inside(path: Any) -> str:
    """A path that stays below the folder it is joined to. Raises ValueError."""
    parsed = PurePosixPath(path)
    if parsed.is_absolute() or str(parsed) != path or {"..", "."} & set(parsed.parts) or not path.isprintable():
        raise ValueError(path)
    return str(path)


def faults_of(recorded: Recorded) -> Iterator[str]:
    """Every file of a report that is missing, changed or not of it, a line each naming the file."""
    folder = recorded.folder
    lying = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not _is_folder(path)}
    for name, sha256 in recorded.outputs.items():
        path = lying.get(name)
        fault = content_fault(path, {sha256}, recorded.sizes.get(sha256)) if path else GONE
        if fault:
            yield f"{name}: {f'{fault} so với bản kê' if fault == CHANGED else fault}"
    for name in sorted(lying.keys() - recorded.outputs.keys() - {MANIFEST, *BESIDE, *FORMERLY_BESIDE}):
        yield f"{printable(name)}: không có trong bản kê"


def content_fault(path: Path, digests: set[str], size: int | None = None) -> str:
    """What is wrong with a file that is to have one of these hashes; '' for nothing.

    A file of another size than `size`, and what is no ordinary file, is not read. Raises OSError for what cannot be
    read at the moment.
    """
    try:
        content = read_ordinary(path, LARGEST if size is None else size)
    except NotOrdinaryError as error:
        return CHANGED if error.errno == errno.EFBIG else str(error.strerror)
    except _NO_FILE:
        return GONE
    return "" if hashlib.sha256(content).hexdigest() in digests else CHANGED


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def published_folders(layout: Layout) -> list[Path]:
    """Every folder at the address of a report, by locality and name; hidden ones and the data set are none."""
    folders = (p for p in layout.reports.glob("*/*") if not p.name.startswith(".") and p.is_dir())
    return sorted(p for p in folders if not p.parent.name.startswith(".") and p.parent != layout.dataset)


def former_folders(layout: Layout) -> list[Path]:
    """Every folder of a run that was published before."""
    return sorted(path for path in layout.former.glob("*") if path.is_dir())


def published_name(layout: Layout, locality: str, wanted: str) -> str:
    """The name of the published report that is asked for; with '' the only one that the locality has.

    Raises UsageError where none is meant for sure, NoInputError where the locality has published nothing.
    """
    names = [folder.name for folder in published_folders(layout) if folder.parent.name == locality]
    if wanted in names:
        return wanted
    if len(names) == 1 and not wanted:
        return names[0]
    if names:
        raise UsageError(f"Nêu báo cáo nào: {locality} đã công bố {', '.join(names)}. Ví dụ: PERIOD={names[0]}")
    raise NoInputError(f"{locality[:80]!r} chưa công bố báo cáo nào. Xem: make verify")


def find_run(layout: Layout, locality: str, prefix: str) -> Path:
    """The folder of a run of this locality whose id begins so, published now or before.

    Raises UsageError for a beginning that several runs have, NoInputError where no run has it.
    """
    folders = [p for p in published_folders(layout) if p.parent.name == locality] + former_folders(layout)
    found = dict(_runs(reversed(folders), locality, prefix))
    if len(found) > 1:
        raise UsageError(f"Nhiều lần chạy bắt đầu bằng {prefix}: {', '.join(sorted(found))}. Viết dài hơn.")
    if not found:
        raise NoInputError(
            f"{locality} không có lần chạy nào bắt đầu bằng {prefix}. Xem: make verify LOCALITY={locality}"
        )
    return found.popitem()[1]


def _runs(folders: Iterable[Path], locality: str, prefix: str) -> Iterator[tuple[str, Path]]:
    for folder in folders:
        try:
            run = run_id(folder)
        except OSError:
            continue
        if run.startswith(prefix) and _locality_of(folder) == locality:
            yield run, folder


def _locality_of(folder: Path) -> str:
    try:
        return read_recorded(folder).locality
    except MismatchError:
        return folder.parent.name
