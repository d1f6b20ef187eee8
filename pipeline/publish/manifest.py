"""The manifest (bản kê): what a report depends on and what it consists of, by SHA-256.

The input id is the hash of everything a result depends on; the page prints it. Nothing here names a
time, a host or a path outside the project, so equal inputs give an equal manifest. The run id is the hash of the
manifest; it stands in no file that the manifest lists.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from pipeline.completion.records import Completion
from pipeline.inputs.draft import checkout, draft_id
from pipeline.inputs.issued import FILES, Replacement, issued_before, replacement
from pipeline.intake.inbox import periods_with_submissions, submission_files
from pipeline.intake.revisions import correction_files
from pipeline.paths import CODE, Layout
from pipeline.plans.base import Frozen
from pipeline.plans.method import Method
from pipeline.plans.periods import Period
from pipeline.publish.store import Store
from pipeline.steps import Run, folder_name

STEPS = ("validate", "compute", "report")
LISTS = (
    "localities.csv",
    "concepts.yaml",
    "agencies.yaml",
    "headings.yaml",
    "sums.yaml",
    "method.yaml",
)


MANIFEST = "manifest.json"
BESIDE = (
    "manifest.json.sig",
    "run-info.json",
    "statement.intoto.json",
    "ro-crate-metadata.json",
    "sign-off.json",
)
"""Files beside the manifest that name times, hosts or the run itself; no manifest lists them."""


class FileHash(Frozen):
    """A file below the project with the SHA-256 of its bytes."""

    path: str
    sha256: str
    size: int


class SharedInputs(Frozen):
    """What the reports of all localities depend on alike: lists, rules, notebooks, code, environment."""

    method: str
    python: str
    draft: str
    """SHA-256 of what is not committed of code, notebooks, suites and lock; '' where everything is."""
    lists: tuple[FileHash, ...]
    expectations: tuple[FileHash, ...]
    notebooks: tuple[FileHash, ...]
    code: tuple[FileHash, ...]
    lock: FileHash

    @cached_property
    def id(self) -> str:
        """SHA-256 over the canonical form of this record, 64 hex digits; a part of every input id (mã đầu vào)."""
        return hashlib.sha256(canonical_json(self).encode()).hexdigest()


class Inputs(Frozen):
    """Everything a report depends on (đầu vào)."""

    parameters: dict[str, str]
    submissions: tuple[FileHash, ...]
    corrections: tuple[FileHash, ...]
    plans: tuple[FileHash, ...]
    issued: tuple[FileHash, ...] = ()
    """The record of the issued report that this one replaces; empty where it replaces none."""
    shared: SharedInputs

    @cached_property
    def id(self) -> str:
        """The input id: SHA-256 over the canonical form of the locality's own part and the id of the shared one."""
        return self._hash({"shared"}) if self.issued else self.base

    @cached_property
    def base(self) -> str:
        """The same without the issued report that is replaced."""
        return self._hash({"shared", "issued"})

    def _hash(self, apart: set[str]) -> str:
        own = self.model_dump(mode="json", exclude=apart) | {"shared": self.shared.id}
        return hashlib.sha256(canonical(own).encode()).hexdigest()

    def replacing(self, issued: tuple[FileHash, ...]) -> Inputs:
        """The same in the place of an issued report; not by model_copy, which would take the ids along."""
        fields = {name: getattr(self, name) for name in Inputs.model_fields}
        return Inputs(**fields | {"issued": issued})

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of every file, by its path."""
        return {file.path: file.sha256 for file in (*self.data, *self.program)}

    @property
    def data(self) -> tuple[FileHash, ...]:
        """The files below `data/raw/`, and the issued report that is replaced."""
        return (*self.submissions, *self.corrections, *self.plans, *self.issued, *self.shared.lists)

    @property
    def program(self) -> tuple[FileHash, ...]:
        """The files that lie with the code: package, notebooks, suites, lock."""
        shared = self.shared
        return (*shared.expectations, *shared.notebooks, *shared.code, shared.lock)

    @property
    def digests(self) -> set[str]:
        """What the store must hold so that the report can be made again."""
        return {*self.files.values(), *([self.shared.draft] if self.shared.draft else [])}


class Manifest(Frozen):
    """Inputs and outputs of one published report."""

    input_id: str
    inputs: Inputs
    outputs: tuple[FileHash, ...]


def canonical_json(record: BaseModel) -> str:
    """Sorted keys, no spaces: the form that is hashed."""
    return canonical(record.model_dump(mode="json"))


def canonical(record: object) -> str:
    """The same of plain values."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def describe_inputs(run: Run) -> Inputs:
    """Hash everything the report of `run` depends on."""
    shared = describe_shared(run.layout, run.method)
    return describe_own(run.layout, run.method, run.parameters, shared)


def describe_shared(layout: Layout, method: Method) -> SharedInputs:
    """Hash what all reports depend on."""
    return SharedInputs(
        method=method.id,
        python=python_edition(),
        draft=draft_id(),
        lists=hashes(layout, (layout.raw / name for name in LISTS)),
        expectations=hashes(layout, layout.expectations.glob("*.json")),
        notebooks=hashes(layout, (layout.notebooks / f"{step}.ipynb" for step in STEPS)),
        code=hashes(layout, code_files()),
        lock=hash_file(layout, CODE / "requirements.lock"),
    )


def describe_own(layout: Layout, method: Method, parameters: dict[str, str], shared: SharedInputs) -> Inputs:
    """Hash what only the report called with `parameters` depends on; no plan is read for it."""
    slug, period = parameters["locality"], Period.parse(parameters["period"])
    calendar = method.calendar_in_use
    cut_off = period.cut_off(calendar)
    # Values of earlier periods may still serve.
    periods = {*(p for p in periods_with_submissions(layout, slug) if p.cut_off(calendar) <= cut_off), period}
    own = Inputs(
        parameters=parameters,
        submissions=hashes(layout, (p for period in periods for p in submission_files(layout, slug, period))),
        corrections=hashes(layout, (p for period in periods for p in correction_files(layout, slug, period))),
        plans=hashes(layout, (layout.plans / slug).glob("*.yaml")),
        shared=shared,
    )
    issued = issued_before(layout, slug, folder_name(parameters), own.base)
    return own if issued is None else own.replacing(hashes(layout, (issued / name for name in FILES)))


def replaced_by(layout: Layout, inputs: Inputs, completion: Completion) -> Replacement | None:
    """What a report made from these inputs replaces, and states otherwise; None where it replaces no issued one."""
    folder = issued_record(layout, inputs)
    return replacement(folder, completion) if folder else None


def issued_record(layout: Layout, inputs: Inputs) -> Path | None:
    """The record of the issued report that one made from these inputs replaces."""
    return (layout.root / inputs.issued[0].path).parent if inputs.issued else None


def code_files() -> Iterator[Path]:
    """Every file of the package."""
    return (p for p in (CODE / "pipeline").rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def python_edition() -> str:
    """The edition of Python that results may depend on, '3.11'."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def hash_file(layout: Layout, path: Path, name: str | None = None) -> FileHash:
    """Path, SHA-256 and size of one file, under `name` or its path below the project. Raises OSError."""
    content = path.read_bytes()
    return FileHash(path=name or layout.relative(path), sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def keep_inputs(layout: Layout, inputs: Inputs) -> int:
    """Put every input into the store; says how many files were new. Raises BusyError for one changed meanwhile."""
    store = Store(layout.store)
    data = ((layout.root / file.path, file.sha256) for file in inputs.data)
    program = ((CODE / file.path, file.sha256) for file in inputs.program)
    new = store.put((*data, *program))
    if inputs.shared.draft:
        new += store.put_contents([(checkout().difference, inputs.shared.draft)])
    return new


def hash_outputs(layout: Layout, folder: Path) -> tuple[FileHash, ...]:
    """All files of a report folder but the manifest and what lies beside it, by their path inside the folder."""
    names = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    apart = {MANIFEST, *BESIDE}
    return tuple(hash_file(layout, names[name], name) for name in sorted(names) if name not in apart)


def run_id(folder: Path) -> str:
    """The run id of a report folder: SHA-256 of the bytes of its manifest. Raises OSError where there is none."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def is_up_to_date(layout: Layout, folder: Path, inputs: Inputs) -> bool:
    """Whether a published report was made from these inputs and is still as it was published."""
    manifest = read_manifest(folder)
    return manifest is not None and manifest.input_id == inputs.id and manifest.outputs == hash_outputs(layout, folder)


def looks_up_to_date(folder: Path, input_id: str) -> bool:
    """The same for thousands of reports: files are held to their sizes, which `make verify` does to their hashes."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        return manifest["input_id"] == input_id and all(
            (folder / output["path"]).stat().st_size == output["size"] for output in manifest["outputs"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a published report; None where there is none that can be read."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def differences(before: Inputs | None, now: Inputs) -> Iterator[str]:
    """What made a report stale (vì sao phải lập lại), a line each; nothing where nothing did."""
    if before is None:
        yield "chưa có báo cáo nào đọc được"
        return
    if before.parameters != now.parameters:
        yield f"tham số: {before.parameters} → {now.parameters}"
    for name, word in (("method", "method"), ("python", "python"), ("draft", "bản nháp")):
        old, new = getattr(before.shared, name), getattr(now.shared, name)
        if old != new:
            yield f"{word}: {old or 'không'} → {new or 'không'}"
    yield from changed_files(before.files, now.files)


def changed_files(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Which files came, went or changed, by their hashes, a line each."""
    for path in sorted(before.keys() | now.keys()):
        if before.get(path) != now.get(path):
            what = "mới" if path not in before else "không còn" if path not in now else "đã đổi"
            yield f"{what}: {path}"


def hashes(layout: Layout, paths: Iterable[Path]) -> tuple[FileHash, ...]:
    """The same of many files, by their path."""
    return tuple(sorted((hash_file(layout, path) for path in paths), key=lambda f: f.path))
