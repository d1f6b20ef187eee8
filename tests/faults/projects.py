"""Projects of one's own: a published one, copies of it, and whether what a fault left behind is whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.paths import CODE, Layout
from pipeline.publish.log import Log
from pipeline.publish.manifest import faults_of, published_folders, read_recorded
from pipeline.publish.verify import Scope, verify

LOCALITY = "bach-long-vi"
"""The one with the least to compute."""
LOCALITIES = ("bach-long-vi", "binh-giang", "cat-hai", "hai-phong")
SECONDS = 240
"""Long for a report, also where two cores are busy with others."""


def fresh(root: Path) -> Path:
    """Raw data alone."""
    shutil.copytree(CODE / "data" / "raw", root / "data" / "raw")
    return root


def copy(project: Path, root: Path) -> Path:
    """A project that shares nothing with the other but the files of the store, which are written once."""
    for part in ("data", "reports"):
        if (project / part).exists():
            shutil.copytree(project / part, root / part, ignore=shutil.ignore_patterns(".store"))
    if (project / "reports" / ".store").exists():
        shutil.copytree(project / "reports" / ".store", root / "reports" / ".store", copy_function=os.link)
    return root


def change_plan(root: Path, locality: str = LOCALITY, note: str = "một dòng chú thích") -> None:
    """Another input, and so another report."""
    plan = sorted((root / "data" / "raw" / "plans" / locality).glob("*.yaml"))[0]
    plan.write_bytes(plan.read_bytes() + f"# {note}\n".encode())


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pipeline", *arguments]


def environment(root: Path, **more: str) -> dict[str, str]:
    return os.environ | {"PIPELINE_ROOT": str(root)} | more


def report(root: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The real command, with real kernels."""
    return subprocess.run(
        command("report", *arguments),
        cwd=CODE,
        env=environment(root, **more),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def published(root: Path, locality: str = LOCALITY) -> str:
    """The run that is published, '' for none; what is there must be whole."""
    folder = Layout(root).report(locality, "2025")
    if not folder.exists():
        return ""
    recorded = read_recorded(folder)
    faults = list(faults_of(recorded))
    assert not faults, f"mixed or cut: {faults}"
    return recorded.run


def settled(root: Path) -> None:
    """Everything as promised after a run that succeeded: files, log, store, former runs, no leftovers."""
    layout = Layout(root)
    faults = verify(layout, Scope()).faults
    assert not faults, faults
    known = Log(layout.log).runs()
    for folder in published_folders(layout):
        assert read_recorded(folder).run in known
    left = sorted(layout.relative(path) for path in layout.reports.glob("*/.staging-*"))
    left += sorted(layout.relative(path) for path in layout.store.glob("??/.new-*"))
    assert not left, f"left behind: {left}"


def chain_is_whole_or_torn_at_its_end(root: Path) -> None:
    """What may be after a fault: only the last line may be unfinished, which the next run mends."""
    faults = Log(Layout(root).log).chain().faults
    assert all("chưa ghi hết" in fault for fault in faults), faults
