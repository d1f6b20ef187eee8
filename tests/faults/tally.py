"""Counting cases, and writing what was counted into docs/reliability.md."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pipeline.paths import CODE

DOCUMENT = CODE / "docs" / "reliability.md"
HEAD = ("group", "cases", "as promised", "what is allowed", "seconds", "part", "commit", "date")
_T = TypeVar("_T")


@dataclass
class Tally:
    """One group of the battery: how many cases were tried, and how many ended as promised."""

    group: str
    allowed: str
    cases: int = 0
    kept: int = 0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    @contextmanager
    def case(self, number: int = 1) -> Iterator[None]:
        """One case, or several that stand and fall together; as promised unless something is raised inside."""
        start = time.monotonic()
        self.cases += number
        try:
            yield
            self.kept += number
        finally:
            self.seconds += time.monotonic() - start

    def each(self, items: Iterable[_T], check: Callable[[_T], None]) -> None:
        """Check all of them, whatever becomes of one; fails at the end with every one that broke the promise."""
        broken = []
        for item in items:
            try:
                with self.case():
                    check(item)
            except Exception as error:  # noqa: BLE001 - one that goes wrong in another way is no less wrong
                broken.append(f"{item}: {type(error).__name__}: {error}")
        assert not broken, f"{len(broken)} broken:\n" + "\n".join(broken[:40])


@dataclass(frozen=True)
class Made:
    """Which run the numbers are of."""

    part: str
    commit: str
    date: str


def write(tallies: Iterable[Tally], made: Made, path: Path = DOCUMENT) -> None:
    """Put the rows of these groups into the table, in the place of those of the same group and part."""
    text = path.read_text("utf-8")
    before, start, rest = text.partition("<!-- numbers -->\n")
    table, end, after = rest.partition("<!-- end of numbers -->")
    if not start or not end:
        raise ValueError(f"{path} has no place for the numbers")
    rows = {(row[0], row[5]): row for row in _rows(table)}
    for tally in tallies:
        if tally.cases:
            rows[tally.group, made.part] = _row(tally, made)
    path.write_text(before + start + _table(sorted(rows.values(), key=_order)) + end + after, "utf-8")


def commit() -> str:
    """The commit that is tested, with a sign where something is not committed."""
    head, status = (
        subprocess.run(["git", *ask], cwd=CODE, capture_output=True, text=True, check=False).stdout.strip()
        for ask in (("rev-parse", "--short=8", "HEAD"), ("status", "--porcelain", "--", ":!docs"))
    )
    return f"{head or 'unknown'}{' and changes' if status else ''}"


def _row(tally: Tally, made: Made) -> tuple[str, ...]:
    counts = (str(tally.cases), str(tally.kept), tally.allowed, f"{tally.seconds:.0f}")
    return (tally.group, *counts, made.part, made.commit, made.date)


def _order(row: tuple[str, ...]) -> tuple[str, str]:
    """All of it first, then the part in CI."""
    return row[5], row[0]


def _rows(table: str) -> Iterator[tuple[str, ...]]:
    for line in table.splitlines()[2:]:
        cells = tuple(cell.strip() for cell in re.split(r"\s*\|\s*", line.strip().strip("|")))
        if len(cells) == len(HEAD):
            yield cells


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    lines = (HEAD, ("---",) * len(HEAD), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
