"""What is read from a plan document: rows of a draft (dòng dự thảo), each field with its printed text and place.

Every field knows which letters of which piece of the document it was taken from. What no field has taken is known,
too, so that nothing with a figure is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from pipeline.documents.blocks import Piece


class RowKind(StrEnum):
    """Into which list of the plan a row goes."""

    INDICATOR = "indicator"
    COMMITMENT = "commitment"
    TASK = "task"
    MEASURE = "measure"

    @property
    def measured(self) -> bool:
        """Whether the row has targets (chỉ tiêu, cam kết)."""
        return self in (RowKind.INDICATOR, RowKind.COMMITMENT)


class Letters(NamedTuple):
    """Letters of one piece of the document: its number, the first letter, and the one behind the last."""

    at: int
    start: int
    end: int


@dataclass(frozen=True)
class Taken:
    """A field of the draft: its value, the text as printed, where that stands, and why it may be wrong."""

    value: str
    printed: str
    place: str
    spans: tuple[Letters, ...]
    doubt: str = ""
    """In Vietnamese; '' for a field that stands in the document as it is."""

    @property
    def several(self) -> tuple[str, ...]:
        """The values of a field that holds a list, such as offices."""
        return tuple(filter(None, self.value.split("\n")))


def taken(piece: Piece, value: str | None = None, doubt: str = "") -> Taken:
    """The whole text of a piece as a field."""
    spans = (Letters(piece.at, 0, len(piece.text)),)
    return Taken(piece.text if value is None else value, piece.text, piece.place, spans, doubt)


def part_of(piece: Piece, start: int, end: int, value: str | None = None, doubt: str = "") -> Taken:
    """A part of the text of a piece as a field."""
    text = piece.text[start:end]
    return Taken(
        text.strip() if value is None else value, text.strip(), piece.place, (Letters(piece.at, start, end),), doubt
    )


@dataclass(frozen=True)
class DraftTarget:
    """A target of a row: its text, and the year of its column or heading, if it is certain."""

    text: Taken
    year: int | None = None


@dataclass
class DraftRow:
    """A row of the draft. `fields` has those of name, unit, baseline, lead, coordinating, deadline and output found."""

    kind: RowKind
    annex: str
    group: str
    no: str
    place: str
    fields: dict[str, Taken] = field(default_factory=dict)
    targets: list[DraftTarget] = field(default_factory=list)
    baseline_year: int | None = None
    doubts: list[str] = field(default_factory=list)
    """What a person has to look at, in Vietnamese; fields have doubts of their own."""

    @property
    def label(self) -> str:
        """As the registry names a row: 'PL1.I.2', 'II.14'."""
        from pipeline.plans.models import Key

        return Key((self.annex, self.group, self.no)).label

    @property
    def all_doubts(self) -> tuple[str, ...]:
        """The doubts of the row and of its fields, each once."""
        of_fields = [one.doubt for one in (*self.fields.values(), *(t.text for t in self.targets)) if one.doubt]
        return tuple(dict.fromkeys([*self.doubts, *of_fields]))

    def all_taken(self) -> Iterator[tuple[str, Taken]]:
        """Every field with its name, targets among them: 'target 2026'."""
        yield from self.fields.items()
        for target in self.targets:
            yield f"target {target.year or ''}".strip(), target.text


@dataclass(frozen=True)
class DraftGroup:
    """A heading that rows stand under (nhóm)."""

    annex: str
    no: str
    title: Taken


@dataclass
class PlanReading:
    """Everything read from one document."""

    rows: list[DraftRow] = field(default_factory=list)
    groups: list[DraftGroup] = field(default_factory=list)
    facts: dict[str, list[Taken]] = field(default_factory=dict)
    """Field of the plan → what the document says of it."""
    placed: set[int] = field(default_factory=set)
    """Pieces that are heads of tables, titles, numbers: placed, though no field holds them."""
    reasons: dict[int, str] = field(default_factory=dict)
    """Piece → why it, or a part of it, was not taken, in Vietnamese."""

    def leave(self, pieces: Iterable[Piece], reason: str) -> None:
        """Say why pieces are not taken; the first reason given for a piece stays."""
        for piece in pieces:
            if piece.text:
                self.reasons.setdefault(piece.at, reason)

    def pass_over(self, pieces: Iterable[Piece]) -> None:
        """Pieces that are understood and are no field: heads, numbers of rows."""
        self.placed.update(piece.at for piece in pieces)

    def spans(self) -> dict[int, list[Letters]]:
        """Piece → the letters of it that fields have taken."""
        found: dict[int, list[Letters]] = {}
        every = [one for row in self.rows for _, one in row.all_taken()]
        every += [group.title for group in self.groups]
        every += [one for facts in self.facts.values() for one in facts]
        for one in every:
            for span in one.spans:
                found.setdefault(span.at, []).append(span)
        return found


def doubted(one: Taken, doubt: str) -> Taken:
    """The field with one more reason to look at it."""
    return replace(one, doubt="; ".join(filter(None, (one.doubt, doubt))))
