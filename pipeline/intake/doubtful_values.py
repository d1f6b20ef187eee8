"""Values that have two honest readings: a share written as a fraction, a remark that gives another figure.

They are faults of their cells, with both readings named; nothing is chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.intake.column_style import FRACTIONS
from pipeline.intake.heading_words import bears_on, fold, periods_in
from pipeline.intake.rows import Absence, Interval, Observation
from pipeline.intake.sheets import SubmittedRow
from pipeline.plans.models import Indicator
from pipeline.plans.periods import Period
from pipeline.plans.text import plain

_TIMES = 3
"""A small share is as known where the last one is at most so many times as large."""
_SMALL = 10
"""Per cent. A small share is to be expected where a target of the row, or its starting value, is at most this."""
_PER_CENT = re.compile(r"%|phần trăm", re.IGNORECASE)
_GIVEN = re.compile(
    r"(?:^|[;,.(] ?)([^;,.()]{2,60}?) ?(?:\bla|\bchi dat|\bdat|:|=) ?([0-9]{1,3}(?:[.,][0-9]{1,6})?) ?%?"
    r"(?= ?(?:[;,.)]|$))"
)
"""A figure that a remark gives, with the words before it, folded: 'quy I la 88,5%'."""
_OF_A_PLAN = re.compile(r"ke hoach|muc tieu|chi tieu|tang|giam|so voi")


@dataclass(frozen=True)
class StatedFigure:
    """What the cells of a row say of its value."""

    value: Interval | None
    written: str
    text: str
    numerator: Decimal | None
    denominator: Decimal | None
    computed: bool
    absence: Absence | None


@dataclass(frozen=True)
class Expected:
    """What is known of a row before it is read: its line of the plan, and the newest earlier value."""

    line: Indicator | None
    last: Observation | None

    def small(self, share: Decimal) -> bool:
        """Whether a share below one per cent is to be expected."""
        known = self.last.value.exact if self.last is not None and self.last.value is not None else None
        if known is not None and known <= _TIMES * share:
            return True
        if self.line is None:
            return False
        figures = [bound for target in self.line.targets for bound in (target.parsed.low, target.parsed.high)]
        figures.append(self.line.baseline.value if self.line.baseline else None)
        return any(figure is not None and 0 < figure <= _SMALL for figure in figures)


def doubt_about(figure: StatedFigure, unit: str, row: SubmittedRow, expected: Expected, period: Period) -> str:
    """Both readings of a value that has two; '' for any other."""
    if figure.value is None or not figure.written or not unit.startswith("%"):
        return ""
    return _fraction(figure, figure.value, row, expected) or _in_note(figure.value, row.cells["note"], period)


def _fraction(figure: StatedFigure, value: Interval, row: SubmittedRow, expected: Expected) -> str:
    """'0,885' in a cell without %: 0,885 % or 88,5 %; so is '1' beside other fractions."""
    stated = value.low if value.low is not None else value.high
    fractions = FRACTIONS in row.mixed
    if stated is None or not (0 < stated < 1 or (stated == 1 and fractions)) or _PER_CENT.search(figure.written):
        return ""
    if stated < 1 and expected.small(stated):
        return ""
    if figure.numerator is not None and figure.denominator:
        share = 100 * figure.numerator / figure.denominator
        if abs(share - stated) < Decimal("0.1") * stated:
            return ""
    small, large = (plain(number).replace(".", ",") for number in (stated, 100 * stated))
    return f"“{figure.written[:30]}” có thể là {small}% hoặc {large}%: ghi cả dấu %"


def _in_note(value: Interval, note: str, period: Period) -> str:
    """'quý I là 88,5%' in the remark of another figure."""
    for words, number in _GIVEN.findall(fold(note[:500])):
        named = {bears_on(p, period) for p in periods_in(words, period.year)}
        given = Decimal(number.replace(",", "."))
        places = -int(given.as_tuple().exponent)
        if named != {"same"} or _OF_A_PLAN.search(words) or value.exact is None:
            continue
        if round(value.exact, places) != given:
            return f"ô ghi {plain(value.exact)}, ghi chú ghi {number} cho cùng kỳ: “{note[:80]}”".replace(".", ",", 1)
    return ""
