"""How a cell of a workbook looks: struck out, with raised digits, a day. Seen by openpyxl only."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

_OTHER_FILE = re.compile(r"\[[0-9]{1,4}\]|file:|\.xl[a-z]{1,2}[\]'!]", re.IGNORECASE)
NUMBER_SHOWN = re.compile(r"[<>=≥≤ ]{0,3}-?[0-9][0-9.,/ ]{0,30}%?")
_NOTE_MARK = re.compile(r"[0-9*() ]{1,4}")


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
