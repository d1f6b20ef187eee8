"""Where each paragraph of a plan stands (bố cục): annex, part, heading, and what is said there.

Objectives hold targets; tasks, solutions, funding and organisation hold lines; grounds and assessments hold neither.
Groups are named as the registry names them (docs/digitisation.md): by the number of the innermost heading, with the
number of its part where two parts would give the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.digitise.table_rows import year_in
from pipeline.documents.blocks import Block, Table, TextBlock
from pipeline.documents.labels import depth_of
from pipeline.plans.text import bare

LONGEST_HEADING = 300
"""Characters of a numbered heading; a longer one is a line."""


class SectionRole(StrEnum):
    """What a section holds."""

    OPENING = "opening"
    GROUNDS = "grounds"
    OBJECTIVES = "objectives"
    LINES = "lines"
    ORGANISATION = "organisation"
    """Lines of the offices that its headings name."""
    CLOSING = "closing"


_ROLES = (
    (SectionRole.OBJECTIVES, re.compile(r"(?:cac )?(?:muc tieu|chi tieu)(?! va nhiem vu)")),
    (SectionRole.ORGANISATION, re.compile(r"(?:to chuc thuc hien|phan cong|trach nhiem|to chuc trien khai)")),
    (
        SectionRole.GROUNDS,
        re.compile(
            r"(?:can cu|danh gia|ket qua|thuc trang|tinh hinh|muc dich(?!.*yeu cau)|quan diem|su can thiet|co so)"
        ),
    ),
    (
        SectionRole.LINES,
        re.compile(
            r"(?:cac )?(?:nhiem vu|noi dung|giai phap|kinh phi|yeu cau|muc dich|che do|pham vi|nguon luc|kien nghi)"
        ),
    ),
)
_SEPARATE = re.compile(r"giai phap|kinh phi|to chuc|phan cong|trach nhiem|kien nghi|yeu cau|muc dich|nguon luc")
"""Parts whose groups always bear the number of the part."""
_EXPLAINS = re.compile(r"(?:giai thich|dinh nghia|cach tinh|noi ham|phuong phap tinh)\b(?! tu ngu)")
_ANNEX = re.compile(r"phụ lục(?: số)? ?(?P<number>[ivx]{1,5}|[0-9]{1,2})?\b[.:]?", re.IGNORECASE)
_ANNEX_TITLE = re.compile(
    r"(?P<number>)(?:DANH MỤC|BIỂU|BẢNG|PHỤ BIỂU|(?:CÁC )?CHỈ TIÊU|HỆ THỐNG|TỔNG HỢP|(?:CÁC )?NHIỆM VỤ|MỤC TIÊU)"
)
"""How the title of an annex begins that stands behind the signatures and is not called one."""
_CLOSING = re.compile(r"nơi nhận ?:?", re.IGNORECASE)
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True)
class Section:
    """The heading that a paragraph or table stands under, and those above it."""

    role: SectionRole = SectionRole.OPENING
    annex: str = ""
    numbers: tuple[str, ...] = ()
    """The numbers of the headings from the part down: ('II', '2')."""
    titles: tuple[str, ...] = ()
    pieces: tuple[TextBlock, ...] = ()
    """The paragraphs of these headings."""
    year: int | None = None

    @property
    def title(self) -> str:
        """The innermost heading."""
        return self.titles[-1] if self.titles else ""

    @property
    def explains(self) -> bool:
        """Whether it says what indicators mean (giải thích chỉ tiêu)."""
        return any(_EXPLAINS.match(bare(title)) for title in self.titles)

    @property
    def separate(self) -> bool:
        """Whether its groups bear the number of their part in any case."""
        return bool(self.titles) and bool(_SEPARATE.match(bare(self.titles[0])))


@dataclass(frozen=True)
class PlacedBlock:
    """A block that is no heading, and where it stands."""

    block: Block
    section: Section


@dataclass
class Outline:
    """A document in sections."""

    placed: list[PlacedBlock] = field(default_factory=list)
    annexes: dict[str, TextBlock] = field(default_factory=dict)
    """Annex → the paragraph that says what it holds."""
    headings: list[TextBlock] = field(default_factory=list)
    """Paragraphs that are headings, titles of annexes and titles in capital letters."""


def outline_of(blocks: Sequence[Block]) -> Outline:
    """Put every block under its heading."""
    made = Outline()
    stack: list[tuple[int, TextBlock]] = []
    annex, annexes, closing = "", 0, False
    for at, block in enumerate(blocks):
        if isinstance(block, Table):
            if closing and block.columns > 2:  # an annex without a title; signatures stand in two columns
                annexes += 1
                annex, stack, closing = f"PL{annexes}", [], False
            made.placed.append(PlacedBlock(block, _section(stack, annex)))
            closing = closing or any(_CLOSING.match(cell.text) for cell in block.cells)
            continue
        found = _annex_of(block)
        if found is None and closing and _is_title(block):
            found = _ANNEX_TITLE.match(block.text)
        if found:
            annexes += 1
            annex, stack, closing = f"PL{_value(found) or annexes}", [], False
            made.annexes[annex] = block
            made.headings.append(block)
        elif closing or _CLOSING.search(block.text[-12:]):
            inside = not closing and not _CLOSING.match(block.text)
            closing = True
            where = _section(stack, annex) if inside else Section(SectionRole.CLOSING, annex)
            made.placed.append(PlacedBlock(block, where))
        elif _is_heading(blocks, at):
            depth = depth_of(block.label)
            stack = [one for one in stack if one[0] < depth]
            stack.append((depth, block))
            made.headings.append(block)
        elif _is_title(block):
            made.headings.append(block)
            if annex and not stack and _ANNEX.fullmatch(made.annexes[annex].text):
                made.annexes[annex] = block
        else:
            made.placed.append(PlacedBlock(block, _section(stack, annex)))
    return made


def _annex_of(block: TextBlock) -> re.Match[str] | None:
    capitals = block.text.startswith("PHỤ LỤC")
    longest = LONGEST_HEADING if capitals else 60
    found = _ANNEX.match(block.text) if not block.label and len(block.text) < longest else None
    return found if found and (found.end() == len(block.text) or capitals) else None


def _value(found: re.Match[str]) -> int:
    text = (found["number"] or "").lower()
    if text.isdigit():
        return int(text)
    values = [_ROMAN[letter] for letter in text]
    return sum(-one if one < max(values[n:], default=0) else one for n, one in enumerate(values))


def _section(stack: Sequence[tuple[int, TextBlock]], annex: str) -> Section:
    pieces = tuple(piece for _, piece in stack if depth_of(piece.label) > 0)
    role = SectionRole.LINES if annex else SectionRole.OPENING
    years: list[int] = []
    for _, piece in stack:
        title = bare(piece.text)
        found = next((one for one, pattern in _ROLES if pattern.match(title)), None)
        # A heading inside the lines may begin with such a word: “Kết quả …”, “Mục tiêu …” of an office.
        if found is not None and not (role is SectionRole.ORGANISATION and found is not SectionRole.ORGANISATION):
            role = found
        if year := year_in(piece.text):
            years.append(year)
    numbers = tuple(piece.number for piece in pieces)
    titles = tuple(piece.text.rstrip(" .:") for piece in pieces)
    return Section(role, annex, numbers, titles, pieces, years[-1] if years else None)


def _is_heading(blocks: Sequence[Block], at: int) -> bool:
    """Whether a numbered paragraph is the heading of what follows."""
    block = blocks[at]
    if not isinstance(block, TextBlock) or not block.label or len(block.text) > LONGEST_HEADING:
        return False
    depth = depth_of(block.label)
    if depth >= 7 or not block.text:
        return False
    if depth < 2:
        return True
    follows = next((one for one in blocks[at + 1 :] if not is_attribute(one)), None)
    if follows is None or (isinstance(blocks[at + 1], TextBlock) and is_attribute(blocks[at + 1])):
        return False
    if isinstance(follows, Table):
        return True
    return depth_of(follows.label) > depth and not block.text.endswith((".", ";", "./."))


_ATTRIBUTE = re.compile(
    r"\(?(?:(?:cơ quan|đơn vị|phòng, ban)?(?: |, )?(?:chủ trì|phối hợp|thực hiện|phụ trách)[^:]{0,25}"
    r"|thời (?:gian|hạn)[^:]{0,25}|tiến độ[^:]{0,20}|sản phẩm[^:]{0,25}|kết quả(?: đầu ra| dự kiến)?|hoàn thành) ?:",
    re.IGNORECASE,
)


def is_attribute(block: Block) -> bool:
    """Whether a paragraph says who leads, with whom, by when or with what product the line above is done."""
    return isinstance(block, TextBlock) and bool(_ATTRIBUTE.match(block.text))


def _is_title(block: TextBlock) -> bool:
    return not block.label and block.text.isupper() and len(block.text) < LONGEST_HEADING


def group_numbers(sections: Sequence[Section]) -> dict[tuple[str, tuple[str, ...]], str]:
    """(annex, numbers of headings) → number of the group, for the sections that have rows, in reading order."""
    taken: dict[tuple[str, str], tuple[str, ...]] = {}
    parted: set[tuple[str, str]] = set()
    for section in sections:
        short, numbers = section.numbers[-1:], section.numbers
        if len(numbers) > 1 and not section.separate:
            first = taken.setdefault((section.annex, short[0]), numbers)
            if first[0] != numbers[0]:
                parted.add((section.annex, numbers[0]))
    made = {}
    for section in sections:
        numbers = section.numbers
        part = numbers[0] if numbers else ""
        own = section.separate or (section.annex, part) in parted
        inner = numbers[-1] if numbers else ""
        made[section.annex, numbers] = part if len(numbers) < 2 else f"{part}.{inner}" if own else inner
    return made
