"""What a locality contributes to the roll-up, and that the roll-up of these parts is the one defined on rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.completion.counts import Rate, TasksByDeadline
from pipeline.completion.locality_summary import LocalitySummary, Summary, SummaryRow, SummaryValue
from pipeline.completion.rollup import roll_up
from pipeline.completion.statuses import NOT_MET, Status
from pipeline.intake.rows import Basis, Interval
from pipeline.plans.models import Direction
from tests.completion.by_rows import concepts_by_rows

START, CUT_OFF = dt.date(2024, 12, 15), dt.date(2025, 12, 14)
DECIMALS = st.decimals(-5, 120, places=2) | st.sampled_from([Decimal(x) for x in ("0", "80", "80.0", "1E+2")])
"""Few of them, so that rows of one concept often agree, and often contradict each other."""
COUNTS = st.none() | st.sampled_from([Decimal(x) for x in ("0", "8", "10", "10.5")])


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    exact = draw(DECIMALS)
    bound = Interval(low=exact, high=None, low_open=draw(st.booleans()))
    return draw(st.sampled_from([Interval(low=exact, high=exact)] * 3 + [bound]))


VALUES = st.builds(
    SummaryValue,
    value=intervals(),
    as_of=st.sampled_from([START, START + dt.timedelta(1), CUT_OFF]),
    as_of_stated=st.booleans(),
    basis=st.sampled_from([Basis.AT_DATE] * 4 + [Basis.CUMULATIVE]),
    numerator=COUNTS,
    denominator=COUNTS,
)
ROWS = st.builds(
    SummaryRow,
    plan=st.sampled_from(["a", "b"]),
    label=st.sampled_from(["I.1", "I.2", "II/3"]),
    concept=st.sampled_from(["x"] * 4 + ["y"]),
    scope=st.sampled_from([""] * 4 + ["z"]),
    unit=st.sampled_from(["%"] * 4 + ["hồ sơ"]),
    direction=st.sampled_from([Direction.RISING] * 5 + [Direction.FALLING]),
    status=st.sampled_from(list(Status)),
    levels=st.sampled_from([False] * 9 + [True]),
    observation=st.none() | VALUES,
)
NAMES = st.sampled_from(["Xã A", "Xã B", "Thành phố C", ""])


@st.composite
def countries(draw: st.DrawFn) -> list[Summary]:
    """Localities of one period; some have the name of the parent of others."""
    return [
        _summary(f"xa-{n}", draw(NAMES), draw(NAMES), tuple(draw(st.lists(ROWS, max_size=5))))
        for n in range(draw(st.integers(1, 7)))
    ]


def _summary(slug: str, name: str, parent: str, rows: tuple[SummaryRow, ...]) -> Summary:
    return Summary(
        locality=slug,
        locality_name=name,
        locality_code="1",
        parent_name=parent,
        synthetic=True,
        period="2025",
        start=START,
        cut_off=CUT_OFF,
        method="2026.3",
        plans_in_force=1,
        rate=Rate(
            by_status=dict(Counter(row.status for row in rows)),
            due=0,
            met_of_due=0,
            attainment_of=0,
            attainment_low=Decimal("0.8333333333333333333333333333"),
        ),
        tasks_by_deadline=TasksByDeadline(),
        rows=rows,
    )


def _row(status: Status, label: str, as_of: dt.date | None = None) -> SummaryRow:
    value = as_of and SummaryValue(
        value=Interval(low=Decimal(1), high=Decimal(1)), as_of=as_of, as_of_stated=True, basis=Basis.AT_DATE
    )
    return SummaryRow(
        plan="a", label=label, concept="x", scope="", unit="%", direction=Direction.RISING, status=status,
        observation=value or None,
    )  # fmt: skip


def _two_ratios() -> Summary:
    """One value for one day, from two different numerators and denominators."""
    rows = []
    for times in (1, 10):
        value = SummaryValue(
            value=Interval(low=Decimal(80), high=Decimal(80)),
            as_of=CUT_OFF,
            as_of_stated=True,
            basis=Basis.AT_DATE,
            numerator=Decimal(8 * times),
            denominator=Decimal(10 * times),
        )
        rows.append(_row(Status.MET, f"I.{times}").model_copy(update={"observation": value}))
    return _summary("a", "A", "", tuple(rows))


@given(country=countries())
@example(country=[_two_ratios()])
def test_the_roll_up_of_the_parts_is_the_one_defined_on_rows(country: list[Summary]) -> None:
    by_rows = concepts_by_rows(country)
    rolled = roll_up(map(LocalitySummary.of, country))
    assert rolled.concepts == by_rows
    read_back = [LocalitySummary.from_text(LocalitySummary.of(summary).to_text()) for summary in reversed(country)]
    assert roll_up(read_back) == rolled


@given(country=countries())
def test_a_part_is_read_back_as_written(country: list[Summary]) -> None:
    for part in map(LocalitySummary.of, country):
        text = part.to_text()
        back = LocalitySummary.from_text(text)
        assert "\n" not in text
        assert back == part
        assert str(back.concepts) == str(part.concepts)  # 80 and 80.0 are equal, but print differently
        assert back.summary.rate.attainment_low == part.summary.rate.attainment_low


@given(country=countries())
def test_every_concept_of_a_locality_has_one_result_and_names_a_row(country: list[Summary]) -> None:
    for summary in country:
        rows = {(row.plan, row.label): row for row in summary.rows}
        results = LocalitySummary.of(summary).concepts
        assert {result.key for result in results} == {(r.concept, r.scope, r.unit) for r in summary.rows}
        assert len(results) == len({result.key for result in results})
        assert all((result.plan, result.label) in rows for result in results)


@given(status=st.sampled_from(sorted(NOT_MET)))
@example(status=Status.LATE)
def test_the_first_row_that_decides_is_named(status: Status) -> None:
    rows = (_row(Status.MET, "I.1"), _row(status, "I.2"), _row(status, "I.3"))
    (result,) = LocalitySummary.of(_summary("a", "A", "", rows)).concepts
    assert result.label == "I.2"


def test_a_locality_has_values_of_counted_rows_or_of_a_starting_point() -> None:
    met, absent = ((_row(status, "I.1"),) for status in (Status.MET, Status.NOT_SUBMITTED))
    assert LocalitySummary.of(_summary("a", "A", "", met)).has_values
    silent = _summary("a", "A", "", absent)
    assert not LocalitySummary.of(silent).has_values
    assert LocalitySummary.of(silent.model_copy(update={"starting": ("Kế hoạch năm sau",)})).has_values
