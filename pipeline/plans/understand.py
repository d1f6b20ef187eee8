"""How wordings are read, one JSON object for each: for whoever keeps the registry, and for tests.

Each object has `text` and the fields of `TARGET`, `DEADLINE` or `RESULT`; or `parts`, a list of such objects, where the
text holds several; or `refused`, the reason in Vietnamese.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from pipeline.errors import DataError
from pipeline.plans.deadlines import Deadline, DeadlineSyntaxError, parse_deadlines
from pipeline.plans.results import Result, read_result
from pipeline.plans.targets import Comparator, ParsedTarget, TargetSyntaxError, parse_target
from pipeline.plans.wordings import WordingError

LONGEST_LINE = 100_000
"""Bytes of a line."""


class Wording(StrEnum):
    """What kind of text is read (loại câu chữ)."""

    TARGET = "target"
    DEADLINE = "deadline"
    RESULT = "result"


def understood(what: Wording, texts: Iterable[str]) -> Iterator[str]:
    """One line of JSON for each text, in order."""
    read = {Wording.TARGET: _target, Wording.DEADLINE: _deadline, Wording.RESULT: _result}[what]
    for text in texts:
        try:
            found: dict[str, object] = read(text)
        except (TargetSyntaxError, DeadlineSyntaxError, WordingError) as error:
            found = {"refused": str(error)}
        yield json.dumps({"text": text} | found, ensure_ascii=False)


def lines_of(path: Path | None) -> Iterator[str]:
    """The lines of a file, or of standard input. Raises DataError for one that is not UTF-8, naming it by number."""
    name = str(path) if path else "đầu vào"
    with path.open("rb") if path else nullcontext(sys.stdin.buffer) as stream:
        for number, line in enumerate(iter(lambda: stream.readline(LONGEST_LINE), b""), start=1):
            if not line.endswith(b"\n") and len(line) == LONGEST_LINE:
                raise DataError(f"{name}, dòng {number}: dài quá {LONGEST_LINE} byte; mỗi dòng ghi một câu")
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise DataError(f"{name}, dòng {number}: không phải chữ UTF-8; lưu lại tệp dạng UTF-8") from error


def _target(text: str) -> dict[str, object]:
    parsed = parse_target(text)
    if parsed.comparator is Comparator.SEVERAL:
        return {"parts": [{"text": part.text} | _target_fields(part) for part in parsed.parts]}
    return _target_fields(parsed)


def _target_fields(parsed: ParsedTarget) -> dict[str, object]:
    return {
        "comparator": str(parsed.comparator),
        "low": _number(parsed.low),
        "high": _number(parsed.high),
        "year_from": parsed.span_start,
        "year_to": parsed.span_end,
        "basis": parsed.basis,
        "unit": parsed.unit,
    }


def _deadline(text: str) -> dict[str, object]:
    found = parse_deadlines(text)
    if len(found) > 1:
        return {"parts": [{"text": piece} | _deadline_fields(deadline) for piece, deadline in found]}
    return _deadline_fields(found[0][1])


def _deadline_fields(deadline: Deadline) -> dict[str, object]:
    return {
        "kind": "before" if deadline.before else deadline.kind.replace(" ", "-"),
        "due": deadline.due.isoformat() if deadline.due else None,
        "every_months": deadline.every_months,
    }


def _result(text: str) -> dict[str, object]:
    result = read_result(text)
    if result.parts:
        return {"parts": [{"text": part.text} | _result_fields(part) for part in result.parts]}
    return _result_fields(result)


def _result_fields(result: Result) -> dict[str, object]:
    names = ("value", "low", "high", "numerator", "denominator")
    return {name: _number(getattr(result, name)) for name in names}


def _number(value: Decimal | None) -> int | float | None:
    """As a number of JSON; the grammar takes no more digits than those of `float` that are exact in print."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
