"""Renders the sections of the site as static pages by nbconvert, with one script that sorts and searches."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import nbformat

from pipeline.due.plan_heads import PlanHeads
from pipeline.inputs.hashes import hash_of
from pipeline.paths import Layout
from pipeline.report.page import Fragment
from pipeline.report.printed_text import without_marks
from pipeline.report.render import exporter
from pipeline.report.words import Words
from pipeline.site.due_page import DuePage
from pipeline.site.sections import Site, site_title, site_words

SITE = Path(__file__).parent / "nbconvert" / "site"


def render_overview(notebook: Path, period: str, language: str) -> str:
    """The first page, from the outputs of the executed overview notebook."""
    words = site_words(language)
    return _rendered(nbformat.read(notebook, as_version=4), words, site_title(words, period))


def render_heat(site: Site, group: str) -> str:
    """The page of one province's heat table, in the same shell."""
    title = without_marks(f"{site.words.text('heat.page', name=site.group_name(group))} · {site.title}")
    return _rendered(_notebook_of(site.heat(group)), site.words, title)


def due_pages(
    layout: Layout, site: Site, as_of: str = "", heads: PlanHeads | None = None
) -> Iterator[tuple[DuePage, str]]:
    """The pages of who owes what: that of all, and where there are many localities one of each province.

    With each province the hash of everything that its page depends on, '' for the page of all.
    """
    day = dt.date.fromisoformat(as_of) if as_of else None
    whole = DuePage.open(layout, site.period, site.words, draft=site.inputs.draft, as_of=day, heads=heads)
    yield whole, ""
    made_by = [site.inputs.maker, *(file.sha256 for file in site.inputs.lists)]
    for page in whole.by_province():
        yield page, hash_of([made_by, page.name, str(page.period), page.draft, as_of, page.made_from])


def render_due(page: DuePage, site: Site) -> str:
    """A page of who owes what, in the same shell."""
    return _rendered(_notebook_of(page.render()), site.words, without_marks(f"{page.title} · {site.title}"))


def script() -> str:
    """The script of the site as it is in the pages."""
    return (SITE / "site.js").read_text("utf-8")


def script_hash() -> str:
    """As a content security policy writes it: 'sha256-…' over the UTF-8 bytes of the script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()}"


def _rendered(notebook: nbformat.NotebookNode, words: Words, title: str) -> str:
    resources = {
        "metadata": {"name": title},
        "language": words.code,
        "skip": words.text("skip"),
        "script": script(),
        "script_hash": script_hash(),
    }
    page, _ = exporter(SITE).from_notebook_node(notebook, resources=resources)
    return str(page)


def _notebook_of(fragment: Fragment) -> nbformat.NotebookNode:
    output = nbformat.v4.new_output("execute_result", fragment._repr_mimebundle_(), execution_count=1)
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output], id="heat")])
