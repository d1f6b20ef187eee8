"""The roll-up of localities made by hand, and of those of 2025 against the documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.completion.evaluate import evaluate
from pipeline.completion.rates import rate
from pipeline.completion.records import Completion, IndicatorResult
from pipeline.completion.rollup import ConceptOutcome, ConceptRollUp, RollUp
from pipeline.completion.statuses import NOT_MET, UNCOUNTED, PlanState, Status
from pipeline.intake.rows import Basis, FileKind, Interval, Observation, Origin
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.models import Kind
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.factories import exactly, submit
from tests.site.summaries import rolled_up

DAY = dt.date(2025, 12, 1)
OBSERVED = {"numerator", "denominator", "basis", "as_of", "flags"}
"""What `row` passes on to its observation."""
ABSENCES = (Status.QUARANTINED, Status.NOT_SUBMITTED, Status.NOT_DUE)
Row = Callable[..., IndicatorResult]
Of = Callable[..., Completion]


def _completion(registry: Registry, locality: str, period: str, layout: Layout | None = None) -> Completion:
    when = Period.parse(period)
    intake = validate_period(layout or Layout(), registry, locality, when)
    return evaluate(registry, registry.locality(locality), when, intake)


@pytest.fixture(scope="session")
def real(registry: Registry) -> list[Completion]:
    slugs = sorted({plan.locality for plan in registry.plans})
    return [_completion(registry, slug, "2025") for slug in slugs]


@pytest.fixture(scope="session")
def rolled(real: list[Completion]) -> RollUp:
    return rolled_up(real)


@pytest.fixture(scope="session")
def row(real: list[Completion]) -> Row:
    """A row of the concept online-dossier-rate; by default met with 80 %."""
    plain = next(r for r in real[0].plans[0].indicators if r.concept == "online-dossier-rate")

    def made(status: Status = Status.MET, value: str | Interval | None = "80", **update: object) -> IndicatorResult:
        fields = {name: update.pop(name) for name in OBSERVED & update.keys()}
        observation = None
        if value is not None and status not in (*ABSENCES, *UNCOUNTED):
            observation = _observation(exactly(value) if isinstance(value, str) else value, **fields)
        return plain.model_copy(update={"status": status, "observation": observation} | update)

    return made


def _observation(value: Interval, **fields: object) -> Observation:
    given = {"concept": "online-dossier-rate", "unit": "%", "text": "x", "as_of": DAY, "as_of_stated": True}
    origin = Origin(file="x.csv", sha256="0" * 64, line=2)
    return Observation.model_validate(given | {"value": value, "source": "báo cáo", "origin": origin} | fields)


@pytest.fixture(scope="session")
def of(real: list[Completion]) -> Of:
    """A locality whose only plan in force has the given rows."""
    plain = real[0]

    def made(slug: str, *rows: IndicatorResult, **update: object) -> Completion:
        plan = plain.plans[0].model_copy(
            update={"indicators": rows, "state": PlanState.IN_FORCE, "starting_point": None}
        )
        fields = {"locality": slug, "locality_name": f"Xã {slug}", "plans": (plan,)}
        indicators = [r for r in rows if r.kind is Kind.INDICATOR]
        return plain.model_copy(update=fields | {"rate": rate(indicators, plain.cut_off)} | update)

    return made


def _only(completions: Iterable[Completion]) -> ConceptRollUp:
    (concept,) = rolled_up(list(completions)).concepts
    return concept


BOUND = Interval(low=Decimal(98), high=None, low_open=True)


def test_every_count(row: Row, of: Of) -> None:
    statuses = (Status.MET, Status.MISSED, Status.LATE, Status.UNDECIDABLE, *ABSENCES, Status.NOT_APPLICABLE)
    concept = _only(of(f"x{n}", row(status)) for n, status in enumerate(statuses))
    assert concept.by_outcome == {
        ConceptOutcome.MET: 1,
        ConceptOutcome.NOT_MET: 2,
        ConceptOutcome.UNDECIDABLE: 1,
        ConceptOutcome.QUARANTINED: 1,
        ConceptOutcome.NOT_SUBMITTED: 1,
        ConceptOutcome.NOT_DUE: 1,
        ConceptOutcome.NOT_APPLICABLE: 1,
    }
    assert (concept.met, concept.observed, concept.met_at_most, concept.expected) == (1, 4, 5, 7)
    assert (concept.lower, concept.upper, concept.coverage) == (Fraction(1, 7), Fraction(5, 7), Fraction(4, 7))


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        ([Status.MET, Status.MET], ConceptOutcome.MET),
        ([Status.MET, Status.ON_TRACK], ConceptOutcome.NOT_MET),
        ([Status.NOT_SUBMITTED, Status.MISSED], ConceptOutcome.NOT_MET),
        ([Status.UNDECIDABLE, Status.STARTING_POINT], ConceptOutcome.NOT_MET),
        ([Status.NOT_SUBMITTED, Status.UNDECIDABLE], ConceptOutcome.UNDECIDABLE),
        ([Status.MET, Status.UNDECIDABLE], ConceptOutcome.UNDECIDABLE),
        ([Status.MET, Status.NOT_DUE], ConceptOutcome.NOT_DUE),
        ([Status.NOT_DUE, Status.NOT_SUBMITTED], ConceptOutcome.NOT_SUBMITTED),
        ([Status.NOT_SUBMITTED, Status.QUARANTINED], ConceptOutcome.QUARANTINED),
        ([Status.NOT_APPLICABLE, Status.MET], ConceptOutcome.MET),
        ([Status.NO_STAGE_TARGET, Status.MISSED], ConceptOutcome.NOT_MET),
        ([Status.DROPPED, Status.NOT_SUBMITTED], ConceptOutcome.NOT_SUBMITTED),
    ],
)
def test_a_locality_counts_once(row: Row, of: Of, statuses: list[Status], outcome: ConceptOutcome) -> None:
    for order in (statuses, statuses[::-1]):
        assert _only([of("a", *map(row, order))]).by_outcome == {outcome: 1}


def test_a_met_row_beside_an_absent_one_is_observed_and_met_only_in_the_upper_bound(row: Row, of: Of) -> None:
    concept = _only([of("a", row(), row(Status.NOT_DUE))])
    assert (concept.observed, concept.met, concept.met_at_most) == (1, 0, 1)
    assert concept.distribution is not None


def test_uncounted_rows_are_in_no_concept(row: Row, of: Of) -> None:
    rows = [row(status) for status in UNCOUNTED]
    one = of("a", *rows, row(kind=Kind.COMMITMENT))
    expired = of("b", row())
    plan = expired.plans[0].model_copy(update={"state": PlanState.EXPIRED})
    assert rolled_up([one, expired.model_copy(update={"plans": (plan,)})]).concepts == ()


def test_scope_and_unit_separate_concepts(row: Row, of: Of) -> None:
    found = rolled_up([of("a", row(), row(scope="results")), of("b", row(unit="hồ sơ"))]).concepts
    assert [(c.scope, c.unit, c.expected) for c in found] == [("", "%", 1), ("", "hồ sơ", 1), ("results", "%", 1)]


@pytest.mark.parametrize(
    ("values", "by_hand"),
    [
        # the median is number ⌈n/2⌉ in ascending order
        ("7", "7 7 7"),
        ("9 1", "1 1 9"),
        ("3 1 2", "1 2 3"),
        ("40 10 30 20", "10 20 40"),
        ("5 4 3 2 1", "1 3 5"),
        ("0 0 0 100 100", "0 0 100"),
        ("11,87 95", "11,87 11,87 95"),
    ],
)
def test_minimum_median_and_maximum_are_values_that_were_sent(row: Row, of: Of, values: str, by_hand: str) -> None:
    sent = values.replace(",", ".").split()
    d = _only(of(f"x{n}", row(value=value)) for n, value in enumerate(sent)).distribution
    assert d is not None
    assert (d.minimum, d.median, d.maximum) == tuple(map(Decimal, by_hand.replace(",", ".").split()))
    assert d.count == len(sent)


def test_a_bounded_value_is_counted_and_not_in_the_distribution(row: Row, of: Of) -> None:
    concept = _only([of("a", row(value=BOUND)), of("b", row(value="70"))])
    assert concept.distribution is not None
    assert (concept.bounded, concept.distribution.count, concept.distribution.maximum) == (1, 1, 70)
    assert concept.observed == 2
    assert _only([of("a", row(value=BOUND))]).distribution is None


def test_zero_is_a_value(row: Row, of: Of) -> None:
    concept = _only([of("a", row(Status.MISSED, "0")), of("b", row(Status.NOT_SUBMITTED))])
    assert (concept.observed, concept.distribution and concept.distribution.count) == (1, 1)


def _ratio(numerator: str, denominator: str, **more: object) -> dict[str, object]:
    return {"numerator": Decimal(numerator), "denominator": Decimal(denominator)} | more


def test_the_total_adds_numerators_and_denominators(row: Row, of: Of) -> None:
    """80 % of 10 and 1 % of 100 are 9 of 110, not 40,5 %."""
    given = [
        of("a", row(value="80", **_ratio("8", "10"))),
        of("b", row(value="1", **_ratio("1", "100"))),
        of("c", row(value="50")),
        of("d", row(value="0", **_ratio("0", "0"))),
        of("e", row(value="90", numerator=Decimal(9))),
        of("f", row(Status.NOT_SUBMITTED)),
    ]
    concept = _only(given)
    assert concept.total is not None
    assert (concept.total.numerator, concept.total.denominator) == (9, 110)
    assert concept.total.share == Fraction(9, 110)
    assert (concept.total_of, concept.observed) == (2, 5)


def test_one_locality_makes_no_total(row: Row, of: Of) -> None:
    concept = _only([of("a", row(**_ratio("8", "10"))), of("b", row())])
    assert (concept.total, concept.total_of, concept.observed) == (None, 1, 2)


def test_different_bases_are_not_added(row: Row, of: Of) -> None:
    given = [
        of("a", row(value="80", **_ratio("8", "10", basis=Basis.CUMULATIVE))),
        of("b", row(value="70", **_ratio("7", "10", basis=Basis.CUMULATIVE))),
        of("c", row(value="90", **_ratio("9", "10", basis=Basis.WITHIN_PERIOD))),
    ]
    concept = _only(given)
    assert (concept.total, concept.total_of) == (None, 3)
    assert concept.bases == (Basis.CUMULATIVE, Basis.WITHIN_PERIOD)
    assert _only(given[:2]).total == (15, 20)


def test_the_newest_value_of_a_locality_is_taken_once(row: Row, of: Of) -> None:
    newer = row(value="70", as_of=DAY + dt.timedelta(days=1), **_ratio("7", "10"))
    concept = _only([of("a", row(value="80"), newer), of("b", row(), row())])
    assert concept.distribution is not None
    assert (concept.distribution.count, concept.distribution.minimum, concept.contradictory) == (2, 70, 0)
    assert concept.total_of == 1


def test_a_value_of_an_earlier_period_enters_neither_distribution_nor_total(row: Row, of: Of) -> None:
    earlier = row(as_of=dt.date(2024, 12, 14), **_ratio("8", "10")).observation
    early = of("a", row(Status.NOT_SUBMITTED, latest=earlier, latest_meets=True))
    later = of("b", row(**_ratio("8", "10")))
    concept = _only([early, later])
    assert concept.distribution is not None
    assert (concept.distribution.count, concept.total_of, concept.total) == (1, 1, None)
    rolled = rolled_up([early, later])
    assert (rolled.met, rolled.observed, rolled.total, rolled.older, rolled.older_met) == (1, 1, 2, 1, 1)


def test_a_value_of_before_a_merger_enters_no_total_and_is_counted(row: Row, of: Of) -> None:
    """8 of 10 of the former units, 8 of 10 and 1 of 10 of two others: 9 of 20, not 17 of 30."""
    former = of("a", row(value="80", flags=("before-merger",), **_ratio("8", "10")))
    concept = _only(
        [former, of("b", row(value="80", **_ratio("8", "10"))), of("c", row(value="10", **_ratio("1", "10")))]
    )
    assert concept.total == (9, 20)
    assert (concept.total_of, concept.before_merger, concept.observed) == (2, 1, 3)


def test_two_values_for_one_day_contradict_each_other(row: Row, of: Of) -> None:
    concept = _only([of("a", row(value="80"), row(value="70")), of("b", row(), row(basis=Basis.CUMULATIVE))])
    assert (concept.contradictory, concept.distribution, concept.observed) == (2, None, 2)


def test_the_ratio_of_one_row_serves_for_an_equal_value_of_another(row: Row, of: Of) -> None:
    one = of("a", row(), row(**_ratio("8", "10")))
    two_ratios = of("b", row(**_ratio("8", "10")), row(**_ratio("80", "100")))
    assert _only([one]).total_of == 1
    assert _only([two_ratios]).contradictory == 1


def test_a_city_is_not_added_to_its_communes(row: Row, of: Of) -> None:
    communes = [of(slug, row(**_ratio("8", "10")), parent_name="Thành phố X") for slug in ("a", "b")]
    city = of("x", row(value="50", **_ratio("50", "100")), locality_name="Thành phố X", parent_name="")
    concept = _only([*communes, city])
    assert concept.total is not None
    assert (concept.total.numerator, concept.total_of, concept.expected, concept.wholes) == (16, 2, 3, 1)
    assert concept.distribution is not None
    assert concept.distribution.count == 2
    assert _only([city]).wholes == 0


def test_localities_as_a_whole(row: Row, of: Of) -> None:
    """1/1 and 1/4 are 2/5 together, not the mean of 100 % and 25 %."""
    given = [
        of("a", row()),
        of("b", row(), row(Status.MISSED), row(Status.UNDECIDABLE), row(Status.NOT_DUE)),
        of("c", row(Status.QUARANTINED)),
        of("d", row(Status.NO_STAGE_TARGET)),
    ]
    whole = rolled_up(given)
    assert (whole.met, whole.met_at_most, whole.observed, whole.total) == (2, 5, 4, 6)
    assert (whole.lower, whole.upper) == (Fraction(2, 6), Fraction(5, 6))
    assert rolled_up(given[:2]).lower == Fraction(2, 5)
    assert (whole.reported, whole.not_reported, whole.none_expected) == (("a", "b"), ("c",), ("d",))
    assert rolled_up(given[3:]).lower is None


def test_one_period_one_method_each_locality_once(row: Row, of: Of) -> None:
    one = of("a", row())
    other_method = one.method.model_copy(update={"id": "2027.1"})
    for update in ({"period": "2026"}, {"cut_off": dt.date(2025, 12, 31)}, {"method": other_method}):
        with pytest.raises(ValueError, match="one period"):
            rolled_up([one, of("b", row(), **update)])
    with pytest.raises(ValueError, match="twice"):
        rolled_up([one, one])
    with pytest.raises(ValueError, match="one period"):
        rolled_up([])


VALUES = st.one_of(st.sampled_from(["0", "50", "80", "100"]), st.just(BOUND))
BASES = st.sampled_from(list(Basis))
STATUSES = st.sampled_from([*NOT_MET, Status.MET, Status.UNDECIDABLE, *ABSENCES, *UNCOUNTED])
PARTS = st.one_of(st.none(), st.integers(0, 5))


@st.composite
def rows_of_localities(draw: st.DrawFn) -> list[list[tuple[Status, object, Basis, int | None]]]:
    one = st.lists(st.tuples(STATUSES, VALUES, BASES, PARTS), min_size=1, max_size=3)
    return draw(st.lists(one, min_size=1, max_size=7))


def _made(row: Row, of: Of, localities: list[list[tuple[Status, object, Basis, int | None]]]) -> list[Completion]:
    def rows(of_one: list[tuple[Status, object, Basis, int | None]]) -> list[IndicatorResult]:
        return [
            row(status, value, basis=basis, numerator=part, denominator=part) for status, value, basis, part in of_one
        ]

    return [of(f"x{n}", *rows(of_one)) for n, of_one in enumerate(localities)]


@settings(max_examples=20)
@given(localities=rows_of_localities(), data=st.data())
def test_the_order_of_localities_changes_nothing(row: Row, of: Of, localities, data: st.DataObject) -> None:
    given_in_order = _made(row, of, localities)
    shuffled = data.draw(st.permutations(given_in_order))
    assert rolled_up(given_in_order) == rolled_up(shuffled)


@settings(max_examples=20)
@given(localities=rows_of_localities())
def test_counts_add_up(row: Row, of: Of, localities) -> None:
    completions = _made(row, of, localities)
    whole = rolled_up(completions)
    counted = [c for c in completions if c.rate.total]
    assert len(whole.reported) + len(whole.not_reported) + len(whole.none_expected) == len(completions)
    assert (len(whole.concepts) == 1) == bool(counted)
    for concept in whole.concepts:
        absent = sum(concept.of(ConceptOutcome(status.value)) for status in ABSENCES)
        judged = concept.met + concept.of(ConceptOutcome.NOT_MET) + concept.of(ConceptOutcome.UNDECIDABLE)
        assert judged + absent == concept.expected == len(counted)
        assert 0 <= concept.lower <= concept.upper <= 1
        exact = concept.distribution.count if concept.distribution else 0
        assert exact + concept.bounded + concept.contradictory + concept.wholes == concept.observed
        assert concept.total_of <= concept.observed
        assert judged <= concept.observed


@settings(max_examples=20)
@given(localities=rows_of_localities())
def test_one_more_locality_that_meets_lowers_no_bound(row: Row, of: Of, localities) -> None:
    completions = _made(row, of, localities)
    after = _only([*completions, of("z", row())])
    for before in rolled_up(completions).concepts:
        assert before.lower <= after.lower
        assert before.upper <= after.upper
        assert before.expected + 1 == after.expected


def _concept(rolled: RollUp, name: str, scope: str = "") -> ConceptRollUp:
    return next(c for c in rolled.concepts if (c.concept, c.scope) == (name, scope))


def test_2025_as_a_whole_by_hand(rolled: RollUp) -> None:
    """0/30: two plans have not begun and are starting points, the plan of the city has expired."""
    assert (rolled.met, rolled.observed, rolled.met_at_most, rolled.total) == (0, 0, 30, 30)
    assert rolled.reported == ()
    assert (rolled.not_reported, rolled.none_expected) == (("cat-hai",), ("bach-long-vi", "binh-giang", "hai-phong"))
    assert rolled.starting == ("bach-long-vi", "binh-giang")


def test_online_dossiers_2025_by_hand(rolled: RollUp) -> None:
    """Cát Hải PL2.IV.26 has no value; the starting points of the two others are in no sum."""
    concept = _concept(rolled, "online-dossier-rate")
    assert (concept.met, concept.of(ConceptOutcome.NOT_MET), concept.observed, concept.expected) == (0, 0, 0, 1)
    assert (concept.distribution, concept.bounded, concept.total, concept.total_of) == (None, 0, None, 0)


def test_full_online_services_2025_by_hand(rolled: RollUp) -> None:
    """Cát Hải has two rows (2.1, PL2.IV.25) without a value."""
    concept = _concept(rolled, "full-online-services")
    assert concept.by_outcome == {ConceptOutcome.NOT_SUBMITTED: 1}
    assert (concept.lower, concept.upper, concept.coverage) == (0, 1, 0)


def test_a_scope_is_a_row_of_its_own_2025(rolled: RollUp) -> None:
    """Work files: the row of Cát Hải 2.3 is of communes only."""
    assert _concept(rolled, "work-files-electronic", "commune").by_outcome == {ConceptOutcome.NOT_SUBMITTED: 1}


def test_submitted_numerators_and_denominators_make_a_total(layout: Layout, registry: Registry) -> None:
    fields = {"value": "", "numerator": "400", "denominator": "500", "basis": "luy-ke", "as_of": "2026-12-01"}
    submit(layout.root, "bach-long-vi", "2026", FileKind.OBSERVATIONS, fields | {"value": "80"})
    other = {"plan": "binh-giang-2026", "no": "15", "value": "99", "numerator": "990", "denominator": "1000"}
    submit(layout.root, "binh-giang", "2026", FileKind.OBSERVATIONS, fields | other)
    given = [_completion(registry, slug, "2026", layout) for slug in ("bach-long-vi", "binh-giang")]
    concept = _concept(rolled_up(given), "online-dossier-rate")
    assert concept.by_outcome == {ConceptOutcome.MET: 1, ConceptOutcome.NOT_MET: 1}
    assert concept.total is not None
    assert (concept.total.numerator, concept.total.denominator) == (1390, 1500)
