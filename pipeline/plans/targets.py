"""The target grammar (ngữ pháp mục tiêu): what a plan prints, as comparator and bounds.

Everything the plans print must parse; any other text is an error that names it. Nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pipeline.plans.text import NUMBER, parse_number, tidy


class Comparator(StrEnum):
    """How a value is held against a target."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    EQUAL = "="
    """A bare number; read at evaluation by the direction of the indicator."""
    RANGE = "range"
    """Met from the lower bound; the upper bound is the ambition."""
    IN_SET = "in-set"
    NONE = "none"

    @property
    def sign(self) -> str:
        """'≥', '>' or '≤'; '' where the text has none of its own."""
        return _SIGNS.get(self, "")

    @property
    def strict(self) -> bool:
        """Whether the bound itself does not meet the target."""
        return self.sign == ">"

    def wants_less(self, *, falling: bool) -> bool:
        """Whether less is better: by the sign, and without one by the direction of the indicator."""
        return self.sign == "≤" if self.sign else falling


_SIGNS = {Comparator.AT_LEAST: "≥", Comparator.MORE_THAN: ">", Comparator.AT_MOST: "≤"}


class TargetSyntaxError(ValueError):
    """A target text the grammar does not know."""


@dataclass(frozen=True)
class ParsedTarget:
    """A target as data. `low` and `high` in the unit of the indicator; equal for a bare number."""

    comparator: Comparator
    low: Decimal | None = None
    high: Decimal | None = None
    levels: tuple[int, ...] = ()
    percent: bool = False
    span_end: int | None = None
    """Last year of a printed span: `100% (2025-2027)` is due at the end of 2027."""
    aspirational: bool = False
    """Printed with 'phấn đấu'."""
    standing: bool = False
    """A service level (mức phục vụ) that holds at all times: `trong vòng 24 giờ`."""


_COMPARATORS = {
    "≥": Comparator.AT_LEAST,
    ">=": Comparator.AT_LEAST,
    "tối thiểu": Comparator.AT_LEAST,
    "ít nhất": Comparator.AT_LEAST,
    "không dưới": Comparator.AT_LEAST,
    ">": Comparator.MORE_THAN,
    "trên": Comparator.MORE_THAN,
    "≤": Comparator.AT_MOST,
    "<=": Comparator.AT_MOST,
    "tối đa": Comparator.AT_MOST,
    "không quá": Comparator.AT_MOST,
    "trong vòng": Comparator.AT_MOST,
    "": Comparator.EQUAL,
}
_STANDING = "trong vòng"
_WORDS = "|".join(sorted(filter(None, map(re.escape, _COMPARATORS)), key=len, reverse=True))
# Units that may follow a figure in running text; the unit itself is recorded with the indicator.
_UNITS = "tiếng|giờ|ngày|bản sao|bản|phương tiện|cuộc|người"
_SPAN = r"(?:\s*\((?P<first>20[0-9]{2})\s*[-–]\s*(?P<last>20[0-9]{2})\))?"
_AMOUNT = re.compile(
    rf"(?P<aspire>phấn đấu\s+)?(?:(?:đạt|bố trí|bảo đảm|…)\s+)?(?:mục tiêu\s+)?(?P<word>{_WORDS})?\s*"
    rf"(?P<low>{NUMBER})\s*(?P<percent>%{{1,2}})?(?:\s*(?:-|–|đến)\s*(?P<high>{NUMBER})\s*(?P<percent2>%{{1,2}})?)?"
    rf"(?:\s+(?:{_UNITS}))?(?:\s+hoặc theo [^0-9]+)?{_SPAN}",
    re.IGNORECASE,
)
_LEVELS = re.compile(
    rf"(?:cấp|mức)\s+độ\s+(?P<levels>[0-9](?:\s*,\s*[0-9])*(?:\s+(?:hoặc|và)\s+[0-9])?){_SPAN}", re.IGNORECASE
)


def parse_target(text: str) -> ParsedTarget:
    """Parse one printed target. Raises TargetSyntaxError for what the grammar does not know."""
    printed = tidy(text)
    if printed in ("", "-", "–", "—"):
        return ParsedTarget(Comparator.NONE)
    if levels := _LEVELS.fullmatch(printed):
        return _level_set(levels, text)
    amount = _AMOUNT.fullmatch(printed)
    if amount is None:
        raise TargetSyntaxError(f"không hiểu mục tiêu “{text}”")
    return _amount(amount, text)


def _level_set(found: re.Match[str], text: str) -> ParsedTarget:
    levels = tuple(sorted({int(d) for d in re.findall("[0-9]", found["levels"])}))
    span_end = _span_end(found, text)
    return ParsedTarget(Comparator.IN_SET, Decimal(levels[0]), Decimal(levels[-1]), levels, span_end=span_end)


def _span_end(found: re.Match[str], text: str) -> int | None:
    if found["first"] and found["first"] > found["last"]:
        raise TargetSyntaxError(f"giai đoạn không hợp lệ: “{text}”")
    return int(found["last"]) if found["last"] else None


def _amount(found: re.Match[str], text: str) -> ParsedTarget:
    low = parse_number(found["low"])
    high = parse_number(found["high"]) if found["high"] else None
    comparator = _COMPARATORS[(found["word"] or "").lower()]
    if high is not None:
        if comparator is not Comparator.EQUAL or high <= low:
            raise TargetSyntaxError(f"khoảng mục tiêu không hợp lệ: “{text}”")
        comparator = Comparator.RANGE
    bounds = {
        Comparator.AT_LEAST: (low, None),
        Comparator.MORE_THAN: (low, None),
        Comparator.AT_MOST: (None, low),
        Comparator.EQUAL: (low, low),
        Comparator.RANGE: (low, high),
    }[comparator]
    return ParsedTarget(
        comparator,
        *bounds,
        percent=bool(found["percent"] or found["percent2"]),
        span_end=_span_end(found, text),
        aspirational=bool(found["aspire"]),
        standing=(found["word"] or "").lower() == _STANDING,
    )
