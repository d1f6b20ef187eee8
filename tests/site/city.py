"""A site of 115 made-up reports, of Hải Phòng and its 114 communes, without a kernel: for size, keyboard and looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat

from pipeline.dataset.make_dataset import make_dataset
from pipeline.languages import in_language
from pipeline.paths import Layout
from pipeline.plans.models import Locality
from pipeline.plans.registry import NO_PLANS, read_registry
from pipeline.site.sections import Site
from pipeline.site.site_page import due_pages, render_due, render_overview
from tests.site.country import summaries, write_summary
from tests.site.summaries import Summary

SECTIONS = ("head", "answer", "heat", "localities", "concepts", "sources")
CITY = "31"
PERIOD = "2026"


def write_city(layout: Layout, rows: int = 20) -> None:
    """Every place has a report of `rows` concepts; one in ten has no data; `data/raw` must have the lists."""
    registry = read_registry(layout, NO_PLANS)
    lists = registry.localities
    places = [lists.named(row.slug) for row in lists.rows if CITY in (row.code, row.parent)]
    for summary in _summaries(places, [concept.id for concept in registry.concepts], rows):
        write_summary(layout.root, summary, "<!doctype html><title>x</title>")
    make_dataset(layout)


def _summaries(places: list[Locality], concepts: list[str], rows: int) -> Iterator[Summary]:
    """The city reports as its communes do."""
    found = list(summaries(places, concepts, PERIOD, rows=rows))
    city = next(place for place in places if not place.parent)
    own = {"locality": city.slug, "locality_name": city.full_name, "locality_code": city.code, "parent_name": ""}
    yield found[0].model_copy(update=own)
    yield from found


def write_pages(layout: Layout, folder: Path) -> dict[str, Path]:
    """The first page in both languages and the page of who owes what, as `make overview` renders them."""
    pages = dict[str, Path]()
    for language in ("vi", "en"):
        site = Site.open("", "en", language, layout=layout)
        made = {"index.html": page_of(site, folder), "due.html": render_due(next(due_pages(layout, site))[0], site)}
        for name, html in made.items():
            pages[in_language(name, language)] = path = folder / in_language(name, language)
            path.write_text(html, "utf-8")
    return pages


def page_of(site: Site, folder: Path) -> str:
    """The first page from a notebook whose cells are taken as executed."""
    shown = (getattr(site, name)()._repr_mimebundle_() for name in SECTIONS)
    outputs = [nbformat.v4.new_output("execute_result", bundle, execution_count=1) for bundle in shown]
    cells = [nbformat.v4.new_code_cell(outputs=[output], id=f"c{n}") for n, output in enumerate(outputs)]
    path = folder / "overview.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return render_overview(path, str(site.period), site.language)
