"""What the page of who owes what depends on, beside the data set."""

from __future__ import annotations

from pipeline.inputs.hashes import hash_files, hash_of
from pipeline.paths import Layout
from pipeline.plans.regimes import REGIMES


def due_inputs(layout: Layout) -> str:
    """The hash of what the page depends on beside the data set: regimes, plans, and the names of files sent."""
    regimes = [path for path in (layout.raw / REGIMES,) if path.is_file()]
    files = hash_files(layout, [*regimes, *layout.plans.glob("*/*.yaml")])
    names = sorted(layout.relative(path) for path in layout.submissions.glob("*/*/*"))
    return hash_of([[file.path, file.sha256] for file in files] + [names])
