"""Sentences of a paragraph and the figures in them (câu, con số), each with its letters.

What is a figure is decided by the grammar of wordings: years, dates, numbers of documents and names such as 5G are
none. Only what a plan can set as a target is one here: a percentage, or a number with a comparing word or a counted
noun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.plans.wordings import COUNTED, GLUED_UNITS, Role, Token, WordingError, tokens_of

_ENDS = re.compile(
    r"(?:(?<![.!?])[.!?]++(?= [A-ZĐÀ-Ỹ“\"])|;(?= (?!đến năm|đến hết năm|năm)[^0-9 ])) ?|(?<=\)) (?=[A-ZĐÀ-Ỹ][^\W\d_]+ )"
)
_DASHES = str.maketrans("‐‑‒–—−", "------")
_COMPARING = (
    *("≥", ">", "≤", "<", "tối thiểu", "ít nhất", "trên", "hơn", "không dưới", "không thấp hơn", "từ", "đạt", "tối đa"),
    *("dưới", "không quá", "khoảng", "trong vòng", "vượt", "ít nhất là", "không ít hơn", "thêm", "phấn đấu"),
)
PERSONS = ("công chức", "viên chức", "cán bộ", "giáo viên", "học viên", "học sinh", "hội viên", "sinh viên", "lao động")
_UNITS = (*COUNTED, *GLUED_UNITS, *PERSONS, "cơ sở dữ liệu", "tiếng", "bộ", "cặp", "trạm", "bài", "tin", "lượt")
_NO_FIGURE = re.compile(
    r"(?:đề án|số|khoản|điều|mục|phụ lục|tháng|ngày|quý|mô hình|mức|cấp độ|mức độ|kỳ|khóa|lần thứ|tổ công tác"
    r"|nguyên tắc|phiên bản|chỉ thị|nghị quyết|quyết định|thông tư|nghị định|văn bản|giai đoạn|bước"
    r"|nhóm|loại|thế hệ|quy tắc)"
    r"[ “\"(]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sentence:
    """A sentence of a paragraph: its letters there."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Behind its last letter."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class PrintedFigure:
    """A figure in a sentence: its letters, with the sign of per cent."""

    start: int
    end: int
    percent: bool
    unit: str = ""
    """What a number without that sign counts, as printed behind it; people are 'người'."""


def sentences_of(text: str) -> Iterator[Sentence]:
    """The sentences of a paragraph. ';' ends one, too, but not before a figure, which shares the words around it."""
    start = 0
    for found in _ENDS.finditer(text):
        if text.count("(", start, found.start()) <= text.count(")", start, found.start()):
            yield Sentence(text[start : found.start()], start)
            start = found.end()
    if text[start:].strip():
        yield Sentence(text[start:], start)


def figures_of(sentence: str) -> tuple[PrintedFigure, ...]:
    """The figures of a sentence that may be targets. Raises WordingError where the grammar cannot read its tokens."""
    tokens = tokens_of(sentence)
    places = _places(sentence, tokens)
    found = []
    for n, token in enumerate(tokens):
        if token.role is not Role.NUMBER:
            continue
        start, end = places[n]
        percent = n + 1 < len(tokens) and tokens[n + 1].role is Role.PERCENT
        percent_words = [t.text for t in tokens[n + 1 : n + 3]] == ["phần", "trăm"]
        if percent or percent_words:
            found.append(PrintedFigure(start, places[n + 1 if percent else n + 2][1], True))
        elif _is_target(sentence, tokens, n, start):
            found.append(PrintedFigure(start, end, False, _unit(tokens[n + 1 : n + 5])))
    return tuple(found)


def _is_target(sentence: str, tokens: Sequence[Token], n: int, start: int) -> bool:
    """Whether a number without % may be one to reach: with a comparing word, or before a counted noun."""
    before = sentence[:start].rstrip()
    if _NO_FIGURE.search(before) or (n and tokens[n - 1].text in ("-", "/", ".", "“", '"')):
        return False
    following = [token.text for token in tokens[n + 1 : n + 3]]
    if following[:1] in (["-"], ["/"]):
        return False
    counted = _unit(tokens[n + 1 : n + 5])
    compared = any(before.lower().endswith(f" {word}") or before.lower() == word for word in _COMPARING)
    return bool(counted) or (compared and not re.match(r"năm|tháng|quý|ngày", "".join(following[:1])))


def _unit(following: Sequence[Token]) -> str:
    words = [token.text for token in following]
    for unit in (" ".join(words), " ".join(words[:2]), *words[:1]):
        if unit in _UNITS:
            return "người" if unit in PERSONS else unit
    return ""


def _places(sentence: str, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Where each token stands in the sentence; the grammar tidies, so each is looked for behind the one before."""
    plain = sentence.translate(_DASHES)
    places, at = [], 0
    for token in tokens:
        printed = token.printed.translate(_DASHES)
        found = plain.find(printed, at)
        if found < 0 and token.role is Role.YEAR:  # of 'quý I/2026' the grammar prints the quarter with the year
            printed = token.text
            found = plain.find(printed, at)
        if found < 0:
            raise WordingError(f"không tìm lại được “{printed}” trong câu")
        at = found + len(printed)
        places.append((found, at))
    return places
