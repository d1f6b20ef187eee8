"""The machines behind a Dask scheduler: who may work, how long to wait for them, and what a lost one means.

The scheduler holds names and hashes only; plans and submissions are read by each machine from the shared folder.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Condition
from typing import Any, TypeVar

from pipeline.errors import BusyError, ProgramChangedError, UsageError
from pipeline.inputs.describe import SharedInputs, describe_shared, hash_notebook
from pipeline.inputs.hashes import hash_files, hash_of
from pipeline.inputs.program import all_files
from pipeline.paths import CODE, Layout
from pipeline.plans.registry import read_method
from pipeline.progress import Say
from pipeline.run.session import keep_session

CONNECTING = 10
"""Seconds in which the scheduler must answer."""
FIRST_MACHINE = 15
"""Seconds to wait for the first machine; with CONNECTING it stays under half a minute."""
NO_MACHINE = 60
"""Seconds without any machine before a run is given up: a worker that is started again needs about ten."""
LOOK = 2.0
"""Seconds between two looks at the list of machines."""
REFUSING = 5.0
"""Seconds a machine that may not work keeps a job: one that gave it back at once would be handed all the others."""
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_LOGGERS = ("distributed", "distributed.client", "tornado.application", "asyncio")
"""Each with a level of its own, once distributed is imported."""
_J = TypeVar("_J")
_D = TypeVar("_D")


def code_id(layout: Layout, shared: SharedInputs) -> str:
    """The hash of what a machine brings along itself: package, notebooks, suites, lock, Python; no list of the project.

    Every file of the package counts, also those that are no inputs of a report, and every notebook of a section.
    """
    extra = tuple(hash_notebook(layout.relative(path)) for path in sorted(layout.notebooks.glob("extra/*.ipynb")))
    brought = {"code": hash_files(layout, all_files()), "notebooks": (*shared.notebooks, *extra)}
    own = shared.model_copy(update={"lists": (), "method": "", **brought})
    return hash_of(own.model_dump(mode="json"))


class Machines:
    """The workers of a scheduler as seen by the command: hands out jobs, watches that somebody is there."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address
        # Not pure: a job that is handed out again is to be run again.
        self._executor = client.get_executor(pure=False)
        self._refused: set[str] = set()
        self._seen = self._looked = time.monotonic()

    def submit(self, function: Callable[[_J], _D], job: _J) -> Future[_D]:
        """Hand a job to the next free machine, if possible to one that has not refused yet."""
        fit = sorted(set(self._workers()) - self._refused) if self._refused else []
        where = {"workers": fit, "allow_other_workers": True} if fit else {}
        future: Future[_D] = self._executor.submit(function, job, **where)
        return future

    def refuse(self, machine: str, reason: str) -> bool:
        """Note that a machine may not work; whether that was news. Raises UsageError if none is left that may."""
        news = machine not in self._refused
        self._refused.add(machine)
        if not set(self._workers()) - self._refused:
            raise UsageError(f"Không máy nào được giao việc.\n{reason}")
        return news

    def watch(self) -> None:
        """Look now and then. Raises BusyError if the scheduler is lost, or for a minute no machine was there."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        if self._workers():
            self._seen = now
        elif now - self._seen > NO_MACHINE:
            raise BusyError(
                f"{NO_MACHINE} giây không còn máy nào nối vào bộ điều phối {self._address}. Báo cáo đã lập còn nguyên; "
                "khởi động lại các máy rồi chạy lại lệnh để làm tiếp."
            )

    def lost(self) -> BusyError:
        """The error when jobs come back cancelled though nobody cancelled them."""
        return BusyError(
            f"Mất liên lạc với bộ điều phối {self._address}. Báo cáo đã lập còn nguyên; "
            "khi bộ điều phối chạy lại, hãy chạy lại lệnh để làm tiếp."
        )

    def wait_for_the_first(self, say: Say) -> None:
        """Raises BusyError if no machine comes in time."""
        end = time.monotonic() + FIRST_MACHINE
        if not self._workers():
            say(f"Chưa có máy nào nối vào bộ điều phối {self._address}; chờ {FIRST_MACHINE} giây…")
        while not self._workers():
            if time.monotonic() > end:
                raise BusyError(
                    f"Chưa có máy nào nối vào bộ điều phối {self._address}. Trên mỗi máy hãy chạy: "
                    f"python -m dask worker {self._address} (xem docs/operations.md)"
                )
            time.sleep(0.5)
        self._seen = time.monotonic()

    def _workers(self) -> list[str]:
        try:
            return list(self._client.sync(self._client.scheduler.ncores, callback_timeout=CONNECTING))
        except Exception as error:  # its ways of failing when the other side is gone are many
            raise self.lost() from error

    def close(self) -> None:
        """Take back what was not begun, and leave; the scheduler and its workers stay."""
        with suppress(Exception):  # the other side may be gone
            self._executor.shutdown(wait=False)
        with suppress(Exception):
            self._client.close(timeout=CONNECTING / 2)


@contextmanager
def machines(address: str, say: Say) -> Iterator[Machines]:
    """The workers of the scheduler at `address`. Raises BusyError if it does not answer, or nobody is there."""
    try:
        from distributed import Client, Security
    except ImportError as error:
        raise UsageError("Chưa cài phần mở rộng cho cụm máy: pip install 'pipeline[cluster]'") from error
    for name in _LOGGERS:  # our own messages say it in sentences
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        if address.startswith("tls://") and Security().get_connection_args("client").get("ssl_context") is None:
            raise UsageError(f"{address} cần chứng thư TLS của nơi gọi lệnh (xem docs/operations.md, Security).")
        client = Client(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # also a certificate that cannot be read
        raise BusyError(f"Không kết nối được với bộ điều phối {address}: {_first_line(error)}") from error
    here = Machines(client, address)
    try:
        here.wait_for_the_first(say)
        yield here
    finally:
        here.close()


def join(root: Path, code: str, shared: str) -> str:
    """Called on a machine before each job: '' if it may work, else the sentence that says why not.

    The first call prepares the process for notebooks; its session stays open until the worker ends.
    """
    _allow_child_processes()
    reason = _unfit(root, code, shared)
    if reason:
        time.sleep(REFUSING)
        return f"Máy {machine()} bị từ chối: {reason}"
    keep_session()
    return ""


def machine() -> str:
    """The name of this worker and its address."""
    from distributed import get_worker

    worker = get_worker()
    return str(worker.address) if worker.name == worker.address else f"{worker.name} ({worker.address})"


def address() -> str:
    """The address of this worker."""
    from distributed import get_worker

    return str(get_worker().address)


_STALE = "mã đã đổi từ khi worker khởi động. Khởi động lại worker."


def _unfit(root: Path, code: str, shared: str) -> str:
    layout = Layout(root)
    if not layout.plans.is_dir():
        return f"không thấy thư mục dùng chung {root}. Gắn thư mục ấy ở cùng đường dẫn."
    if wrong := _other_packages():
        return f"gói đã cài khác requirements.lock ({wrong}). Chạy make environment rồi khởi động lại worker."
    try:
        here = describe_shared(layout, read_method(layout))
    except ProgramChangedError:
        return _STALE
    if code_id(layout, here) != code:
        return f"mã ở {CODE} khác mã của lệnh. Cập nhật cho cùng phiên bản rồi khởi động lại worker."
    if _code_at_start(code) != code:
        return _STALE
    if here.id != shared:
        return f"danh mục trong {layout.raw} khác lúc lệnh bắt đầu. Chạy lại lệnh."
    return ""


def _code_at_start(now: str) -> str:
    """The code at the first job, which is the code this process has loaded; files may have changed since."""
    _codes.append(now)  # atomic, unlike a look followed by a write; the first one counts
    del _codes[1:]
    return _codes[0]


_codes: list[str] = []


@lru_cache(maxsize=1)
def _other_packages() -> str:
    """Installed packages of another version than the lock's, three at most; '' if none."""
    locked: dict[str, set[str]] = {}
    for name, one in _LOCKED.findall((CODE / "requirements.lock").read_text("utf-8")):
        locked.setdefault(name, set()).add(one)  # one for each range of Python versions
    wrong = []
    for name, allowed in locked.items():
        with suppress(PackageNotFoundError):
            if (installed := version(name)) not in allowed:
                wrong.append(f"{name} {installed} ≠ {' | '.join(sorted(allowed))}")
    return ", ".join(wrong[:3])


def _allow_child_processes() -> None:
    """A worker under Dask's nanny may not start processes, and each would run the nanny's program again."""
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    sys.modules["__main__"].__file__ = None


class OneRoot:
    """Notebooks find the project by PIPELINE_ROOT, of which a process has one: jobs of another root wait."""

    def __init__(self) -> None:
        self._turn, self._running, self._root = Condition(), 0, ""

    @contextmanager
    def of(self, root: str) -> Iterator[None]:
        """While inside, every report of this process is made in the project `root`; those of another project wait."""
        with self._turn:
            self._turn.wait_for(lambda: not self._running or self._root == root)
            self._running, self._root = self._running + 1, root
            os.environ["PIPELINE_ROOT"] = root
        try:
            yield
        finally:
            with self._turn:
                self._running -= 1
                self._turn.notify_all()


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
