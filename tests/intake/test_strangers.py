"""A file of which nearly no row is known was sent by mistake: it is refused whole, its stray rows are not taken."""

from __future__ import annotations

import resource

import pytest

from pipeline.errors import DataError
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context
from pipeline.intake.reader import parse
from pipeline.intake.rows import Intake
from pipeline.intake.validate import validate
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.intake.outcomes import COUNTED, N

PERIOD = Period.parse("2026-Q1")
HEAD = "STT,Nội dung,Kết quả,Nguồn\n"


def _intake(registry: Registry, known: list[str], unknown: int) -> Intake:
    rows = [f"{n},Hồ sơ số {n} của công dân,1,BC" for n in range(unknown)] + [f"1,{name},3,BC" for name in known]
    submission = parse((HEAD + "\n".join(rows) + "\n").encode(), "ho-so.csv", read_forms(Layout().headings), PERIOD)
    return validate([submission], Context(registry, "binh-giang", PERIOD), Layout().expectations)


@pytest.mark.parametrize(("known", "unknown"), [([], 20), ([N], 20), ([N], 4000)])
def test_a_list_of_something_else_is_refused_whole(registry: Registry, known: list[str], unknown: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    with pytest.raises(DataError) as raised:
        _intake(registry, known, unknown)
    (finding,) = raised.value.findings
    assert (finding.file, finding.rule) == ("ho-so.csv", "unknown-rows")
    assert f"{unknown} trong {unknown + len(known)} dòng" in finding.message
    assert "Xã Bình Giang" in finding.message
    assert "gửi nhầm tệp" in finding.remedy
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 20


@pytest.mark.parametrize(("known", "unknown"), [([N], 19), ([N, COUNTED], 30), ([], 19)])
def test_a_short_table_and_one_of_which_a_part_is_known_are_read(
    registry: Registry, known: list[str], unknown: int
) -> None:
    intake = _intake(registry, known, unknown)
    assert (intake.accepted, len(intake.quarantined)) == (len(known), unknown)
