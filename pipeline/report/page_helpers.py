"""What the templates of the page call to write one thing: a heading, a link, a name of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from pipeline.completion.records import IndicatorResult, PlanResult, TaskResult
from pipeline.languages import in_language, own_name
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.method import Steps
from pipeline.report.catalogues import LANGUAGES
from pipeline.report.concept_words import concept_in, concept_name, named_in
from pipeline.report.downloads import PDF, SPREADSHEET, WORD
from pipeline.report.evidence_links import chain_line, with_links
from pipeline.report.group_words import annex_and
from pipeline.report.words import Words

_FILES = re.compile(r"(?<!\S)\S+\.(?:csv|xlsx|xls|docx|pdf|ods|odt|html)\b|\b[0-9a-f]{16,}\b")
"""Names of files, and hashes."""


def chained(lines: Iterable[str], words: Words) -> Markup:
    """The lines of a link of a chain: evidence with links, any other `coded`."""
    return Markup("<br>").join(chain_line(line, words) or coded(line) for line in lines)


@lru_cache(2048)  # half of the lines of a page stand at several rows
def coded(line: str) -> Markup:
    """A line of a chain with names of files and hashes as code: they are for looking up, not for reading."""
    return Markup(_FILES.sub(r"<code>\g<0></code>", str(escape(line))))  # noqa: S704 - escaped just before


def downloads(words: Words) -> list[Markup]:
    """Links to the files that people take away, by plain names; the section about the method lists the others."""
    named = {WORD: "contents.word", PDF: "contents.pdf", SPREADSHEET: "contents.spreadsheet"}
    return [link_to(name, words.text(key)) for name, key in named.items()]


def ratios(steps: Steps, words: Words) -> str:
    """'1; 0,5; 0': the ratios from which another method says on track, at risk, late."""
    return "; ".join(words.number(x) for x in (steps.on_track, steps.at_risk, steps.late))


def reviewable(tasks: tuple[TaskResult, ...]) -> list[TaskResult]:
    """Tasks whose deadline is set by another document; somebody has to look it up."""
    return [task for task in tasks if task.deadline_kind is DeadlineKind.BY_GUIDANCE]


def sections(plan: PlanResult) -> list[tuple[Any, list[IndicatorResult]]]:
    """The headings of a plan with their rows, objectives first, then commitments."""
    return [(group, plan.rows_of(group)) for group in plan.groups]


def other_page(language: str, page_lang: str) -> Markup:
    """The link from a page to the same page in the other of its two languages."""
    code = page_lang if language == LANGUAGES[0] else LANGUAGES[0]
    link = '<a href="{address}" lang="{code}" hreflang="{code}">{name}</a>'
    return Markup(link).format(address=in_language("index.html", code), code=code, name=own_name(code))  # noqa: S704


def link_to(address: str, text: str) -> Markup:
    """A link to a file beside the page."""
    return Markup('<a href="{}">{}</a>').format(address, text)


def as_code(text: str) -> Markup:
    """A text for looking up, such as the name of a file."""
    return Markup("<code>{}</code>").format(text)


HELPERS = (
    annex_and,
    as_code,
    chained,
    coded,
    downloads,
    other_page,
    ratios,
    reviewable,
    sections,
    concept_in,
    concept_name,
    named_in,
    with_links,
)
"""What templates may call of these."""
