"""Values unlike others (số liệu khác thường), as questions to who sent them; they refuse and change nothing.

The measure is the modified z-score, 0.6745 (x − median) / MAD, with MAD the median of the absolute deviations from the
median; where MAD is 0, (x − median) / (1.253314 mean absolute deviation). Iglewicz and Hoaglin, How to Detect and
Handle Outliers (1993), who take values over 3.5 for outliers. Where all values are the same there is no measure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import TypeAlias

from pipeline.inputs.peers import Peers
from pipeline.intake.between_figures import cell_of
from pipeline.intake.figure_rules import (
    AlwaysFullQuestion,
    AnyQuestion,
    HistoryQuestion,
    PeersQuestion,
    QuestionRules,
)
from pipeline.intake.frames import exact
from pipeline.intake.rows import Intake, Observation, RowFinding
from pipeline.plans.text import plain

QUESTION = "question"
"""The severity of what is asked: none of a rule."""
_MAD, _MEAN = Fraction(6745, 10000), Fraction(1253314, 1000000)
_FULL = Decimal(100)
_Thing: TypeAlias = tuple[str, str, str]
"""Concept, unit and scope."""
_Before: TypeAlias = Mapping[_Thing, Sequence[Observation]]


def modified_z(value: Decimal, others: Sequence[Decimal]) -> Fraction | None:
    """How far `value` lies from the median of `others`, exactly; None where they are all the same, or none."""
    if not others:
        return None
    known = [Fraction(other) for other in others]
    middle = median(known)
    away = [abs(other - middle) for other in known]
    off = Fraction(value) - middle
    if half := median(away):
        return _MAD * off / half
    mean = Fraction(sum(away), len(away))
    return off / (_MEAN * mean) if mean else None


def questions(intake: Intake, rules: QuestionRules, peers: Peers) -> Iterator[RowFinding]:
    """What the senders of a period are asked about its values, at their cells."""
    before: dict[_Thing, list[Observation]] = {}
    for earlier in (*intake.earlier, *intake.computed):
        before.setdefault(_thing(earlier), []).append(earlier)
    sent = [*intake.observations, *(o for o in intake.computed if o.edition == intake.period)]
    for rule in rules.rules:
        for o in sorted(sent, key=lambda o: (o.origin.file, o.origin.line, o.code)):
            value = o.value.exact if o.value else None
            said = "" if value is None else _said(rule, o, value, before, peers)
            if said:
                message = f"{rule.message} ({said})"
                yield RowFinding(
                    origin=o.origin, rule=rule.rule, severity=QUESTION, message=message, remedy=rule.remedy
                )


def _thing(o: Observation) -> _Thing:
    return o.concept, o.unit, o.scope


def _said(rule: AnyQuestion, o: Observation, value: Decimal, before: _Before, peers: Peers) -> str:
    """What is put beside a value that is asked about; '' for one that is not."""
    match rule:
        case HistoryQuestion():
            history = _history(o, before)
            numbers = [number for number, _ in history]
            if len(numbers) >= rule.values and _far(value, numbers, rule.z):
                last = cell_of(history[-1][1].origin)
                return f"{_middle(value, numbers)} của {len(numbers)} giá trị trước; gần nhất: {last}"
        case PeersQuestion():
            others = peers.get(_thing(o), {})
            if len(others) >= rule.places and _far(value, [*others.values()], rule.z):
                return f"{_middle(value, [*others.values()])} của {len(others)} nơi"
        case AlwaysFullQuestion():
            latest = [number for number, _ in _history(o, before)][1 - rule.values :]
            if o.unit.startswith("%") and len(latest) == rule.values - 1 and {value, *latest} == {_FULL}:
                return f"{rule.values} giá trị gần nhất"
    return ""


def _far(value: Decimal, others: Sequence[Decimal], most: float) -> bool:
    z = modified_z(value, others)
    return z is not None and abs(z) > Fraction(exact(most))


def _middle(value: Decimal, others: Sequence[Decimal]) -> str:
    return f"{_number(value)}, trung vị {_number(median(others))}"


def _history(o: Observation, before: _Before) -> list[tuple[Decimal, Observation]]:
    """The earlier exact values of the same thing, one for each day (the last accepted), the oldest first."""
    by_day = {
        e.as_of: (e.value.exact, e)
        for e in before.get(_thing(o), ())
        if e.as_of < o.as_of and e.value is not None and e.value.exact is not None
    }
    return [(number, e) for _, (number, e) in sorted(by_day.items(), key=lambda item: item[0]) if number is not None]


def _number(value: Decimal) -> str:
    return plain(round(value, 2)).replace(".", ",")
