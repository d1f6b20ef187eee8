"""Measuring a command with everything it starts: time, processor time, memory. Linux only.

Processor time is user + system of the process tree, read from /proc at two marks at which the command waits: of living
processes and of the children they have reaped (utime, stime, cutime, cstime). Memory is PSS, which counts a page shared
by n processes as 1/n in each; a sum of RSS would count what forked kernels share once for each. It is sampled, so a
peak shorter than the interval can be missed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

INTERVAL = 0.25
"""Seconds between two samples of memory; reading PSS walks page tables and takes milliseconds of a core."""
_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
_END_WITHIN = 60


@dataclass(frozen=True)
class Status:
    """One line of /proc/<pid>/stat: the parent, and seconds of the process and of the children it has reaped."""

    parent: int
    seconds: float


@dataclass
class Measured:
    """What a command took, in seconds and bytes; `wall` and `cpu` are between its two marks, if it prints them."""

    start: float = 0.0
    """Until the first mark: imports, the warm process, the report that does not count."""
    wall: float = 0.0
    cpu: float = 0.0
    whole_wall: float = 0.0
    whole_cpu: float = 0.0
    peak: int = 0
    """Of the tree, PSS."""
    parent_peak: int = 0
    """Of the process of the command alone, RSS (VmHWM)."""
    output: list[str] = field(default_factory=list)
    exit_code: int = 0


def tree(root: int) -> dict[int, Status]:
    """The process and all that descends from it."""
    everyone = {
        int(entry.name): status for entry in _PROC.iterdir() if entry.name.isdigit() and (status := _status(entry))
    }
    children: dict[int, list[int]] = {}
    for pid, status in everyone.items():
        children.setdefault(status.parent, []).append(pid)
    found, waiting = {}, [root]
    while waiting:
        pid = waiting.pop()
        if pid in everyone:
            found[pid] = everyone[pid]
            waiting += children.get(pid, [])
    return found


def tree_seconds(root: int) -> float:
    """Seconds of processor time of the tree and of the children it has reaped."""
    return sum(status.seconds for status in tree(root).values())


def tree_bytes(root: int) -> int:
    """PSS of the tree."""
    return sum(_kibibytes(_PROC / str(pid) / "smaps_rollup", "Pss:") for pid in tree(root)) << 10


def own_peak(pid: int) -> int:
    """The largest RSS the process has had, in bytes; 0 if it is gone."""
    return _kibibytes(_PROC / str(pid) / "status", "VmHWM:") << 10


def measure(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, *, log: Path, stop_after: float | None = None
) -> Measured:
    """Run a command to its end, or send it SIGINT after `stop_after` seconds.

    A line `mark` on its output gets a line on its input as soon as the tree has been read.
    """
    if stop_after is not None:
        # A shell that starts this in the background makes it ignore SIGINT, and children inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    measured, begin = Measured(), time.perf_counter()
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        with _sampled(process.pid, measured), _stopped(process, stop_after):
            marks = list(_marks(process, measured, begin))
            measured.exit_code, measured.whole_cpu = _waited(process)
    measured.whole_wall = time.perf_counter() - begin
    if len(marks) == 2:
        (first, before), (last, after) = marks
        measured.start, measured.wall, measured.cpu = first, last - first, after - before
    return measured


def _marks(process: subprocess.Popen[str], measured: Measured, begin: float) -> Iterator[tuple[float, float]]:
    """Seconds since the beginning and processor seconds at each mark."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("a process without pipes")
    with process.stdin, process.stdout:
        for line in process.stdout:
            if line.strip() != "mark":
                measured.output.append(line.rstrip("\n"))
                continue
            yield time.perf_counter() - begin, tree_seconds(process.pid)
            process.stdin.write("\n")
            process.stdin.flush()


def _waited(process: subprocess.Popen[str]) -> tuple[int, float]:
    """Exit code, and processor seconds of the process and all children it has waited for."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime


@contextmanager
def _sampled(pid: int, measured: Measured) -> Iterator[None]:
    over = threading.Event()

    def sample() -> None:
        while not over.wait(INTERVAL):
            measured.peak = max(measured.peak, tree_bytes(pid))
            measured.parent_peak = max(measured.parent_peak, own_peak(pid))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def _stopped(process: subprocess.Popen[str], after: float | None) -> Iterator[None]:
    """Interrupt the process after a time, as Ctrl-C does; kill it if it does not end."""
    timers = []
    if after is not None:
        timers = [
            threading.Timer(after, process.send_signal, [signal.SIGINT]),
            threading.Timer(after + _END_WITHIN, process.kill),
        ]
    for timer in timers:
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()


def _status(entry: Path) -> Status | None:
    try:
        fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:  # it has ended
        return None
    return Status(int(fields[1]), sum(map(int, fields[11:15])) / _TICK)


def _kibibytes(path: Path, name: str) -> int:
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:  # it has ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
