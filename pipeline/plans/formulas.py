"""Formulas (công thức): an indicator that is the quotient of two shared figures (số liệu dùng chung).

A shared figure is a concept with a unit of things that are counted; it is sent once and serves every formula that
names it. Source of a formula are the words of the plan: “… trên tổng số …”, “Tỷ lệ dân số trưởng thành có …”.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pipeline.errors import Finding

if TYPE_CHECKING:
    from pipeline.plans.concepts import Concept
    from pipeline.plans.models import Plan

PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)* / [a-z0-9]+(-[a-z0-9]+)*$"
"""How a formula is written: 'dossiers-online / dossiers-received'."""


class Formula(NamedTuple):
    """The concepts of numerator (tử số) and denominator (mẫu số)."""

    numerator: str
    denominator: str


def parse_formula(text: str) -> Formula | None:
    """The formula as data; None for ''. The text is checked by `PATTERN` before."""
    return Formula(*text.split(" / ")) if text else None


def shared_figures(plans: Iterable[Plan]) -> dict[str, list[str]]:
    """The figures that formulas of these plans name → codes of the rows that need them, both in the order of plans."""
    needed = dict[str, list[str]]()
    for plan in plans:
        for row in plan.indicators:
            for figure in parse_formula(row.formula) or ():
                needed.setdefault(figure, []).append(f"{plan.id}/{row.key.label}")
    return needed


def check_formulas(plans: Iterable[Plan], concepts: Iterable[Concept], file: str) -> Iterator[Finding]:
    """Formulas are of percentages, name counted figures, and rows that measure one thing have one formula."""
    by_id = {concept.id: concept for concept in concepts}
    of_thing = dict[tuple[str, str, str], str]()
    for row in (row for plan in plans for row in plan.indicators if row.formula):
        place = f"chỉ tiêu {row.key.label}"
        first = of_thing.setdefault((row.concept, row.unit, row.scope), row.formula)
        if first != row.formula:
            message = f"“{row.formula}”, dòng khác của cùng khái niệm ghi “{first}”"
            yield Finding(file, place, "formula", message, "một khái niệm tính theo một công thức")
        if not row.unit.startswith("%"):
            yield Finding(file, place, "formula", f"đơn vị “{row.unit}” không phải %", "bỏ formula")
        numerator, denominator = row.formula.split(" / ")
        if numerator == denominator:
            yield Finding(file, place, "formula", "tử số và mẫu số là một", "sửa formula")
        for figure in (numerator, denominator):
            if figure not in by_id:
                yield Finding(file, place, "formula", f"không có khái niệm “{figure}”", "thêm vào concepts.yaml")
            elif len(units := by_id[figure].units) != 1 or units[0].startswith("%"):
                message = f"“{figure}” không phải số đếm có một đơn vị"
                yield Finding(file, place, "formula", message, "ghi units của số đếm trong concepts.yaml")
