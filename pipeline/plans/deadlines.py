"""Deadlines (thời hạn, thời gian hoàn thành) as plans print them.

A text is read as meant or refused with the reason. Days are those of the civil calendar: a month, a quarter, a year
ends on its last day, and “trước D” on the day before. "Cuối năm là ngày cuối cùng của tháng mười hai" (Bộ luật Dân sự
2015, Điều 146): the closing day of a report (Nghị định 09/2019/NĐ-CP, Điều 12) says which figures it covers, not when a
duty ends.
"""

from __future__ import annotations

import calendar as civil
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from pipeline.plans.recurrence import recurrence
from pipeline.plans.text import tidy
from pipeline.plans.wordings import WordingError

LONGEST = 500
"""Characters of a deadline."""


class DeadlineKind(StrEnum):
    """What kind of time a plan sets for a task."""

    DATE = "date"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    SPAN = "span"
    """From one time to another (2025-2026, quý I-II/2026): due at its end."""
    CONTINUING = "continuing"
    """First due, and then going on (2025 và những năm tiếp theo)."""
    RECURRING = "recurring"
    """Thường xuyên, hằng năm, định kỳ: judged by its last report."""
    BY_GUIDANCE = "by guidance"
    """Set by another document, office or event; listed for review."""
    NONE = "none"


class DeadlineSyntaxError(ValueError):
    """A deadline text the grammar does not know."""


@dataclass(frozen=True)
class Deadline:
    """A deadline as data (thời hạn): its kind, and the day it falls due, if it has one."""

    kind: DeadlineKind
    due: date | None = None
    every_months: int | None = None
    """How often a recurring task is reported, where the plan says so; the shortest of several."""
    before: bool = False
    """Printed with 'trước': due on the day before."""
    recurs_on: str = ""
    """The day of a recurring one, as printed: 'trước ngày 15'."""


def year_end(year: int) -> date:
    """The day on which what a plan sets for a year falls due by the civil calendar (hết năm)."""
    return date(year, 12, 31)


@lru_cache(maxsize=1 << 14)
def parse_deadline(text: str) -> Deadline:
    """Parse a printed deadline by the civil calendar. Raises DeadlineSyntaxError for what the grammar does not know."""
    if len(text) > LONGEST:
        raise DeadlineSyntaxError(f"không hiểu thời hạn “{text[:60]}…”: dài quá {LONGEST} chữ")
    printed = _plain(text)
    if printed in ("", "-"):
        return Deadline(DeadlineKind.NONE)
    try:
        if (again := recurrence(printed)) is not None:
            return Deadline(DeadlineKind.RECURRING, every_months=again.every_months, recurs_on=again.on)
        return _guided(printed) or _dated(printed)
    except ValueError as error:
        why = f": {error}" if isinstance(error, WordingError) else ""
        raise DeadlineSyntaxError(f"không hiểu thời hạn “{text}”{why}") from error


def parse_deadlines(text: str) -> tuple[tuple[str, Deadline], ...]:
    """Every deadline of a text with its own words; several only where they are a list of times of full years.

    Raises DeadlineSyntaxError.
    """
    try:
        return ((text, parse_deadline(text)),)
    except DeadlineSyntaxError:
        pieces = _LIST.split(tidy(text).strip(" .;,"))
        year = re.search(r"20[0-9]{2}$", pieces[-1])
        whole = [p if year is None or _YEAR_IN.search(p) else f"{p}/{year[0]}" for p in pieces]
        if not 2 <= len(pieces) <= 12:
            raise
        try:
            found = tuple((piece, parse_deadline(full)) for piece, full in zip(pieces, whole, strict=True))
        except DeadlineSyntaxError:
            found = ()
        days = [deadline.due for _, deadline in found if deadline.due is not None]
        as_said = len({deadline.before for _, deadline in found}) == 1  # "trước 15/6 và 15/12": of both, or of one
        if len(days) < max(len(found), 2) or days != sorted(set(days)) or not as_said:
            raise
        return found


_LIST = re.compile(r" ?[,;] (?:và )?| và ")
_YEAR_IN = re.compile(r"20[0-9]{2}")


_LEADS = (
    r"thời hạn(?: gửi báo cáo| hoàn thành| báo cáo| thực hiện| trình)?|thời gian(?: thực hiện| hoàn thành)?|xong|trình"
    r"|hoàn thành(?: xong)?|thực hiện(?: xong)?|kết thúc|triển khai|ban hành|báo cáo|gửi báo cáo|tiến độ|hạn"
)
_LEAD = re.compile(rf"(?:{_LEADS}) ?:? ?(?:trong )?(?=\S)")


def _plain(text: str) -> str:
    """In small letters, one spelling of dashes and of hằng and quý, without the lead-in and marks at the ends."""
    printed = tidy(text).lower().translate(str.maketrans("‐‑‒–—−", "------")).strip(" .;,")
    printed = printed.replace("hàng ", "hằng ").replace("quí ", "quý ").replace("ngày ngày", "ngày")
    if printed.strip("-") == "":
        return ""
    for _ in range(3):
        found = _LEAD.match(printed)
        if found is None:
            break
        printed = printed[found.end() :]
    return _VISION.sub("", printed.strip())


_VISION = re.compile(r"(?:,| và)? (?:định hướng|tầm nhìn) (?:đến )?(?:năm )?20[0-9]{2}$")
_D, _M, _Y = r"(?P<day>[0-9]{1,2})", r"(?P<month>[0-9]{1,2})", r"(?P<year>20[0-9]{2})"
_OF_YEAR = r"(?: ?[/.-] ?| năm | )"
_POINTS = {
    DeadlineKind.DATE: (
        re.compile(rf"(?:ngày )?{_D}(?P<mark>[/.-]){_M}(?P=mark){_Y}"),
        re.compile(rf"(?:ngày )?{_D} tháng {_M}{_OF_YEAR}{_Y}"),
        re.compile(rf"{_Y}-{_M}-{_D}"),
    ),
    DeadlineKind.MONTH: (
        re.compile(rf"(?:cuối |hết )?(?:tháng |t)?{_M}[/.-]{_Y}"),
        re.compile(rf"(?:cuối |hết )?tháng {_M}{_OF_YEAR}{_Y}"),
    ),
    DeadlineKind.QUARTER: (re.compile(rf"(?:cuối |hết )?(?:quý |q)(?P<quarter>iv|iii|ii|i|[1-4]){_OF_YEAR}{_Y}"),),
    DeadlineKind.HALF: (
        re.compile(rf"(?:06|6|sáu) tháng (?P<half>đầu|cuối)(?: năm)? ?/?{_Y}"),
        re.compile(rf"nửa (?P<half>đầu|cuối)(?: năm)? {_Y}"),
        re.compile(rf"(?:06|6|sáu) tháng (?P<half>đầu|cuối) (?:của )?năm {_Y}"),
        re.compile(rf"nửa (?P<half>đầu|cuối) (?:của )?năm {_Y}"),
    ),
    DeadlineKind.YEAR: (re.compile(rf"(?:(?:cuối |hết )?(?:năm )?|(?:cả|trong cả) năm ){_Y}"),),
}
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_BY = (
    r"(?:(?:chậm nhất|muộn nhất|không muộn hơn|không chậm hơn|không quá)(?: là| vào| đến| trong)* ?|đến hết |tính đến "
    r"|từ nay đến (?:hết )?|đến |hết |trong |vào |xong trong )?"
)
_BEFORE = re.compile(r"(?:xong )?trước (?:[0-9]{1,2} ?(?:giờ|h|g)(?: ?[0-9]{2})?(?: phút)? )?(?=\S)")
_WITH_HOUR = re.compile(r"(?:xong )?trước [0-9]{1,2} ?(?:giờ|h|g)")
_BY_WORDS = re.compile(_BY + r"(?=\S)")


def _dated(printed: str) -> Deadline:
    """A deadline with a day: a point in time, a span, or a year and what follows it."""
    if going_on := _CONTINUING.fullmatch(printed):
        return Deadline(DeadlineKind.CONTINUING, year_end(int(going_on["year"])))
    if found := _BEFORE.match(printed):
        kind, first, last = _point(printed[found.end() :])
        if printed[found.end() :].startswith(("cuối", "hết")):
            raise WordingError("“trước cuối” có thể là trước ngày cuối, hoặc đến hết kỳ đó")
        due = last if _WITH_HOUR.match(printed) else first - timedelta(days=1)
        return Deadline(kind, due, before=True)
    if span := _span(printed):
        return span
    found = _BY_WORDS.match(printed)
    kind, _, last = _point(printed[found.end() :] if found else printed)
    return Deadline(kind, last)


def _point(text: str) -> tuple[DeadlineKind, date, date]:
    """Kind, first and last day of a time. Raises ValueError; of a time without its year, saying so."""
    for kind, patterns in _POINTS.items():
        for pattern in patterns:
            if found := pattern.fullmatch(text):
                return kind, *_days(kind, found.groupdict())
    if _NO_YEAR.fullmatch(text):
        raise WordingError("thiếu năm")
    raise ValueError(text)


_NO_YEAR = re.compile(
    r"(?:ngày )?[0-9]{1,2}[/.-][0-9]{1,2}|(?:ngày [0-9]{1,2} )?(?:cuối )?tháng [0-9]{1,2}(?: ?- ?[0-9]{1,2})?"
    r"|(?:cuối )?quý (?:i{1,3}|iv|[1-4])|(?:06|6) tháng (?:đầu|cuối)(?: năm)?|cuối năm|năm nay|trong năm"
)


def _days(kind: DeadlineKind, found: dict[str, str]) -> tuple[date, date]:
    year = int(found["year"])
    if kind is DeadlineKind.DATE:
        day = date(year, int(found["month"]), int(found["day"]))
        return day, day
    if kind is DeadlineKind.MONTH:
        return _months(year, int(found["month"]), int(found["month"]))
    if kind is DeadlineKind.QUARTER:
        number = _QUARTERS.get(found["quarter"]) or int(found["quarter"])
        return _months(year, 3 * number - 2, 3 * number)
    if kind is DeadlineKind.HALF:
        return _months(year, 1, 6) if found["half"] == "đầu" else _months(year, 7, 12)
    return _months(year, 1, 12)


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    """First and last civil day of some months of a year. Raises ValueError for a month there is none of."""
    return date(year, first, 1), date(year, last, civil.monthrange(year, last)[1])


_GOES_ON = r"(?:các|những) năm (?:tiếp theo|sau|tiếp sau|kế tiếp)(?: đó)?|năm tiếp theo"
_CONTINUING = re.compile(rf"(?:trong )?(?:năm )?{_Y}(?:,| và|;)(?: và)? (?:{_GOES_ON})")
_OPEN = re.compile(rf"(?:bắt đầu )?(?:từ|sau|kể từ) (?:ngày |tháng |quý |năm )?[0-9ivx/.-]+(?: năm {_Y})?(?: trở đi)?")
_NUMBER_LIST = {
    "tháng": r"(?P<one>[0-9]{1,2}) ?(?P<joint>[-,]|và|đến)(?: tháng)? ?(?P<two>[0-9]{1,2})",
    "quý": r"(?P<one>iv|iii|ii|i|[1-4]) ?(?P<joint>[-,]|và|đến)(?: quý)? ?(?P<two>iv|iii|ii|i|[1-4])",
}
_OF_ONE_YEAR = {unit: re.compile(rf"(?:trong |từ )?{unit} {pair}{_OF_YEAR}{_Y}") for unit, pair in _NUMBER_LIST.items()}
_PAIR = re.compile(
    r"(?:từ )?(?P<one>(?:ngày |tháng |quý )?[0-9iv]{1,4}(?:[/.][0-9]{1,4}){0,2}(?: tháng [0-9]{1,2})?"
    r"(?: năm 20[0-9]{2})?)(?: - | đến(?: hết)? )(?P<two>\S.*)"
)
_NINE_MONTHS = re.compile(rf"(?:09|9) tháng (?:đầu )?(?:năm )?{_Y}")
_YEARS = re.compile(
    r"(?:trong )?(?:[0-9]{1,2} năm,? )?(?:giai đoạn |thời kỳ |từ )?(?:năm )?(?P<one>20[0-9]{2})"
    r"(?: ?- ?| đến (?:hết )?)(?:năm )?(?P<two>20[0-9]{2})"
)


def _span(printed: str) -> Deadline | None:
    """From one time to another, due at the end of the later; None for what is no such thing."""
    if _OPEN.fullmatch(printed):
        raise WordingError("chỉ có ngày bắt đầu: không có hạn, hoặc hạn ở văn bản khác")
    if years := _YEARS.fullmatch(printed):
        return _from_to(_months(int(years["one"]), 1, 12), _months(int(years["two"]), 1, 12))
    for unit, pattern in _OF_ONE_YEAR.items():
        if found := pattern.fullmatch(printed):
            one, two = (_QUARTERS.get(found[name]) or int(found[name]) for name in ("one", "two"))
            if found["joint"] not in ("-", "đến") and two != one + 1:
                raise WordingError("hai thời hạn trong một ô; tách thành hai nhiệm vụ")
            size = 3 if unit == "quý" else 1
            year = int(found["year"])
            return _from_to(
                _months(year, size * one - size + 1, size * one), _months(year, size * two - size + 1, size * two)
            )
    if nine := _NINE_MONTHS.fullmatch(printed):
        return Deadline(DeadlineKind.SPAN, date(int(nine["year"]), 9, 30))
    if pair := _PAIR.fullmatch(printed):
        last = _point(pair["two"])[2]
        begin = str(pair["one"])
        first = _point(begin if _YEAR_IN.search(begin) else f"{begin}/{last.year}")[1]
        return _from_to((first, first), (last, last))
    return None


def _from_to(first: tuple[date, date], last: tuple[date, date]) -> Deadline:
    if last[0] <= first[0]:
        raise WordingError("thời kỳ kết thúc trước khi bắt đầu")
    return Deadline(DeadlineKind.SPAN, last[1])


_BASES = (
    r"hướng dẫn|thời gian|lộ trình|tiến độ|yêu cầu|kế hoạch|chỉ đạo|quy định|quyết định|nghị quyết|đề án|chương trình"
    r"|phân công|công văn|văn bản|thông báo|lịch|dự án|từng"
)
_GUIDED = re.compile(rf"(?:thực hiện )?theo (?:{_BASES})\b.*")
_AFTER_EVENT = re.compile(
    r"(?:(?:trong vòng|trong thời hạn|trong|sau|chậm nhất|chậm nhất là|không quá) )?[0-9]{1,3} (?:ngày|tuần|tháng|năm)"
    r"(?: làm việc)? (?:kể từ|từ|sau|tính từ) (?:khi|ngày|thời điểm) .*|(?:ngay )?(?:sau|trong) khi .*|(?:ngay )?khi .*"
)
_A_DAY = re.compile(
    r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-]20[0-9]{2}|[0-9]{1,2}/[0-9]{1,4}|(?:quý|năm|tháng) (?:iv|i{1,3}|[0-9])"
    r"|(?:trước|chậm nhất|đến|trong) (?:ngày|tháng|quý|năm|cuối|hết|[0-9])"
)
_REFERENCE = re.compile(
    r"[0-9]{1,5}(?:/20[0-9]{2})?[/-][a-zđ][^\s,;]{0,40}(?: ngày [0-9]{1,2}[/.-][0-9]{1,2}[/.-]20[0-9]{2})?"
)
"""The number of a document and its date."""


def _guided(printed: str) -> Deadline | None:
    """Set by a document, an office or an event, with no day of its own."""
    if not (_AFTER_EVENT.fullmatch(printed) or _GUIDED.fullmatch(printed)):
        return None
    if _A_DAY.search(_REFERENCE.sub("", printed)):
        raise WordingError("vừa theo văn bản hoặc việc khác, vừa có ngày")
    return Deadline(DeadlineKind.BY_GUIDANCE)
