"""A city of three real and eight made-up communes over two quarters; what became of each report is in city.csv."""

import csv
from pathlib import Path

from pipeline.paths import Layout
from tests.factories import copy_raw

CITY = Path(__file__).with_name("city.csv")
REGIMES = """
- {id: quy, reporter: locality, province: "31", every: [quarter], due: {after: 10}, to: Sở, ground: Công văn thử}
- {id: rieng, reporter: locality, plans: [binh-giang-2026], every: [quarter], ground: "Kế hoạch thử, mục V"}
"""
MADE_UP = ("an-bien", "do-son", "hai-an", "hong-bang", "kien-an", "le-chan", "ngo-quyen", "thuy-nguyen")
_PLAN = """id: {slug}-2026
locality: {slug}
title: Kế hoạch
  thử
issuer: Ủy ban nhân dân
synthetic: true
groups:
  - {{no: "I", title: Nhóm}}
years: {{first: 2026, last: 2026}}
date: {date}
"""


def city_rows() -> list[dict[str, str]]:
    """The table made by hand."""
    with CITY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make_city(root: Path) -> Layout:
    """The lists, the plans, the regimes, and empty files with the names of the table: only names are read."""
    layout = copy_raw(root)
    (layout.raw / "regimes.yaml").write_text(REGIMES, "utf-8")
    for slug in MADE_UP:
        path = layout.plans / slug / f"{slug}-2026.yaml"
        path.parent.mkdir()
        path.write_text(_PLAN.format(slug=slug, date="2026-04-01" if slug == "kien-an" else "2026-01-05"), "utf-8")
    for row in city_rows():
        folder = layout.submissions / row["locality"] / row["period"]
        folder.mkdir(parents=True)
        for name in filter(None, row["files"].split("|")):
            (folder / name).write_bytes(b"")
    return layout
