"""The warm process, from which others are forked, and the time in which it exists."""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from pipeline.fork.orders import Limits, Preload


def can_fork() -> bool:
    """Whether the platform can fork, and WARM_KERNELS=0 is not set."""
    return os.environ.get("WARM_KERNELS") != "0" and "forkserver" in multiprocessing.get_all_start_methods()


@contextmanager
def warm_process(
    modules: Sequence[str], limits: Limits | None = None, rehearsal: str = "", later: Sequence[str] = ()
) -> Iterator[bool]:
    """Inside, processes are forked from one that has imported `modules`, each held to `limits`; it is gone afterwards.

    `rehearsal` ("module:function") is called once in the warm process, so that forks have what is built at first use.
    It must leave no thread behind. Its errors are dropped, since a fork meets them again. `later` is loaded and called
    likewise, a step at a time, while the first forks run: see `Preload`.

    Gives False, and changes nothing, where `can_fork` is false. The warm process takes the environment at entry: set
    what Python reads at its start, such as PYTHONHASHSEED, before. Not to be nested.
    """
    if not can_fork():
        yield False
        return
    server: Any = multiprocessing.forkserver._forkserver
    server._stop()
    try:
        server.set_forkserver_preload(["pipeline.fork.preload"])
        Preload(list(modules), rehearsal, list(later)).put()
        # Ctrl-C reaches the whole group, and is for the command, which ends the warm process.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            server.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            Preload.take()  # the warm process has its copy; a process started from here must not load it
        _limits.append(limits or Limits())
        yield True
    finally:
        _limits.clear()
        for process in multiprocessing.active_children():
            process.kill()
            process.join()
        if server._forkserver_pid is not None:
            with suppress(ProcessLookupError):
                os.kill(server._forkserver_pid, signal.SIGKILL)  # it owns no state, and this is faster
        server._stop()


def limits_in_force() -> Limits | None:
    """The limits of the warm process; None where there is none."""
    return _limits[-1] if _limits else None


_limits: list[Limits] = []
