"""The coverage grid (lưới báo cáo): every place that is counted, with its report of the period or that it has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pipeline.dataset.published_reports import province_of
from pipeline.plans.localities import Row
from pipeline.report.catalogues import NO_VALUE
from pipeline.report.words import Words
from pipeline.site.collected import alphabetical
from pipeline.site.locality_row import LocalityRow

MOST_TILES = 400
"""Places with a tile of their own; of more, each province or city has a line, with the places that report."""
FEW = 6
"""Places of a province or city that need no headings by kind: several such ones stand side by side."""
KINDS = {
    "Thành phố": "city",
    "Tỉnh": "province",
    "Phường": "ward",
    "Xã": "commune",
    "Đặc khu": "special-zone",
    "Thị trấn": "township",
}
"""Kinds of place (loại đơn vị hành chính) in the order of the grid, with the keys of their words."""


class Sent(StrEnum):
    """What is known of the report of a place; the value is the class of its tile."""

    VALUES = "on"
    """It has a value of the period."""
    SILENT = "silent"
    """There is a report, without a value of the period for a counted indicator."""
    STARTING = "starting"
    """Its plans have not begun: what was sent is the starting point (xuất phát điểm)."""
    UNREADABLE = "unreadable"
    OWED = "off"
    """No report of the period."""


class Tile(NamedTuple):
    """A place in the grid, with its row of the period if its report can be read."""

    place: Row
    sent: Sent
    row: LocalityRow | None = None

    @property
    def met(self) -> str:
        """Met of counted: '10/22'; '–/30' without a value of the period; '' where nothing is counted."""
        rate = self.row.rate if self.row else None
        if rate is None or not rate.total:
            return ""
        return f"{rate.met if rate.observed else NO_VALUE}/{rate.total}"


class Kind(NamedTuple):
    """The places of one kind below one province or city."""

    name: str
    """As the list has it: 'Phường'."""
    tiles: tuple[Tile, ...]

    @property
    def word(self) -> str:
        """The key of its words; '' for a kind of which there are none."""
        return KINDS.get(self.name, "")

    @property
    def reporting(self) -> int:
        """Places with a report of the period."""
        return sum(tile.sent is not Sent.OWED for tile in self.tiles)


@dataclass(frozen=True)
class Province:
    """A province or city with its places."""

    place: Row
    own: Tile
    units: tuple[Tile, ...]
    """Its communes, wards and special zones (xã, phường, đặc khu), by name; without itself."""

    @property
    def kinds(self) -> Iterator[Kind]:
        """Its places by kind."""
        names = dict.fromkeys([*KINDS, *(tile.place.type for tile in self.units)])
        for name in names:
            if tiles := tuple(tile for tile in self.units if tile.place.type == name):
                yield Kind(name, tiles)

    @property
    def reporting(self) -> tuple[Tile, ...]:
        """Its places with a report of the period."""
        return tuple(tile for tile in self.units if tile.sent is not Sent.OWED)


@dataclass(frozen=True)
class Coverage:
    """The grid over all provinces and cities of which a report of any period is here."""

    provinces: tuple[Province, ...]

    @property
    def units(self) -> int:
        """Communes, wards and special zones: no province or city is counted among its own."""
        return sum(len(province.units) for province in self.provinces)

    @property
    def reporting(self) -> int:
        """Of `units`, with a report of the period."""
        return sum(len(province.reporting) for province in self.provinces)

    @property
    def observed(self) -> int:
        """Of `units`, with a value of the period."""
        return sum(tile.sent is Sent.VALUES for province in self.provinces for tile in province.units)

    @property
    def own_reports(self) -> int:
        """Provinces and cities with a report of their own."""
        return sum(province.own.sent is not Sent.OWED for province in self.provinces)

    @property
    def in_tiles(self) -> bool:
        """Whether every place has a tile."""
        return self.units <= MOST_TILES

    @property
    def few(self) -> bool:
        """Whether there are several provinces or cities, each with so few places that one heading does."""
        return len(self.provinces) > 1 and all(len(province.units) <= FEW for province in self.provinces)

    @property
    def shown(self) -> tuple[Sent, ...]:
        """What the legend must explain."""
        there = {tile.sent for province in self.provinces for tile in (province.own, *province.units)}
        return tuple(sent for sent in Sent if sent in there)


def coverage_of(places: Sequence[Row], rows: Mapping[str, LocalityRow], unreadable: frozenset[str]) -> Coverage:
    """The grid of `places`, with the row of the period of those that have one, by slug."""
    tiles = [_tile(place, rows.get(place.slug), place.slug in unreadable) for place in alphabetical(places)]
    below = dict[str, list[Tile]]()
    for tile in tiles:
        if tile.place.parent:
            below.setdefault(province_of(tile.place), []).append(tile)
    own = (tile for tile in tiles if not tile.place.parent)
    return Coverage(tuple(Province(tile.place, tile, tuple(below.get(tile.place.code, ()))) for tile in own))


def _tile(place: Row, row: LocalityRow | None, unreadable: bool) -> Tile:
    if row is None:
        return Tile(place, Sent.UNREADABLE if unreadable else Sent.OWED)
    if row.rate.observed:
        return Tile(place, Sent.VALUES, row)
    return Tile(place, Sent.STARTING if row.starting and not row.rate.total else Sent.SILENT, row)


def sentence_of(row: LocalityRow, words: Words) -> str:
    """What the site says of a locality in a sentence: 'Xã Bình Giang: 10 trên 22 chỉ tiêu đạt; 6 chưa đạt'.

    It says the same counts as the report of the locality, of which `row` is the line in the data set.
    """
    rate = row.rate
    if not rate.total:
        key = "locality.starting" if row.starting else "locality.none"
        return words.text(key, name=row.locality_name)
    if not rate.observed:
        return words.text("locality.no-data", name=row.locality_name, total=rate.total)
    parts = {"not-met": rate.not_met, "undecidable": rate.undecidable, "absent": rate.absent}
    said = [words.text(f"locality.{name}", count=count) for name, count in parts.items() if count]
    first = words.text("locality.met", name=row.locality_name, met=rate.met, total=rate.total)
    return "; ".join([first, *said])
