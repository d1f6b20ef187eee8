"""Notebooks that end in every wrong way: nothing is published, and the message names the notebook."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from pipeline import cli
from pipeline.inputs.program import notebook_source
from pipeline.paths import CODE
from pipeline.run import make_report, notebooks
from pipeline.run.session import notebook_session
from pipeline.steps import STEPS
from tests.faults import projects
from tests.faults.tally import Tally

CELLS = {
    "os._exit(0)": "import os; os._exit(0)",
    "SIGKILL": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "SIGSEGV": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "more memory than allowed": "x = bytearray(8 << 30)",
    "time-out": "import time; time.sleep(600)",
    "sys.exit(0)": "import sys; sys.exit(0)",
    "failing magic": "%%bash\nexit 3",
    "no result at its end": "",
}
DEAD = ("os._exit(0)", "SIGKILL", "SIGSEGV", "time-out")
"""In these cases papermill leaves no notebook to copy."""


@pytest.fixture(scope="module")
def warm() -> Iterator[None]:
    with notebook_session():
        yield


def _plant(kind: str, step: str, folder: Path) -> Path:
    """The committed notebooks, one of them with the fault before its last cell or instead of it."""
    folder.mkdir()
    for name in STEPS:
        notebook = nbformat.read(CODE / "notebooks" / f"{name}.ipynb", as_version=4)
        if name == step and CELLS[kind]:
            notebook.cells.insert(-1, nbformat.v4.new_code_cell(CELLS[kind]))
        elif name == step:
            notebook.cells[-1].source = "pass"
        nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.usefixtures("warm")
def test_a_notebook_that_ends_badly_publishes_nothing(
    kind: str,
    step: str,
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    everything: bool,
    tally: Callable[[str, str], Tally],
) -> None:
    if not everything and step != STEPS[list(CELLS).index(kind) % 3]:
        pytest.skip("part of everything")
    root = projects.copy(published, tmp_path / "project")
    projects.change_plan(root)
    folder = _plant(kind, step, tmp_path / "notebooks")
    monkeypatch.setenv("PIPELINE_ROOT", str(root))
    monkeypatch.setattr(make_report, "read_notebook", lambda name: notebook_source((folder.parent / name).read_bytes()))
    monkeypatch.setattr(notebooks, "TIMEOUT", 5 if kind == "time-out" else notebooks.TIMEOUT)
    before = projects.published(root)
    with tally("notebooks that end badly", "exit 70, 71 or 74, nothing published, the notebook named").case():
        code = cli.main(["report", projects.LOCALITY, "2025"])
        message = capsys.readouterr().err
        assert code in {70, 71, 74}, message
        assert f"{step}.ipynb" in message
        assert "Traceback" not in message
        assert projects.published(root) == before
        copy = re.search(r"Sổ tay dừng giữa chừng: (\S+)", message)
        assert copy or kind in DEAD, message
        assert copy is None or (root / copy[1]).is_file()
        projects.settled(root)
