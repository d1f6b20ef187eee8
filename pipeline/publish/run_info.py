"""What a run was besides its result (thông tin lần chạy): when, where, by whom, how long, with what installed.

None of it is promised to be the same again, so nothing of it is hashed into an id.
"""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
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
from pipeline.publish.provenance import CRATE, RUN_INFO, STATEMENT, crate, statement
from pipeline.publish.recorded import read_recorded
from pipeline.steps import to_json


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
    draft: str
    packages: tuple[str, ...]
    """Name and version of what is installed, `numpy-2.4.0`."""


class Clock:
    """Measures one run, step by step, and says which step begins."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.started = moment()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, told: str = "") -> Iterator[None]:
        """Inside, a step of the run is timed, in seconds; `told` is said before it."""
        if told:
            self._say(told)
        before = time.monotonic()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - before, 3)

    def info(self) -> RunInfo:
        """The record, with now as the end."""
        code = checkout()
        return RunInfo(
            started=self.started,
            finished=moment(),
            seconds=self.seconds,
            host=socket.gethostname(),
            user=_user(),
            python=sys.version,
            platform=platform.platform(),
            processors=os.cpu_count() or 1,
            commit=code.commit,
            draft=code.draft,
            packages=installed(),
        )


def write_beside(folder: Path, info: RunInfo, place: str, period: str) -> None:
    """run-info.json, and where the report came from in the forms of others; the manifest lies there already."""
    content = to_json(info)
    (folder / RUN_INFO).write_text(content, "utf-8")
    recorded, told = read_recorded(folder), info.model_dump(mode="json")
    records = {
        STATEMENT: statement(recorded, told, hashlib.sha256(content.encode()).hexdigest()),
        CRATE: crate(recorded, told, place, period),
    }
    for name, record in records.items():
        (folder / name).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")


def moment() -> str:
    """Now, in UTC, to the second."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
