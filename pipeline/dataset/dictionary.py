"""The data dictionary (từ điển dữ liệu) as a page: every column of every table, every concept with its words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.dataset.data_tables import TABLES
from pipeline.dataset.descriptor import DESCRIPTION, LICENSE, SOURCES, TITLE
from pipeline.paths import Layout
from pipeline.plans.concepts import Concept
from pipeline.plans.registry import NO_PLANS, read_registry
from pipeline.report.render import check_page
from pipeline.report.templating import environment

TEMPLATES = Path(__file__).parent / "templates"


def dictionary_page(concepts: Sequence[Concept]) -> str:
    """The page, in Vietnamese; it loads nothing and runs nothing."""
    template = environment(TEMPLATES).get_template("dictionary.html.j2")
    page = template.render(
        title=TITLE,
        description=DESCRIPTION,
        license=LICENSE["title"],
        sources=[source["title"] for source in SOURCES],
        tables=TABLES,
        concepts=sorted(concepts, key=lambda concept: concept.id),
    )
    check_page(page)
    return page


def write_dictionary(root: str, path: str) -> None:
    """Write the page to a file; in a process of its own, since templates take time and memory to load."""
    registry = read_registry(Layout(Path(root)), NO_PLANS)
    Path(path).write_text(dictionary_page(registry.concepts), "utf-8")
