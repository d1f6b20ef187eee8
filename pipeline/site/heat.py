"""The heat table (bảng nhiệt): localities against concepts, each cell with the outcome of the concept there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import quote

from pipeline.completion.locality_summary import ConceptKey, ConceptOutcome, LocalitySummary, Summary
from pipeline.completion.rollup import ConceptRollUp, RollUp

MOST_ROWS = 200
"""Localities in one table: Hải Phòng with its 114 units fits; many more make the page too heavy for a phone."""


@dataclass(frozen=True)
class HeatCell:
    """A concept in one locality, with the row that decides it."""

    outcome: ConceptOutcome
    plan: str
    label: str

    @property
    def anchor(self) -> str:
        """The id of the row on the locality's page, escaped for a link."""
        return quote(f"{self.plan}-{self.label}", safe="")


@dataclass(frozen=True)
class Heat:
    """One row per locality, in the order given; None where its plans do not have the concept."""

    columns: tuple[ConceptRollUp, ...]
    rows: tuple[tuple[Summary, tuple[HeatCell | None, ...]], ...]
    left_out: int
    """Concepts of a single locality, which have no column."""


@dataclass
class Tally:
    """A concept over the localities of a group: counts only, nothing of its values."""

    met: int = 0
    expected: int = 0
    observed: int = 0

    @property
    def lower(self) -> Fraction:
        """Met rate with every absence counted as not met."""
        return Fraction(self.met, self.expected)


@dataclass(frozen=True)
class GroupHeat:
    """One row per province or city, its localities taken together."""

    columns: tuple[ConceptRollUp, ...]
    rows: tuple[tuple[str, int, tuple[Tally | None, ...]], ...]
    """Code of the group, localities with a report, concepts."""
    left_out: int


def heat_of(localities: Sequence[LocalitySummary], rolled: RollUp, name: Callable[[ConceptRollUp], str]) -> Heat:
    """The table over `localities`, of which `rolled` is the roll-up."""
    columns = shared(rolled, name)
    keys = [key_of(column) for column in columns]
    rows = tuple((locality.summary, tuple(map(cells(locality).get, keys))) for locality in localities)
    return Heat(columns, rows, len(rolled.concepts) - len(columns))


def group_heat(
    groups: Mapping[str, Sequence[LocalitySummary]], rolled: RollUp, name: Callable[[ConceptRollUp], str]
) -> GroupHeat:
    """The table over groups, of all of which `rolled` is the roll-up."""
    columns = shared(rolled, name)
    keys = [key_of(column) for column in columns]
    rows = ((code, len(members), tuple(map(tallies(members).get, keys))) for code, members in groups.items())
    return GroupHeat(columns, tuple(rows), len(rolled.concepts) - len(columns))


def shared(rolled: RollUp, name: Callable[[ConceptRollUp], str]) -> tuple[ConceptRollUp, ...]:
    """Concepts that at least two localities have, the most widespread first; all concepts if no two share one."""
    ordered = sorted(rolled.concepts, key=lambda c: (-c.expected, -c.observed, name(c), c.scope, c.unit))
    return tuple(c for c in ordered if sum(c.by_outcome.values()) > 1) or tuple(ordered)


def key_of(concept: ConceptRollUp) -> ConceptKey:
    """What identifies a column; one name can stand for several units or scopes."""
    return concept.concept, concept.scope, concept.unit


def cells(locality: LocalitySummary) -> dict[ConceptKey, HeatCell]:
    """The concepts of one locality, from the results that the roll-up counts, so that the two cannot differ."""
    return {result.key: HeatCell(result.outcome, result.plan, result.label) for result in locality.concepts}


def tallies(localities: Sequence[LocalitySummary]) -> dict[ConceptKey, Tally]:
    """The concepts that are counted in at least one of the localities."""
    found = dict[ConceptKey, Tally]()
    for result in (result for locality in localities for result in locality.concepts if result.counted):
        tally = found.setdefault(result.key, Tally())
        tally.expected += 1
        tally.met += result.outcome is ConceptOutcome.MET
        tally.observed += bool(result.bases)
    return found
