"""What drafts of documents with a known truth are worth: fields right, wrong, left out, by document and field.

The documents and their truth (`*.gold.csv`) lie in `documents/`. Wrong in silence is a field that differs from the
truth and that the draft gives without a doubt.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pipeline.digitise.document_files import read_blocks
from pipeline.digitise.draft_rows import DraftRow
from pipeline.digitise.plan_columns import plan_forms
from pipeline.digitise.plan_document import Document, read_document
from pipeline.paths import Layout
from pipeline.plans.models import Locality
from pipeline.plans.registry import read_places
from pipeline.plans.text import canonical_key

DOCUMENTS = Path(__file__).parent / "documents"
FIELDS = ("name", "unit", "baseline", "year", "target", "lead", "coordinating", "deadline", "output")
_GOLD = {
    "name": "name",
    "unit": "unit",
    "baseline": "baseline_text",
    "year": "target_year",
    "target": "target_text",
    "lead": "lead",
    "coordinating": "coordinating",
    "deadline": "deadline_text",
    "output": "output",
}
RIGHT, SILENT, DOUBTED, LEFT = "right", "wrong in silence", "wrong, doubted", "left out"

LATER: dict[str, dict[str, str]] = {
    "hai-phong-2023": {
        "15%": "Phấn đấu … 15%",
        "trên 50%": "Phấn đấu … trên 50%",
        "tối thiểu 30%": "Phấn đấu … tối thiểu 30%",
    },
    "bach-long-vi-2026": {"trong vòng 24 tiếng": "trong vòng 24 tiếng hoặc theo yêu cầu nghiệp vụ"},
    "binh-giang-2026": {"trong vòng 24 tiếng": "trong vòng 24 tiếng hoặc theo yêu cầu nghiệp vụ"},
}
"""Truth of its day → what the registry holds since targets are copied with “phấn đấu” and “hoặc …”."""
AIMED = {
    ("bach-long-vi-2026", "6", "1"): "phấn đấu bảo đảm 100%",
    ("bach-long-vi-2026", "6", "2a"): "phấn đấu bảo đảm mục tiêu 100%",
    ("binh-giang-2026", "6", "1"): "Phấn đấu bảo đảm 100%",
}
"""The same for rows whose target alone does not say which is meant."""


@dataclass
class Measured:
    """Outcomes by field, with the fields that are not right."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(field, outcome) → how many."""
    faults: list[str] = field(default_factory=list)

    def of(self, outcome: str, *fields: str) -> int:
        return sum(n for (name, what), n in self.counts.items() if what == outcome and (not fields or name in fields))

    def share(self, *fields: str) -> float:
        total = sum(n for (name, _), n in self.counts.items() if not fields or name in fields)
        return self.of(RIGHT, *fields) / total if total else 1.0


@cache
def document(path: Path, locality: str) -> Document:
    layout = Layout.of_project()
    places = read_places(layout).by_slug
    place = places.get(locality) or Locality(
        code="00", slug=locality, name="Việt Nam", full_name="Quốc gia", type="Quốc gia"
    )
    return read_document(read_blocks(path)[1], plan_forms(layout.headings), place)


def measured(name: str, gold: str, locality: str) -> tuple[Measured, Measured]:
    """What the draft of a document is worth: rows of its tables, and rows of its sentences."""
    rows = list(document(DOCUMENTS / name, locality).reading.rows)
    tables, prose = Measured(), Measured()
    for truth in _truth(gold):
        row = _same(truth, rows)
        # Groups with a Roman number are those of tables, but for two parts of one plan.
        table = bool(re.fullmatch("[IVX]+", truth["group"])) and not gold.startswith("cat-hai")
        made = tables if table else prose
        for fault in _outcomes(truth, row, made, gold, table=made is tables):
            made.faults.append(f"{name} {truth['kind']} {truth['group']}.{truth['no']} {fault}")
    return tables, prose


def added(name: str, gold: str, locality: str) -> list[DraftRow]:
    """Indicators and commitments of the draft that the truth does not have."""
    rows = [row for row in document(DOCUMENTS / name, locality).reading.rows if row.kind.measured]
    known = [_same(truth, rows) for truth in _truth(gold) if truth["kind"] == "indicator"]
    return [row for row in rows if not any(row is one for one in known)]


def _truth(gold: str) -> Iterator[dict[str, str]]:
    with (DOCUMENTS / f"{gold}.gold.csv").open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _same(truth: dict[str, str], rows: list[DraftRow]) -> DraftRow | None:
    kinds = ("indicator", "commitment") if truth["kind"] == "indicator" else ("task", "measure")
    some = [row for row in rows if row.kind in kinds]
    # The rule of the program puts the number of the part before that of a heading which two parts have, and counts a
    # numbered line as a line of the heading above it.
    places = [(truth["group"], truth["no"]), (f"III.{truth['group']}", truth["no"])]
    for group, no in [*places, ("", truth["group"])] if "." in truth["group"] else places:
        found = [row for row in some if row.no == no and group in ("", row.group)]
        if len(found) == 1:
            return found[0]
    return None


def _outcomes(truth: dict[str, str], row: DraftRow | None, made: Measured, gold: str, *, table: bool) -> Iterator[str]:
    for name in FIELDS:
        wanted = truth[_GOLD[name]]
        if name == "target":
            wanted = AIMED.get((gold, truth["group"], truth["no"])) or LATER.get(gold, {}).get(wanted, wanted)
        if name == "year" and not truth["target_text"]:
            continue
        if name == "name" and truth["kind"] == "task" and not table:
            continue  # the registry shortens the names of tasks in prose
        given, doubted = _given(name, row)
        if not wanted and not given:
            continue
        outcome = RIGHT if _key(wanted) == _key(given) else LEFT if not given else DOUBTED if doubted else SILENT
        made.counts[name, outcome] += 1
        if outcome != RIGHT:
            yield f"{name}: {outcome}: {wanted!r} ≠ {given!r}"


def _given(name: str, row: DraftRow | None) -> tuple[str, bool]:
    if row is None:
        return "", False
    doubted = bool(row.all_doubts)
    if name in ("year", "target"):
        target = row.targets[0] if row.targets else None
        return ("" if target is None else str(target.year or "") if name == "year" else target.text.value), doubted
    found = row.fields.get(name)
    return ("", False) if found is None else (found.value.replace("\n", "; "), doubted)


def _key(text: str) -> str:
    """Spaces, dashes and the mark between two offices do not matter."""
    return canonical_key(text.strip(" .;").replace(" và các ", ", các ").replace(";", ","))
