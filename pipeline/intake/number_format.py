r"""Number formats of a cell (định dạng số): whether what Excel shows is the number, the day, or something else.

A format has up to four sections (positive; negative; zero; text), and in each codes (0 # ? % d m y …) among text that
is shown as it stands: "quoted", \x escaped, _x a space as wide as x, *x repeated. Libraries look for letters in the
whole of it, so that `_dmm/yyyy` has a day for them (ECMA-376, part 1, 18.8.31).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.intake.cell_look import date_text

_TOKEN = re.compile(
    r"""("[^"]*"?|\\.?)|\*(.?)|_.?|\[([^\]]*)\]?|(;)|(general|am/pm|a/p|.)""", re.IGNORECASE | re.DOTALL
)
_ELAPSED = re.compile(r"h+|m+|s+")
_CONDITION = ("<", ">", "=")
_TIME = re.compile(r"(?:am/pm|a/p)|h[^a-z]{0,3}m{1,2}|m{1,2}[^a-z]{0,3}s")
"""Minutes are written as months are."""
_DAY = re.compile(r"(?<!d)d{1,2}(?!d)")
"""The number of the day; `ddd` and `dddd` are its name in the week."""
_SCALED = re.compile(r"[0#?],+(?![0-9#?,])")
_PARTS = re.compile(r"[0#?] {0,3}/ {0,3}[0-9#?]")
"""A fraction: '# ?/?' shows 1/2 for 0,5."""
_OF_NUMBERS = re.compile(r"[0#?@]|general")
_ANOTHER = re.compile(r"[0-9]|nghìn|ngàn|triệu|tỷ|trăm", re.IGNORECASE)


@dataclass(frozen=True)
class _Section:
    codes: str = ""
    """What stands for the value, in small letters."""
    shown: str = ""
    """Text that is shown as it stands."""
    conditional: bool = False


@lru_cache(maxsize=512)
def _sections(number_format: str) -> tuple[_Section, ...]:
    """At least one, which is empty for a cell without a format of its own."""
    found = [_Section()]
    for token in _TOKEN.finditer(number_format or ""):
        text, filled, bracket, end, code = token.groups(default="")
        last = found[-1]
        if end:
            found.append(_Section())
            continue
        if _ELAPSED.fullmatch(bracket.lower()):
            code = bracket
        conditional = last.conditional or bracket.startswith(_CONDITION)
        shown = last.shown + text[1:].removesuffix('"') + filled
        found[-1] = _Section(last.codes + code.lower(), shown, conditional)
    return tuple(found)


def is_percentage(number_format: str) -> bool:
    """Whether a number format shows a hundred times the number, with %."""
    return any("%" in section.codes for section in _sections(number_format))


def shows_another_number(number_format: str) -> bool:
    """Whether a format shows thousands for units ('#,##0,'), a fraction, added digits, a text for it, or nothing."""
    sections = _sections(number_format)
    first = sections[0]
    if not first.codes.strip() and (first.shown or len(sections) > 1):
        return True
    if first.codes.strip() and not _OF_NUMBERS.search(first.codes):
        return True
    return bool(_ANOTHER.search(first.shown) or _SCALED.search(first.codes) or _PARTS.search(first.codes))


def day_shown(value: dt.date, number_format: str) -> str:
    """A day as its cell shows it: a format without days shows 'tháng 02/2026', one without months 'năm 2026'."""
    first, *others = _sections(number_format)
    used = [first, *others] if first.conditional else [first]
    codes = [_TIME.sub(" ", section.codes.replace("general", "")) for section in used]
    without = next((one for one in codes if re.search("[mye]", one) and not _DAY.search(one)), "")
    if "m" in without:
        return f"tháng {value:%m/%Y}"
    return f"năm {value:%Y}" if without else date_text(value)
