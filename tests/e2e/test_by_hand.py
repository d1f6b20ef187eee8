"""The notebooks by hand, with papermill's own command and the stock kernel: the record is the one that is published."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from pipeline.paths import CODE
from tests.e2e.conftest import run_make

PLACE = ("binh-giang", "2025")


def _papermill(root: Path, step: str, output: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("papermill")), f"notebooks/{step}.ipynb", str(output), *arguments],
        cwd=CODE,
        env=os.environ | {"PIPELINE_ROOT": str(root)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_papermill_by_hand_gives_the_published_bytes(project: Path, tmp_path: Path) -> None:
    locality, period = PLACE
    answer = run_make(CODE, "report", f"LOCALITY={locality}", f"PERIOD={period}", PIPELINE_ROOT=str(project))
    assert answer.returncode == 0, answer.stderr
    report, work = project / "reports" / locality / period, project / "data" / "processed" / locality / period
    records = {name: (work / name).read_bytes() for name in ("validated.json", "completion.json")}
    assert records["completion.json"] == (report / "completion.json").read_bytes()
    for name in records:
        (work / name).unlink()
    for step in ("validate", "compute", "report"):
        output = tmp_path / f"{step}.ipynb"
        answer = _papermill(project, step, output, "-p", "locality", locality, "-p", "period", period)
        assert answer.returncode == 0, answer.stderr
        by_hand, published = (nbformat.read(x, as_version=4) for x in (output, report / "notebooks" / f"{step}.ipynb"))
        assert [_shown(cell) for cell in by_hand.cells[-1:]] == [_shown(cell) for cell in published.cells[-1:]]
    assert {name: (work / name).read_bytes() for name in records} == records


@pytest.mark.parametrize("step", ["validate", "compute", "report"])
def test_run_all_as_the_notebook_lies_there(step: str, project: Path, tmp_path: Path) -> None:
    """Without parameters, as in an editor: those that the notebook itself names."""
    answer = _papermill(project, step, tmp_path / "out.ipynb")
    assert answer.returncode == 0, answer.stderr


def _shown(cell: nbformat.NotebookNode) -> object:
    return [output.get("data", output.get("text")) for output in cell.outputs]
