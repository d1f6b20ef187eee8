"""The warm process, and the time during which kernels are forked from it."""

from __future__ import annotations

import importlib
import multiprocessing
import multiprocessing.forkserver
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from multiprocessing.process import BaseProcess
from typing import Any

NAME = "warm-provisioner"
SWITCH = "WARM_KERNELS"
_PRELOADED = "pipeline.fork.preload"
_MODULES, _REHEARSAL = "WARM_KERNELS_MODULES", "WARM_KERNELS_REHEARSAL"


@dataclass(frozen=True)
class Limits:
    """What one kernel may use; None leaves it as it is for the command."""

    memory: int | None = None
    """Bytes of address space beyond what the warm process holds already."""
    seconds: int | None = None
    """Seconds of processor time."""


def can_fork() -> bool:
    """Whether kernels can be forked here: the platform offers it, and nobody has switched it off."""
    return os.environ.get(SWITCH) != "0" and "forkserver" in multiprocessing.get_all_start_methods()


def hands_over() -> bool:
    """Whether a notebook is to be handed to a forked process whole, with papermill (`direct`), and not cell by cell."""
    return bool(_limits) and os.environ.get(SWITCH) != "sockets"


@contextmanager
def warm_kernels(modules: Sequence[str], limits: Limits | None = None, rehearsal: str = "") -> Iterator[bool]:
    """Inside, kernels are forked from a process that has imported `modules`; afterwards that process is gone.

    `rehearsal` ("module:function") is called there once, so that what is built at the first use is there for every
    kernel. It must leave no thread behind, and may fail: its error is dropped, since a kernel will meet it again.

    Gives False, and changes nothing, where kernels cannot be forked. The warm process takes the environment of the
    moment of entry: what is read at start, such as PYTHONHASHSEED, must be set before. Not to be nested.
    """
    if not can_fork():
        yield False
        return
    server: Any = multiprocessing.forkserver._forkserver
    server._stop()
    os.environ |= {_MODULES: ",".join(modules), _REHEARSAL: rehearsal}
    try:
        server.set_forkserver_preload([_PRELOADED])
        # An interrupt of the group is for the command; the warm process ends with it, without a word of its own.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            server.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        _forget_orders()
        with _default_provisioner():  # what that imports is loaded while the warm process loads
            _limits.append(limits or Limits())
            yield True
    finally:
        _forget_orders()
        _limits.clear()
        for process in multiprocessing.active_children():
            process.kill()
            process.join()
        _end(server)


def _end(server: Any) -> None:
    """The warm process has nothing to put in order: killed, it is gone before one that is asked to end has begun to."""
    if server._forkserver_pid is not None:
        with suppress(ProcessLookupError):
            os.kill(server._forkserver_pid, signal.SIGKILL)
    server._stop()


@contextmanager
def _default_provisioner() -> Iterator[None]:
    from jupyter_client.provisioning.factory import KernelProvisionerFactory

    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    factory.provisioners[NAME] = EntryPoint(
        NAME, "pipeline.fork.provisioner:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME
    )
    factory.default_provisioner_name = NAME
    try:
        yield
    finally:
        factory.default_provisioner_name = before


def start(arguments: Sequence[str], environment: dict[str, str], folder: str) -> BaseProcess:
    """Fork one kernel that is called with `arguments`, the stock command line behind the interpreter."""
    from pipeline.fork.child import run_kernel

    limits = limits_in_force() or Limits()
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=run_kernel, args=(list(arguments), environment, folder, limits), daemon=True)
    process.start()
    return process


def limits_in_force() -> Limits | None:
    """The limits of the warm process; None where there is none."""
    return _limits[-1] if _limits else None


def _forget_orders() -> None:
    for name in (_MODULES, _REHEARSAL):
        os.environ.pop(name, None)


def modules_to_load() -> list[str]:
    """What the warm process is to import, as told by the command that starts it."""
    return [name for name in os.environ.pop(_MODULES, "").split(",") if name]


def rehearsal() -> Callable[[], None] | None:
    """What the warm process is to call once, if anything."""
    name = os.environ.pop(_REHEARSAL, "")
    return named(name) if name else None


def named(function: str) -> Callable[..., None]:
    """The function of a name such as "package.module:function"; its module is imported."""
    module, _, name = function.partition(":")
    found: Callable[..., None] = getattr(importlib.import_module(module), name)
    return found


def stock_path() -> list[str]:
    """The import path as the stock kernel has it: without what the starting command put in front."""
    last = {entry: place for place, entry in enumerate(sys.path) if entry}
    return [entry for entry, _ in sorted(last.items(), key=lambda item: item[1])]


_limits: list[Limits] = []
