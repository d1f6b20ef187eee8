"""The heat table (bảng nhiệt): localities against concepts, each cell with the outcome of the concept there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import quote

from pipeline.completion.rollup import ConceptKey, ConceptOutcome, ConceptRollUp, RollUp
from pipeline.completion.statuses import Status
from pipeline.dataset.country_period import CountryPeriod
from pipeline.report.looks import Look, look
from pipeline.site.locality_row import LocalityRow

MOST_ROWS = 200
"""Localities in one table: Hải Phòng with its 114 units fits; many more make the page too heavy for a phone."""
_UNKNOWN = {
    Status.UNDECIDABLE: "undecided",
    Status.QUARANTINED: "refused",
    Status.NOT_SUBMITTED: "absent",
    Status.NOT_DUE: "waiting",
}
"""Each kind of absence has a class of its own, for its sign."""
_ORDER = (*(Look.MET, Look.ON_ITS_WAY, Look.NOT_MET), *_UNKNOWN.values(), Look.NOT_DUE)


@dataclass(frozen=True)
class HeatCell:
    """A concept in one locality, with the row that decides it: of several not met the worst."""

    outcome: ConceptOutcome
    status: Status
    plan: str
    label: str

    @property
    def look(self) -> str:
        """The class of the cell: the look of the status, and for what is not known one for each kind of absence."""
        return _UNKNOWN.get(self.status) or look(self.status)

    @property
    def asks(self) -> bool:
        """Whether it needs attention (cần chú ý), so that it is a link: not met in time, or its value was refused."""
        return look(self.status) is Look.NOT_MET or self.status is Status.QUARANTINED

    @property
    def anchor(self) -> str:
        """The id of the row on the locality's page, escaped for a link."""
        return quote(f"{self.plan}-{self.label}", safe="")


@dataclass(frozen=True)
class Column:
    """A concept over the localities of the table."""

    concept: ConceptRollUp
    behind: int
    """Localities where it looks not met (không đạt, chậm)."""


@dataclass(frozen=True)
class Heat:
    """One row per locality, in the order given; None where its plans do not have the concept."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[LocalityRow, tuple[HeatCell | None, ...]], ...]
    left_out: int
    """Concepts of a single locality, which have no column."""

    @property
    def looks(self) -> dict[str, Status]:
        """The looks that occur, in the order of the statuses, each with a status of it."""
        statuses = {cell.look: cell.status for _, cells in self.rows for cell in cells if cell}
        return dict(sorted(statuses.items(), key=lambda item: _ORDER.index(item[0])))


def behind(cells: Iterable[HeatCell | None]) -> int:
    """How many cells look not met."""
    return sum(cell is not None and look(cell.status) is Look.NOT_MET for cell in cells)


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
    late = [behind(column) for column in zip(*(cells for _, cells in rows), strict=True)]
    return Heat(tuple(map(Column, columns, late)), rows, len(rolled.concepts) - len(columns))


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
        label = row["code"].removeprefix(f"{row['plan']}/")
        cell = HeatCell(ConceptOutcome(row["outcome"]), Status(row["status"]), row["plan"], label)
        found.setdefault(row["locality"], {})[row["concept"], row["scope"], row["unit"]] = cell
    return found


def tallies(country: CountryPeriod, groups: Mapping[str, Sequence[LocalityRow]]) -> dict[str, dict[ConceptKey, Tally]]:
    """The concepts that are counted in at least one of the localities of each group."""
    found = dict[str, dict[ConceptKey, Tally]]()
    for row in country.tallies(one.locality for members in groups.values() for one in members):
        tally = Tally(row["met"], row["expected"], row["observed"])
        found.setdefault(row["province"], {})[row["concept"], row["scope"], row["unit"]] = tally
    return found
