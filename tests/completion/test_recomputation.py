"""Every figure of a report against `tests.completion.recomputation`, which shares no code with the program."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import read_registry
from pipeline.report.files import write_indicators, write_tasks
from tests.completion.recomputation import Report, Row, label
from tests.factories import copy_raw
from tests.made_up_year import EDITIONS, PLACE, write_cat_hai, write_perfect_year, write_year

REAL = [
    ("bach-long-vi", "2025"), ("bach-long-vi", "2026-9M"), ("binh-giang", "2025"), ("cat-hai", "2025"),
    ("cat-hai", "2025-F"), ("cat-hai", "2026"), ("hai-phong", "2024"), ("hai-phong", "2025"), ("hai-phong", "2025-F"),
]  # fmt: skip
CASES = [("real", *case) for case in REAL]
CASES += [("year", PLACE, edition) for edition in (*EDITIONS, "2026-Q4")]
CASES += [("perfect", PLACE, "2026-F")]
CASES += [("cat-hai", "cat-hai", period) for period in ("2025", "2025-F", "2026-Q1", "2026-H1", "2026")]
RATE = ("total", "met", "not_met", "absent", "older", "older_met")
TASKS = {
    "dated": ("total", "done", "due", "overdue", "not_reported"),
    "recurring": ("total", "in_time", "not_reported", "unstated", "unstated_in_time"),
    "undated": ("total", "done", "under_way", "not_reported"),
}
Published = tuple[dict[str, Any], list[dict[str, str]], list[dict[str, str]]]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Layout]:
    made: dict[str, Layout] = {}
    writers = {"real": copy_raw, "year": write_year, "perfect": write_perfect_year, "cat-hai": write_cat_hai}

    def of(kind: str) -> Layout:
        if kind not in made:
            made[kind] = writers[kind](tmp_path_factory.mktemp(kind))
        return made[kind]

    return of


@pytest.mark.parametrize(("kind", "locality", "period"), CASES)
def test_every_figure_is_found_again(
    kind: str, locality: str, period: str, project: Callable[[str], Layout], tmp_path: Path
) -> None:
    layout = project(kind)
    completion, indicators, tasks = _published(layout, locality, period, tmp_path)
    again = Report(layout.raw, locality, period).result()
    assert {_code(row): _published_row(row) for row in indicators} == again.rows
    assert {_code(task): (task["status"], task["past_status"]) for task in tasks} == again.tasks
    in_force = [row for row in indicators if row["plan_state"] == "in-force"]
    assert {_code(row) for row in in_force if row["repeats"] == "true"} == again.repeats
    statuses = {f"{plan['id']}/{label(r)}": r["status"] for plan in completion["plans"] for r in plan["indicators"]}
    assert statuses == {code: row.status for code, row in again.rows.items()}
    assert {name: completion["rate"][name] for name in RATE} == {name: again.counts["rate"][name] for name in RATE}
    for part, names in TASKS.items():
        counts = completion["tasks_by_deadline"][part]
        assert {name: counts[name] for name in names} == {name: again.counts[part][name] for name in names}, part
    if change := completion["change"]:
        before = Report(layout.raw, locality, change["period"]).result().counts["rate"]
        assert (change["met_before"], change["total_before"]) == (before["met"], before["total"])


def test_the_recomputation_counts_what_was_counted_by_hand(project: Callable[[str], Layout]) -> None:
    """So that a recomputation of nothing cannot agree with a program that finds nothing."""
    counts = Report(project("year").raw, PLACE, "2026-9M").result().counts["rate"]
    assert [counts[name] for name in RATE] == [22, 8, 10, 4, 2, 2]


def _published(layout: Layout, locality: str, period: str, folder: Path) -> Published:
    """completion.json, indicators.csv and tasks.csv of a report."""
    registry, when = read_registry(layout, locality), Period.parse(period)
    completion = evaluate(
        registry, registry.locality(locality), when, validate_period(layout, registry, locality, when)
    )
    write_indicators(completion, folder / "indicators.csv")
    write_tasks(completion, folder / "tasks.csv")
    return json.loads(completion.model_dump_json()), _read(folder / "indicators.csv"), _read(folder / "tasks.csv")


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _published_row(row: dict[str, str]) -> Row:
    """Status word and value in force with its day; else the older value's day and whether it would do."""
    assert row["value_low"] == row["value_high"]
    value = Fraction(row["value_low"]) if row["value_low"] else None
    day, latest = (date.fromisoformat(row[key]) if row[key] else None for key in ("as_of", "latest_as_of"))
    meets = {"": None, "true": True, "false": False}[row["latest_meets"]]
    return Row(row["status"], value, day if value is not None else None, latest, meets)


def _code(row: dict[str, str]) -> str:
    return f"{row['plan']}/{label(row)}"
