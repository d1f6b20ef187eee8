from collections.abc import Mapping

import pytest

from pipeline.intake.interpret import Context
from pipeline.intake.subjects import Subject
from pipeline.plans.models import Indicator
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry

BLANK = dict.fromkeys(("code", "plan", "annex", "group", "no", "name"), "")
FIVE_G = "Tỷ lệ phủ sóng 5G trên địa bàn đặc khu"


def _find(registry: Registry, locality: str, **cells: str) -> Subject[Indicator]:
    wanted: Mapping[str, str] = BLANK | cells
    return Context(registry, locality, Period(2026)).indicators.find(wanted)


@pytest.mark.parametrize(
    ("locality", "cells", "code"),
    [
        ("cat-hai", {"code": "cat-hai-nq57/PL2.IV.26"}, "cat-hai-nq57/PL2.IV.26"),
        ("cat-hai", {"plan": "cat-hai-nq57", "group": "IV", "no": "26."}, "cat-hai-nq57/PL2.IV.26"),
        ("bach-long-vi", {"plan": "14/KH-UBND", "group": "I", "no": "2"}, "bach-long-vi-2026/I.2"),
        ("bach-long-vi", {"name": FIVE_G.upper()}, "bach-long-vi-2026/I.2"),
        ("bach-long-vi", {"name": "Tỷ lệ phủ sóng 5G trên ðịa bàn   ðặc khu."}, "bach-long-vi-2026/I.2"),
        ("bach-long-vi", {"plan": "bach-long-vi-2026", "no": "6.5a"}, "bach-long-vi-2026/6.5a"),
    ],
)
def test_an_indicator_is_found_by_anything_it_is_called(
    registry: Registry, locality: str, cells: dict[str, str], code: str
) -> None:
    found = _find(registry, locality, **cells)
    assert found.entry is not None, found.reason
    assert (found.entry.code, found.rule) == (code, "")


@pytest.mark.parametrize(
    ("locality", "cells", "rule", "hint"),
    [
        ("bach-long-vi", {"name": "Tỷ lệ phủ sóng 5G"}, "known-subject", "Có phải"),
        ("bach-long-vi", {"plan": "bach-long-vi-2026", "no": "2"}, "ambiguous-subject", "bach-long-vi-2026/I.2"),
        ("bach-long-vi", {"code": "binh-giang-2026/II.1"}, "known-subject", "Xã Bình Giang"),
        ("bach-long-vi", {"code": "bach-long-vi-2026/I.1", "name": FIVE_G}, "identity-agrees", "I.2"),
        ("bach-long-vi", {"code": "bach-long-vi-2026/I.1", "no": "2"}, "identity-agrees", "I.1"),
        ("bach-long-vi", {}, "known-subject", "không ghi mã"),
    ],
)
def test_an_unclear_subject_gets_a_rule_and_a_hint(
    registry: Registry, locality: str, cells: dict[str, str], rule: str, hint: str
) -> None:
    found = _find(registry, locality, **cells)
    assert (found.entries, found.rule) == ((), rule)
    assert hint in found.reason


def test_rows_of_one_name_concept_unit_and_scope_are_one_subject(registry: Registry) -> None:
    shared = "Tỷ lệ dân số trưởng thành có chữ ký số hoặc chữ ký điện tử cá nhân"
    plan = next(p for p in registry.plans if p.id == "cat-hai-nq57")
    rows = [x for x in plan.indicators if x.name == shared]
    found = _find(registry, "cat-hai", name=shared)
    assert len(found.entries) == len(rows)
    assert found.rule == ""


def test_another_name_beside_a_code_is_noted(registry: Registry) -> None:
    found = _find(registry, "bach-long-vi", code="bach-long-vi-2026/I.2", name="Phủ sóng 5G đảo")
    assert found.entry is not None
    assert FIVE_G in found.renamed
