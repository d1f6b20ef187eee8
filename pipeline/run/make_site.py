"""The site of all localities: one notebook, one page in each language, heat tables beside it where they are many."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import BusyError, InternalError, NoInputError, StorageError
from pipeline.fork.run_in_fork import CallError, aside
from pipeline.inputs.hashes import hash_file
from pipeline.languages import in_language, page_languages
from pipeline.paths import Layout
from pipeline.plans.base import Frozen
from pipeline.plans.periods import Period
from pipeline.progress import Say, silent
from pipeline.publish.swap import lock
from pipeline.report.html_check import check_page
from pipeline.run.make_report import Outcome
from pipeline.run.notebooks import run_notebook, stopped
from pipeline.run.session import notebook_session
from pipeline.site.collected import memories
from pipeline.site.sections import Site
from pipeline.site.site_page import render_heat, render_overview, script
from pipeline.site.site_record import (
    Shown,
    SiteInputs,
    SiteRecord,
    describe_site_inputs,
    read_site_record,
    site_is_up_to_date,
)
from pipeline.steps import to_json
from pipeline.whole import sync

HEAT_PAGES = "pipeline.run.make_site:make_heat_pages"
CHECK = "pipeline.run.make_site:check"
BUSY = "Trang chung đang được lập ở một lần chạy khác; hãy chờ rồi chạy lại."
BESIDE = "beside.json"
"""Where the record of that name lies in the staging folder until it is read."""


@dataclass(frozen=True)
class Wanted:
    """What the site is asked to show. `period` '' is the newest; `page_lang` adds a page in that language."""

    period: str = ""
    page_lang: str = ""


class Beside(Frozen):
    """What is made beside the notebooks: the figures of the record, and the heat pages by the hash of their sources."""

    shown: Shown
    heat: dict[str, str]


def make_overview(layout: Layout, wanted: Wanted, *, force: bool = False, say: Say = silent) -> Outcome:
    """Read the published summaries, run the notebook, publish. Up to date is decided by hashes.

    Of the heat pages only those are made whose sources have changed; with `force`, everything is made from nothing.
    Summaries are read in other processes: this one stays as small with thousands of localities as with ten.

    Raises NoInputError where no report can be read.
    """
    page, path = layout.reports / "index.html", layout.site_record
    inputs = describe_site_inputs(layout, wanted.period, wanted.page_lang)
    if not force and site_is_up_to_date(layout, path, inputs):
        return Outcome(page, made=False)
    if not inputs.summaries and not inputs.without_summary:
        raise NoInputError("Chưa có báo cáo nào trong reports/. Lập trước: make report LOCALITY=cat-hai")
    try:
        with lock(layout.reports, BUSY), _staging(layout) as staged:
            if force:
                shutil.rmtree(memories(layout), ignore_errors=True)
                path.unlink(missing_ok=True)
            beside = _make(layout, wanted, staged, say)
            if describe_site_inputs(layout, wanted.period, wanted.page_lang).id != inputs.id:
                raise BusyError("Đầu vào thay đổi trong khi đang lập trang chung; hãy chạy lại.")
            _publish(layout, staged, _record(layout, inputs, beside, staged))
    except OSError as error:
        raise StorageError.of(error) from error
    return Outcome(page, made=True)


def _make(layout: Layout, wanted: Wanted, staged: Path, say: Say) -> Beside:
    """The pages into `staged`: the heat pages in a process of their own, while the notebooks run in theirs."""
    pages = {language: staged / in_language("index.html", language) for language in page_languages(wanted.page_lang)}
    told = (str(layout.root), wanted.period, wanted.page_lang, str(staged))
    with notebook_session() as folder, aside(HEAT_PAGES, *told) as heat_pages_made:
        for language, page in pages.items():
            say(f"  lập trang {page.name}…")
            parameters = {"period": wanted.period, "page_lang": wanted.page_lang, "language": language}
            outcome = run_notebook(layout.notebooks / "overview.ipynb", _notebook(page), parameters, folder)
            if not outcome.succeeded:
                raise stopped(outcome, layout.processed / "overview" / "failed", layout)
        try:
            heat_pages_made()
            beside = Beside.model_validate_json((staged / BESIDE).read_text("utf-8"))
            for language, page in pages.items():
                page.write_text(render_overview(_notebook(page), beside.shown.period, language), "utf-8")
                with aside(CHECK, str(page)) as checked:
                    checked()
        except CallError as error:
            raise InternalError(f"Các trang chung không lập xong: {error.name} {error}") from error
    (staged / BESIDE).unlink()
    say(f"  {Period.parse(beside.shown.period).label}: {beside.shown.with_report} báo cáo")
    return beside


def make_heat_pages(root: str, period: str, page_lang: str, staged: str) -> None:
    """Write the heat pages that are not published as they would be made now, and the record of `Beside`."""
    layout, folder = Layout(Path(root)), Path(staged)
    published = read_site_record(layout.site_record)
    site, heat = Site.open(period, page_lang, layout=layout), dict[str, str]()
    for spoken in (replace(site, language=language) for language in page_languages(page_lang)):
        for group in spoken.groups if spoken.by_group else ():
            name, key = spoken.heat_page(group), spoken.heat_key(group)
            if published is None or not published.still_has(layout, name, key):
                _write(folder / name, render_heat(spoken, group))
            heat[name] = key
    (folder / BESIDE).write_text(to_json(Beside(shown=site.shown, heat=heat)), "utf-8")


def check(page: str) -> None:
    """Hold the first page against what may be published. With thousands of localities its tree takes tens of MB."""
    check_page(Path(page).read_text("utf-8"), script())


def _notebook(page: Path) -> Path:
    """The executed notebook a page is made from."""
    return page.parent / ".site" / f"{page.name.replace('index', 'overview', 1).removesuffix('.html')}.ipynb"


def _write(path: Path, page: str) -> None:
    check_page(page, script())
    path.write_text(page, "utf-8")


def _record(layout: Layout, inputs: SiteInputs, beside: Beside, staged: Path) -> SiteRecord:
    made = [hash_file(layout, p, p.relative_to(staged).as_posix()) for p in staged.rglob("*") if p.is_file()]
    published = read_site_record(layout.site_record)
    missing = beside.heat.keys() - {file.path for file in made}
    kept = [file for file in published.outputs if file.path in missing] if published else []
    outputs = tuple(sorted([*made, *kept], key=lambda file: file.path))
    return SiteRecord(input_id=inputs.id, shown=beside.shown, heat=beside.heat, outputs=outputs)


def _publish(layout: Layout, staged: Path, record: SiteRecord) -> None:
    """Put each file in the place of the one before in one step, the first page after those it links to.

    The record comes last: without it, or with an older one, the next call makes everything again.
    """
    (staged / ".site" / "site.json").write_text(to_json(record), "utf-8")
    names = [output.path for output in record.outputs]
    made = [name for name in names if (staged / name).is_file()]
    first = [name for name in made if not name.startswith("index.")]
    for name in [*first, *(name for name in made if name.startswith("index.")), ".site/site.json"]:
        _replace(staged / name, layout.reports / name)
    for leftover in {*layout.reports.glob("heat-*.html"), *layout.reports.glob("index*.html")}:
        if leftover.name not in names:
            leftover.unlink()


def _replace(made: Path, published: Path) -> None:
    published.parent.mkdir(exist_ok=True)
    sync(made)
    made.replace(published)
    sync(published.parent)


@contextmanager
def _staging(layout: Layout) -> Iterator[Path]:
    """A folder on the same file system; leftovers of a run that was killed are swept first. Call under the lock."""
    for leftover in layout.reports.glob(".staging-site-*"):
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(prefix=".staging-site-", dir=layout.reports) as folder:
        yield Path(folder)
