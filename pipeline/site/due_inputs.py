"""What the page of who owes what depends on, beside what all of the site does."""

from __future__ import annotations

import os
from collections.abc import Iterator

from pipeline.due.plan_heads import head_hashes
from pipeline.inputs.hashes import hash_files, hash_of
from pipeline.paths import Layout
from pipeline.plans.regimes import REGIMES


def due_inputs(layout: Layout, as_of: str = "") -> str:
    """The hash of regimes, of the heads of plans, of the names of files sent, and of the day that is asked about."""
    regimes = hash_files(layout, [path for path in (layout.raw / REGIMES,) if path.is_file()])
    return hash_of([as_of, [file.sha256 for file in regimes], list(head_hashes(layout)), sorted(_names(layout))])


def _names(layout: Layout) -> Iterator[str]:
    """Locality, period and name of every file sent, also of folders that are none."""
    root = str(layout.submissions)
    for folder, _, files in os.walk(root):
        yield from (f"{folder[len(root) :]}/{name}" for name in files)
