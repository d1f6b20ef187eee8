"""The parts of an official report (thành phần thể thức), as text: what is said, not how it is drawn.

Sizes, margins and places are those of Nghị định 30/2020/NĐ-CP, Phụ lục I, and lie with the writers.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True)
class Span:
    """A piece of text; `fill` marks what an officer still has to write, shown in brackets and highlighted."""

    text: str
    fill: bool = False


Line = tuple[Span, ...]
"""One line or paragraph."""


@dataclass(frozen=True)
class DocumentHeading:
    """A heading of the outline: level 1 is 'I. …', level 2 is '1. …'."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Running text, with the gaps an officer still has to fill in."""

    spans: Line


def plain_paragraph(text: str) -> Paragraph:
    """A paragraph without gaps."""
    return Paragraph((Span(text),))


@dataclass(frozen=True)
class Items:
    """A list with dashes."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class DocumentColumn:
    """A column: its heading, its width in shares of the table, and whether its cells are centred."""

    title: str
    width: int
    centred: bool = False


@dataclass(frozen=True)
class DocumentRow:
    """Cells of one line. A `heading` has one cell that goes over all columns."""

    cells: tuple[str, ...]
    heading: bool = False
    strong: bool = False


@dataclass(frozen=True)
class DocumentTable:
    """A table under its title; the line of column headings is not among its `rows`."""

    title: str
    summary: str
    """What the table holds, for those who do not see it."""
    columns: tuple[DocumentColumn, ...]
    rows: tuple[DocumentRow, ...]


Block = DocumentHeading | Paragraph | Items | DocumentTable


@dataclass(frozen=True)
class Appendix:
    """An appendix (phụ lục) with one table, on landscape paper with its own page numbers."""

    label: str
    title: str
    attached: str
    table: DocumentTable


@dataclass(frozen=True)
class Masthead:
    """Everything above the title: motto, issuing body, number, place and date (ô số 1 to 4 of Mục IV)."""

    country: str
    motto: str
    issuer: tuple[str, ...]
    number: str
    place_and_day: str
    draft: str


@dataclass(frozen=True)
class Closing:
    """What stands below the text: recipients and signature (ô số 7 and 9)."""

    recipients_heading: str
    recipients: tuple[Line, ...]
    signature: tuple[str, ...]
    signature_choice: Line


@dataclass(frozen=True)
class OfficialReport:
    """The whole document. `title` is that of the file; `label` stands on every page of a draft or of synthetic data."""

    title: str
    author: str
    label: str
    masthead: Masthead
    kind: str
    subject: str
    dates: tuple[str, ...]
    addressee: Line
    basis: tuple[Line, ...]
    body: tuple[Block, ...]
    closing: Closing
    appendices: tuple[Appendix, ...]


def cleaned(part: _T) -> _T:
    """The same part with every text as `inert` leaves it."""
    if isinstance(part, str):
        return inert(part)  # type: ignore[return-value]
    if isinstance(part, tuple):
        return tuple(cleaned(x) for x in part)  # type: ignore[return-value]
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        values = {field.name: cleaned(getattr(part, field.name)) for field in dataclasses.fields(part)}
        return dataclasses.replace(part, **values)
    return part


def inert(text: str) -> str:
    """Text that is only text: NFC, no control, invisible or direction-changing characters, no line breaks.

    No-break spaces stay: they hold a figure to its unit, and blanks open for the number and the date.
    """
    kept = unicodedata.normalize("NFC", text)
    if not kept.isprintable():  # rarely, and looking at every character takes long
        kept = "".join(map(_inert_character, kept))
    return re.sub(r" +", " ", kept)


def lowered(text: str) -> str:
    """As it stands within a sentence: 'Đặc khu Cát Hải' as 'đặc khu Cát Hải'."""
    return text[:1].lower() + text[1:]


def _inert_character(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category == "Cf":
        return ""
    return "\N{REPLACEMENT CHARACTER}" if category in ("Cs", "Co", "Cn") else character
