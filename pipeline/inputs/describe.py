"""What a report depends on (đầu vào), by SHA-256.

The input id is the hash of everything a result depends on; the page prints it. Nothing here names a time, a host or a
path outside the project, so equal inputs have an equal id. A notebook that is run by hand describes its own inputs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pipeline.completion.records import Completion
from pipeline.inputs.draft import is_draft
from pipeline.inputs.extra_sections import ExtraSections, SwitchedOn, describe_sections, sections_of, switched_on
from pipeline.inputs.hashes import FileHash, hash_file, hash_files, hash_of, hash_program, in_order
from pipeline.inputs.issued import Replacement, issued_before, record_files, replacement
from pipeline.inputs.peers import peers_file
from pipeline.inputs.program import RENDERERS, program_files, read_notebook
from pipeline.inputs.word_templates import template_files
from pipeline.intake.confirmations import confirmation_files
from pipeline.intake.figure_rules import QUESTIONS
from pipeline.intake.follow_ups import follow_up_files
from pipeline.intake.inbox import files_beside
from pipeline.intake.revisions import corrections_of
from pipeline.paths import CODE, Layout
from pipeline.plans.base import Frozen
from pipeline.plans.cited import plan_files, plan_files_above
from pipeline.plans.localities import Localities
from pipeline.plans.method import Method
from pipeline.plans.periods import Period
from pipeline.plans.registry import read_places
from pipeline.steps import STEPS, Run, folder_name

LISTS = ("localities.csv", "concepts.yaml", "agencies.yaml", "headings.yaml", "method.yaml")
NOTEBOOKS = tuple(f"notebooks/{step}.ipynb" for step in STEPS)
ROOTS = (*NOTEBOOKS, *RENDERERS)
"""What a report is made by; the files of the program that these depend on are inputs."""


class SharedInputs(Frozen):
    """What the reports of all localities depend on alike: lists, rules, notebooks, code, environment."""

    method: str
    python: str
    draft: bool
    """Whether code, notebooks, suites or lock differ from what is committed (bản nháp)."""
    lists: tuple[FileHash, ...]
    expectations: tuple[FileHash, ...]
    notebooks: tuple[FileHash, ...]
    """By the type, source and tags of their cells: saving or running a notebook changes nothing."""
    code: tuple[FileHash, ...]
    lock: FileHash

    @cached_property
    def id(self) -> str:
        """SHA-256 over the canonical form of this record, 64 hex digits; a part of every input id (mã đầu vào)."""
        return hash_of(self.model_dump(mode="json"))

    def as_draft(self) -> SharedInputs:
        """The same for a report with a section of its own that differs from what is committed."""
        fields = {name: getattr(self, name) for name in SharedInputs.model_fields}
        return SharedInputs(**fields | {"draft": True})


class Inputs(Frozen):
    """Everything a report depends on (đầu vào)."""

    parameters: dict[str, str]
    submissions: tuple[FileHash, ...]
    corrections: tuple[FileHash, ...]
    confirmations: tuple[FileHash, ...] = ()
    plans: tuple[FileHash, ...]
    issued: tuple[FileHash, ...] = ()
    """The record of the issued report that this one replaces; empty where it replaces none."""
    follow_ups: tuple[FileHash, ...] = ()
    """What is asked about this report and earlier ones, the answers, and the files that these name."""
    templates: tuple[FileHash, ...] = ()
    """The Word template of an office that the report is set into; empty where the program's own is used."""
    peers: tuple[FileHash, ...] = ()
    """What other places had published when it was made (nơi cùng loại); empty where nothing was."""
    extra: ExtraSections | None = None
    """What its own sections depend on (phần bổ sung); None for a report without any."""
    shared: SharedInputs

    @cached_property
    def id(self) -> str:
        """The input id: SHA-256 over the canonical form of the locality's own part and the id of the shared one."""
        return self._hash(set()) if self.issued else self.base

    @cached_property
    def base(self) -> str:
        """The same without the issued report that is replaced."""
        return self._hash({"issued"})

    def _hash(self, apart: set[str]) -> str:
        # Older manifests know no such part.
        newer = {name for name in ("extra", "templates", "follow_ups", "peers") if not getattr(self, name)}
        apart = apart | {"shared"} | newer
        return hash_of(self.model_dump(mode="json", exclude=apart) | {"shared": self.shared.id})

    def replacing(self, issued: tuple[FileHash, ...]) -> Inputs:
        """These inputs with the issued report they replace; not by model_copy, which would copy the cached ids."""
        fields = {name: getattr(self, name) for name in Inputs.model_fields}
        return Inputs(**fields | {"issued": issued})

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of every file, by its path."""
        switched_on = (self.extra.switched_on,) if self.extra else ()
        return {file.path: file.sha256 for file in (*self.data, *switched_on, *self.program)}

    @property
    def data(self) -> tuple[FileHash, ...]:
        """The files below `data/raw/`, and the issued report that is replaced, each with all its bytes."""
        sent = (*self.submissions, *self.corrections, *self.confirmations)
        own = (*self.plans, *self.follow_ups, *self.templates, *self.peers)
        return (*sent, *own, *self.issued, *self.shared.lists)

    @property
    def program(self) -> tuple[FileHash, ...]:
        """The files that lie with the code: package, notebooks, suites, lock."""
        shared = self.shared
        own = self.extra.files if self.extra else ()
        return (*shared.expectations, *shared.notebooks, *shared.code, shared.lock, *own)

    @property
    def sections(self) -> list[str]:
        """The notebooks of its own sections, by their paths below the project."""
        return [file.path for file in self.extra.notebooks] if self.extra else []


def describe_inputs(run: Run) -> Inputs:
    """Hash everything the report of `run` depends on."""
    return describe_own(run.layout, run.method, run.parameters, describe_shared(run.layout, run.method))


def describe_shared(layout: Layout, method: Method) -> SharedInputs:
    """Hash what all reports depend on."""
    return SharedInputs(
        method=method.id,
        python=python_edition(),
        draft=is_draft(*ROOTS),
        lists=hash_files(layout, (layout.raw / name for name in LISTS)),
        expectations=hash_files(layout, (p for p in layout.expectations.glob("*.json") if p.name != QUESTIONS)),
        notebooks=tuple(hash_notebook(path) for path in sorted(NOTEBOOKS)),
        code=hash_program(layout, program_files(*ROOTS)),
        lock=hash_file(layout, CODE / "requirements.lock"),
    )


@dataclass(frozen=True)
class ReadOnce:
    """What many reports depend on, each in part: a run over a country reads it once, and not 3,321 times."""

    layout: Layout
    places: Localities
    numbers: dict[str, dict[Path, set[str]]] = field(default_factory=dict)
    """See `plan_files_above`."""
    _hashes: dict[Path, FileHash] = field(default_factory=dict)

    @cached_property
    def sections(self) -> list[SwitchedOn]:
        """The list of sections that not every report has. Raises DataError."""
        return switched_on(self.layout)

    def plans_above(self, slug: str) -> Iterator[FileHash]:
        """The plans of the province that those of a locality cite. Raises as `hash_files`."""
        for path in plan_files_above(self.layout, self.places, slug, self.numbers):
            if path not in self._hashes:
                (self._hashes[path],) = hash_files(self.layout, [path])
            yield self._hashes[path]


def describe_own(
    layout: Layout, method: Method, parameters: dict[str, str], shared: SharedInputs, once: ReadOnce | None = None
) -> Inputs:
    """Hash what only the report called with `parameters` depends on; no plan is parsed for it.

    `once` has what the caller has read for reports before this one.
    """
    once = once or ReadOnce(layout, read_places(layout))
    slug, period = parameters["locality"], Period.parse(parameters["period"])
    sections = sections_of(layout, slug, parameters["period"], once.sections)
    if sections and is_draft(*sections):
        shared = shared.as_draft()
    sent = files_beside(layout, slug, period, method.calendar_in_use)
    peers = peers_file(layout, parameters)
    own = Inputs(
        parameters=parameters,
        submissions=hash_files(layout, (path for paths in sent.values() for path in paths)),
        corrections=hash_files(layout, corrections_of(layout, slug, sent)),
        confirmations=hash_files(layout, confirmation_files(layout, slug)),
        plans=in_order((*hash_files(layout, plan_files(layout, slug)), *once.plans_above(slug))),
        follow_ups=hash_files(layout, follow_up_files(layout, slug, period, method.calendar_in_use)),
        templates=hash_files(layout, template_files(layout, slug, once.places)),
        peers=hash_files(layout, [peers] if peers and peers.is_file() else []),
        extra=describe_sections(layout, sections, parameters, shared.code) if sections else None,
        shared=shared,
    )
    issued = issued_before(layout, slug, folder_name(parameters), own.base)
    return own if issued is None else own.replacing(hash_files(layout, record_files(issued)))


def replaced_by(layout: Layout, inputs: Inputs, completion: Completion) -> Replacement | None:
    """What a report made from these inputs replaces, and states otherwise; None where it replaces no issued one."""
    folder = issued_record(layout, inputs)
    return replacement(folder, completion) if folder else None


def issued_record(layout: Layout, inputs: Inputs) -> Path | None:
    """The record of the issued report that one made from these inputs replaces."""
    return (layout.root / inputs.issued[0].path).parent if inputs.issued else None


def hash_notebook(path: str) -> FileHash:
    """The hash of a notebook's source, by its path below the project."""
    return FileHash.of(path, read_notebook(path))


def python_edition() -> str:
    """The edition of Python that results may depend on, '3.11'."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def differences(before: Inputs, now: Inputs) -> Iterator[str]:
    """What made a report stale (vì sao phải lập lại), a line each; nothing where nothing did."""
    for name in sorted(before.parameters.keys() | now.parameters.keys()):
        was, is_now = (given.get(name) or "không" for given in (before.parameters, now.parameters))
        if was != is_now:
            yield f"tham số {name.upper()}: {was} → {is_now}"
    old, new = before.shared, now.shared
    for word, was, is_now in (("phương pháp", old.method, new.method), ("Python", old.python, new.python)):
        if was != is_now:
            yield f"{word}: {was or 'không'} → {is_now or 'không'}"
    if old.draft != new.draft:
        yield draft_change(old.draft, new.draft)
    yield from changed_files(before.files, now.files)


def draft_change(before: bool, now: bool) -> str:
    """'bản nháp: không → có'."""
    return f"bản nháp: {'có' if before else 'không'} → {'có' if now else 'không'}"


def changed_files(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Which files came, went or changed, by their hashes, a line each."""
    for path in sorted(before.keys() | now.keys()):
        if before.get(path) != now.get(path):
            what = "mới" if path not in before else "không còn" if path not in now else "đã đổi"
            yield f"{what}: {path}"
