import pytest

from pipeline.completion.clauses import Conflict
from pipeline.completion.conflicts import code_of, conflicts
from pipeline.plans.registry import Registry


def _conflicts(registry: Registry, locality: str) -> tuple[Conflict, ...]:
    plans = registry.plans_of(locality)
    rows = [(plan, x) for plan in plans for x in plan.indicators]
    leads = {code_of(row): registry.agency_names(row[1].lead, locality) for row in rows}
    return conflicts(plans, registry.calendar, leads)


def _found(registry: Registry, locality: str) -> dict[tuple[str, ...], list[tuple[str, tuple[str, str], int | None]]]:
    """By the labels of the clauses: kind, texts, stricter; wording left out."""
    return {
        tuple(clause.code.partition("/")[2] for clause in c.clauses): told
        for c in _conflicts(registry, locality)
        if (told := [(d.kind, d.texts, d.stricter) for d in c.differences if d.kind != "wording"])
    }


def test_the_contradictions_of_the_cat_hai_plans_are_found(registry: Registry) -> None:
    """Read by hand in the two plans: the combined list of what a reviewer must be told."""
    found = _found(registry, "cat-hai")
    assert found.keys() == {
        ("2.7", "PL2.II.7"),
        ("PL1.I.4", "PL3.II.1"),
        ("PL1.II.1", "PL2.II.6"),
        ("PL1.II.1", "3.1"),
        ("PL1.II.3", "PL2.I.1"),
        ("PL2.II.6",),
    }
    assert found["2.7", "PL2.II.7"] == [("target", ("Tối thiểu 50%", "80%"), 1)]
    assert [kind for kind, _, _ in found["PL1.I.4", "PL3.II.1"]] == ["year", "agency"]
    assert found["PL2.II.6",][0] == ("same-number-other-words", ("2030: Phấn đấu ít nhất 3%", "2035: Đạt 3%"), None)


def test_the_two_5g_rows_of_bach_long_vi_ask_for_different_shares(registry: Registry) -> None:
    assert _found(registry, "bach-long-vi") == {("I.1", "I.2"): [("target", ("≥80%", "100%"), 1)]}


@pytest.mark.parametrize("locality", ["binh-giang"])
def test_where_nothing_contradicts_nothing_is_found(registry: Registry, locality: str) -> None:
    assert _found(registry, locality) == {}
