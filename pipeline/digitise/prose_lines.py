"""Lines of a plan outside its tables (gạch, đoạn): objectives with figures, tasks and measures, and who does them.

The conventions are those of docs/digitisation.md: a line that names an office in charge or a time is a task, another
one a measure; a figure outside the objectives is a commitment; lines without a number are counted under their heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.digitise.draft_rows import DraftRow, PlanReading, RowKind, taken
from pipeline.digitise.offices import is_named_office, offices_in
from pipeline.digitise.outline import Section, SectionRole, is_attribute
from pipeline.digitise.prose_offices import attributes_of, heading_office, only_coordinates, stated_in
from pipeline.digitise.prose_targets import targets_in
from pipeline.digitise.unplaced import has_figure
from pipeline.digitise.word_document import PICTURE
from pipeline.documents.blocks import TextBlock
from pipeline.documents.labels import depth_of
from pipeline.intake.cells import FAULTS
from pipeline.intake.headings import Forms
from pipeline.plans.text import bare

_REASONS = {
    SectionRole.OPENING: "phần mở đầu",
    SectionRole.GROUNDS: "căn cứ, đánh giá: không phải dòng kế hoạch",
    SectionRole.CLOSING: "nơi nhận, chữ ký",
}
_END = re.compile(r"\./\.|^Trên đây là|^Trong quá trình (?:triển khai|thực hiện)|^Yêu cầu (?:các|Thủ trưởng)")
_AGAIN = re.compile(r"^(?:ban|uy ban nhan dan|ubnd|hdnd) [^,;.]{0,60}(?:yeu cau|de nghi|giao)\b")
_FEWEST_WORDS = 3
"""Words of a line of an annex."""
LOOSE = "dòng rời trong phụ lục, có thể là ô của một bảng đã mất đường kẻ: lấy bản Word, hoặc bản PDF xuất từ Word"
IN_WORDS = "mục tiêu bằng lời, không có con số"
NOT_COUNTED = "có con số mà không rõ là mức phải đạt: không có “%”, từ so sánh hay vật được đếm"


@dataclass
class SectionLines:
    """What the paragraphs of one section give. Rows have numbers, and no group yet."""

    rows: list[DraftRow] = field(default_factory=list)
    left: list[tuple[TextBlock, int, int, str]] = field(default_factory=list)
    """Letters of a paragraph with a figure that became no target, and why."""


def read_lines(
    paragraphs: Sequence[TextBlock], section: Section, forms: Forms, year: int | None, reading: PlanReading
) -> SectionLines:
    """Read the paragraphs that stand directly under one heading. `year` is that of a plan of one year."""
    made = SectionLines()
    if section.role in _REASONS:
        reading.leave(paragraphs, _REASONS[section.role])
        return made
    reader = _LineReader(section, forms, section.year or year, reading, made)
    for at, paragraph in enumerate(paragraphs):
        follows = paragraphs[at + 1] if at + 1 < len(paragraphs) else None
        reader.line(paragraph, follows)
    if LOOSE in (reading.reasons.get(paragraph.at) for paragraph in paragraphs):
        for row in made.rows:
            row.doubts.append(LOOSE)
    return made


class _LineReader:
    def __init__(
        self, section: Section, forms: Forms, year: int | None, reading: PlanReading, made: SectionLines
    ) -> None:
        self._section, self._forms, self._year, self._reading, self._made = section, forms, year, reading, made
        self._count = 0
        self._last: DraftRow | None = None
        self._office: TextBlock | None = None
        """The line that names an office, whose lines stand below it."""
        self._numbers: set[str] = set()

    def line(self, paragraph: TextBlock, follows: TextBlock | None) -> None:
        text = paragraph.text
        if paragraph.fault:
            self._reading.leave([paragraph], FAULTS.get(paragraph.fault, paragraph.fault))
        elif text == PICTURE:
            self._reading.leave([paragraph], "không phải chữ")
        elif paragraph.label == "*":
            self._reading.leave([paragraph], "chú thích cuối trang")
        elif self._section.annex and not paragraph.label and (text.startswith("(") or not self._section.numbers):
            self._reading.leave([paragraph], "tên, lời dẫn của phụ lục")
        elif _END.search(text) or (not paragraph.label and _AGAIN.match(bare(text))):
            self._reading.leave([paragraph], "đoạn kết, hoặc giao chung cho nhiều cơ quan: xem có thời hạn không")
            self._last = None
        elif is_attribute(paragraph):
            self._attribute(paragraph)
        elif not paragraph.label and text.endswith(":") and follows is not None and follows.label:
            self._reading.leave([paragraph], "câu dẫn")
        elif text.startswith("(") and text.rstrip(" .;").endswith(")") and not paragraph.label:
            self._reading.leave([paragraph], "câu trong ngoặc")
        elif self._section.annex and (not paragraph.label or len(text.split()) < _FEWEST_WORDS):
            # Text taken from a PDF has the cells of its tables as lines.
            self._reading.leave([paragraph], LOOSE)
        elif self._section.role is SectionRole.OBJECTIVES:
            self._objective(paragraph)
        elif paragraph.label and is_named_office(text):
            self._office = paragraph
            self._reading.pass_over([paragraph])
        else:
            self._task(paragraph)

    def _number(self, paragraph: TextBlock) -> str:
        self._count += 1
        number = paragraph.number if paragraph.label not in ("", "-", "+") else str(self._count)
        while number in self._numbers:
            number = f"{number}'"
        self._numbers.add(number)
        return number

    def _attribute(self, paragraph: TextBlock) -> None:
        """A block such as “Đơn vị chủ trì: …” belongs to the line right above it."""
        found = list(attributes_of(paragraph, self._forms))
        if not found or self._last is None:
            self._reading.leave([paragraph], "không rõ nói về dòng nào, hoặc không hiểu")
            return
        for one in found:
            if one.name in self._last.fields and not self._last.fields[one.name].doubt:
                self._reading.leave([paragraph], f"dòng trên đã có {one.name}")
                continue
            self._last.fields[one.name] = one.field
        self._settle(self._last)

    def _objective(self, paragraph: TextBlock) -> None:
        found = targets_in(paragraph, RowKind.INDICATOR, self._year)
        if paragraph.label or found.rows:
            self._add(paragraph, found.rows, self._number(paragraph))
        for sentence, reason in found.left:
            self._made.left.append((paragraph, sentence.start, sentence.end, reason))
            self._reading.leave([paragraph], reason)
        if not found.rows and not found.left:
            self._reading.leave([paragraph], NOT_COUNTED if has_figure(paragraph.text) else IN_WORDS)
        self._last = found.rows[-1][1] if found.rows else None

    def _add(self, paragraph: TextBlock, rows: Sequence[tuple[str, DraftRow]], number: str) -> None:
        for letter, row in rows:
            row.annex, row.place, row.no = self._section.annex, paragraph.place, f"{number}{letter}"
            if all(target.year is None for target in row.targets):
                row.doubts.append("không rõ năm của mục tiêu: ghi year")
        self._made.rows += (row for _, row in rows)

    def _task(self, paragraph: TextBlock) -> None:
        number = self._number(paragraph)
        row = DraftRow(RowKind.MEASURE, self._section.annex, "", number, paragraph.place)
        row.fields["name"] = taken(paragraph, paragraph.text.rstrip(" .;:"))
        row.fields |= stated_in(paragraph)
        row.fields |= {one.name: one.field for one in attributes_of(paragraph, self._forms)}
        title = self._section.pieces[-1] if self._section.pieces else None
        led = self._section.role is SectionRole.ORGANISATION and title is not None and heading_office(title.text)
        if title is not None and led and "lead" not in row.fields and not only_coordinates(paragraph.text):
            row.fields["lead"] = taken(title, "\n".join(offices_in(self._section.title)))
        self._led_from_above(row, paragraph, title)
        self._settle(row)
        self._made.rows.append(row)
        self._last = row
        found = targets_in(paragraph, RowKind.COMMITMENT, self._year)
        self._add(paragraph, found.rows, number)
        for _, row_found in found.rows:
            row_found.doubts.append("con số ngoài phần mục tiêu: có phải là cam kết không")
        for sentence, reason in found.left:
            self._made.left.append((paragraph, sentence.start, sentence.end, f"chưa thành cam kết: {reason}"))

    def _led_from_above(self, row: DraftRow, paragraph: TextBlock, title: TextBlock | None) -> None:
        """The office that the line above names, or the heading."""
        if self._office is not None and depth_of(paragraph.label) <= depth_of(self._office.label):
            self._office = None
        named = self._office or (title if title is not None and is_named_office(title.text) else None)
        if named is not None and "lead" not in row.fields and not only_coordinates(paragraph.text):
            offices = "\n".join(offices_in(named.text))
            row.fields["lead"] = taken(named, offices, "cơ quan đọc từ đề mục, dòng trên")

    def _settle(self, row: DraftRow) -> None:
        """A line with an office in charge or a time is a task, and so is every line of an annex."""
        if not row.kind.measured and (row.annex or {"lead", "deadline"} & row.fields.keys()):
            row.kind = RowKind.TASK
