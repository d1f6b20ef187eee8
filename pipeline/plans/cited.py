"""The files of plans, and those of the province that a plan of a commune cites (kế hoạch của cấp trên)."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.paths import Layout
from pipeline.plans.localities import Localities
from pipeline.plans.models import Plan
from pipeline.whole import INPUT, input_files, ordinary_text

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


def plan_files(layout: Layout, locality: str) -> list[Path]:
    """The files of the plans of a locality, by name. Raises DataError where its folder may not be read."""
    folder = f"{layout.plans}/{locality}"
    return input_files(folder, layout.relative(folder), ".yaml")


def plan_files_above(
    layout: Layout, localities: Localities, locality: str, known: dict[str, dict[Path, set[str]]] | None = None
) -> list[Path]:
    """The files of the plans of the province that the plans of a commune cite: they are inputs of its report.

    Those whose numbers stand in the files of the commune's plans; no YAML is parsed. A file that cannot be read now is
    left out: it is the report of the province that says so. `known` is filled with the numbers of the files of each
    province, for a run that asks of all its communes.
    """
    place = localities.by_slug.get(locality)
    province = localities.by_code.get(place.parent) if place else None
    if province is None:
        return []
    known = {} if known is None else known
    if province.slug not in known:
        files = (layout.plans / province.slug).glob("*.yaml")
        known[province.slug] = {path: numbers for path in files if (numbers := _own_number(path))}
    candidates = known[province.slug]
    if not candidates:
        return []
    own = (layout.plans / locality).glob("*.yaml")
    cited = {number for path in own for number in cited_numbers(_text(path))}
    return sorted(path for path, numbers in candidates.items() if numbers & cited)


def _own_number(path: Path) -> set[str]:
    found = _OWN.search(_text(path))
    return cited_numbers(found[1]) if found else set()


def _text(path: Path) -> str:
    try:
        return ordinary_text(path, INPUT)
    except (OSError, ValueError):
        return ""
