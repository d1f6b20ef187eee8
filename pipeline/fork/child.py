"""What a forked process does to become a kernel."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from pipeline.fork.pool import Limits, stock_path

TOO_LONG = 124
"""The exit code of a process of which one cell took too long; that of `timeout`."""


def run_kernel(arguments: Sequence[str], environment: dict[str, str], folder: str, limits: Limits) -> None:
    """Run a kernel until it is told to stop, or its command is gone. Called in a process of its own."""
    if not _awaited(arguments):
        return
    os.setsid()  # a process group of its own, which the command can signal as a whole
    # The kernel watches its parent, which here is the warm process.
    set_environment(environment | {"JPY_PARENT_PID": str(os.getppid())})
    end_with_the_command()
    limit(limits)
    resemble_a_kernel(folder, arguments)

    from pipeline.fork.kernel import launch

    launch(list(arguments))


def set_environment(environment: dict[str, str]) -> None:
    """Have this environment and no other."""
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()


def resemble_a_kernel(folder: str, arguments: Sequence[str] = ()) -> None:
    """Give this process what a notebook finds in a stock kernel: folder, import path, command line, Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - the one before may have taken it away
    os.chdir(folder)
    # A notebook may start processes; only the bookkeeping of multiprocessing calls this one a daemon.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    sys.path[:] = stock_path()
    sys.argv = ["ipykernel_launcher", *arguments]


def _awaited(arguments: Sequence[str]) -> bool:
    """False where the command was interrupted while this kernel was ordered, and took its socket folder away."""
    try:
        connection = json.loads(Path(arguments[arguments.index("-f") + 1]).read_text("utf-8"))
    except OSError:
        return False
    return connection["transport"] != "ipc" or Path(connection["ip"]).parent.is_dir()


def end_with_the_command() -> None:
    """No orphans: the pipe to the command closes with it, however it ended."""
    command = multiprocessing.parent_process()

    def watch() -> None:
        if command is not None:
            command.join()
            if os.getpgrp() == os.getpid():
                os.killpg(0, signal.SIGKILL)  # with what a notebook has started
            os._exit(1)

    threading.Thread(target=watch, name="watch-command", daemon=True).start()


def may_be_forked() -> bool:
    """Whether this process can be forked in its turn: it runs one notebook, and its other threads only wait."""
    return _forkable


def allow_forks() -> None:
    """Told by who knows the threads of this process."""
    global _forkable  # noqa: PLW0603
    _forkable = True


_forkable = False


def limit(limits: Limits) -> None:
    """Hold this process to `limits`, counted from what it holds and has spent already."""
    if limits.memory is not None:
        held = os.sysconf("SC_PAGE_SIZE") * int(open("/proc/self/statm").read().split()[0])  # noqa: SIM115, PTH123
        resource.setrlimit(resource.RLIMIT_AS, (held + limits.memory,) * 2)
    if limits.seconds is not None:
        spent = int(time.process_time()) + 1
        # The signal of the lower one says what for; the higher one ends who does not listen.
        resource.setrlimit(resource.RLIMIT_CPU, (spent + limits.seconds, spent + limits.seconds + 2))
