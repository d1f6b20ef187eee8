"""Names of submitted files (tên tệp): which a report can be kept and copied with, and the day they begin with."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from pipeline.intake.cells import FileFaultError
from pipeline.paths import LONGEST_NAME, is_plain

_BEGIN = r"(?:ngày|ngay)?[ _-]{0,3}"
_YEAR_FIRST = re.compile(
    rf"{_BEGIN}(?P<year>20[0-9]{{2}})(?:(?P<sign>[-._ ])(?P<month>[0-9]{{1,2}})(?P=sign)(?P<day>[0-9]{{1,2}})"
    r"|(?P<month2>[0-9]{2})(?P<day2>[0-9]{2}))(?![0-9])",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"{_BEGIN}(?:(?P<day>[0-9]{{1,2}})(?P<sign>[-._ ])(?P<month>[0-9]{{1,2}})(?P=sign)(?P<year>20[0-9]{{2}})"
    r"|(?P<day2>[0-3][0-9])(?P<month2>[01][0-9])(?P<year2>20[0-9]{2}))(?![0-9])",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(rf"{_BEGIN}[0-3]?[0-9]([-._])[01]?[0-9]\1[23][0-9](?![0-9])", re.IGNORECASE)
_EXAMPLE = "đổi tên tệp, ngày nhận ghi năm-tháng-ngày ở đầu, ví dụ 2026-04-10-so-lieu.xlsx"


def refuse_name(name: str) -> None:
    """Raises FileFaultError for a name that cannot be printed, copied or dated; bundles take all others."""
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
    received_day(name)


def received_day(name: str) -> dt.date | None:
    """The day on which a file was received, with which its name begins: '2026-04-10-so-lieu.csv', '10.4.2026.csv'.

    None where it begins with none. Raises FileFaultError for one that is not in the calendar or lacks its century.
    """
    name = unicodedata.normalize("NFC", name)  # as macOS does not write it: ngày
    found = _day_of(name)
    if found is None:
        if short := _SHORT_YEAR.match(name):
            raise FileFaultError("file-date", "tên tệp", f"ngày “{short[0]}” không đủ bốn chữ số năm", _EXAMPLE)
        return None
    parts = {name.rstrip("2"): int(part) for name, part in found.groupdict().items() if part and name != "sign"}
    try:
        return dt.date(parts["year"], parts["month"], parts["day"])
    except ValueError as error:
        raise FileFaultError("file-date", "tên tệp", f"“{found[0]}” không phải ngày có trong lịch", _EXAMPLE) from error


def without_day(name: str) -> str:
    """A name without the day it begins with."""
    name = unicodedata.normalize("NFC", name)
    found = _day_of(name)
    return name[found.end() :] if found else name


def _day_of(name: str) -> re.Match[str] | None:
    """Of eight digits in a row: 20122026 is no day of 2012, its month would be 20."""
    return _DAY_FIRST.match(name) or _YEAR_FIRST.match(name)


def _refusal(message: str, remedy: str) -> FileFaultError:
    return FileFaultError("name", "tên tệp", message, remedy)
