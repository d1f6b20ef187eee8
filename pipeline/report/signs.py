"""Signs of a page that a screen reader would spell (mũi tên, gạch ngang), and numbers of documents that stay whole."""

from __future__ import annotations

import re

from pipeline.report.catalogues import NO_VALUE
from pipeline.report.words import Words

_KEPT = re.compile(r"(<code>.*?</code>|<[^>]*>)", re.DOTALL)
_ARROW = "→"


def spoken(html: str, words: Words) -> str:
    """The HTML of a section in which an arrow and a lone dash have a word for those who listen.

    What is in attributes and in `code` stays as it is. Numbers of documents (30/2020/NĐ-CP) get hyphens that hold.
    """
    arrow, dash = (_said(sign, words.text(key)) for sign, key in ((_ARROW, "sign.arrow"), (NO_VALUE, "sign.dash")))
    parts = _KEPT.split(html)
    parts[::2] = [dash if text == NO_VALUE else unbroken(text).replace(_ARROW, arrow) for text in parts[::2]]
    return "".join(parts)


def _said(sign: str, word: str) -> str:
    return f'<span role="img" aria-label="{word}">{sign}</span>'


def unbroken(text: str) -> str:
    """Numbers of documents, '30/2020/NĐ-CP' and '57-NQ/TW', with hyphens at which no line ends."""
    return _IN_A_NUMBER.sub("\N{NON-BREAKING HYPHEN}", text)


_IN_A_NUMBER = re.compile(r"-(?:(?<=\d-)(?=[A-ZĐ]{2}/)|(?<=[/-][A-ZĐ]{2}-)(?=[A-ZĐ])|(?<=[/-][A-ZĐ]{3}-)(?=[A-ZĐ]))")
"""It begins with the hyphen, for which alone a text is then searched."""
