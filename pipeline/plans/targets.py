"""The target grammar (ngữ pháp mục tiêu): what a plan prints, as comparator and bounds.

A text is read as meant or refused with the reason; where two readings are honest, both are named. Nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from pipeline.plans.clauses import ABOUT, AT_LEAST, Clause, Figure, figures_in, read_clause
from pipeline.plans.surroundings import (
    CUT,
    OF_WHAT,
    SEPARATORS,
    VERBS,
    against,
    cut_between,
    scope,
    share,
    unit_of,
    verb_of,
    yearly,
)
from pipeline.plans.text import tidy
from pipeline.plans.wordings import LONGEST, Role, Token, WordingError, hidden_number, printed_text, tokens_of


class Comparator(StrEnum):
    """How a value is held against a target."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"
    EQUAL = "="
    """A bare number; read at evaluation by the direction of the indicator."""
    RANGE = "range"
    """Met from the lower bound; the upper bound is the ambition."""
    IN_SET = "in-set"
    ABOUT = "about"
    """Printed as rough (khoảng, dự kiến): never “at least” in silence."""
    CHANGE = "change"
    """A rise or fall against a base (tăng, giảm); `low` is the change, minus for a fall."""
    RANK = "rank"
    """A place in an order (nhóm 30 nước dẫn đầu); `high` is the last that counts."""
    QUALITATIVE = "qualitative"
    """Without a figure, recorded as such."""
    SEVERAL = "several"
    """Several targets in one text, each in `parts`."""
    NONE = "none"

    @property
    def sign(self) -> str:
        """'≥', '>', '≤' or '<'; '' where the text has none of its own."""
        return _SIGNS.get(self, "")

    @property
    def strict(self) -> bool:
        """Whether the bound itself does not meet the target."""
        return self.sign in (">", "<")

    def wants_less(self, *, falling: bool) -> bool:
        """Whether less is better: by the sign, and without one by the direction of the indicator."""
        return self.sign in ("≤", "<") if self.sign else falling

    @property
    def judged(self) -> bool:
        """Whether a value can be held against such a target (đánh giá được); of none, there is nothing to judge."""
        return self not in _UNJUDGED


_SIGNS = {
    Comparator.AT_LEAST: "≥",
    Comparator.MORE_THAN: ">",
    Comparator.AT_MOST: "≤",
    Comparator.LESS_THAN: "<",
    Comparator.RANK: "≤",
}
_OF_SIGN = {sign: comparator for comparator, sign in _SIGNS.items() if comparator is not Comparator.RANK} | {
    "": Comparator.EQUAL,
    ABOUT: Comparator.ABOUT,
}
_UNJUDGED = frozenset(
    [Comparator.ABOUT, Comparator.CHANGE, Comparator.QUALITATIVE, Comparator.SEVERAL, Comparator.NONE]
)


class TargetSyntaxError(ValueError):
    """A target text the grammar does not know."""


@dataclass(frozen=True)
class ParsedTarget:
    """A target as data. `low` and `high` in the unit of the indicator; equal for a bare number."""

    comparator: Comparator
    low: Decimal | None = None
    high: Decimal | None = None
    levels: tuple[int, ...] = ()
    percent: bool = False
    span_start: int | None = None
    """First year of a printed span, the year it was 'from'."""
    span_end: int | None = None
    """Last year that is printed: `100% (2025-2027)` is due at the end of 2027."""
    aspirational: bool = False
    """Printed with 'phấn đấu'."""
    standing: bool = False
    """A service level (mức phục vụ) that holds at all times: `trong vòng 24 giờ`."""
    unit: str = ""
    """Printed behind the figure: '%', 'mô hình', 'triệu đồng'."""
    basis: str = ""
    """What it is a share of, how often, or against what a change is: '% GRDP', 'mỗi năm', 'so với năm 2024'."""
    parts: tuple[ParsedTarget, ...] = ()
    text: str = ""
    """Of a part, its own words."""
    day: str = ""
    """A day or month printed in the text, '30/6/2026': the target has a deadline of its own."""


_SPAN = r"(?: ?\((?P<first>20[0-9]{2}) ?[-–] ?(?P<last>20[0-9]{2})\))?"
_LEVELS = re.compile(
    rf"(?:đạt )?(?:cấp|mức) độ (?P<levels>[0-9](?: ?, ?[0-9]){{0,9}}(?: (?:hoặc|và) [0-9])?){_SPAN}", re.IGNORECASE
)
_AS_NEEDED = re.compile(r"^(trong vòng [^;]+?) hoặc theo [^0-9;]+$", re.IGNORECASE)
"""A service level, or what the work asks for where that is other: the level is what a value is held against."""


def parse_target(text: str) -> ParsedTarget:
    """Parse one printed target. Raises TargetSyntaxError for what the grammar does not know."""
    try:
        return _parsed(text) if len(text) <= LONGEST else _parsed.__wrapped__(text)
    except WordingError as error:
        raise TargetSyntaxError(f"không hiểu mục tiêu “{text[:200]}”: {error}") from error


@lru_cache(maxsize=1 << 14)
def _parsed(text: str) -> ParsedTarget:
    printed = tidy(text)
    tokens = tokens_of(_AS_NEEDED.sub(r"\1", text).rstrip(" .;,"))
    if printed in ("", "-", "–", "—"):
        return ParsedTarget(Comparator.NONE)
    if levels := _LEVELS.fullmatch(printed):
        return _level_set(levels)
    figures = figures_in(tokens)
    if not figures:
        return _without_figure(tokens)
    if len(figures) == 2 and (level := _from_to(tokens, *figures)):
        return level
    if len(figures) == 1:
        return _one(tokens, figures[0])
    return _several(tokens, figures)


def _level_set(found: re.Match[str]) -> ParsedTarget:
    levels = tuple(sorted({int(d) for d in found["levels"] if d.isdigit()}))
    start, end = _span(tuple(int(year) for year in (found["first"], found["last"]) if year))
    low, high = Decimal(levels[0]), Decimal(levels[-1])
    return ParsedTarget(Comparator.IN_SET, low, high, levels, span_start=start, span_end=end)


def _span(years: Sequence[int]) -> tuple[int | None, int | None]:
    """First and last year of those printed with a target."""
    if len(years) > 2 or (len(years) == 2 and years[0] > years[1]):
        raise WordingError("các năm không thành một giai đoạn")
    return (years[0] if len(years) == 2 else None), (years[-1] if years else None)


_UNFINISHED = (
    "cấp độ",
    "mức độ",
    "tối thiểu",
    "ít nhất",
    "phấn đấu",
    "phấn đấu đạt",
    "không quá",
    "không có",
    "chưa có",
)


def _without_figure(tokens: Sequence[Token]) -> ParsedTarget:
    """A target in words alone. Whatever might stand for a number is refused, not recorded as none."""
    words = [token.text for token in tokens if token.role is Role.WORD]
    if any(t.role in (Role.SIGN, Role.PERCENT) or (t.role is Role.NAME and t.text.isdigit()) for t in tokens):
        raise WordingError("có dấu so sánh, dấu % hoặc số không rõ là của con số nào")
    if any(t.role is Role.YEAR for t in tokens) and len(words) < 2:
        raise WordingError("chỉ có một số: là năm, hay là mức phải đạt")
    if hidden := hidden_number(words):
        raise WordingError(f"“{hidden}” có thể là con số bằng chữ, hoặc chỉ là lời; ghi bằng chữ số")
    if len(words) < 2 or " ".join(words) in _UNFINISHED:
        raise WordingError("không thấy con số")
    compared = {"hơn", "so", "bằng"} & set(words)  # "không thấp hơn năm 2024": the year of the base
    start, end = _span(() if compared else tuple(int(t.text) for t in tokens if t.role is Role.YEAR))
    return ParsedTarget(Comparator.QUALITATIVE, span_start=start, span_end=end)


def _from_to(tokens: Sequence[Token], base: Figure, figure: Figure) -> ParsedTarget | None:
    """'nâng từ 50% lên 80%': the level after the change, with where it came from."""
    between = [token.text for token in tokens[base.after : figure.first]]
    before = tokens[base.first - 1].text if base.first else ""
    if before != "từ" or " ".join(between) not in ("lên", "xuống", "xuống còn", "còn", "lên đến", "lên tới"):
        return None
    if base.percent is not figure.percent or (between[0] == "lên") is (figure.low < base.low):
        raise WordingError("hai đầu của thay đổi không khớp nhau")
    rest = (*tokens[: base.first - 1], *tokens[base.after :])
    moved = replace(
        figure, first=figure.first - base.after + base.first - 1, after=figure.after - base.after + base.first - 1
    )
    return replace(_one(rest, moved), basis=f"từ {tokens[base.first].text}{'%' if base.percent else ''}")


def _one(tokens: Sequence[Token], figure: Figure) -> ParsedTarget:
    """A clause with one figure."""
    clause = read_clause(tokens, figure)
    if (rank := _rank(clause)) is not None:
        return rank
    if figure.out_of is not None:
        raise WordingError("phân số có thể là tỷ lệ hoặc số đếm trên tổng số; ghi tỷ lệ %, hoặc số đếm kèm đơn vị")
    if not figure.percent and clause.lead[-1:] and clause.lead[-1] in _NO_FIGURE:
        raise WordingError(f"“{clause.lead[-1]}” trước con số: không rõ con số là mức phải đạt")
    standing = [token.text for token in tokens[max(figure.first - 2, 0) : figure.first]] == ["trong", "vòng"]
    return replace(_change(clause) or _held(clause), day=clause.day, standing=standing)


_NO_FIGURE = (
    *("trong", "sau", "trước", "mỗi", "cứ", "cách", "số", "lần", "kỳ", "quý", "tháng", "ngày", "đợt", "vòng", "thứ"),
    *("phút", "giờ"),
)
"""Before a number without % these make it a time, an ordinal or a number of a document."""


_TOP = ("dẫn đầu", "đứng đầu", "hàng đầu", "đầu", "cao nhất", "tốt nhất", "phát triển nhất")
_ORDERED = ("top", "tốp", "thứ", "hạng")


def _rank(clause: Clause) -> ParsedTarget | None:
    """'thuộc nhóm 30 nước dẫn đầu', 'xếp thứ 9/34', 'xếp hạng từ 20 trở lên': the last place that counts."""
    last, tail, lead = " ".join(clause.lead[-1:]), " ".join(clause.tail), " ".join(clause.lead)
    ordered = last in _ORDERED or any(form in lead for form in ("xếp hạng", "thứ hạng", "xếp thứ"))
    among = last in ("nhóm", "trong") and any(f" {top}" in f" {tail}" for top in _TOP)
    if not (ordered or among):
        return None
    if clause.figure.percent or clause.figure.high > clause.figure.low or clause.comparator not in ("", AT_LEAST, "≤"):
        raise WordingError("thứ hạng cần một số: hạng nào là hạng cuối được tính")
    if clause.comparator == AT_LEAST and not clause.upward:
        raise WordingError("“≥” của thứ hạng có thể là cao hơn hoặc số lớn hơn")
    start, end = _span(clause.years)
    return ParsedTarget(
        Comparator.RANK, high=clause.figure.low, span_start=start, span_end=end, aspirational=clause.aspirational
    )


def _change(clause: Clause) -> ParsedTarget | None:
    """A rise or fall; None where the figure is a level, be it one reached by a change (giảm xuống còn 5%)."""
    verb, lead, tail = verb_of(clause.lead), " ".join(clause.lead), " ".join(clause.tail)
    if "nâng" in clause.lead and not clause.level:
        raise WordingError("“nâng” có thể là đến mức đó, hoặc thêm chừng đó")
    if not verb or clause.reached:
        return None
    noun = any(f"{of_what} {verb}" in lead for of_what in OF_WHAT) or ("tăng trưởng" in lead and clause.level)
    if noun and (clause.level or "tốc độ" in lead):
        return None
    if noun or (clause.level and VERBS[verb] < 0):
        raise WordingError(f"có thể là mức phải đạt, hoặc mức {verb}")
    if clause.level:
        return None
    times = clause.tail[:1] == ("lần",)
    verb = "gấp" if times and clause.lead[-1:] == ("gấp",) else verb
    if times and verb != "gấp":
        raise WordingError(f"“{verb} … lần” có thể là gấp bấy nhiêu lần, hoặc thêm bấy nhiêu lần")
    if clause.since:
        raise WordingError("“từ … đến” có thể là mức đầu và mức cuối, hoặc khoảng của mức thay đổi")
    if clause.comparator == "<":
        raise WordingError(f"có thể là {verb} đến dưới mức đó, hoặc {verb} ít hơn chừng đó")
    low, high = sorted(VERBS[verb] * end for end in (clause.figure.low, clause.figure.high))
    points = tail.startswith(("điểm phần trăm", "điểm %"))
    of = (
        "lần"
        if times
        else "điểm phần trăm"
        if points
        else "phần trăm, hoặc điểm phần trăm"
        if clause.figure.percent
        else ""
    )
    start, end = _span(() if times else clause.years)
    return ParsedTarget(
        Comparator.CHANGE,
        low,
        high if high > low else None,
        percent=clause.figure.percent or points,
        span_start=start,
        span_end=end,
        aspirational=clause.aspirational,
        unit=unit_of(clause),
        basis="; ".join(filter(None, (clause.comparator, against(clause), of, yearly(clause)))),
    )


def _held(clause: Clause) -> ParsedTarget:
    """A level that a value is held against."""
    figure, tail = clause.figure, " ".join(clause.tail)
    if clause.base or tail.startswith("so "):
        raise WordingError("“so với”: có thể là mức đạt, hoặc mức thay đổi")
    if figure.percent and tail.startswith(CUT) and not clause.level:
        raise WordingError("có thể là một tỷ lệ phải đạt, hoặc mức cắt giảm mà động từ ở vế trước")
    if tail.startswith("điểm phần trăm") or (tail.startswith("lần") and "gấp" in clause.lead):
        raise WordingError("điểm phần trăm là mức thay đổi; thiếu tăng hoặc giảm")
    if clause.comparator == ">" and tail.startswith(("kế hoạch", "dự toán", "chỉ tiêu")):
        raise WordingError("có thể là vượt đến mức đó, hoặc vượt thêm chừng đó")
    if verb_of(clause.tail[:2]) and not (clause.comparator in ("≥", ">") and "tăng dần" in tail):
        raise WordingError("tăng, giảm đứng sau con số: mức phải đạt, hoặc mức thay đổi")
    comparator = _OF_SIGN[clause.comparator]
    if figure.high > figure.low and comparator is Comparator.EQUAL:
        comparator = Comparator.RANGE
    start, end = _span(clause.years)
    below = comparator in (Comparator.AT_MOST, Comparator.LESS_THAN)
    above = comparator in (Comparator.AT_LEAST, Comparator.MORE_THAN)
    return ParsedTarget(
        comparator,
        None if below else figure.low,
        None if above else figure.high,
        percent=figure.percent,
        span_start=start,
        span_end=end,
        aspirational=clause.aspirational,
        unit=unit_of(clause),
        basis="; ".join(filter(None, (share(clause), yearly(clause)))),
    )


def _several(tokens: Sequence[Token], figures: Sequence[Figure]) -> ParsedTarget:
    """Several targets in one text, if scope or year says which is which. Raises WordingError if not."""
    cuts = [0, *(cut_between(tokens, one, other) for one, other in pairwise(figures)), len(tokens)]
    pieces = [tokens[a:b] for a, b in pairwise(cuts)]
    pieces = [piece[1:] if piece[0].text in SEPARATORS else piece for piece in pieces]
    parts = []
    for piece in pieces:
        part = _one(piece, *figures_in(piece))
        parts.append(replace(part, text=printed_text(piece)))
    named = {(p.span_end, p.unit, p.basis, scope(piece)) for p, piece in zip(parts, pieces, strict=True)}
    if len(named) < len(parts) or any(
        not p.span_end and not scope(piece) for p, piece in zip(parts, pieces, strict=True)
    ):
        raise WordingError("nhiều con số mà không nói con số nào của phạm vi nào, năm nào")
    if any(sum(token.role is Role.YEAR for token in piece) > 1 for piece in pieces):
        raise WordingError("không rõ năm nào của con số nào")
    spreads = {Comparator.ABOUT, Comparator.CHANGE, Comparator.AT_MOST, Comparator.LESS_THAN, Comparator.RANK}
    if any(one.comparator in spreads and other.comparator is Comparator.EQUAL for one, other in pairwise(parts)):
        raise WordingError("chữ đứng trước con số đầu có thể chỉ cho con số đó, hoặc cho cả các con số sau")
    return ParsedTarget(Comparator.SEVERAL, parts=tuple(parts))
