"""What the rows of one synthetic plan share."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.synthetic.catalogue import Catalogue

ROMAN = ("I", "II", "III", "IV", "V", "VI")


@dataclass(frozen=True)
class Setting:
    """`staged`: 2025 to 2045, else the year 2026 alone; `quality`: how well the locality is run, 0 to 1."""

    plan: str
    staged: bool
    annex: str
    quality: float
    words: Catalogue
    chance: Random

    def leads(self) -> list[str]:
        """The lead of a row: one agency, two in twelve of a hundred rows."""
        offices = [a.name for a in self.words.agencies]
        return self.chance.sample(offices, 2 if self.chance.random() < 0.12 else 1)


def row_label(row: dict[str, Any]) -> str:
    """As `Key.label` prints it: 'PL1.II.3', 'IV.2'."""
    return ".".join(filter(None, (row.get("annex", ""), row["group"], row["no"])))


def row_code(plan: str, row: dict[str, Any]) -> str:
    """The code by which a form calls a row: '<plan>/<label>'."""
    return f"{plan}/{row_label(row)}"
