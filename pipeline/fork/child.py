"""What a forked process does."""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

from pipeline.fork.orders import Limits

TOO_LONG = 124
"""The exit code of a process in which one cell ran too long; the same as that of `timeout`."""


def answer_call(
    answer: Connection, limits: Limits, environment: dict[str, str], function: str, arguments: tuple[str, ...]
) -> None:
    """Call `function` ("module:function") and send its result, or its error, as JSON through `answer`.

    What gives a function is prepared only: that is called with the arguments that come through `answer`.
    """
    own = os.getpid()
    os.setsid()  # Ctrl-C reaches the whole group, and is for the command
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    _end_with_the_command()
    limits.apply()
    try:
        value = find(function)(*arguments)
        if callable(value):
            value = value(*json.loads(answer.recv_bytes()))
        message = json.dumps({"value": value})
    except BaseException as error:  # noqa: BLE001 - the caller raises it again
        message = json.dumps({"error": (type(error).__name__, str(error))})
    if os.getpid() == own:  # a notebook may have forked, and the fork returned this far
        answer.send_bytes(message.encode())


def find(function: str) -> Any:
    """The function with a name such as "package.module:function"; its module is imported."""
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)


def _end_with_the_command() -> None:
    """Leave no orphans: the pipe to the command closes when the command ends, however it ends."""
    command = multiprocessing.parent_process()

    def watch() -> None:
        if command is not None:
            command.join()
            if os.getpgrp() == os.getpid():
                os.killpg(0, signal.SIGKILL)  # with the processes that a notebook has started
            os._exit(1)

    threading.Thread(target=watch, name="watch-command", daemon=True).start()


def resemble_a_kernel(folder: str) -> None:
    """Give this process what a notebook finds in a stock kernel: folder, import path, command line, Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - the notebook before may have deleted it
    os.chdir(folder)
    # A notebook may start processes; multiprocessing calls this one a daemon and would refuse.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    sys.path[:] = stock_path()
    sys.argv = ["ipykernel_launcher"]


def stock_path() -> list[str]:
    """The import path of a stock kernel: without what the starting command put in front."""
    last = {entry: place for place, entry in enumerate(sys.path) if entry}
    return [entry for entry, _ in sorted(last.items(), key=lambda item: item[1])]


def may_be_forked() -> bool:
    """Whether this process can be forked again: it runs one notebook, and its other threads only wait."""
    return _forkable


def allow_forks() -> None:
    """To be called by code that knows every thread of this process."""
    global _forkable  # noqa: PLW0603
    _forkable = True


_forkable = False
