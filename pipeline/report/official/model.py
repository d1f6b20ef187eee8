"""The parts of an official report (thành phần thể thức) as text, without their look.

Sizes, margins and positions are those of Nghị định 30/2020/NĐ-CP, Phụ lục I, and stand in the writers of Word and PDF.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from pipeline.report.signs import unbroken

_T = TypeVar("_T")


@dataclass(frozen=True)
class Span:
    """A piece of text; `fill` marks what an officer has to write, shown in brackets and highlighted."""

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
    """Running text, with the gaps that an officer fills in."""

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
    """A column: heading, width in shares of the table, whether its cells are centred, whether each names its row."""

    title: str
    width: int
    centred: bool = False
    heads: bool = False


@dataclass(frozen=True)
class DocumentRow:
    """The cells of one line; a `heading` has one cell over all columns."""

    cells: tuple[str, ...]
    heading: bool = False
    strong: bool = False


@dataclass(frozen=True)
class DocumentTable:
    """A table with its title; `rows` are without the line of column headings."""

    title: str
    summary: str
    """What the table contains, for readers who cannot see it."""
    columns: tuple[DocumentColumn, ...]
    rows: tuple[DocumentRow, ...]


@dataclass(frozen=True)
class QrCode:
    """A QR code with the text beside it; `alternative` is for readers who cannot see it."""

    content: str
    alternative: str
    text: str


Block = DocumentHeading | Paragraph | Items | DocumentTable | QrCode


@dataclass(frozen=True)
class Appendix:
    """An appendix (phụ lục): one table on landscape paper, with its own page numbers."""

    label: str
    title: str
    table: DocumentTable
    notes: tuple[str, ...] = ()
    """Below the table: the sources, by the numbers that its cells name."""


@dataclass(frozen=True)
class Masthead:
    """Everything above the title: motto, issuing body, number, place and date (ô số 1 to 4 of Mục IV)."""

    country: str
    motto: str
    issuer: tuple[str, ...]
    number: str
    place: str
    place_and_day: str
    draft: str


@dataclass(frozen=True)
class Closing:
    """Everything below the text: recipients and signature (ô số 7 and 9)."""

    recipients_heading: str
    recipients: tuple[Line, ...]
    signature: tuple[str, ...]
    signer: Line


@dataclass(frozen=True)
class Computed:
    """What is made of data, by its place in the text; everything else is wording that an office may change in Word."""

    opening: tuple[Block, ...]
    """Before the first section: the issued report that this one replaces."""
    summary: tuple[Block, ...]
    """What a chair needs to know, before the first section (tóm tắt)."""
    indicators: tuple[Block, ...]
    tasks: tuple[Block, ...]
    difficulties: tuple[Block, ...]
    """What offices wrote with their figures (khó khăn, vướng mắc)."""
    next_period: tuple[Block, ...]


@dataclass(frozen=True)
class OfficialReport:
    """The whole document. `title` is that of the file; `label` is on every page of a draft or synthetic report."""

    title: str
    author: str
    label: str
    masthead: Masthead
    kind: str
    subject: str
    addressee: Line
    basis: tuple[Line, ...]
    body: tuple[Block, ...]
    computed: Computed
    """The parts of `body` that are made of data."""
    closing: Closing
    attached: str
    """Below the title of every appendix: which report it belongs to."""
    appendices: tuple[Appendix, ...]


def cleaned(part: _T) -> _T:
    """The same part with `inert` and `unbroken` applied to every text."""
    if isinstance(part, str):
        return unbroken(inert(part))  # type: ignore[return-value]
    if isinstance(part, tuple):
        return tuple(cleaned(x) for x in part)  # type: ignore[return-value]
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        return type(part)(**{name: cleaned(value) for name, value in vars(part).items()})
    return part


@lru_cache(4096)
def inert(text: str) -> str:
    """NFC, without control, invisible and direction-changing characters, without line breaks.

    No-break spaces stay: they join a figure and its unit, and keep blanks free for number and date.
    """
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable():  # rare; to test every character is slow
        text = "".join(map(_inert_character, text))
    return re.sub(r" +", " ", text) if "  " in text else text


def lowered(text: str) -> str:
    """As within a sentence: 'Đặc khu Cát Hải' as 'đặc khu Cát Hải'."""
    return text[:1].lower() + text[1:]


def _inert_character(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category == "Cf":
        return ""
    return "\N{REPLACEMENT CHARACTER}" if category in ("Cs", "Co", "Cn") else character
