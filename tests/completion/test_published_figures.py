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


def test_the_rate_of_2017_is_over_what_was_done_or_due_and_printed_cut_off() -> None:
    counts = count_statuses([status for status, number in OF_2017.items() for _ in range(number)])
    assert (counts.assigned, counts.done, counts.overdue) == (21914, 16051, 223)
    assert counts.of_due == Fraction(16051, 16274)
    assert counts.of_due is not None
    assert floor(counts.of_due * 10000) == 9862  # printed "98,62 %"
    assert VIETNAMESE.percent(counts.of_due, 2).replace("\N{NO-BREAK SPACE}", " ") == "98,63 %"  # we round half up
    assert VIETNAMESE.percent(counts.of_assigned, 1).replace("\N{NO-BREAK SPACE}", " ") == "73,2 %"


def test_cat_hai_2025_printed_26_of_28_as_92_8() -> None:
    """The two others were "triển khai đúng hạn": whether finished or running the source does not say."""
    counts = count_statuses([TaskStatus.DONE_ON_TIME] * 26 + [TaskStatus.UNDER_WAY] * 2)
    assert counts.of_assigned == Fraction(26, 28)
    assert floor(Fraction(26, 28) * 1000) == 928
    assert VIETNAMESE.percent(counts.of_assigned, 1).replace("\N{NO-BREAK SPACE}", " ") == "92,9 %"


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
    assert any(f.rule == "sums" for f in intake.findings) is flagged
    if flagged:
        assert "6472" in next(f.message for f in intake.findings if f.rule == "sums")
