"""The command: what it writes and where, and that an edited draft is not lost."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.digitise.make_draft import make_draft, place_of
from pipeline.errors import UsageError
from pipeline.plans.registry import read_registry
from pipeline.report.render import faults
from pipeline.run.candidates import localities
from tests.digitise.measure import DOCUMENTS
from tests.factories import copy_raw

SOURCE = DOCUMENTS / "cat-hai-2025-h2-bullets-auto.docx"


def test_a_draft_its_lists_and_its_page_are_written_outside_of_the_raw_data(tmp_path: Path) -> None:
    layout = copy_raw(tmp_path)
    before = sorted(layout.raw.rglob("*"))
    registry = read_registry(layout)
    made = make_draft(SOURCE, place_of(registry, "cat-hai"), registry, layout)
    assert sorted(layout.raw.rglob("*")) == before
    assert made.plan == layout.processed / "plan-drafts" / "cat-hai" / "cat-hai-2025-h2" / "cat-hai-2025-h2.yaml"
    names = {path.name.removeprefix("cat-hai-2025-h2") for path in made.folder.iterdir() if path.name[0] != "."}
    assert names >= {".yaml", ".ra-soat.html", ".tung-truong.csv", ".chua-xep.csv", ".co-quan.csv"}
    page = (made.folder / "cat-hai-2025-h2.ra-soat.html").read_text("utf-8")
    assert list(faults(page)) == []
    assert "<script" not in page
    assert "http://" not in page
    with (made.folder / "cat-hai-2025-h2.chua-xep.csv").open(encoding="utf-8-sig") as file:
        listed = list(csv.DictReader(file))
    assert len(listed) == len(made.document.listed)
    assert all(row["chỗ"] and row["vì sao chưa xếp"] for row in listed)

    make_draft(SOURCE, place_of(registry, "cat-hai"), registry, layout)  # nobody has edited it
    made.plan.write_text(made.plan.read_text("utf-8") + "# đã xem\n", "utf-8")
    with pytest.raises(UsageError, match="đã được sửa"):
        make_draft(SOURCE, place_of(registry, "cat-hai"), registry, layout)
    make_draft(SOURCE, place_of(registry, "cat-hai"), registry, layout, force=True)
    assert "# đã xem" not in made.plan.read_text("utf-8")


def test_a_plan_of_the_government_is_of_the_country_and_of_no_report(tmp_path: Path) -> None:
    layout = copy_raw(tmp_path)
    place = place_of(read_registry(layout), "quoc-gia")
    assert place.slug == "quoc-gia"
    folder = layout.plans / "quoc-gia"
    folder.mkdir()
    (folder / "quoc-gia-2026.yaml").write_text(
        "id: quoc-gia-2026\nlocality: quoc-gia\ntitle: Chương trình\nissuer: Chính phủ\n"
        "years: {first: 2026, last: 2030}\n",
        "utf-8",
    )
    assert "quoc-gia-2026" in [plan.id for plan in read_registry(layout).plans]
    assert "quoc-gia" not in localities(layout)
    with pytest.raises(UsageError):
        place_of(read_registry(layout), "khong-co")
