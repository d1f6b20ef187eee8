"""What becomes of a submission of Bình Giang for the first quarter of 2026, as far as reading goes; no suite is run."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import openpyxl

from pipeline.errors import DataError
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context, ReadObservation, read_observation
from pipeline.intake.reader import parse
from pipeline.intake.scope import Whose
from pipeline.intake.values import same_unit
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry, read_registry

N = "Tỷ lệ hồ sơ thủ tục hành chính xử lý trực tuyến"
"""The name of binh-giang-2026/II.15."""
COUNTED = "Số bản sao dữ liệu theo nguyên tắc sao lưu 3-2-1"
"""The name of binh-giang-2026/6.4a, counted in copies."""


@dataclass(frozen=True)
class Outcome:
    """What was read of one file."""

    refused: str = ""
    """The rule for which the whole file is refused, and what is said."""
    message: str = ""
    remedy: str = ""
    values: Mapping[str, str] = None  # type: ignore[assignment]
    """Label of the indicator → number, of the rows without fault."""
    out: Mapping[int, str] = None  # type: ignore[assignment]
    """Line → rule, of the rows with a fault."""
    noted: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


@lru_cache
def registry() -> Registry:
    return read_registry(Layout(), "binh-giang")


def outcome(
    content: str | bytes, name: str = "so-lieu.csv", answers: Mapping[str, str] | None = None, period: str = "2026-Q1"
) -> Outcome:
    asked = Period.parse(period)
    whose = Whose.of("binh-giang", registry().localities, asked, answers or {})
    data = content.replace("#N", N).replace("#C", COUNTED).encode() if isinstance(content, str) else content
    try:
        submission = parse(data, name, read_forms(Layout().headings), asked, whose)
    except DataError as error:
        first = error.findings[0]
        return Outcome(first.rule, first.message, first.remedy, {}, {})
    context = Context(registry(), "binh-giang", asked)
    reads = [read_observation(row, context) for table in submission.tables for row in table.rows]
    sound = [
        read for read in reads if not read.faults and _unit_agrees(read) and (read.record.value or read.record.absence)
    ]
    stated = {r.record.label: r.record.value for r in sound}
    return Outcome(
        values={k: str(v.exact) if v and v.exact is not None else str(v) for k, v in stated.items()},
        out={r.row.origin.line: r.faults[0].rule if r.faults else "unit-agrees" for r in reads if r not in sound},
        noted=frozenset(remark.rule for remark in submission.remarks),
        sources=frozenset(read.record.source for read in sound),
        bases=frozenset(str(read.record.basis) for read in sound),
        remarks=tuple(map(str, submission.remarks)),
    )


def _unit_agrees(read: ReadObservation) -> bool:
    """As the suite asks it."""
    written = read.row.cells["unit"]
    return not written or any(same_unit(written, unit) for unit in read.units)


def book(rows: list[list[object]], change: Callable[[Any], None] = lambda sheet: None, title: str = "Biểu 1") -> bytes:
    """A workbook of one sheet; `change` is called with it."""
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    change(made.active)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()
