"""The warm process ignores a failing rehearsal and is then only slower, so the rehearsal is tested here."""

from __future__ import annotations

import json
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


def test_a_fork_finds_planned_what_every_rule_asks_for_and_knows_the_files_of_a_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planned: dict[tuple[str, ...], list[Any]] = {}
    monkeypatch.setattr(validator, "_GRAPHS", planned)
    program_files.cache_clear()
    rehearse()
    suites = [read_suite(Layout(CODE).expectations / f"{kind}.json") for kind in ("observations", "tasks")]
    rules = {json.dumps(rule) for suite in suites for rule in json.loads(suite.written)}
    asked = [key for key in planned if "COMPLETE" in key[1]]
    written_into = [form for _, form, *_ in asked if "partial_unexpected_count" in form]
    assert not written_into, "the library writes its defaults into what it is asked: that would be a new form"
    assert {rule for rule, *_ in asked} == rules
    assert program_files.cache_info().currsize == 1
