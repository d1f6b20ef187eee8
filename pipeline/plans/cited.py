"""Which plans of the province a plan of a commune cites (thực hiện kế hoạch của cấp trên), by number and day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.plans.models import Plan
from pipeline.whole import INPUT, ordinary_text

_NUMBER = re.compile(r"\b([0-9]{1,5})\s?[/-]\s?((?:KH|QĐ|NQ|CT|CTr)-[A-ZĐ]{1,10})\b")
"""'359/KH-UBND', also with a dash in the place of the stroke."""
_DAY = re.compile(r"\bngày ([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_OWN = re.compile(r"^number: *(.+)$", re.MULTILINE)


def cited_numbers(text: str) -> set[str]:
    """The numbers of documents in a text, in one spelling: {'359/KH-UBND'}."""
    return {f"{int(number)}/{kind}" for number, kind in _NUMBER.findall(text)}


def cites(document: str, plan: Plan) -> bool:
    """Whether a printed citation is of this plan: its number, and its day where both print one.

    The first number of a citation is that of the document itself; others are those that it refers to.
    """
    first = _NUMBER.search(document)
    if first is None or plan.number is None or cited_numbers(first[0]) != cited_numbers(plan.number):
        return False
    day = _DAY.search(document, first.end())
    return (
        not day
        or plan.date is None
        or (plan.date.day, plan.date.month, plan.date.year) == tuple(map(int, day.groups()))
    )


def files_cited(own: Iterable[Path], of_province: Iterable[Path]) -> Iterator[Path]:
    """The files of the province's plans whose numbers stand in the files of a commune's plans; no YAML is parsed.

    A file that cannot be read now is left out: it is the report of the province that says so.
    """
    candidates = {path: numbers for path in of_province if (numbers := _own_number(path))}
    if candidates:
        cited = {number for path in own for number in cited_numbers(_text(path))}
        yield from (path for path, numbers in candidates.items() if numbers & cited)


def _own_number(path: Path) -> set[str]:
    found = _OWN.search(_text(path))
    return cited_numbers(found[1]) if found else set()


def _text(path: Path) -> str:
    try:
        return ordinary_text(path, INPUT)
    except (OSError, ValueError):
        return ""
