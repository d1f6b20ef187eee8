"""What stands around the rows of a table: numbers of columns, totals, signatures, statements for the whole table."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import pairwise

from pipeline.intake.cells import Line
from pipeline.intake.head_lines import is_unit
from pipeline.intake.heading_words import fold

_COLUMN_NUMBER = re.compile(
    r"\(?([0-9]{1,2}|[A-Za-zĐđ])\)?(?: ?= ?[-0-9()+*/:x%= ]{1,40})?|[0-9]{1,2} ?= ?[-0-9()+*/:x% ]{1,40}"
)
_TOTALS = frozenset(
    ("cong", "tong cong", "tong", "trung binh", "binh quan", "trung binh chung", "tong so chi tieu", "tong hop chung")
)
_OF_A_GROUP = re.compile(
    r"(?:tong cong|cong|tong|trung binh|binh quan)(?: chung)?"
    r"(?: (?:cac )?(?:nhom|muc|phan)(?: [ivxlc0-9a-e.]{1,6})?(?![a-z0-9])|(?=:))(?: ?:.{0,40})?"
)
"""A total of one group, or one that is explained: 'Bình quân nhóm II', 'Tổng cộng: 3 chỉ tiêu'; folded."""
_SIGNATURE = re.compile(
    r"(?:tm|kt|tl|tuq|thay mat|ky thay)[. ]|nguoi lap|thu truong|chu tich|pho chu tich|noi nhan|xac nhan|ke toan"
    r"|chanh van phong|truong phong|nguoi tong hop|lanh dao|\(?ki(?:,| va|$)"
    r"|.{0,40}ngay [0-9. …]{1,6} ?thang [0-9. …]{1,6} ?nam"
)
_STATEMENT = re.compile(
    r"\(?[* ]{0,3}(nguồn(?: số liệu| dữ liệu| thông tin)?|đvt|đơn vị tính|đơn vị) {0,3}:\s*(\S.{0,499})",
    re.IGNORECASE | re.DOTALL,
)


def numbers_of_columns(line: Line) -> bool:
    """Whether a line below a head only numbers its columns: '(1) (2) (3)', 'A B 1 2 3'."""
    filled = [text for text in line.texts if text]
    found = [_COLUMN_NUMBER.fullmatch(text) for text in filled]
    if len(filled) < 3 or not all(found):
        return False
    marks = [match[1] or match[0].partition("=")[0].strip() for match in found if match]
    numbers = [int(mark) for mark in marks if mark.isdigit()]
    return all(b == a + 1 for a, b in pairwise(numbers)) and numbers[:1] in ([], [1], [0]) and len(marks) >= 3


def total(line: Line, columns: Mapping[str, int]) -> bool:
    """Whether a row is a total (cộng, trung bình) of the table, not an indicator."""
    named = line.cell(columns["name"]).text if "name" in columns else ""
    first = next((text for text in line.texts if text), "")
    numbered = any(name in columns and line.cell(columns[name]).text for name in ("no", "code"))
    said = fold((named or first)[:200])
    return said in _TOTALS or (not numbered and bool(_OF_A_GROUP.fullmatch(said)))


def signature(line: Line) -> bool:
    """Whether a line begins the signatures (phần ký) below a table."""
    return any(_SIGNATURE.match(fold(text[:200])) for text in line.texts if text)


def holds_figures(line: Line, columns: Collection[int]) -> bool:
    """Whether one of the columns holds a digit."""
    return any(re.search(r"[0-9]", line.cell(column).text) for column in columns)


def statement(line: Line) -> tuple[str, str]:
    """What a line outside the rows states for the whole table: ('source', …), ('unit', …) or ('', '')."""
    text = " ".join(text for text in line.texts if text)
    found = _STATEMENT.fullmatch(text[:600])
    if found is None:
        return "", ""
    if fold(found[1]).startswith("nguon"):
        return "source", found[2].rstrip("). \t\n")
    unit = found[2].rstrip("). \t\n")
    return ("unit", unit) if is_unit(unit) and not re.search(r"[,;/]", unit) else ("", "")
