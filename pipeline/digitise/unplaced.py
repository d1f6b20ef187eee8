"""What of a document is not in the draft (chưa xếp): every paragraph, cell or rest of one, with its place and why.

Rows in are rows placed plus rows listed. A figure that no field has taken is listed even where the rest of its
paragraph has been taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.digitise.draft_rows import Letters, PlanReading
from pipeline.digitise.sentences import sentences_of
from pipeline.documents.blocks import Block, Piece, Table, TextBlock
from pipeline.errors import InternalError
from pipeline.plans.wordings import number_in_words

_DIGIT = re.compile(r"[0-9]")
REST = "phần còn lại của đoạn, ô: chưa vào trường nào"
UNREAD = "chưa vào dự thảo"


@dataclass(frozen=True)
class Unplaced:
    """One thing that is not in the draft: its words, place and reason, and whether it holds a figure."""

    text: str
    place: str
    reason: str
    figure: bool
    at: int
    whole: bool = True
    """Whether nothing of its paragraph or cell is in the draft."""


@dataclass(frozen=True)
class RowCount:
    """How many rows the document has, and where they went: a paragraph is one, and a row of a table with text."""

    rows: int
    placed: int
    listed: int

    @property
    def sentence(self) -> str:
        """The count, in Vietnamese."""
        return f"{self.rows} dòng của văn bản = {self.placed} vào dự thảo + {self.listed} trong danh sách chưa xếp"


def has_figure(text: str) -> bool:
    """Whether a text holds a figure: a digit, or a number in words that counts something."""
    if _DIGIT.search(text):
        return True
    words = re.findall(r"[^\W\d_]+", text.lower())
    return any(number_in_words(words[n : n + 5]) for n in range(len(words)))


def unplaced(
    blocks: Sequence[Block], reading: PlanReading, left: Sequence[tuple[TextBlock, int, int, str]]
) -> list[Unplaced]:
    """The list, in the order of the document. `left` names sentences with figures that became no target."""
    spans = reading.spans()
    made: list[Unplaced] = []
    for piece in _pieces(blocks):
        taken = spans.get(piece.at, [])
        if not piece.text or (piece.at in reading.placed and not taken):
            continue
        if not taken:
            reason = reading.reasons.get(piece.at, UNREAD)
            made.append(Unplaced(_printed(piece), piece.place, reason, has_figure(piece.text), piece.at))
            continue
        made += _rests(piece, taken, reading.reasons.get(piece.at, REST))
    known = {(one.at, one.text) for one in made}
    for paragraph, start, end, reason in left:
        text = paragraph.text[start:end]
        if (paragraph.at, text) not in known and has_figure(text) and paragraph.at in spans:
            made.append(Unplaced(text, paragraph.place, reason, True, paragraph.at, whole=False))
    return sorted(made, key=lambda one: one.at)


def _pieces(blocks: Sequence[Block]) -> Iterator[Piece]:
    for block in blocks:
        if isinstance(block, Table):
            yield from block.cells
        else:
            yield block


def _printed(piece: Piece) -> str:
    return piece.printed if isinstance(piece, TextBlock) else piece.text


def _rests(piece: Piece, taken: Sequence[Letters], reason: str) -> Iterator[Unplaced]:
    """The sentences of a piece with a figure outside of what was taken."""
    covered = [False] * len(piece.text)
    for span in taken:
        covered[span.start : span.end] = [True] * (min(span.end, len(covered)) - span.start)
    for sentence in sentences_of(piece.text):
        rest = "".join(
            letter if not covered[at] else " "
            for at, letter in enumerate(piece.text[sentence.start : sentence.end], start=sentence.start)
        )
        if has_figure(rest):
            yield Unplaced(sentence.text, piece.place, reason, True, piece.at, whole=False)


def tally(blocks: Sequence[Block], reading: PlanReading, listed: Sequence[Unplaced]) -> RowCount:
    """Count the rows. Raises InternalError where one is neither placed nor listed."""
    spans, whole = reading.spans(), {one.at for one in listed if one.whole}
    placed = rows = 0
    for row in _rows(blocks):
        filled = [piece for piece in row if piece.text]
        if not filled:
            continue
        rows += 1
        if any(piece.at in spans or piece.at in reading.placed for piece in filled):
            placed += 1
        elif not all(piece.at in whole for piece in filled):
            raise InternalError(f"{filled[0].place}: không ở dự thảo, cũng không ở danh sách")
    return RowCount(rows, placed, rows - placed)


def _rows(blocks: Sequence[Block]) -> Iterator[Sequence[Piece]]:
    for block in blocks:
        if isinstance(block, Table):
            yield from (block.row_cells(row) for row in range(block.rows))
        else:
            yield (block,)
