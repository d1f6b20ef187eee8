"""What an input is, through the command: files that are none leave a report up to date, the others do not."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.inputs.describe import ROOTS
from pipeline.inputs.program import program_files
from pipeline.paths import CODE
from tests.checkout import checkout, commit, committed, for_make, python
from tests.e2e.conftest import run_make
from tests.factories import copy_raw
from tests.inputs.each_file import LINE
from tests.inputs.test_program import save_as_jupyter


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_raw(tmp_path_factory.mktemp("project")).root


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return committed(for_make(checkout(tmp_path_factory.mktemp("checkout") / "code")))


def _why(code: Path, root: Path) -> list[str]:
    answer = run_make(code, "-o", "environment", "why", "LOCALITY=bach-long-vi", "PERIOD=2025", PIPELINE_ROOT=str(root))
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.splitlines()


def _append_to(*paths: Path) -> None:
    for path in paths:
        with path.open("ab") as file:
            file.write(LINE)


def test_a_report_is_stale_by_its_inputs_alone(code: Path, root: Path) -> None:
    """Every file that is no input is changed at once; then some that are."""
    answer = python(code, "-m", "tests.inputs.each_file", str(root), PYTHONPATH=f"{code}:{CODE}")
    assert answer.returncode == 0, answer.stderr
    tried = json.loads(answer.stdout)
    assert _why(code, root) == ["đã mới nhất"]
    _append_to(*(code / name for name, (is_input, _) in tried.items() if not is_input))
    save_as_jupyter(code / "notebooks" / "compute.ipynb")
    assert _why(code, root) == ["đã mới nhất"]
    commit(code)
    assert _why(code, root) == ["đã mới nhất"]
    inputs = [name for name, (is_input, _) in tried.items() if is_input]
    changed = [next(name for name in inputs if name.endswith(end)) for end in ("rates.py", "words.po", "page.css")]
    _append_to(*(code / name for name in changed))
    told = [f"đã đổi: {name}" for name in sorted(changed)]
    assert _why(code, root) == ["bản nháp: không → có", *told]
    commit(code)
    assert _why(code, root) == told


def test_whatever_is_read_while_a_report_is_made_is_an_input(root: Path) -> None:
    """The cells and the writers of files in one process that notes every module and every file of the package."""
    answer = python(CODE, "-m", "tests.e2e.what_is_read", PIPELINE_ROOT=str(root))
    assert answer.returncode == 0, answer.stderr
    read = {Path(line) for line in answer.stdout.splitlines()[-1].split(":")}
    assert len(read) > 100
    assert {path.suffix for path in read} >= {".py", ".po", ".j2", ".css", ".typ"}
    assert read <= set(program_files(*ROOTS))


@pytest.mark.parametrize(
    ("name", "reports", "site"), [("completion/rates.py", {1, 2, 3}, True), ("site/heat.py", {4}, False)]
)
def test_what_is_made_names_no_code_that_has_changed_meanwhile(
    name: str, reports: set[int], site: bool, tmp_path: Path
) -> None:
    layout, code = copy_raw(tmp_path / "project"), checkout(tmp_path / "code")
    module = code / "pipeline" / name
    before = module.read_bytes()
    run = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "report-all", "--jobs", "1"],
        cwd=code,
        env=os.environ | {"PIPELINE_ROOT": str(layout.root), "PYTHONPATH": str(code)},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list(layout.reports.glob("*/*/manifest.json")):
        assert run.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    module.write_bytes(before + b"# changed\n")
    _, told = run.communicate(timeout=60)  # what cannot succeed is not tried again
    assert run.returncode == 75, told
    assert f"pipeline/{name} đã đổi từ khi lệnh bắt đầu" in told.splitlines()[-1]
    made = list(layout.reports.glob("*/*/manifest.json"))
    assert len(made) in reports
    loaded = hashlib.sha256(before).hexdigest()
    assert all((loaded in manifest.read_text("utf-8")) == site for manifest in made)
    assert (layout.reports / "index.html").exists() == site
