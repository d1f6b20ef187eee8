"""Frames are what their page says, hold what the records hold, and answer the questions of their other page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
import pytest

from pipeline.completion import completion_frames
from pipeline.completion.evaluate import evaluate
from pipeline.due import due_frames
from pipeline.errors import NoInputError, UsageError
from pipeline.intake import intake_frames
from pipeline.intake.rows import Intake
from pipeline.intake.validate import validate_period
from pipeline.paths import CODE, Layout
from pipeline.plans import plan_frames
from pipeline.steps import PublishedReport, Run, load_report, to_json
from pipeline.typed_frame import Dtype, FrameColumn, described, typed_frame
from tests.factories import report_2026_as_2025

PLACES = {"binh-giang": "2026", "cat-hai": "2025"}
"""Each in a period of its plan."""
TABLES: dict[str, Iterable[FrameColumn[Any]]] = {
    **{f"report.{name}()": columns for name, (columns, _) in completion_frames.FRAMES.items()},
    **{f'intake.frame("{name}")': columns for name, (columns, _) in intake_frames.FRAMES.items() if name != "values"},
    "intake.frame()": intake_frames.VALUES,
    "registry.targets()": plan_frames.TARGETS,
    "registry.assignments()": plan_frames.ASSIGNMENTS,
    "due_frame(reports)": due_frames.DUE,
    "reporting_frame(reports)": due_frames.REPORTING,
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """The real data, with what a report of two localities publishes and leaves."""
    layout = report_2026_as_2025(tmp_path_factory.mktemp("project"))
    for place, period in PLACES.items():
        run = Run.open(place, period, layout=layout)
        intake = validate_period(layout, run.registry, place, run.period)
        completion = evaluate(run.registry, run.locality, run.period, intake)
        run.save(intake)
        run.save(completion)
        run.report.mkdir(parents=True)
        (run.report / "completion.json").write_text(to_json(completion), "utf-8")
    return layout


@pytest.fixture(scope="module", params=PLACES)
def report(project: Layout, request: pytest.FixtureRequest) -> PublishedReport:
    return load_report(request.param, PLACES[request.param], layout=project)


def _frames(report: PublishedReport) -> Iterator[tuple[Iterable[FrameColumn[Any]], pd.DataFrame]]:
    for name, (columns, _) in completion_frames.FRAMES.items():
        yield columns, getattr(report, name)()
    for name, (columns, _) in intake_frames.FRAMES.items():
        yield columns, report.intake.frame(name)
    yield plan_frames.TARGETS, report.targets()
    yield plan_frames.ASSIGNMENTS, report.run.registry.assignments()


@pytest.mark.parametrize("heading", TABLES)
def test_the_page_of_frames_says_every_column(heading: str) -> None:
    page = (CODE / "docs" / "frames.md").read_text("utf-8")
    section = page.split(f"\n## `{heading}`\n")[1].split("\n## ")[0]
    assert f"{section.rstrip()}\n".endswith(f"\n\n{described(TABLES[heading])}")
    assert page.count("\n## ") == len(TABLES)


def test_every_column_has_its_dtype_also_over_no_rows(report: PublishedReport) -> None:
    for columns, frame in _frames(report):
        expected = [(column.name, str(column.dtype)) for column in columns]
        assert [(name, str(dtype)) for name, dtype in frame.dtypes.items()] == expected
        empty = typed_frame(list(columns), [])
        assert [(name, str(dtype)) for name, dtype in empty.dtypes.items()] == expected
        for column in columns:
            if column.dtype is Dtype.CATEGORY:
                assert list(frame[column.name].cat.categories) == [str(code) for code in column.of if code]


def test_one_row_per_thing_and_codes_that_join(report: PublishedReport) -> None:
    indicators, tasks = report.indicators(), report.tasks()
    assert indicators["code"].is_unique
    assert tasks["code"].is_unique
    assert len(indicators) == sum(len(plan.indicators) for plan in report.completion.plans)
    assert set(report.history()["code"]) <= set(indicators["code"])
    assert set(report.intake.frame()["code"].dropna()) <= set(indicators["code"])
    assert set(report.intake.frame("tasks")["code"]) <= set(tasks["code"])
    assert set(indicators["code"]) <= set(report.targets()["code"])
    assert set(tasks["code"]) <= set(report.run.registry.assignments()["code"])


def test_absence_is_missing_and_zero_is_a_value(report: PublishedReport) -> None:
    indicators = report.indicators()
    has_bounds = indicators[["low", "high"]].notna().any(axis=1)
    assert (indicators["absence"].isna() == has_bounds).all()
    for name in indicators.columns[indicators.dtypes == "str"]:
        assert not (indicators[name] == "").any()


def test_a_value_of_zero_stays_zero() -> None:
    frame = typed_frame([FrameColumn[float]("x", lambda x: x, "", Dtype.NUMBER)], [0.0])
    assert frame["x"].tolist() == [0.0]


def test_rates_computed_from_the_frame_are_those_of_the_record(report: PublishedReport) -> None:
    rows, rate = report.indicators(), report.completion.rate
    counted = rows[rows["counted"] & (rows["kind"] == "indicator") & (rows["plan_state"] == "in-force")]
    assert len(counted) == rate.total
    assert (counted["status"] == "met").sum() == rate.met
    tasks = report.tasks()
    assigned = (tasks["plan_state"] == "in-force") & ~tasks["repeats"]
    assert assigned.sum() == report.completion.task_counts.assigned
    first = report.rates().iloc[0]
    assert first["lower"] == float(rate.lower or 0)


def test_a_report_that_is_not_there_is_said_with_the_command(project: Layout) -> None:
    with pytest.raises(NoInputError, match="make report LOCALITY=cat-hai PERIOD=2024"):
        load_report("cat-hai", "2024", layout=project)
    with pytest.raises(UsageError, match="Có phải: cat-hai"):
        load_report("cat-ha", "2025", layout=project)


def test_an_intake_of_other_inputs_is_not_taken_for_that_of_the_report(project: Layout) -> None:
    report = load_report("cat-hai", 2025, layout=project)
    record = report.run.work / "completion.json"
    before = record.read_bytes()
    record.write_bytes(before + b"\n")
    try:
        with pytest.raises(NoInputError, match="FORCE=1"):
            _ = report.intake
    finally:
        record.write_bytes(before)


def test_an_unknown_frame_is_said_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="values, tasks"):
        Intake(locality="x", period="2025").frame("dong-bi-loai")


ANSWERS = {
    "1": lambda answer: answer["met"] == 10 and answer["dropped"] == 0,
    "2": lambda answer: answer == (10 / 22, 16 / 22),
    "3": lambda answer: answer["code"].iloc[0] == "binh-giang-2026/II.14" and len(answer) == 5,
    "4": lambda answer: "binh-giang-2026/II.2" in answer["not-submitted"],
    "5": lambda answer: answer.sum() == 32,
    "6": lambda answer: list(answer) == ["code", "name", "due", "status"],
    "7": lambda answer: len(answer) == 2 * 16 and answer["file_sent"].notna().all(),  # of 2026, and of 2025 before it
    "8": lambda answer: answer.is_monotonic_decreasing and len(answer),
    "9": lambda answer: list(answer) == ["min", "max", "count"],
    "10": lambda answer: len(answer) > 0,
}


def test_every_question_of_an_analyst_is_answered(project: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINE_ROOT", str(project.root))
    page = (CODE / "docs" / "ask-the-data.md").read_text("utf-8")
    opening, *blocks = re.findall(r"```python\n(.*?)```", page, re.S)
    numbers = re.findall(r"^## (\d+)\.", page, re.M)
    assert numbers == list(ANSWERS) == [str(n) for n in range(1, 11)]
    names: dict[str, Any] = {}
    exec(opening, names)  # noqa: S102 - what the page says to run
    for number, block in zip(numbers, blocks, strict=True):
        assert 1 <= len(block.strip().splitlines()) <= 4
        exec(block, names)  # noqa: S102 - likewise
        assert ANSWERS[number](names["answer"]), (number, names["answer"])
