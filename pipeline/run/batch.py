"""Many localities: `make report-all`. Only what is out of date is made; one failure stops no other."""

from __future__ import annotations

import datetime as dt
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

from pipeline.errors import (
    BusyError,
    DataError,
    InternalError,
    PipelineError,
    ProgramChangedError,
    StorageError,
    UsageError,
)
from pipeline.fork.share_out import shared_out
from pipeline.inputs.describe import ReadOnce, SharedInputs, describe_own, describe_shared
from pipeline.paths import Layout
from pipeline.plans.method import Method
from pipeline.plans.registry import NO_PLANS, read_method, read_registry
from pipeline.progress import Say, printable, silent
from pipeline.publish.log import Log
from pipeline.publish.manifest import MANIFEST, looks_up_to_date
from pipeline.publish.sign_off import is_frozen
from pipeline.run.candidates import Newest, newest_first
from pipeline.run.cluster import OneRoot, address, code_id, join, machines
from pipeline.run.make_report import is_about_submissions, make_report
from pipeline.run.session import notebook_session, warm_up
from pipeline.steps import Run, parameters
from pipeline.unexpected import of_another_process

BUSY = 120
"""Seconds a job is tried while another run has its locality: a worker taken for dead may still be finishing it."""
AGAIN = 2.0
"""Seconds between two such tries; meanwhile the other jobs go on."""
MOST_LINES = 3
"""Lines of a failure that are listed after its first one: the file and the line of a fault in a plan."""
FEW = 200
"""So many localities are looked at in less time than it takes to share them out."""
ALONE = 100
"""Localities looked at after the first one whose report is to be made, before it is taken to be the only one."""
REFUSALS = 5
"""So often a job is handed out again that machines with other code gave back."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for, as arguments give it. `period` '' is each locality's newest; `jobs` 0: one a core."""

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
    code: str = ""
    """For a worker: the hash of the code it must have; '' where the code is that of the command."""
    shared: str = ""
    """The id of what all reports depend on, lists included."""


@dataclass(frozen=True)
class Done:
    """What became of a job: '' or the sentence of its error."""

    locality: str
    period: str
    error: str = ""
    exit_code: int = 0
    refused_by: str = ""
    """The address of the machine that may not work; the job is still to be done."""
    for_good: bool = False
    """Trying again in this run is no use."""


def _nothing(**_: object) -> None:
    """For callers that want nothing done."""


@dataclass
class Batch:
    """The outcome of all: how many were up to date, which were made, which failed."""

    current: int = 0
    made: list[str] = field(default_factory=list)
    failed: list[Done] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """The highest of the exit codes of those that failed; 0 where none did."""
        return max((done.exit_code for done in self.failed), default=0)


def report_all(
    layout: Layout, wanted: Wanted, today: dt.date, say: Say = silent, *, core_left: Callable[[], object] = _nothing
) -> Batch:
    """Make every report that is out of date. Interrupted and called again, it goes on with what is left.

    `core_left` is called while reports are made that leave a core of this machine to other work.
    """
    batch = Batch()
    jobs, batch.current = stale(
        layout, wanted, today, found=_nothing if wanted.scheduler else warm_up, failed=batch.failed.append
    )
    say(f"{batch.current} báo cáo đã mới nhất, {len(jobs)} báo cáo cần lập")
    if jobs:
        hands = machines(wanted.scheduler, say) if wanted.scheduler else _threads(wanted.jobs, len(jobs))
        with hands as crew, _progress(len(jobs)) as tick:
            under_way = core_left if not wanted.scheduler and len(jobs) < (os.cpu_count() or 1) else _nothing
            for done in _outcomes(crew, jobs, say, under_way):
                if done.error:
                    batch.failed.append(done)
                else:
                    batch.made.append(done.locality)
                tick(len(batch.failed))
    batch.failed.sort(key=lambda done: done.locality)
    return batch


class Crew(Protocol):
    """Those who work: threads of this process, or the machines of a cluster."""

    def submit(self, function: Callable[[Job], Done], job: Job, /) -> Future[Done]:
        """Have a report made."""

    def watch(self) -> None:
        """Look after jobs that do not come back; called again and again while there are any."""

    def refuse(self, machine: str, reason: str) -> bool:
        """Note that a machine gave a job back; whether that was news. Raises UsageError where no other is left."""

    def lost(self) -> PipelineError:
        """The error of a job that was called off."""


@dataclass(frozen=True)
class _Try:
    """A job to hand out, at which moment of the monotonic clock, and how often or how long it was tried."""

    job: Job
    at: float = 0.0
    refusals: int = 0
    give_up_at: float = math.inf

    def after(self, done: Done) -> _Try | None:
        """The next try of what could not be made here or now; None if this is the outcome."""
        now = time.monotonic()
        if done.refused_by and self.refusals < REFUSALS:
            return replace(self, refusals=self.refusals + 1)
        if done.exit_code == BusyError.exit_code and not done.for_good and now < self.give_up_at:
            return replace(self, at=now + AGAIN, give_up_at=min(self.give_up_at, now + BUSY))
        return None


def _outcomes(crew: Crew, jobs: Sequence[Job], say: Say, under_way: Callable[[], object]) -> Iterator[Done]:
    """What became of each job, in the order they end; what a machine refuses goes to another one.

    `under_way` is called once, where the first is not there after a second: until then others load beside it.
    """
    finished: SimpleQueue[Future[Done]] = SimpleQueue()
    waiting: dict[Future[Done], _Try] = {}
    to_hand_out = [_Try(job) for job in jobs]
    while waiting or to_hand_out:
        crew.watch()
        now = time.monotonic()
        for one in [one for one in to_hand_out if one.at <= now]:
            to_hand_out.remove(one)
            future = crew.submit(make_one, one.job)
            waiting[future] = one
            future.add_done_callback(finished.put)
        try:
            future = finished.get(timeout=AGAIN / 2)
        except Empty:
            under_way()
            under_way = _nothing
            continue
        tried = waiting.pop(future)
        done = _outcome(crew, future, tried.job)
        if done.refused_by and crew.refuse(done.refused_by, done.error):
            say(done.error)
        again = tried.after(done)
        if again is None:
            yield done
        else:
            to_hand_out.append(again)


def _outcome(crew: Crew, future: Future[Done], job: Job) -> Done:
    if future.cancelled():
        raise crew.lost()
    error = future.exception()
    if error is None:
        return future.result()
    if type(error).__name__ == "KilledWorker":
        message = "Các máy nhận việc này đều chết giữa chừng, thường vì hết bộ nhớ; xem nhật ký của worker."
    else:
        message = f"{type(error).__name__}: {error}"
    return Done(job.locality, job.period, message, InternalError.exit_code)


def _raised(done: Done) -> None:
    """For callers that want to know of a locality that cannot be looked at by an exception."""
    raise InternalError(f"{printable(done.locality)}: {done.error}")


def stale(
    layout: Layout,
    wanted: Wanted,
    today: dt.date,
    *,
    found: Callable[..., None] = _nothing,
    failed: Callable[[Done], object] = _raised,
) -> tuple[list[Job], int]:
    """The reports to make, and how many are up to date. What all depend on is hashed once.

    What has changed last is looked at first, so that `found` is called soon, and once: as soon as several are to be
    made, or after one when the `ALONE` next are not (`rehearsed`: which of the two). `failed` is called for each
    locality of which that cannot be told: the others are looked at all the same.

    Raises DataError for faults of lists and method.
    """
    method = read_method(layout)
    places = read_registry(layout, NO_PLANS).localities
    shared = describe_shared(layout, method)
    known = (code_id(layout, shared), shared.id) if wanted.scheduler else ("", "")
    looked_at = _Look(layout, wanted, method, ReadOnce(layout, places), shared, Log(layout.log).runs(), today)
    slugs, jobs, current, since, told = newest_first(layout, wanted.period), list[Job](), 0, 0, False
    for slug, seen in zip(slugs, shared_out(looked_at.at, slugs, FEW), strict=True):
        period, is_current, error, exit_code = seen
        if exit_code:
            failed(Done(slug, period, error, exit_code))
        elif is_current:
            current += 1
        else:
            jobs.append(Job(str(layout.root), slug, period, wanted.page_lang, wanted.force, *known))
        since += bool(jobs)
        if not told and (len(jobs) > 1 or since > ALONE):
            found(rehearsed=len(jobs) > 1)
            told = True
    return sorted(jobs, key=lambda job: job.locality), current


@dataclass(frozen=True)
class _Look:
    """Whether reports are up to date, by what all of them depend on."""

    layout: Layout
    wanted: Wanted
    method: Method
    once: ReadOnce
    shared: SharedInputs
    logged: set[str]
    today: dt.date

    def at(self, slug: str) -> tuple[str, bool, str, int]:
        """The period of the report of a locality, whether it is up to date, or why that cannot be told: see `Done`."""
        period = self.wanted.period
        try:
            if slug not in self.once.places.by_slug:
                where = f"data/raw/plans/{printable(slug)}"
                raise UsageError(f"{where}: không có địa phương này trong data/raw/localities.csv")
            period = period or str(self.newest.of(slug))
            return period, not self.wanted.force and self.is_current(slug, period), "", 0
        except PipelineError as error:
            return period, False, str(error), error.exit_code
        except OSError as error:
            return period, False, str(StorageError.of(error)), StorageError.exit_code

    @cached_property
    def newest(self) -> Newest:
        return Newest(self.layout, self.method.calendar_in_use, self.today)

    def is_current(self, slug: str, period: str) -> bool:
        folder = f"{self.layout.reports}/{slug}/{period}"
        if not os.path.isfile(f"{folder}/{MANIFEST}"):  # noqa: PTH113 - paths of 3,321 localities take longer
            return False
        given = parameters(slug, period, page_lang=self.wanted.page_lang)
        try:
            inputs = describe_own(self.layout, self.method, given, self.shared, self.once)
        except DataError as error:
            if is_about_submissions(self.layout, error):
                return False  # the report is not made, but its making answers the senders
            raise
        return looks_up_to_date(folder, inputs.id, self.logged) or is_frozen(self.layout, Path(folder), inputs)


def make_one(job: Job) -> Done:
    """Make one report, here or on a worker. Raises nothing: the outcome carries the error."""
    try:
        refusal = join(Path(job.root), job.code, job.shared) if job.code else ""
        if refusal:
            return Done(job.locality, job.period, refusal, UsageError.exit_code, address())
        with _root.of(job.root) if job.code else nullcontext():
            run = Run.open(job.locality, job.period, page_lang=job.page_lang, layout=Layout(Path(job.root)))
            make_report(run, force=job.force)
    except PipelineError as error:
        for_good = isinstance(error, ProgramChangedError)
        return Done(job.locality, job.period, str(error), error.exit_code, for_good=for_good)
    except Exception as error:  # whatever it is, the others go on
        kind = type(error).__name__
        told = of_another_process(kind, str(error), f"{kind}: {error}")
        return Done(job.locality, job.period, str(told), told.exit_code)
    return Done(job.locality, job.period)


_root = OneRoot()


@dataclass(frozen=True)
class Threads:
    """Threads are enough, since kernels are processes of their own."""

    executor: Executor

    def submit(self, function: Callable[[Job], Done], job: Job, /) -> Future[Done]:
        """In a thread of this process."""
        return self.executor.submit(function, job)

    def watch(self) -> None:
        """Threads do not get lost."""

    def refuse(self, machine: str, reason: str) -> bool:
        """There is no other machine: raises InternalError."""
        raise InternalError(f"{machine}: {reason}")

    def lost(self) -> PipelineError:
        """Threads are called off only when the command ends."""
        return InternalError("Một việc bị hủy.")


@contextmanager
def _threads(wanted: int, count: int) -> Iterator[Crew]:
    jobs = min(wanted or os.cpu_count() or 1, count)
    with notebook_session(rehearsed=count > 1):
        executor = ThreadPoolExecutor(jobs, thread_name_prefix="report")
        try:
            yield Threads(executor)
        finally:
            executor.shutdown(cancel_futures=True)


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
        first, *others = done.error.splitlines()
        yield f"  {printable(done.locality)}{f' ({done.period})' if done.period else ''}: {first}"
        yield from (f"  {line}" for line in others[:MOST_LINES])
