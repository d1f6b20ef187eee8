"""What plans and senders print (chữ trong văn bản) on a page in another language: it stays Vietnamese, marked as such.

Texts are put together as plain strings before a template makes HTML of them. So a Vietnamese value is set between two
characters of Unicode that isolate a text from its surroundings; each pair becomes an element of the finished section.
"""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup

from pipeline.languages import catalogue_path
from pipeline.plans.text import VIETNAMESE_LETTER

_FIRST, _LAST = "\u2068", "\u2069"
_PAIR = re.compile(f"{_FIRST}([^{_FIRST}{_LAST}]*){_LAST}")
_TAG = re.compile(r"(<[^>]*>)")


def printed(value: object, code: str) -> object:
    """`value` as it enters a text in the language `code`: a Vietnamese one is set apart in any other."""
    if code == "vi" or not isinstance(value, str) or isinstance(value, Markup) or _FIRST in value:
        return value
    return f"{_FIRST}{value}{_LAST}" if set(VIETNAMESE_LETTER.findall(value)) - _own_letters(code) else value


@cache
def _own_letters(code: str) -> frozenset[str]:
    """The letters of Vietnamese that a language has as well: those of its catalogue."""
    lines = catalogue_path(code, "words").read_text("utf-8").splitlines()
    texts = (line for line in lines if not line.startswith("msgid"))  # some keys are Vietnamese
    return frozenset(letter for line in texts for letter in VIETNAMESE_LETTER.findall(line))


def with_elements(html: str) -> str:
    """The HTML of a section with `<span lang="vi">` around what is set apart; attributes cannot hold elements."""
    if _FIRST not in html and _LAST not in html:
        return html
    parts = _TAG.split(html)
    parts[::2] = [_PAIR.sub(r'<span lang="vi">\1</span>', text) for text in parts[::2]]
    return without_marks("".join(parts))


def without_marks(text: str) -> str:
    """A text for places that hold no elements, such as the title shown by the browser."""
    return text.replace(_FIRST, "").replace(_LAST, "")
