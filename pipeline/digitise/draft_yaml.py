"""The draft of a plan as YAML (bản nháp): a file that the registry loads, or of which it says what is missing.

What is not certain is left out; what it may be stands in a comment beside it. Each row says where it stands in the
document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.digitise.definitions import as_concept
from pipeline.digitise.draft_rows import DraftRow, RowKind, Taken
from pipeline.digitise.plan_document import Document
from pipeline.digitise.proposals import Known
from pipeline.digitise.table_rows import unit_of_row
from pipeline.plans.models import Locality
from pipeline.plans.results import read_result
from pipeline.plans.text import plain
from pipeline.plans.wordings import WordingError

_TEXTS = ("title", "number", "date", "date_printed", "issuer")
_LISTS = ("implements", "supersedes")
_DAYS = {"second-half": "begins: {0}-07-01", "first-half": "ends: {0}-06-30"}


@dataclass(frozen=True)
class DraftOf:
    """What a draft is made of: its id, the locality, the name and hash of the document, the document as read."""

    id: str
    locality: Locality
    source: str
    sha256: str
    document: Document
    known: Known


def draft_yaml(draft: DraftOf) -> str:
    """The whole file."""
    return "\n".join([*_head(draft), *_groups(draft), *_rows(draft)]) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comment(*parts: str) -> str:
    text = "; ".join(filter(None, parts)).replace("\n", " ")
    return f"  # {text}" if text else ""


def _head(draft: DraftOf) -> Iterator[str]:
    facts = draft.document.reading.facts
    yield "# yaml-language-server: $schema=../../../../docs/schema/plan.schema.json"
    yield f"# Bản nháp đọc từ {draft.source}: {draft.document.count.sentence}."
    yield "# Đối chiếu từng dòng với văn bản, bổ sung chỗ thiếu, rồi ghi reviewed_by, reviewed_on vào digitised."
    yield f"id: {draft.id}"
    yield f"locality: {draft.locality.slug}"
    yield f"digitised: {{from: {_quoted(draft.source)}, sha256: {_quoted(draft.sha256)}}}"
    for name in _TEXTS:
        for fact in facts.get(name, [])[:1]:
            value = fact.value if name == "date" else _quoted(fact.value)
            yield f"{name}: {value}{_comment(fact.place, fact.doubt)}"
    if "title" not in facts:
        yield "# title: không thấy tên kế hoạch"
    if "issuer" not in facts:
        yield "# issuer: không thấy cơ quan ban hành"
    for name in _LISTS:
        if found := facts.get(name, []):
            yield f"{name}:"
            yield from (f"  - {_quoted(fact.value)}{_comment(fact.place)}" for fact in found)
    if years := draft.document.years:
        yield f"years: {{first: {years[0]}, last: {years[1]}}}"
        if years[2]:
            yield _DAYS[years[2]].format(years[0])
    else:
        yield "# years: tên kế hoạch không nêu năm đầu và năm cuối; ghi {first: …, last: …}"


def _groups(draft: DraftOf) -> Iterator[str]:
    groups = draft.document.reading.groups
    yield "groups:" if groups else "groups: []"
    for group in groups:
        annex = f"annex: {group.annex}, " if group.annex else ""
        title = _quoted(group.title.value)
        yield f"  - {{{annex}no: {_quoted(group.no)}, title: {title}}}{_comment(group.title.place, group.title.doubt)}"


def _rows(draft: DraftOf) -> Iterator[str]:
    rows = draft.document.reading.rows
    for name, measured in (("indicators", True), ("tasks", False)):
        chosen = [row for row in rows if row.kind.measured is measured]
        yield f"{name}:" if chosen else f"{name}: []"
        for row in chosen:
            yield f"  # {row.place}{'; XEM LẠI: ' + '; '.join(row.all_doubts) if row.all_doubts else ''}"
            yield from (f"  {'- ' if n == 0 else '  '}{line}" for n, line in enumerate(_row(row, draft)))


def _row(row: DraftRow, draft: DraftOf) -> Iterator[str]:
    if row.annex:
        yield f"annex: {row.annex}"
    if row.group:
        yield f"group: {_quoted(row.group)}"
    yield f"no: {_quoted(row.no)}"
    if row.kind is RowKind.COMMITMENT:
        yield "kind: commitment"
    if row.kind is RowKind.MEASURE:
        yield "kind: measure"
    yield f"name: {_quoted(row.fields['name'].value)}"
    if row.kind.measured:
        yield from _measured(row, draft)
    for name in ("lead", "coordinating"):
        if name in row.fields and (name == "lead" or not row.kind.measured):
            yield f"{name}: [{', '.join(map(_quoted, row.fields[name].several))}]"
    for name in ("deadline", "output"):
        if name in row.fields and (name == "output" or not row.kind.measured):
            yield f"{name}: {_quoted(row.fields[name].value)}"


def _measured(row: DraftRow, draft: DraftOf) -> Iterator[str]:
    if unit := unit_of_row(row):
        yield f"unit: {_quoted(unit)}"
    if concept := draft.known.certain_concept(row):
        yield f"concept: {concept}{_comment('trùng tên và đơn vị với dòng đã có trong sổ')}"
    else:
        proposals = draft.known.concepts(row)
        yield f"# concept: {' | '.join(one.sentence for one in proposals) or 'chưa có; thêm vào concepts.yaml'}"
    if definition := row.fields.get("definition"):
        said = ", ".join(f"{name}: {_quoted(text)}" for name, text in as_concept(definition.value))
        yield f"# văn bản giải thích ({definition.place}); ghi vào concepts.yaml nếu là khái niệm mới: {{{said}}}"
    if "baseline" in row.fields:
        baseline = row.fields["baseline"]
        unknown = f"# baseline: {{text: {_quoted(baseline.value)}, year: …}}"
        yield _baseline(baseline, row.baseline_year) if row.baseline_year else unknown
    if not row.targets:
        yield "# targets: chưa đọc được, xem danh sách chưa xếp"
    else:
        yield "targets:"
        for one in row.targets:
            year = f"year: {one.year}, " if one.year else ""
            own = f", deadline: {_quoted(row.fields['deadline'].value)}" if "deadline" in row.fields else ""
            yield f"  - {{{year}text: {_quoted(one.text.value)}{own}}}{_comment(one.text.place)}"


def _baseline(field: Taken, year: int) -> str:
    try:
        result = read_result(field.value)
    except WordingError:
        result = None
    value = plain(result.value) if result and result.value is not None and not result.beside else ""
    given = f"value: {value}, " if value else ""
    return f"baseline: {{text: {_quoted(field.value)}, {given}year: {year}}}{_comment(field.place)}"


def fields_table(rows: Sequence[DraftRow]) -> Iterator[tuple[str, ...]]:
    """Every field of every row: row, field, value, text as printed, place, why it may be wrong."""
    yield ("dòng", "loại", "trường", "giá trị", "chữ in", "chỗ", "xem lại")
    for row in rows:
        for name, field in row.all_taken():
            yield (row.label, str(row.kind), name, field.value, field.printed, field.place, field.doubt)
