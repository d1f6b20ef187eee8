"""The executed report notebook as one static page, by nbconvert with our own template."""

from __future__ import annotations

from pathlib import Path

import nbformat

TEMPLATE_FOLDER = Path(__file__).parent / "nbconvert"


def render_page(notebook: Path, title: str) -> str:
    """HTML of the outputs of `notebook`; code and prose stay in the notebook."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(template_name="page", extra_template_basedirs=[str(TEMPLATE_FOLDER)])
    page, _ = exporter.from_notebook_node(
        nbformat.read(notebook, as_version=4), resources={"metadata": {"name": title}}
    )
    return str(page)
