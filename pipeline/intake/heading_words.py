"""The words of one heading (tiêu đề cột): a result, of which period, place, kind and unit.

Offices write “KQ thực hiện Quý 1-2026”, “Kết quả (ước cả năm)”, “Lũy kế đến 31/3/2026”. What such a text says is taken
out phrase by phrase; a heading of which a word remains that is not understood has no meaning.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from pipeline.plans.periods import Period
from pipeline.plans.text import name_key

_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_YEAR = r"(?:[ /.,-]*+(?:nam )?[ /-]*+(20[0-9]{2}))?(?![0-9])"
_PERIODS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"(?<![0-9a-z]){pattern}"), form)
    for pattern, form in (
        (r"(?:ngay )?[0-9]{1,2}[/.-]([0-9]{1,2})[/.-](20[0-9]{2})(?![0-9])", "day"),
        (r"ngay [0-9]{1,2} thang ([0-9]{1,2}) nam (20[0-9]{2})", "day"),
        (r"(?:6|sau) thang cuoi(?: nam)?" + _YEAR, "H2"),
        (r"(?:6|sau) thang(?: dau)?(?: nam)?" + _YEAR, "H1"),
        (r"(?:9|chin) thang(?: dau)?(?: nam)?" + _YEAR, "9M"),
        (r"(?:3|ba) thang(?: dau)?(?: nam)?" + _YEAR, "Q1"),
        (r"(20[0-9]{2})[ /-]?q([1-4])(?![0-9a-z])", "Q-after"),
        (r"(?:qu[iy]|q)[ .]?(iv|i{1,3}|[1-4])(?![0-9a-z])" + _YEAR, "Q"),
        (r"(?:thang|t)[ .]?(0?[1-9]|1[0-2])(?![0-9a-z])" + _YEAR, "M"),
        (r"(0?[1-9]|1[0-2])[/-](20[0-9]{2})(?![0-9])", "M"),
        (r"(iv|i{1,3})[/.-](20[0-9]{2})(?![0-9])", "Q"),
        (r"ca nam" + _YEAR, "year"),
        (r"(?:nam )?(20[0-9]{2})(?![0-9])", "year"),
    )
)
_NOW = re.compile(
    r"(?<![a-z])(?:trong )?(?:ki (?:nay|bao cao)|trong ki|cuoi ki|(?:qu[iy]|thang) nay|"
    r"(?:den )?thoi diem (?:bao cao|hien tai)|hien (?:tai|nay)|den nay)(?![a-z])"
)
_BEFORE = re.compile(
    r"(?<![a-z])(?:cung )?(?:(?:ki|nam|qu[iy]|thang) (?:lien )?(?:truoc|ngoai)|cung ki|dau ki)(?: nam truoc)?(?![a-z])"
)
_SINCE_NEW_YEAR = re.compile(r"(?<![a-z])tu dau nam(?: den nay)?(?![a-z])")
_SORTS = (
    ("compared", re.compile(r"(?<![a-z])(?:so voi|so sanh|tang|giam|chenh lech|th/kh|vuot)(?![a-z])")),
    (
        "compared",
        re.compile(r"(?<![a-z])(?:ti le|%|muc do) ?(?:[a-z]+ ){0,3}(?:hoan thanh|ke hoach|muc tieu)(?![a-z])"),
    ),
    ("estimate", re.compile(r"(?<![a-z])(?:uoc|du kien|uoc tinh)(?![a-z])")),
    ("cumulative", re.compile(r"(?<![a-z])(?:so )?(?:luy ke|cong don)(?![a-z])")),
    ("plan", re.compile(r"(?<![a-z])(?:muc tieu|chi tieu giao|duoc giao|phan dau|phai thuc hien)(?![a-z])")),
    ("plan", re.compile(r"(?<!thuc hien )(?<![a-z])(?:ke hoach|kh)(?: (?:giao|nam))?(?![a-z])")),
)
_RATE = re.compile(r"(?<![a-z])ti le(?: (?:phan tram|%))?(?![a-z])|%")
_COUNT = re.compile(r"(?<![a-z])(?:so luong|so tuyet doi)(?![a-z])")
_JOINING = re.compile(
    r"(?<![a-z0-9])(?:tinh|den|het|cuoi|dau|tu|ngay|cua|xa|phuong|dac khu|trong|tai|thoi diem|nam|va|ki|so lieu)"
    r"(?![a-z0-9])"
)
_RESULT = re.compile(
    r"(?:ket qua|kq|so lieu|gia tri|thuc hien|th|dat duoc|dat|da dat|da thuc hien|muc dat|muc dat duoc)"
    r"(?: (?:ket qua|so lieu|thuc hien|th|dat duoc|dat|trien khai|bao cao|da|duoc|cac|chi tieu|ke hoach|nhiem vu|cua"
    r"|don vi|dia phuong|xa|phuong|tai))*"
)
_LIKE_A_VALUE = re.compile(r"(?<![a-z])(?:thuc hien|ket qua|kq|dat|luy ke|so lieu|ti le|gia tri|uoc|so luong)(?![a-z])")
_OF_SOMETHING_ELSE = re.compile(
    r"(?:nguoi|co quan|don vi|thoi (?:gian|han|diem)|giai phap|kho khan|can cu|li do|ngay|phuong|cach|noi dung|ghi chu"
    r"|nguyen nhan|ton tai|bien phap|trang thai|tinh (?:hinh|trang)|tien do|han |ten |nguon|chu tri|phong|danh gia)"
)
_ENGLISH = re.compile(
    r"(?P<own>.{1,80}?)\s{0,3}/\s{0,3}"
    r"(?:(?P<result>(?:actual )?results?|actual|values?)|(?P<name>(?:name of )?indicators?(?: name)?)"
    r"|(?P<plan>targets?)"
    r"|(?P<other>sources?(?: of data)?|data sources?|units?|notes?|remarks?|no\.?|code|evidence))"
    r"(?P<period>[ (]{1,2}(?:(?:in|for|of) )?(?:(?:q|quarter )[1-4][ /-]{0,3})?20[0-9]{2}\)?)?\s{0,3}",
    re.IGNORECASE | re.DOTALL,
)
"""A heading in two languages."""
_TRANSLATED = {
    "result": "ket qua|thuc hien|gia tri|so lieu|dat",
    "name": "chi tieu|noi dung",
    "plan": "muc tieu|ke hoach",
}
"""What the own half says, folded, where the English half is its translation."""
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


@lru_cache(maxsize=1 << 14)
def fold(text: str) -> str:
    """A text without marks, in small letters: 'Kỳ báo cáo' → 'ki bao cao'; enough to tell words of headings apart."""
    letters = unicodedata.normalize("NFD", name_key(text).replace("đ", "d"))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


@dataclass(frozen=True)
class Sense:
    """What one heading says. Empty fields say nothing."""

    rest: str = ""
    """The folded words that are no period, kind or measure; '' where nothing else is said."""
    periods: tuple[Period, ...] = ()
    day: bool = False
    """The period is that of a day: 'đến 31/3/2026'."""
    years: tuple[int, ...] = ()
    when: str = ""
    """'now' or 'before', in words: 'kỳ này', 'cùng kỳ'."""
    sort: str = ""
    """'estimate', 'cumulative', 'plan' or 'compared' (so với …)."""
    measure: str = ""
    """'rate' or 'count'."""
    bracket: str = ""
    """What stands in brackets, folded, where it is none of the above."""

    @property
    def result(self) -> bool:
        """Whether the words are those of a result: 'KQ thực hiện', 'đạt được'."""
        return bool(_RESULT.fullmatch(self.rest))

    @property
    def bare(self) -> bool:
        """Whether it only says which result: 'Quý I/2026', 'Lũy kế', 'Tỷ lệ (%)'."""
        return not self.rest and bool(self.periods or self.when or self.sort or self.measure)


def looks_like_a_value(text: str) -> bool:
    """Whether a heading that is not understood may stand over values: it speaks of results, or of a period."""
    key = fold(text)
    if _OF_SOMETHING_ELSE.match(key):
        return False
    return bool(_LIKE_A_VALUE.search(key)) or any(pattern.search(key) for pattern, _ in _PERIODS)


def without_translation(text: str) -> str:
    """A heading without its English half, unless that says something else: 'Chỉ tiêu / Indicator' → 'Chỉ tiêu'."""
    found = _ENGLISH.fullmatch(text) if "/" in text else None
    if found is None:
        return text
    own, part = fold(found["own"]), next((name for name in _TRANSLATED if found[name]), "")
    said = periods_in(fold(found["period"] or "").replace("quarter ", "q"), 0)
    if not re.search(_TRANSLATED.get(part, ""), own) or not set(said) <= set(periods_in(own, 0)):
        return text
    return found["own"]


@lru_cache(maxsize=1 << 14)
def sense_of(text: str, year: int) -> Sense:
    """What a heading says; `year` is meant where a quarter or month has none."""
    text = without_translation(text)
    inside = " ; ".join(_BRACKETS.findall(text))
    outer = fold(_BRACKETS.sub(" ", text)) if inside else fold(text)
    if not outer:
        outer, inside = fold(inside) or text.strip(), ""
    out, within = _said(outer, year), _said(fold(inside), year)
    return Sense(
        rest=out.rest,
        periods=(*out.periods, *within.periods),
        day=out.day or within.day,
        years=(*out.years, *within.years),
        when=within.when or out.when,
        sort=within.sort or out.sort,
        measure=out.measure or within.measure,
        bracket=within.rest,
    )


def _said(key: str, year: int) -> Sense:
    sort = next((sort for sort, pattern in _SORTS if pattern.search(key)), "")
    rest = key
    for _, pattern in _SORTS[2:]:
        rest = pattern.sub(" ", rest)
    if _SINCE_NEW_YEAR.search(rest):
        sort, rest = sort or "cumulative", _SINCE_NEW_YEAR.sub(" ", rest)
    when = "before" if _BEFORE.search(rest) else "now" if _NOW.search(rest) else ""
    rest = _NOW.sub(" ", _BEFORE.sub(" ", rest))
    periods, day, years, rest = _periods(rest, year)
    measure = "rate" if _RATE.search(rest) else "count" if _COUNT.search(rest) else ""
    rest = _COUNT.sub(" ", _RATE.sub(" ", rest))
    if when or periods or sort or measure:
        words = " ".join(rest.split())
        rest = words if _RESULT.fullmatch(words) else _JOINING.sub(" ", rest)
    rest = " ".join(rest.strip(" .:;,*-/&").split())
    return Sense(rest, periods, day, years, when, sort, measure)


def _periods(key: str, year: int) -> tuple[tuple[Period, ...], bool, tuple[int, ...], str]:
    """The periods that a folded text names, whether by a day, the years written, and the text without them."""
    found: list[Period] = []
    years: list[int] = []
    day = False
    for pattern, form in _PERIODS:
        for match in pattern.finditer(key):
            named, written = _period(match, form, year)
            found.append(named)
            day |= form == "day"
            years += [written] if written else []
        key = pattern.sub(" ", key)
    return tuple(dict.fromkeys(found)), day, tuple(dict.fromkeys(years)), key


def _period(match: re.Match[str], form: str, year: int) -> tuple[Period, int]:
    groups = match.groups()
    if form == "Q-after":
        return Period(int(groups[0]), f"Q{groups[1]}"), int(groups[0])
    written = int(groups[-1]) if groups[-1] else 0
    if form == "Q":
        return Period(written or year, f"Q{_ROMAN.get(groups[0], groups[0])}"), written
    if form in ("day", "M"):
        return Period(written or year, f"{min(int(groups[0]), 12):02}"), written
    return Period(written or year, "" if form == "year" else form), written


def bears_on(named: Period, asked: Period) -> str:
    """How a named period stands to the one asked for.

    'same', 'around' (the year of a quarter), 'end' (the last part of it) or 'other'.
    """
    # A final edition (số liệu chính thức cả năm) is of its whole year, and headings name it by the year.
    asked = Period(asked.year) if asked.final else asked
    if named == asked:
        return "same"
    (first, last), (begins, ends) = named.months, asked.months
    if named.year != asked.year:
        return "other"
    if first <= begins and last >= ends:
        # The first quarter begins with the year, as the half-year does; figures of the half-year are later ones.
        return "around" if not named.part else "other"
    return "end" if last == ends and first > begins else "other"


def periods_in(key: str, year: int) -> tuple[Period, ...]:
    """The periods that a folded text names; `year` is meant where a quarter or month has none."""
    return _periods(key, year)[0]
