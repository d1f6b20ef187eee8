"""What a user can pass to `make`, and what it answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.paths import CODE, Layout
from tests.e2e.conftest import Make
from tests.faults.hostile import MAKE


@pytest.mark.parametrize("name", ["LOCALITY", "PERIOD", "FORCE"])
@pytest.mark.parametrize("payload", MAKE)
def test_nothing_in_a_parameter_is_run(make: Make, layout: Layout, name: str, payload: str) -> None:
    marks = [folder / "P" for folder in (CODE, layout.root, Path.home())]
    given = {"LOCALITY": "an-bien"} | {name: payload}
    answer = make("report", *(f"{key}={value}" for key, value in given.items()))
    inherited = make("report", **given)
    assert not any(mark.exists() for mark in marks)
    for result in (answer, inherited):
        assert result.returncode == 2  # make's own code; the reason is in the message
        assert "Error 6" in result.stderr  # 64: wrong call, 66: no plan
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("report", "KNOWN_AT"),
        ("read", "FILE"),
        ("explain", "INDICATOR"),
        ("compare-methods", "METHODS"),
        ("audit", "RUN"),
        ("verify", "HEAD"),
    ],
)
@pytest.mark.parametrize("payload", MAKE)
def test_nothing_in_a_parameter_of_one_target_is_run(
    make: Make, layout: Layout, target: str, name: str, payload: str
) -> None:
    marks = [folder / "P" for folder in (CODE, layout.root, Path.home())]
    answer = make(target, "LOCALITY=binh-giang", f"{name}={payload}")
    inherited = make(target, LOCALITY="binh-giang", **{name: payload})
    assert not any(mark.exists() for mark in marks)
    for result in (answer, inherited):
        assert "Error 6" in result.stderr
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["report"], 64, "không hợp lệ"),
        (["report", "LOCALITY=cat-hay"], 64, "cat-hai"),
        (["report", "LOCALITY=Cát Hải"], 64, "cat-hai"),
        (["report", "LOCALITY=../../etc"], 64, "không hợp lệ"),
        (["report", "LOCALITY=cat-hai", "PERIOD=quý 3"], 64, "2026-Q1"),
        (["report", "LOCALITY=an-bien"], 66, "docs/add-a-plan.md"),
    ],
)
def test_a_wrong_call_is_answered_with_a_remedy(make: Make, arguments: list[str], code: int, said: str) -> None:
    answer = make(*arguments)
    assert f"Error {code}" in answer.stderr
    assert said in answer.stderr
    assert answer.stdout == ""


def test_help_lists_every_target_with_a_line(make: Make) -> None:
    makefile = (CODE / "Makefile").read_text("utf-8")
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:")).split()[1:]
    told = {line.split()[1]: line.split(maxsplit=2)[2] for line in make("help").stdout.splitlines()}
    assert set(told) == set(phony)


def test_plans(make: Make, layout: Layout) -> None:
    answer = make("plans")
    assert answer.returncode == 0
    assert "cat-hai-nq57: 57 chỉ tiêu" in answer.stdout
    names = {"plans.csv", "indicators.csv", "targets.csv", "tasks.csv", "concepts.csv"}
    assert {path.name for path in (layout.processed / "plans").iterdir()} == names
