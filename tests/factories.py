"""Rows and files as a locality sends them; a test changes single fields."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

from pipeline.completion.records import TargetInForce
from pipeline.intake.rows import COLUMNS, FileKind, Interval
from pipeline.paths import CODE, Layout
from pipeline.plans.models import Direction, Plan
from pipeline.plans.targets import parse_target

OBSERVATION = {
    "plan": "bach-long-vi-2026",
    "group": "II",
    "no": "13",
    "value": "80",
    "unit": "%",
    "as_of": "2025-12-01",
    "source": "Hệ thống thông tin giải quyết thủ tục hành chính",
}
TASK = {"plan": "bach-long-vi-2026", "group": "3", "no": "3.1", "source": "Báo cáo tháng"}
REPORTED = {"subject": "tasks", "name": "Nhiệm vụ giao", "value": "26/28", "source": "báo"}
_DEFAULTS = {FileKind.OBSERVATIONS: OBSERVATION, FileKind.TASKS: TASK, FileKind.REPORTED: REPORTED}


DOCUMENTS = ("bach-long-vi-2026", "binh-giang-2026", "cat-hai-2025-h2", "cat-hai-nq57", "hai-phong-2023")
"""The plans that were read by hand for the tests."""
PERIODS = ("2024", "2025")
"""The periods for which the tests know what was sent."""


def copy_raw(root: Path) -> Layout:
    """The committed lists with `DOCUMENTS` and what was sent for `PERIODS`, so data added later break no test."""
    shutil.copytree(CODE / "data" / "raw", root / "data" / "raw", ignore=_added_later)
    return Layout(root)


def _added_later(folder: str, names: list[str]) -> set[str]:
    kept = {"plans": {f"{plan}.yaml" for plan in DOCUMENTS}, "submissions": {*PERIODS}, "corrections": {*PERIODS}}
    kept["confirmations"] = set()
    return set(names) - kept.get(Path(folder).parent.name, set(names))


def made_plan(first: int = 2026, last: int = 2026, **parts: object) -> Plan:
    """A plan of Bình Giang with one group, I; `parts` are its rows and amendments."""
    head = {"id": "thu", "locality": "binh-giang", "title": "Kế hoạch thử", "issuer": "xã"}
    years = {"years": {"first": first, "last": last}}
    return Plan.model_validate(head | years | {"groups": [{"no": "I", "title": "Nhóm thử"}]} | parts)


def csv_text(kind: FileKind, *rows: dict[str, str]) -> str:
    """A file of `kind`; fields that a row leaves out have the defaults above."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS[kind], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_DEFAULTS[kind] | row for row in rows)
    return text.getvalue()


def submit(root: Path, locality: str, period: str, kind: FileKind, *rows: dict[str, str]) -> Path:
    folder = root / "data" / "raw" / "submissions" / locality / period
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{kind}.csv"
    path.write_text(csv_text(kind, *rows), "utf-8")
    return path


def report_2026_as_2025(root: Path) -> Layout:
    """A project in which the communes send for 2026, dated 01/12/2026, the values that they had in 2025.

    Their plans are of 2026: what is a starting point in 2025 is a result then, with the same counts.
    """
    layout = copy_raw(root)
    for locality in ("bach-long-vi", "binh-giang"):
        sent = next((layout.raw / "submissions" / locality / "2025").glob("*.csv"))
        rows = list(csv.DictReader(io.StringIO(sent.read_text("utf-8"))))
        later = layout.raw / "submissions" / locality / "2026" / sent.name
        later.parent.mkdir()
        with later.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(row | {"as_of": "2026-12-01"} for row in rows)
    return layout


def exactly(value: str) -> Interval:
    return Interval(low=Decimal(value), high=Decimal(value))


def target(text: str, due: date | None = None, direction: Direction = Direction.RISING) -> TargetInForce:
    parsed = parse_target(text)
    return TargetInForce(
        text=text,
        comparator=parsed.comparator,
        direction=direction,
        low=parsed.low,
        high=parsed.high,
        levels=parsed.levels,
        due=due,
    )
