import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.plans.registry import Registry
from pipeline.plans.targets import Comparator, TargetSyntaxError, parse_target

# Every target text of the five documents with its meaning, set down by hand.
PRINTED = list(csv.DictReader((Path(__file__).parent / "printed-targets.csv").read_text("utf-8").splitlines()))


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row["text"])
def test_printed_targets_mean_what_officials_mean(row: dict[str, str]) -> None:
    parsed = parse_target(row["text"])
    assert parsed.comparator == row["comparator"]
    assert parsed.low == (Decimal(row["low"]) if row["low"] else None)
    assert parsed.high == (Decimal(row["high"]) if row["high"] else None)
    assert parsed.levels == tuple(map(int, row["levels"].split()))


def test_the_list_of_printed_targets_is_complete(registry: Registry) -> None:
    printed = {t.text for plan in registry.plans for x in plan.indicators for t in x.targets}
    assert printed == {row["text"] for row in PRINTED}


def test_a_span_falls_due_at_its_end() -> None:
    assert parse_target("100% (2025-2027)").span_end == 2027


def test_ambition_is_separate_from_the_comparator() -> None:
    assert parse_target("Phấn đấu ít nhất 3%").aspirational
    assert not parse_target("ít nhất 3%").aspirational


@pytest.mark.parametrize(
    "text",
    [
        "≥≥80%",
        "≥ 80% ≤ 90%",
        "80.5%",
        "80,%",
        "-80%",
        "100%%%",
        "80%-",
        "55-50%",
        "≥45-50%",
        "100% (2027-2025)",
        "100% (25-27)",
        "100% (2025)",
        "cấp độ",
        "cấp độ hai",
        "Cấp độ 2 hoặc",
        "1e2%",
        "８０%",
        "٨٠%",
        "NaN",
        "=HYPERLINK(1)",
        "<b>80%</b>",
        "80%; 90%",
        "tăng gấp đôi",
        "$(shell touch P)",
        "9" * 5000 + ".",
    ],
)
def test_what_the_grammar_does_not_know_is_an_error_that_names_it(text: str) -> None:
    with pytest.raises((TargetSyntaxError, ValueError)):
        parse_target(text)


@given(st.text())
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        parsed = parse_target(text)
    except TargetSyntaxError:
        return
    assert isinstance(parsed.comparator, Comparator)


@given(st.sampled_from(["≥", ">=", "tối thiểu ", "Ít nhất ", ">", "trên ", "≤", "không quá "]), st.integers(0, 10**6))
def test_spacing_case_and_percent_signs_do_not_change_the_meaning(sign: str, value: int) -> None:
    one = parse_target(f"{sign}{value}")
    for text in (f"{sign} {value}%", f"{sign.upper()}{value} %", f"  {sign}{value}%%"):
        other = parse_target(text)
        assert (other.comparator, other.low, other.high) == (one.comparator, one.low, one.high)
