"""One thing in two plans of a locality: the number of things stands beside that of rows, on the page and in Word."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.completion.evaluate import evaluate
from pipeline.intake.validate import validate_period
from pipeline.plans.periods import Period
from pipeline.plans.registry import read_registry
from pipeline.report.official import official_report
from pipeline.report.official.model import Paragraph
from pipeline.report.page import Page
from tests.factories import copy_raw
from tests.made_up_year import write_cat_hai


def test_thirty_rows_are_twenty_nine_things(tmp_path: Path) -> None:
    """In 2025, 2.1 of the six-month plan of Cát Hải and PL2.IV.25 are one; also where nothing was sent."""
    for name, layout in (("sent", write_cat_hai(tmp_path / "sent")), ("silent", copy_raw(tmp_path / "silent"))):
        registry, when = read_registry(layout, "cat-hai"), Period.parse("2025")
        intake = validate_period(layout, registry, "cat-hai", when)
        completion = evaluate(registry, registry.locality("cat-hai"), when, intake)
        page = re.sub(r"<[^>]+>", "", Page(completion, intake, "0" * 64).answer().html)
        said = "30 chỉ tiêu là 29 nội dung khác nhau, vì 1 nội dung được giao ở hơn một chỗ (2.1, PL2.IV.25)."
        assert said in page, name
        blocks = [block for block in official_report(completion, intake).body if isinstance(block, Paragraph)]
        assert said in ["".join(s.text for s in b.spans) for b in blocks], name
