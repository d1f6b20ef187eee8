"""Imported once, by the warm process. No threads, no sockets, no context of ZMQ may exist when this is done."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from contextlib import suppress
from types import TracebackType

from pipeline.fork.import_shims import in_huge_pages, postponed, without_iri_grammar, without_process_lock
from pipeline.fork.pool import modules_to_load, rehearsal, stock_path

# Next to nothing of what is imported is garbage: looking for it takes a tenth of the time of the imports.
gc.disable()
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
_command = os.getppid()


def _look_for_the_command(*arguments: object) -> None:
    """The pipe to the command is looked at only once all is loaded, which takes seconds."""
    if os.getppid() != _command:
        os._exit(1)


signal.signal(signal.SIGALRM, _look_for_the_command)
signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
sys.path[:] = stock_path()
without_iri_grammar()
# The debugger is half a second of imports that no unattended run uses; the kernel does without where it is missing.
sys.modules["debugpy"] = None  # type: ignore[assignment]
import ipykernel.debugger  # noqa: E402
import ipykernel.zmqshell  # noqa: E402, F401

import pipeline.fork.direct  # noqa: E402, F401

del sys.modules["debugpy"]
_LOADED_AT_START = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "faulthandler",
    "tornado.platform.asyncio",
)
"""By every kernel, before it answers."""
with postponed("altair", "scipy", "scipy.stats"):
    for _name in (*_LOADED_AT_START, *modules_to_load()):
        importlib.import_module(_name)
without_process_lock()
_rehearsed = rehearsal()
if _rehearsed is not None:
    with suppress(Exception):
        _rehearsed()
signal.setitimer(signal.ITIMER_REAL, 0)
signal.signal(signal.SIGALRM, signal.SIG_DFL)
_tell = sys.excepthook


def _unless_it_was_called_off(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A command that is killed while it orders a process has written no order: nothing to tell a person about."""
    if kind is not EOFError:
        _tell(kind, error, trace)


sys.excepthook = _unless_it_was_called_off
# What lives now lives in every kernel: looking through it again would only copy its pages.
gc.freeze()
gc.enable()
if _rehearsed is not None:
    in_huge_pages()  # takes as long as it spares some tens of kernels
