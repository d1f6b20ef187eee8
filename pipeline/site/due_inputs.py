"""What the page of who owes what depends on, beside what all of the site does."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from pipeline.due.plan_heads import head_hashes
from pipeline.inputs.hashes import hash_files, hash_of
from pipeline.intake.follow_ups import FOLLOW_UPS
from pipeline.paths import Layout
from pipeline.plans.regimes import REGIMES


def due_inputs(layout: Layout, as_of: str = "", heads: Iterable[tuple[str, str]] | None = None) -> str:
    """The hash of regimes, heads of plans, names of files sent, follow-ups and what they name, and the day asked of.

    `heads`: those of `head_hashes`, where the caller has read the plans.
    """
    regimes = hash_files(layout, [path for path in (layout.raw / REGIMES,) if path.is_file()])
    asked = [path for path in (layout.raw / FOLLOW_UPS).rglob("*") if path.is_file()]
    followed = [[file.path, file.sha256] for file in hash_files(layout, asked)]
    plans = list(head_hashes(layout) if heads is None else heads)
    parts = [as_of, [file.sha256 for file in regimes], plans, sorted(_names(layout)), followed]
    return hash_of(parts)


def _names(layout: Layout) -> Iterator[str]:
    """Locality, period and name of every file sent, also of folders that are none."""
    root = str(layout.submissions)
    for folder, _, files in os.walk(root):
        yield from (f"{folder[len(root) :]}/{name}" for name in files)
