"""A function in a process of its own beside this one (tiến trình phụ): what it needs of memory ends with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from pipeline.errors import InternalError, PipelineError, UserError
from pipeline.kernels import can_fork


@contextmanager
def aside(function: Callable[..., str], *arguments: object) -> Iterator[Callable[[], str]]:
    """Start the function, which is known by its name; gives what waits for its answer.

    Inside a session of notebooks the process is forked from the warm one, else it is a fresh interpreter. Waiting
    raises UserError for an error of the tree, under its own exit code, InternalError for any other and for a process
    that died. At the end of the block the process is gone, whatever happened.
    """
    context: Any = multiprocessing.get_context("forkserver" if can_fork() else "spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, function, arguments), daemon=True)
    process.start()
    sender.close()
    try:
        yield lambda: _received(receiver)
    finally:
        receiver.close()
        process.kill()
        process.join()


def _received(receiver: Connection) -> str:
    try:
        answer, message, exit_code = receiver.recv()
    except EOFError as error:
        raise InternalError("Tiến trình phụ chết giữa chừng, thường vì hết bộ nhớ.") from error
    if not message:
        return str(answer)
    if exit_code == InternalError.exit_code:
        raise InternalError(message)
    told = UserError(message)
    told.exit_code = exit_code
    raise told


def _answer(sender: Connection, function: Callable[..., str], arguments: tuple[object, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the command, with which this ends
    _end_with_the_command()
    try:
        sender.send((function(*arguments), "", 0))
    except PipelineError as error:
        sender.send(("", str(error), error.exit_code))
    except Exception as error:  # whatever it is, the command tells it
        sender.send(("", f"{type(error).__name__}: {error}", InternalError.exit_code))


def _end_with_the_command() -> None:
    command = multiprocessing.parent_process()

    def watch() -> None:
        if command is not None:
            command.join()
            os._exit(1)

    threading.Thread(target=watch, name="watch-command", daemon=True).start()
