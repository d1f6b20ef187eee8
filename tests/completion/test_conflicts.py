import pytest

from pipeline.completion.clauses import Conflict
from pipeline.completion.conflicts import conflicts
from pipeline.plans.registry import Registry


def _conflicts(registry: Registry, locality: str) -> tuple[Conflict, ...]:
    return conflicts(registry.plans_of(locality), registry)


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
        ("PL1.III.10", "PL1.III.7"),
        ("PL2.II.19", "PL2.II.16"),
    }
    assert found["2.7", "PL2.II.7"] == [("target", ("Tối thiểu 50%", "80%"), 1)]
    # Reuse of data: 80 % by 2030 in one annex, 100 % already by October 2025 in another.
    (kind, texts, stricter), (other, _, _) = found["PL1.I.4", "PL3.II.1"]
    assert (kind, texts, stricter, other) == ("year", ("80 đến 14/12/2030", "100% đến 31/10/2025"), 1, "agency")
    assert found["PL2.II.6",][0] == ("same-number-other-words", ("2030: Phấn đấu ít nhất 3%", "2035: Đạt 3%"), None)
    # A row that asks for lessons and clubs at once asks for 95 %, the row of the clubs alone for 85 %.
    assert found["PL1.III.10", "PL1.III.7"] == [("parts", ("95%", "≥85%"), 0)]
    # In 2040 and 2045 the parts ask for as much, so only 2030 contradicts.
    assert found["PL2.II.19", "PL2.II.16"] == [("parts", ("95%", "≥85%"), 0)]


def test_the_two_5g_rows_of_bach_long_vi_ask_for_different_shares(registry: Registry) -> None:
    assert _found(registry, "bach-long-vi") == {("I.1", "I.2"): [("target", ("≥80%", "100%"), 1)]}


@pytest.mark.parametrize("locality", ["binh-giang"])
def test_where_nothing_contradicts_nothing_is_found(registry: Registry, locality: str) -> None:
    assert _found(registry, locality) == {}
