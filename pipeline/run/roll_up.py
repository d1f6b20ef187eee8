"""All localities of a period side by side: `make roll-up`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from pipeline.completion.evaluate import evaluate
from pipeline.completion.locality_summary import Outcome
from pipeline.completion.records import Completion
from pipeline.completion.rollup import ConceptRollUp, NoRanking, RollUp, roll_up
from pipeline.completion.stages import plan_state
from pipeline.completion.statuses import PlanState, Status
from pipeline.completion.summary import summarised
from pipeline.errors import DataError, NoInputError
from pipeline.intake.rows import Basis
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import NO_PLANS, Registry, read_registry
from pipeline.plans.text import plain
from pipeline.progress import Say
from pipeline.report.language import NO_VALUE
from pipeline.report.words import VIETNAMESE
from pipeline.steps import to_json

BASIS = {
    Basis.AT_DATE: "tại thời điểm",
    Basis.WITHIN_PERIOD: "trong kỳ",
    Basis.CUMULATIVE: "lũy kế",
    Basis.UNSTATED: "không nêu",
}
_NOTED = (
    Outcome.UNDECIDABLE,
    Outcome.NOT_SUBMITTED,
    Outcome.NOT_DUE,
    Outcome.QUARANTINED,
    Outcome.NOT_APPLICABLE,
)
_HEAD = ("khái niệm", "đạt/có/cần", "độ phủ", "tỷ lệ đạt", "nhỏ nhất – trung vị – lớn nhất", "tổng", "ghi chú")

COLUMNS = (
    "period",
    "concept",
    "concept_name",
    "scope",
    "unit",
    "direction",
    "expected",
    "observed",
    *(outcome.name.lower() for outcome in Outcome),
    "coverage",
    "met_lower",
    "met_upper",
    "values",
    "minimum",
    "lower_quartile",
    "median",
    "upper_quartile",
    "maximum",
    "bounded",
    "contradictory",
    "wholes",
    "bases",
    "total_numerator",
    "total_denominator",
    "total_basis",
    "total_of",
    "without_terms",
    "basis_differs",
    "ranked",
    "no_ranking",
)


@dataclass(frozen=True)
class RolledUp:
    """The record, and what is not in it."""

    record: RollUp
    lists: Registry
    """Concepts and localities; no plans."""
    refused: Mapping[str, str]
    """Why the data of a locality could not be used, by its slug."""
    idle: Sequence[str]
    """Localities with plans of which none is in force."""

    def name(self, slug: str) -> str:
        """The full name of a locality; its slug where no list has it."""
        return _name(self.lists, slug)

    def concept_name(self, concept: ConceptRollUp) -> str:
        """The name of a concept as the list has it."""
        return self.lists.concept(concept.concept).name


def roll_up_period(layout: Layout, period: Period, say: Say) -> RolledUp:
    """Evaluate every locality with a plan in force at the cut-off; one whose data are refused stops no other.

    Raises NoInputError where no plan is in force, DataError where no locality is left.
    """
    # Plans are read one locality at a time, as for its report: a fault in one must not stop the others.
    lists = read_registry(layout, NO_PLANS)
    completions, refused, idle = list[Completion](), dict[str, str](), list[str]()
    for slug in sorted({path.parent.name for path in layout.plans.glob("*/*.yaml")}):
        try:
            completion = _evaluated(layout, slug, period)
        except DataError as error:
            refused[slug] = str(error)
            say(f"{_name(lists, slug)}: số liệu không dùng được")
            continue
        if completion is None:
            idle.append(slug)
            say(f"{_name(lists, slug)}: không có kế hoạch còn hiệu lực trong kỳ")
            continue
        completions.append(completion)
        rate = completion.rate
        say(f"{completion.locality_name}: {rate.met} đạt, {rate.observed} có số liệu, {rate.total} được tính")
    if not completions and refused:
        raise DataError("Không địa phương nào có số liệu dùng được:\n" + "\n".join(refused.values()))
    if not completions:
        raise NoInputError(f"Không có kế hoạch nào còn hiệu lực trong kỳ {period}. Các kế hoạch trong sổ: make plans")
    return RolledUp(roll_up([summarised(c) for c in completions], refused), lists, refused, idle)


def _evaluated(layout: Layout, slug: str, period: Period) -> Completion | None:
    """None for a locality without a plan in force."""
    registry = read_registry(layout, slug)
    calendar = registry.calendar
    states = {plan_state(plan, period.cut_off(calendar), calendar) for plan in registry.plans_of(slug)}
    if PlanState.IN_FORCE not in states:
        return None
    intake = validate_period(layout, registry, slug, period)
    return evaluate(registry, registry.locality(slug), period, intake)


def _name(lists: Registry, slug: str) -> str:
    return next((x.full_name for x in lists.localities if x.slug == slug), slug)


def told(rolled: RolledUp) -> Iterator[str]:
    """The roll-up for a person: a table by concept, then the localities."""
    record = rolled.record
    said = VIETNAMESE.period(record.period)
    label = said[0].lower() + said[1:]
    yield f"Tổng hợp {len(record.localities)} địa phương, {label}, chốt ngày {VIETNAMESE.date(record.cut_off)}"
    yield ""
    # What most localities have in common first: that is what a roll-up is read for.
    concepts = sorted(record.concepts, key=lambda c: (-c.expected, -c.observed, rolled.concept_name(c), c.scope))
    yield from _aligned([_HEAD, *(_line(rolled, concept) for concept in concepts)])
    yield ""
    yield "đạt/có/cần: số địa phương đạt mọi dòng, có số liệu, và có chỉ tiêu được tính."
    yield "Tỷ lệ đạt: từ cận dưới (thiếu số liệu coi là không đạt) đến cận trên (coi là đạt)."
    yield "Trung vị: giá trị thứ ⌈n/2⌉ từ nhỏ đến lớn, luôn là một giá trị đã được gửi."
    yield "Tổng: cộng tử số, cộng mẫu số của các địa phương nêu cả hai, cùng cách tính; cần từ hai địa phương."
    yield "Tứ phân vị và xếp hạng của từng khái niệm: trong tệp .json."
    yield ""
    yield from _localities(rolled)


def _localities(rolled: RolledUp) -> Iterator[str]:
    record = rolled.record
    yield f"Chung các địa phương: {_rate(record.met, record.met_at_most, record.total)}"
    for one in record.localities:
        yield f"  {one.name}: {_rate(one.rate.met, one.rate.met_at_most, one.rate.total)}"
    yield f"Có số liệu: {len(record.reported)}/{len(record.localities)} địa phương"
    yield f"Chưa có số liệu dùng được: {'; '.join(_silent(rolled)) or 'không địa phương nào'}"
    if record.none_expected:
        yield f"Không có chỉ tiêu được tính: {'; '.join(map(rolled.name, record.none_expected))}"
    if rolled.idle:
        yield f"Không có kế hoạch còn hiệu lực trong kỳ: {'; '.join(map(rolled.name, rolled.idle))}"
    for slug, reason in rolled.refused.items():
        yield f"Không tổng hợp {rolled.name(slug)}, số liệu không dùng được: {reason}"


def _silent(rolled: RolledUp) -> Iterator[str]:
    """Those that have not reported; one whose every value was kept out did send something, which is said."""
    rates = {x.locality: x.rate for x in rolled.record.localities}
    for slug in rolled.record.not_reported:
        out = rates[slug].of([Status.QUARANTINED])
        yield f"{rolled.name(slug)} (0/{rates[slug].total}{f', {out} bị loại' if out else ''})"


def _rate(met: int, at_most: int, total: int) -> str:
    if not total:
        return NO_VALUE
    low = f"{met}/{total} = {VIETNAMESE.percent(Fraction(met, total))}"
    return low if at_most == met else f"{low} đến {at_most}/{total} = {VIETNAMESE.percent(Fraction(at_most, total))}"


def _line(rolled: RolledUp, concept: ConceptRollUp) -> tuple[str, ...]:
    scope = f" [phạm vi {concept.scope}]" if concept.scope else ""
    bounds = [VIETNAMESE.percent(concept.lower), VIETNAMESE.percent(concept.upper)]
    return (
        _shortened(rolled.concept_name(concept), 64 - len(scope)) + scope,
        f"{concept.met}/{concept.observed}/{concept.expected}",
        VIETNAMESE.percent(concept.coverage, 0),
        " – ".join(dict.fromkeys(bounds)),
        VIETNAMESE.spread(concept),
        VIETNAMESE.total(concept),
        "; ".join(_notes(concept)),
    )


def _notes(concept: ConceptRollUp) -> Iterator[str]:
    for outcome in _NOTED:
        if count := concept.of(outcome):
            yield f"{count} {VIETNAMESE.status(Status(outcome.value))}"
    if concept.bounded:
        yield f"{concept.bounded} chỉ là một cận"
    if concept.contradictory:
        yield f"{concept.contradictory} nêu hai giá trị khác nhau"
    if concept.wholes:
        yield f"{concept.wholes} là cấp trên của nơi khác, không cộng, không xếp hạng"
    if len(concept.bases) > 1:
        yield f"khác cách tính ({', '.join(BASIS[basis] for basis in concept.bases)})"
    if concept.total_of:
        yield f"{concept.total_of} trong {concept.observed} nơi có tử số, mẫu số"
    if concept.total is not None and concept.total.basis is Basis.UNSTATED:
        yield "cộng số liệu không nêu cách tính"
    if concept.basis_differs:
        yield "không cộng: khác cách tính"
    if concept.no_ranking is NoRanking.DIRECTIONS_DIFFER:
        yield "không xếp hạng: chiều của chỉ tiêu khác nhau"


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The first column and the last to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *figures, last in rows:
        cells = (text.rjust(width) for text, width in zip(figures, widths[1:-1], strict=True))
        yield "  ".join([first.ljust(widths[0]), *cells, last]).rstrip()


def write(rolled: RolledUp, layout: Layout) -> list[Path]:
    """Write `<period>.csv`, one line a concept, and `<period>.json`, the record; gives their paths."""
    folder = layout.processed / "roll-up"
    folder.mkdir(parents=True, exist_ok=True)
    table, record = (folder / f"{rolled.record.period}.{ending}" for ending in ("csv", "json"))
    rows = [_row(rolled, concept) for concept in rolled.record.concepts]
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    record.write_text(to_json(rolled.record), "utf-8")
    return [table, record]


def _row(rolled: RolledUp, concept: ConceptRollUp) -> dict[str, object]:
    """One line of the table; shares to six decimals, exact in the counts beside them."""
    spread, total = concept.distribution, concept.total
    named = ("scope", "unit", "expected", "observed", "bounded", "contradictory", "wholes", "total_of", "without_terms")
    quartiles = ("minimum", "lower_quartile", "median", "upper_quartile", "maximum")
    return {
        "period": rolled.record.period,
        "concept": concept.concept,
        "concept_name": rolled.concept_name(concept),
        **{name: getattr(concept, name) for name in named},
        "direction": concept.direction or "",
        **{outcome.name.lower(): concept.of(outcome) for outcome in Outcome},
        "coverage": _decimal(concept.coverage),
        "met_lower": _decimal(concept.lower),
        "met_upper": _decimal(concept.upper),
        "values": spread.count if spread else 0,
        **{name: plain(getattr(spread, name)) if spread else "" for name in quartiles},
        "bases": " ".join(basis or "unstated" for basis in concept.bases),
        "total_numerator": plain(total.numerator) if total else "",
        "total_denominator": plain(total.denominator) if total else "",
        "total_basis": (total.basis or "unstated") if total else "",
        "basis_differs": "true" if concept.basis_differs else "false",
        "ranked": sum(len(ranking.places) for ranking in concept.rankings),
        "no_ranking": concept.no_ranking or "",
    }


def _decimal(share: Fraction) -> str:
    return plain(round(Decimal(share.numerator) / Decimal(share.denominator), 6))
