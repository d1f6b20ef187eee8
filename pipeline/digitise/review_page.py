"""The page for reviewing a draft (trang rà soát): the document with every taken place marked, beside it the rows.

One static file without a script: each field links to its place, each marked place to its row. Doubtful rows come first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.digitise.draft_rows import DraftRow, RowKind, Taken
from pipeline.digitise.draft_yaml import DraftOf
from pipeline.digitise.proposals import Proposal
from pipeline.documents.blocks import Piece, Table, TextBlock
from pipeline.report.render import PAGE, check_page
from pipeline.report.templating import environment

KINDS = {
    RowKind.INDICATOR: "chỉ tiêu",
    RowKind.COMMITMENT: "cam kết",
    RowKind.TASK: "nhiệm vụ",
    RowKind.MEASURE: "giải pháp",
}
FIELDS = {
    "name": "Tên",
    "unit": "Đơn vị tính",
    "baseline": "Xuất phát điểm",
    "definition": "Giải thích",
    "lead": "Chủ trì",
    "coordinating": "Phối hợp",
    "deadline": "Thời hạn",
    "output": "Sản phẩm",
    "title": "Tên kế hoạch",
    "number": "Số",
    "date": "Ngày",
    "date_printed": "Ngày (in)",
    "issuer": "Nơi ban hành",
    "implements": "Thực hiện",
    "supersedes": "Thay thế",
}


@dataclass(frozen=True)
class Segment:
    """Letters of a piece: taken by a field of a row, listed, or neither."""

    text: str
    state: str = ""
    """'taken', 'doubt' or 'left'; '' for neither."""
    link: str = ""
    says: str = ""
    """Which field it is, for those who point at it."""


@dataclass(frozen=True)
class ShownPiece:
    """A paragraph or cell as the page shows it."""

    id: str
    place: str
    label: str
    segments: tuple[Segment, ...]
    reason: str = ""
    height: int = 1
    width: int = 1


@dataclass(frozen=True)
class ShownField:
    """A field of a row: its name in words, what the draft holds, what is printed and where."""

    name: str
    field: Taken
    link: str

    @property
    def altered(self) -> bool:
        """Whether the draft holds more than the printed text without the mark at its end."""
        return self.field.value.replace("\n", ", ") != self.field.printed.rstrip(" .;:")


@dataclass(frozen=True)
class ShownRow:
    """A row of the draft with its fields, doubts, and the concepts that it may mean."""

    id: str
    row: DraftRow
    kind: str
    fields: tuple[ShownField, ...]
    certain: str = ""
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True)
class ReviewPage:
    """Everything on the page."""

    draft: DraftOf
    shown: tuple[tuple[ShownPiece, ...] | tuple[tuple[ShownPiece, ...], ...], ...]
    """A paragraph as one piece, a table as its rows."""
    facts: tuple[ShownField, ...]
    rows: tuple[ShownRow, ...]
    agencies: tuple[tuple[str, tuple[Proposal, ...]], ...]

    @property
    def doubtful(self) -> list[ShownRow]:
        """Rows that have to be looked at."""
        return [row for row in self.rows if row.row.all_doubts]

    @property
    def plain(self) -> list[ShownRow]:
        """Rows that stand in the document as they are."""
        return [row for row in self.rows if not row.row.all_doubts]


def review_page(draft: DraftOf) -> str:
    """The page as text. Raises InternalError if it would hold active content."""
    from markupsafe import Markup

    css = (PAGE / "page.css").read_text("utf-8") + (Path(__file__).parent / "review.css").read_text("utf-8")
    template = environment(Path(__file__).parent).get_template("review.html.j2")
    page = template.render(page=_page(draft), css=Markup(css))  # noqa: S704 - our files
    check_page(page)
    return page


def _page(draft: DraftOf) -> ReviewPage:
    reading = draft.document.reading
    rows = tuple(_row(n, row, draft) for n, row in enumerate(reading.rows, start=1))
    facts = [(name, one) for name, found in reading.facts.items() for one in found]
    marks = _marks(draft, rows)
    reasons = {one.at: one.reason for one in draft.document.listed}
    left = {one.at: one.text for one in draft.document.listed if one.figure}
    shown: list[tuple[ShownPiece, ...] | tuple[tuple[ShownPiece, ...], ...]] = []
    for block in draft.document.blocks:
        if isinstance(block, Table):
            cells = [[_piece(cell, marks, reasons, left) for cell in block.row_cells(n)] for n in range(block.rows)]
            shown.append(tuple(tuple(line) for line in cells))
        else:
            shown.append((_piece(block, marks, reasons, left),))
    return ReviewPage(
        draft,
        tuple(shown),
        tuple(_field(name, one) for name, one in facts),
        rows,
        tuple(draft.known.unknown_agencies(reading.rows)),
    )


def _row(n: int, row: DraftRow, draft: DraftOf) -> ShownRow:
    certain = draft.known.certain_concept(row) if row.kind.measured else ""
    proposals = draft.known.concepts(row) if row.kind.measured and not certain else ()
    fields = tuple(_field(name, one) for name, one in row.all_taken())
    return ShownRow(f"r{n}", row, KINDS[row.kind], fields, certain, proposals)


def _field(name: str, one: Taken) -> ShownField:
    shown = FIELDS.get(name) or name.replace("target", "Mục tiêu")
    return ShownField(shown, one, f"c{one.spans[0].at}" if one.spans else "")


@dataclass(frozen=True)
class _Mark:
    """Which letters of a piece a field has taken."""

    start: int
    end: int
    segment: Segment


def _marks(draft: DraftOf, rows: Sequence[ShownRow]) -> dict[int, list[_Mark]]:
    """Piece → its marks, the longest first, so that a part of a name shows what else it is."""
    made: dict[int, list[_Mark]] = {}

    def add(one: Taken, link: str, says: str) -> None:
        for span in one.spans:
            state = "doubt" if one.doubt else "taken"
            made.setdefault(span.at, []).append(_Mark(span.start, span.end, Segment("", state, link, says)))

    for row in rows:
        for field in row.fields:
            add(field.field, row.id, f"{row.row.label}: {field.name}")
    for group in draft.document.reading.groups:
        add(group.title, "", f"nhóm {group.no}")
    for name, found in draft.document.reading.facts.items():
        for one in found:
            add(one, "facts", FIELDS.get(name, name))
    for marks in made.values():
        marks.sort(key=lambda mark: mark.start - mark.end)
    return made


def _piece(piece: Piece, marks: dict[int, list[_Mark]], reasons: dict[int, str], left: dict[int, str]) -> ShownPiece:
    segments = tuple(_segments(piece, marks.get(piece.at, []), left.get(piece.at, "")))
    if isinstance(piece, TextBlock):
        return ShownPiece(f"c{piece.at}", piece.place, piece.label, segments, reasons.get(piece.at, ""))
    size = (piece.height, piece.width)
    return ShownPiece(f"c{piece.at}", piece.place, "", segments, reasons.get(piece.at, ""), *size)


def _segments(piece: Piece, marks: Sequence[_Mark], left: str) -> Iterator[Segment]:
    owner = [Segment("")] * len(piece.text)
    for mark in marks:
        owner[mark.start : mark.end] = [mark.segment] * (min(mark.end, len(owner)) - mark.start)
    open_figure = Segment("", "left", "", "chưa xếp")
    if left and (at := piece.text.find(left)) >= 0:
        for n in range(at, at + len(left)):
            if not owner[n].state:
                owner[n] = open_figure
    start = 0
    for n in range(1, len(piece.text) + 1):
        if n == len(piece.text) or owner[n] is not owner[start]:
            same = owner[start]
            yield Segment(piece.text[start:n], same.state, same.link, same.says)
            start = n
