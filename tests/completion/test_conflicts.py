from datetime import date

import pytest

from pipeline.completion.conflicts import Conflict, conflicts
from pipeline.plans.models import Plan
from pipeline.plans.registry import Registry
from tests.factories import made_plan


def _conflicts(registry: Registry, locality: str) -> tuple[Conflict, ...]:
    return conflicts(registry.plans_of(locality), registry)


def _found(registry: Registry, locality: str) -> dict[tuple[str, ...], list[tuple[str, tuple[str, str], int | None]]]:
    """By the labels of the clauses: kind, texts, stricter; wording left out."""
    return {
        tuple(clause.code.partition("/")[2] for clause in c.clauses): listed
        for c in _conflicts(registry, locality)
        if (listed := [(d.kind, d.texts, d.stricter) for d in c.differences if d.kind != "wording"])
    }


def test_the_contradictions_of_the_cat_hai_plans_are_found(registry: Registry) -> None:
    """Read by hand in the two plans: everything that a reviewer must see."""
    found = _found(registry, "cat-hai")
    assert found.keys() == {
        ("PL1.I.4", "PL3.II.1"),
        ("PL1.II.1", "PL2.II.6"),
        ("PL1.II.1", "3.1"),
        ("PL2.II.6",),
        ("PL1.III.10", "PL1.III.7"),
        ("PL2.II.19", "PL2.II.16"),
    }
    # Reuse of data: 80 % by 2030 in one annex, 100 % already by October 2025 in another.
    (kind, texts, stricter), (other, _, _) = found["PL1.I.4", "PL3.II.1"]
    assert (kind, texts, stricter, other) == ("year", ("80% (2030)", "100% (Tháng 10/2025)"), 1, "agency")
    assert found["PL2.II.6",][0] == ("same-number-other-words", ("2030: Phấn đấu ít nhất 3%", "2035: Đạt 3%"), None)
    # A row that asks for lessons and clubs at once asks for 95 %, the row of the clubs alone for 85 %.
    assert found["PL1.III.10", "PL1.III.7"] == [("parts", ("95%", "≥85%"), 0)]
    # In 2040 and 2045 the parts ask for as much, so only 2030 contradicts.
    assert found["PL2.II.19", "PL2.II.16"] == [("parts", ("95%", "≥85%"), 0)]


def test_the_two_rows_of_approved_systems_of_bach_long_vi_are_not_equally_binding(registry: Registry) -> None:
    """I.1 and I.2 measure different things; 6.1 is printed with “phấn đấu”, 6.2c without."""
    assert _found(registry, "bach-long-vi") == {("6.1", "6.2c"): [("target", ("phấn đấu bảo đảm 100%", "100%"), None)]}


def test_a_task_that_is_due_before_its_indicator_contradicts_nothing(registry: Registry) -> None:
    """The network is to be upgraded in 2026 by row I.1, in the third quarter by task 3.4."""
    assert _found(registry, "binh-giang") == {}


def test_a_task_that_ends_after_its_indicator_is_found(registry: Registry) -> None:
    (plan,) = registry.plans_of("binh-giang")
    tasks = [t.model_copy(update={"deadline": "Quý I/2027"}) if t.key.label == "3.4" else t for t in plan.tasks]
    (found,) = conflicts([plan.model_copy(update={"tasks": tuple(tasks)})], registry)
    assert [d.kind for d in found.differences] == ["term"]
    assert found.differences[0].texts == ("≥95% (2026)", "3.4: Quý I/2027")


def _plan(*rows: dict[str, object]) -> Plan:
    indicators = [
        {"group": "I", "no": str(n), "name": "Dòng", "unit": "%"} | row for n, row in enumerate(rows, start=1)
    ]
    return made_plan(2025, 2030, indicators=indicators)


def _of(year: int, text: str) -> list[dict[str, object]]:
    return [{"year": year, "text": text}]


WHOLE, PART = "schools-startup-combined", "schools-startup-clubs"


@pytest.mark.parametrize(
    ("whole", "part", "direction", "due"),
    [
        (_of(2030, "95%"), _of(2030, "≥85%"), "rising", date(2030, 12, 31)),
        (_of(2030, "85%"), _of(2030, "≥95%"), "rising", None),  # asks for no more than its part
        (_of(2030, "95%"), _of(2029, "≥85%"), "rising", None),  # of another day
        (_of(2030, "5%"), _of(2030, "10%"), "falling", date(2030, 12, 31)),
        (_of(2030, "10%"), _of(2030, "5%"), "falling", None),
    ],
)
def test_a_combined_row_must_not_ask_for_more_than_its_part(whole, part, direction, due, registry: Registry) -> None:
    rows = ({"concept": WHOLE, "targets": whole}, {"concept": PART, "targets": part})
    found = conflicts([_plan(*(row | {"direction": direction} for row in rows))], registry)
    assert [d.due for c in found for d in c.differences if d.kind == "parts"] == ([due] if due else [])


@pytest.mark.parametrize(
    ("one", "other", "direction", "stricter"),
    [
        (_of(2026, "100%"), _of(2030, "80%"), "rising", 0),  # more, and sooner
        (_of(2030, "80%"), _of(2026, "80%"), "rising", 1),  # as much, but sooner
        (_of(2026, "80%"), _of(2030, "100%"), "rising", None),  # sooner, but less
        (_of(2026, "5%"), _of(2030, "10%"), "falling", 0),
        (_of(2026, "100%") + _of(2027, "100%"), _of(2030, "80%"), "rising", None),
        (_of(2030, "80%"), _of(2026, "100%") + _of(2027, "100%"), "rising", None),
    ],
)
def test_the_stricter_of_two_dates_asks_for_at_least_as_much_and_sooner(
    one, other, direction, stricter, registry
) -> None:
    rows = [{"concept": PART, "targets": targets, "direction": direction} for targets in (one, other)]
    (conflict,) = conflicts([_plan(*rows)], registry)
    assert [(d.kind, d.stricter) for d in conflict.differences if d.kind == "year"] == [("year", stricter)]


@pytest.mark.parametrize(
    ("one", "other", "direction", "found"),
    [
        ("100%", "≥ 100%", "rising", None),  # the direction says how to read a bare number
        ("≥ 80%", "trên 80%", "rising", (date(2030, 12, 31), 1)),  # more than 80 is more than from 80 on
        ("20-30%", "25%", "falling", (date(2030, 12, 31), 1)),
        ("≥ 80%", "≤ 90%", "rising", (date(2030, 12, 31), None)),
        ("5%", "≤ 5%", "falling", None),
        ("5%", "≤ 4%", "falling", (date(2030, 12, 31), 1)),
        ("tối đa 5", "tối đa 6", "falling", (date(2030, 12, 31), 0)),
        ("45-50%", "45-50%", "rising", None),
        ("45-50%", "45-60%", "rising", (date(2030, 12, 31), None)),
        ("Phấn đấu ít nhất 3%", "ít nhất 3%", "rising", (date(2030, 12, 31), None)),
    ],
)
def test_targets_of_one_day(one, other, direction, found, registry: Registry) -> None:
    rows = [{"concept": PART, "targets": _of(2030, text), "direction": direction} for text in (one, other)]
    unit = "%" if "%" in one else "vụ"
    found_conflicts = conflicts([_plan(*(row | {"unit": unit} for row in rows))], registry)
    differences = [(d.due, d.stricter) for c in found_conflicts for d in c.differences if d.kind == "target"]
    assert differences == ([found] if found else [])


def test_yearly_targets_are_compared_and_so_are_undated_ones(registry: Registry) -> None:
    yearly, undated = ([{"text": text, "yearly": y} for text in ("≥ 80%", "≥ 90%")] for y in (True, False))
    for one, other in (yearly, undated):
        found = conflicts([_plan({"concept": PART, "targets": [one]}, {"concept": PART, "targets": [other]})], registry)
        assert [(d.kind, d.due, d.stricter) for c in found for d in c.differences if d.kind != "wording"] == [
            ("target", None, 1)
        ]
