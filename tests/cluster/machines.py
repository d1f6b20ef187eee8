"""A scheduler and workers as they run on machines: processes of their own on loopback, in folders of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
from distributed import Client

MARK = "CLUSTER_TEST_MACHINE"


def environment(code: Path, **more: str) -> dict[str, str]:
    # Without compiled files every process would compile the copy anew.
    left_out = ("PYTHONDONTWRITEBYTECODE", "PIPELINE_ROOT", "SCHEDULER", "MAKEFLAGS")
    clean = {k: v for k, v in os.environ.items() if k not in left_out}
    return clean | {"PYTHONPATH": str(code), "DASK_DISTRIBUTED__ADMIN__LOG_LENGTH": "0"} | more


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        time.sleep(0.05)


def processes(mark: str) -> list[psutil.Process]:
    """What runs with this mark in its environment, kernels included: they inherit it."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


class Machine:
    """A `dask …` command with all it starts, in a process group and a folder of its own."""

    def __init__(self, folder: Path, code: Path, *arguments: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log, self.mark = folder / "log", uuid.uuid4().hex
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments, "--no-dashboard", "--dashboard-address", "127.0.0.1:0"],
                cwd=folder,
                env=environment(code, **{MARK: self.mark}),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def worker(self) -> psutil.Process:
        """The process that does the work: started by the nanny, and not the tracker of its resources."""
        children = psutil.Process(self.process.pid).children()
        return next(c for c in children if any("spawn_main" in part for part in c.cmdline()))

    def kill(self) -> None:
        """As a machine that loses its power, as far as the group goes; kernels are groups of their own."""
        if self.runs:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    def end(self) -> None:
        self.kill()
        for process in processes(self.mark):
            process.kill()


class Cluster:
    """A scheduler on a port of its own, and its workers by name."""

    def __init__(self, folder: Path, code: Path) -> None:
        self.folder, self.code, self.port = folder, code, _free_port()
        self.scheduler: Machine | None = None
        self.workers: dict[str, Machine] = {}

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def ensure(self, *names: str) -> None:
        """Start what does not run, as a supervisor would, and wait until all have found each other."""
        if self.scheduler is None or not self.scheduler.runs:
            where = ("--host", "127.0.0.1", "--port", str(self.port))
            self.scheduler = Machine(self.folder / "scheduler", self.code, "scheduler", *where)
            wait_until(self._answers, 30, "the scheduler")

        def all_there() -> bool:
            for name in names:
                if name not in self.workers or not self.workers[name].runs:
                    self.add(name, self.code)
            return set(names) <= self.registered()

        if names:
            wait_until(all_there, 60, "the workers")

    def registered(self) -> set[str]:
        """The names of the workers that the scheduler knows."""
        with Client(self.address, set_as_default=False, timeout=10) as client:
            workers = client.scheduler_info(n_workers=-1)["workers"].values()
            return {str(worker["name"]) for worker in workers}

    def add(self, name: str, code: Path) -> Machine:
        folder = self.folder / name
        given = ("--host", "127.0.0.1", "--nthreads", "1", "--memory-limit", "0", "--local-directory", str(folder))
        self.workers[name] = Machine(folder, code, "worker", self.address, "--name", name, *given)
        return self.workers[name]

    def end(self) -> None:
        for machine in (*self.workers.values(), self.scheduler):
            if machine is not None:
                machine.end()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
