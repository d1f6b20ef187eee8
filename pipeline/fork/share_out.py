"""One function over many items, in several processes: the caller does the first part, forks of it do the others.

For a process without threads that only looks at things: what a fork changes is lost with it.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

MOST = 4
"""Processes, the caller included: beyond that they wait for one disk."""


def shared_out(function: Callable[[str], Any], items: Sequence[str], least: int) -> Iterator[Any]:
    """What `function` gives for each item, in their order; it must be JSON, and is what JSON makes of it.

    A part has at least `least` items, so that few are not shared. What a fork does not answer, since it cannot be made
    or has ended, is done here, and raises here what it raises.
    """
    hands = max(min(len(os.sched_getaffinity(0)), MOST, len(items) // least), 1)
    size = -(-len(items) // hands)
    others = [items[at : at + size] for at in range(size, len(items), size or 1)]
    forks = [(part, _fork(function, part)) for part in others]
    try:
        yield from map(function, items[:size])
        for part, fork in forks:
            answer = fork.answer() if fork else None
            yield from map(function, part) if answer is None else answer
    finally:
        for fork in (fork for _, fork in forks if fork):
            fork.end()


class _Fork:
    def __init__(self, process: int, pipe: int) -> None:
        self._process, self._pipe = process, pipe

    def answer(self) -> list[Any] | None:
        """None where it has not answered in full."""
        content = b""
        while more := os.read(self._pipe, 1 << 20):
            content += more
        with suppress(ValueError):
            found: list[Any] = json.loads(content)
            return found
        return None

    def end(self) -> None:
        os.close(self._pipe)
        with suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def _fork(function: Callable[[str], Any], part: Sequence[str]) -> _Fork | None:
    reading, writing = os.pipe()
    try:
        process = os.fork()
    except OSError:  # no room for a process more (ulimit -u, memory)
        os.close(reading)
        os.close(writing)
        return None
    if process:
        os.close(writing)
        return _Fork(process, reading)
    try:  # nothing of the caller is run here, whatever happens: no message, no end of a context
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps([function(item) for item in part]).encode())
    finally:
        os._exit(0)
