"""The ways of making the same reports, each in its own process: `python -m benchmarks.contestants NAME …`.

A contestant warms up with one report that is not counted, if it has anything to warm up, prints `mark`, makes the
reports that count, and prints `mark` again. After each mark it waits for a line on its input.
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

from pipeline.paths import Layout
from pipeline.steps import STEPS, Run, parameters


@dataclass(frozen=True)
class Work:
    """The reports to make below `root`: one to warm up, then those that count."""

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
    """Stand still while the bench reads the clock and the process tree."""
    print("mark", flush=True)
    sys.stdin.readline()


def stock(work: Work) -> None:
    """Papermill and nbconvert in a loop, as in their manuals, with the stock kernel."""
    _load_stock()
    mark()  # nothing to warm up: every kernel is a new process
    for locality in work.localities:
        _stock_report(work, locality)
    mark()


def stock_processes(work: Work) -> None:
    """The same in one process per job, forked once papermill is imported."""
    import multiprocessing

    _load_stock()
    with multiprocessing.get_context("fork").Pool(work.jobs) as pool:
        mark()
        pool.starmap(_stock_report, [(work, locality) for locality in work.localities], chunksize=1)
        mark()


def ploomber(work: Work) -> None:
    """The notebooks in this process by ploomber-engine: warm, nothing isolated."""
    from importlib import import_module

    execute_notebook = import_module("ploomber_engine").execute_notebook  # not in our environment

    def execute(source: Path, target: Path, values: dict[str, str], folder: Path) -> None:
        execute_notebook(source, target, parameters=values, progress_bar=False, cwd=str(folder))

    _plain_report(work, work.warm_up, execute)
    mark()
    for locality in work.localities:
        _plain_report(work, locality, execute)
    mark()


def ours(work: Work) -> None:
    """`make report-all` with everything it publishes."""
    from pipeline.run.batch import Job, Wanted, make_one, report_all
    from pipeline.run.session import notebook_session

    with notebook_session(rehearsed=True):
        _stop_if(make_one(Job(str(work.root), work.warm_up, work.period, "", True)).error)
        shutil.rmtree(work.layout.plans / work.warm_up)  # takes it out of the batch
        mark()
        wanted = Wanted(period=work.period, jobs=work.jobs)
        batch = report_all(work.layout, wanted, dt.date(2026, 7, 1))
        mark()
    _stop_if("; ".join(done.error for done in batch.failed))
    if sorted(batch.made) != sorted(work.localities):
        raise SystemExit(f"made {batch.made}, not {work.localities}")


def ours_page(work: Work) -> None:
    """The same, publishing only what the stock loop makes, page and notebooks: no HTML check, store or log."""
    from unittest.mock import patch  # here: each fork imports this module to find `no_files`

    from pipeline.publish.swap import exchange
    from pipeline.run import make_report

    def publish_alone(run: Run, staged: Path, *_: object) -> None:
        exchange(staged, run.report)

    files = "benchmarks.contestants:no_files"
    with patch.multiple(make_report, _assemble=_page_alone, publish=publish_alone, keep_inputs=no_files, FILES=files):
        ours(work)


def no_files(*_: object) -> None:
    """Write nothing beside the page."""


def floor(work: Work, *, page_only: bool = False) -> None:
    """The work itself: plain calls in this process, no notebook executed."""
    from benchmarks.floor import plain_report

    plain_report(_run(work, work.warm_up), page_only=page_only)
    mark()
    for locality in work.localities:
        plain_report(_run(work, locality), page_only=page_only)
    mark()


def floor_page(work: Work) -> None:
    """The work of the page alone: the least that any way of making it costs."""
    floor(work, page_only=True)


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
    import papermill  # noqa: F401 - before the clock starts

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
    """Execute three notebooks and convert the last, straight into the folder of the report."""
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


def _page_alone(run: Run, staged: Path, *_: object) -> None:
    from pipeline.report.render import render_page

    page = render_page(staged / "notebooks" / "report.ipynb", run.locality.full_name, str(run.period), "vi")
    (staged / "index.html").write_text(page, "utf-8")


def _run(work: Work, locality: str) -> Run:
    return Run.open(locality, work.period, layout=work.layout)


def _stop_if(error: str) -> None:
    if error:
        raise SystemExit(error)


@contextmanager
def _environment(work: Work) -> Iterator[None]:
    """The same for every contestant: where kernels find the data, and no start-up files of the user."""
    from pipeline.run.session import kernel_environment

    with kernel_environment():
        os.environ["PIPELINE_ROOT"] = str(work.root)
        yield


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one contestant over the localities named."""
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
