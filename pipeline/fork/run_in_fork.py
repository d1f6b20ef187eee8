"""A call beside the caller: in a process of its own, forked from the warm one like a kernel."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from pipeline.fork.child import end_with_the_command, limit, set_environment
from pipeline.fork.pool import Limits, limits_in_force, named


class CallError(Exception):
    """What the call raised, by the name of its type and its text; `name` is '' where the process died.

    `exit_code` is then what it died of, negative for a signal.
    """

    def __init__(self, name: str, text: str, exit_code: int | None = None) -> None:
        super().__init__(text)
        self.name = name
        self.exit_code = exit_code


@contextmanager
def aside(function: str, *arguments: str) -> Iterator[Callable[[], Any]]:
    """Begin `function` ("module:function") with `arguments`; gives what waits for its end. Who leaves earlier ends it.

    Waiting gives what the function gives, as far as JSON can say it, and raises CallError. Outside of `warm_kernels`
    the call is made when it is waited for, and raises as it does.
    """
    limits = limits_in_force()
    if limits is None:
        yield lambda: named(function)(*arguments)
        return
    context = multiprocessing.get_context("forkserver")
    answers, answer = context.Pipe(duplex=False)
    # The environment of now: that of the warm process is of the moment at which it was started.
    told = (answer, limits, dict(os.environ), function, arguments)
    process = context.Process(target=_call, args=told, daemon=True)
    process.start()
    answer.close()
    call = _Call(process, answers)
    try:
        yield call.wait
    finally:
        call.end()


class _Call:
    def __init__(self, process: BaseProcess, answers: Connection) -> None:
        self._process, self._answers = process, answers
        self._answered = False

    def wait(self) -> Any:
        try:
            told = json.loads(self._answers.recv_bytes())
        except (EOFError, OSError):  # no answer, or the beginning of one
            self._process.join()
            code = self._process.exitcode
            raise CallError("", f"exit code {code}", code) from None
        self._answered = True
        if "error" in told:
            raise CallError(*told["error"])
        return told["value"]

    def end(self) -> None:
        """End the process with all it has started; it leads a group of its own, unless it has not come as far.

        Who has answered has nothing left to do: to take leave of 200 MB takes a while, which is not waited for.
        """
        if self._process.pid is not None:
            with suppress(ProcessLookupError):  # the group outlives its leader
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        if not self._answered:
            self._process.join()
        self._answers.close()


def _call(
    answer: Connection, limits: Limits, environment: dict[str, str], function: str, arguments: tuple[str, ...]
) -> None:
    own = os.getpid()
    os.setsid()  # an interrupt of the group is for the command
    set_environment(environment)
    end_with_the_command()
    limit(limits)
    try:
        told = json.dumps({"value": named(function)(*arguments)})
    except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
        told = json.dumps({"error": (type(error).__name__, str(error))})
    if os.getpid() == own:  # and not a fork of it that came this far
        answer.send_bytes(told.encode())
