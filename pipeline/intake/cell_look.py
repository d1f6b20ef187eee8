"""How a cell of a workbook looks: struck out, with raised digits, shown in another scale. Seen by openpyxl only."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

_PERCENT_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_SCALED = re.compile(r"[0#?],+(?![0-9#?,])")
_DIGITS_QUOTED = re.compile(r'"[^"]*(?:[0-9]|nghìn|ngàn|triệu|tỷ|trăm)[^"]*"', re.IGNORECASE)
_OTHER_FILE = re.compile(r"\[[0-9]{1,4}\]|file:|\.xl[a-z]{1,2}[\]'!]", re.IGNORECASE)
NUMBER_SHOWN = re.compile(r"[<>=≥≤ ]{0,3}-?[0-9][0-9.,/ ]{0,30}%?")
_NOTE_MARK = re.compile(r"[0-9*() ]{1,4}")


def is_percentage(number_format: str) -> bool:
    """Whether a number format shows a hundred times the number, with %."""
    return "%" in _PERCENT_QUOTED.sub("", number_format or "")


def shows_another_number(number_format: str) -> bool:
    """Whether a format shows thousands for units ('#,##0,'), added digits, or nothing (';;;')."""
    first = (number_format or "").partition(";")[0]
    if not first.strip() and (number_format or "").startswith(";"):
        return True
    return bool(_DIGITS_QUOTED.search(first) or _SCALED.search(_PERCENT_QUOTED.sub("", first)))


def day_shown(value: dt.date, number_format: str) -> str:
    """A day as its cell shows it: a format without days shows 'tháng 02/2026', one without months 'năm 2026'."""
    codes = set(_PERCENT_QUOTED.sub("", (number_format or "").lower()).partition(";")[0])
    if codes & set("dhs") or "y" not in codes:
        return date_text(value)
    return f"tháng {value:%m/%Y}" if "m" in codes else f"năm {value:%Y}"


def date_text(value: dt.date) -> str:
    """A day as cells give it, with the time where there is one."""
    if isinstance(value, dt.datetime) and value.time() != dt.time():
        return value.isoformat(" ", "minutes")
    return value.isoformat()[:10]


def takes_from_another_file(formula: object) -> bool:
    """Whether a formula refers to another workbook."""
    text = getattr(formula, "text", formula)
    return isinstance(text, str) and text.startswith("=") and bool(_OTHER_FILE.search(text))


@dataclass(frozen=True)
class Fonts:
    """The fonts of a workbook, by number, that strike text out or raise it."""

    struck: Collection[int]
    raised: Collection[int]

    @classmethod
    def of(cls, book: Any) -> Fonts:
        """Read once for all cells."""
        fonts = list(enumerate(book._fonts))
        return cls(
            {number for number, font in fonts if font.strike},
            {number for number, font in fonts if font.vertAlign == "superscript"},
        )

    def fault(self, cell: Any) -> str:
        """'struck' for a cell of which all or part is struck out, 'superscript' for a raised digit beside a number."""
        if cell._style.fontId in self.struck:
            return "struck"
        runs = [run for run in cell.value if not isinstance(run, str)] if isinstance(cell.value, list) else []
        if any(run.font is not None and run.font.strike and run.text.strip() for run in runs):
            return "struck"
        raised = [r.text for r in runs if r.font is not None and r.font.vertAlign == "superscript" and r.text.strip()]
        return "superscript" if raised and NUMBER_SHOWN.fullmatch(str(cell.value).strip()) else ""


def without_note_mark(value: Any) -> str:
    """The text of a cell without a raised mark of a footnote at its end: 'Tỷ lệ hồ sơ¹' → 'Tỷ lệ hồ sơ'."""
    text = str(value)
    last = value[-1] if isinstance(value, list) and value else None
    raised = getattr(getattr(last, "font", None), "vertAlign", None) == "superscript"
    if raised and last is not None and _NOTE_MARK.fullmatch(last.text) and len(text) > 12:
        return text[: len(text) - len(last.text)]
    return text
