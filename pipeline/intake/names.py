"""Names of indicators as offices write them down: numbered, abbreviated, with marks of notes."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.plans.text import name_key

_ABBREVIATIONS = {
    "TTHC": "thủ tục hành chính",
    "DVCTT": "dịch vụ công trực tuyến",
    "DVC": "dịch vụ công",
    "CNTT": "công nghệ thông tin",
    "CBCCVC": "cán bộ, công chức, viên chức",
    "CBCC": "cán bộ, công chức",
    "CCVC": "công chức, viên chức",
    "CĐS": "chuyển đổi số",
    "ATTT": "an toàn thông tin",
    "HTTT": "hệ thống thông tin",
    "CSDL": "cơ sở dữ liệu",
    "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân",
    "CQNN": "cơ quan nhà nước",
    "CQHCNN": "cơ quan hành chính nhà nước",
    "ĐVHC": "đơn vị hành chính",
    "DN": "doanh nghiệp",
    "NLĐ": "người lao động",
    "HS": "hồ sơ",
}
"""Abbreviations (chữ viết tắt) usual in the field."""
_SHORT = re.compile(r"(?<!\w)(?:" + "|".join(sorted(_ABBREVIATIONS, key=len, reverse=True)) + r")(?!\w)")
_NUMBERED = re.compile(
    r"^\s{0,5}(?:[-+*•]|\(?(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}|[IVX]{1,5}|[a-zđ])[.)/:](?![0-9]))\s{0,5}"
)
_MARKED = re.compile(
    r"[\s,;:]{0,3}(?:\((?:[0-9*]{1,3}|%|tỷ lệ ?%?|tỉ lệ ?%?|đơn vị[^()]{0,20})\)|\[[0-9]{1,3}\]|\*{1,3}|%"
    r"|đạt (?:trên |từ |tối thiểu )?[0-9]{1,3}(?:,[0-9]{1,2})? ?%(?: trở lên)?)\s{0,3}$",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 14)
def loose_key(name: str) -> str:
    """A key for names that differ only in numbering, usual abbreviations, and marks at the end."""
    text = _NUMBERED.sub("", name[:1000])
    for _ in range(3):
        text = _MARKED.sub("", text)
    text = _SHORT.sub(lambda found: _ABBREVIATIONS[found[0]], text)
    return " ".join(re.sub(r"[-,;:()“”\"'/]", " ", name_key(text)).split())


def shortens(name: str, whole: str) -> bool:
    """Whether a name of six words or more leaves out words of another one, and changes none."""
    words = iter(loose_key(whole).split())
    wanted = loose_key(name).split()
    return len(wanted) >= 6 and all(word in words for word in wanted)
