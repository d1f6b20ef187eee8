"""System calls of one publication: which there are, and one of them made to fail or to kill (strace)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.publisher import Order, Publisher

CALLS = (
    "openat,write,pwrite64,fsync,fdatasync,ftruncate,fchmod,rename,renameat,renameat2,link,symlink,mkdir,mkdirat,"
    "unlink,unlinkat,rmdir,flock,sendfile,copy_file_range"
)
"""What opens, changes or waits for something in a file system."""
FAULTS = ("KILL", "ENOSPC", "EIO", "EROFS")


@dataclass(frozen=True)
class Point:
    """The `number`th call of one name made to fail so."""

    call: str
    number: int
    fault: str

    def __str__(self) -> str:
        return f"{self.call} {self.number} {self.fault}"

    @property
    def option(self) -> str:
        how = "signal=KILL" if self.fault == "KILL" else f"error={self.fault}"
        return f"--inject={self.call}:{how}:when={self.number}"


@dataclass(frozen=True)
class Traced:
    """What became of one publication under strace."""

    code: int
    said: str
    lines: tuple[str, ...]
    """As strace writes them, paths of file descriptors in angle brackets."""

    def points(self, faults: Sequence[str] = FAULTS, of: str = "") -> list[Point]:
        """Every call, in order, with every fault; of those alone that speak of a path with `of` in it."""
        counts: Counter[str] = Counter()
        found = []
        for line in self.lines:
            if called := re.match(r"(?:\d+ +)?(\w+)\(", line):
                counts[called[1]] += 1
                found += [Point(called[1], counts[called[1]], fault) for fault in faults if of in line]
        return found


def publish_traced(publisher: Publisher, order: Order, folder: Path, point: Point | None = None) -> Traced:
    """Publish under strace, from the moment everything is made to the end of the process."""
    assert order.gate is not None
    os.mkfifo(order.gate)
    pid, said = publisher.start(order)
    with order.gate.open("wb"):  # open once the other end is: the process waits here
        log = folder / "strace"
        tracer = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "0", "-o", log, f"--trace={CALLS}", "-p", str(pid)]
            + ([point.option] if point else []),
            stderr=subprocess.PIPE,
            text=True,
        )
        assert tracer.stderr is not None
        attached = tracer.stderr.readline()
        assert "attached" in attached, attached
    try:
        tracer.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.kill(pid, signal.SIGKILL)
        tracer.communicate()
        raise
    order.gate.unlink()
    return Traced(publisher.wait(pid), said.read_text("utf-8"), tuple(log.read_text("utf-8").splitlines()))
