"""A call in a process of its own, forked from the warm one, while the caller goes on."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, NoReturn

from pipeline.fork.child import answer_call, find
from pipeline.fork.orders import Limits
from pipeline.fork.warm_process import limits_in_force

STOPPED = (
    "hệ thống đã dừng các tiến trình của lệnh này, thường vì giới hạn đặt cho người dùng (ulimit -t, -v) hoặc máy hết "
    "bộ nhớ; xem giới hạn: ulimit -a"
)


class CallError(Exception):
    """What the call raised: the name of the type, and the text. `name` is '' where the process died.

    `exit_code` is then that of the process, negative for a signal.
    """

    def __init__(self, name: str, text: str, exit_code: int | None = None) -> None:
        super().__init__(text)
        self.name = name
        self.exit_code = exit_code

    @property
    def reason(self) -> str:
        """Why there is no result, for a person."""
        return f"{self.name} {self}" if self.name or str(self) == STOPPED else f"{STOPPED} ({self})"


@contextmanager
def run_in_fork(function: str, *arguments: str) -> Iterator[Callable[[], Any]]:
    """Start `function` ("module:function") with `arguments`; gives a function that waits for the result.

    The result must be JSON. Waiting raises CallError. Leaving the context without waiting kills the process. Outside
    of `warm_process` the call runs in this process when it is waited for, and raises its own errors.
    """
    limits = limits_in_force()
    if limits is None:
        yield lambda: find(function)(*arguments)
    elif call := _started(limits, function, arguments):
        try:
            yield call.wait
        finally:
            call.end()
    else:
        yield _without_warm_process


@contextmanager
def prepare_in_fork(function: str, *arguments: str) -> Iterator[Callable[..., Callable[[], Any]]]:
    """Start `function`, which gives a function; what is given here has that called with further arguments (texts).

    It gives the function that waits, and otherwise all is as in `run_in_fork`.
    """
    limits = limits_in_force()
    if limits is None:
        yield lambda *further: lambda: find(function)(*arguments)(*further)
    elif call := _started(limits, function, arguments):
        try:
            yield call.go_on
        finally:
            call.end()
    else:
        yield lambda *_: _without_warm_process


def _started(limits: Limits, function: str, arguments: tuple[str, ...]) -> _Call | None:
    """None where there is no warm process any more."""
    context = multiprocessing.get_context("forkserver")
    own, other = context.Pipe()
    # The environment of now: the warm process has that of its start.
    order = (other, limits, dict(os.environ), function, arguments)
    process = context.Process(target=answer_call, args=order, daemon=True)
    try:
        process.start()
    except (EOFError, ConnectionError):
        return None
    finally:
        other.close()
    return _Call(process, own)


def _without_warm_process() -> NoReturn:
    raise CallError("", STOPPED)


class _Call:
    def __init__(self, process: BaseProcess, connection: Connection) -> None:
        self._process, self._connection = process, connection
        self._answered = False

    def go_on(self, *further: str) -> Callable[[], Any]:
        with suppress(OSError):  # of a process that has died or failed, which is told where it is waited for
            self._connection.send_bytes(json.dumps(further).encode())
        return self.wait

    def wait(self) -> Any:
        try:
            answer = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):  # nothing, or part of an answer
            self._process.join()
            code = self._process.exitcode
            raise CallError("", f"mã thoát {code}", code) from None
        self._answered = True
        if "error" in answer:
            raise CallError(*answer["error"])
        return answer["value"]

    def end(self) -> None:
        """Kill the process with all it has started: its group, or it alone if it has made none yet.

        After an answer its end is not waited for: freeing 200 MB takes a while.
        """
        if self._process.pid is not None:
            with suppress(ProcessLookupError):  # a group outlives its leader
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        if not self._answered:
            self._process.join()
        self._connection.close()
