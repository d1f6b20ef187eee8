"""Many localities: `make report-all`. Only what is out of date is made; one failure stops no other."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.audit.manifest import describe_own, describe_shared, looks_up_to_date
from pipeline.errors import InternalError, PipelineError, UsageError
from pipeline.execution.environment import keep_session, notebook_session
from pipeline.execution.report import make_report
from pipeline.paths import Layout
from pipeline.plans.periods import Calendar
from pipeline.plans.registry import read_method, read_registry
from pipeline.runs import Run, default_period, known_language, known_period, parameters
from pipeline.submissions.reader import newest_period


@dataclass(frozen=True)
class Wanted:
    """What is asked for. `period` '' is each locality's newest; `jobs` 0 is one for each core."""

    period: str = ""
    page_lang: str = ""
    jobs: int = 0
    scheduler: str = ""
    force: bool = False


@dataclass(frozen=True)
class Job:
    """One report to make, as it travels to a worker: names only."""

    root: str
    locality: str
    period: str
    page_lang: str
    force: bool


@dataclass(frozen=True)
class Done:
    """What became of a job: '' or the sentence of its error."""

    locality: str
    period: str
    error: str = ""
    exit_code: int = 0


@dataclass
class Batch:
    """The outcome of all: how many were up to date, which were made, which failed."""

    current: int = 0
    made: list[str] = field(default_factory=list)
    failed: list[Done] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return max((done.exit_code for done in self.failed), default=0)


def report_all(layout: Layout, wanted: Wanted, today: dt.date, say: Callable[[str], None] = lambda text: None) -> Batch:
    """Make every report that is out of date. Interrupted and called again, it goes on with what is left.

    Raises UsageError for a malformed period, language, number of jobs or address of a scheduler.
    """
    jobs, current = stale(layout, wanted, today)
    batch = Batch(current=current)
    say(f"{current} báo cáo đã mới nhất, {len(jobs)} báo cáo cần lập")
    if jobs:
        with _executor(wanted, len(jobs)) as executor, _progress(len(jobs)) as tick:
            futures = [executor.submit(make_one, job) for job in jobs]
            try:
                for future in as_completed(futures):
                    done = future.result()
                    if done.error:
                        batch.failed.append(done)
                    else:
                        batch.made.append(done.locality)
                    tick(len(batch.failed))
            except BaseException:
                for future in futures:
                    future.cancel()
                raise
    batch.failed.sort(key=lambda done: done.locality)
    return batch


def stale(layout: Layout, wanted: Wanted, today: dt.date) -> tuple[list[Job], int]:
    """The reports to make, and how many are up to date. What all depend on is hashed once."""
    if wanted.period:
        known_period(wanted.period)
    page_lang = known_language(wanted.page_lang)
    method = read_method(layout)
    shared = describe_shared(layout, method)
    jobs, current = [], 0
    for slug in localities(layout):
        period = wanted.period or _newest(layout, slug, method.calendar_in_use, today)
        folder = layout.report(slug, period)
        if not wanted.force and (folder / "manifest.json").is_file():
            inputs = describe_own(layout, method, parameters(slug, period, page_lang=page_lang), shared)
            if looks_up_to_date(folder, inputs.id):
                current += 1
                continue
        jobs.append(Job(str(layout.root), slug, period, page_lang, wanted.force))
    return jobs, current


def known_jobs(text: str) -> int:
    """0 for ''. Raises UsageError for anything but a number from 1 to 256."""
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= 256:
        raise UsageError(f"Số việc cùng lúc không hợp lệ: {text[:40]!r}. Viết một số từ 1 đến 256, ví dụ JOBS=4.")
    return int(text)


def localities(layout: Layout) -> list[str]:
    """Those with a plan in the registry, by name."""
    return sorted({path.parent.name for path in layout.plans.glob("*/*.yaml")})


def make_one(job: Job) -> Done:
    """Make one report, here or on a worker. Raises nothing: the error is told in the outcome."""
    try:
        keep_session()
        layout = Layout(Path(job.root))
        run = Run.open(job.locality, job.period, page_lang=job.page_lang, layout=layout)
        make_report(run, force=job.force)
    except PipelineError as error:
        return Done(job.locality, job.period, str(error), error.exit_code)
    except Exception as error:  # whatever it is, the others go on
        return Done(job.locality, job.period, f"{type(error).__name__}: {error}", InternalError.exit_code)
    return Done(job.locality, job.period)


def _newest(layout: Layout, slug: str, calendar: Calendar, today: dt.date) -> str:
    newest = newest_period(layout, slug, calendar)
    if newest is not None:
        return str(newest)
    registry = read_registry(layout, slug)
    return str(default_period(registry, layout, registry.locality(slug), today))


@contextmanager
def _executor(wanted: Wanted, count: int) -> Iterator[Executor]:
    """Threads by default, since kernels are processes of their own; the workers of a Dask scheduler if one is named."""
    if wanted.scheduler:
        with _cluster(wanted.scheduler) as executor:
            yield executor
        return
    jobs = min(wanted.jobs or os.cpu_count() or 1, count)
    with notebook_session(), ThreadPoolExecutor(jobs, thread_name_prefix="report") as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(cancel_futures=True)
            raise


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("Chưa cài phần mở rộng cho cụm máy: pip install 'pipeline[cluster]'") from error
    if not address.startswith(("tcp://", "tls://")):
        raise UsageError(f"Địa chỉ bộ điều phối không hợp lệ: {address[:80]!r}. Ví dụ: SCHEDULER=tcp://10.0.0.5:8786")
    try:
        client = Client(address, timeout=10)
    except OSError as error:
        raise UsageError(f"Không kết nối được với bộ điều phối {address}: {error}") from error
    with client:
        yield client.get_executor(retries=2)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left on standard error, and how many failed so far."""
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # its watching thread would be forked with nothing to watch
    with tqdm(total=total, unit=" báo cáo", file=sys.stderr, mininterval=0.5, smoothing=0.1) as bar:

        def tick(failed: int) -> None:
            if failed:
                bar.set_postfix_str(f"lỗi: {failed}", refresh=False)
            bar.update()

        yield tick


def listed(failed: Sequence[Done]) -> Iterator[str]:
    """The failures for the end of the run, a line each."""
    for done in failed:
        yield f"  {done.locality} ({done.period}): {done.error.splitlines()[0]}"
