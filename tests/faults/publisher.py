"""Publishes in processes that cost a hundredth of a second: forked from one that has imported everything.

Each runs the real command; only the notebooks are left out, and a folder that was published before is staged instead.
At its gate, a named pipe, a process waits until it is let go on, so that a tracer can take hold of it before it
publishes, or many can be let loose at once.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import cli
from pipeline.paths import CODE
from pipeline.run import make_report as module


def main() -> None:
    """Take orders from standard input, a line of JSON each, and answer each with a number: a process, or its status."""
    for line in sys.stdin:
        order = json.loads(line)
        sys.stdout.write(f"{_obey(order)}\n")
        sys.stdout.flush()


def _obey(order: dict[str, Any]) -> int:
    if "wait" in order:
        return os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
    if order["here"]:  # what is cached or imported at first use is there for all that are forked later
        return _publish(order)
    if pid := os.fork():
        return pid
    os._exit(_publish(order))


def _publish(order: dict[str, Any]) -> int:
    os.environ["PIPELINE_ROOT"] = order["root"]
    with Path(order["said"]).open("w", buffering=1) as said:
        sys.stdout = sys.stderr = said
        module._make = lambda run, staged, inputs, clock: _stage(order, staged)
        if order["at_start"]:
            _wait_at(order["gate"])
        code = cli.main(["report", *order["options"], order["locality"], "2025"])
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    return code


def _stage(order: dict[str, Any], staged: Path) -> None:
    shutil.copytree(order["prepared"], staged, dirs_exist_ok=True)
    if not order["at_start"]:
        _wait_at(order["gate"])


def _wait_at(gate: str) -> None:
    if gate:
        Path(gate).read_bytes()


@dataclass(frozen=True)
class Order:
    """One run to start."""

    root: Path
    prepared: Path
    locality: str
    options: Sequence[str] = ()
    gate: Path | None = None
    at_start: bool = False
    """Whether the gate is before the lock of the locality, and not before publishing."""


class Publisher:
    """The process they are forked from, as a test speaks to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.publisher"],
            cwd=CODE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, order: Order, *, here: bool = False) -> tuple[int, Path]:
        """The process, and the file with what it says."""
        self._started += 1
        said = self.folder / f"said-{self._started}"
        told = {
            "root": str(order.root),
            "prepared": str(order.prepared),
            "locality": order.locality,
            "options": list(order.options),
            "gate": str(order.gate or ""),
            "at_start": order.at_start,
            "said": str(said),
            "here": here,
        }
        return self._ask(told), said

    def wait(self, pid: int) -> int:
        """The exit code, negative for a signal."""
        return self._ask({"wait": pid})

    def run(self, order: Order) -> tuple[int, str]:
        """A whole run: exit code, and what was said."""
        pid, said = self.start(order)
        code = self.wait(pid)
        return code, said.read_text("utf-8")

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def _ask(self, told: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


if __name__ == "__main__":
    main()
