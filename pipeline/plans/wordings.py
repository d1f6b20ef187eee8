"""Wordings of plans and reports as tokens: the lower half of the one grammar for targets and results.

A text becomes a tuple of tokens in one pass. Numbers that are no figures (years, dates, numbers of documents, ages,
names such as 5G) are told apart here, so that the readers above see each figure once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from pipeline.plans.text import parse_number, tidy

LONGEST = 1000
"""Characters of a wording. The longest target known has 300."""


class WordingError(ValueError):
    """A wording that cannot be read; the message gives the reason, in Vietnamese."""


class Role(StrEnum):
    """What a token is."""

    NUMBER = "number"
    YEAR = "year"
    WORD = "word"
    NAME = "name"
    """Letters and digits that name something: 5G, NQ57, 14/KH-UBND, 15 (of "15 tuổi"), 24/7."""
    SIGN = "sign"
    PERCENT = "percent"
    MARK = "mark"


class Token(NamedTuple):
    """A piece of a wording: its role, its text in small letters and as printed."""

    role: Role
    text: str
    printed: str
    glued: bool = False
    """Whether nothing stands between it and the one before."""


_TOKEN = re.compile(
    r"(?P<name>[0-9]{1,5}(?:/20[0-9]{2})?[-/][A-ZĐ]{2}[A-ZĐa-z0-9]*(?:[-/][A-ZĐa-z0-9]+)*)"
    r"|(?P<day>[0-9]{1,2}[/.-][0-9]{1,2}[/.-]20[0-9]{2}(?![0-9]))|(?P<month>(?:0?[1-9]|1[0-2])/20[0-9]{2}(?![0-9]))"
    r"|(?P<number>[0-9]+(?:[.,][0-9]+)*)|(?P<word>[^\W\d_]+)|(?P<sign>>=|<=|[≥≤><~≈])|(?P<percent>%+)|(?P<mark>\S)"
)
_SIGN_OF = {">=": "≥", "<=": "≤", "≈": "~"}
_DASHES = str.maketrans("‐‑‒–—−", "------")
MARKS = frozenset("()[]:;,./-+&“”‘’\"'*…")
GLUED_UNITS = frozenset(
    ["h", "tr", "tỷ", "tỉ", "km", "gb", "tb", "mbps", "gbps", "tbps", "ngày", "giờ", "phút", "triệu"]
)
_GENERATIONS = re.compile(r"[2-6]g|[1-4]d|4k|8k")

_YEAR = re.compile(r"20[0-9]{2}|2100")
_BEFORE_YEAR = frozenset(
    ["", ";", ",", "năm", "đến", "tới", "từ", "vào", "giai", "đoạn", "kỳ", "-", "(", "cuối", "hết", "trước"]
)
_AFTER_YEAR = frozenset(["", ")", "-", ":", ",", ";", ".", "đến", "tới", "và", "đạt", "là", "trở", "hoặc", "so"])
_QUARTERS = ("i", "ii", "iii", "iv")
_NUMBERED = frozenset(
    ["điều", "khoản", "phụ lục", "mức độ", "cấp độ", "nghị quyết", "quyết định", "chỉ thị", "giai đoạn", "lần thứ"]
)


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a wording. Raises WordingError for one that is too long, or with a mark no wording has."""
    printed = tidy(text[: 4 * LONGEST])
    if len(text) > 4 * LONGEST or len(printed) > LONGEST:
        raise WordingError(f"dài quá {LONGEST} chữ")
    return tuple(_with_roles(list(_joined(_pieces(printed.translate(_DASHES))))))


def printed_text(tokens: Sequence[Token]) -> str:
    """The tokens as printed, with a space where there was one."""
    return "".join(f"{'' if token.glued else ' '}{token.printed}" for token in tokens).strip()


def _pieces(printed: str) -> Iterator[Token]:
    end = 0
    for found in _TOKEN.finditer(printed):
        kind, text, glued = str(found.lastgroup), found[0].lower(), found.start() == end and end > 0
        end = found.end()
        if kind in ("day", "month"):
            yield Token(Role.YEAR, text[-4:], found[0], glued)
            continue
        if kind == "percent" and len(text) > 2:
            raise WordingError("thừa dấu %")
        if kind == "mark" and text not in MARKS:
            raise WordingError(f"có ký tự lạ “{text}” (U+{ord(text[0]):04X})")
        yield Token(Role(kind), _SIGN_OF.get(text, text), found[0], glued)


def _joined(pieces: Iterator[Token]) -> Iterator[Token]:
    """Letters and digits that touch are one name, unless the letters are a unit: 24h, 50tỷ."""
    held: Token | None = None
    for piece in pieces:
        touches = held is not None and piece.glued and {held.role, piece.role} <= {Role.NUMBER, Role.WORD, Role.NAME}
        if held is not None and touches and not (held.role is Role.NUMBER and piece.text in GLUED_UNITS):
            held = Token(Role.NAME, held.text + piece.text, held.printed + piece.printed, held.glued)
            continue
        if held is not None:
            yield _known(held)
        held = piece
    if held is not None:
        yield _known(held)


def _known(token: Token) -> Token:
    document = "-" in token.text or "/" in token.text
    if token.role is Role.NAME and token.text[0].isdigit() and not document and not _GENERATIONS.fullmatch(token.text):
        raise WordingError(f"không hiểu “{token.text}”")
    return token


def _with_roles(tokens: list[Token]) -> Iterator[Token]:
    for i, token in enumerate(tokens):
        if token.role is not Role.NUMBER:
            yield token
            continue
        before, after = (tokens[j].text if 0 <= j < len(tokens) else "" for j in (i - 1, i + 1))
        if _YEAR.fullmatch(token.text) and before in _BEFORE_YEAR and (after in _AFTER_YEAR or before == "năm"):
            yield token._replace(role=Role.YEAR)
        elif before == "/" and i > 1 and tokens[i - 2].text in _QUARTERS and _YEAR.fullmatch(token.text):
            yield token._replace(role=Role.YEAR, printed=f"{tokens[i - 2].printed}/{token.printed}")
        elif _names(tokens, i, before, after):
            yield token._replace(role=Role.NAME)
        else:
            yield token


def _names(tokens: Sequence[Token], i: int, before: str, after: str) -> bool:
    """Whether the number at `i` names something: an age, a clause, a grade, 24/7, the people of "trên 10.000 dân"."""
    following = [token.text for token in tokens[i + 1 : i + 5]]
    if after == "tuổi" or (following[:1] == ["-"] and following[2:3] == ["tuổi"]):
        return True
    if before in ("/", "trên") and (following[:1] == ["dân"] or following[1:2] == ["dân"]):
        return True
    around = [token.text for token in tokens[max(i - 2, 0) : i + 3]]
    if "24/7" in "".join(around):
        return True
    pair = " ".join(token.text for token in tokens[max(i - 2, 0) : i])
    return after != "%" and (before in _NUMBERED or pair in _NUMBERED)


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_ONES = {word: n for n, word in enumerate(_DIGITS) if n} | {"mốt": 1, "tư": 4, "lăm": 5, "bẩy": 7}
COUNTED = frozenset(
    [
        *("mô hình", "xã", "phường", "thôn", "tổ", "trung tâm", "hệ thống", "nền tảng", "lớp", "cuộc", "hội nghị"),
        *(
            "doanh nghiệp",
            "cơ sở",
            "dự án",
            "sản phẩm",
            "dịch vụ",
            "tỉnh",
            "thành phố",
            "huyện",
            "điểm",
            "đề án",
            "khu",
        ),
        *("đơn vị", "lần", "buổi", "cán bộ", "người", "ứng dụng", "sàn", "trường", "chợ", "tuyến", "đợt", "nhiệm vụ"),
        *("bản", "hồ sơ", "hộ", "thủ tục", "bản sao", "phương tiện", "văn bản", "tổ chức", "hợp tác xã", "lớp học"),
    ]
)
"""What a number in words may count; other words of number are part of names (một cửa, hai chiều)."""


def number_in_words(words: Sequence[str]) -> tuple[int, int] | None:
    """The number from 1 to 99 at the head of `words` that counts something, and of how many words it is; else None.

    ("hai", "mươi", "lăm", "mô", "hình") → (25, 3).
    """
    first = words[0] if words else ""
    if first == "mười":
        more = _ONES.get(words[1]) if len(words) > 1 else None
        value, length = (10 + more, 2) if more and words[1] != "năm" else (10, 1)
    elif first in _ONES and len(words) > 1 and words[1] == "mươi":
        more = _ONES.get(words[2]) if len(words) > 2 else None
        value, length = (10 * _ONES[first] + more, 3) if more and words[2] != "năm" else (10 * _ONES[first], 2)
    elif first in _DIGITS[1:] and first != "năm":  # "hằng năm xã báo cáo": the year, not five
        value, length = _ONES[first], 1
    else:
        return None
    counted = tuple(words[length : length + 2])
    return (value, length) if counted[:1] and (counted[0] in COUNTED or " ".join(counted) in COUNTED) else None


_NUMERALS = frozenset((*_ONES, "mười", "mươi", "nghìn", "ngàn", "triệu", "rưỡi", "nửa", "chục")) - {
    "một",
    "năm",
    "tư",
    "mốt",
}
_PHRASES = ("toàn bộ", "tất cả", "gấp đôi", "gấp rưỡi", "không có", "không phát sinh", "không để", "không còn")
_OF_TIME = frozenset(["hằng", "hàng", "mỗi", "các", "những", "từng", "trong", "cuối", "đầu"])


def hidden_number(words: Sequence[str]) -> str:
    """A word that may stand for a number in a text without a figure: 'nửa', 'toàn bộ', 'năm' (mô hình); '' for none."""
    for i, word in enumerate(words):
        following = {" ".join(words[i + 1 : i + 2]), " ".join(words[i + 1 : i + 3])}
        five = word == "năm" and following & COUNTED and not (i and words[i - 1] in _OF_TIME)
        if word in _NUMERALS or five:
            return word
    return next((phrase for phrase in _PHRASES if phrase in " ".join(words)), "")


_ENGLISH = re.compile(r"[0-9]{1,3},[0-9]{3}")


def number_of(text: str, counts: bool = False) -> Decimal:
    """'1.234,5' → 1234.5. Raises WordingError; of '2.5', and of '1,234' of what is counted, it names both readings."""
    if _ENGLISH.fullmatch(text) and (counts or text.endswith(",000")):
        raise WordingError(f"“{text}” có thể là {text.replace(',', '.')} (dấu phẩy hàng nghìn), hoặc số lẻ")
    try:
        value = parse_number(text)
    except ValueError as error:
        raise WordingError(_readings(text)) from error
    if len(value.as_tuple().digits) > 15:
        raise WordingError("số dài quá 15 chữ số")
    return value


def _readings(text: str) -> str:
    whole, _, rest = text.partition(".")
    if rest.isdigit() and len(rest) < 3:
        return f"“{text}” có thể là {whole},{rest} hoặc gõ sai; phần thập phân ghi sau dấu phẩy"
    return f"“{text}” không phải số viết theo kiểu Việt Nam"
