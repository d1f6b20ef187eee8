"""The site of all localities: one notebook, one page per language, and heat tables on pages of their own if many."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.dataset.make_dataset import ROOTS as OF_DATASET
from pipeline.dataset.make_dataset import make_dataset
from pipeline.errors import BusyError, StorageError
from pipeline.fork.run_in_fork import CallError, prepare_in_fork, run_in_fork
from pipeline.inputs.hashes import hash_file, hash_program
from pipeline.inputs.program import program_files, read_notebook
from pipeline.languages import in_language, page_languages
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.progress import Say, silent
from pipeline.publish.log import SITE_RECORD, Action, Event, Log
from pipeline.publish.manifest import content_fault
from pipeline.publish.swap import lock
from pipeline.run.make_report import FAILED, Outcome
from pipeline.run.notebooks import run_notebook, stopped
from pipeline.run.session import notebook_session
from pipeline.site.site_record import (
    NOTEBOOK,
    PARTIAL_RECORD,
    ROOTS,
    PartialRecord,
    SiteInputs,
    SiteRecord,
    describe_site_inputs,
    read_site_record,
    site_is_up_to_date,
)
from pipeline.steps import to_json
from pipeline.unexpected import of_another_process
from pipeline.whole import read_ordinary, sync

BESIDE = "pipeline.run.site_pages:prepare_pages"
FIRST_PAGE = "pipeline.run.site_pages:make_first_page"
BUSY = "Trang chung đang được lập ở một lần chạy khác; hãy chờ rồi chạy lại."


@dataclass(frozen=True)
class SiteRequest:
    """What the site is to show. `period` '' is the newest; `page_lang` adds a page in that language.

    Who owes what is told as of the day `as_of` (2026-05-01); by all that has come for ''.
    """

    period: str = ""
    page_lang: str = ""
    as_of: str = ""


class PagesBeside:
    """The pages beside the first one, made in a process that may be started before the data set is up to date."""

    def __init__(self, layout: Layout, stack: ExitStack) -> None:
        self._layout, self._stack = layout, stack
        self._go: Callable[..., Callable[[], Any]] | None = None

    def prepare(self) -> Callable[..., Callable[[], Any]]:
        """Start the process, once: it reads the heads of all plans and waits. Gives what it is told to go on by."""
        if self._go is None:
            self._go = self._stack.enter_context(prepare_in_fork(BESIDE, str(self._layout.root)))
        return self._go


@contextmanager
def pages_beside(layout: Layout) -> Iterator[PagesBeside]:
    """What has been prepared inside ends with it. What makes the site is loaded from here on, and hashed here."""
    hash_program(layout, {*program_files(*OF_DATASET), *program_files(*ROOTS)})
    with ExitStack() as stack:
        yield PagesBeside(layout, stack)


def make_overview(
    layout: Layout,
    request: SiteRequest,
    *,
    force: bool = False,
    say: Say = silent,
    beside: PagesBeside | None = None,
) -> Outcome:
    """Bring the data set up to date, run the notebook, publish. Hashes decide whether the site is up to date.

    Only heat pages whose sources have changed are made; with `force`, everything is made from scratch.
    Other processes read the data set, so that the memory of this one does not grow with the localities. `beside`: one
    of them, where it has been started already.

    Raises NoInputError where no report can be read, UsageError for a day before the period had closed.
    """
    page = layout.reports / "index.html"
    make_dataset(layout, say=say)
    inputs = describe_site_inputs(layout, request.period, request.page_lang)
    if not force and site_is_up_to_date(layout, inputs, request.as_of) and _is_logged(layout):
        return Outcome(page, made=False)
    try:
        with lock(layout.reports, BUSY), _staging(layout) as staged:
            if force:
                layout.site_record.unlink(missing_ok=True)
            partial = _make(layout, request, staged, beside, say)
            if describe_site_inputs(layout, request.period, request.page_lang).id != inputs.id:
                raise BusyError("Đầu vào thay đổi trong khi đang lập trang chung; hãy chạy lại.")
            _publish(layout, staged, _record(layout, inputs, partial, staged))
        shutil.rmtree(layout.processed / "overview" / FAILED, ignore_errors=True)
    except OSError as error:
        raise StorageError.of(error) from error
    return Outcome(page, made=True)


def _make(layout: Layout, request: SiteRequest, staged: Path, beside: PagesBeside | None, say: Say) -> PartialRecord:
    """Make the pages in `staged`: those beside the first one in one process, while the notebooks run in theirs."""
    pages = {language: staged / in_language("index.html", language) for language in page_languages(request.page_lang)}
    with (
        notebook_session(of_site=True) as folder,
        tempfile.TemporaryDirectory(prefix="notebooks-") as sources,
        nullcontext(beside) if beside else pages_beside(layout) as pages_of_now,
    ):
        made_beside = pages_of_now.prepare()(request.period, request.page_lang, request.as_of, str(staged))
        source = Path(sources, "overview.ipynb")  # without what saving leaves in it
        source.write_bytes(read_notebook(NOTEBOOK))
        for language, page in pages.items():
            say(f"  lập trang {page.name}…")
            parameters = {"period": request.period, "page_lang": request.page_lang, "language": language}
            outcome = run_notebook(source, _notebook(page), parameters, folder)
            if not outcome.succeeded:
                raise stopped(outcome, layout.processed / "overview" / FAILED, layout)
        try:
            made_beside()
            partial = PartialRecord.model_validate_json(read_ordinary(staged / PARTIAL_RECORD))
            for language, page in pages.items():
                executed = str(_notebook(page))
                with run_in_fork(FIRST_PAGE, executed, str(page), partial.shown.period, language) as page_made:
                    page_made()
        except CallError as error:
            what = f"Các trang chung không lập xong: {error.reason}"
            raise of_another_process(error.name, str(error), what) from error
    (staged / PARTIAL_RECORD).unlink()
    say(f"  {Period.parse(partial.shown.period).label}: {partial.shown.with_report} báo cáo")
    return partial


def _notebook(page: Path) -> Path:
    """The executed notebook from which a page is made."""
    return page.parent / ".site" / f"{page.name.replace('index', 'overview', 1).removesuffix('.html')}.ipynb"


def _record(layout: Layout, inputs: SiteInputs, partial: PartialRecord, staged: Path) -> SiteRecord:
    made = [hash_file(layout, p, p.relative_to(staged).as_posix()) for p in staged.rglob("*") if p.is_file()]
    published = read_site_record(layout.site_record)
    missing = partial.heat.keys() - {file.path for file in made}
    kept = [file for file in published.outputs if file.path in missing] if published else []
    outputs = tuple(sorted([*made, *kept], key=lambda file: file.path))
    return SiteRecord(input_id=inputs.id, outputs=outputs, **dict(partial))


def _publish(layout: Layout, staged: Path, record: SiteRecord) -> None:
    """Replace each published file in one step, the first page after the pages it links to.

    The record comes last, and then its line in the log: while one is missing or older, the next call makes everything
    again.
    """
    (staged / ".site" / "site.json").write_text(to_json(record), "utf-8")
    names = [output.path for output in record.outputs]
    made = [name for name in names if (staged / name).is_file()]
    first = [name for name in made if not name.startswith("index.")]
    for name in [*first, *(name for name in made if name.startswith("index.")), ".site/site.json"]:
        _replace(staged / name, layout.reports / name)
    for leftover in [path for form in ("heat-*", "index*", "due*") for path in layout.reports.glob(f"{form}.html")]:
        if leftover.name not in names:
            leftover.unlink()
    if not _is_logged(layout):
        digest = hashlib.sha256(read_ordinary(layout.site_record)).hexdigest()
        Log(layout.log).append(Event(action=Action.SITE, beside={SITE_RECORD: digest}))


def _is_logged(layout: Layout) -> bool:
    """Whether the last line of the log about the site names its record as it is."""
    last = next(Log(layout.log).entries_with(Action.SITE), None)
    return last is not None and not content_fault(layout.site_record, set(last.beside.values()))


def _replace(made: Path, published: Path) -> None:
    published.parent.mkdir(exist_ok=True)
    sync(made)
    made.replace(published)
    sync(published.parent)


@contextmanager
def _staging(layout: Layout) -> Iterator[Path]:
    """A folder on the same file system. Deletes what a killed run left behind, so it must be called under the lock."""
    for leftover in layout.reports.glob(".staging-site-*"):
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(prefix=".staging-site-", dir=layout.reports) as folder:
        yield Path(folder)
