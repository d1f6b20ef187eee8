"""How the cells of a column are written, judged by all of them: units or agencies, decimals, days."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.intake.cells import Line
from pipeline.intake.rows import DAYS_OF_TASK

NUMBERS = ("value", "numerator", "denominator")
"""Columns of figures."""
FRACTIONS = "fractions"
"""Said of a column of values beside its name: some of them are written as fractions, '0,885', without %."""
_FRACTION = re.compile(r"0[.,][0-9]{0,15}[1-9][0-9]{0,15}")
_DAYS = ("as_of", *DAYS_OF_TASK)
_DOT_DECIMAL = re.compile(r"[<>=≥≤\s]{0,5}-?[0-9]{1,30}\.(?:[0-9]{1,2}|[0-9]{4,30})\s{0,5}%{0,3}")
_COMMA_DECIMAL = re.compile(r"[<>=≥≤\s]{0,5}-?[0-9.]{1,40},[0-9]{1,30}\s{0,5}%{0,3}")
_SLASHED = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2[0-9]{4}(?: .*)?")


def holds_units(texts: Sequence[str]) -> bool:
    """Whether a column headed 'Đơn vị' holds units: short cells that do not begin like names of agencies."""
    filled = [text for text in texts if text]
    agencies = re.compile(r"(?i)(phòng|ủy ban|ubnd|văn phòng|trung tâm|công an|sở|ban|bộ|chi cục|trường|trạm)\b")
    return bool(filled) and all(len(text) <= 20 and not agencies.match(text) for text in filled)


def mixed_columns(lines: Sequence[tuple[Line, str]], columns: dict[str, int]) -> frozenset[str]:
    """Columns in which a number or a day may mean two things, judging by how the other cells are written."""
    texts = {
        name: [line.cell(columns[name]).text for line, _ in lines] for name in (*NUMBERS, *_DAYS) if name in columns
    }
    dotted = {name for name in texts.keys() & set(NUMBERS) if any(map(_DOT_DECIMAL.fullmatch, texts[name]))}
    mixed = {name for name in dotted if any(map(_COMMA_DECIMAL.fullmatch, texts[name]))}
    if "value" in texts:
        units = [line.cell(columns["unit"]).text if "unit" in columns else "" for line, _ in lines]
        shares = (text for text, unit in zip(texts["value"], units, strict=True) if not unit or "%" in unit)
        mixed |= {FRACTIONS} if any(map(_FRACTION.fullmatch, shares)) else set()
    days = [
        (int(found[1]), int(found[3]))
        for name in texts.keys() & set(_DAYS)
        for found in map(_SLASHED.fullmatch, texts[name])
        if found
    ]
    month_first = any(second > 12 for _, second in days)
    day_first = any(first > 12 for first, _ in days)
    # A computer set to English writes 81.52 and 3/1/2026 for the first of March.
    if month_first or (dotted and not day_first):
        mixed |= texts.keys() & set(_DAYS)
    return frozenset(mixed)
