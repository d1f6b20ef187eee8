"""The Word file is set into a template that an office may change: what it may change, and what a broken one is told."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image

from pipeline.completion.evaluate import evaluate
from pipeline.errors import DataError
from pipeline.inputs.word_templates import template_files
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.official import OfficialReport, official_report, own_template
from pipeline.report.official.model import Items, Paragraph
from pipeline.report.official.template import OURS, Template
from pipeline.report.official.word import docx_bytes
from tests.factories import copy_raw, submit

DIFFICULTY = "Thiếu <b>máy quét</b> & mạng"


@pytest.fixture(scope="module")
def report(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> OfficialReport:
    layout = copy_raw(tmp_path_factory.mktemp("project"))
    row = {"plan": "cat-hai-2025-h2", "group": "", "no": "2.1", "value": "50", "as_of": "2025-12-01"}
    submit(layout.root, "cat-hai", "2025", FileKind.OBSERVATIONS, row | {"difficulty": DIFFICULTY})
    intake = validate_period(layout, registry, "cat-hai", Period(2025))
    return official_report(evaluate(registry, registry.locality("cat-hai"), Period(2025), intake), intake)


def _changed(change: Callable[[Document], object]) -> Template:
    document = docx.Document(str(OURS))
    change(document)
    written = io.BytesIO()
    document.save(written)
    return Template(written.getvalue(), "data/raw/templates/bao-cao.docx")


def _replaced(old: str, new: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        runs = [run for p in document.paragraphs for run in p.runs if old in run.text]
        assert runs
        for run in runs:
            run.text = run.text.replace(old, new)

    return change


def _texts(content: bytes) -> list[str]:
    return [p.text for p in docx.Document(io.BytesIO(content)).paragraphs]


def test_our_template_says_what_the_pdf_says(report: OfficialReport) -> None:
    """The sentences stand in the template for Word and in the catalogue for the PDF."""
    lines = [
        report.kind,
        report.subject,
        *("".join(span.text for span in x) for x in (report.addressee, *report.basis)),
    ]
    for block in report.body:
        if isinstance(block, Paragraph):
            lines.append("".join(span.text for span in block.spans))
        elif isinstance(block, Items):
            lines += ["- " + "".join(span.text for span in line) for line in block.lines]
        else:
            lines.append(block.text if hasattr(block, "text") else block.title)
    assert [line for line in lines if line.endswith(f": {DIFFICULTY}")]  # as the office wrote it
    document = docx.Document(io.BytesIO(docx_bytes(report)))
    first = next(n for n, p in enumerate(document.paragraphs) if "Phụ lục" in (p.style.name if p.style else ""))
    assert [p.text for p in document.paragraphs[:first] if p.text] == lines
    mast, closing = report.masthead, report.closing
    cells = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    signer = "".join(span.text for span in closing.signer)
    named = (*mast.issuer, mast.country, mast.motto, mast.number, mast.draft, mast.place_and_day, *closing.signature)
    assert [text for text in (*named, signer, closing.recipients_heading) if text not in cells] == []


def test_a_template_without_a_place_for_difficulties_drops_none(report: OfficialReport) -> None:
    template = _changed(_replaced("{{ kho_khan }}", ""))
    with pytest.raises(DataError, match=r"kho_khan .*: thiếu chỗ điền"):
        docx_bytes(report, template)
    without = replace(report, computed=replace(report.computed, difficulties=()))
    assert not any(DIFFICULTY in text for text in _texts(docx_bytes(without, template)))


def test_an_office_changes_a_sentence_a_style_and_a_logo(report: OfficialReport) -> None:
    def change(document: Document) -> None:
        _replaced("IV. ĐÁNH GIÁ", "IV. NHẬN XÉT CHUNG")(document)
        document.styles["Ô phụ lục"].font.size = 127000  # 10 points
        picture = io.BytesIO()
        Image.new("RGB", (40, 40), "red").save(picture, "PNG")
        document.tables[0].cell(0, 0).paragraphs[0].add_run().add_picture(picture, width=Mm(12))

    template = _changed(change)
    made = docx_bytes(report, template)
    assert made == docx_bytes(report, template)
    assert "IV. NHẬN XÉT CHUNG" in _texts(made)
    assert "IV. ĐÁNH GIÁ" not in _texts(made)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert any(name.startswith("word/media/") for name in parts.namelist())
    document = docx.Document(io.BytesIO(made))
    assert document.styles["Ô phụ lục"].font.size.pt == 10
    assert not re.search("[{}\ue000\ue001]", document.element.xml)


def test_the_signature_stays_with_the_text_and_its_hint_is_a_comment(report: OfficialReport) -> None:
    document = docx.Document(io.BytesIO(docx_bytes(report)))
    last = [p for p in document.paragraphs if p.text.endswith("./.") or "phương hướng" in p.text]
    assert [p.paragraph_format.keep_with_next for p in last] == [True, True]
    signer = next(p for p in document.element.body.iter(qn("w:p")) if "họ và tên người ký" in "".join(p.itertext()))
    assert document.styles["Người ký"].style_id == signer.pPr.pStyle.get(qn("w:val"))
    assert (document.styles["Người ký"].font.size.pt, document.styles["Người ký"].font.bold) == (14, True)
    assert next(comment.text for comment in document.comments).startswith("Phó Chủ tịch ký thay: ghi “KT. CHỦ TỊCH”")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (Template(b"no zip", "x"), "không phải là tệp Word"),
        (_changed(_replaced("{{ chi_tieu }}", "")), "{{ chi_tieu }}: thiếu chỗ điền"),
        (_changed(_replaced("{{ ky_toi }}", "Kỳ tới: {{ ky_toi }}")), "{{ ky_toi }}: chỗ điền phải có một lần"),
        (_changed(_replaced("{{ trich_yeu }}", "{{ tieu_de }}")), "'tieu_de' is undefined"),
        (_changed(_replaced("{{ trich_yeu }}", "{{ trich_yeu")), "chỗ điền viết sai"),
        (_changed(_replaced("{{ trich_yeu }}", "{{ ''.__class__.__mro__ }}")), "chỗ điền viết sai"),
        (_changed(lambda document: document.styles["Ô phụ lục"].delete()), "thiếu kiểu (Styles): Ô phụ lục"),
        (
            _changed(lambda document: document.part.relate_to("http://x/a.png", "http://x/image", True)),
            "lấy từ nơi khác",
        ),
    ],
)
def test_a_broken_template_is_told_with_the_remedy(report: OfficialReport, template: Template, said: str) -> None:
    with pytest.raises(DataError) as error:
        docx_bytes(report, template)
    assert said in str(error.value)
    assert template.name in str(error.value)
    assert " → " in str(error.value)


def test_which_template_a_report_uses(registry: Registry, tmp_path: Path) -> None:
    layout, places = Layout(tmp_path), registry.localities
    assert template_files(layout, "cat-hai", places) == []
    layout.templates.mkdir(parents=True)
    for name in ("bao-cao.docx", "cat-hai.docx", "~$bao-cao.docx"):
        (layout.templates / name).write_bytes(OURS.read_bytes())
    used = {slug: template_files(layout, slug, places) for slug in ("cat-hai", "binh-giang")}
    assert used == {"cat-hai": [layout.templates / "cat-hai.docx"], "binh-giang": [layout.templates / "bao-cao.docx"]}
    assert own_template(used["cat-hai"][0]).name == "data/raw/templates/cat-hai.docx"
    (layout.templates / "mau.docx").write_bytes(b"")
    with pytest.raises(DataError, match=r"data/raw/templates/mau\.docx.*không báo cáo nào dùng tệp này"):
        template_files(layout, "cat-hai", places)
