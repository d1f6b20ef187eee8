"""What comes again: deadlines without one day (thường xuyên, hằng năm, trước ngày 15 hằng tháng)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.plans.wordings import WordingError


@dataclass(frozen=True)
class Recurrence:
    """How often, in months where the text says so (the shortest of several), and the day of it as printed."""

    every_months: int | None = None
    on: str = ""


def recurrence(printed: str) -> Recurrence | None:
    """The recurrence of a deadline in small letters and with “hằng” for “hàng”; None for what does not come again.

    Raises WordingError for a duration that might be either.
    """
    if _ALWAYS.fullmatch(printed):
        return Recurrence()
    if times := _TIMES.fullmatch(printed) or _TIMES_OF.fullmatch(printed):
        whole, number = _EVERY[times["unit"]], int(times["times"])
        return Recurrence(whole // number if number and whole % number == 0 else None)
    for pattern, every_months in _DAYS:
        if pattern.fullmatch(printed):
            return Recurrence(every_months, printed)
    if days := _SEVERAL_DAYS.fullmatch(printed):
        return Recurrence(_between([int(month) for month in _MONTH_OF_DAY.findall(days["list"])]), printed)
    if months := _SEVERAL_MONTHS.fullmatch(printed):
        return Recurrence(_between([int(month) for month in _NUMBER.findall(months["list"])]), printed)
    if (printed.startswith("định kỳ ") and not _YEAR.search(printed)) or _REGULARLY.fullmatch(printed):
        return _every(printed)
    return None


def _every(printed: str) -> Recurrence:
    """'định kỳ 6 tháng, năm' → every 6 months. A bare duration is none of these."""
    if not _MARKED.search(printed):
        raise WordingError("có thể là thời lượng, hoặc việc định kỳ")
    named = [int(span["number"] or 1) * _EVERY[span["word"]] for span in _STRETCH.finditer(printed)]
    return Recurrence(min(named, default=None))


def _between(months: list[int]) -> int:
    """The shortest time from one of some months of a year to the next, in months; 1 at least."""
    ordered = sorted(set(months))
    if not all(1 <= month <= 12 for month in ordered):
        raise WordingError("không có tháng này")
    return min(b - a for a, b in zip(ordered, [*ordered[1:], ordered[0] + 12], strict=True))


_EVERY = {"tháng": 1, "quý": 3, "năm": 12}
_ALWAYS = re.compile(
    r"(?:nhiệm vụ |công việc )?(?:làm )?thường xuyên(?:,? liên tục)?|liên tục(?:,? thường xuyên)?|định kỳ"
)
_MARKED = re.compile("hằng|định kỳ|mỗi|theo|lần|,")
_STRETCH = re.compile(r"\b(?:(?P<number>[0-9]{1,2}) )?(?P<word>tháng|quý|năm)\b")
_NUMBER, _YEAR = re.compile("[0-9]{1,2}"), re.compile("20[0-9]{2}")

_UNIT = r"(?:[0-9]{1,2} )?(?:ngày|tuần|tháng|quý|năm)"
_REGULARLY = re.compile(
    rf"(?:(?:thường xuyên|báo cáo|đánh giá),? )?(?:định kỳ |theo )?(?:hằng |mỗi )?{_UNIT}"
    rf"(?:(?:, và|,| và| hoặc)? (?:hằng )?{_UNIT}){{0,4}}(?: (?:một|1|01) lần| ?/ ?(?:1 )?lần)?"
)
_TIMES = re.compile(
    r"(?:định kỳ )?(?:ít nhất |tối thiểu )?(?P<times>[0-9]{1,2}) lần(?: ?/ ?| mỗi | một | trong )(?:1 |01 )?"
    r"(?P<unit>tháng|quý|năm)"
)
_TIMES_OF = re.compile(r"(?:mỗi |một |1 |01 )(?P<unit>tháng|quý|năm)(?: báo cáo)? (?P<times>[0-9]{1,2}) lần")

_NEXT = r"(?:sau|tiếp theo|kế tiếp|liền kề|tiếp sau)"
_FOR = r"(?: đối với .*)?"
_HOUR = r"(?:[0-9]{1,2} ?(?:giờ|h)(?: ?[0-9]{2})?(?: phút)? )?"
_BY = rf"(?:(?:chậm nhất |muộn nhất )?(?:là |vào |đến )?|(?:xong )?trước {_HOUR})"
_DAY = r"ngày [0-9]{1,2}"
_DAY_OF_YEAR = r"(?:ngày )?[0-9]{1,2}(?: tháng |/)[0-9]{1,2}"
_OF_QUARTER = rf"tháng (?:cuối|đầu)(?: tiên)?(?: của)?(?: mỗi)? quý(?: {_NEXT})?"
_DAYS = (
    (re.compile(rf"{_BY}{_DAY} (?:hằng tháng|(?:của )?(?:tháng {_NEXT}|mỗi tháng)){_FOR}"), 1),
    (re.compile(rf"(?:định kỳ )?{_BY}{_DAY} (?:của )?{_OF_QUARTER}{_FOR}"), 3),
    (
        re.compile(rf"{_BY}{_DAY_OF_YEAR}(?: của)?(?: hằng năm| mỗi năm| năm {_NEXT}| năm báo cáo| kỳ báo cáo){_FOR}"),
        12,
    ),
    (re.compile(rf"hằng tháng,? ?\(?{_BY}{_DAY}\)?"), 1),
    (re.compile(rf"hằng năm,? ?\(?{_BY}{_DAY_OF_YEAR}\)?"), 12),
    (re.compile(rf"(?:trong )?{_BY}(?:tháng|quý) (?:[0-9]{{1,2}}|iv|i{{1,3}})(?: của)? (?:hằng|mỗi) năm{_FOR}"), 12),
)
_MONTH_OF_DAY = re.compile(r"(?:/|tháng )([0-9]{1,2})")
_ONE_DAY = r"[0-9]{1,2}(?:/| tháng )[0-9]{1,2}"
_SEVERAL_DAYS = re.compile(
    rf"{_BY}(?:(?:các )?ngày )?(?P<list>{_ONE_DAY}(?:(?:, và|,|;| và) (?:trước )?(?:ngày )?{_ONE_DAY}){{1,11}})"
    r"(?: của)? (?:hằng|mỗi) năm"
)
_SEVERAL_MONTHS = re.compile(
    r"(?:vào |trong )?(?:các )?tháng (?P<list>[0-9]{1,2}(?:(?:,|;| và) (?:tháng )?[0-9]{1,2}){1,11})"
    r"(?: của)? (?:hằng|mỗi) năm"
)
