"""Every figure of a document is in the draft or in the list, with its place; and the draft loads, or says why not."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.digitise.draft_yaml import DraftOf, draft_yaml
from pipeline.digitise.plan_document import Document
from pipeline.digitise.proposals import Known
from pipeline.documents.blocks import pieces_of
from pipeline.paths import Layout
from pipeline.plans.models import Plan
from pipeline.plans.registry import Registry, read_registry
from pipeline.plans.strict_yaml import loaded
from tests.digitise.measure import DOCUMENTS, document

READ = [
    (
        path,
        {"bach": "bach-long-vi", "binh": "binh-giang", "cat-": "cat-hai", "hai-": "hai-phong"}.get(
            path.name[:4], "ha-noi"
        ),
    )
    for path in sorted(DOCUMENTS.iterdir())
    if path.suffix in (".docx", ".pdf", ".md") and "tracked" not in path.name
]
IDS = [path.name for path, _ in READ]


def lost(made: Document) -> list[str]:
    """Figures that no field has taken and no entry of the list holds."""
    spans, listed = made.reading.spans(), {}
    for one in made.listed:
        listed.setdefault(one.at, []).append(one.text)
    found = []
    for piece in pieces_of(made.blocks):
        if piece.at in made.reading.placed:
            continue  # the head of a table, the number of a row
        for number in re.finditer(r"[0-9]+", piece.text):
            inside = range(number.start(), number.end())
            taken = all(any(span.start <= at < span.end for span in spans.get(piece.at, [])) for at in inside)
            said = any(number[0] in text for text in listed.get(piece.at, []))
            if not taken and not said:
                found.append(f"{piece.place}: {piece.text[max(number.start() - 20, 0) : number.end() + 20]}")
    return found


@pytest.mark.parametrize(("path", "locality"), READ, ids=IDS)
def test_no_figure_is_lost(path: Path, locality: str) -> None:
    assert lost(document(path, locality)) == []


@pytest.mark.parametrize(("path", "locality"), READ, ids=IDS)
def test_rows_in_are_rows_placed_and_listed(path: Path, locality: str) -> None:
    count = document(path, locality).count
    assert count.rows == count.placed + count.listed > 0
    assert count.placed > count.listed


@cache
def known_registry() -> Registry:
    return read_registry(Layout.of_project())


@pytest.mark.parametrize(("path", "locality"), READ, ids=IDS)
def test_a_draft_loads_or_says_what_is_missing(path: Path, locality: str) -> None:
    registry = known_registry()
    made = document(path, locality)
    draft = DraftOf(
        "a-draft", registry.localities.by_slug[locality], path.name, "0" * 64, made, Known(registry, locality)
    )
    plain = loaded(draft_yaml(draft))
    try:
        plan = Plan.model_validate(plain)
    except ValidationError as error:
        missing = {(fault["type"], str(fault["loc"][-1])) for fault in error.errors()}
        assert missing <= {("missing", name) for name in ("concept", "title", "issuer", "years", "targets", "group")}
    else:
        assert plan.unreviewed
    assert isinstance(plain, dict)
    assert len(plain["indicators"]) + len(plain["tasks"]) == len(made.reading.rows)
