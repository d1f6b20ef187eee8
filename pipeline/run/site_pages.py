"""Pages of the site, made in processes that end: what renders and checks them takes a second to import, and memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.due.plan_heads import PlanHeads, plan_heads
from pipeline.inputs.program import program_files
from pipeline.languages import page_languages
from pipeline.paths import Layout
from pipeline.plans.registry import NO_PLANS, read_registry
from pipeline.report.render import check_page, exporter
from pipeline.report.templating import environment
from pipeline.site.due_inputs import due_inputs
from pipeline.site.sections import TEMPLATES, Site
from pipeline.site.site_page import SITE, due_pages, render_due, render_heat, render_overview, script
from pipeline.site.site_record import PARTIAL_RECORD, ROOTS, PartialRecord, read_site_record
from pipeline.steps import to_json


def prepare_pages(root: str) -> Callable[[str, str, str, str], None]:
    """Read what does not depend on the data set; gives what makes the pages.

    The heads have their hashes with them. Of the rest only what is kept by its own text is read ahead.
    """
    layout = Layout(Path(root))
    heads = plan_heads(layout)
    list(read_registry(layout, NO_PLANS).localities)
    program_files(*ROOTS)
    return _Prepared(layout, heads).make


@dataclass(frozen=True)
class _Prepared:
    layout: Layout
    heads: PlanHeads

    def make(self, period: str, page_lang: str, as_of: str, staged: str) -> None:
        """Write the heat pages that the published site does not have yet, who owes what, and the `PartialRecord`."""
        layout, folder = self.layout, Path(staged)
        # Before the pages: what changes meanwhile is told by the next run.
        due = due_inputs(layout, as_of, self.heads.hashes)
        published = read_site_record(layout.site_record)
        site, heat = Site.open(period, page_lang, layout=layout), dict[str, str]()
        others = (language for language in page_languages(page_lang) if language != site.language)
        sites = [site, *(replace(site, language=language) for language in others)]
        for group in site.groups if site.by_group else ():
            for in_one in sites:
                name, key = in_one.heat_page(group), in_one.heat_key(group)
                if published is None or not published.still_has(layout, name, key):
                    _write(folder / name, render_heat(in_one, group))
                heat[name] = key
        for in_one in sites:
            for page, key in due_pages(layout, in_one, as_of, self.heads):
                if not key or published is None or not published.still_has(layout, page.name, key):
                    _write(folder / page.name, render_due(page, in_one))
                heat |= {page.name: key} if key else {}
        (folder / PARTIAL_RECORD).write_text(
            to_json(PartialRecord(due=due, as_of=as_of, shown=site.figures, heat=heat)), "utf-8"
        )


def rehearse_pages() -> Iterator[None]:
    """Compile the templates of the site, for its pages and its notebook, and look up what it is made by; in steps."""
    program_files(*ROOTS)
    yield
    exporter(SITE)
    templates = environment(TEMPLATES)
    for name in templates.list_templates():
        templates.get_template(name)
        yield


def make_first_page(notebook: str, page: str, period: str, language: str) -> None:
    """Write the first page from its executed notebook. With thousands of localities its tree takes tens of MB."""
    _write(Path(page), render_overview(Path(notebook), period, language))


def _write(path: Path, page: str) -> None:
    check_page(page, script())
    path.write_text(page, "utf-8")
