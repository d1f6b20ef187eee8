"""A kernel and its client in one process, without sockets.

For a process that was forked for one notebook and runs papermill itself. The kernel is the stock one, and messages are
those of the protocol, their contents written and read by the stock session: a notebook holds what it would hold behind
sockets. The sockets, the threads that wait for them, and two processes that wait for each other are left out.

Not supported: interrupts, input, the debugger, `%store`, output of forks of the notebook. A cell that runs too long
ends the process; so does a cell that calls `exit`, at once.
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
from functools import lru_cache
from pathlib import Path
from queue import Empty
from types import SimpleNamespace
from typing import Any

import zmq
from ipykernel import ipkernel
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from nbclient.exceptions import DeadKernelError
from traitlets import Any as Anything
from traitlets.config import Config

from pipeline.fork.child import TOO_LONG, allow_forks

_CONFIG = Config({"IPKernelApp": {"quiet": True}, "HistoryManager": {"enabled": False}})
"""Libraries look for the first to know that they run in a kernel."""


def make_kernel() -> None:
    """Make the kernel of the next `DirectKernel`, if there is none yet.

    In the warm process, for all forks: it has neither threads nor pipes, and has run no cell. 14 of 17 ms a notebook.
    """
    if not _made:
        session = _Session(key=b"")  # nothing to sign: no message leaves the process
        publisher = _Publisher(_Channel())
        application = IPKernelApp.instance(config=_CONFIG)  # never started: magics and libraries ask it for its kernel
        application.kernel = _Kernel.instance(
            parent=application,
            session=session,
            shell_stream=_Channel(),
            # Asked only for the thread that may handle signals.
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
            iopub_thread=publisher,
            iopub_socket=publisher,
            log=logging.Logger("kernel", logging.CRITICAL),  # its own: a cell may change the level of all loggers
            _execute_sleep=0.0,
        )
        shell = application.kernel.shell
        shell.transform_cell = lru_cache(1)(shell.transform_cell)  # of each cell ipykernel asks, then IPython
        _ = shell.display_formatter.formatters  # else made when a notebook shows its first result
        _made.append(application.kernel)


class DirectKernel:
    """The manager of a kernel in this process, already started, and its client: what nbclient asks of both.

    `seconds` is the time for one cell. From here on, the output of this process goes to the notebook.
    """

    has_kernel = True
    allow_stdin = False

    def __init__(self, seconds: float) -> None:
        self._seconds, self._deadline = seconds, float("inf")
        make_kernel()
        self._kernel = _made.pop()
        self.session, self.shell_channel = self._kernel.session, self._kernel.shell_stream
        self.iopub_channel = self._kernel.iopub_thread.socket
        self.session.pid = os.getpid()
        sys.stdout = _Stream(self.session, self._kernel.iopub_thread, "stdout")  # type: ignore[no-untyped-call]
        sys.stderr = _Stream(self.session, self._kernel.iopub_thread, "stderr")  # type: ignore[no-untyped-call]
        self._kernel.move_in()
        self._context = copy_context()
        clock = time.sleep, time.monotonic  # as they are now: a cell may replace them
        threading.Thread(target=self._watch, args=clock, name="watch-cell", daemon=True).start()
        allow_forks()

    def _watch(self, sleep: Callable[[float], None], now: Callable[[], float]) -> None:
        """End the process after the deadline. A thread, since a cell may use the only timer of the system."""
        while True:
            sleep(min(1.0, self._seconds))
            if now() > self._deadline:
                os._exit(TOO_LONG)

    def client(self) -> DirectKernel:
        """The client of this kernel."""
        return self

    def start_channels(self) -> None:
        """No-op: the channels exist."""

    def wait_for_ready(self, timeout: float | None = None) -> None:
        """No-op: the kernel is ready."""

    def is_alive(self) -> bool:
        """Always true: it is the same process."""
        return True

    async def execute(self, code: str, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Run a cell to its end; gives the id of the request.

        Raises DeadKernelError where the cell has called `exit`, or its output cannot be sent as a message.
        """
        flags = {"silent": False, "store_history": store_history, "allow_stdin": False, "stop_on_error": stop_on_error}
        request = self.session.msg("execute_request", {"code": code, "user_expressions": {}, **flags})
        self._deadline = time.monotonic() + self._seconds
        try:
            # One context for all cells, as in the stock kernel: a context variable set in one is seen in the next.
            await asyncio.create_task(self._kernel.dispatch_shell(self.session.frames(request)), context=self._context)
        finally:
            self._deadline = float("inf")
        if self._kernel.shell.exit_now or self.shell_channel.empty():
            raise DeadKernelError("Kernel died: a cell has ended it, or left no answer")
        _leave_deleted_folder()
        return str(request["header"]["msg_id"])

    def kernel_info(self) -> str:
        """Ask for the name and version of the kernel; gives the id of the request."""
        request = self.session.msg("kernel_info_request")
        self.session.send(self.shell_channel, "kernel_info_reply", self._kernel.kernel_info, parent=request)
        return str(request["header"]["msg_id"])


class _Session(Session):
    """Hands on what a reader behind sockets finds, of which only the content is written and read again: headers would
    be what they are, and reading their dates takes as long as all else.
    """

    def serialize(self, msg: dict[str, Any], ident: object = None) -> list[Any]:
        """One part in place of many: the message as it is read."""
        del ident  # of sockets
        return [msg | {"content": self.unpack(self.pack(msg["content"]))}]

    def frames(self, message: dict[str, Any]) -> list[zmq.Frame]:
        """A message as the stock kernel takes it."""
        return [zmq.Frame(part) for part in super().serialize(message)]


class _Channel:
    """A queue in place of a socket, for session and client."""

    def __init__(self) -> None:
        self._sent: deque[dict[str, Any]] = deque()

    def send_multipart(self, parts: list[Any], *_: object, **__: object) -> None:
        message, *buffers = parts
        self._sent.append(message | {"buffers": [memoryview(part) for part in buffers]})

    def empty(self) -> bool:
        return not self._sent

    def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message. Raises queue.Empty at once where there is none: waiting in the only thread brings none."""
        del timeout
        if not self._sent:
            raise Empty
        return self._sent.popleft()


class _Publisher(IOPubThread):
    """Sends output in the thread that writes it, where the stock kernel has a thread of its own for that."""

    def __init__(self, channel: _Channel) -> None:
        self.socket = channel
        self.thread: Any = None
        self.io_loop: Any = None

    def schedule(self, f: Callable[[], object]) -> None:
        f()

    def send_multipart(self, *args: Any, **kwargs: Any) -> None:
        self.socket.send_multipart(*args, **kwargs)


class _Stream(OutStream):
    sending = threading.RLock()

    def _schedule_flush(self) -> None:
        """No-op: the end of the cell, or its next output of another kind, flushes soon enough."""

    def _flush(self) -> None:
        """One thread at a time."""
        with _Stream.sending:
            super()._flush()  # type: ignore[no-untyped-call]


# Another thread may hold the lock at the moment of a fork.
os.register_at_fork(after_in_child=lambda: setattr(_Stream, "sending", threading.RLock()))


def _leave_deleted_folder() -> None:
    """Papermill asks for the current folder when it writes; a cell may have deleted it."""
    try:
        os.getcwd()  # noqa: PTH109
    except FileNotFoundError:
        os.chdir("/")


class _Kernel(IPythonKernel):
    shell_stream = Anything()
    _supports_kernel_subshells = False

    def __init__(self, **kwargs: Any) -> None:
        """Keep ipykernel from listing all modules for its debugger: looking at them copies pages, 16 ms a kernel."""
        module: Any = ipkernel
        module.sys = SimpleNamespace(modules={})
        try:
            super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        finally:
            module.sys = sys

    def move_in(self) -> None:
        """Take over the process it is in now, which may be a fork of the one it was made in."""
        shell = self.shell
        shell.init_environment()
        shell.save_sys_module_state()
        shell.init_sys_modules()
        shell.starting_dir = os.getcwd()  # noqa: PTH109 - as IPython sets it
        shell.history_manager.dir_hist[:] = [Path.cwd()]
        self.parent.init_path()

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """No-op: nothing is queued."""


_made: list[_Kernel] = []
