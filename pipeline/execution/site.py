"""The site of all localities: one notebook, one page in each language, heat tables beside it where they are many."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.audit.gate import check_page
from pipeline.audit.manifest import hash_file
from pipeline.audit.site import SiteInputs, SiteRecord, describe_site_inputs, site_is_up_to_date
from pipeline.errors import BusyError, InternalError, StorageError, UserError
from pipeline.execution.environment import notebook_session
from pipeline.execution.notebooks import NotebookRun, canonical, run_notebook
from pipeline.execution.publish import lock
from pipeline.paths import Layout
from pipeline.reporting.language import LANGUAGES
from pipeline.reporting.site import Site
from pipeline.reporting.site_page import render_heat, render_overview, script
from pipeline.runs import known_language, known_period, to_json


@dataclass(frozen=True)
class Wanted:
    """What the site is asked to show. `period` '' is the newest; `page_lang` adds a page in that language."""

    period: str = ""
    page_lang: str = ""


@dataclass(frozen=True)
class SiteOutcome:
    """Where the page lies, and whether it was made now."""

    page: Path
    made: bool


def make_overview(
    layout: Layout, wanted: Wanted, *, force: bool = False, say: Callable[[str], None] = lambda text: None
) -> SiteOutcome:
    """Read the published summaries, run the notebook, publish. Up to date is decided by hashes.

    Raises UsageError for a malformed period or language, NoInputError where no report can be read.
    """
    wanted = Wanted(str(known_period(wanted.period)) if wanted.period else "", known_language(wanted.page_lang))
    page, record = layout.reports / "index.html", layout.reports / ".site" / "site.json"
    inputs = describe_site_inputs(layout, wanted.period, wanted.page_lang)
    if not force and site_is_up_to_date(layout, record, inputs):
        return SiteOutcome(page, made=False)
    site = Site.open(wanted.period, wanted.page_lang, layout=layout)
    say(f"{site.words.period(str(site.period))}: {len(site.summaries)} báo cáo")
    try:
        with _locked(layout), _staging(layout) as staged:
            _make(layout, site, wanted, staged, say)
            if describe_site_inputs(layout, wanted.period, wanted.page_lang).id != inputs.id:
                raise BusyError("Đầu vào thay đổi trong khi đang lập trang chung; hãy chạy lại.")
            _publish(layout, staged, _record(layout, site, inputs, staged))
    except OSError as error:
        raise StorageError(f"Lỗi đọc, ghi tệp: {error.strerror}: {error.filename}. Trang cũ còn nguyên.") from error
    return SiteOutcome(page, made=True)


def _make(layout: Layout, site: Site, wanted: Wanted, staged: Path, say: Callable[[str], None]) -> None:
    for language in [LANGUAGES[0], *([wanted.page_lang] if wanted.page_lang else [])]:
        suffix = "" if language == LANGUAGES[0] else f".{language}"
        say(f"  lập trang index{suffix}.html…")
        notebook = staged / ".site" / f"overview{suffix}.ipynb"
        _execute(layout, notebook, {"period": wanted.period, "page_lang": wanted.page_lang, "language": language})
        spoken = replace(site, language=language)
        _write(staged / f"index{suffix}.html", render_overview(notebook, spoken))
        for group in spoken.groups if spoken.by_group else ():
            _write(staged / spoken.heat_page(group), render_heat(spoken, group))


def _execute(layout: Layout, notebook: Path, parameters: dict[str, str]) -> None:
    with ExitStack() as stack:
        folder = stack.enter_context(notebook_session())
        outcome = run_notebook(layout.notebooks / "overview.ipynb", notebook, parameters, folder)
    if not outcome.succeeded:
        raise _stopped(layout, outcome)
    canonical(notebook)


def _stopped(layout: Layout, outcome: NotebookRun) -> Exception:
    """The error a failed notebook becomes; the notebook itself is kept where the message says."""
    kept = layout.processed / "overview" / "failed" / outcome.output.name
    kept.parent.mkdir(parents=True, exist_ok=True)
    if outcome.output.is_file():
        shutil.copyfile(outcome.output, kept)
    where = f"Sổ tay dừng giữa chừng: {layout.relative(kept)}"
    if outcome.user_message:
        error = UserError(f"{outcome.user_message}\n{where}")
        error.exit_code = outcome.exit_code
        return error
    return InternalError(f"Trang chung không lập xong: {outcome.error}\n{where}")


def _write(path: Path, page: str) -> None:
    check_page(page, script())
    path.write_text(page, "utf-8")


def _record(layout: Layout, site: Site, inputs: SiteInputs, staged: Path) -> SiteRecord:
    files = sorted(p for p in staged.rglob("*") if p.is_file())
    return SiteRecord(
        input_id=inputs.id,
        period=str(site.period),
        cut_off=site.cut_off,
        method=site.rolled.method,
        listed=len(site.collected.lists.localities),
        with_report=len(site.summaries),
        reported=len(site.rolled.reported),
        missing=len(site.missing),
        unreadable=tuple(f"{u.report.locality}/{u.report.name}" for u in site.collected.unreadable),
        other_method=tuple(s.locality for s in site.apart),
        outputs=tuple(hash_file(layout, p, p.relative_to(staged).as_posix()) for p in files),
    )


def _publish(layout: Layout, staged: Path, record: SiteRecord) -> None:
    """Put each file in the place of the one before in one step, the first page after those it links to.

    The record comes last: without it, or with an older one, the next call makes everything again.
    """
    (staged / ".site" / "site.json").write_text(to_json(record), "utf-8")
    order = [output.path for output in record.outputs]
    first = [name for name in order if not name.startswith("index.")]
    for name in [*first, *(name for name in order if name.startswith("index.")), ".site/site.json"]:
        _replace(staged / name, layout.reports / name)
    for leftover in {*layout.reports.glob("heat-*.html"), *layout.reports.glob("index*.html")}:
        if leftover.name not in order:
            leftover.unlink()


def _replace(made: Path, published: Path) -> None:
    published.parent.mkdir(exist_ok=True)
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(published)
    folder = os.open(published.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _staging(layout: Layout) -> Iterator[Path]:
    """A folder on the same file system; leftovers of a run that was killed are swept first. Call under the lock."""
    for leftover in layout.reports.glob(".staging-site-*"):
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(prefix=".staging-site-", dir=layout.reports) as folder:
        yield Path(folder)


@contextmanager
def _locked(layout: Layout) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(lock(layout.reports))
        except BusyError as error:
            raise BusyError("Trang chung đang được lập ở một lần chạy khác; hãy chờ rồi chạy lại.") from error
        yield
