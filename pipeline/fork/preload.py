"""Imported once, by the warm process. It must leave no thread, socket or ZMQ context: a fork would lack or share it."""

from __future__ import annotations

import gc
import importlib
import mmap
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import spawn
from types import TracebackType

from pipeline.fork.child import find, stock_path
from pipeline.fork.import_shims import as_wide_as_in_a_kernel, lean, without_iri_grammar, without_process_lock
from pipeline.fork.orders import Preload

_KERNEL = (
    "pipeline.fork.direct",
    "pipeline.fork.engine",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.utils.wildcard",
    "bdb",
)
"""What a kernel imports by its first cell."""
GARBAGE_AFTER = 50_000
"""New objects after which a fork looks for garbage. Python's own 700 takes a sixth of the time of a site over 3,321
localities, whose objects are hardly ever garbage; so many of them are 10 MB."""
MOMENT = 0.01
"""Seconds the warm process looks for orders between two steps of what it loads later."""
_command = os.getppid()
_report_error = sys.excepthook


def _load(preload: Preload) -> None:
    with _frozen():
        sys.path[:] = stock_path()
        without_iri_grammar()
        with lean():
            # The debugger takes half a second to import and no unattended run uses it; ipykernel works without.
            sys.modules["debugpy"] = None  # type: ignore[assignment]
            importlib.import_module("ipykernel.debugger")
            del sys.modules["debugpy"]
            for name in (*_KERNEL, *preload.modules):
                importlib.import_module(name)
        without_process_lock()
        as_wide_as_in_a_kernel()
        if preload.rehearsal:
            with suppress(Exception):
                find(preload.rehearsal)()
        with suppress(Exception):
            find("pipeline.fork.direct:make_kernel")()  # after the imports: libraries ask whether they are in a kernel
    gc.set_threshold(GARBAGE_AFTER)


@contextmanager
def _frozen() -> Iterator[None]:
    """What is made inside is never looked at for garbage, nor is any looked for inside.

    Hardly anything imported is garbage; looking for it takes a tenth of the time of the imports. Every kernel inherits
    these objects: collecting them there would only copy their pages.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _load_later(names: Sequence[str]) -> None:
    """Go on with `names` while the first fork runs, a step at a time: an order that comes meanwhile waits for one.

    Between two steps the fork server takes the orders that have come: it is not to know of this.
    """
    steps, own = _steps(names), os.getpid()

    def wait() -> None:
        if os.getpid() == own:  # not where a notebook forks
            signal.setitimer(signal.ITIMER_REAL, MOMENT)

    def go_on(*_: object) -> None:
        with suppress(Exception), _frozen():
            next(steps)
            wait()

    signal.signal(signal.SIGALRM, go_on)
    os.register_at_fork(after_in_parent=wait, after_in_child=lambda: signal.signal(signal.SIGALRM, signal.SIG_DFL))


def _steps(names: Sequence[str]) -> Iterator[None]:
    for name in names:
        if ":" in name:
            yield from find(name)()
        else:
            importlib.import_module(name)
            yield


def _is_full() -> bool:
    """No 48 MiB can be had: a library that gets no memory raises whatever it likes."""
    try:
        mmap.mmap(-1, 48 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except (OSError, MemoryError):
        return True
    return False


def _end_without_the_command(*_: object) -> None:
    """The fork server looks at the pipe to the command only once all is loaded, which takes seconds."""
    if os.getppid() != _command:
        os._exit(1)


def _report_unless_cancelled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """EOFError: the command died while it ordered a process. Nobody is there to read about it."""
    if kind is not EOFError:
        _report_error(kind, error, trace)


signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
signal.signal(signal.SIGALRM, _end_without_the_command)
signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
_preload = Preload.take()
try:
    _load(_preload)
except Exception:
    if _is_full():  # there is no room to say so here; the command that waits does
        os._exit(1)
    raise
signal.setitimer(signal.ITIMER_REAL, 0)
signal.signal(signal.SIGALRM, signal.SIG_DFL)
if _preload.later:
    _load_later(_preload.later)
sys.excepthook = _report_unless_cancelled
# Calls are found by their names. multiprocessing would import the main module of the command in each fork.
spawn._fixup_main_from_name = spawn._fixup_main_from_path = lambda _: None  # type: ignore[attr-defined]
