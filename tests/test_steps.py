import shutil
from datetime import date

import pytest

from pipeline.errors import InternalError
from pipeline.intake.rows import FileKind
from pipeline.paths import Layout
from pipeline.plans.registry import Registry, read_method
from pipeline.run.candidates import Newest
from pipeline.steps import Run, default_period
from tests.factories import submit


def test_the_default_period_is_the_newest_with_submissions(layout: Layout, registry: Registry) -> None:
    cat_hai = registry.locality("cat-hai")
    assert str(default_period(registry, layout, cat_hai, date(2026, 11, 24))) == "2025"
    submit(layout.root, "cat-hai", "2026-Q1", FileKind.REPORTED, {})
    assert str(default_period(registry, layout, cat_hai, date(2026, 11, 24))) == "2026-Q1"


def test_without_submissions_it_is_this_year_within_the_plans(layout: Layout, registry: Registry) -> None:
    (layout.submissions / "binh-giang" / "2025" / "ket-qua-2025.csv").unlink()
    binh_giang = registry.locality("binh-giang")
    assert str(default_period(registry, layout, binh_giang, date(2025, 1, 1))) == "2026"
    assert str(default_period(registry, layout, binh_giang, date(2026, 12, 31))) == "2026"


def test_a_locality_that_sent_nothing_gets_the_newest_period_of_the_others(layout: Layout, registry: Registry) -> None:
    shutil.rmtree(layout.submissions / "binh-giang")
    binh_giang, today = registry.locality("binh-giang"), date(2026, 11, 24)
    assert str(default_period(registry, layout, binh_giang, today)) == "2026"  # its plan does not cover 2025
    for period in ("2026-Q1", "2026-H1"):
        submit(layout.root, "cat-hai", period, FileKind.REPORTED, {})
    (layout.submissions / "hai-phong" / "2026-9M").mkdir()  # nothing sent yet
    assert str(default_period(registry, layout, binh_giang, today)) == "2026-H1"
    method = read_method(layout)
    newest = Newest(layout, method.calendar_in_use, today)
    assert {slug: str(newest.of(slug)) for slug in ("bach-long-vi", "binh-giang", "cat-hai")} == {
        "bach-long-vi": "2025",
        "binh-giang": "2026-H1",
        "cat-hai": "2026-H1",
    }


def test_a_missing_earlier_step_is_named(layout: Layout) -> None:
    with pytest.raises(InternalError, match=r"validated\.json"):
        Run.open("cat-hai", "2025", layout=layout).intake()
