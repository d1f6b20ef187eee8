"""A kernel and its client in one process: messages are handed over where others send them.

For a process that was forked for one notebook and runs papermill itself. The kernel is the stock one, the messages are
those of the protocol, written and read by the stock session: a notebook holds what it would hold behind sockets. What
falls away is sockets, the threads that wait for them, and two processes that wait for each other.

Not to be had: an interrupt, input, the debugger, `%store`, what forks of the notebook print. A cell that takes too long
ends the process, as one that says `exit` does at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from queue import Empty
from types import SimpleNamespace
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from nbclient.exceptions import DeadKernelError
from traitlets import Any as Anything
from traitlets.config import Config

from pipeline.fork.child import TOO_LONG, allow_forks
from pipeline.fork.kernel import PromptStream, WarmKernel

_CONFIG = Config({"IPKernelApp": {"quiet": True}, "HistoryManager": {"enabled": False}})
"""The first is how libraries know that a kernel runs them."""


class Channel:
    """What a socket is to session and client, over a queue."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sent: deque[list[bytes]] = deque()

    def send_multipart(self, frames: list[bytes], *_: object, **__: object) -> None:
        """Keep a message for who reads this end."""
        self._sent.append(frames)

    def empty(self) -> bool:
        """Whether every message was read."""
        return not self._sent

    def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message. Raises queue.Empty at once where there is none: nobody else could send it meanwhile."""
        del timeout
        if not self._sent:
            raise Empty
        _, frames = self._session.feed_identities(self._sent.popleft())
        message: dict[str, Any] = self._session.deserialize(frames)
        return message


class DirectKernel:
    """Manager of a kernel in this process, already started, and its client: what nbclient asks of both.

    `seconds` is what one cell may take. Output of this process goes to the notebook from here on.
    """

    has_kernel = True
    allow_stdin = False

    def __init__(self, seconds: float) -> None:
        self._seconds, self._late = seconds, float("inf")
        self.session = Session(key=b"")  # nothing to sign: it never leaves the process
        self.shell_channel: Any = Channel(self.session)
        self.iopub_channel = Channel(self.session)
        publisher = _Publisher(self.iopub_channel)
        sys.stdout = _Stream(self.session, publisher, "stdout")  # type: ignore[no-untyped-call]
        sys.stderr = _Stream(self.session, publisher, "stderr")  # type: ignore[no-untyped-call]
        application = IPKernelApp.instance(config=_CONFIG)  # never started: magics and libraries ask it for its kernel
        application.kernel = self._kernel = _Kernel.instance(
            parent=application,
            session=self.session,
            shell_stream=self.shell_channel,
            # Asked only for the thread that may handle signals.
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
            iopub_thread=publisher,
            iopub_socket=publisher,
            log=logging.Logger("kernel", logging.CRITICAL),  # of its own: what a cell says of loggers is for others
            _execute_sleep=0.0,
        )
        application.init_path()
        self._context = copy_context()
        threading.Thread(target=self._watch, args=(time.sleep, time.monotonic), name="watch-cell", daemon=True).start()
        allow_forks()

    def _watch(self, sleep: Callable[[float], None], now: Callable[[], float]) -> None:
        """No timer of the system: there is but one of it, and a cell may want it."""
        while True:
            sleep(min(1.0, self._seconds))
            if now() > self._late:
                os._exit(TOO_LONG)

    def client(self) -> DirectKernel:
        """The client of this kernel."""
        return self

    def start_channels(self) -> None:
        """They are there."""

    def wait_for_ready(self, timeout: float | None = None) -> None:
        """It is."""

    def is_alive(self) -> bool:
        """Who could ask, lives."""
        return True

    async def execute(self, code: str, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Run a cell to its end; gives the id of the request.

        Raises DeadKernelError where the cell has ended all, or the kernel has no answer: what was said cannot be sent.
        """
        content = {
            "code": code,
            "silent": False,
            "store_history": store_history,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": stop_on_error,
        }
        request = self.session.msg("execute_request", content)
        frames = [zmq.Frame(part) for part in self.session.serialize(request)]
        self._late = time.monotonic() + self._seconds
        try:
            # One context for all cells, as in the stock kernel: what one sets there, the next one finds.
            await asyncio.create_task(self._kernel.dispatch_shell(frames), context=self._context)
        finally:
            self._late = float("inf")
        if self._kernel.shell.exit_now or self.shell_channel.empty():
            raise DeadKernelError("Kernel died: a cell has ended it, or left no answer")
        _stand_somewhere()
        return str(request["header"]["msg_id"])

    def kernel_info(self) -> str:
        """Ask what the kernel is; gives the id of the request."""
        request = self.session.msg("kernel_info_request")
        self.session.send(self.shell_channel, "kernel_info_reply", self._kernel.kernel_info, parent=request)
        return str(request["header"]["msg_id"])


class _Publisher(IOPubThread):
    """In place of the thread that sends output: who has output to send, sends it."""

    def __init__(self, channel: Channel) -> None:
        self.socket = channel
        self.thread: Any = None
        self.io_loop: Any = None

    def schedule(self, f: Callable[[], object]) -> None:
        f()

    def send_multipart(self, *args: Any, **kwargs: Any) -> None:
        self.socket.send_multipart(*args, **kwargs)


class _Stream(PromptStream):
    sending = threading.RLock()

    def _schedule_flush(self) -> None:
        """The end of the cell, or the next output of another kind, comes soon enough: nobody watches."""

    def _flush(self) -> None:
        """One after the other, as from one thread."""
        with _Stream.sending:
            super()._flush()  # type: ignore[no-untyped-call]


def _renew_lock() -> None:
    _Stream.sending = threading.RLock()


os.register_at_fork(after_in_child=_renew_lock)


def _stand_somewhere() -> None:
    """Papermill asks where it is when it writes; a cell may have removed the place."""
    try:
        os.getcwd()  # noqa: PTH109
    except FileNotFoundError:
        os.chdir("/")


class _Kernel(WarmKernel):
    shell_stream = Anything()
    _supports_kernel_subshells = False

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing is queued."""
