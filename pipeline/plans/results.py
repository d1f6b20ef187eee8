"""Results as officials write them (kết quả): 'Đạt 85,2%', '1.234/1.300 hồ sơ (94,9%)', 'trên 95%', '-'.

The same grammar as that of targets reads them. A cell that could mean two things is refused, with both named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import floor

from pipeline.plans.clauses import ABOUT, Clause, Figure, Reader, figures_in, read_clause
from pipeline.plans.text import INVISIBLE, tidy
from pipeline.plans.wordings import Role, Token, WordingError, number_of, printed_text, tokens_of


class NoResult(StrEnum):
    """Why a cell states no figure, in words."""

    MISSING = "missing"
    """'-', 'chưa có số liệu'."""
    NOT_DUE = "not-due"
    """'chưa đến kỳ báo cáo'."""
    NOTHING_AROSE = "nothing-arose"
    """'không phát sinh': of a count it is zero, of a share there is nothing to divide by."""


@dataclass(frozen=True)
class Result:
    """One figure of a cell. A bound has one end; `value` is the number that is printed, or the quotient in per cent."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False
    rough: bool = False
    """Printed with 'khoảng', 'gần', 'ước'."""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    percent: bool = False
    rank: bool = False
    unit: str = ""
    absent: NoResult | None = None
    parts: tuple[Result, ...] = ()
    text: str = ""
    """Of a part, its own words."""
    proved: bool = False
    """The percentage is printed beside its quotient."""
    beside: tuple[str, ...] = ()
    """Words beside figure and unit, also those in brackets: a name, another time, a footnote."""


_MARK = re.compile(r" ?(?:\(\*{1,3}\)|\*{1,3})$")
_LEVEL = re.compile(r"(?:đạt )?(?:cấp|mức) độ (?P<level>[0-9])", re.IGNORECASE)
_ABSENT = {
    NoResult.MISSING: (
        "",
        "-",
        "--",
        "…",
        "...",
        "chưa có số liệu",
        "chưa có",
        "không có số liệu",
        "chưa thống kê",
        "chưa báo cáo",
    ),
    NoResult.NOT_DUE: (
        "chưa đến kỳ báo cáo",
        "chưa đến kỳ",
        "chưa đến hạn",
        "chưa đến hạn đo",
        "chưa đến thời hạn",
        "chưa tới kỳ",
    ),
    NoResult.NOTHING_AROSE: ("không phát sinh", "chưa phát sinh", "không có phát sinh"),
}
_REASON = {form: reason for reason, forms in _ABSENT.items() for form in forms}


def read_result(text: str, number: Reader = number_of) -> Result:
    """Read one cell. `number` reads its numbers, as the table writes them.

    Raises WordingError, or what `number` raises.
    """
    printed = _MARK.sub("", tidy(text.strip(INVISIBLE + " \t\r\n")).rstrip(" .;")).strip()
    reason = _REASON.get(printed.lower().translate(str.maketrans("‐‑‒–—−", "------")))
    if reason is not None:
        return Result(absent=reason)
    minus = re.match(r"-(?=[0-9])", printed)
    tokens = tokens_of(printed[1:] if minus else printed)
    if (
        len(tokens) == 1 and tokens[0].role is Role.YEAR and printed.isdigit()
    ):  # a cell of a table that holds only 2025 is a number
        tokens = (tokens[0]._replace(role=Role.NUMBER),)
    if level := _LEVEL.fullmatch(printed):
        value = Decimal(level["level"])
        return Result(value, value, value, unit="cấp độ")
    figures = figures_in(tokens, number)
    if not figures:
        raise WordingError("không có con số")
    if minus:
        return _negative(tokens, figures)
    return _proved(tokens, figures) or _single(tokens, figures) or _listed(tokens, figures, number)


def _negative(tokens: Sequence[Token], figures: Sequence[Figure]) -> Result:
    if len(figures) != 1 or figures[0].first or figures[0].out_of is not None or figures[0].high > figures[0].low:
        raise WordingError("dấu “-” đầu ô có thể là số âm, hoặc gạch đầu dòng")
    result = _of_clause(read_clause(tokens, figures[0]))
    value = -figures[0].low
    return replace(result, value=value, low=value, high=value)


def _proved(tokens: Sequence[Token], figures: Sequence[Figure]) -> Result | None:
    """A quotient and its percentage, in either order: they must agree, and prove each other."""
    if len(figures) != 2 or {figure.out_of is None for figure in figures} != {True, False}:
        return None
    quotient, share = sorted(figures, key=lambda figure: figure.out_of is None)
    first, second = figures
    if not share.percent or tokens[second.first - 1].text not in _JOINTS:
        return None
    alone = [t for i, t in enumerate(tokens) if not second.first <= i < second.after and t.text not in "()"]
    clause = read_clause(alone, first)
    numerator, denominator = _parts_of(quotient)
    rate = Fraction(numerator) / Fraction(denominator) * 100
    places = -int(share.low.as_tuple().exponent)
    if share.low not in (_rounded(rate, places), Decimal(floor(rate * 10**places)).scaleb(-places)):
        computed = f"{numerator}/{denominator} là {_rounded(rate, max(places, 2))}%, ô ghi {share.low}%"
        raise WordingError(computed.replace(".", ","))
    if clause.comparator or share.high > share.low:
        raise WordingError("chữ so sánh đi cùng phân số")
    words = [word for word in clause.tail if word.isalnum() and word not in _JOINTS]
    unit = " ".join(words[:3])
    beside = (*clause.lead, *words[3:], *clause.notes)
    exact = share.low
    return Result(
        exact,
        exact,
        exact,
        numerator=numerator,
        denominator=denominator,
        percent=True,
        unit=unit,
        proved=True,
        beside=beside,
    )


_JOINTS = ("(", ",", ":", "đạt", "chiếm", "là", "lệ", "bằng", "đương")


def _parts_of(quotient: Figure) -> tuple[Decimal, Decimal]:
    numerator, denominator = quotient.low, quotient.out_of or Decimal(0)
    if denominator == 0 or numerator > denominator or numerator % 1 or denominator % 1:
        raise WordingError("tử số, mẫu số phải là số đếm, tử không lớn hơn mẫu")
    return numerator, denominator


def _single(tokens: Sequence[Token], figures: Sequence[Figure]) -> Result | None:
    return _of_clause(read_clause(tokens, figures[0])) if len(figures) == 1 else None


_CHANGED = ("tăng", "giảm", "thêm", "bớt", "gấp", "cắt giảm", "tiết kiệm", "còn thiếu", "thiếu", "kém")
_RANKED = ("hạng", "thứ", "xếp hạng", "xếp thứ", "vị trí")
_ALL = ("toàn bộ", "tất cả")


def _of_clause(clause: Clause) -> Result:
    figure, lead = clause.figure, f" {' '.join(clause.lead)} "
    if (any(f" {word} " in lead for word in _CHANGED) and not clause.reached) or clause.base:
        raise WordingError("có thể là mức đạt được, hoặc mức tăng, giảm")
    if clause.aspirational or "mục tiêu" in lead or "kế hoạch" in lead or "chỉ tiêu" in lead:
        raise WordingError("có thể là mục tiêu, hoặc kết quả")
    unit, beside = _unit_and_rest(clause)
    if any(f" {word} " in lead for word in _RANKED):
        return Result(
            figure.low,
            figure.low,
            figure.low,
            numerator=figure.low,
            denominator=figure.out_of,
            rank=True,
            beside=beside,
        )
    if figure.out_of is not None:
        return _quotient(clause, unit, beside)
    if clause.comparator == ABOUT or figure.high > figure.low:
        exact = figure.low if figure.low == figure.high else None
        return Result(
            exact,
            figure.low,
            figure.high,
            rough=clause.comparator == ABOUT,
            percent=figure.percent,
            unit=unit,
            beside=beside,
        )
    low = None if clause.comparator in ("≤", "<") else figure.low
    high = None if clause.comparator in ("≥", ">") else figure.low
    whole = figure.low if any(f" {word} " in lead for word in _ALL) and not figure.percent else None
    return Result(
        figure.low,
        low,
        high,
        low_open=clause.comparator == ">",
        high_open=clause.comparator == "<",
        numerator=whole,
        denominator=whole,
        percent=figure.percent,
        unit=unit,
        beside=beside,
    )


def _quotient(clause: Clause, unit: str, beside: tuple[str, ...]) -> Result:
    numerator, denominator = _parts_of(clause.figure)
    if not clause.tail or not clause.tail[0].isalpha():
        raise WordingError(f"“{numerator}/{denominator}” có thể là tỷ lệ, thứ hạng hoặc ngày tháng; ghi thêm đơn vị")
    if clause.comparator:
        raise WordingError("chữ so sánh đi cùng phân số")
    value = _rounded(Fraction(numerator) / Fraction(denominator) * 100, 4)
    return Result(
        value, value, value, numerator=numerator, denominator=denominator, percent=True, unit=unit, beside=beside
    )


def _rounded(value: Fraction, places: int) -> Decimal:
    return Decimal(floor(value * 10**places + Fraction(1, 2))).scaleb(-places)


_UNIT_ENDS = frozenset(["được", "đạt", "có", "tại", "ở", "trên", "của", "đã", "với", "theo", "(", ",", ";", ".", ":"])


def _unit_and_rest(clause: Clause) -> tuple[str, tuple[str, ...]]:
    """The unit behind a figure, and all other words of the clause."""
    end = next((i for i, word in enumerate(clause.tail) if word in _UNIT_ENDS), len(clause.tail))
    end = 0 if clause.figure.percent else min(end, 6)
    rest = tuple(word for word in clause.tail[end:] if word not in (",", ".", ";"))
    unit = "%" if clause.figure.percent else " ".join(clause.printed_tail[:end])
    return unit, (*clause.lead, *rest, *clause.notes)


def _listed(tokens: Sequence[Token], figures: Sequence[Figure], number: Reader) -> Result:
    """Two or more values of a cell, each named: '1.522 hộ, 6.236 nhân khẩu', '8.930 hồ sơ (85,1%)'."""
    pieces = _pieces(tokens, figures)
    parts = []
    for piece in pieces:
        part = _of_clause(read_clause(piece, *figures_in(piece, number)))
        parts.append((part, printed_text(piece)))
    units = [(part.unit, part.percent, part.rank) for part, _ in parts]
    names = [" ".join(t.text for t in piece if t.role is Role.WORD) for piece in pieces]
    if len(set(units)) < len(units) and len(set(names)) < len(names):
        raise WordingError("nhiều con số mà không rõ con số nào của cái gì")
    return Result(parts=tuple(_with_text(part, text) for part, text in parts))


def _with_text(part: Result, text: str) -> Result:
    return replace(part, text=text)


_SEPARATORS = (";", ",", "và", "(", ":")


def _pieces(tokens: Sequence[Token], figures: Sequence[Figure]) -> list[Sequence[Token]]:
    cuts = [0]
    for one, other in pairwise(figures):
        at = [i for i in range(one.after, other.first) if tokens[i].text in _SEPARATORS[:4]]
        if not at:
            raise WordingError("hai con số mà không rõ của cái gì")
        strong = [i for i in at if tokens[i].text in (";", "(")]
        cuts.append((strong or at)[-1])
    ends = [*cuts[1:], len(tokens)]
    marks = {*_SEPARATORS[:4], ")"}
    pieces = [tokens[a:b] for a, b in zip(cuts, ends, strict=True)]
    return [
        [t for t in piece if t.text not in "()"][int(i > 0 and piece[0].text in marks and piece[0].text not in "()") :]
        for i, piece in enumerate(pieces)
    ]
