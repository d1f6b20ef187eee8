"""How the command starts: nothing of a user replaces a library; a limit of the system is told in a sentence."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import system_limits
from pipeline.errors import LimitError
from pipeline.intake import workbook
from pipeline.paths import CODE
from pipeline.system_limits import limit_reached
from tests.checkout import checkout, for_make

COMMAND = [sys.executable, "-m", "pipeline"]
SHADOWS = ("re", "pathlib", "argparse", "yaml", "pydantic", "pandas", "sitecustomize")


def _called(place: Path, command: list[str], **given: str) -> subprocess.CompletedProcess[str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | given
    return subprocess.run(command, cwd=place, env=own, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def shadows(tmp_path: Path) -> Path:
    """A folder of the user with files named as libraries, which end what imports them."""
    for name in SHADOWS:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('of the user')\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize("given", [{}, {"PYTHONPATH": "."}, {"PYTHONPATH": f"{CODE}:."}], ids=str)
def test_a_folder_of_the_user_replaces_no_library(shadows: Path, given: dict[str, str]) -> None:
    (shadows / "sitecustomize.py").unlink()  # Python itself reads it, before any program: make leaves it out
    answer = _called(shadows, [*COMMAND, "read", "none.csv"], **given)
    assert "none.csv" in answer.stderr
    assert answer.returncode == 65, answer.stderr


def test_make_hands_on_no_folder_of_the_user(shadows: Path) -> None:
    given = {
        "PYTHONPATH": str(shadows),
        "PYTHONSTARTUP": "/none",
        "PYTHONUSERBASE": str(shadows),
        "PYTHONHOME": "/none",
    }
    line = ["make", "--no-print-directory", "-o", "environment", "read", "FILE=none.csv"]
    answer = _called(CODE, line, **given)
    assert "Error 65" in answer.stderr
    assert "of the user" not in answer.stderr
    assert "Error 65" in _called(CODE, [*line, f"PYTHONPATH={shadows}"]).stderr


def test_the_folder_of_the_code_itself_stays_and_reaches_a_stock_kernel(tmp_path: Path) -> None:
    """An audit runs recorded code with the packages of another checkout, which would be found first without it."""
    package = tmp_path / "code" / "pipeline"
    package.mkdir(parents=True)
    for name in ("__init__.py", "__main__.py", "errors.py", "system_limits.py"):
        shutil.copy(CODE / "pipeline" / name, package)
    shown = "import os\nimport subprocess\nimport sys\n\n\ndef main() -> int:\n"
    kernel = "[sys.executable, '-c', 'import pipeline; print(pipeline.__file__)']"
    (package / "cli.py").write_text(f"{shown}    return subprocess.call({kernel}, cwd='/')\n", "utf-8")
    for given in (str(package.parent), f"{package.parent}:{tmp_path}"):
        answer = _called(package.parent, COMMAND, PYTHONPATH=given)
        assert answer.stdout.strip() == str(package / "__init__.py"), answer.stderr


@pytest.mark.parametrize(
    ("limit", "verb"),
    [
        ("-v 250000", ("validate", "binh-giang")),
        ("-v 250000", ("template", "binh-giang", "2026-Q1")),
        ("-v 150000", ("explain", "binh-giang", "2025", "binh-giang-2026/II/14")),
        ("-t 1", ("explain", "binh-giang", "2025", "binh-giang-2026/II/14")),
        ("-St 1", ("validate", "binh-giang")),
    ],
    ids=str,
)
def test_a_limit_of_the_system_is_a_sentence_with_its_name_and_the_remedy(
    tmp_path: Path, limit: str, verb: tuple[str, ...]
) -> None:
    shutil.copytree(CODE / "data" / "raw", tmp_path / "data" / "raw")
    line = ["bash", "-c", f'ulimit {limit}; exec "$@"', "bash", *COMMAND, *verb]
    answer = _called(CODE, line, PIPELINE_ROOT=str(tmp_path))
    assert answer.returncode == LimitError.exit_code, answer.stderr
    told = answer.stderr.splitlines()[-1]
    assert f"(ulimit -{limit.partition(' ')[0][-1]})" in told
    assert "nhờ người quản trị" in told
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "data" / "processed" / "traceback.txt").exists()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("x.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
        SystemError("<built-in function exec> returned NULL without setting an exception"),
    ],
    ids=repr,
)
def test_a_lack_of_memory_is_told_whatever_it_is_called_and_wrapped_in(error: Exception) -> None:
    wrapped = ImportError("please read this")
    wrapped.__cause__ = error
    for raised in (error, wrapped):
        told = limit_reached(raised)
        assert told is not None
        assert "bộ nhớ" in str(told)
    for other in (ImportError("No module named x"), OSError(errno.EIO, "x"), RuntimeError("x")):
        assert limit_reached(other) is None


def test_whatever_is_raised_where_nothing_is_left_is_a_lack_of_memory() -> None:
    """A library that gets no memory raises errors of any kind, once a SystemError without a cause."""
    held = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    before = resource.getrlimit(resource.RLIMIT_AS)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (held, before[1]))
        told = limit_reached(SystemError("error return without exception set"))
        resource.setrlimit(resource.RLIMIT_AS, (held + (1 << 40), before[1]))
        other = limit_reached(SystemError("error return without exception set"))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert "(ulimit -v)" in str(told)
    assert other is None


def test_a_workbook_is_not_blamed_for_a_limit_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert workbook._no_answer(3).rule == "resources"
    monkeypatch.setattr(system_limits, "_soft", lambda kind: 5 if kind.number == resource.RLIMIT_CPU else -1)
    told = workbook._no_answer(-9)
    assert isinstance(told, LimitError)
    assert "(ulimit -t)" in str(told)


@pytest.mark.parametrize(
    "given",
    [
        {"LC_ALL": "en_US.ISO-8859-1", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "vi_VN.TCVN5712-1", "LANG": "not-an-encoding"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=str,
)
@pytest.mark.parametrize("command", [COMMAND, ["make", "--no-print-directory", "-o", "environment"]], ids=["", "make"])
def test_vietnamese_is_said_whatever_the_locale(command: list[str], given: dict[str, str], tmp_path: Path) -> None:
    shutil.copytree(CODE / "data" / "raw", tmp_path / "data" / "raw")
    what = ["plans"] if command is COMMAND else ["why", "LOCALITY=cat-hai"]
    answer = _called(CODE, [*command, *what], PIPELINE_ROOT=str(tmp_path), **given)
    assert answer.returncode == 0, answer.stderr
    assert (
        ("chỉ tiêu" in answer.stdout or "dòng" in answer.stdout) if command is COMMAND else "chưa có" in answer.stdout
    )


@pytest.mark.parametrize("name", ["a b", "Báo cáo quý I", "$HOME $(touch x) ${y} #1 %"])
def test_a_checkout_may_have_any_name(name: str, tmp_path: Path) -> None:
    code = for_make(checkout(tmp_path / name / "p"))
    shutil.copytree(CODE / "data" / "raw", code / "data" / "raw")
    answer = _called(code, ["make", "--no-print-directory", "-o", "environment", "plans"])
    assert answer.returncode == 0, answer.stderr
    assert (code / "data" / "processed" / "plans" / "indicators.csv").is_file()
