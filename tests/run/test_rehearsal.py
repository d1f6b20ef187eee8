"""The warm process ignores a failing rehearsal and is then only slower, so the rehearsal is tested here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.inputs.program import program_files
from pipeline.intake import validator
from pipeline.intake.suites import read_suite
from pipeline.paths import CODE, Layout
from pipeline.run.rehearsal import rehearse


def test_the_rehearsal_runs_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rehearse()
    assert not list(tmp_path.iterdir())


def test_what_follows_the_judging_is_rehearsed_in_short_steps_without_the_library_that_judges() -> None:
    """Run alone, as in the warm process: an order for a notebook waits for one step."""
    code = (
        "import itertools, sys, time; from pipeline.run.rehearsal import rehearse_the_page\n"
        "ends = [time.process_time(), *(time.process_time() for _ in rehearse_the_page())]\n"
        "assert 'great_expectations' not in sys.modules\n"
        "longest = max(after - before for before, after in itertools.pairwise(ends))\n"
        "print(len(ends), longest / (ends[-1] - ends[0]))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=CODE, capture_output=True, text=True, check=True)
    count, share = ran.stdout.split()
    assert (int(count) > 15, float(share) < 0.75) == (True, True), ran.stdout  # a share: a machine may be slow


def test_a_fork_finds_planned_what_every_rule_asks_for_and_knows_the_files_of_a_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planned: dict[tuple[str, ...], Any] = {}
    monkeypatch.setattr(validator, "_PLANS", planned)
    program_files.cache_clear()
    rehearse()
    suites = [read_suite(Layout(CODE).expectations / f"{kind}.json") for kind in ("observations", "tasks")]
    rules = {json.dumps(rule) for suite in suites for rule in json.loads(suite.written)}
    asked = [key for key in planned if "COMPLETE" in key[1]]
    written_into = [form for _, form, *_ in asked if "partial_unexpected_count" in form]
    assert not written_into, "the library writes its defaults into what it is asked: that would be a new form"
    assert {rule for rule, *_ in asked} == rules
    assert program_files.cache_info().currsize == 1
