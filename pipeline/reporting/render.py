"""The executed report notebook as one static page, by nbconvert with our own template."""

from __future__ import annotations

from pathlib import Path

import nbformat

from pipeline.completion.records import Completion
from pipeline.reporting.words import Words

TEMPLATE_FOLDER = Path(__file__).parent / "nbconvert"


def render_page(notebook: Path, completion: Completion, language: str) -> str:
    """HTML of the outputs of `notebook`; code and prose stay in the notebook."""
    from nbconvert import HTMLExporter

    words = Words(language)
    title = words.text("title", locality=completion.locality_name, period=words.period(completion.period))
    exporter = HTMLExporter(template_name="page", extra_template_basedirs=[str(TEMPLATE_FOLDER)])
    resources = {"metadata": {"name": title}, "language": language, "skip": words.text("skip")}
    page, _ = exporter.from_notebook_node(nbformat.read(notebook, as_version=4), resources=resources)
    return str(page)
