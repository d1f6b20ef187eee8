"""Where plans of one locality, or clauses of one plan, say different things about one concept (mâu thuẫn).

Conflicts are found by rule and cited with both clauses; none is resolved silently.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, pairwise

from pipeline.plans.base import Frozen
from pipeline.plans.models import Direction, Indicator, Plan, Target
from pipeline.plans.registry import Registry
from pipeline.plans.targets import Comparator
from pipeline.plans.text import name_key

_PlanRow = tuple[Plan, Indicator]


class Clause(Frozen):
    """A row of a plan as cited (điều khoản)."""

    code: str
    plan_title: str
    name: str


class Difference(Frozen):
    """One way in which clauses differ: `unit`, `target`, `year`, `wording`, `agency`; `parts`, where a combined row
    asks for more than one of its parts; `term`, where a task that serves a row ends after its target; or, inside one
    row, `same-number-other-words`, `later-asks-less`. `texts` are as printed, in the order of the clauses.
    """

    kind: str
    texts: tuple[str, str]
    due: dt.date | None = None
    stricter: int | None = None
    """Index of the clause that asks for more: 0 or 1; None where that cannot be said."""


class Conflict(Frozen):
    """Two clauses of one concept and scope that differ, or one that contradicts itself."""

    concept: str
    clauses: tuple[Clause, ...]
    differences: tuple[Difference, ...]


def conflicts(plans: Sequence[Plan], registry: Registry) -> tuple[Conflict, ...]:
    """Find every conflict between and within the rows of `plans`.

    In order: pairs of rows of one concept and scope that differ, combined rows that ask for more than their parts,
    rows that contradict themselves.
    """
    rows = [(plan, indicator) for plan in plans for indicator in plan.indicators]
    found: list[Conflict] = []
    subjects = [(indicator.concept, indicator.scope) for _, indicator in rows]
    for (one, subject), (other, its) in combinations(zip(rows, subjects, strict=True), 2):
        if subject == its:
            _add(found, (one, other), _differences(one, other, registry))
    for whole in rows:
        parts = registry.concept(whole[1].concept).parts
        for part in (row for row in rows if row[1].concept in parts) if parts else ():
            if part is not whole and (whole[0].id, whole[1].annex) == (part[0].id, part[1].annex):
                _add(found, (whole, part), _beyond(whole[1], part[1]))
    for row in rows:
        _add(found, (row,), _within(row[1]))
        _add(found, (row,), _terms(row))
    return tuple(found)


def _add(found: list[Conflict], rows: tuple[_PlanRow, ...], differences: Iterator[Difference]) -> None:
    listed = tuple(differences)
    if listed:
        clauses = tuple(_clause(row) for row in rows)
        found.append(Conflict(concept=rows[0][1].concept, clauses=clauses, differences=listed))


def _clause(row: _PlanRow) -> Clause:
    plan, indicator = row
    return Clause(code=f"{plan.id}/{indicator.key.label}", plan_title=plan.title, name=indicator.name)


def _differences(one: _PlanRow, other: _PlanRow, registry: Registry) -> Iterator[Difference]:
    first, second = one[1], other[1]
    if first.unit != second.unit:
        yield Difference(kind="unit", texts=(first.unit, second.unit))
    else:
        yield from _targets(first, second)
    if name_key(first.name) != name_key(second.name):
        yield Difference(kind="wording", texts=(first.name, second.name))
    agencies = [registry.agency_names(row.lead, plan.locality) for plan, row in (one, other)]
    if set(agencies[0]) != set(agencies[1]) and all(agencies):
        yield Difference(kind="agency", texts=("; ".join(agencies[0]), "; ".join(agencies[1])))


def _beyond(whole: Indicator, part: Indicator) -> Iterator[Difference]:
    """A row that combines two things must not ask for more than the row of either."""
    ours, theirs = _by_day(whole), _by_day(part)
    for day in sorted(ours.keys() & theirs.keys()):
        if _stricter(ours[day], theirs[day], whole.direction) == 0:
            yield Difference(kind="parts", texts=(ours[day].text, theirs[day].text), due=day, stricter=0)


def _targets(first: Indicator, second: Indicator) -> Iterator[Difference]:
    """Differing targets of one due day; where the rows share no due day, that the years differ."""
    ours, theirs = _by_day(first), _by_day(second)
    for day in sorted(ours.keys() & theirs.keys()):
        a, b = ours[day], theirs[day]
        if _meaning(a, first.direction) != _meaning(b, second.direction):
            yield Difference(kind="target", texts=(a.text, b.text), due=day, stricter=_stricter(a, b, first.direction))
    for a, b in _without_day(first, second):
        if _meaning(a, first.direction) != _meaning(b, second.direction):
            yield Difference(kind="target", texts=(a.text, b.text), stricter=_stricter(a, b, first.direction))
    if ours and theirs and not ours.keys() & theirs.keys():
        texts = (_by_term(ours, first.unit), _by_term(theirs, second.unit))
        yield Difference(kind="year", texts=texts, stricter=_sooner(ours, theirs, first.direction))


def _by_term(targets: dict[dt.date, Target], unit: str) -> str:
    """'80% (2030), 100% (2035)': each target, with the per cent sign of its column, and the term the plan prints."""
    return ", ".join(f"{_with_sign(t.text, unit)} ({t.deadline or t.year})" for _, t in sorted(targets.items()))


def _with_sign(text: str, unit: str) -> str:
    return f"{text}%" if unit == "%" and text[-1:].isdigit() else text


def _sooner(ours: dict[dt.date, Target], theirs: dict[dt.date, Target], direction: Direction) -> int | None:
    """Of two single targets due on different days, the one that asks for at least as much, and sooner; else None."""
    if len(ours) != 1 or len(theirs) != 1:
        return None
    (our_day, our), (their_day, their) = next(iter(ours.items())), next(iter(theirs.items()))
    sooner = int(their_day < our_day)
    more = _stricter(our, their, direction)
    same = _meaning(our, direction) == _meaning(their, direction)
    return sooner if more == sooner or same else None


def _without_day(first: Indicator, second: Indicator) -> Iterator[tuple[Target, Target]]:
    """Pairs of yearly targets, then pairs of targets without a year."""
    for yearly in (True, False):
        ours, theirs = (
            [t for t in row.targets if t.quantified and t.yearly is yearly and (yearly or not (t.year or t.deadline))]
            for row in (first, second)
        )
        yield from zip(ours, theirs, strict=False)


def _by_day(indicator: Indicator) -> dict[dt.date, Target]:
    return {day: target for target in indicator.targets if (day := target.due) is not None}


def _terms(row: _PlanRow) -> Iterator[Difference]:
    """A row and a task that serves it and ends only after its last target (thời hạn của chỉ tiêu và của nhiệm vụ)."""
    plan, indicator = row
    days = _by_day(indicator)
    for task in plan.tasks if indicator.tasks else ():
        due = task.due.due if task.key.label in indicator.tasks else None
        if due is not None and days and due > max(days):
            target = _by_term(days, indicator.unit)
            yield Difference(kind="term", texts=(target, f"{task.key.label}: {task.deadline}"))


def _meaning(target: Target, direction: Direction) -> tuple[object, ...]:
    parsed = target.parsed
    if parsed.comparator is Comparator.EQUAL:
        # The direction says how to read a bare number, so "100%" and "≥ 100%" ask for the same.
        comparator = Comparator.AT_MOST if direction is Direction.FALLING else Comparator.AT_LEAST
        return comparator, _bound(target, direction), parsed.aspirational
    if parsed.comparator.sign:
        return parsed.comparator, _bound(target, direction), parsed.aspirational
    return parsed.comparator, parsed.low, parsed.high, parsed.levels, parsed.aspirational


def _stricter(one: Target, other: Target, direction: Direction) -> int | None:
    """Index of the target that asks for more, 0 or 1; None where that cannot be said."""
    less = _wants_less(one, direction)
    first, second = _bound(one, direction), _bound(other, direction)
    if less is not _wants_less(other, direction) or first is None or second is None:
        return None
    if first != second:
        return int((first > second) is less)
    beyond = [t.parsed.comparator.strict for t in (one, other)]
    return beyond.index(True) if beyond[0] is not beyond[1] else None


def _wants_less(target: Target, direction: Direction) -> bool:
    return target.parsed.comparator.wants_less(falling=direction is Direction.FALLING)


def _bound(target: Target, direction: Direction) -> Decimal | None:
    """The number to be reached; None for levels."""
    parsed = target.parsed
    return parsed.high if _wants_less(target, direction) else parsed.low


def _within(indicator: Indicator) -> Iterator[Difference]:
    """A row whose later target asks for less, or words the same number differently."""
    quantified = [t for t in indicator.targets if t.quantified and t.year]
    for earlier, later in pairwise(quantified):
        bounds = (_bound(earlier, indicator.direction), _bound(later, indicator.direction))
        if None in bounds:
            continue
        texts = (f"{earlier.year}: {earlier.text}", f"{later.year}: {later.text}")
        if bounds[0] == bounds[1] and earlier.parsed.comparator is not later.parsed.comparator:
            yield Difference(kind="same-number-other-words", texts=texts)
        elif _stricter(later, earlier, indicator.direction) == 1:
            yield Difference(kind="later-asks-less", texts=texts)
