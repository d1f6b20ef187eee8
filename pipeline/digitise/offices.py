"""Offices in a printed list (cơ quan chủ trì, phối hợp): where one ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADS = (
    "Bộ|Sở|Phòng|Ban|Văn phòng|Công an|Ủy ban|Uỷ ban|UBND|HĐND|Trung tâm|Ngân hàng|Viện|Tòa án|Toà án|Viện kiểm sát|Đài"
    "|Hội|Đoàn|Tổ(?! chức)|Trường|Chi cục|Cục|Tổng cục|Thanh tra|Mặt trận|Báo|Kho bạc|Thuế|Bảo hiểm|Ban Chỉ huy|Quân sự"
    "|Đội|Thường trực|Tỉnh ủy|Thành ủy|Đảng ủy|Liên đoàn|Liên minh|Hiệp hội|Tập đoàn|Tổng công ty|Trạm|Chi nhánh"
)
_OFFICE = re.compile(rf"(?:{_HEADS})\b")
_LIST = re.compile(r"(?:[Cc]ác|tổ|thôn)\b")
_AFTER_AND = re.compile(r"(?:Bộ|Sở|Phòng|Công an|Trung tâm|Văn phòng|Chi cục|Cục)\b")
"""'Văn phòng HĐND và UBND' is one office."""
_CUT = re.compile(r" ?; ?| ?, (?:và )?| (?:và|cùng) ")


def offices_in(text: str) -> tuple[str, ...]:
    """The offices of a list, each as printed.

    ';' always parts two of them; ',' only where what follows begins as an office does, or is a list (“các …”).
    'Bộ Khoa học và Công nghệ' stays whole, and so does 'các bộ, ngành, địa phương'.
    """
    found: list[str] = []
    start = 0
    text = text.strip(" .;,")
    for cut in _CUT.finditer(text):
        mark, rest = cut[0].strip(), text[cut.end() :]
        begins = mark[:1] == "," and bool(_OFFICE.match(rest) or _LIST.match(rest))
        listed = bool(_OFFICE.match(text[start : cut.start()])) and rest.startswith("các ")
        joined = mark in ("và", "cùng") and (listed or bool(_AFTER_AND.match(rest)))
        if (mark == ";" or begins or joined) and not _inside_brackets(text, cut.start()):
            found.append(text[start : cut.start()])
            start = cut.end()
    found.append(text[start:])
    return tuple(filter(None, (one.strip(" .;,") for one in found)))


def offices_of(text: str, lines: Sequence[str]) -> tuple[str, ...]:
    """The offices of a cell: each paragraph is a list of its own where all begin as an office or a bullet does."""
    bare = [line.lstrip("-+•* ") for line in lines]
    if lines and all(is_office(line) or _LIST.match(line) for line in bare):
        return tuple(office for line in bare for office in offices_in(line))
    return offices_in(text)


def is_office(text: str) -> bool:
    """Whether a text begins as the name of an office does, or of several: 'Phòng Kinh tế', 'Các sở, ngành'."""
    return bool(_OFFICE.match(text) or re.match(r"Các (?:[Ss]ở|cơ quan|đơn vị|phòng|bộ|ban|thôn|xã|[Tt]ổ)", text))


_NAMED = re.compile(
    rf"(?:{_HEADS}) (?:[A-ZĐÀ-Ỹ]|các |tỉnh|thành phố|xã|phường|đặc khu|nhân dân)[^\d:;.()]{{2,70}}"
    r"|(?:Công an|UBND|Ủy ban nhân dân|Uỷ ban nhân dân) (?:tỉnh|thành phố|cấp xã|xã|phường|đặc khu)"
)
_DOES = re.compile(
    r"\b(?:chủ trì|phối hợp|triển khai|thực hiện|xây dựng|tổ chức|hướng dẫn|rà soát|báo cáo|để|có|được)\b"
)


def is_named_office(text: str) -> bool:
    """Whether a whole text is the name of an office: 'Sở Tài chính', not 'Trung tâm dữ liệu vùng'."""
    text = text.strip(" .:")
    return bool(_NAMED.fullmatch(text)) and not _DOES.search(text)


def _inside_brackets(text: str, at: int) -> bool:
    return text.count("(", 0, at) > text.count(")", 0, at)
