"""The ways of making the same reports, each as a process of its own: `python -m benchmarks.contestants NAME …`.

A contestant makes one report that is not counted where there is something to warm up, says `mark`, makes the reports
that are counted, says `mark` again, and each time waits for a line before it goes on.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from pipeline.paths import Layout
from pipeline.steps import Run, parameters

STEPS = ("validate", "compute", "report")


@dataclass(frozen=True)
class Work:
    """The reports to make below `root`: one to warm up with, then those that count."""

    root: Path
    period: str
    jobs: int
    warm_up: str
    localities: tuple[str, ...]

    @property
    def layout(self) -> Layout:
        """The folders below `root`."""
        return Layout(self.root)


def mark() -> None:
    """Let the bench read the clock and the tree of processes while nothing moves."""
    print("mark", flush=True)
    sys.stdin.readline()


def stock(work: Work) -> None:
    """The loop of papermill and nbconvert as in their manuals, with the stock kernel, one report after the other."""
    _load_stock()
    mark()  # nothing to warm up: every kernel starts anew, and what this process needs is imported
    for locality in work.localities:
        _stock_report(work, locality)
    mark()


def stock_processes(work: Work) -> None:
    """The same in as many processes as there are jobs, forked when papermill is imported already."""
    import multiprocessing

    _load_stock()
    with multiprocessing.get_context("fork").Pool(work.jobs) as pool:
        mark()
        pool.starmap(_stock_report, [(work, locality) for locality in work.localities], chunksize=1)
        mark()


def ploomber(work: Work) -> None:
    """The notebooks in this process by ploomber-engine: warm, one after the other, nothing isolated."""
    from importlib import import_module

    execute_notebook = import_module("ploomber_engine").execute_notebook  # never in our own environment

    def execute(source: Path, target: Path, values: dict[str, str], folder: Path) -> None:
        execute_notebook(source, target, parameters=values, progress_bar=False, cwd=str(folder))

    _plain_report(work, work.warm_up, execute)
    mark()
    for locality in work.localities:
        _plain_report(work, locality, execute)
    mark()


def ours(work: Work) -> None:
    """`make report-all`, with everything it publishes."""
    from pipeline.run.batch import Job, Wanted, make_one, report_all
    from pipeline.run.session import notebook_session

    with notebook_session(rehearsed=True):
        _told(make_one(Job(str(work.root), work.warm_up, work.period, "", True)).error)
        shutil.rmtree(work.layout.plans / work.warm_up)  # no locality of the batch any more
        mark()
        wanted = Wanted(period=work.period, jobs=work.jobs)
        batch = report_all(work.layout, wanted, dt.date(2026, 7, 1))
        mark()
    _told("; ".join(done.error for done in batch.failed))
    if sorted(batch.made) != sorted(work.localities):
        raise SystemExit(f"made {batch.made}, not {work.localities}")


def ours_page(work: Work) -> None:
    """The same, publishing only what the stock loop makes: the page and the three notebooks; no gate, store or log."""
    from pipeline.publish.swap import publish
    from pipeline.run import make_report as report

    def publish_alone(run: Run, staged: Path, *others: object) -> None:
        del others
        publish(staged, run.report)

    files = f"{__name__}:no_files"
    with patch.multiple(report, _assemble=_page_alone, write_beside=no_files, record=publish_alone, FILES=files):
        ours(work)


def no_files(*_: object) -> None:
    """Nothing beside the page."""


def floor(work: Work) -> None:
    """The work itself: plain calls in this process, no notebook run by anything."""
    from benchmarks.floor import plain_report

    plain_report(_run(work, work.warm_up))
    mark()
    for locality in work.localities:
        plain_report(_run(work, locality))
    mark()


def floor_page(work: Work) -> None:
    """The work of the page alone: what no way of making it can undercut."""
    from benchmarks import floor as plain

    with patch.object(plain, "_assemble", _page_alone), patch.object(plain, "write_all", lambda *_: None):
        floor(work)


CONTESTANTS: dict[str, Callable[[Work], None]] = {
    "stock": stock,
    "stock-processes": stock_processes,
    "ploomber": ploomber,
    "ours": ours,
    "ours-page": ours_page,
    "floor": floor,
    "floor-page": floor_page,
}


def _load_stock() -> None:
    import papermill  # noqa: F401 - imported before the clock starts

    from pipeline.report.render import PAGE, exporter

    exporter(PAGE)


def _stock_report(work: Work, locality: str) -> None:
    import papermill

    def execute(source: Path, target: Path, values: dict[str, str], folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # papermill still calls datetime.utcnow
            papermill.execute_notebook(
                source, target, values, kernel_name="python3", progress_bar=False, cwd=str(folder)
            )

    _plain_report(work, locality, execute)


def _plain_report(work: Work, locality: str, execute: Callable[[Path, Path, dict[str, str], Path], None]) -> None:
    """Three notebooks and the conversion of the last, straight into the folder of the report."""
    from pipeline.report.render import render_page

    run = _run(work, locality)
    notebooks, folder = run.report / "notebooks", work.root / "cwd"
    shutil.rmtree(run.report, ignore_errors=True)
    notebooks.mkdir(parents=True)
    folder.mkdir(exist_ok=True)
    for step in STEPS:
        values = parameters(locality, work.period) | ({"language": "vi"} if step == "report" else {})
        execute(work.layout.notebooks / f"{step}.ipynb", notebooks / f"{step}.ipynb", values, folder)
    page = render_page(notebooks / "report.ipynb", run.locality.full_name, str(run.period), "vi")
    (run.report / "index.html").write_text(page, "utf-8")


def _page_alone(run: Run, staged: Path, inputs: object) -> None:
    from pipeline.report.render import render_page

    del inputs
    page = render_page(staged / "notebooks" / "report.ipynb", run.locality.full_name, str(run.period), "vi")
    (staged / "index.html").write_text(page, "utf-8")


def _run(work: Work, locality: str) -> Run:
    return Run.open(locality, work.period, layout=work.layout)


def _told(error: str) -> None:
    if error:
        raise SystemExit(error)


@contextmanager
def _environment(work: Work) -> Iterator[None]:
    """Where kernels look for data, and no start-up files of the user, for every contestant alike."""
    from pipeline.run.session import kernel_environment

    with kernel_environment():
        os.environ["PIPELINE_ROOT"] = str(work.root)
        yield


def main(arguments: Sequence[str] | None = None) -> None:
    """One contestant over the localities named."""
    parser = argparse.ArgumentParser(prog="benchmarks.contestants")
    parser.add_argument("name", choices=CONTESTANTS)
    parser.add_argument("root", type=Path)
    parser.add_argument("period")
    parser.add_argument("jobs", type=int)
    parser.add_argument("localities", nargs="+", help="the first is the one that is not counted")
    options = parser.parse_args(arguments)
    first, *others = options.localities
    work = Work(options.root, options.period, options.jobs, first, tuple(others))
    with _environment(work):
        CONTESTANTS[options.name](work)


if __name__ == "__main__":
    main()
