"""Many localities together: hand-made ones, and those of 2025 against the documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.completion.evaluate import evaluate
from pipeline.completion.locality_summary import Outcome
from pipeline.completion.rates import rate
from pipeline.completion.records import Completion, IndicatorResult
from pipeline.completion.rollup import ConceptRollUp, NoRanking, RollUp, Unranked, roll_up
from pipeline.completion.statuses import NOT_MET, UNCOUNTED, PlanState, Status
from pipeline.completion.summary import summarised
from pipeline.intake.rows import Basis, Interval, Observation, Origin
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.models import Direction, Kind
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.steps import to_json
from tests.factories import exactly, submit, target

DAY = dt.date(2025, 12, 1)
OBSERVED = {"numerator", "denominator", "basis", "as_of"}
"""What `row` hands on to its observation."""
ABSENCES = (Status.QUARANTINED, Status.NOT_SUBMITTED, Status.NOT_DUE)
Row = Callable[..., IndicatorResult]
Of = Callable[..., Completion]


def _roll_up(completions: Iterable[Completion], refused: Iterable[str] = ()) -> RollUp:
    return roll_up([summarised(c) for c in completions], refused)


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
    return _roll_up(real)


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
        plan = plain.plans[0].model_copy(update={"indicators": rows})
        fields = {"locality": slug, "locality_name": f"Xã {slug}", "plans": (plan,)}
        indicators = [r for r in rows if r.kind is Kind.INDICATOR]
        return plain.model_copy(update=fields | {"rate": rate(indicators, plain.cut_off)} | update)

    return made


def _only(completions: Iterable[Completion]) -> ConceptRollUp:
    (concept,) = _roll_up(list(completions)).concepts
    return concept


def _ranks(concept: ConceptRollUp) -> list[tuple[int, str]]:
    (ranking,) = concept.rankings
    return [(place.rank, place.locality) for place in ranking.places]


BOUND = Interval(low=Decimal(98), high=None, low_open=True)


def test_every_count(row: Row, of: Of) -> None:
    statuses = (Status.MET, Status.MISSED, Status.LATE, Status.UNDECIDABLE, *ABSENCES, Status.NOT_APPLICABLE)
    concept = _only(of(f"x{n}", row(status)) for n, status in enumerate(statuses))
    assert concept.by_outcome == {
        Outcome.MET: 1,
        Outcome.NOT_MET: 2,
        Outcome.UNDECIDABLE: 1,
        Outcome.QUARANTINED: 1,
        Outcome.NOT_SUBMITTED: 1,
        Outcome.NOT_DUE: 1,
        Outcome.NOT_APPLICABLE: 1,
    }
    assert (concept.met, concept.observed, concept.met_at_most, concept.expected) == (1, 4, 5, 7)
    assert (concept.lower, concept.upper, concept.coverage) == (Fraction(1, 7), Fraction(5, 7), Fraction(4, 7))


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        ([Status.MET, Status.MET], Outcome.MET),
        ([Status.MET, Status.ON_TRACK], Outcome.NOT_MET),
        ([Status.NOT_SUBMITTED, Status.MISSED], Outcome.NOT_MET),
        ([Status.UNDECIDABLE, Status.STARTING_POINT], Outcome.NOT_MET),
        ([Status.NOT_SUBMITTED, Status.UNDECIDABLE], Outcome.UNDECIDABLE),
        ([Status.MET, Status.UNDECIDABLE], Outcome.UNDECIDABLE),
        ([Status.MET, Status.NOT_DUE], Outcome.NOT_DUE),
        ([Status.NOT_DUE, Status.NOT_SUBMITTED], Outcome.NOT_SUBMITTED),
        ([Status.NOT_SUBMITTED, Status.QUARANTINED], Outcome.QUARANTINED),
        ([Status.NOT_APPLICABLE, Status.MET], Outcome.MET),
        ([Status.NO_STAGE_TARGET, Status.MISSED], Outcome.NOT_MET),
        ([Status.DROPPED, Status.NOT_SUBMITTED], Outcome.NOT_SUBMITTED),
    ],
)
def test_a_locality_counts_once(row: Row, of: Of, statuses: list[Status], outcome: Outcome) -> None:
    for order in (statuses, statuses[::-1]):
        assert _only([of("a", *map(row, order))]).by_outcome == {outcome: 1}


def test_a_value_beside_an_absence_of_another_row_is_observed_and_not_met_for_sure(row: Row, of: Of) -> None:
    concept = _only([of("a", row(), row(Status.NOT_DUE))])
    assert (concept.observed, concept.met, concept.met_at_most) == (1, 0, 1)
    assert concept.distribution is not None


def test_what_is_not_counted_is_in_no_concept(row: Row, of: Of) -> None:
    rows = [row(status) for status in UNCOUNTED]
    one = of("a", *rows, row(kind=Kind.COMMITMENT))
    expired = of("b", row())
    plan = expired.plans[0].model_copy(update={"state": PlanState.EXPIRED})
    assert _roll_up([one, expired.model_copy(update={"plans": (plan,)})]).concepts == ()


def test_scope_and_unit_part_concepts(row: Row, of: Of) -> None:
    found = _roll_up([of("a", row(), row(scope="results")), of("b", row(unit="hồ sơ"))]).concepts
    assert [(c.scope, c.unit, c.expected) for c in found] == [("", "%", 1), ("", "hồ sơ", 1), ("results", "%", 1)]


@pytest.mark.parametrize(
    ("values", "by_hand"),
    [
        # places ⌈n/4⌉, ⌈n/2⌉, ⌈3n/4⌉ in ascending order
        ("7", "7 7 7 7 7"),
        ("9 1", "1 1 1 9 9"),
        ("3 1 2", "1 1 2 3 3"),
        ("40 10 30 20", "10 10 20 30 40"),
        ("5 4 3 2 1", "1 2 3 4 5"),
        ("0 0 0 100 100", "0 0 0 100 100"),
        ("11,87 95", "11,87 11,87 11,87 95 95"),
    ],
)
def test_quartiles_are_values_that_were_sent(row: Row, of: Of, values: str, by_hand: str) -> None:
    sent = values.replace(",", ".").split()
    d = _only(of(f"x{n}", row(value=value)) for n, value in enumerate(sent)).distribution
    assert d is not None
    found = (d.minimum, d.lower_quartile, d.median, d.upper_quartile, d.maximum)
    assert found == tuple(map(Decimal, by_hand.replace(",", ".").split()))
    assert d.count == len(sent)


def test_a_bounded_value_is_counted_and_not_distributed(row: Row, of: Of) -> None:
    concept = _only([of("a", row(value=BOUND)), of("b", row(value="70"))])
    assert concept.distribution is not None
    assert (concept.bounded, concept.distribution.count, concept.distribution.maximum) == (1, 1, 70)
    assert (concept.observed, concept.no_ranking) == (2, NoRanking.TOO_FEW)
    assert _only([of("a", row(value=BOUND))]).distribution is None


def test_zero_is_a_value(row: Row, of: Of) -> None:
    concept = _only([of("a", row(Status.MISSED, "0")), of("b", row(Status.NOT_SUBMITTED))])
    assert (concept.observed, concept.distribution and concept.distribution.count) == (1, 1)


def _terms(numerator: str, denominator: str, **more: object) -> dict[str, object]:
    return {"numerator": Decimal(numerator), "denominator": Decimal(denominator)} | more


def test_the_total_is_of_numerators_and_denominators(row: Row, of: Of) -> None:
    """80 % of 10 and 1 % of 100 are 9 of 110, not 40,5 %."""
    given = [
        of("a", row(value="80", **_terms("8", "10"))),
        of("b", row(value="1", **_terms("1", "100"))),
        of("c", row(value="50")),
        of("d", row(value="0", **_terms("0", "0"))),
        of("e", row(value="90", numerator=Decimal(9))),
        of("f", row(Status.NOT_SUBMITTED)),
    ]
    concept = _only(given)
    assert concept.total is not None
    assert (concept.total.numerator, concept.total.denominator) == (9, 110)
    assert concept.total.share == Fraction(9, 110)
    assert (concept.total_of, concept.without_terms, concept.observed) == (2, 3, 5)


def test_a_total_over_one_is_none(row: Row, of: Of) -> None:
    concept = _only([of("a", row(**_terms("8", "10"))), of("b", row())])
    assert (concept.total, concept.total_of, concept.without_terms, concept.basis_differs) == (None, 1, 1, False)


def test_different_bases_are_neither_added_nor_ranked_together(row: Row, of: Of) -> None:
    given = [
        of("a", row(value="80", **_terms("8", "10", basis=Basis.CUMULATIVE))),
        of("b", row(value="70", **_terms("7", "10", basis=Basis.CUMULATIVE))),
        of("c", row(value="90", **_terms("9", "10", basis=Basis.WITHIN_PERIOD))),
    ]
    concept = _only(given)
    assert (concept.total, concept.total_of, concept.basis_differs) == (None, 3, True)
    assert concept.bases == (Basis.CUMULATIVE, Basis.WITHIN_PERIOD)
    assert _ranks(concept) == [(1, "a"), (2, "b")]
    assert concept.rankings[0].unranked == {Unranked.OTHER_BASIS: 1}
    assert _only(given[:2]).total is not None
    assert _only(given[1:]).no_ranking is NoRanking.TOO_FEW


def test_each_basis_has_its_own_ranking(row: Row, of: Of) -> None:
    bases = {"a": Basis.AT_DATE, "b": Basis.CUMULATIVE, "c": Basis.AT_DATE, "d": Basis.CUMULATIVE}
    concept = _only(of(slug, row(basis=basis)) for slug, basis in bases.items())
    found = [(r.basis, [p.locality for p in r.places], r.unranked) for r in concept.rankings]
    others = {Unranked.OTHER_BASIS: 2}
    assert found == [(Basis.CUMULATIVE, ["b", "d"], others), (Basis.AT_DATE, ["a", "c"], others)]


def test_equal_values_share_a_rank(row: Row, of: Of) -> None:
    values = {"a": "80", "b": "95", "c": "80", "d": "12"}
    concept = _only(of(slug, row(value=value)) for slug, value in values.items())
    assert _ranks(concept) == [(1, "b"), (2, "a"), (2, "c"), (4, "d")]
    first = concept.rankings[0].places[0]
    assert (first.value, first.as_of, first.as_of_stated) == (95, DAY, True)


def test_where_less_is_better_the_lowest_is_first(row: Row, of: Of) -> None:
    values = {"a": "24", "b": "2", "c": "24"}
    concept = _only(of(slug, row(value=value, direction=Direction.FALLING)) for slug, value in values.items())
    assert _ranks(concept) == [(1, "b"), (2, "a"), (2, "c")]
    assert concept.rankings[0].places[0].value == 2


def test_plans_that_differ_in_direction_are_not_ranked(row: Row, of: Of) -> None:
    concept = _only([of("a", row()), of("b", row(direction=Direction.FALLING)), of("c", row())])
    assert (concept.direction, concept.rankings) == (None, ())
    assert concept.no_ranking is NoRanking.DIRECTIONS_DIFFER


def test_of_levels_none_is_better(row: Row, of: Of) -> None:
    levels = target("Cấp độ 2 hoặc 3")
    concept = _only(of(slug, row(value=value, target=levels)) for slug, value in (("a", "2"), ("b", "3")))
    assert concept.no_ranking is NoRanking.LEVELS


def test_who_is_not_ranked_is_told_with_the_reason(row: Row, of: Of) -> None:
    given = [
        of("a", row()),
        of("b", row()),
        of("c", row(Status.NOT_SUBMITTED)),
        of("d", row(Status.QUARANTINED)),
        of("e", row(value=BOUND)),
        of("f", row(basis=Basis.CUMULATIVE)),
        of("g", row(as_of=dt.date(2024, 12, 14), **_terms("8", "10"))),
        of("h", row(value="80"), row(value="70")),
        of("i", row(Status.NOT_APPLICABLE)),
    ]
    concept = _only(given)
    assert concept.rankings[0].unranked == {
        Unranked.NO_VALUE: 2,
        Unranked.BOUNDED: 1,
        Unranked.OTHER_BASIS: 1,
        Unranked.EARLIER_PERIOD: 1,
        Unranked.CONTRADICTORY: 1,
    }
    assert len(concept.rankings[0].places) + sum(concept.rankings[0].unranked.values()) == concept.expected == 8
    assert (concept.contradictory, concept.total_of) == (1, 0)


def test_the_newest_value_of_a_locality_is_taken_once(row: Row, of: Of) -> None:
    newer = row(value="70", as_of=DAY + dt.timedelta(days=1), **_terms("7", "10"))
    concept = _only([of("a", row(value="80"), newer), of("b", row(), row())])
    assert concept.distribution is not None
    assert (concept.distribution.count, concept.distribution.minimum, concept.contradictory) == (2, 70, 0)
    assert concept.total_of == 1


def test_the_terms_of_one_row_serve_for_an_equal_value_of_another(row: Row, of: Of) -> None:
    one = of("a", row(), row(**_terms("8", "10")))
    torn = of("b", row(**_terms("8", "10")), row(**_terms("80", "100")))
    assert _only([one]).total_of == 1
    assert _only([torn]).contradictory == 1


def test_a_city_is_not_added_to_its_communes(row: Row, of: Of) -> None:
    communes = [of(slug, row(**_terms("8", "10")), parent_name="Thành phố X") for slug in ("a", "b")]
    city = of("x", row(value="50", **_terms("50", "100")), locality_name="Thành phố X", parent_name="")
    concept = _only([*communes, city])
    assert concept.total is not None
    assert (concept.total.numerator, concept.total_of, concept.expected, concept.wholes) == (16, 2, 3, 1)
    assert concept.rankings[0].unranked == {Unranked.WHOLE: 1}
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
    whole = _roll_up(given, refused=["z", "y"])
    assert (whole.met, whole.met_at_most, whole.observed, whole.total) == (2, 5, 4, 6)
    assert (whole.lower, whole.upper) == (Fraction(2, 6), Fraction(5, 6))
    assert _roll_up(given[:2]).lower == Fraction(2, 5)
    assert (whole.reported, whole.not_reported, whole.none_expected) == (("a", "b"), ("c",), ("d",))
    assert [(x.locality, x.rate.lower) for x in whole.localities[:2]] == [("a", 1), ("b", Fraction(1, 4))]
    assert whole.refused == ("y", "z")
    assert _roll_up(given[3:]).lower is None


def test_one_period_one_method_each_locality_once(row: Row, of: Of) -> None:
    one = of("a", row())
    other_method = one.method.model_copy(update={"id": "2027.1"})
    for update in ({"period": "2026"}, {"cut_off": dt.date(2025, 12, 31)}, {"method": other_method}):
        with pytest.raises(ValueError, match="one period"):
            _roll_up([one, of("b", row(), **update)])
    with pytest.raises(ValueError, match="twice"):
        _roll_up([one, one])
    with pytest.raises(ValueError, match="one period"):
        _roll_up([])


def test_the_record_is_read_back_as_written(rolled: RollUp) -> None:
    back = RollUp.model_validate_json(to_json(rolled))
    assert back.concepts == rolled.concepts
    assert to_json(back) == to_json(rolled)


VALUES = st.one_of(st.sampled_from(["0", "50", "80", "100"]), st.just(BOUND))
BASES = st.sampled_from(list(Basis))
STATUSES = st.sampled_from([*NOT_MET, Status.MET, Status.UNDECIDABLE, *ABSENCES, *UNCOUNTED])
TERMS = st.one_of(st.none(), st.integers(0, 5))


@st.composite
def rows_of_localities(draw: st.DrawFn) -> list[list[tuple[Status, object, Basis, int | None]]]:
    one = st.lists(st.tuples(STATUSES, VALUES, BASES, TERMS), min_size=1, max_size=3)
    return draw(st.lists(one, min_size=1, max_size=7))


def _made(row: Row, of: Of, localities: list[list[tuple[Status, object, Basis, int | None]]]) -> list[Completion]:
    def rows(of_one: list[tuple[Status, object, Basis, int | None]]) -> list[IndicatorResult]:
        return [
            row(status, value, basis=basis, numerator=terms, denominator=terms)
            for status, value, basis, terms in of_one
        ]

    return [of(f"x{n}", *rows(of_one)) for n, of_one in enumerate(localities)]


@given(localities=rows_of_localities(), data=st.data())
def test_the_order_of_localities_changes_nothing(row: Row, of: Of, localities, data: st.DataObject) -> None:
    given_in_order = _made(row, of, localities)
    shuffled = data.draw(st.permutations(given_in_order))
    assert to_json(_roll_up(given_in_order)) == to_json(_roll_up(shuffled))


@given(localities=rows_of_localities())
def test_counts_add_up(row: Row, of: Of, localities) -> None:
    completions = _made(row, of, localities)
    whole = _roll_up(completions)
    counted = [c for c in completions if c.rate.total]
    assert len(whole.reported) + len(whole.not_reported) + len(whole.none_expected) == len(completions)
    assert (len(whole.concepts) == 1) == bool(counted)
    for concept in whole.concepts:
        absent = sum(concept.of(Outcome(status.value)) for status in ABSENCES)
        judged = concept.met + concept.of(Outcome.NOT_MET) + concept.of(Outcome.UNDECIDABLE)
        assert judged + absent == concept.expected == len(counted)
        assert 0 <= concept.lower <= concept.upper <= 1
        exact = concept.distribution.count if concept.distribution else 0
        assert exact + concept.bounded + concept.contradictory + concept.wholes == concept.observed
        assert concept.total_of + concept.without_terms == concept.observed >= judged
        assert bool(concept.rankings) == (concept.no_ranking is None)
        for ranking in concept.rankings:
            assert len(ranking.places) + sum(ranking.unranked.values()) == concept.expected


@given(localities=rows_of_localities())
def test_one_more_that_meets_lowers_no_bound(row: Row, of: Of, localities) -> None:
    completions = _made(row, of, localities)
    after = _only([*completions, of("z", row())])
    for before in _roll_up(completions).concepts:
        assert before.lower <= after.lower
        assert before.upper <= after.upper
        assert before.expected + 1 == after.expected


def _concept(rolled: RollUp, name: str, scope: str = "") -> ConceptRollUp:
    return next(c for c in rolled.concepts if (c.concept, c.scope) == (name, scope))


def test_2025_as_a_whole_by_hand(rolled: RollUp) -> None:
    """7/20, 10/22 and 1/30; the plan of the city has expired, so nothing is expected of it."""
    assert (rolled.met, rolled.observed, rolled.met_at_most, rolled.total) == (18, 33, 57, 72)
    assert rolled.reported == ("bach-long-vi", "binh-giang", "cat-hai")
    assert (rolled.not_reported, rolled.none_expected) == ((), ("hai-phong",))


def test_online_dossiers_2025_by_hand(rolled: RollUp) -> None:
    """Bạch Long Vĩ II.13: 80 of ≥ 95; Bình Giang II.15: 82,78 of ≥ 95; Cát Hải PL2.IV.26: “>98” of ≥ 70."""
    concept = _concept(rolled, "online-dossier-rate")
    assert (concept.met, concept.of(Outcome.NOT_MET), concept.observed, concept.expected) == (1, 2, 3, 3)
    assert concept.distribution is not None
    assert (concept.distribution.minimum, concept.distribution.median, concept.distribution.maximum) == (
        Decimal(80),
        Decimal(80),
        Decimal("82.78"),
    )
    assert (concept.bounded, concept.total, concept.without_terms) == (1, None, 3)
    assert concept.bases == (Basis.UNSTATED, Basis.WITHIN_PERIOD)
    assert _ranks(concept) == [(1, "binh-giang"), (2, "bach-long-vi")]
    assert concept.rankings[0].unranked == {Unranked.BOUNDED: 1}


def test_full_online_services_2025_by_hand(rolled: RollUp) -> None:
    """Bạch Long Vĩ II.12: 95 of ≥ 98; Bình Giang II.14: 11,87 of ≥ 80; Cát Hải two rows (2.1, PL2.IV.25), no value."""
    concept = _concept(rolled, "full-online-services")
    assert concept.by_outcome == {Outcome.NOT_MET: 2, Outcome.NOT_SUBMITTED: 1}
    assert (concept.lower, concept.upper, concept.coverage) == (0, Fraction(1, 3), Fraction(2, 3))
    assert _ranks(concept) == [(1, "bach-long-vi"), (2, "binh-giang")]
    assert concept.rankings[0].unranked == {Unranked.NO_VALUE: 1}


def test_two_rows_of_5g_are_one_locality_2025(rolled: RollUp) -> None:
    """Bạch Long Vĩ I.1 and I.2 both print 0 %; Cát Hải PL2.I.1 has no value."""
    concept = _concept(rolled, "coverage-5g")
    assert concept.by_outcome == {Outcome.NOT_MET: 1, Outcome.NOT_SUBMITTED: 1}
    assert concept.distribution is not None
    assert (concept.distribution.count, concept.distribution.maximum, concept.contradictory) == (1, 0, 0)


def test_a_scope_is_a_row_of_its_own_2025(rolled: RollUp) -> None:
    """Work files: 100 % at Bạch Long Vĩ II.2 and Bình Giang II.5; the row of Cát Hải 2.3 is of communes only."""
    assert _concept(rolled, "work-files-electronic").expected == 2
    assert _ranks(_concept(rolled, "work-files-electronic")) == [(1, "bach-long-vi"), (1, "binh-giang")]
    assert _concept(rolled, "work-files-electronic", "commune").by_outcome == {Outcome.NOT_SUBMITTED: 1}


def test_submissions_with_terms_make_a_total(layout: Layout, registry: Registry) -> None:
    terms = {"value": "", "numerator": "400", "denominator": "500", "basis": "luy-ke", "as_of": "2026-12-01"}
    submit(layout.root, "bach-long-vi", "2026", FileKind.OBSERVATIONS, terms | {"value": "80"})
    other = {"plan": "binh-giang-2026", "no": "15", "value": "99", "numerator": "990", "denominator": "1000"}
    submit(layout.root, "binh-giang", "2026", FileKind.OBSERVATIONS, terms | other)
    given = [_completion(registry, slug, "2026", layout) for slug in ("bach-long-vi", "binh-giang")]
    concept = _concept(_roll_up(given), "online-dossier-rate")
    assert concept.by_outcome == {Outcome.MET: 1, Outcome.NOT_MET: 1}
    assert concept.total is not None
    assert (concept.total.numerator, concept.total.denominator) == (1390, 1500)
    assert concept.total.basis is Basis.CUMULATIVE
    assert _ranks(concept) == [(1, "binh-giang"), (2, "bach-long-vi")]
