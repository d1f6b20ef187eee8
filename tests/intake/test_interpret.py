from datetime import date
from decimal import Decimal

import pytest

from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context, ReadObservation, read_observation, read_task
from pipeline.intake.reader import parse
from pipeline.intake.rows import Absence, FileKind, Interval
from pipeline.intake.values import Style, read_value
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.factories import csv_text, exactly


@pytest.fixture
def context(registry: Registry) -> Context:
    return Context(registry, "bach-long-vi", Period(2025))


def _read(context: Context, **cells: str) -> ReadObservation:
    sheet = parse(csv_text(FileKind.OBSERVATIONS, cells).encode(), "a.csv", read_forms(Layout().headings)).tables[0]
    return read_observation(sheet.rows[0], context)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("11,87", exactly("11.87")),
        ("0", exactly("0")),
        (">98", Interval(low=Decimal(98), high=None, low_open=True)),
        ("≥ 98", Interval(low=Decimal(98), high=None)),
        ("<5", Interval(low=None, high=Decimal(5), high_open=True)),
        ("<=5", Interval(low=None, high=Decimal(5))),
    ],
)
def test_values_and_their_bounds(text: str, value: Interval) -> None:
    assert read_value(text, Style()) == value


@pytest.mark.parametrize(
    "text", ["1.234", "8o", "tám mươi", "80 hồ sơ", "1e3", "chưa đạt 98%", "nan", "#DIV/0!", ">", "> > 3", "０"]
)
def test_text_with_a_number_in_it_is_not_a_number(context: Context, text: str) -> None:
    read = _read(context, value=text)
    assert read.record.value is None
    assert [fault.column for fault in read.faults] == ["value"]
    assert (read.written, read.absent) == (text, "")


def test_an_empty_cell_is_neither_zero_nor_unreadable(context: Context) -> None:
    read = _read(context, value="")
    assert (read.record.value, read.faults, read.written, read.absent) == (None, (), "", "")


def test_absence_is_a_statement(context: Context) -> None:
    read = _read(context, value="", absence="not-due")
    assert (read.written, read.absent) == ("", "not-due")
    assert read.accept(()).absence is Absence.NOT_DUE


def test_a_value_without_a_day_is_dated_at_the_cut_off_and_marked(context: Context) -> None:
    observation = _read(context, as_of="").accept(())
    assert (observation.as_of, observation.as_of_stated) == (date(2025, 12, 14), False)


@pytest.mark.parametrize(
    ("cells", "subject"),
    [
        ({}, "bach-long-vi-2026/II.13"),
        ({"plan": "", "concept": "coverage-5g"}, "coverage-5g"),
        ({"plan": "", "concept": "no-such-thing"}, None),
        ({"plan": "binh-giang-2026"}, None),  # the plan of another locality
        ({"no": "99"}, None),
        ({"concept": "coverage-5g"}, None),  # contradicts the indicator it names
    ],
)
def test_what_a_row_is_about(context: Context, cells: dict[str, str], subject: str | None) -> None:
    assert _read(context, **cells).subject == subject


def test_the_unit_is_that_of_the_plan_or_the_one_written(context: Context) -> None:
    assert (_read(context).record.unit, _read(context).units) == ("%", ("%",))
    assert _read(context, unit="Phần trăm").record.unit == "%"
    assert _read(context, unit="hồ sơ").record.unit == "hồ sơ"


def test_task_facts(context: Context) -> None:
    sheet = parse(
        csv_text(FileKind.TASKS, {"started_on": "2025-02-30", "finished_on": "2025-06-01"}).encode(),
        "a.csv",
        read_forms(Layout().headings),
    ).tables[0]
    read = read_task(sheet.rows[0], context)
    assert read.subject == "bach-long-vi-2026/3.1"
    assert [(fault.column, fault.rule) for fault in read.faults] == [("started_on", "date")]
    assert read.days["finished_on"] == date(2025, 6, 1)
