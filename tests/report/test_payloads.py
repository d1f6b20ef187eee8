"""Thousands of hostile texts wherever a page has data: none becomes active."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import html5lib
import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.intake.rows import Intake
from pipeline.intake.validate import validate_period
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.catalogues import LANGUAGES
from pipeline.report.page import Page
from pipeline.report.render import faults
from tests.factories import report_2026_as_2025

# Free texts of the records: what plans print and senders write.
FREE = {
    "name", "title", "text", "printed", "source", "source_date", "note", "evidence", "reason", "office", "message",
    "remedy", "baseline_text", "deadline_text", "output", "unit", "reference", "issuer", "date_printed", "value",
    "as_of_text", "document", "before", "after", "locality_name", "parent_name", "file", "place",
}  # fmt: skip
LISTS = {"lead", "coordinating", "implements", "supersedes", "texts"}
SECTIONS = ("head", "answer", "attention", "change", "plans", "stages", "agencies", "tasks", "conflicts")
SECTIONS += ("reported", "quality")

_OPENERS = [
    "",
    '"',
    "'",
    "`",
    "-->",
    "</td>",
    "</style>",
    "</title>",
    "</textarea>",
    "]]>",
    "<!--",
    "&lt;",
    "<svg>",
    "<math>",
]
_CORES = [
    "<script>hit({n})</script>",
    "<ScRiPt/src=//e/{n}>",
    "<img src=x onerror=hit({n})>",
    "<svg/onload=hit({n})>",
    "<a href=javascript:hit({n})>x</a>",
    "<iframe srcdoc='<script>hit({n})</script>'>",
    "<object data=data:text/html,{n}>",
    "<form action=javascript:hit({n})><input type=submit>",
    "<meta http-equiv=refresh content='0;url=javascript:hit({n})'>",
    "<link rel=stylesheet href=//e/{n}.css>",
    "<style>@import '//e/{n}'</style>",
    "<body onload=hit({n})>",
    "<details open ontoggle=hit({n})>",
    "<video><source onerror=hit({n})>",
    " onmouseover=hit({n}) x=",
    " style=background:url(//e/{n})",
    "{{{{ hit({n}) }}}}{{% raw %}}",
    "${{hit({n})}} $x_{n}$",
    "javascript:hit({n})//",
    "data:text/html;base64,PHNjcmlwdD4={n}",
    "<b {n}>\u2028</b>",
    "<base href=//e/{n}>",
    "<noscript><p title='</noscript><img src=x onerror=hit({n})>'>",
    "<template><script>hit({n})</script></template>",
    "<xss id=x tabindex=1 onfocus=hit({n})></xss>",
]
_CLOSERS = ["", ">", '">', "'/>", "<", "\\", "</script>"]
PAYLOADS = [
    f"{opener}{core.format(n=n)}{closer}"
    for n, (opener, core, closer) in enumerate(itertools.product(_OPENERS, _CORES, _CLOSERS))
]


def _spoilt(record: Any, payloads: Iterator[str], used: list[str], name: str = "") -> Any:
    """The record with a payload in the place of every free text, each time the next one."""
    if isinstance(record, dict):
        return {key: _spoilt(value, payloads, used, key) for key, value in record.items()}
    if isinstance(record, list):
        return [_next(payloads, used) if name in LISTS else _spoilt(item, payloads, used, name) for item in record]
    if isinstance(record, str) and record and name in FREE:
        return _next(payloads, used)
    return record


def _next(payloads: Iterator[str], used: list[str]) -> str:
    used.append(next(payloads))
    return used[-1]


@pytest.fixture(scope="module")
def records(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Completion, Intake]]:
    layout, pairs = report_2026_as_2025(tmp_path_factory.mktemp("records")), []
    for locality, when in (("binh-giang", Period(2026)), ("cat-hai", Period(2025))):
        intake = validate_period(layout, registry, locality, when)
        pairs.append((evaluate(registry, registry.locality(locality), when, intake), intake))
    return pairs


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_record_becomes_active(records: list[tuple[Completion, Intake]], language: str) -> None:
    payloads = itertools.cycle(PAYLOADS)
    rendered = 0
    for completion, intake in records * 2:  # each time with other payloads in the same places
        used: list[str] = []
        hostile = Completion.model_validate(_spoilt(json.loads(completion.model_dump_json()), payloads, used))
        received = Intake.model_validate(_spoilt(json.loads(intake.model_dump_json()), payloads, used))
        page = Page(hostile, received, "0" * 64, language, page_lang="en")
        html = "<!doctype html><body>" + "".join(getattr(page, section)().html for section in SECTIONS)
        assert list(faults(html)) == []
        tree = html5lib.parse(html, namespaceHTMLElements=False)
        shown = "".join(tree.itertext())
        attributes = {
            value for element in tree.iter() if isinstance(element.tag, str) for value in element.attrib.values()
        }
        names = [row.name for plan in hostile.plans for row in plan.indicators]
        assert all(name in shown for name in names if "\u2028" not in name)
        assert not any(name.lower().startswith("on") for e in tree.iter() for name in getattr(e, "attrib", {}))
        if language == "vi":  # titles of the squares; elsewhere they name concepts
            assert any(name in value for name in names for value in attributes)
        rendered += len(used)
    assert rendered >= 2500  # in each of two languages


def test_the_payloads_are_hostile() -> None:
    """Unescaped, nine in ten of them would be refused: the test above can fail."""
    caught = sum(any(faults(f"<!doctype html><body><p>{payload}</p>")) for payload in PAYLOADS)
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 2000
    assert caught > len(PAYLOADS) / 2
