"""What surrounds a command: settings for Python, streams, limits, the user. The report is made, or told why."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.paths import CODE, Layout
from tests.e2e.conftest import PARAMETERS, Make, run_make
from tests.factories import copy_raw

EXPLAIN = "make explain LOCALITY=binh-giang INDICATOR=binh-giang-2026/II/14"
LONG = "a-folder-for-files-that-live-as-long-as-a-command-and-no-longer-on-a-disk-of-another-name-94"

SHADOWS = "a-folder-with-files-named-as-libraries"


def _page(project: Path) -> bytes:
    return (project / "reports" / "binh-giang" / "2025" / "index.html").read_bytes()


def _sh(line: str, project: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", line],
        cwd=CODE,
        env={name: value for name, value in os.environ.items() if name not in PARAMETERS}
        | {"PIPELINE_ROOT": str(project)}
        | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def report(project: Path) -> bytes:
    """The page of a report, made once in plain surroundings."""
    assert run_make(CODE, "report", "LOCALITY=binh-giang", PIPELINE_ROOT=str(project)).returncode == 0
    return _page(project)


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONOPTIMIZE": "2", "PYTHONWARNINGS": "error", "PYTHONINSPECT": "1"},
        {"PYTHONIOENCODING": "latin-1", "LC_ALL": "C"},
        {"PYTHONPATH": SHADOWS, "PYTHONUSERBASE": SHADOWS, "PYTHONSTARTUP": SHADOWS, "PYTHONHOME": SHADOWS},
        {"TMPDIR": LONG},
        {"TMPDIR": LONG, "WARM_KERNELS": "0"},
    ],
    ids=" ".join,
)
def test_the_same_bytes_whatever_surrounds_a_command(
    report: bytes, project: Path, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    (tmp_path / SHADOWS).mkdir()
    for library in ("pandas", "yaml", "matplotlib", "re", "sitecustomize"):
        (tmp_path / SHADOWS / f"{library}.py").write_text("raise SystemExit('of the user')\n", "utf-8")
    surroundings = {k: str(tmp_path / v) if v == SHADOWS else v for k, v in surroundings.items()}
    if "TMPDIR" in surroundings:
        (tmp_path / LONG).mkdir()
        surroundings = surroundings | {"TMPDIR": str(tmp_path / LONG)}
    given = {"PIPELINE_ROOT": str(project)} | surroundings
    again = run_make(CODE, "report", "LOCALITY=binh-giang", "FORCE=1", **given)
    assert again.returncode == 0, again.stderr
    assert "giống từng byte" in again.stderr
    assert _page(project) == report


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that other users may enter: pytest keeps its own for its user, and sees to it whenever it starts."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.skipif(
    not all(folder.stat().st_mode & 0o001 for folder in (CODE, *CODE.parents)),
    reason="another user cannot enter this checkout",
)
@pytest.mark.parametrize("verb", ["report", "validate"])
def test_a_user_of_whom_the_system_knows_nothing_gets_his_report(verb: str, open_place: Path) -> None:
    layout = Layout(open_place / "project")
    copy_raw(layout.root)
    subprocess.run(["chown", "-R", "4242:4242", layout.root], check=True)
    as_him = ["setpriv", "--reuid=4242", "--regid=4242", "--clear-groups"]
    made = subprocess.run(
        [*as_him, sys.executable, "-m", "pipeline", verb, "binh-giang"],
        cwd=CODE,
        env={"PATH": os.environ["PATH"], "PIPELINE_ROOT": str(layout.root)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert "atplotlib" not in made.stderr
    assert len(list((layout.processed / "matplotlib").glob("fontlist-*.json"))) == (verb == "report")
    assert (layout.report("binh-giang", "2025") / "index.html").is_file() is (verb == "report")


def test_closed_streams_are_no_file_of_the_report(report: bytes, project: Path) -> None:
    assert _sh("make report LOCALITY=binh-giang FORCE=1 <&- >&- 2>&-", project).returncode == 0
    assert _page(project) == report


def test_who_reads_one_line_is_told_of_no_fault(project: Path) -> None:
    answer = _sh(f"set -o pipefail; {EXPLAIN} | head -1", project)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("binh-giang-2026/II.14")


@pytest.mark.parametrize("limit", ["-v 200000", "-t 1"])
def test_a_limit_ends_a_check_with_one_sentence(layout: Layout, limit: str) -> None:
    answer = _sh(f"ulimit {limit}; make validate LOCALITY=binh-giang", layout.root)
    assert "Error 71" in answer.stderr
    assert f"(ulimit {limit[:2]})" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(("limit", "said"), [("-v 400000", "bộ nhớ"), ("-n 12", "Too many open files")])
def test_a_limit_of_the_system_is_named(make: Make, layout: Layout, limit: str, said: str) -> None:
    answer = _sh(f"ulimit {limit}; make report LOCALITY=binh-giang", layout.root)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not layout.report("binh-giang", "2025").exists()
    assert make("report", "LOCALITY=binh-giang").returncode == 0
