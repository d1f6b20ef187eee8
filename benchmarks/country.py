"""`python -m benchmarks.country ROOT`: the whole synthetic country, every report executed.

Stopped and called again with the same ROOT, it continues. Each call is a sitting; ROOT/sittings.json holds their times
and is rewritten every few seconds, so that a sitting that is killed counts too.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.growth import NEWEST
from benchmarks.measure import own_peak
from benchmarks.results import COUNTRY, machine
from benchmarks.synthetic import make_country
from pipeline.paths import Layout
from pipeline.run.batch import Batch, Wanted, listed, report_all
from pipeline.run.make_site import SiteRequest, make_overview

SEED = 2026
_BEAT = 5.0


@dataclass
class Sitting:
    """One call of this command: seconds until its end or its last sign of life, peak bytes of its own process."""

    seconds: float = 0.0
    peak: int = 0
    made: int | None = None
    """None: it was stopped."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code of the batch."""
    parser = argparse.ArgumentParser(prog="benchmarks.country", description="The whole synthetic country, for real.")
    parser.add_argument("root", type=Path)
    parser.add_argument("--localities", type=int, default=COUNTRY)
    parser.add_argument("--period", default=NEWEST)
    parser.add_argument("--jobs", type=int, default=0, help="reports at once; 0: one for each core")
    options = parser.parse_args(arguments)
    root = options.root.resolve()
    if not root.exists():
        _make(root, options.localities)
    os.environ["PIPELINE_ROOT"] = str(root)  # kernels look there
    layout = Layout(root)
    with _sitting(root) as (sitting, before):
        batch = report_all(layout, Wanted(period=options.period, jobs=options.jobs), _today(), _say)
        make_overview(layout, SiteRequest(options.period), say=_say)
        sitting.made = len(batch.made)
    _print(layout, batch, [*before, sitting])
    return batch.exit_code


def _make(root: Path, localities: int) -> None:
    """Write the country beside ROOT and move it there when it is complete."""
    part = root.with_name(f"{root.name}.part")
    if (part / "MO-PHONG.txt").is_file():  # from a call that was stopped
        shutil.rmtree(part)
    _say(f"synthetic country of {localities} localities…")
    make_country(part, localities, SEED)
    part.rename(root)


@contextmanager
def _sitting(root: Path) -> Iterator[tuple[Sitting, list[Sitting]]]:
    """Time this call, and keep the file up to date."""
    path, begin, over = root / "sittings.json", time.monotonic(), threading.Event()
    before = [Sitting(**x) for x in json.loads(path.read_text("utf-8"))] if path.is_file() else []
    sitting = Sitting()

    def beat() -> None:
        sitting.seconds, sitting.peak = time.monotonic() - begin, own_peak(os.getpid())
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps([vars(x) for x in (*before, sitting)], indent=1) + "\n", "utf-8")
        draft.replace(path)

    def keep_beating() -> None:
        while not over.wait(_BEAT):
            beat()

    thread = threading.Thread(target=keep_beating, daemon=True)
    thread.start()
    try:
        yield sitting, before
    finally:
        over.set()
        thread.join()
        beat()


def _print(layout: Layout, batch: Batch, sittings: Sequence[Sitting]) -> None:
    seconds = sum(sitting.seconds for sitting in sittings)
    reports, size = _published(layout)
    rows: dict[str, Any] = {
        "machine": machine(len(os.sched_getaffinity(0))),
        "reports": f"{reports:,}, of which {batch.current:,} were there before this sitting",
        "failures": len(batch.failed),
        "sittings": ", ".join(_text(sitting) for sitting in sittings),
        "total": f"{seconds / 60:.1f} min",
        "rate": f"{60 * reports / seconds:.1f} reports/min, {seconds / max(reports, 1):.2f} s each",
        "published": f"{size / 1e9:.2f} GB, {size / max(reports, 1) / 1e3:.0f} kB each",
        "parent": f"{max(sitting.peak for sitting in sittings) / 1e6:.0f} MB RSS at the peak",
    }
    print("\n".join(f"{name:10} {value}" for name, value in rows.items()))
    for line in listed(batch.failed):
        print(line, file=sys.stderr)


def _text(sitting: Sitting) -> str:
    end = "stopped" if sitting.made is None else f"{sitting.made} made"
    return f"{sitting.seconds / 60:.1f} min ({end})"


def _published(layout: Layout) -> tuple[int, int]:
    """How many reports there are, and the bytes of all their files."""
    folders = [path.parent for path in layout.reports.glob("*/*/manifest.json")]
    return len(folders), sum(p.stat().st_size for folder in folders for p in folder.rglob("*") if p.is_file())


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=7))).date()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
