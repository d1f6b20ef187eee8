"""The whole command killed or interrupted at every stage: old or new, the next run succeeds, and no process is left."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.paths import CODE, Layout
from pipeline.publish.manifest import MANIFEST
from tests.e2e.conftest import processes_of
from tests.faults import projects
from tests.faults.again import report_each
from tests.faults.projects import LOCALITY
from tests.faults.tally import Tally

ORPHANS = 5.0
"""Seconds after which nothing that the command started may run."""
SIGNALS = (*(signal.SIGKILL,) * 5, *(signal.SIGINT,) * 2, *(signal.SIGTERM,) * 2)
TRIES = 4
"""A stage can be over before it is seen; then the run is made again."""


class Watched:
    """A report under way, and how far it has come."""

    def __init__(self, root: Path, scratch: Path) -> None:
        layout = Layout(root)
        self.root, self.scratch = root, scratch
        self.folder, self.work = layout.report(LOCALITY, "2025"), layout.work(LOCALITY, "2025")
        self.staged = self.folder.with_name(".staging-2025")
        self.before = (self.folder / MANIFEST).read_bytes()
        self.said = ""
        self.process = subprocess.Popen(
            projects.command("report", LOCALITY, "2025"),
            cwd=CODE,
            env=projects.environment(root, TMPDIR=str(scratch)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                self.said += line

    def reaches(self, stage: Callable[[Watched], bool]) -> bool:
        """Whether the stage was seen before the run was over."""
        end = time.monotonic() + projects.SECONDS
        while not stage(self):
            if self.process.poll() is not None:
                return False
            assert time.monotonic() < end, "the run hangs"
            time.sleep(0.001)
        return True

    def end(self, number: signal.Signals) -> int:
        """Ctrl-C reaches the whole group, other signals the command alone. Gives the exit code."""
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if number == signal.SIGINT else os.kill)(self.process.pid, number)
        code = self.process.wait(timeout=60)
        died = time.monotonic()
        while left := processes_of(self.root):
            assert time.monotonic() < died + ORPHANS, f"left running: {left}"
            time.sleep(0.05)
        self._listener.join()
        return code


def _works_in(folder: Path) -> bool:
    """Whether a process has gone below this folder, as kernels do."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder):
                return True
    return False


STAGES: dict[str, Callable[[Watched], bool]] = {
    "started": lambda run: bool(run.said),
    "locked": lambda run: run.staged.exists(),
    "first notebook begun": lambda run: "1/3" in run.said,
    "first kernel": lambda run: _works_in(run.scratch),
    "validated": lambda run: (run.work / "validated.json").exists(),
    "second notebook begun": lambda run: "2/3" in run.said,
    "computed": lambda run: (run.work / "completion.json").exists(),
    "third notebook begun": lambda run: "3/3" in run.said,
    "first file staged": lambda run: (run.staged / "completion.json").exists(),
    "page staged": lambda run: (run.staged / "index.html").exists(),
    "manifest staged": lambda run: (run.staged / MANIFEST).exists(),
    "published": lambda run: (run.folder / MANIFEST).read_bytes() != run.before,
}


@pytest.fixture(scope="module")
def stale(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published project whose report is out of date."""
    root = projects.copy(published, tmp_path_factory.mktemp("stale") / "project")
    projects.change_plan(root)
    shutil.rmtree(root / "data" / "processed")
    return root


@pytest.mark.parametrize("stages", [*((stage,) for stage in STAGES), tuple(STAGES)], ids=[*STAGES, "every stage once"])
def test_killed_at_a_stage(
    stages: tuple[str, ...], stale: Path, tmp_path: Path, everything: bool, tally: Callable[[str, str], Tally]
) -> None:
    once = len(stages) > 1
    if once == everything:
        pytest.skip("once in CI, nine times each in everything")
    turns = [SIGNALS[number * 2 % len(SIGNALS)] for number in range(len(stages))] if once else SIGNALS
    trials = [(stages[number % len(stages)], turn, tmp_path / f"{number}") for number, turn in enumerate(turns)]
    before, start = projects.published(stale), time.monotonic()
    with ThreadPoolExecutor(2) as crew:
        ended = [crew.submit(killed, *trial, stale) for trial in trials]
    roots = [run.result()[0] for run in ended if not run.exception()]
    answers = dict(zip(roots, report_each(roots, LOCALITY, tmp_path / "told"), strict=True))

    def next_run_succeeds(number: int) -> None:
        root, found = ended[number].result()
        code, said = answers[root]
        assert code == 0, said
        now = projects.published(root)
        assert now != before
        assert found in {before, now}
        projects.settled(root)
        assert (Layout(root).former / before).is_dir()

    counted = tally("whole command killed or interrupted", "old or new, whole; no process after 5 s; next run succeeds")
    counted.seconds += time.monotonic() - start
    counted.each(range(len(trials)), next_run_succeeds)


def killed(stage: str, number: signal.Signals, folder: Path, source: Path) -> tuple[Path, str]:
    """A project in which a run was ended at this stage, and what was published there then."""
    for attempt in range(TRIES):
        root = projects.copy(source, folder / f"{attempt}")
        with scratch() as place:
            run = Watched(root, place)
            reached = run.reaches(STAGES[stage])
            code = run.end(number)
        if reached:
            assert code in {0, 130, -number}, (code, run.said)
            assert "Traceback" not in run.said, run.said
            projects.chain_is_whole_or_torn_at_its_end(root)
            return root, projects.published(root)
    raise AssertionError(f"{stage} was over before it was seen, {TRIES} times")


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for sockets, whose paths must be short."""
    with tempfile.TemporaryDirectory(prefix="f-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
