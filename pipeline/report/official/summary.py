"""The summary at the head of the official report (tóm tắt): what stands on the sheet of the page, as paragraphs."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.completion.records import IndicatorResult
from pipeline.intake.rows import Intake
from pipeline.report.catalogues import NO_VALUE
from pipeline.report.lead import Lead
from pipeline.report.official.model import Block, Items, Line, QrCode, Span, plain_paragraph
from pipeline.report.sheet import Sheet
from pipeline.report.words import Words


def summary_blocks(sheet: Sheet, intake: Intake, words: Words) -> Iterator[Block]:
    """The answer, what is known, the rows that need attention, change, peers, and the code to check it.

    The decisions are for the chair of the place itself: the report goes to the level above.
    """
    t = words.text
    lead = Lead(sheet.completion, intake, Words(words.code))
    answer = " ".join(sentence.striptags() for sentence in lead.sentences())
    yield plain_paragraph(f"{t('sheet.heading')}: {answer}")
    urgent = tuple(_row(row, words) for row in sheet.shown)
    if urgent:
        yield plain_paragraph(f"{sheet.title}. {sheet.kinds}" if sheet.kinds else f"{sheet.title}:")
        yield Items(urgent)
    beside = {"sheet.since": sheet.change(), "sheet.beside": sheet.neighbours(), "sheet.soon": sheet.soon()}
    for key, said in beside.items():
        if said:
            yield plain_paragraph(f"{t(key)} {said}")
    if sheet.input_id:
        told = t("sheet.code-plain", code=sheet.code)
        yield QrCode(sheet.qr_text, t("sheet.qr", code=sheet.code), told)


def _row(row: IndicatorResult, words: Words) -> Line:
    """'Hồ sơ xử lý trực tuyến: 82,78%, mục tiêu ≥ 95% (năm 2026); chậm; chủ trì: Văn phòng'."""
    value = words.measured(row.observation.value if row.observation else None, row.unit)
    said = words.text("dots.against", value=value, target=words.target_with_unit(row.target, row.unit))
    if value == NO_VALUE:
        said = words.text("dots.no-value", target=words.target_with_unit(row.target, row.unit))
    until = f" ({words.until(row.target)})" if row.target and row.target.due else ""
    lead = words.text("sheet.lead", lead="; ".join(row.lead)) if row.lead else words.text("sheet.not-named")
    return (Span(f"{row.name}: {said}{until}; {words.verdict(row)}; {lead}."),)
