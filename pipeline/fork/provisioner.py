"""The kernel provisioner: Jupyter asks it for a kernel process, and gets a forked one."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from pipeline.fork.pool import can_fork, start

_LAUNCHER = "ipykernel_launcher"
_LISTENS_WITHIN = 30
"""Seconds; what takes longer is left to the time-out of whoever asked for the kernel."""
_ENDS_WITHIN = 1
"""Seconds after a kill; what takes longer is waited for by the manager."""


class ForkedKernel:
    """The few methods of `subprocess.Popen` that a provisioner uses, over a process of multiprocessing."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        if process.pid is None:
            raise ValueError("a process that was not started")
        self._process = process
        self.pid: int = process.pid
        self.ends = process.sentinel
        """A file descriptor that can be read once the process has ended."""

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """The exit code, once the process has ended."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Nothing where it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end (SIGTERM)."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it (SIGKILL), with what it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.send_signal(signal.SIGKILL)


class WarmProvisioner(LocalProvisioner):
    """Forks Python kernels from the warm process; starts all others, and these where one cannot fork, as usual."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork what Jupyter starts as a Python kernel, and wait until it listens; any other is started as usual."""
        if not can_fork() or _LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index(_LAUNCHER) + 1 :]
        environment = {name: str(value) for name, value in kwargs.get("env", os.environ).items()}
        folder = str(kwargs.get("cwd") or os.getcwd())  # noqa: PTH109 - what Popen would take
        kernel: Any = ForkedKernel(start(arguments, environment, folder))
        self.process, self.pid, self.pgid = kernel, kernel.pid, kernel.pid
        self.cwd = folder
        await _listening(kernel, self.connection_info)
        return self.connection_info

    async def wait(self) -> int | None:
        """Until the process has ended: told by the system, where the stock provisioner looks every 0.1 seconds."""
        await self._ended()
        return await super().wait()

    async def kill(self, restart: bool = False) -> None:
        """End the process at once; the manager, too, looks for its end only every 0.1 seconds."""
        await super().kill(restart=restart)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended(), _ENDS_WITHIN)

    async def cleanup(self, restart: bool = False) -> None:
        """Also of a kernel that died by itself."""
        if isinstance(self.process, ForkedKernel):
            self.process.kill()
        await super().cleanup(restart=restart)

    async def _ended(self) -> None:
        if isinstance(self.process, ForkedKernel) and self.process.poll() is None:
            ended = asyncio.Event()
            loop, descriptor = asyncio.get_running_loop(), self.process.ends
            loop.add_reader(descriptor, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(descriptor)


async def _listening(kernel: ForkedKernel, connection: KernelConnectionInfo) -> None:
    """Until the kernel has opened its sockets, where they are files, or has ended.

    ZMQ tries again only after 0.1 seconds where nobody listens yet.
    """
    if connection["transport"] != "ipc":
        return
    last = Path(f"{connection['ip']}-{connection['iopub_port']}")
    end = time.monotonic() + _LISTENS_WITHIN
    while not last.exists() and kernel.poll() is None and time.monotonic() < end:
        await asyncio.sleep(0.003)
