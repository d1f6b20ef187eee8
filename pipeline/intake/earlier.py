"""What earlier periods gave, kept between runs: data/processed/<locality>/<period>/kept.json.

An earlier period is validated anew only when something that its result depends on has changed; otherwise every report
would validate the whole year again. The file can be deleted at any time, and one that was changed is not used.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.intake.inbox import submission_files
from pipeline.intake.result import Intake
from pipeline.intake.revisions import correction_files
from pipeline.intake.rows import Observation, TaskFact
from pipeline.paths import CODE, Layout
from pipeline.plans.base import Frozen
from pipeline.plans.periods import Period

_ROOMS = ("plans", "submissions", "validation")
"""Imports run downwards, so no other code can change what validation gives (`make check` holds it)."""


class Accepted(Frozen):
    """The records of one period that later ones take along."""

    observations: tuple[Observation, ...]
    tasks: tuple[TaskFact, ...]


@dataclass
class KeptIntakes:
    """The periods of one locality, taken the oldest first: each depends on those before it."""

    layout: Layout
    locality: str
    key: str = ""
    """SHA-256 over everything the periods taken so far depend on."""

    def take(self, period: Period, validated: Callable[[], Intake]) -> Accepted:
        """What `period` gave: as kept, or validated now. Raises what `validated` raises, and then keeps nothing."""
        self.key = _digest([self.key or self._common(), str(period), *_hashes(self._files(period))])
        path = self.layout.work(self.locality, str(period)) / "kept.json"
        kept = _read(path, self.key)
        if kept is None:
            intake = validated()
            kept = Accepted(observations=intake.observations, tasks=intake.tasks)
            with suppress(OSError):  # no need to keep it
                _write(path, self.key, kept)
        return kept

    def _files(self, period: Period) -> Iterator[Path]:
        yield from submission_files(self.layout, self.locality, period)
        yield from correction_files(self.layout, self.locality, period)

    def _common(self) -> str:
        layout = self.layout
        code = (path for room in _ROOMS for path in (CODE / "pipeline" / room).rglob("*.py"))
        files = [CODE / "requirements.lock", *layout.raw.glob("*.*"), *layout.expectations.glob("*.json"), *code]
        files += (layout.plans / self.locality).glob("*.yaml")
        return _digest([self.locality, f"{sys.version_info[0]}.{sys.version_info[1]}", *_hashes(files)])


def _hashes(files: Iterable[Path]) -> list[str]:
    """Name and hash of each file, in an order of their own."""
    return sorted(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files if path.is_file())


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _read(path: Path, key: str) -> Accepted | None:
    """None where nothing is kept for `key`, or not as it was written."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        if json.loads(head) == {"key": key, "sha256": hashlib.sha256(body).hexdigest()}:
            return Accepted.model_validate_json(body)
    except (OSError, ValueError):
        pass
    return None


def _write(path: Path, key: str, kept: Accepted) -> None:
    # Numbers as text: in the JSON of records they are binary fractions, and 1,10 is 1,1.
    body = json.dumps(kept.model_dump(), default=str, ensure_ascii=False).encode()
    head = json.dumps({"key": key, "sha256": hashlib.sha256(body).hexdigest()}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".kept-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(head + b"\n" + body)
    Path(name).replace(path)
