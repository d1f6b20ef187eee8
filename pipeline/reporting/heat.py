"""The heat table (bảng nhiệt): localities against concepts, each cell what became of the concept there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from pipeline.completion.rollup import ConceptRollUp, Outcome, RollUp, roll_up
from pipeline.completion.statuses import NOT_MET, Status
from pipeline.completion.summary import Summary, SummaryRow

MOST_ROWS = 200
"""Localities in one table: Hải Phòng with its 114 units fits; many more make the page too heavy for a phone."""
Key = tuple[str, str, str]
"""Concept, scope, unit: what may be compared."""
_SHADES = {Outcome.MET: "met", Outcome.NOT_MET: "not", Outcome.NOT_APPLICABLE: "outside", Outcome.QUARANTINED: "out"}
_SIGNS = {
    Outcome.UNDECIDABLE: "?",
    Outcome.QUARANTINED: "!",
    Outcome.NOT_SUBMITTED: "–",
    Outcome.NOT_DUE: "…",
}
"""What says nothing about the target is a sign; the letters of a judgement stand in the catalogue."""


def shade_of(outcome: Outcome) -> str:
    """The look of a cell: fill for met, stripes for not met, dashes for an absence."""
    return _SHADES.get(outcome, "absent")


def sign_of(outcome: Outcome) -> str:
    """'' where the catalogue has a letter."""
    return _SIGNS.get(outcome, "")


@dataclass(frozen=True)
class Cell:
    """A concept in one locality, with the row that decides it."""

    outcome: Outcome
    plan: str
    label: str

    @property
    def anchor(self) -> str:
        """The row's id on the page of the locality, as it stands in an address."""
        return quote(f"{self.plan}-{self.label}", safe="")


@dataclass(frozen=True)
class Heat:
    """Rows in the order given; None where the concept does not stand in the plans of the locality."""

    columns: tuple[ConceptRollUp, ...]
    rows: tuple[tuple[Summary, tuple[Cell | None, ...]], ...]
    left_out: int
    """Concepts of a single locality, which have no column."""


@dataclass(frozen=True)
class GroupHeat:
    """One row a province or city: its localities taken together."""

    columns: tuple[ConceptRollUp, ...]
    rows: tuple[tuple[str, int, tuple[ConceptRollUp | None, ...]], ...]
    """Code, localities with a report, and the concepts."""
    left_out: int


def key_of(concept: ConceptRollUp | SummaryRow) -> Key:
    return concept.concept, concept.scope, concept.unit


def heat_of(summaries: Sequence[Summary], rolled: RollUp, name: Callable[[ConceptRollUp], str]) -> Heat:
    """The table over `summaries`, of which `rolled` is the roll-up."""
    columns = shared(rolled, name)
    keys = [key_of(column) for column in columns]
    rows = tuple((s, tuple(map(cells(s).get, keys))) for s in summaries)
    return Heat(columns, rows, len(rolled.concepts) - len(columns))


def group_heat(
    groups: Mapping[str, Sequence[Summary]], rolled: RollUp, name: Callable[[ConceptRollUp], str]
) -> GroupHeat:
    """The table over groups, of all of which `rolled` is the roll-up."""
    columns = shared(rolled, name)
    keys = [key_of(column) for column in columns]
    return GroupHeat(columns, tuple(_grouped(groups, keys)), len(rolled.concepts) - len(columns))


def _grouped(
    groups: Mapping[str, Sequence[Summary]], keys: Sequence[Key]
) -> Iterator[tuple[str, int, tuple[ConceptRollUp | None, ...]]]:
    for code, summaries in groups.items():
        found = {key_of(concept): concept for concept in roll_up(summaries).concepts}
        yield code, len(summaries), tuple(map(found.get, keys))


def shared(rolled: RollUp, name: Callable[[ConceptRollUp], str]) -> tuple[ConceptRollUp, ...]:
    """Concepts that at least two localities have, what most have first; all of them where no two share one."""
    ordered = sorted(rolled.concepts, key=lambda c: (-c.expected, -c.observed, name(c), c.scope, c.unit))
    return tuple(c for c in ordered if sum(c.by_outcome.values()) > 1) or tuple(ordered)


def cells(summary: Summary) -> dict[Key, Cell]:
    """The concepts of one locality. The outcome is that of its roll-up alone, so both always agree."""
    rows = dict[Key, list[SummaryRow]]()
    for row in summary.rows:
        rows.setdefault(key_of(row), []).append(row)
    # A concept whose every row is not applicable is in no roll-up of one.
    outcomes = dict.fromkeys(rows, Outcome.NOT_APPLICABLE)
    outcomes |= {key_of(c): next(o for o in c.by_outcome if c.of(o)) for c in roll_up([summary]).concepts}
    return {key: _cell(outcomes[key], given) for key, given in rows.items()}


def _cell(outcome: Outcome, rows: Sequence[SummaryRow]) -> Cell:
    wanted = NOT_MET if outcome is Outcome.NOT_MET else {Status(outcome.value)}
    row = next((row for row in rows if row.status in wanted), rows[0])
    return Cell(outcome, row.plan, row.label)
