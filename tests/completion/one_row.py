"""A plan with one indicator, its submissions and its result: for tables of cases."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from decimal import Decimal

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import IndicatorResult
from pipeline.intake.rows import Absence, FileKind, Intake, Interval, Observation, Origin, Quarantined
from pipeline.plans.models import Plan
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.factories import made_plan

_ORIGIN = Origin(file="cases.csv", sha256="0" * 64, line=1)
_BOUND = re.compile(r"([<>]=?)\s*(-?[0-9.]+)")


def evaluated(case: dict[str, str], registry: Registry) -> IndicatorResult:
    """The row of a case through the whole evaluation; the columns are those of cases.csv."""
    plan = _plan(case)
    alone = dataclasses.replace(registry, plans=(plan,))
    period = Period.parse(case["period"])
    intake = Intake(locality="binh-giang", period=case["period"], **_sent(case))
    completion = evaluate(alone, registry.locality("binh-giang"), period, intake)
    return completion.plans[0].indicators[0]


def _plan(case: dict[str, str]) -> Plan:
    first, last = case["years"].split("-")
    baseline = case["baseline"].split(" @")
    indicator = {
        "group": "I",
        "no": "1",
        "name": "Chỉ tiêu thử",
        "unit": "%" if "%" in case["targets"] else "",
        "direction": case["direction"],
        "concept": "coverage-5g",
        "targets": [_target(text) for text in case["targets"].split(" | ")],
        "path": [_waypoint(text) for text in case["path"].split(" | ") if text],
    }
    if case["baseline"]:
        indicator["baseline"] = {"text": baseline[0], "value": Decimal(baseline[0]), "year": int(baseline[1])}
    return made_plan(int(first), int(last), indicators=[indicator])


def _target(text: str) -> dict[str, object]:
    """'2026: ≥80%', '2025 [Tháng 10/2025]: 100%', 'yearly: ≥80%', 'none: ≥80%'."""
    found = re.fullmatch(r"(\d{4}|yearly|none)?\s*(?:\[(.+)\])?:\s*(.*)", text)
    assert found, text
    where, deadline, printed = found.groups()
    target: dict[str, object] = {"text": printed}
    if where and where.isdigit():
        target["year"] = int(where)
    if where == "yearly":
        target["yearly"] = True
    if deadline:
        target["deadline"] = deadline
    return target


def _waypoint(text: str) -> dict[str, object]:
    deadline, _, value = text.rpartition(": ")
    return {"deadline": deadline, "value": Decimal(value)}


def _sent(case: dict[str, str]) -> dict[str, object]:
    earlier = [_observation(*text.split(": ")) for text in case["earlier"].split(" | ") if text]
    sent: dict[str, object] = {"earlier": tuple(earlier)}
    if case["value"] == "quarantined":
        out = Quarantined(kind=FileKind.OBSERVATIONS, origin=_ORIGIN, subject="thu/I.1", cells={}, findings=())
        sent["quarantined"] = (out,)
    elif case["value"] != "not-submitted":
        sent["observations"] = (_observation(case["as_of"], case["value"]),)
    return sent


def _observation(day: str, value: str) -> Observation:
    absent = value in set(Absence)
    return Observation(
        plan="thu",
        key=("", "I", "1"),
        concept="coverage-5g",
        unit="%",
        value=None if absent else _interval(value),
        text=value,
        as_of=date.fromisoformat(day),
        as_of_stated=True,
        absence=Absence(value) if absent else None,
        source="bảng thử",
        origin=_ORIGIN,
    )


def _interval(value: str) -> Interval:
    found = _BOUND.fullmatch(value)
    if found is None:
        return Interval(low=Decimal(value), high=Decimal(value))
    sign, number = found.groups()
    if sign.startswith(">"):
        return Interval(low=Decimal(number), high=None, low_open=sign == ">")
    return Interval(low=None, high=Decimal(number), high_open=sign == "<")
