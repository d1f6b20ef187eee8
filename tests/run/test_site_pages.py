"""What is compiled for the site beside a report."""

from __future__ import annotations

from pipeline.report.templating import environment
from pipeline.run.site_pages import rehearse_pages
from pipeline.site.sections import TEMPLATES


def test_every_template_of_the_site_is_compiled_in_a_step_of_its_own() -> None:
    environment.cache_clear()
    steps = sum(1 for _ in rehearse_pages())
    templates = environment(TEMPLATES)
    assert templates.cache is not None
    compiled = {name for _, name in templates.cache}
    assert compiled >= {*templates.list_templates()}
    assert steps == 1 + len(templates.list_templates())
