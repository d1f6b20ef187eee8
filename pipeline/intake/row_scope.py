"""Rows, sections and tables that are of another locality or period, by what columns and titles say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from pipeline.errors import Finding, Question
from pipeline.intake.cells import Grid, Line, place_on
from pipeline.intake.head_lines import UNIT_OR_AGENCY
from pipeline.intake.heading_words import bears_on, fold, sense_of
from pipeline.intake.headings import Column, TableHeading
from pipeline.intake.scope import Whose, in_words, question_code

_TITLES = 25
"""Lines above a head that are its title."""
_MAY_NAME_PLACES = ("", "lead", "coordinating", UNIT_OR_AGENCY)
_OWN_AFTER_ALL = "của mình"
"""The answer that a title names another locality or period by mistake."""
_OF_A_PERIOD = re.compile(
    r" ?(?:day )?(?:la )?so (?:lieu )?(?:cua )?(?:nam|qu[iy]|thang|6 thang|9 thang) ?[0-9iv/. nam]{1,16} ?$"
)
"""A part of a remark that says of which period the figure is, folded: 'số năm 2025', 'số liệu của quý IV/2025'."""
OWN, OTHER, UNCLEAR = "own", "other", "unclear"


@dataclass
class RowScope:
    """Which rows of a table are one's own: columns that say it, and headings of sections between rows."""

    columns: tuple[Column, ...] = ()
    whose: Whose = field(default_factory=Whose)
    grid: Grid | None = None
    left: dict[str, list[int]] = field(default_factory=dict)
    """Whose rows were left out → their lines."""
    _section: str = ""
    _sections: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, heading: TableHeading, grid: Grid, after: int, whose: Whose) -> RowScope:
        """The columns headed so, and those of other headings in which mostly names of localities stand."""
        columns = list(heading.scopes)
        lines = grid.lines[after : after + 300]
        for column in heading.described:
            if column.meaning in _MAY_NAME_PLACES and whose.own:
                texts = [text for line in lines if (text := line.cell(column.index).text)]
                named = [whose.place_of(text) for text in texts]
                if texts and sum(map(bool, named)) * 2 > len(texts) and any(n and n != OWN for n in named):
                    columns.append(Column(column.index, column.texts, "locality"))
        return cls(tuple(columns), whose, grid)

    def section(self, line: Line, whose: Whose) -> bool:
        """Take a line between rows that names a locality or period alone: it holds for the rows below it."""
        texts = [text for text in dict.fromkeys(line.texts) if text]
        words = [text for text in texts if not (len(text) <= 5 and fold(text).strip("ivxlc.0123456789") == "")]
        if len(words) != 1:
            return False
        text = words[0].lstrip("0123456789IVXivx.-+) ") if len(texts) == 1 else words[0]
        places = (whose.place_of(text), *whose.places_in(words[0]))
        said = sense_of(text, whose.period.year) if whose.period else None
        if place := next(filter(None, places), ""):
            self._section = "" if OWN in places else place
        elif said and said.periods and whose.period and not said.sort:
            stands = {bears_on(p, whose.period) for p in said.periods}
            other = bool(whose.other_period(text, years=said.bare)) and not stands & {"same", "around"}
            if not other and not said.bare and not said.result:
                return False
            self._section = in_words(said.periods[0]) if other else ""
        else:
            return False
        return True

    def leaves_out(self, line: Line) -> bool:
        """Whether a row is another's; it is remembered for the remark."""
        other = self._sections.get(line.number, "") or self._said(line)[1]
        if other:
            self.left.setdefault(other, []).append(line.number)
        return bool(other)

    def enter(self, line: Line) -> None:
        """Remember in which section a row stands."""
        if self._section:
            self._sections[line.number] = self._section

    def doubt(self, line: Line, note: str = "") -> str:
        """The fault of a row of which it is not clear whose it is, also by its note ('số liệu quý IV/2025')."""
        if note and self.whose.period and len(note) <= 80:
            said = sense_of(note, self.whose.period.year)
            if said.periods and said.rest in ("", "so lieu") and self.whose.other_period(note, years=True):
                return "other-period"
        for part in re.split(r"[;,.()](?![0-9])", note[:300]) if self.whose.period else ():
            if _OF_A_PERIOD.match(fold(part)) and self.whose.other_period(part, years=True):
                return "other-period"
        return self._said(line)[0]

    def _said(self, line: Line) -> tuple[str, str]:
        """The fault, and whose row it is if another's."""
        fault = ""
        for column in self.columns:
            text = self._text(line, column.index)
            if column.meaning == "locality":
                place = self.whose.place_of(text)
                if place and place != OWN:
                    return "", place
                if not place and self.whose.own:
                    if self.whose.is_nameless(text):
                        continue
                    if text and not _nearly(fold(text), fold(self.whose.own)):
                        return "", f"“{text[:60]}”"
                    fault = fault or "other-locality"
            else:
                stands, named = self._period(text, column)
                if stands == OTHER:
                    return "", named
                fault = fault or ("other-period" if stands == UNCLEAR else "")
        return fault, ""

    def _text(self, line: Line, column: int) -> str:
        text = line.cell(column).text
        area = self.grid.area_at(line.number, column) if self.grid and not text else None
        top = self.grid.line_at(area.first_line) if area and self.grid else None
        return top.cell(area.first_column).text if top and area else text

    def _period(self, text: str, column: Column) -> tuple[str, str]:
        asked = self.whose.period
        if asked is None:
            return OWN, ""
        said = sense_of(text, asked.year)
        if (
            not said.periods
            and not said.when
            and len(text) <= 4
            and re.match("qu[iy]|thang|nam", fold(column.texts[-1]))
        ):
            said = sense_of(f"{column.texts[-1].split()[0]} {text}", asked.year)
        if said.when and not said.periods:
            return (OWN, "") if said.when == "now" else (OTHER, "kỳ trước")
        if len(said.periods) != 1:
            return UNCLEAR, ""
        stands = bears_on(said.periods[0], asked)
        own = stands == "same" or (said.day and stands == "end")
        # A column of years beside one of quarters says the year only.
        own = own or (stands == "around" and fold(column.texts[-1]).startswith("nam"))
        return (OWN, "") if own else (OTHER, in_words(said.periods[0])) if stands == "other" else (UNCLEAR, "")

    def remarks(self, grid: Grid) -> Iterator[Finding]:
        """Whose rows were left out."""
        for named, numbers in self.left.items():
            place = f"{place_on(grid)}dòng {numbers[0]}"
            shown = ", ".join(map(str, numbers[:10])) + (" …" if len(numbers) > 10 else "")
            place_named = named in self.whose.others or named.startswith("“") or self.whose.places_in(named)
            rule = "other-locality" if place_named else "other-period"
            message = f"{len(numbers)} dòng của {named}, không dùng (dòng {shown})"
            yield Finding(self.whose.file, place, rule, message, "gửi vào đúng thư mục của địa phương, của kỳ đó")


def _nearly(text: str, own: str) -> bool:
    """Whether a text may be the own name with a slip of the pen."""
    return own in text or SequenceMatcher(None, text, own).ratio() > 0.75


def foreign_title(lines: Sequence[Line], grid: Grid, whose: Whose) -> Finding | None:
    """What the lines above a table say of another locality or period, unless one's own is named too.

    Lines above the first of a sheet are paragraphs of a document: `DocumentTitles` judges them.
    """
    texts = _texts([line for line in lines[-_TITLES:] if line.number > 0])
    return _foreign_place(texts, grid, whose) or _foreign_period(texts, grid, whose)


_Texts = list[tuple[Line, str]]


def _texts(lines: Sequence[Line]) -> _Texts:
    return [(line, text) for line in lines for text in dict.fromkeys(line.texts) if text]


def _foreign_place(texts: _Texts, grid: Grid, whose: Whose) -> Finding | None:
    places = [(line, text, place) for line, text in texts for place in whose.places_in(text)]
    if not places or any(place == OWN for _, _, place in places):
        return None
    line, text, place = places[0]
    message = f"tiêu đề ghi {place}, không phải {whose.own}: “{text[:80]}”"
    return settled("other-locality", _above(line, grid), message, text, whose)


def _foreign_period(texts: _Texts, grid: Grid, whose: Whose) -> Finding | None:
    said = whose.other_period(_joined(texts))
    if not said:
        return None
    line, text = next(((n, t) for n, t in texts if whose.other_period(t)), texts[0])
    message = f"tiêu đề {said}: “{text[:80]}”"
    return settled("other-period", _above(line, grid), message, text, whose)


def _joined(texts: _Texts) -> str:
    return " ; ".join(text[:200] for _, text in texts)[:2000]


def _above(line: Line, grid: Grid) -> str:
    """The place of a title: a line, or a paragraph of a document, which has no number."""
    return f"{place_on(grid)}dòng {line.number}" if line.number > 0 else f"đoạn văn trên {place_on(grid)}".rstrip(", ")


@dataclass
class DocumentTitles:
    """What the paragraphs of a document say of its tables: the last that names a locality or period holds."""

    whose: Whose
    _place: Finding | None = None
    _period: Finding | None = None

    def enter(self, grid: Grid) -> Finding | None:
        """Why the next table of the document is another's; None where it is not, and for every other sheet.

        Its own paragraphs decide; where they name neither, what held for the table before it holds.
        """
        above = [line for line in grid.lines if line.number <= 0]
        between = next((n for n, line in enumerate(above) if line.blank), -1)
        texts = _texts(above[between + 1 :])
        if any(self.whose.places_in(text) for _, text in texts):
            self._place = _foreign_place(texts, grid, self.whose)
        if self.whose.names_a_period(_joined(texts)):
            self._period = _foreign_period(texts, grid, self.whose)
        return (self._place or self._period) if above else None


def settled(rule: str, place: str, message: str, about: str, whose: Whose) -> Finding | None:
    """The finding that something is another's; None where its sender has answered that it is its own."""
    code = question_code(rule, [f"{about} {whose.period}"], exactly=True)
    if fold(whose.answers.get(code, "")) == fold(_OWN_AFTER_ALL):
        return None
    remedy = f"sửa tệp, hoặc nếu đúng là số liệu của {whose.own or 'mình'} {whose.label} thì trả lời trong tra-loi.yaml"
    remedy = f"{remedy}: {code}: “{_OWN_AFTER_ALL}”"
    return Finding(whose.file, place, rule, message, remedy, Question(code, (_OWN_AFTER_ALL,)))
