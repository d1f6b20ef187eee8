"""What a run was besides its result (thông tin lần chạy): when, where, by whom, how long, with what installed.

None of it is promised to be the same again, so nothing of it is hashed into an id.
"""

from __future__ import annotations

import getpass
import os
import platform
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pydantic import Field

from pipeline.inputs.draft import checkout
from pipeline.plans.base import Frozen
from pipeline.progress import Say
from pipeline.publish.log import moment


class RunInfo(Frozen):
    """The file run-info.json beside a published report."""

    started: str
    """The moment in UTC, 2026-05-01T08:00:00Z; `finished` likewise."""
    finished: str
    seconds: dict[str, float] = Field(default_factory=dict)
    """Duration of each step."""
    host: str
    user: str
    python: str
    """Version and build of the interpreter."""
    platform: str
    processors: int
    commit: str
    """The commit of the code; '' where there is no git."""
    packages: tuple[str, ...]
    """Name and version of what is installed, `numpy-2.4.0`."""


class Clock:
    """Measures one run, step by step, and says which step begins."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.started = moment()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, message: str = "") -> Iterator[None]:
        """Inside, a step of the run is timed, in seconds; `message` is said before it."""
        if message:
            self._say(message)
        before = time.monotonic()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - before, 3)

    def info(self) -> RunInfo:
        """The record, with now as the end."""
        return RunInfo(
            started=self.started,
            finished=moment(),
            seconds=self.seconds,
            host=socket.gethostname(),
            user=_user(),
            python=sys.version,
            platform=platform.platform(),
            processors=os.cpu_count() or 1,
            commit=checkout().commit,
            packages=installed(),
        )


@cache
def installed() -> tuple[str, ...]:
    """Name and version of every installed package, by the names of their folders."""
    found = (path.stem for entry in sys.path if entry for path in Path(entry).glob("*.dist-info"))
    return tuple(sorted(found, key=str.lower))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
