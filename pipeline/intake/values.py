"""Cells into values: numbers, dates and choices as Vietnamese offices write them. Nothing is guessed.

Every refusal is an `UnreadableError` with the rule it breaks and the reason in Vietnamese.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from pipeline.intake.rows import Absence, Basis, Interval
from pipeline.plans.periods import Period
from pipeline.plans.results import NoResult, Result, read_result
from pipeline.plans.text import INVISIBLE, name_key, tidy
from pipeline.plans.wordings import WordingError

_T = TypeVar("_T")

_COMMA_DECIMAL = re.compile(r"-?[0-9]+(?:,[0-9]+)?")
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_DOT_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_ENGLISH = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|-?[0-9]{1,3}(?:,[0-9]{3}){2,}")

# Units in which things are counted: a fraction of one does not exist, so 1.234 is 1234.
COUNTING = frozenset(
    map(name_key, ["người", "cuộc", "hồ sơ", "bản sao", "phương tiện", "nhiệm vụ", "thủ tục", "thôn", "hộ", "cấp độ"])
)
_PER_CENT = frozenset(map(name_key, ["phần trăm", "phần trăm (%)", "tỷ lệ %", "tỉ lệ %", "tỷ lệ phần trăm", "％"]))

# Excel counts days from here; that it has a 29 February 1900 does not matter for later days.
_EXCEL_EPOCH = dt.date(1899, 12, 30)
# How many days later a workbook begins that counts from 1904.
_UNTIL_1904 = 1462
# 2015 to 2035. Other whole numbers in a column of days are not days of a plan.
_EXCEL_DAYS = range(42005, 49674)

_UNTIL = re.compile(
    r"^(?:số liệu )?(?:tính )?(?:đến hết|đến|tại thời điểm|tại|hết)(?: thời điểm)? (?=[0-9nqt])", re.IGNORECASE
)
_ISO = re.compile(r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.]+)?")
_DAY = re.compile(r"(?:ngày )?([0-9]{1,2})([/.-])([0-9]{1,2})\2(20[0-9]{2})(?: [0-9:]+)?", re.IGNORECASE)
_WORDS = re.compile(r"ngày ([0-9]{1,2}) tháng ([0-9]{1,2}) năm (20[0-9]{2})", re.IGNORECASE)
_MONTH = re.compile(r"(?:tháng )?([0-9]{1,2})(?:\s*/\s*| năm )(20[0-9]{2})", re.IGNORECASE)
_POWER = re.compile(r"-?[0-9]{1,20}(?:[.,][0-9]{1,20})?E[+-]?[0-9]{1,3}", re.IGNORECASE)
_QUARTER = re.compile(r"(?:quý |q)(I{1,3}|IV|[1-4])(?:\s*/\s*| năm )(20[0-9]{2})", re.IGNORECASE)
_YEAR = re.compile(r"(?:năm )?(20[0-9]{2})", re.IGNORECASE)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}

BASES: Mapping[str, Basis] = MappingProxyType(
    {
        name_key(form): basis
        for basis, forms in {
            Basis.AT_DATE: ("tai-thoi-diem", "Tại thời điểm", "Thời điểm", "Số liệu tại thời điểm báo cáo"),
            Basis.WITHIN_PERIOD: (
                "trong-ky",
                "Trong kỳ",
                "Trong kỳ báo cáo",
                "Số liệu trong kỳ báo cáo",
                "Phát sinh trong kỳ",
            ),
            Basis.CUMULATIVE: ("luy-ke", "Lũy kế", "Lũy kế từ đầu năm", "Cộng dồn", "Số lũy kế"),
        }.items()
        for form in forms
    }
)
"""What offices write for the basis of a value (cách tính)."""

ABSENCES: Mapping[str, Absence] = MappingProxyType(
    {
        name_key(form): absence
        for absence, forms in {
            Absence.NOT_SUBMITTED: ("not-submitted", "Chưa có số liệu", "Chưa có", "Không có số liệu", "Chưa thống kê"),
            Absence.NOT_DUE: ("not-due", "Chưa đến hạn", "Chưa đến hạn đo", "Chưa đến kỳ", "Chưa đến kỳ báo cáo"),
            Absence.NOT_APPLICABLE: ("not-applicable", "Không áp dụng", "Không thuộc phạm vi"),
        }.items()
        for form in forms
    }
)
"""What offices write where they have no value. Only the program says that a value is quarantined."""
ABSENCE_WORDS: Mapping[Absence, str] = MappingProxyType(
    {
        Absence.NOT_SUBMITTED: "chưa có số liệu",
        Absence.NOT_DUE: "chưa đến kỳ có số liệu",
        Absence.NOT_APPLICABLE: "không áp dụng",
        Absence.QUARANTINED: "số liệu bị loại",
    }
)
"""How an absence is written for readers, as on the page."""


class UnreadableError(ValueError):
    """A cell that cannot be read: the rule it breaks, and why."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule, self.reason = rule, reason


@dataclass(frozen=True)
class Style:
    """What is known of the numbers of a cell before it is read."""

    unit: str = ""
    whole: bool = False
    """The heading promises whole numbers."""
    name: str = ""
    """The name of the indicator in the plan: 'Tỷ lệ hồ sơ …' says what a share is of."""
    mixed: bool = False
    """The column has decimals with a dot and with a comma, so a comma before three digits is doubtful."""

    @property
    def counts(self) -> bool:
        """Whether heading or unit allow only whole numbers; '1.234' can then only be 1234."""
        return self.whole or name_key(self.unit) in COUNTING


@dataclass(frozen=True)
class Reading:
    """What a value cell says: a value, with the quotient it was printed with, or why there is none."""

    value: Interval | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    absence: Absence | None = None


def read_cell(text: str, style: Style) -> Reading:
    """'Đạt 11,87%' → exactly 11.87; 'trên 98%' → more than 98; '1.234/1.300 hồ sơ (94,9%)' → 94.9 with both counts.

    In the unit of the indicator; '-' says that there is none. Raises UnreadableError.
    """
    text = text.strip(INVISIBLE)
    if _odd(tidy(text).strip("–—")):
        raise UnreadableError("number", _why_no_number(text))
    if question := _asked(text):
        raise UnreadableError("number", question)
    try:
        result = read_result(
            text, lambda printed, counts: read_number(printed, replace(style, whole=style.whole or counts))
        )
    except WordingError as error:
        raise UnreadableError("number", str(error)) from error
    if result.absent is not None:
        return Reading(absence=_absence(result.absent, style))
    return _reading(_of_unit(result, style), style)


def states_a_value(text: str) -> bool:
    """Whether a cell can be read as a value of some indicator, or as the reason for having none."""
    for unit in ("%", "hồ sơ"):
        with suppress(UnreadableError):
            read_cell(text, Style(unit))
            return True
    return False


def _asked(text: str) -> str:
    """The question about a cell that a program may have rewritten; '' for any other."""
    plain = tidy(text).rstrip(" .;,")
    if found := _ISO.fullmatch(plain):
        meant = f"{int(found[3])}/{int(found[2])}"
    elif found := _DAY.fullmatch(plain):
        meant = f"{int(found[1])}/{int(found[3])}"
    elif found := _MONTH.fullmatch(plain):
        meant = f"{int(found[1])}/{found[2][2:]} hay {int(found[1])}/{found[2]}"
    elif _POWER.fullmatch(plain):
        return "số viết kiểu lũy thừa (E): có thể đã bị làm tròn; ghi đủ chữ số"
    else:
        return ""
    return f"ô ghi ngày tháng; có phải muốn ghi {meant}? Excel đổi phân số thành ngày: ghi cả đơn vị, như “22/30 hồ sơ”"


def read_value(text: str, style: Style) -> Interval:
    """The value of a cell that must have one. Raises UnreadableError."""
    value = read_cell(text, style).value
    if value is None:
        raise UnreadableError("number", "không phải số")
    return value


def _absence(reason: NoResult, style: Style) -> Absence:
    if reason is NoResult.NOTHING_AROSE and not style.unit.startswith("%"):
        raise UnreadableError(
            "number", "“không phát sinh” có thể là 0, hoặc không áp dụng trong kỳ; ghi 0 nếu là số đếm"
        )
    return _ABSENT[reason]


_ABSENT = {
    NoResult.MISSING: Absence.NOT_SUBMITTED,
    NoResult.NOT_DUE: Absence.NOT_DUE,
    NoResult.NOTHING_AROSE: Absence.NOT_APPLICABLE,
}


def _of_unit(result: Result, style: Style) -> Result:
    """Of several values in a cell, the only one in the unit of the indicator."""
    if not result.parts:
        return result
    fitting = [part for part in result.parts if not part.rank and _fits(part, style)]
    if len(fitting) != 1:
        raise UnreadableError("number", "nhiều con số trong một ô; ghi một giá trị theo đơn vị của chỉ tiêu")
    return fitting[0]


def _fits(result: Result, style: Style) -> bool:
    if style.unit.startswith("%"):
        return result.percent
    if result.unit == "loại":  # “02 loại” counts what differs: “Số phương tiện lưu trữ khác nhau”
        return style.counts and "khác nhau" in style.name
    return not (result.percent and result.numerator is None) and same_unit(
        _UNIT_FORMS.get(result.unit, result.unit), style.unit
    )


_UNIT_FORMS = {"h": "giờ", "tr": "triệu"}


def _reading(result: Result, style: Style) -> Reading:
    if result.percent and result.numerator is None and not style.unit.startswith("%"):
        unit = f"ghi % nhưng đơn vị là “{style.unit}”" if style.unit else "ghi % mà không có đơn vị"
        raise UnreadableError("number", unit)
    if result.rank or (result.beside and not _of_what_is_counted(result, style)):
        raise UnreadableError("number", "có chữ lẫn với số: không rõ con số có phải của chỉ tiêu này, trong kỳ này")
    if result.unit and not result.percent and not _fits(result, style):
        raise UnreadableError("number", f"ghi đơn vị “{result.unit}”, chỉ tiêu tính theo “{style.unit}”")
    if result.rough or (result.value is None and result.low is not None):
        raise UnreadableError("number", "con số ước chừng; ghi số đúng, hoặc mức tối thiểu: “trên 95”")
    numerator, denominator = result.numerator, result.denominator
    if numerator is not None and denominator:
        if not style.unit.startswith("%"):
            if not _fits(result, style):
                raise UnreadableError("number", f"phân số của “{result.unit}”, chỉ tiêu tính theo “{style.unit}”")
            return Reading(Interval(low=numerator, high=numerator))
        share = result.value if result.proved else 100 * numerator / denominator
        return Reading(Interval(low=share, high=share), numerator, denominator)
    return Reading(Interval(low=result.low, high=result.high, low_open=result.low_open, high_open=result.high_open))


def _of_what_is_counted(result: Result, style: Style) -> bool:
    """Whether the words behind a percentage are those with which the name of the indicator begins: '100% hồ sơ'."""
    words = name_key(" ".join(result.beside))
    starts = (f"{name_key(start)} {words} " for start in ("tỷ lệ", "tỷ lệ số"))
    return result.percent and result.numerator is None and f"{name_key(style.name)} ".startswith(tuple(starts))


def read_number(text: str, style: Style) -> Decimal:
    """'1.234,5' → 1234.5, '82.78' → 82.78; '1.234' only where whole numbers are promised."""
    if _THOUSANDS.fullmatch(text):
        return _thousands(text, style)
    if _COMMA_DECIMAL.fullmatch(text):
        decimals = text.partition(",")[2]
        if len(decimals) == 3 and (style.mixed or style.counts):
            raise UnreadableError("number-ambiguous", "dấu phẩy có thể là thập phân hoặc hàng nghìn")
        return Decimal(text.replace(",", "."))
    if _DOT_DECIMAL.fullmatch(text):  # one or two digits behind a dot are no thousands, whatever the other cells are
        return Decimal(text)
    if _ENGLISH.fullmatch(text):
        raise UnreadableError("number-ambiguous", "dấu phẩy hàng nghìn kiểu Anh")
    raise UnreadableError("number", _why_no_number(text))


def _thousands(text: str, style: Style) -> Decimal:
    certain = text.count(".") > 1 or "," in text or style.counts
    if not certain:
        raise UnreadableError("number-ambiguous", f"có thể là {text.replace('.', '')} hoặc {text.replace('.', ',')}")
    return Decimal(text.replace(".", "").replace(",", "."))


def _odd(text: str) -> str:
    """The first character that no figure and no Vietnamese text is written with; '' for none."""
    return next((c for c in text if ord(c) > 127 and not c.isalpha() and c not in "≥≤≈“”…"), "")


def _why_no_number(text: str) -> str:
    if odd := _odd(tidy(text)):
        return f"có ký tự lạ U+{ord(odd):04X} ({unicodedata.name(odd, 'không tên')})"
    if re.search(r"[0-9]", text) and re.search(r"[^\W\d_]", text):
        return "có chữ lẫn với số"
    return "không phải số"


def read_day(text: str, *, mixed: bool = False, since_1904: bool = False) -> dt.date | Period:
    """A day, or the month, quarter or year that stands for one.

    `mixed`: elsewhere in the table the month comes first, or numbers are written the English way.
    `since_1904`: the workbook counts days from 1904.
    """
    plain = _UNTIL.sub("", tidy(text.strip(INVISIBLE)).rstrip(" .;,"))
    if plain.isascii() and plain.isdigit() and len(plain) == 5:
        days = int(plain) + (_UNTIL_1904 if since_1904 else 0)
        if days in _EXCEL_DAYS:
            return _EXCEL_EPOCH + dt.timedelta(days=days)
    if found := _ISO.fullmatch(plain):
        return _date(found[1], found[2], found[3])
    if found := _DAY.fullmatch(plain):
        if mixed and int(found[1]) <= 12 and int(found[3]) <= 12 and int(found[1]) != int(found[3]):
            why = f"có thể là {found[1]} tháng {found[3]} hoặc {found[3]} tháng {found[1]}: tệp có chỗ ghi kiểu Anh"
            raise UnreadableError("date", why)
        return _date(found[4], found[3], found[1])
    if found := _WORDS.fullmatch(plain):
        return _date(found[3], found[2], found[1])
    if (found := _MONTH.fullmatch(plain)) and 1 <= int(found[1]) <= 12:
        return Period(int(found[2]), f"{int(found[1]):02}")
    if found := _QUARTER.fullmatch(plain):
        return Period(int(found[2]), f"Q{_ROMAN.get(found[1].lower(), found[1])}")
    if found := _YEAR.fullmatch(plain):
        return Period(int(found[1]))
    raise UnreadableError("date", "không phải ngày dạng ngày/tháng/năm đủ bốn chữ số năm")


def _date(year: str, month: str, day: str) -> dt.date:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError as error:
        swapped = int(month) > 12 >= int(day)
        why = "tháng lớn hơn 12; ghi ngày trước, tháng sau" if swapped else "không có ngày này trong lịch"
        raise UnreadableError("date", why) from error


def read_basis(text: str) -> Basis:
    """Raises UnreadableError for a word that is no known basis."""
    return _chosen(text, BASES, "tại thời điểm, trong kỳ, lũy kế")


def read_absence(text: str) -> Absence:
    """Raises UnreadableError for a word that is no known reason."""
    return _chosen(text, ABSENCES, "chưa có số liệu, chưa đến hạn, không áp dụng")


def _chosen(text: str, forms: Mapping[str, _T], allowed: str) -> _T:
    found = forms.get(name_key(text))
    if found is None:
        raise UnreadableError("choice", f"chỉ nhận: {allowed}")
    return found


def same_unit(written: str, planned: str) -> bool:
    """'Tỷ lệ (%)', 'phần trăm' and '%' are one unit, so are 'h' and 'giờ'; 'Bản' says 'bản sao' in fewer words."""
    key = name_key(" ".join(re.sub("[()]", " ", written).split()))
    if key in _PER_CENT or key == name_key("%") or written == "%":
        return planned.startswith("%")
    return f"{name_key(planned)} ".startswith(f"{name_key(_UNIT_FORMS.get(key, key))} ") if key else not planned
