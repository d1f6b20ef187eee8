"""What the words around the figure of a clause say: unit, share, base, a change, where the next clause begins."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.plans.clauses import Clause, Figure, figures_in, read_clause
from pipeline.plans.wordings import Role, Token, WordingError

VERBS = {"tăng": 1, "giảm": -1, "cắt": -1, "rút": -1, "tiết kiệm": -1, "hạ": -1, "bớt": -1, "gấp": 1, "thêm": 1}
_NO_CHANGE = (
    *("tăng cường", "gia tăng", "giảm nghèo", "giá trị tăng thêm", "giá trị gia tăng", "rút kinh nghiệm", "hạ tầng"),
    *("giảm thiểu rủi ro", "tăng thu"),
)
OF_WHAT = ("tỷ lệ", "tỉ lệ", "mức", "tốc độ")
CUT = ("chi phí", "thời gian", "điều kiện kinh doanh", "biên chế", "đầu mối")


def verb_of(words: Sequence[str]) -> str:
    """The verb of change among the words before a figure; '' for none."""
    phrase = f" {' '.join(words)} "
    for harmless in _NO_CHANGE:
        phrase = phrase.replace(f" {harmless} ", "   ")
    return next((verb for verb in VERBS if f" {verb} " in phrase), "")


def against(clause: Clause) -> str:
    """'so với năm 2024', as printed; '' where the base is not."""
    if not clause.base and clause.tail[:1] == ("lần",) and clause.years:
        return f"so với năm {clause.years[-1]}"
    return clause.base


def yearly(clause: Clause) -> str:
    """'mỗi năm' where the figure holds for every year; else ''."""
    said = f" {' '.join((*clause.lead, '', *clause.tail))} "
    every = ("/ năm ", " mỗi năm ", " hằng năm ", " hàng năm ", " một năm ")
    return "mỗi năm" if any(form in said for form in every) else ""


def share(clause: Clause) -> str:
    """What a percentage is a share of: '% GRDP'; '' where that is not printed."""
    words = _until(clause, ("/", ";", ":", "vào", "đến", "năm")) if clause.figure.percent else ()
    return f"% {' '.join(words)}" if words else ""


_UNIT_ENDS = (
    *(
        "tại",
        "ở",
        "trên",
        "cho",
        "trong",
        "của",
        "đến",
        "vào",
        "hằng",
        "hàng",
        "mỗi",
        "được",
        "có",
        "đạt",
        "với",
        "theo",
    ),
    *("và", "để", "thuộc", "gồm", "từ", "nhằm", "so", "năm", ",", ";", ":", ".", "-"),
)


def unit_of(clause: Clause) -> str:
    """The unit behind a figure: '%', '%/năm', 'mô hình', 'triệu đồng', 'người/vạn dân'; at most six words."""
    if clause.figure.percent:
        return "%/năm" if clause.tail[:2] == ("/", "năm") else "%"
    words = _until(clause, _UNIT_ENDS)
    rest = clause.printed_tail[len(words) :]
    if clause.tail[-1:] == ("dân",) and rest[:1] == ("trên",):
        words = (*words, "/", *(word for word in rest[1:] if word != "một"))
    return " ".join(words[:6]).replace(" / ", "/")


def _until(clause: Clause, ends: Sequence[str]) -> tuple[str, ...]:
    """The words behind a figure, as printed, up to one of `ends`; behind '/' none of them ends it."""
    tail = clause.tail
    at = next((i for i, word in enumerate(tail) if word in ends and tail[i - 1 : i] != ("/",)), len(tail))
    return clause.printed_tail[:at]


SEPARATORS = (";", ",", "và", ".")


def cut_between(tokens: Sequence[Token], one: Figure, other: Figure) -> int:
    """Where the clause of `other` begins: a year between the two goes with the figure on the side it always stands."""
    first, end = one.after, other.first
    years = [i for i in range(first, end) if tokens[i].role is Role.YEAR]
    leading = any(token.role is Role.YEAR for token in tokens[: one.first])
    if years and leading:
        end = years[0]
    elif years:
        first = years[-1]
    for separators in ((";",), SEPARATORS):
        at = [i for i in range(first, end) if tokens[i].text in separators]
        if at:
            return at[0] if years and not leading else at[-1]
    raise WordingError("hai con số mà không rõ của cái gì")


def scope(piece: Sequence[Token]) -> str:
    """The words of a clause that say of what its figure is: all but those right before it."""
    figure = figures_in(piece)[0]
    clause = read_clause(piece, figure)
    return " ".join((*clause.lead, *clause.tail))
