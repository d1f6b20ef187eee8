"""What was accepted for the other periods of a locality, kept by the hash of all it depends on."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from pipeline.intake.inbox import submission_files
from pipeline.intake.revisions import correction_files
from pipeline.intake.rows import Intake, Observation, TaskFact
from pipeline.paths import CODE, Layout
from pipeline.plans.base import Frozen
from pipeline.plans.periods import Period
from pipeline.whole import UNUSABLE, read_ordinary, write_whole

CACHE_NAME = "earlier-cache.json"
_CODE = (
    *("plans", "documents", "intake", "fork"),
    *("errors.py", "languages.py", "paths.py", "system_limits.py", "typed_frame.py", "whole.py"),
)
"""All that validation can import: imports run downwards (`make check` holds it; a test holds this list)."""


class PeriodRecords(Frozen):
    """The accepted records of one period that later ones take along."""

    observations: tuple[Observation, ...]
    tasks: tuple[TaskFact, ...]
    answers: dict[str, str] = Field(default_factory=dict)
    """Code of a question → the answer given in a workbook."""


@dataclass
class EarlierCache:
    """The other periods of one locality, the first to close first: each depends on those before it."""

    layout: Layout
    locality: str
    key: str = ""
    """SHA-256 over everything that the periods asked for so far depend on."""

    def records(self, period: Period, validate: Callable[[], Intake]) -> PeriodRecords:
        """The records of `period`, from the cache or from `validate`. Raises what `validate` raises."""
        self.pass_over(period)
        path = self.layout.work(self.locality, str(period)) / CACHE_NAME
        records = _read(path, self.key)
        if records is None:
            intake = validate()
            given = intake.answers
            records = PeriodRecords(observations=intake.observations, tasks=intake.tasks, answers=given)
            with suppress(OSError):  # a cache that cannot be written only costs time
                _write(path, self.key, records)
        return records

    def pass_over(self, period: Period) -> None:
        """Let the periods after `period` depend on it."""
        self.key = _digest([self.key or self._common(), str(period), *_hashes(self._files(period))])

    def _common(self) -> str:
        layout = self.layout
        files = [
            CODE / "requirements.lock",
            *layout.raw.glob("*.*"),
            *layout.expectations.glob("*.json"),
            *judging_code(),
        ]
        files += (layout.plans / self.locality).glob("*.yaml")
        return _digest([self.locality, f"{sys.version_info[0]}.{sys.version_info[1]}", *_hashes(files)])

    def _files(self, period: Period) -> Iterator[Path]:
        yield from submission_files(self.layout, self.locality, period)
        yield from correction_files(self.layout, self.locality, period)


def judging_code() -> Iterator[Path]:
    """Every module that can change what validation gives."""
    for place in (CODE / "pipeline" / name for name in _CODE):
        yield from place.rglob("*.py") if place.is_dir() else [place]


def _hashes(files: Iterable[Path]) -> list[str]:
    """Name and hash of each file, sorted."""
    return sorted(f"{path.name} {_sha256(path)}" for path in files if not path.is_dir())


def _sha256(path: Path) -> str:
    """The hash of a file; '' for one that cannot be read, which the reader refuses."""
    try:
        return hashlib.sha256(read_ordinary(path)).hexdigest()
    except UNUSABLE:
        return ""


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _read(path: Path, key: str) -> PeriodRecords | None:
    """None where the file is missing, was written for another key, or was edited."""
    try:
        head, _, body = read_ordinary(path).partition(b"\n")
        if json.loads(head) == {"key": key, "sha256": hashlib.sha256(body).hexdigest()}:
            return PeriodRecords.model_validate_json(body)
    except (OSError, ValueError):
        pass
    return None


def _write(path: Path, key: str, records: PeriodRecords) -> None:
    # Numbers as text: in the JSON of records they are binary fractions, and 1,10 would become 1,1.
    body = json.dumps(records.model_dump(), default=str, ensure_ascii=False).encode()
    head = json.dumps({"key": key, "sha256": hashlib.sha256(body).hexdigest()}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, head + b"\n" + body)
