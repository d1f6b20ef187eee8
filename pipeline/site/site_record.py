"""What the site depends on and what it consists of: the data set, lists, code, by SHA-256."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from pathlib import Path

from pipeline.dataset.published_reports import published
from pipeline.inputs.describe import hash_notebook, python_edition
from pipeline.inputs.draft import is_draft
from pipeline.inputs.hashes import FileHash, hash_file, hash_files, hash_of, hash_program
from pipeline.inputs.program import program_files
from pipeline.paths import CODE, Layout
from pipeline.plans.base import Frozen
from pipeline.publish.dataset_record import DESCRIPTOR
from pipeline.publish.manifest import content_fault
from pipeline.site.due_inputs import due_inputs
from pipeline.whole import read_ordinary

NOTEBOOK = "notebooks/overview.ipynb"
ROOTS = (NOTEBOOK, "pipeline.site.site_page", "pipeline.report.render")
"""What the site is made by; the files of the program that these depend on are inputs."""
LISTS = ("localities.csv", "concepts.yaml", "method.yaml")
PARTIAL_RECORD = "partial-record.json"
"""Name of the file in the staging folder through which one process hands its record to the other."""


class SiteInputs(Frozen):
    """Everything the site depends on (đầu vào)."""

    parameters: dict[str, str]
    python: str
    draft: bool
    """Whether the program differs from what is committed (bản nháp)."""
    dataset: tuple[FileHash, ...]
    """The descriptor of the data set, which has the hash of every file of it; empty where there is none."""
    translated: tuple[str, ...]
    """Pages of reports in another language, to which the site in that language links."""
    lists: tuple[FileHash, ...]
    notebook: FileHash
    code: tuple[FileHash, ...]
    lock: FileHash

    @cached_property
    def id(self) -> str:
        """SHA-256 over the canonical form of this record, 64 hex digits."""
        return hash_of(self.model_dump(mode="json"))

    @cached_property
    def maker(self) -> str:
        """The same over what processes the files: code and environment."""
        return hash_of([self.python, self.draft, self.lock.sha256, *((file.path, file.sha256) for file in self.code)])


class SiteFigures(Frozen):
    """The figures of a site."""

    period: str
    cut_off: dt.date
    method: str
    listed: int
    """Localities that are counted: those of the provinces and cities of which there is a report."""
    with_report: int
    """Of those, with a report of this period in the roll-up."""
    reported: int
    """Of those, with a value for at least one counted row."""
    missing: int
    """Localities that are counted, without a report of this period."""
    unreadable: tuple[str, ...]
    """`<locality>/<period>` of every report whose rows cannot be read."""
    other_method: tuple[str, ...]
    """Localities whose report was made by another method and is not in the roll-up."""


class PartialRecord(Frozen):
    """The part of the site's record that is made while the notebooks run."""

    due: str = ""
    """The hash of what says who owes what, of which only one page tells: see `due_inputs`."""
    as_of: str = ""
    """The day as of which it is told (AS_OF); '' where all that has come counts."""
    shown: SiteFigures
    heat: dict[str, str]
    """For every heat page, the hash of all that it is made from; while that is the same, so is the page."""


class SiteRecord(PartialRecord):
    """The published site, as recorded in `reports/.site/site.json`."""

    input_id: str
    outputs: tuple[FileHash, ...]

    def still_has(self, layout: Layout, name: str, key: str) -> bool:
        """Whether a heat page is still as it was published, and was made from the sources that `key` is the hash of."""
        found = [file for file in self.outputs if file.path == name]
        return self.heat.get(name) == key and bool(found) and all(_is_intact(layout, file) for file in found)


def describe_site_inputs(layout: Layout, period: str, page_lang: str) -> SiteInputs:
    """Hash everything that the site of a period depends on; `period` '' is the newest."""
    pages = (report.page(page_lang) for report in published(layout)) if page_lang else ()
    return SiteInputs(
        parameters={"period": period, "page_lang": page_lang},
        python=python_edition(),
        draft=is_draft(*ROOTS),
        dataset=hash_files(layout, [path] if (path := layout.dataset / DESCRIPTOR).is_file() else []),
        translated=tuple(page for page in pages if not page.endswith("/index.html")),
        lists=hash_files(layout, (layout.raw / name for name in LISTS)),
        notebook=hash_notebook(NOTEBOOK),
        code=hash_program(layout, program_files(*ROOTS)),
        lock=hash_file(layout, CODE / "requirements.lock"),
    )


def site_is_up_to_date(layout: Layout, inputs: SiteInputs, as_of: str = "") -> bool:
    """Whether the site was made from these inputs and every file of it is still as it was published."""
    made = read_site_record(layout.site_record)
    if made is None or made.input_id != inputs.id or made.due != due_inputs(layout, as_of):
        return False
    return all(_is_intact(layout, file) for file in made.outputs)


def read_site_record(path: Path) -> SiteRecord | None:
    """The record of the published site; None where it is missing or cannot be read."""
    try:
        return SiteRecord.model_validate_json(read_ordinary(path))
    except (OSError, ValueError):
        return None


def _is_intact(layout: Layout, output: FileHash) -> bool:
    """Whether a file of the site is still as it was published."""
    try:
        return not content_fault(layout.reports / output.path, {output.sha256}, output.size)
    except OSError:
        return False
