"""Hostile parameters: refused in a sentence or harmless, nothing is run, nothing is written."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from pipeline import arguments, cli
from pipeline.errors import UsageError
from pipeline.paths import CODE
from pipeline.plans.registry import Registry
from tests.e2e.conftest import run_make
from tests.faults import projects
from tests.faults.hostile import HOSTILE, MAKE
from tests.faults.tally import Tally

REFUSED = "refused with 64 (66 for a file or run that is not there), or without effect; nothing run, nothing written"
CALLS: dict[str, Callable[[str], list[str]]] = {
    "LOCALITY": lambda value: ["report", "--", value, "2025"],
    "PERIOD": lambda value: ["report", "--", "binh-giang", value],
    "KNOWN_AT": lambda value: ["report", f"--known-at={value}", "--", "binh-giang", "2025"],
    "PAGE_LANG": lambda value: ["report", f"--page-lang={value}", "--", "binh-giang", "2025"],
    "JOBS": lambda value: ["report-all", f"--jobs={value}", "--", "2025"],
    "SCHEDULER": lambda value: ["report-all", f"--scheduler={value}", "--", "2025"],
    "INDICATOR": lambda value: ["explain", "--", "binh-giang", "2025", value],
    "METHODS": lambda value: ["compare-methods", f"--methods={value}", "--", "binh-giang", "2025"],
    "FILE": lambda value: ["read", "--", value],
    "HEAD": lambda value: ["verify", f"--head={value}", "--", "", ""],
    "SIGNERS": lambda value: ["verify", f"--signers={value}", "--", "", ""],
    "RUN": lambda value: ["audit", f"--run={value}", "--", "binh-giang", "2025"],
    "BUNDLE": lambda value: ["audit", f"--bundle={value}", "--", "", ""],
    "AGENCY": lambda value: ["template", f"--agency={value}", "--", "binh-giang", "2026-Q1"],
    "STATE": lambda value: ["sign-off", f"--state={value}", "--by=x", "--", "binh-giang", "2025"],
    "REASON": lambda value: ["sign-off", "--state=sent", "--by=x", f"--reason={value}", "--", "binh-giang", "2025"],
    "BY": lambda value: ["sign-off", "--state=sent", f"--by={value}", "--", "binh-giang", "2025"],
}
IN_CI = ("LOCALITY", "PERIOD", "KNOWN_AT", "PAGE_LANG", "JOBS")
HARMLESS = {
    "METHODS": (0,),
    "FILE": (65, 66, 74),
    "BUNDLE": (65, 66, 74),
    "BY": (66,),
    "SIGNERS": (66,),
}
"""Answers besides 64: a list of nothing but commas is one of all methods, any file may be looked at, many a line of
text is the name of an office."""
TARGETS = {
    "LOCALITY": ["report"],
    "PERIOD": ["report", "LOCALITY=an-bien"],
    "FORCE": ["report", "LOCALITY=an-bien"],
    "KNOWN_AT": ["report", "LOCALITY=binh-giang"],
    "AS_OF": ["overview"],
    "PAGE_LANG": ["report", "LOCALITY=binh-giang"],
    "JOBS": ["report-all"],
    "SCHEDULER": ["report-all"],
    "FILE": ["read"],
    "METHODS": ["compare-methods", "LOCALITY=binh-giang"],
    "INDICATOR": ["explain", "LOCALITY=binh-giang"],
    "TO": ["synthetic", "LOCALITIES=x"],
    "LOCALITIES": ["synthetic", "TO=P/nowhere"],
    "VERSION": ["release"],
    "HEAD": ["verify"],
    "SIGNERS": ["verify"],
    "RUN": ["audit", "LOCALITY=binh-giang"],
    "BUNDLE": ["audit"],
    "STATE": ["sign-off", "LOCALITY=binh-giang", "BY=x"],
    "BY": ["sign-off", "LOCALITY=binh-giang", "STATE=sent"],
    "REASON": ["sign-off", "LOCALITY=binh-giang", "STATE=returned", "BY=x"],
    "AGENCY": ["template", "LOCALITY=binh-giang", "PERIOD=2026-Q1"],
    "ALL": ["test-faults", "DATE=x"],
    "DATE": ["test-faults"],
    "WHAT": ["understand"],
}
"""For each variable of the Makefile a call that uses it, and makes nothing whatever its value."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return projects.fresh(tmp_path / "project")


def _tree(root: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in root.rglob("*")}


def _canaries(root: Path) -> list[Path]:
    places = (CODE, root, Path.home(), Path(tempfile.gettempdir()), Path("/"))
    return [place / "P" for place in places if (place / "P").exists()]


def test_there_are_120_of_them() -> None:
    assert len(set(HOSTILE)) == 120


@pytest.mark.parametrize("name", CALLS)
def test_the_command_refuses(
    name: str,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    everything: bool,
    tally: Callable[[str, str], Tally],
) -> None:
    if name not in IN_CI and not everything:
        pytest.skip("part of everything")
    monkeypatch.setenv("PIPELINE_ROOT", str(root))

    def refuses(value: str) -> None:
        before = _tree(root)
        told = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace", write_through=True)  # as stderr is
        with redirect_stderr(told), redirect_stdout(told):
            code = cli.main(CALLS[name](value))
        said = told.buffer.getvalue().decode()
        assert code in {64, *HARMLESS.get(name, ())}, (code, said[-300:])
        assert "Traceback" not in said
        assert len(said) < 2_000
        assert _tree(root) == before
        assert not _canaries(root)

    tally("hostile parameters to the command", REFUSED).each(HOSTILE, refuses)


def test_the_functions_refuse(registry: Registry, tally: Callable[[str, str], Tally]) -> None:
    checks: tuple[Callable[[str], object], ...] = (
        lambda value: arguments.known_locality(registry, value),
        lambda value: arguments.known_code(registry.plans, value),
        arguments.known_period,
        arguments.period_or_newest,
        arguments.known_day,
        arguments.known_language,
        arguments.known_jobs,
        arguments.known_scheduler,
        arguments.known_run,
        arguments.known_head,
        arguments.known_state,
    )

    def refuse(value: str) -> None:
        for check in checks:
            with pytest.raises(UsageError):
                check(value)

    tally("hostile parameters to the functions", REFUSED).each(HOSTILE, refuse)


def test_every_variable_of_the_makefile_has_a_call() -> None:
    read = set(re.findall(r"\$\$\{?([A-Z_]+)", (CODE / "Makefile").read_text("utf-8"))) - {"IFS", "TMPDIR"}
    assert {"RUN" if name == "RUN_ID" else name for name in read} == set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_make_runs_nothing_of_a_value(
    name: str, root: Path, everything: bool, tally: Callable[[str, str], Tally]
) -> None:
    number = list(TARGETS).index(name) % len(MAKE)

    def harmless(value: str) -> None:
        before = _tree(root)
        answer = run_make(CODE, *TARGETS[name], f"{name}={value}", PIPELINE_ROOT=str(root), PYTEST_ADDOPTS="--co -q")
        assert not _canaries(root)
        assert _tree(root) == before
        assert answer.returncode == 2, answer.stderr
        assert "Traceback" not in answer.stderr

    tally("make payloads in each variable", "nothing run, nothing written").each(
        MAKE if everything else MAKE[number : number + 1], harmless
    )
