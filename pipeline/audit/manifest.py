"""The manifest (bản kê): what a report depends on and what it consists of, by SHA-256.

The input id is the hash of everything a result depends on; the page prints it. Nothing here names a
time, a host or a path outside the project, so equal inputs give an equal manifest.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel

from pipeline.paths import CODE, Layout
from pipeline.plans.base import Frozen
from pipeline.plans.registry import plan_path
from pipeline.runs import Run
from pipeline.submissions.reader import periods_with_submissions, submission_files
from pipeline.submissions.revisions import correction_files

STEPS = ("validate", "compute", "report")
LISTS = (
    "localities.csv",
    "concepts.yaml",
    "agencies.yaml",
    "headings.yaml",
    "sums.yaml",
    "method.yaml",
)


class FileHash(Frozen):
    """A file below the project with the SHA-256 of its bytes."""

    path: str
    sha256: str
    size: int


class Inputs(Frozen):
    """Everything a report depends on (đầu vào)."""

    parameters: dict[str, str]
    method: str
    python: str
    submissions: tuple[FileHash, ...]
    corrections: tuple[FileHash, ...]
    registry: tuple[FileHash, ...]
    expectations: tuple[FileHash, ...]
    notebooks: tuple[FileHash, ...]
    code: tuple[FileHash, ...]
    lock: FileHash

    @property
    def id(self) -> str:
        """The input id: SHA-256 over the canonical form of this record, 64 hex digits."""
        return hashlib.sha256(canonical_json(self).encode()).hexdigest()


class Manifest(Frozen):
    """Inputs and outputs of one published report."""

    input_id: str
    inputs: Inputs
    outputs: tuple[FileHash, ...]


def canonical_json(record: BaseModel) -> str:
    """Sorted keys, no spaces: the form that is hashed."""
    return json.dumps(record.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def describe_inputs(run: Run) -> Inputs:
    """Hash everything the report of `run` depends on."""
    layout, registry, slug = run.layout, run.registry, run.locality.slug
    cut_off = run.period.cut_off(registry.calendar)
    # Values of earlier periods may still serve.
    earlier = {p for p in periods_with_submissions(layout, slug) if p.cut_off(registry.calendar) <= cut_off}
    periods = {*earlier, run.period}
    lists = [layout.raw / name for name in LISTS]
    plans = [plan_path(layout, plan) for plan in registry.plans_of(slug)]
    return Inputs(
        parameters=run.parameters,
        method=registry.method.id,
        python=f"{sys.version_info[0]}.{sys.version_info[1]}",
        submissions=_hashes(layout, (p for period in periods for p in submission_files(layout, slug, period))),
        corrections=_hashes(layout, (p for period in periods for p in correction_files(layout, slug, period))),
        registry=_hashes(layout, [*lists, *plans]),
        expectations=_hashes(layout, layout.expectations.glob("*.json")),
        notebooks=_hashes(layout, (layout.notebooks / f"{step}.ipynb" for step in STEPS)),
        code=_hashes(
            layout, (p for p in (CODE / "pipeline").rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        ),
        lock=hash_file(layout, CODE / "requirements.lock"),
    )


def hash_file(layout: Layout, path: Path, name: str | None = None) -> FileHash:
    content = path.read_bytes()
    return FileHash(path=name or layout.relative(path), sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def hash_outputs(layout: Layout, folder: Path) -> tuple[FileHash, ...]:
    """All files of a report folder but the manifest itself, by their path inside the folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return tuple(sorted((hash_file(layout, p, p.relative_to(folder).as_posix()) for p in files), key=lambda f: f.path))


def is_up_to_date(layout: Layout, folder: Path, inputs: Inputs) -> bool:
    """Whether a published report was made from these inputs and is still as it was published."""
    try:
        manifest = Manifest.model_validate_json((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return manifest.input_id == inputs.id and manifest.outputs == hash_outputs(layout, folder)


def _hashes(layout: Layout, paths: Iterable[Path]) -> tuple[FileHash, ...]:
    return tuple(sorted((hash_file(layout, path) for path in paths), key=lambda f: f.path))
