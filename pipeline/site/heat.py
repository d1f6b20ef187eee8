"""The heat table (bảng nhiệt): localities against concepts, each cell what became of the concept there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import quote

from pipeline.completion.locality_summary import Key, Outcome, Standing
from pipeline.completion.rollup import ConceptRollUp, RollUp
from pipeline.completion.summary import Summary

MOST_ROWS = 200
"""Localities in one table: Hải Phòng with its 114 units fits; many more make the page too heavy for a phone."""
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


@dataclass
class Tally:
    """A concept over the localities of a group: the counts of its roll-up, without anything of its values."""

    met: int = 0
    expected: int = 0
    observed: int = 0

    @property
    def lower(self) -> Fraction:
        """Every absence counted as not met."""
        return Fraction(self.met, self.expected)


@dataclass(frozen=True)
class GroupHeat:
    """One row a province or city: its localities taken together."""

    columns: tuple[ConceptRollUp, ...]
    rows: tuple[tuple[str, int, tuple[Tally | None, ...]], ...]
    """Code, localities with a report, and the concepts."""
    left_out: int


def key_of(concept: ConceptRollUp) -> Key:
    """What a column is known by; a name alone can stand for several units or scopes."""
    return concept.concept, concept.scope, concept.unit


def heat_of(standings: Sequence[Standing], rolled: RollUp, name: Callable[[ConceptRollUp], str]) -> Heat:
    """The table over `standings`, of which `rolled` is the roll-up."""
    columns = shared(rolled, name)
    keys = [key_of(column) for column in columns]
    rows = tuple((s.summary, tuple(map(cells(s).get, keys))) for s in standings)
    return Heat(columns, rows, len(rolled.concepts) - len(columns))


def group_heat(
    groups: Mapping[str, Sequence[Standing]], rolled: RollUp, name: Callable[[ConceptRollUp], str]
) -> GroupHeat:
    """The table over groups, of all of which `rolled` is the roll-up."""
    columns = shared(rolled, name)
    keys = [key_of(column) for column in columns]
    rows = ((code, len(standings), tuple(map(tallies(standings).get, keys))) for code, standings in groups.items())
    return GroupHeat(columns, tuple(rows), len(rolled.concepts) - len(columns))


def tallies(standings: Sequence[Standing]) -> dict[Key, Tally]:
    """The concepts that are counted in at least one of the localities."""
    found = dict[Key, Tally]()
    for place in (place for s in standings for place in s.places if place.counted):
        tally = found.setdefault(place.key, Tally())
        tally.expected += 1
        tally.met += place.outcome is Outcome.MET
        tally.observed += bool(place.bases)
    return found


def shared(rolled: RollUp, name: Callable[[ConceptRollUp], str]) -> tuple[ConceptRollUp, ...]:
    """Concepts that at least two localities have, what most have first; all of them where no two share one."""
    ordered = sorted(rolled.concepts, key=lambda c: (-c.expected, -c.observed, name(c), c.scope, c.unit))
    return tuple(c for c in ordered if sum(c.by_outcome.values()) > 1) or tuple(ordered)


def cells(standing: Standing) -> dict[Key, Cell]:
    """The concepts of one locality, each as it stands in its roll-up, so that table and roll-up cannot differ."""
    return {place.key: Cell(place.outcome, place.plan, place.label) for place in standing.places}
