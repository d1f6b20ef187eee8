"""The kernel provisioner: Jupyter asks it for a kernel process, and gets a forked one."""

from __future__ import annotations

import os
import signal
from multiprocessing.process import BaseProcess
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from pipeline.kernels.pool import can_fork, start

_LAUNCHER = "ipykernel_launcher"


class ForkedKernel:
    """The few methods of `subprocess.Popen` that a provisioner uses, over a process of multiprocessing."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        if process.pid is None:
            raise ValueError("a process that was not started")
        self._process = process
        self.pid: int = process.pid

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class WarmProvisioner(LocalProvisioner):
    """Forks Python kernels from the warm process; starts all others, and these where one cannot fork, as usual."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        if not can_fork() or _LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index(_LAUNCHER) + 1 :]
        environment = {name: str(value) for name, value in kwargs.get("env", os.environ).items()}
        folder = str(kwargs.get("cwd") or os.getcwd())  # noqa: PTH109 - what Popen would take
        kernel: Any = ForkedKernel(start(arguments, environment, folder))
        self.process, self.pid, self.pgid = kernel, kernel.pid, kernel.pid
        self.cwd = folder
        return self.connection_info
