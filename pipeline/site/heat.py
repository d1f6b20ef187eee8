"""The heat table (bảng nhiệt): localities against concepts, each cell with the outcome of the concept there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import quote

from pipeline.completion.rollup import ConceptKey, ConceptOutcome, ConceptRollUp, RollUp
from pipeline.dataset.concept_results import CountryPeriod
from pipeline.site.locality_row import LocalityRow

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
    rows: tuple[tuple[LocalityRow, tuple[HeatCell | None, ...]], ...]
    left_out: int
    """Concepts of a single locality, which have no column."""


@dataclass(frozen=True)
class Tally:
    """A concept over the localities of a group: counts only, nothing of its values."""

    met: int
    expected: int
    observed: int

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


def heat_of(
    country: CountryPeriod, localities: Sequence[LocalityRow], rolled: RollUp, name: Callable[[ConceptRollUp], str]
) -> Heat:
    """The table over `localities`, of which `rolled` is the roll-up."""
    columns, found = shared(rolled, name), cells(country, localities)
    keys = [key_of(column) for column in columns]
    rows = tuple((row, tuple(map(found.get(row.locality, {}).get, keys))) for row in localities)
    return Heat(columns, rows, len(rolled.concepts) - len(columns))


def group_heat(
    country: CountryPeriod,
    groups: Mapping[str, Sequence[LocalityRow]],
    rolled: RollUp,
    name: Callable[[ConceptRollUp], str],
) -> GroupHeat:
    """The table over groups, of all of which `rolled` is the roll-up."""
    columns, found = shared(rolled, name), tallies(country, groups)
    keys = [key_of(column) for column in columns]
    rows = ((code, len(members), tuple(map(found.get(code, {}).get, keys))) for code, members in groups.items())
    return GroupHeat(columns, tuple(rows), len(rolled.concepts) - len(columns))


def shared(rolled: RollUp, name: Callable[[ConceptRollUp], str]) -> tuple[ConceptRollUp, ...]:
    """Concepts that at least two localities have, the most widespread first; all concepts if no two share one."""
    ordered = sorted(rolled.concepts, key=lambda c: (-c.expected, -c.observed, name(c), c.scope, c.unit))
    return tuple(c for c in ordered if sum(c.by_outcome.values()) > 1) or tuple(ordered)


def key_of(concept: ConceptRollUp) -> ConceptKey:
    """What identifies a column; one name can stand for several units or scopes."""
    return concept.concept, concept.scope, concept.unit


def cells(country: CountryPeriod, localities: Sequence[LocalityRow]) -> dict[str, dict[ConceptKey, HeatCell]]:
    """The concepts of localities, from the results that the roll-up counts, so that the two cannot differ."""
    found = dict[str, dict[ConceptKey, HeatCell]]()
    for row in country.results_of(one.locality for one in localities):
        cell = HeatCell(ConceptOutcome(row["outcome"]), row["plan"], row["code"].removeprefix(f"{row['plan']}/"))
        found.setdefault(row["locality"], {})[row["concept"], row["scope"], row["unit"]] = cell
    return found


def tallies(country: CountryPeriod, groups: Mapping[str, Sequence[LocalityRow]]) -> dict[str, dict[ConceptKey, Tally]]:
    """The concepts that are counted in at least one of the localities of each group."""
    found = dict[str, dict[ConceptKey, Tally]]()
    for row in country.tallies(one.locality for members in groups.values() for one in members):
        tally = Tally(row["met"], row["expected"], row["observed"])
        found.setdefault(row["province"], {})[row["concept"], row["scope"], row["unit"]] = tally
    return found
