"""Concepts (khái niệm): what indicators measure, independent of the plans that set targets for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import Field

from pipeline.errors import Finding
from pipeline.plans.base import Record, Slug, Text
from pipeline.plans.models import Direction, Plan
from pipeline.plans.text import VIETNAMESE_LETTER


class Concept(Record):
    """What an indicator measures, with its definition in the words of the plans.

    A field that no paper fills is empty; nothing is supplied.
    """

    id: Slug
    name: Text
    name_en: str = Field(default="", description="plain English name, for pages in English; without Vietnamese letters")
    counted: str = Field(default="", description="what is counted (tử số)")
    over: str = Field(default="", description="over what (mẫu số); '' for a count, a time, a level")
    units: tuple[str, ...] = Field(default=(), description="units in which plans set targets; '' for none")
    direction: Direction = Direction.RISING
    owner: str = Field(default="", description="office that the plans make responsible for the figure")
    system: str = Field(default="", description="system that holds the data")
    near: tuple[Slug, ...] = Field(
        default=(), description="similar but different concepts; their values are shown and decide nothing"
    )
    parts: tuple[Slug, ...] = Field(
        default=(), description="concepts that one row of this concept asks for at once; it can be no higher than they"
    )

    def name_in(self, code: str) -> str:
        """The name in a language; '' where the list has none in it."""
        return self.name if code == "vi" else self.name_en if code == "en" else ""


def near_of(concepts: Iterable[Concept]) -> dict[str, frozenset[str]]:
    """The concepts near each one (gần nghĩa), in both directions."""
    near: dict[str, set[str]] = {}
    for concept in concepts:
        for other in concept.near:
            near.setdefault(concept.id, set()).add(other)
            near.setdefault(other, set()).add(concept.id)
    return {concept: frozenset(others) for concept, others in near.items()}


def check_concepts(concepts: Iterable[Concept]) -> Iterator[Finding]:
    """Concepts name known ones, and never themselves; an English name is not Vietnamese."""
    listed = list(concepts)
    known = {concept.id for concept in listed}
    for concept in listed:
        if VIETNAMESE_LETTER.search(concept.name_en):
            message, remedy = f"“{concept.name_en}” có chữ tiếng Việt", "ghi tên bằng tiếng Anh, hoặc bỏ name_en"
            yield Finding("concepts.yaml", concept.id, "name_en", message, remedy)
        for field, others in (("parts", concept.parts), ("near", concept.near)):
            for other in others:
                if other not in known:
                    message, remedy = f"không có khái niệm “{other}”", f"sửa {field}"
                elif other == concept.id:
                    message, remedy = "ghi chính khái niệm này", f"bỏ khỏi {field}"
                else:
                    continue
                yield Finding("concepts.yaml", concept.id, field, message, remedy)


def check_definitions(plan: Plan, concepts: Iterable[Concept], file: str) -> Iterator[Finding]:
    """Rows have a unit and the direction of their concept, where its definition says them.

    A unit may say more (“% dân số” for “%”), but not what is the unit of a similar concept.
    """
    by_id = {concept.id: concept for concept in concepts}
    near = near_of(by_id.values())
    for row in plan.indicators:
        concept, place = by_id.get(row.concept), f"chỉ tiêu {row.key.label}"
        if concept is None or not concept.units:
            continue
        others = {unit for other in near.get(concept.id, ()) if other in by_id for unit in by_id[other].units}
        says_more = row.unit not in others and row.unit.startswith(tuple(f"{unit} " for unit in concept.units))
        if row.unit not in concept.units and not says_more:
            message = f"đơn vị “{row.unit}”, khái niệm {concept.id} tính theo {', '.join(concept.units)}"
            yield Finding(file, place, "unit", message, "sửa unit, chọn khái niệm khác, hoặc thêm vào units")
        if row.direction is not concept.direction:
            message = f"chiều “{row.direction}”, khái niệm {concept.id} ghi “{concept.direction}”"
            yield Finding(file, place, "direction", message, "sửa direction, hoặc chọn khái niệm khác")
