"""What a locality contributes to the roll-up, and that the roll-up of these parts is the one defined on rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.completion.by_concept import concept_results
from pipeline.completion.counts import Rate, TasksByDeadline
from pipeline.completion.rollup import ConceptOutcome
from pipeline.completion.statuses import NOT_MET, UNCOUNTED, Status
from pipeline.intake.rows import Basis, Interval
from pipeline.plans.models import Direction
from tests.site.by_rows import concepts_by_rows
from tests.site.summaries import Summary, SummaryRow, SummaryValue, completion_of, rolled_of

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
    label=st.sampled_from(["I.1", "I.2", "II.3"]),
    concept=st.sampled_from(["x"] * 4 + ["y"]),
    scope=st.sampled_from([""] * 4 + ["z"]),
    unit=st.sampled_from(["%"] * 4 + ["hồ sơ"]),
    direction=st.sampled_from([Direction.RISING] * 5 + [Direction.FALLING]),
    status=st.sampled_from([s for s in Status if s not in UNCOUNTED or s is Status.NOT_APPLICABLE]),
    levels=st.sampled_from([False] * 9 + [True]),
    observation=st.none() | VALUES,
)
NAMES = st.sampled_from(["Xã A", "Xã B", "Thành phố C", ""])


@st.composite
def countries(draw: st.DrawFn) -> list[Summary]:
    """Localities of one period; some have the name of the parent of others."""
    return [
        _summary(f"xa-{n}", draw(NAMES.filter(bool)), draw(NAMES), _named(draw(st.lists(ROWS, max_size=5))))
        for n in range(draw(st.integers(1, 7)))
    ]


def _named(rows: list[SummaryRow]) -> tuple[SummaryRow, ...]:
    """Each row with a label of its own."""
    return tuple(row.model_copy(update={"label": f"{row.label}{n}"}) for n, row in enumerate(rows))


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


@settings(max_examples=30)
@given(country=countries())
@example(country=[_two_ratios()])
def test_the_roll_up_is_the_one_defined_on_rows(country: list[Summary]) -> None:
    assert rolled_of(country).concepts == concepts_by_rows(country)


@settings(max_examples=20)
@given(country=countries())
def test_every_concept_of_a_locality_has_one_result_and_names_a_row(country: list[Summary]) -> None:
    for summary in country:
        rows = {(row.plan, row.label): row for row in summary.rows}
        results = list(concept_results(completion_of(summary)))
        told = [row for row in summary.rows if row.status not in UNCOUNTED or row.status is Status.NOT_APPLICABLE]
        keys = [(result.concept, result.scope, result.unit) for result in results]
        assert sorted(keys) == sorted({(row.concept, row.scope, row.unit) for row in told})
        assert all((one.decided_by.plan, one.decided_by.key.label) in rows for one in results)


@settings(max_examples=10)
@given(status=st.sampled_from(sorted(NOT_MET)))
@example(status=Status.LATE)
def test_the_first_row_that_decides_is_named(status: Status) -> None:
    rows = (_row(Status.MET, "I.1"), _row(status, "I.2"), _row(status, "I.3"))
    (result,) = concept_results(completion_of(_summary("a", "A", "", rows)))
    assert (result.decided_by.code, result.outcome, result.counted) == ("a/I.2", ConceptOutcome.NOT_MET, True)


def test_values_of_the_latest_day_are_compared_with_their_numerators() -> None:
    """The older one says nothing, and two of the same value with other numerators are not one."""
    older = _row(Status.LATE, "I.0", START)
    (single,) = concept_results(completion_of(_summary("a", "A", "", (older, _row(Status.MET, "I.1", CUT_OFF)))))
    assert single.single is single.given[0]
    assert [one.as_of for one in single.given] == [CUT_OFF]
    (several,) = concept_results(completion_of(_two_ratios()))
    assert (len(several.given), several.single, several.ratio, several.bases) == (2, None, None, [Basis.AT_DATE])


def test_a_concept_that_is_not_applicable_is_told_and_gives_no_value() -> None:
    rows = (_row(Status.NOT_APPLICABLE, "I.1", CUT_OFF), _row(Status.DROPPED, "I.2", CUT_OFF))
    (result,) = concept_results(completion_of(_summary("a", "A", "", rows)))
    assert (result.decided_by.code, result.counted, result.given, result.single) == ("a/I.1", False, (), None)
