"""An executed notebook as one static page, by nbconvert with our own template."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from pipeline.report.words import Words

if TYPE_CHECKING:
    from nbconvert import TemplateExporter

PAGE = Path(__file__).parent / "nbconvert" / "page"


def render_page(notebook: Path, locality_name: str, period: str, language: str) -> str:
    """The outputs of `notebook` as HTML, without its code and prose."""
    words = Words(language)
    title = words.text("title", locality=locality_name, period=words.period(period))
    resources = {"metadata": {"name": title}, "language": language, "skip": words.text("skip")}
    page, _ = exporter(PAGE).from_notebook_node(nbformat.read(notebook, as_version=4), resources=resources)
    return str(page)


@cache
def exporter(template: Path) -> TemplateExporter:
    """The exporter of nbconvert for the template in a folder.

    Not HTMLExporter, which parses and rewrites every page to complete what its own templates leave out.
    """
    from nbconvert import TemplateExporter

    found = TemplateExporter(
        template_name=template.name,
        extra_template_basedirs=[str(template.parent), str(PAGE.parent)],
        # The template of the site extends that of a page by path, and includes its style sheet.
        extra_template_paths=[str(template.parent), str(PAGE.parent), str(PAGE)],
        template_extension=".html.j2",
        optimistic_validation=True,  # checked once, not after each of eleven steps that change nothing
    )
    _ = found.template  # read and compiled on first access
    return found
