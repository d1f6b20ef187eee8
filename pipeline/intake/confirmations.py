"""Confirmations (xác nhận): an office says that a value of a similar concept holds for a row of its plan.

Without one, such a value is shown as “số liệu gần nghĩa” and decides nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, field_validator

from pipeline.errors import DataError, Finding
from pipeline.intake.inbox import periods_with_submissions
from pipeline.intake.rows import Observation
from pipeline.paths import Layout
from pipeline.plans.base import Record, Text
from pipeline.plans.models import Indicator
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry, read_list
from pipeline.whole import input_files


class Confirmation(Record):
    """Which value holds for which row, by whom, when (xác nhận số liệu gần nghĩa)."""

    row: Text = Field(description="code of the indicator for which the value is to hold, as on the form")
    given_for: Text = Field(description="code of the indicator or id of the concept for which it was sent")
    period: Text = Field(description="period for which it was sent, as its folder is named")
    value: Text = Field(description="the value as it stands in the file that was sent")
    as_of: dt.date = Field(description="the day of the value")
    office: Text = Field(description="the office that confirms, never a person")
    confirmed_on: dt.date
    evidence: str = Field(default="", description="the document in which it does so")

    @field_validator("period")
    @classmethod
    def _is_period(cls, text: str) -> str:
        return str(Period.parse(text))

    def is_of(self, observation: Observation) -> bool:
        """Whether it speaks of this value."""
        return (self.given_for, self.value, self.as_of) == (observation.code, observation.text, observation.as_of)


@dataclass(frozen=True)
class PlacedConfirmation:
    """A confirmation and the place it was read from: file, and number in it from 1."""

    confirmation: Confirmation
    file: str
    number: int

    def fault(self, key: str, message: str, remedy: str) -> Finding:
        """What is wrong with one of its keys."""
        return Finding(self.file, f"mục {self.number}, {key}", "confirmation", message, remedy)


def confirmation_files(layout: Layout, locality: str) -> list[Path]:
    """The files of confirmations of one locality, by name; [] where there are none. Raises DataError."""
    folder = f"{layout.confirmations}/{locality}"
    return input_files(folder, layout.relative(folder), ".yaml")


def read_confirmations(
    layout: Layout, registry: Registry, locality: str, known_at: dt.date | None = None
) -> tuple[PlacedConfirmation, ...]:
    """The confirmations of a locality made by `known_at`, the earliest first.

    Raises DataError for what is not one: unknown keys, rows, concepts or periods, a concept that is not near.
    """
    findings: list[Finding] = []
    items = [item for path in confirmation_files(layout, locality) for item in _items(layout, path, findings)]
    periods = {str(period) for period in periods_with_submissions(layout, locality)}
    for item in items:
        findings += _check(item, registry, locality, periods)
    if findings:
        raise DataError("Phiếu xác nhận có lỗi, báo cáo chưa được lập:", findings)
    made = [i for i in items if known_at is None or i.confirmation.confirmed_on <= known_at]
    return tuple(sorted(made, key=lambda item: item.confirmation.confirmed_on))


def confirmed_values(
    confirmations: Iterable[PlacedConfirmation],
    registry: Registry,
    given: Sequence[Observation],
    periods: Iterable[Period],
) -> tuple[Observation, ...]:
    """The values among `given`, which is all that was accepted for `periods`, that hold for other rows.

    Confirmations of values of other periods are left out. Raises DataError for one whose value is not there.
    """
    rows = {f"{plan.id}/{row.key.label}": (plan.id, row) for plan in registry.plans for row in plan.indicators}
    known = {str(period) for period in periods}
    values, findings = list[Observation](), list[Finding]()
    for item in (item for item in confirmations if item.confirmation.period in known):
        c = item.confirmation
        found = [_as_value_of(*rows[c.row], o, c) for o in given if c.is_of(o)]
        values += found
        if not found:
            stands = ", ".join(f"“{o.text}” ngày {o.as_of}" for o in given if o.code == c.given_for and o.text)
            message = f"{c.given_for} không có giá trị “{c.value}” ngày {c.as_of}; hiện có: {stands or 'không có gì'}"
            findings.append(item.fault("value", message, "ghi value, as_of đúng như đã gửi, hoặc bỏ mục này"))
    if findings:
        raise DataError("Phiếu xác nhận không còn đúng, báo cáo chưa được lập:", findings)
    return tuple(values)


def _items(layout: Layout, path: Path, findings: list[Finding]) -> Iterator[PlacedConfirmation]:
    file, read = layout.relative(path), read_list(layout, path, Confirmation, findings)
    yield from (PlacedConfirmation(confirmation, file, number) for number, confirmation in enumerate(read, start=1))


def _check(item: PlacedConfirmation, registry: Registry, locality: str, periods: set[str]) -> Iterator[Finding]:
    c = item.confirmation
    rows = {f"{p.id}/{x.key.label}": x for p in registry.plans_of(locality) for x in p.indicators}
    if c.row not in rows:
        yield item.fault("row", f"không có chỉ tiêu “{c.row}”", "ghi mã như trên biểu mẫu")
        return
    if c.given_for not in rows and not registry.has_concept(c.given_for):
        yield item.fault("given_for", f"không có chỉ tiêu, khái niệm “{c.given_for}”", "ghi mã của nơi số đã gửi")
    else:
        own = rows[c.row].concept
        other = rows[c.given_for].concept if c.given_for in rows else c.given_for
        if other != own and other not in registry.near(own):
            message = f"“{other}” không phải khái niệm gần nghĩa của “{own}”"
            yield item.fault("given_for", message, "thêm vào near trong data/raw/concepts.yaml, hoặc bỏ mục này")
    if c.period not in periods:
        yield item.fault("period", f"kỳ {c.period} không có số liệu nào được gửi", "ghi kỳ của tệp chứa giá trị")


def _as_value_of(plan: str, row: Indicator, observation: Observation, confirmation: Confirmation) -> Observation:
    c = confirmation
    note = f"{c.office} xác nhận dùng cho chỉ tiêu này, ngày {c.confirmed_on:%d/%m/%Y}"
    return observation.model_copy(
        update={
            "plan": plan,
            "key": tuple(row.key),
            "concept": row.concept,
            "scope": row.scope,
            "unit": row.unit,
            "note": "; ".join(filter(None, [note, c.evidence, observation.note])),
            "flags": (*observation.flags, "confirmed"),
        }
    )
