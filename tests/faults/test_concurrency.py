"""Many runs at once: of one locality one after the other or not at all, of several side by side."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import BusyError
from pipeline.paths import CODE, Layout
from pipeline.publish.log import Action, Log
from tests.faults import projects
from tests.faults.projects import LOCALITIES, LOCALITY
from tests.faults.publisher import Order, Publisher
from tests.faults.tally import Tally

AT_ONCE = 8
WHOLE = "whole at every end; losers 75; one line in the log for each success"


def _lines(root: Path) -> int:
    """Lines of the log that tell of a run that came to its end."""
    chain = Log(Layout(root).log).chain()
    assert not chain.faults
    done = (Action.PUBLISHED, Action.REPLACED, Action.REPRODUCED)
    return sum(entry.action in done for entry in chain.entries)


def _judge(root: Path, codes: list[int], before: int) -> None:
    assert set(codes) <= {0, BusyError.exit_code}, codes
    assert 0 in codes
    assert _lines(root) - before == codes.count(0)
    projects.settled(root)


def _together(root: Path, localities: list[str]) -> list[int]:
    """Exit codes of real commands begun at the same moment."""
    runs = [
        subprocess.Popen(
            projects.command("report", "--force", locality, "2025"),
            cwd=CODE,
            env=projects.environment(root),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for locality in localities
    ]
    said = [run.communicate(timeout=projects.SECONDS * 2)[1] for run in runs]
    assert not [text for text in said if "Traceback" in text]
    return [run.returncode for run in runs]


@pytest.mark.parametrize("number", range(20))
def test_eight_publications_of_one_locality_let_loose_at_once(
    number: int,
    published: Path,
    prepared: Path,
    publisher: Publisher,
    tmp_path: Path,
    tally: Callable[[str, str], Tally],
) -> None:
    root = projects.copy(published, tmp_path / "project")
    projects.change_plan(root, note=f"vòng {number}")
    before = _lines(root)
    gates = [tmp_path / f"gate-{number}" for number in range(AT_ONCE)]
    pids = []
    for gate in gates:
        os.mkfifo(gate)
        order = Order(root, prepared, LOCALITY, ["--force"], gate, at_start=True)
        pids.append(publisher.start(order)[0])
    with tally("publications of one locality at once", WHOLE).case(AT_ONCE):
        doors = [gate.open("wb") for gate in gates]
        for door in doors:
            door.close()
        _judge(root, [publisher.wait(pid) for pid in pids], before)


@pytest.mark.parametrize("number", range(20))
def test_eight_commands_for_one_locality_at_once(
    number: int, published: Path, tmp_path: Path, everything: bool, tally: Callable[[str, str], Tally]
) -> None:
    if number and not everything:
        pytest.skip("part of everything")
    root = projects.copy(published, tmp_path / "project")
    projects.change_plan(root, note=f"vòng {number}")
    before = _lines(root)
    with tally("whole commands for one locality at once", WHOLE).case(AT_ONCE):
        _judge(root, _together(root, [LOCALITY] * AT_ONCE), before)


@pytest.mark.parametrize("number", range(5))
def test_four_localities_at_once(
    number: int, published: Path, tmp_path: Path, everything: bool, tally: Callable[[str, str], Tally]
) -> None:
    if number and not everything:
        pytest.skip("part of everything")
    root = projects.copy(published, tmp_path / "project")
    for locality in LOCALITIES:
        projects.change_plan(root, locality, note=f"vòng {number}")
    before = _lines(root)
    with tally("whole commands for four localities at once", "all succeed, all whole").case(len(LOCALITIES)):
        codes = _together(root, list(LOCALITIES))
        assert codes == [0] * len(LOCALITIES)
        _judge(root, codes, before)
