"""Headings that plans put together from known words (tiêu đề ghép): 'Phòng phụ trách', 'Chỉ tiêu/Nhiệm vụ', 'Hạn'.

The table of headings (`data/raw/headings.yaml`) holds headings as a whole and is asked first. A heading that it does
not know is understood here where every one of its words is: a word more, and it has no meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.intake.head_lines import LONGEST, Words
from pipeline.intake.heading_words import Sense, fold

_WHO = r"(?:ai|cac|co quan|don vi|bo phan|phong ban|phong|ban|nganh|so|bo|to chuc|ca nhan|nguoi|dau moi)"
_DOES = (
    r"(?:chu tri|phu trach|theo doi|chiu trach nhiem|dau moi|thuc hien|trien khai|tham muu|danh gia|duoc giao|chinh"
    r"|giam sat|don doc|tong hop)"
)
_WORK = r"(?:viec|cong viec|nhiem vu|de an|du an|hoat dong|dau viec)"
_AIM = r"(?:chi tieu|muc tieu)"
_ABOUT = r"(?:ten|noi dung|danh muc|cac|can lam|can thuc hien|thuc hien|trong tam|cu the|chu yeu|trien khai|giai phap)"
_END = r"(?:can|phai|du kien|hoan thanh|thuc hien|trien khai|dat|xong|ket thuc|trinh|ban hanh|cuoi cung)"
_MADE = r"(?:dau ra|du kien|can dat|ban giao|hoan thanh|chinh|chu yeu|ket qua|cu the|phai co|dat duoc)"
_EXPLAINED = r"(?:giai thich|dinh nghia|cach tinh|cach hieu|noi ham|phuong phap tinh|cong thuc tinh|cong thuc)"

_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")


def _run(*words: str) -> str:
    """Some of these words, parted; followed by how often."""
    return rf"(?:(?:{'|'.join(words)})(?: ?[,/&] ?(?:va )?| va | |$))"


_MANY, _ANY = "{1,12}", "{0,12}"
"""Words in a row: with no bound a long cell would be tried again from each of its words."""
_COMPOSED = tuple(
    (meaning, re.compile(pattern))
    for meaning, pattern in (
        ("definition", rf"{_run(_EXPLAINED)}{_MANY}{_run('chi tieu', 'muc tieu', 'cach tinh')}{_ANY}"),
        ("coordinating", rf"{_run(_WHO)}{_ANY}phoi hop(?: (?:thuc hien|trien khai|tham gia|cung))*"),
        ("lead", rf"{_run(_WHO)}{_MANY}{_run(_DOES)}{_MANY}|chu tri(?: (?:thuc hien|theo doi|tham muu))*"),
        (
            "deadline",
            r"(?:(?:thoi|ki) (?:gian|han|diem)|tien do|han|moc(?: thoi gian)?|lo trinh) ?"
            rf"{_run(_END)}{_ANY}|hoan thanh",
        ),
        ("product", rf"(?:du kien )?san pham ?{_run(_MADE)}{_ANY}|dau ra"),
        (
            "name",
            rf"{_run(_ABOUT)}{_ANY}{_run(_AIM)}{_run(_AIM, _WORK, _ABOUT)}{_ANY}",
        ),
        ("task", rf"{_run(_ABOUT)}{_ANY}{_run(_WORK)}{_MANY}{_run(_ABOUT, _WORK)}{_ANY}"),
        ("previous", r"(?:gia tri |so lieu |muc )?(?:co so|hien trang|hien tai|xuat phat diem|xuat phat|nen)"),
        ("no", r"#|so|muc"),
    )
)


def composed_meaning(folded: str) -> str:
    """What a folded heading means by its words alone: 'phong phu trach' → 'lead'; '' where one is not known."""
    folded = folded.strip(" .:*")
    return next((meaning for meaning, pattern in _COMPOSED if pattern.fullmatch(folded)), "")


@dataclass(frozen=True)
class PlanWords(Words):
    """How a plan's headings are understood: by the table first, then by their words."""

    def meaning(self, text: str, sense: Sense) -> str:
        """As the table says; else by the words of the heading, without what its brackets and years say."""
        known = super().meaning(text, sense)
        if known or (sense.periods and not sense.rest):
            return known
        folded = sense.rest if sense.years else fold(_BRACKETS.sub(" ", text))
        # A narrow column of a PDF cuts a word: 'Nhi ệm vụ'.
        mended = (f"{folded[: at.start()]}{folded[at.end() :]}" for at in re.finditer(" ", folded[:LONGEST]))
        return composed_meaning(folded) or next(filter(None, map(composed_meaning, mended)), "")
