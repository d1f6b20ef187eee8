"""A later document that changes a synthetic plan: a lowered target, a moved deadline, a dropped row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random
from typing import Any

from benchmarks.synthetic.numbers import written
from benchmarks.synthetic.setting import row_label
from pipeline.plans.targets import Comparator, parse_target

_LATER = {
    "Quý I/2026": "Quý III/2026",
    "Quý II/2026": "Quý IV/2026",
    "Quý III/2026": "Quý I/2027",
    "Năm 2026": "Quý II/2027",
}


def amendments(document: dict[str, Any], chance: Random) -> list[dict[str, Any]]:
    """One document of spring 2026, in force before the half-year's cut-off, with what it finds to change."""
    day = dt.date(2026, 4, 1) + dt.timedelta(days=chance.randint(0, 60))
    changes = [*_lowered(document, chance), *_moved(document, chance), *_dropped(document, chance)]
    amendment: dict[str, Any] = {
        "document": f"Quyết định số {chance.randint(100, 900)}/QĐ-UBND (mô phỏng)",
        "date": day.isoformat(),
        "reason": "điều chỉnh theo khả năng thực tế",
        "changes": changes,
    }
    if chance.random() < 0.3:
        amendment["received"] = (day + dt.timedelta(days=chance.randint(3, 20))).isoformat()
    return [amendment] if changes else []


def _lowered(document: dict[str, Any], chance: Random) -> Iterator[dict[str, Any]]:
    """A target of the stage under way, ten points lower."""
    year = document["years"]["first"] if document["years"]["first"] == 2026 else 2030
    found = [
        (row, target["text"], bound)
        for row in document["indicators"]
        for target in row["targets"]
        if target.get("year") == year and row["unit"] == "%" and (bound := _at_least(target["text"])) > 20
    ]
    if found:
        row, before, bound = chance.choice(found)
        target = {"year": year, "before": before, "after": f"≥ {written(bound - 10)}%"}
        yield {"indicator": row_label(row), "target": target}


def _moved(document: dict[str, Any], chance: Random) -> Iterator[dict[str, Any]]:
    found = [row for row in document["tasks"] if row.get("deadline") in _LATER]
    if found:
        row = chance.choice(found)
        yield {"task": row_label(row), "deadline": {"before": row["deadline"], "after": _LATER[row["deadline"]]}}


def _dropped(document: dict[str, Any], chance: Random) -> Iterator[dict[str, Any]]:
    if chance.random() < 0.5:
        row = chance.choice(document["tasks"])
        # A row that is moved in the same document is not dropped by it.
        if row.get("deadline") not in _LATER:
            yield {"task": row_label(row), "dropped": "đã gộp vào nhiệm vụ của cấp trên"}


def _at_least(text: str) -> float:
    parsed = parse_target(text)
    return float(parsed.low) if parsed.comparator is Comparator.AT_LEAST and parsed.low is not None else 0.0
