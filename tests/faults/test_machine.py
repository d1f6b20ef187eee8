"""A machine that does not play along: full disk, read-only folder, a clock that was set back, a broken installation."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.paths import CODE, Layout
from pipeline.publish.log import Action, Event, Log
from tests.e2e.conftest import run_make
from tests.faults import projects
from tests.faults.projects import LOCALITY
from tests.faults.publisher import Order, Publisher
from tests.faults.tally import Tally

KIBIBYTES = range(0, 1200, 40)
"""Room left on the disk: from nothing to more than a report takes."""
FAR = 4_000_000_000
"""A moment in the year 2096."""


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[None]:
    """Something mounted there for a while; skips where this is not allowed."""
    done = subprocess.run(["mount", *options, place], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@contextmanager
def small_disk(source: Path, root: Path, left: int) -> Iterator[None]:
    """A copy of a project whose reports lie on a disk with so many KiB left, to which the store does not count."""
    projects.copy(source, root)
    reports, aside = root / "reports", root / "aside"
    reports.rename(aside)
    reports.mkdir()
    with mounted(reports, "-t", "tmpfs", "-o", "size=16m", "tmpfs"):
        shutil.copytree(aside, reports, dirs_exist_ok=True)
        used = os.statvfs(reports)
        taken = (used.f_blocks - used.f_bfree) * used.f_frsize // 1024
        subprocess.run(["mount", "-o", f"remount,size={taken + left}k", reports], check=True)
        yield
        subprocess.run(["mount", "-o", "remount,size=16m", reports], check=True)


@pytest.fixture(scope="module")
def stale(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = projects.copy(published, tmp_path_factory.mktemp("machine") / "project")
    projects.change_plan(root)
    return root


def test_a_disk_that_is_full_at_every_moment(
    stale: Path, prepared: Path, publisher: Publisher, tmp_path: Path, tally: Callable[[str, str], Tally]
) -> None:
    before = projects.published(stale)
    answers = []

    def full(left: int) -> None:
        root = tmp_path / f"{left}"
        with small_disk(stale, root, left):
            code, said = publisher.run(Order(root, prepared, LOCALITY))
            answers.append(code)
            assert code in {0, 73, 74}, said
            assert "Traceback" not in said
            assert (projects.published(root) == before) == (code != 0)
            projects.chain_is_whole_or_torn_at_its_end(root)
            subprocess.run(["mount", "-o", "remount,size=16m", root / "reports"], check=True)
            code, said = publisher.run(Order(root, prepared, LOCALITY))
            assert code == 0, said
            projects.settled(root)

    tally("full disk, publishing", "exit 73 or 74 with the old report, or success; the next run succeeds").each(
        KIBIBYTES, full
    )
    assert {0, 74} <= set(answers)


def test_a_disk_that_is_full_for_the_whole_command(
    stale: Path, tmp_path: Path, everything: bool, tally: Callable[[str, str], Tally]
) -> None:
    before = projects.published(stale)

    def full(left: int) -> None:
        root = tmp_path / f"{left}"
        with small_disk(stale, root, left):
            answer = projects.report(root, LOCALITY, "2025")
            assert answer.returncode in {73, 74}, answer.stderr
            assert "Traceback" not in answer.stderr
            assert projects.published(root) == before
            projects.settled(root)

    tally("full disk, whole command", "exit 73 or 74 with the old report").each(
        (0, 100, 400) if everything else (100,), full
    )


def test_a_folder_that_cannot_be_written_to(stale: Path, tmp_path: Path, tally: Callable[[str, str], Tally]) -> None:
    """Root may write where it may not, so the reports are mounted read-only."""
    before = projects.published(stale)
    root = projects.copy(stale, tmp_path / "project")
    with tally("read-only reports", "exit 73 or 74 with the old report, at once").case():
        with mounted(root / "reports", "--bind", str(root / "reports")):
            subprocess.run(["mount", "-o", "remount,bind,ro", root / "reports"], check=True)
            answer = projects.report(root, LOCALITY, "2025")
            assert answer.returncode in {73, 74}, answer.stderr
            assert "Traceback" not in answer.stderr
            assert "1/3" not in answer.stderr, "ran the notebooks first"
        assert projects.published(root) == before


def test_a_clock_that_was_set_back(
    published: Path, prepared: Path, publisher: Publisher, tmp_path: Path, tally: Callable[[str, str], Tally]
) -> None:
    """Files and the last line of the log are of the year 2096: what counts are hashes and the chain."""
    root = projects.copy(published, tmp_path / "project")
    for path in (*(root / "data").rglob("*"), *(root / "reports" / LOCALITY).rglob("*")):
        os.utime(path, (FAR, FAR))
    Log(Layout(root).log).append(Event(action=Action.SWEPT, locality=LOCALITY, name="2025"), "2096-10-02T07:06:40Z")
    before = projects.published(root)
    with tally("clock set back", "what is up to date stays, what is not is made").case():
        code, said = publisher.run(Order(root, prepared, LOCALITY))
        assert (code, projects.published(root)) == (0, before)
        assert "đã mới nhất" in said
        projects.change_plan(root)
        code, said = publisher.run(Order(root, prepared, LOCALITY))
        assert code == 0, said
        assert projects.published(root) != before
        projects.settled(root)


LIMITS = ("-v 60000", "-v 100000", "-v 150000", "-v 250000", "-v 500000", "-d 150000", "-t 1", "-St 1", "-t 2")
LIMITED = (
    ("validate", LOCALITY, "2025"),
    ("template", LOCALITY, "2026-Q1"),
    ("explain", LOCALITY, "2025", "bach-long-vi-2026/II.14"),
    ("why", LOCALITY, "2025"),
)


def test_a_limit_of_the_system(tmp_path: Path, everything: bool, tally: Callable[[str, str], Tally]) -> None:
    """However little a user may use: the work is done, or one sentence says which limit ended it."""
    root = projects.fresh(tmp_path / "project")
    cases = [(limit, verb) for limit in LIMITS for verb in LIMITED]

    def limited(case: tuple[str, tuple[str, ...]]) -> None:
        limit, verb = case
        line = ["bash", "-c", f'ulimit {limit} && exec "$@"', "bash", *projects.command(*verb)]
        answer = subprocess.run(
            line, cwd=CODE, env=projects.environment(root), capture_output=True, text=True, check=False, timeout=240
        )
        told = answer.stderr.strip().splitlines()[-1:]
        assert answer.returncode in {0, 71}, answer.stderr
        assert "Traceback" not in answer.stderr
        if answer.returncode:
            assert f"(ulimit -{limit.partition(' ')[0][-1]})" in told[0], answer.stderr
        kept = root / "data" / "processed" / "traceback.txt"
        assert not kept.exists(), kept.rename(kept.with_name(f"traceback of {limit}")).read_text("utf-8")

    tally("limits of the system", "exit 0, or 71 and a sentence that names the limit").each(
        cases if everything else cases[::5], limited
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The set-up with a lock of two small packages."""
    root = tmp_path / "clone"
    (root / "tools").mkdir(parents=True)
    shutil.copy(CODE / "tools" / "environment.py", root / "tools")
    shutil.copy(CODE / "Makefile", root)
    lock = (CODE / "requirements.lock").read_text("utf-8")
    names = ("uv", "tinycss2", "webencodings")
    blocks = (re.search(rf"^{name}==[^\n]*(?:\n[ ]+--hash=[^\n]*)+\n", lock, re.MULTILINE) for name in names)
    (root / "requirements.lock").write_text("".join(block[0] for block in blocks if block), "utf-8")
    return root


MOMENTS = {
    "begun": ".venv",
    "interpreter": ".venv/bin/python",
    "pip": ".venv/bin/pip",
    "installer wanted": ".venv/bootstrap.txt",
    "installer there": ".venv/bin/uv",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_installation_killed_at_a_moment(
    moment: str, clone: Path, everything: bool, tally: Callable[[str, str], Tally]
) -> None:
    if moment != "interpreter" and not everything:
        pytest.skip("part of everything")
    with tally("installation killed", "no stamp; the next call repairs it").case():
        run = subprocess.Popen(
            ["python3", "tools/environment.py"], cwd=clone, stderr=subprocess.DEVNULL, start_new_session=True
        )
        while not (clone / MOMENTS[moment]).exists() and run.poll() is None:
            time.sleep(0.002)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        assert not (clone / ".venv" / "installed").exists()
        answer = run_make(clone, "environment")
        assert answer.returncode == 0, answer.stderr
        assert (clone / ".venv" / "installed").exists()
        python = clone / ".venv" / "bin" / "python"
        assert subprocess.run([python, "-c", "import tinycss2"], check=False).returncode == 0
