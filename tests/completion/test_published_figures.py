"""Figures that governments have published, recomputed (số liệu đã công bố)."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest

from pipeline.completion.rates import count_statuses
from pipeline.completion.statuses import TaskStatus
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.words import VIETNAMESE
from tests.factories import submit

# Báo cáo 1270/BC-TCTTTg of 27/12/2017: tasks assigned to ministries and provinces.
OF_2017 = {
    TaskStatus.DONE_ON_TIME: 14068,
    TaskStatus.DONE_LATE: 1983,
    TaskStatus.UNDER_WAY: 5640,
    TaskStatus.UNDER_WAY_OVERDUE: 223,
}


def test_the_counts_of_2017_are_those_printed_and_its_rate_was_cut_off() -> None:
    counts = count_statuses([status for status, number in OF_2017.items() for _ in range(number)])
    assert (counts.assigned, counts.done, counts.overdue) == (21914, 16051, 223)
    rate = Fraction(counts.done, counts.done + counts.overdue)
    assert floor(rate * 10000) == 9862  # printed "98,62 %"
    assert VIETNAMESE.percent(rate, 2) == "98,63%"  # we round half up


def _reported(name: str, value: int) -> dict[str, str]:
    return {"subject": "tasks", "name": name, "value": str(value), "source": "báo cáo năm 2022", "unit": "nhiệm vụ"}


@pytest.mark.parametrize(
    ("counts", "flagged"),
    [((6932, 5361, 1111), True), ((16051, 14068, 1983), False)],
    ids=["Đà Nẵng 2022: 460 tasks missing", "2017"],
)
def test_parts_that_do_not_add_up_are_flagged(
    counts: tuple[int, int, int], flagged: bool, layout: Layout, registry: Registry
) -> None:
    names = ("Nhiệm vụ hoàn thành", "Nhiệm vụ hoàn thành đúng hạn", "Nhiệm vụ hoàn thành quá hạn")
    rows = [_reported(name, count) for name, count in zip(names, counts, strict=True)]
    submit(layout.root, "cat-hai", "2026", FileKind.REPORTED, *rows)
    intake = validate_period(layout, registry, "cat-hai", Period.parse("2026"))
    assert len(intake.reported) == 3  # shown as reported, unchanged
    assert any(f.rule == "done-tasks-add-up" for f in intake.findings) is flagged
    if flagged:
        assert "6.472" in next(f.message for f in intake.findings if f.rule == "done-tasks-add-up")
