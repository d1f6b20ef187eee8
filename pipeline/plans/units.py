"""The unit that a target prints behind its figure, held against the unit of its row (đơn vị tính)."""

from __future__ import annotations

from pipeline.plans.targets import Comparator, ParsedTarget
from pipeline.plans.text import name_key

SCALES = ("nghìn", "ngàn", "triệu", "tỷ", "tỉ", "vạn")
"""A figure in thousands or millions, whose unit must say so too."""
_SHARES = ("gdp", "grdp", "dân số")
"""What a percentage is a share of, where two of them must not be mixed up."""


def unit_fault(parsed: ParsedTarget, unit: str) -> str:
    """What is wrong with the printed unit, in Vietnamese; '' if it fits, or none is printed."""
    per_cent = unit.startswith("%")
    for part in parsed.parts:
        if fault := unit_fault(part, unit):
            return fault
    if parsed.comparator is Comparator.CHANGE:
        return ""
    if parsed.percent and not per_cent:
        return f"mục tiêu ghi % nhưng đơn vị là “{unit}”"
    printed, row = f" {name_key(parsed.unit)} ", f" {name_key(unit)} "
    if parsed.unit and per_cent and not parsed.percent:
        return f"mục tiêu ghi “{parsed.unit}” nhưng đơn vị là “{unit}”"
    for scale in map(name_key, SCALES):
        if f" {scale} " in printed and f" {scale} " not in row:
            return f"mục tiêu ghi “{parsed.unit}” nhưng đơn vị là “{unit}”"
    of = {share for share in map(name_key, _SHARES) if f" {share} " in f" {name_key(parsed.basis)} "}
    of_row = {share for share in map(name_key, _SHARES) if f" {share} " in row}
    return f"mục tiêu ghi “{parsed.basis}” nhưng đơn vị là “{unit}”" if of and of_row and of != of_row else ""
