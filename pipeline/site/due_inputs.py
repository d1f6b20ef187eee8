"""What the page of who owes what depends on, beside the data set."""

from __future__ import annotations

import os
from collections.abc import Iterator

from pipeline.due.plan_heads import head_texts
from pipeline.inputs.hashes import hash_files, hash_of
from pipeline.intake.follow_ups import FOLLOW_UPS
from pipeline.paths import Layout
from pipeline.plans.regimes import REGIMES


def due_inputs(layout: Layout) -> str:
    """The hash of regimes, heads of plans, the names of files sent, and follow-ups with what they may name."""
    regimes = hash_files(layout, [path for path in (layout.raw / REGIMES,) if path.is_file()])
    asked = [path for path in (layout.raw / FOLLOW_UPS).rglob("*") if path.is_file()]
    followed = [[file.path, file.sha256] for file in hash_files(layout, asked)]
    parts = [[file.sha256 for file in regimes], list(head_texts(layout)), sorted(_names(layout))]
    return hash_of([*parts, followed] if followed else parts)


def _names(layout: Layout) -> Iterator[str]:
    """Locality, period and name of every file sent, also of folders that are none."""
    root = str(layout.submissions)
    for folder, _, files in os.walk(root):
        yield from (f"{folder[len(root) :]}/{name}" for name in files)
