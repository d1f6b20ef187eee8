"""A plan document as a whole (văn bản kế hoạch): its blocks, read into rows, groups and facts, with what is left."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from pipeline.digitise.definitions import define_from_lines, define_from_table
from pipeline.digitise.draft_rows import DraftGroup, DraftRow, PlanReading, taken
from pipeline.digitise.facts import read_facts, years_of
from pipeline.digitise.outline import Outline, Section, SectionRole, group_numbers, outline_of
from pipeline.digitise.plan_columns import PlanHead, head_of
from pipeline.digitise.prose_lines import SectionLines, read_lines
from pipeline.digitise.table_rows import NO_GROUP, Standing, read_table
from pipeline.digitise.unplaced import RowCount, Unplaced, has_figure, tally, unplaced
from pipeline.documents.blocks import Block, Table, TextBlock, numbered
from pipeline.documents.join_blocks import joined
from pipeline.intake.headings import Forms
from pipeline.plans.models import Locality

ONLY_GROUP = "I"
"""The number of the group of an annex that has none."""


@dataclass(frozen=True)
class Document:
    """A document that was read: everything in it is in `reading`, or listed."""

    blocks: tuple[Block, ...]
    reading: PlanReading
    listed: tuple[Unplaced, ...]
    count: RowCount
    years: tuple[int, int, str] | None = None
    """First and last year of the plan, and which half of a year; None where the title does not say."""


def read_document(blocks: Sequence[Block], forms: Forms, locality: Locality) -> Document:
    """Read the blocks of one document. Raises InternalError where something would be lost."""
    whole = numbered(joined(blocks))
    reading = PlanReading()
    read_facts(whole, locality, reading)
    title = reading.facts["title"][0].value if "title" in reading.facts else ""
    years = years_of(title)
    reader = _DocumentReader(outline_of(whole), forms, years, reading)
    reader.read()
    listed = unplaced(whole, reading, reader.left)
    return Document(whole, reading, tuple(listed), tally(whole, reading, listed), years)


@dataclass
class _DocumentReader:
    outline: Outline
    forms: Forms
    years: tuple[int, int, str] | None
    reading: PlanReading
    left: list[tuple[TextBlock, int, int, str]] = field(default_factory=list)
    _explaining: list[tuple[Table, PlanHead]] = field(default_factory=list)

    def read(self) -> None:
        self.reading.leave(self.outline.headings, "đề mục, tên phụ lục: không có dòng nào ngay dưới")
        lines = self._lines()
        numbers = group_numbers([section for section, made in lines if made.rows])
        standing: dict[str, Standing] = {}
        for section, made in lines:
            if made.rows:  # their numbers are in the number of the group
                self.reading.pass_over(one for one in section.pieces[:-1] if not has_figure(one.text))
            for row in made.rows:
                self._into_group(row, section, numbers[section.annex, section.numbers])
            self.left += made.left
        for placed in self.outline.placed:
            if isinstance(placed.block, Table):
                self._table(placed.block, placed.section, standing)
        for table, head in self._explaining:
            define_from_table(table, head, self.reading)
        self.reading.pass_over(one.section.pieces[-1] for one in self.outline.placed if one.section.explains)
        define_from_lines(
            (one.block for one in self.outline.placed if isinstance(one.block, TextBlock) and one.section.explains),
            self.reading,
        )
        self.reading.rows.sort(key=lambda row: row.fields["name"].spans[0].at)
        self.reading.groups.sort(key=lambda group: group.title.spans[0].at)
        keys = Counter((row.kind.measured, row.annex, row.group, row.no) for row in self.reading.rows)
        for row in self.reading.rows:
            if keys[row.kind.measured, row.annex, row.group, row.no] > 1:
                row.doubts.append("hai dòng cùng nhóm, cùng số: đặt số khác")

    def _lines(self) -> list[tuple[Section, SectionLines]]:
        """The lines of every section that has any directly under its heading."""
        one_year = self.years[0] if self.years and self.years[0] == self.years[1] else None
        prose = [placed for placed in self.outline.placed if isinstance(placed.block, TextBlock)]
        found = []
        for section, group in groupby(prose, key=lambda placed: placed.section):
            paragraphs = [placed.block for placed in group if isinstance(placed.block, TextBlock)]
            if section.explains:
                continue  # read when the rows are known
            found.append((section, read_lines(paragraphs, section, self.forms, one_year, self.reading)))
        return found

    def _into_group(self, row: DraftRow, section: Section, number: str) -> None:
        row.group = number
        if not number:
            row.doubts.append("không rõ nhóm: ghi group")
        elif not any((group.annex, group.no) == (row.annex, number) for group in self.reading.groups):
            title = section.pieces[-1]
            self.reading.groups.append(DraftGroup(row.annex, number, taken(title, section.title)))
        self.reading.rows.append(row)

    def _issued(self) -> int | None:
        """The year of the paper: what is earlier in a table is a starting value. None where the paper has no day."""
        found = [*self.reading.facts.get("date", []), *self.reading.facts.get("date_printed", [])]
        year = re.search(r"20[0-9]{2}", found[0].value) if found else None
        return int(year[0]) if year else None

    def _only_group(self, rows: Sequence[DraftRow]) -> None:
        """An annex that has no groups is one, with the title of the annex."""
        for row in rows:
            title = self.outline.annexes.get(row.annex)
            if row.group or title is None:
                continue
            row.group = ONLY_GROUP
            row.doubts = [doubt for doubt in row.doubts if doubt != NO_GROUP]
            if not any((group.annex, group.no) == (row.annex, ONLY_GROUP) for group in self.reading.groups):
                one = taken(title, title.text.rstrip(" .:"), "phụ lục không chia nhóm: nhóm I là cả phụ lục")
                self.reading.groups.append(DraftGroup(row.annex, ONLY_GROUP, one))

    def _table(self, table: Table, section: Section, standing: dict[str, Standing]) -> None:
        head = head_of(table, self.forms, self.years[0] if self.years else self._issued())
        if head is None or section.role is SectionRole.CLOSING:
            # A letterhead gives its facts; any other table without a known head is listed whole.
            self.reading.leave(table.cells, "bảng không có dòng tiêu đề nhận ra được")
            return
        if head.of("definition") and not (head.tasks or head.of("target") or head.of("unit") or head.of("baseline")):
            self._explaining.append((table, head))
            return
        one_year = self.years[0] if self.years and self.years[0] == self.years[1] else None
        stands = standing.setdefault(section.annex, Standing(section.annex))
        stands.year = section.year or one_year
        before = len(self.reading.rows)
        if not stands.group and section.numbers and not section.annex:
            stands.group = section.numbers[-1]
        read_table(table, head, stands, self.reading)
        self._only_group(self.reading.rows[before:])
        known = {(group.annex, group.no) for group in self.reading.groups}
        used = {(row.annex, row.group) for row in self.reading.rows[before:]}
        if section.numbers and (section.annex, section.numbers[-1]) in used - known:
            title = taken(section.pieces[-1], section.title)
            self.reading.groups.append(DraftGroup(section.annex, section.numbers[-1], title))
