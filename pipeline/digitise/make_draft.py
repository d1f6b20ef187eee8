"""From the file of a plan document to a draft with its lists (bản nháp kế hoạch), outside of data/raw."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.arguments import known_locality
from pipeline.digitise.document_files import read_blocks
from pipeline.digitise.draft_yaml import DraftOf, draft_yaml, fields_table
from pipeline.digitise.plan_columns import plan_forms
from pipeline.digitise.plan_document import Document, read_document
from pipeline.digitise.proposals import Known
from pipeline.digitise.review_page import review_page
from pipeline.digitise.revised import amendments_yaml, plan_revised
from pipeline.digitise.unplaced import Unplaced
from pipeline.errors import UsageError
from pipeline.paths import Layout
from pipeline.plans.localities import NATIONAL
from pipeline.plans.models import Locality
from pipeline.plans.registry import Registry
from pipeline.plans.text import bare
from pipeline.whole import write_ordinary


@dataclass(frozen=True)
class Made:
    """A draft that was written: its folder, the file of the plan, and what was read."""

    folder: Path
    plan: Path
    document: Document


def place_of(registry: Registry, slug: str) -> Locality:
    """The locality that a document is of; for `quoc-gia` the country. Raises UsageError for an unknown one."""
    if slug == NATIONAL:
        return Locality(code="00", slug=NATIONAL, name="Việt Nam", full_name="Quốc gia", type="Quốc gia")
    return known_locality(registry, slug)


def make_draft(path: Path, locality: Locality, registry: Registry, layout: Layout, *, force: bool = False) -> Made:
    """Write the draft of a document and its lists to `data/processed/plan-drafts/<locality>/<plan>/`.

    Raises DataError for a document that is refused, UsageError for an edited draft that lies there, without `force`.
    """
    content, blocks = read_blocks(path)
    document = read_document(blocks, plan_forms(layout.headings), locality)
    name = _plan_id(path, locality, document)
    draft = DraftOf(
        name, locality, path.name, hashlib.sha256(content).hexdigest(), document, Known(registry, locality.slug)
    )
    folder = layout.processed / "plan-drafts" / locality.slug / name
    folder.mkdir(parents=True, exist_ok=True)
    revised = plan_revised(draft, registry.plans)
    files = _files(draft) | ({f"{name}.sua-doi.yaml": amendments_yaml(draft, revised)} if revised else {})
    plan = folder / f"{name}.yaml"
    record = folder / f".{name}.sha256"
    _refuse_edited(plan, record, layout, force=force)
    for file, text in files.items():
        if text:
            write_ordinary(folder / file, text)
    write_ordinary(record, hashlib.sha256(plan.read_bytes()).hexdigest())
    return Made(folder, plan, document)


def _plan_id(path: Path, locality: Locality, document: Document) -> str:
    """The id of the draft: locality and years, or the name of the file where the title gives no years."""
    if document.years is None:
        stem = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in bare(path.stem)).split())
        return f"{locality.slug}-{stem or 'ke-hoach'}"[:64].rstrip("-")
    first, last, half = document.years
    years = str(first) if first == last else f"{first}-{last}"
    return f"{locality.slug}-{years}{ {'second-half': '-h2', 'first-half': '-h1'}.get(half, '') }"


def _refuse_edited(plan: Path, record: Path, layout: Layout, *, force: bool) -> None:
    if force or not plan.exists():
        return
    known = record.read_text("utf-8") if record.exists() else ""
    if hashlib.sha256(plan.read_bytes()).hexdigest() != known:
        raise UsageError(
            f"{layout.relative(plan)} đã được sửa sau khi lập; lập lại sẽ mất phần đã sửa. "
            "Chép tệp ấy đi nơi khác, hoặc thêm FORCE=1 để lập lại."
        )


def _files(draft: DraftOf) -> dict[str, str]:
    return {
        f"{draft.id}.yaml": draft_yaml(draft),
        f"{draft.id}.ra-soat.html": review_page(draft),
        f"{draft.id}.tung-truong.csv": _csv(fields_table(draft.document.reading.rows)),
        f"{draft.id}.chua-xep.csv": _csv(_listed(draft.document.listed)),
        f"{draft.id}.co-quan.csv": _csv(_agencies(draft)),
    }


def _listed(listed: Sequence[Unplaced]) -> Iterable[tuple[str, ...]]:
    yield ("chỗ", "có con số", "nguyên văn", "vì sao chưa xếp")
    for one in sorted(listed, key=lambda one: (not one.figure, one.at)):
        yield (one.place, "có" if one.figure else "", one.text, one.reason)


def _agencies(draft: DraftOf) -> Iterable[tuple[str, ...]]:
    yield ("cơ quan như in", "có thể là")
    for printed, proposals in draft.known.unknown_agencies(draft.document.reading.rows):
        yield (printed, " | ".join(one.sentence for one in proposals) or "chưa có trong agencies.yaml")


_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a text that begins so (CWE-1236)."""


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    text.write("\ufeff")  # without it Excel does not know UTF-8
    csv.writer(text).writerows([f"'{cell}" if cell.startswith(_ACTIVE) else cell for cell in row] for row in rows)
    return text.getvalue()
