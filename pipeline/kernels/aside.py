"""A call beside the caller: in a process of its own, forked from the warm one like a kernel."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from pipeline.kernels.child import end_with_the_command, limit
from pipeline.kernels.pool import Limits, limits_in_force, named


class CallError(Exception):
    """What the call raised, by the name of its type and its text; `name` is '' where the process died."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


@contextmanager
def aside(function: str, *arguments: str) -> Iterator[Callable[[], None]]:
    """Begin `function` ("module:function") with `arguments`; gives what waits for its end. Who leaves earlier ends it.

    Waiting raises CallError. Outside of `warm_kernels` the call is made when it is waited for, and raises as it does.
    """
    limits = limits_in_force()
    if limits is None:
        yield lambda: named(function)(*arguments)
        return
    context = multiprocessing.get_context("forkserver")
    answers, answer = context.Pipe(duplex=False)
    process = context.Process(target=_call, args=(answer, limits, function, arguments), daemon=True)
    process.start()
    answer.close()
    try:
        yield partial(_wait, process, answers)
    finally:
        process.kill()
        process.join()
        answers.close()


def _call(answer: Connection, limits: Limits, function: str, arguments: tuple[str, ...]) -> None:
    os.setsid()  # an interrupt of the group is for the command
    end_with_the_command()
    limit(limits)
    told: tuple[str, str] | None = None
    try:
        named(function)(*arguments)
    except Exception as error:  # noqa: BLE001 - raised again by whoever waits
        told = type(error).__name__, str(error)
    answer.send_bytes(json.dumps(told).encode())


def _wait(process: BaseProcess, answers: Connection) -> None:
    try:
        told = json.loads(answers.recv_bytes())
    except EOFError:
        process.join()
        raise CallError("", f"exit code {process.exitcode}") from None
    if told is not None:
        raise CallError(*told)
