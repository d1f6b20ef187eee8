"""Names of submitted files (tên tệp): which a report can be kept and copied with, and the day they begin with."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache

from pipeline.intake.cells import FileFaultError
from pipeline.paths import LONGEST_NAME, is_plain
from pipeline.plans.localities import slug_of

PART = "phan-cua"
"""What stands after the day in the name of a part (phần của một cơ quan): 2026-04-05-phan-cua-phong-kinh-te.xlsx."""
_BEGIN = r"[\s_.,#(\[{<“”\"'‘’«-]{0,4}(?:(?:ngày|ngay)[\W_]{0,3})?"
_SIGN = r" ?[-._/,~+] ?| {1,2}"
_HOUR, _MINUTE = r"(?:[01][0-9]|2[0-3])", r"[0-5][0-9]"
_DIGITS_OF_TIME = rf"(?:{_HOUR}{_MINUTE}(?:{_MINUTE})?)?(?![0-9])"
_DAYS = tuple(
    re.compile(_BEGIN + form, re.IGNORECASE)
    for form in (
        # Of eight digits in a row: 20122026 is no day of 2012, its month would be 20.
        rf"(?P<day>[0-9]{{1,2}})(?P<sign>{_SIGN})(?P<month>[0-9]{{1,2}})(?P=sign)(?P<year>20[0-9]{{2}})(?![0-9])",
        rf"(?P<day>[0-3][0-9])(?P<month>[01][0-9])(?P<year>20[0-9]{{2}}){_DIGITS_OF_TIME}",
        rf"(?P<year>20[0-9]{{2}})(?P<sign>{_SIGN})(?P<month>[0-9]{{1,2}})(?P=sign)(?P<day>[0-9]{{1,2}})(?![0-9])",
        rf"(?P<year>20[0-9]{{2}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}}){_DIGITS_OF_TIME}",
        r"(?:(?:mồng|mùng|mong|mung)[\W_]{1,3})?(?P<day>[0-9]{1,2})[\W_]{0,3}(?:tháng|thang|thg)[\W_]{0,3}"
        r"(?P<month>[0-9]{1,2})[\W_]{1,3}(?:(?:năm|nam)[\W_]{0,3})?(?P<year>20[0-9]{2})(?![0-9])",
    )
)
_TIME = re.compile(
    rf"(?:T{_HOUR}[-.:_h]?{_MINUTE}(?:[-.:_]?{_MINUTE})?(?:Z|[+-]{_HOUR}:?{_MINUTE})?"
    rf"|[ _-]{{1,3}}(?!20[0-9]{{2}}(?![0-9])){_HOUR}{_MINUTE}(?:{_MINUTE})?"
    rf"|[ _-]{{1,3}}{_HOUR}(?P<sign>[-.:]){_MINUTE}(?P=sign){_MINUTE}"
    rf"|[ _-]{{1,3}}(?:{_HOUR}|[0-9])(?:h|:|giờ|gio){_MINUTE})(?![0-9])",
    re.IGNORECASE,
)
"""A time of day (giờ) after the day; four digits that may be a year are none."""
_CLOSED = re.compile(r"[)\]}>”’\"'»]")
_ANY_SIGN, _NAMES = r"[-._/,~+ ]{1,3}", r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_UNSURE = tuple(
    (re.compile(_BEGIN + form, re.IGNORECASE), why)
    for form, why in (
        (r"[0-3]?[0-9]([-._/,~+])[01]?[0-9]\1[23][0-9](?![0-9])", "không đủ bốn chữ số năm"),
        (r"[0-3]?[0-9]([-._/,~+])[01]?[0-9]\1[0-9]{4}(?![0-9])", "có năm ngoài khoảng 2000–2099"),
        (r"[0-9]{4}([-._/,~+])[01]?[0-9]\1[0-3]?[0-9](?![0-9])", "có năm ngoài khoảng 2000–2099"),
        (rf"[0-3]?[0-9]{_ANY_SIGN}[01]?[0-9]{_ANY_SIGN}20[0-9]{{2}}(?![0-9])", "có hai dấu ngăn cách khác nhau"),
        (rf"20[0-9]{{2}}{_ANY_SIGN}[01]?[0-9]{_ANY_SIGN}[0-3]?[0-9](?![0-9])", "có hai dấu ngăn cách khác nhau"),
        (r"(?:20[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]|[0-3][0-9][01][0-9]20[0-9]{2})[0-9]{1,9}", "liền với chữ số khác"),
        (rf"[0-3]?[0-9][\W_]{{0,3}}{_NAMES}[\W_]{{0,3}}(?:20)?[0-9]{{2}}(?![0-9])", "ghi tháng bằng chữ"),
        (rf"{_NAMES}[\W_]{{1,3}}[0-3]?[0-9][\W_]{{1,3}}20[0-9]{{2}}(?![0-9])", "ghi tháng bằng chữ"),
        (r"(?<=ngày)[\W_]{0,3}[0-9]{1,4}|(?<=ngay)[\W_]{0,3}[0-9]{1,4}", "không đủ ngày, tháng, năm"),
    )
)
"""What looks like a day, and for what reason it is not certain which."""
_PART = re.compile(r"[\W_]{0,4}ph[aầ]n[\W_]{1,3}c[uủ]a(?:[^\w.]|_){1,3}(?P<whose>.*)", re.IGNORECASE | re.DOTALL)
_FORM = re.compile(
    r"[\W_]{0,4}bieu-mau-[a-z-]{1,80}-20[0-9]{2}(?:-(?:Q[1-4]|H1|9M|F|[01][0-9]))?-(?P<whose>[a-z].*)", re.DOTALL
)
"""The form of an agency under the name that `make template` gives it."""
_AFTER_WHOSE = re.compile(r"[_(]|\.(?=[A-Za-z-]{2,10}(?:\.|$))")
"""What ends the name of the agency: '_', '(', or the first of the endings of the file."""
_MISTYPED = str.maketrans("oOlI|", "00111")
_EXAMPLE = "đổi tên tệp, ngày nhận ghi năm-tháng-ngày ở đầu, ví dụ 2026-04-10-so-lieu.xlsx"


def refuse_name(name: str, *, dated: bool = True) -> None:
    """Raises FileFaultError for a name that cannot be printed or copied; bundles take all others.

    `dated`: also for one that begins with a day that cannot be read.
    """
    if not name.isprintable():
        shown = name.encode("unicode_escape", "backslashreplace").decode("ascii", "replace")
        message = f"tên tệp có ký tự ẩn, dấu cách lạ hoặc không phải UTF-8: {shown}"
        raise _refusal(message, "đổi tên tệp, chỉ dùng chữ, số, dấu gạch và dấu cách thường")
    if not is_plain(name):
        raise _refusal(
            "tên tệp có dấu “:” hoặc “\\”, máy khác không mở được", "đổi tên tệp, dùng dấu gạch thay cho dấu ấy"
        )
    if (size := len(name.encode())) > LONGEST_NAME:
        message = f"tên tệp dài {size} byte, quá {LONGEST_NAME}"
        raise _refusal(message, "đặt tên ngắn hơn, dưới 70 chữ có dấu")
    if dated:
        received_day(name)


@lru_cache(maxsize=4096)
def received_day(name: str) -> dt.date | None:
    """The day on which a file was received, with which its name begins: '2026-04-10-so-lieu.csv', '(10.4.2026).csv'.

    None where it begins with none. Raises FileFaultError for one that is not in the calendar, lacks its century, or
    may be another: no file is taken for one without a day, or of another day, because of a slip of the pen.
    """
    name, text = _legible(name)
    found, meant = _day_of(text), _day_of(text.translate(_MISTYPED))
    if meant and _is_mistyped(text, found, meant):
        raise _no_day(f"ngày “{name[: meant.end()]}” có chữ lẫn với số")
    if found is None:
        for pattern, why in _UNSURE:
            if unsure := pattern.match(text):
                raise _no_day(f"ngày “{name[: unsure.end()]}” {why}")
        return None
    try:
        return dt.date(*_parts(found))
    except ValueError as error:
        raise _no_day(f"“{name[: found.end()]}” không phải ngày có trong lịch") from error


def day_if_any(name: str) -> dt.date | None:
    """The same; None also for a day that cannot be read."""
    try:
        return received_day(name)
    except FileFaultError:
        return None


def without_day(name: str) -> str:
    """A name without the day it begins with, and the time of day after it."""
    name, text = _legible(name)
    found = _day_of(text)
    if found is None:
        return name
    end = found.end()
    for more in (_TIME, _CLOSED):
        after = more.match(text, end)
        end = after.end() if after else end
    return name[end:]


def agency_in(name: str) -> str:
    """The agency whose part of an answer a file is, as letters joined by '-'; '' for a file of the whole locality.

    '2026-04-05-phan-cua-phong-kinh-te.xlsx', '2026-04-05 Phần của Phòng Kinh tế (1).xlsx' → 'phong-kinh-te'. A marked
    workbook that comes back with a new day before the old one is of the same agency. Names without these two words
    after the day are never a part, whatever they say of offices.
    """
    found = _part(name)
    return (slug_of(_AFTER_WHOSE.split(found["whose"], maxsplit=1)[0]) or "?") if found else ""


def agency_of_form(name: str) -> str:
    """What stands after the period in the name that `make template` gives a form, as letters; '' for other names.

    It is the agency of its form: '2026-04-05-bieu-mau-cat-hai-2026-Q1-phong-kinh-te.xlsx' → 'phong-kinh-te'.
    """
    found = _FORM.match(without_day(name))
    return slug_of(_AFTER_WHOSE.split(found["whose"], maxsplit=1)[0]) if found else ""


def without_part(name: str) -> str:
    """A name without its day and, of a part, without the agency: what else it says of places and periods."""
    found = _part(name)
    return "".join(_AFTER_WHOSE.split(found["whose"], maxsplit=1)[1:]) if found else without_day(name)


def _part(name: str) -> re.Match[str] | None:
    while (after := without_day(name)) != name:
        name = after
    return _PART.match(unicodedata.normalize("NFC", name))


def _legible(name: str) -> tuple[str, str]:
    """The name as macOS does not write it (ngày), and the same with every digit and dash as keyboards have them."""
    name = unicodedata.normalize("NFC", name)
    return name, "".join(map(_plain_sign, name))


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if unicodedata.category(sign) == "Pd" or sign == "−":
        return "-"
    return "/" if sign in "⁄∕／" else sign


def _day_of(text: str) -> re.Match[str] | None:
    return next(filter(None, (form.match(text) for form in _DAYS)), None)


def _parts(found: re.Match[str]) -> tuple[int, int, int]:
    return int(found["year"]), int(found["month"]), int(found["day"])


def _is_mistyped(text: str, found: re.Match[str] | None, meant: re.Match[str]) -> bool:
    """Whether a day is there only, or another one, with letters taken for digits: '2026-03-1o'. Not 'lo-03-2026'."""
    written = [text[slice(*meant.span(part))] for part in ("year", "month", "day")]
    if not all(any(c.isdecimal() for c in part) for part in written):
        return False
    return found is None or _parts(found) != _parts(meant)


def _no_day(message: str) -> FileFaultError:
    return FileFaultError("file-date", "tên tệp", message, _EXAMPLE)


def _refusal(message: str, remedy: str) -> FileFaultError:
    return FileFaultError("name", "tên tệp", message, remedy)
