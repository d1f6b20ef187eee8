"""The export for statistics offices is read by pysdmx, has every judged row once, and never a 0 for an absence."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from pysdmx.io import read_sdmx
from pysdmx.model.dataset import ActionType

from pipeline.completion.records import Completion
from pipeline.dataset.make_dataset import make_dataset
from pipeline.dataset.sdmx import BOUND_ONLY, COLUMNS, DIMENSIONS, NORMAL, OBS_STATUS, time_period, write_sdmx
from pipeline.intake.rows import Absence
from pipeline.paths import CODE, Layout
from pipeline.plans.periods import Period
from tests.dataset.reports import publish

PAGE = (CODE / "docs" / "sdmx.md").read_text("utf-8")
ROW = {
    "locality": "cat-hai",
    "period": "2025",
    "kind": "indicator",
    "plan_state": "in-force",
    "concept": "online-dossiers",
    "scope": None,
    "code": "cat-hai-nq57/PL2.IV.26",
    "unit": "%",
    "value": None,
    "low": None,
    "high": None,
    "absence": None,
    "as_of": None,
    "status": "not-submitted",
    "synthetic": False,
}


def _only(path: Path) -> pd.DataFrame:
    (dataset,) = read_sdmx(path).get_datasets()
    assert dataset.structure == "Dataflow=VN_DTP:DF_PLAN_RESULTS(1.0)"
    assert dataset.action is ActionType.Replace
    return pd.DataFrame(dataset.data)


def test_pysdmx_reads_what_the_reports_say(layout: Layout, real: list[Completion]) -> None:
    for report in real:
        publish(layout, report)
    make_dataset(layout)
    read = 0
    for path in sorted((layout.dataset / "sdmx").rglob("*.csv")):
        if len(path.read_text("utf-8").splitlines()) == 1:  # no plan in force: pysdmx takes no file without rows
            assert not any(one.in_force for one in real if one.period == path.stem)
            continue
        rows = _only(path)
        assert list(rows) == [name for name in COLUMNS if not name.startswith("STRUCTURE") and name != "ACTION"]
        assert not rows.duplicated(list(DIMENSIONS)).any()
        # pysdmx reads codes of digits as numbers.
        told = {(row.REF_AREA.zfill(5 if len(row.REF_AREA) > 2 else 2), row.PLAN_ROW): row for row in rows.itertuples()}
        for report in (one for one in real if one.period == path.stem):
            judged = [row for plan in report.in_force for row in plan.indicators if row.kind == "indicator"]
            for row in judged:
                found = told.pop((report.locality_code, row.code))
                value = row.observation.value.exact if row.observation and row.observation.value else None
                assert (found.OBS_VALUE != "", found.INDICATOR) == (value is not None, row.concept)
                assert value is None or float(found.OBS_VALUE) == float(value)
                assert (found.OBS_STATUS == NORMAL) == (value is not None)
            read += len(judged)
        assert not told
    assert read > 50


@pytest.mark.parametrize("absence", Absence)
def test_every_absence_has_a_code_and_no_value(tmp_path: Path, absence: Absence) -> None:
    path = tmp_path / "x.csv"
    write_sdmx([ROW | {"absence": absence.value}], {"cat-hai": "11917"}, path)
    (row,) = csv.DictReader(path.read_text("utf-8").splitlines())
    assert (row["OBS_VALUE"], row["OBS_STATUS"]) == ("", OBS_STATUS[absence])
    assert f"| `{absence.value}` (" in PAGE
    assert f") | `{OBS_STATUS[absence]}` |" in PAGE.split(f"`{absence.value}`")[1].splitlines()[0]


@pytest.mark.parametrize(
    ("value", "low", "written", "status"),
    [
        (0.0, 0.0, "0", NORMAL),
        (82.78, 82.78, "82.78", NORMAL),
        (1e7, 1e7, "10000000", NORMAL),
        (None, 98.0, "", BOUND_ONLY),
    ],
)
def test_values(tmp_path: Path, value: float | None, low: float, written: str, status: str) -> None:
    path = tmp_path / "x.csv"
    write_sdmx([ROW | {"value": value, "low": low}], {"cat-hai": "11917"}, path)
    (row,) = csv.DictReader(path.read_text("utf-8").splitlines())
    assert (row["OBS_VALUE"], row["OBS_STATUS"], row["SCOPE"], row["REF_AREA"]) == (written, status, "_Z", "11917")
    assert float(row["VALUE_LOW"]) == low


@pytest.mark.parametrize(
    ("period", "written"),
    [
        ("2025", "2025"),
        ("2025-F", "2025"),
        ("2026-H1", "2026-S1"),
        ("2026-Q3", "2026-Q3"),
        ("2026-03", "2026-03"),
        ("2026-9M", "2026-01-01/P9M"),
    ],
)
def test_periods(period: str, written: str) -> None:
    assert time_period(Period.parse(period)) == written


def test_the_page_says_every_column() -> None:
    assert all(f"`{name}`" in PAGE for name in COLUMNS)
