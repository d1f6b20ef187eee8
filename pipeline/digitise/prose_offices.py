"""Who does what a line of a plan says, with whom and by when (chủ trì, phối hợp, thời hạn), as the line prints it.

Blocks under a line (“Đơn vị chủ trì: …”), the same in brackets, “Giao X …”, “X chủ trì, phối hợp với Y …”, and the
heading of an office in the part on organisation. What is not said in one of these forms is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.digitise.composed_headings import composed_meaning
from pipeline.digitise.draft_rows import Taken, part_of
from pipeline.digitise.offices import is_named_office, is_office, offices_in
from pipeline.digitise.table_rows import deadline_fault
from pipeline.documents.blocks import TextBlock
from pipeline.intake.heading_words import fold
from pipeline.intake.headings import Forms
from pipeline.plans.text import name_key

_HEAD = re.compile(r"(?:^|[;.(]\s*|\n\s*)(?P<head>[^:;.()]{3,45}?) ?:\s*")
_MEANINGS = {"lead": "lead", "coordinating": "coordinating", "deadline": "deadline", "product": "output"}
_VERBS = (
    "triển khai|thực hiện|xây dựng|tổ chức|tham mưu|đề xuất|hướng dẫn|hoàn thành|rà soát|theo dõi"
    "|đôn đốc|kiểm tra|ban hành|nghiên cứu|cập nhật|bố trí|thẩm định|tuyên truyền|gắn kết|chỉ đạo"
    "|quản lý|vận hành|tổng hợp|báo cáo|cung cấp|bảo đảm|đảm bảo|đẩy mạnh|phát triển|tiếp tục"
    "|chủ động|lập|trình|tăng cường|nâng cấp|khai thác|hỗ trợ|để|thường xuyên|căn cứ"
)
_GIVEN = re.compile(rf"Giao (?P<lead>[^:;.]{{3,120}}?)(?: chủ trì\b|:|,? (?=(?:{_VERBS})\b))")
_LEADS = re.compile(
    r"(?P<lead>[^:;.]{3,120}?)(?: là cơ quan đầu mối,?)? (?:chủ trì\b|có trách nhiệm (?:chủ trì\b)?|chỉ đạo\b)"
)
_NAMED = re.compile(r"(?P<lead>[^:;.()]{5,80}) ?: (?=\S)")
_IN_BRACKETS = re.compile(r"\((?:do )?(?P<lead>[^:;.,()]{3,80}) chủ trì\b")
_WITH = re.compile(
    r"(?:chủ trì|đôn đốc|kiểm tra),?(?: và)? phối hợp (?:chặt chẽ )?(?:với |cùng )?"
    rf"(?P<with>[^:;.]{{3,160}}?),? (?=(?:{_VERBS})\b)",
    re.IGNORECASE,
)
_ADVISES = re.compile(r"(?P<lead>[^:;.,]{3,80}?) phối hợp (?:với |cùng )?(?P<with>[^:;.,]{3,80}?) tham mưu\b")
_TIMES = re.compile(
    r"(?:hoàn thành |xong )?(?P<time>(?:trong (?:năm|[Qq]uý|tháng)|trước (?:ngày|tháng|[Qq]uý)"
    r"|chậm nhất (?:là |đến )?(?:ngày|tháng|[Qq]uý)?|xong trước) ?(?:[0-9IVX]{1,4}(?:[/.][0-9]{1,2})?)?"
    r"(?:(?: tháng [0-9]{1,2})?(?: năm | ?/ ?|[/.-])20[0-9]{2}|(?<=năm )20[0-9]{2}))"
)
_A_DAY = r"(?:ngày )?[0-9]{1,2}[/.-][0-9]{1,2}[/.-]20[0-9]{2}"
_DONE = re.compile(
    rf"(?P<time>trước {_A_DAY})\b|\b(?:hoàn thành|xong)(?: vào| trong)? (?P<by>{_A_DAY}|(?:tháng|quý) [0-9IVX]{{1,4}}"
    r"(?: năm | ?/ ?|[/.-])20[0-9]{2})\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"(?:^|[,;.] |\bvà )(?P<time>[Đđ]ịnh kỳ(?: (?:hằng|hàng) (?:tháng|quý|năm)| 6 tháng"
    r"| (?:tháng|quý|năm)(?:, (?:tháng|quý|năm))*)?|^Thường xuyên)\b"
)
_OF_ANOTHER = re.compile(r"(?:kế hoạch|chương trình|đề án|nghị quyết|quyết định|giai đoạn)[^,;.]{0,80}$", re.IGNORECASE)


@dataclass(frozen=True)
class Attribute:
    """One field that a paragraph states in the form 'head: value'."""

    name: str
    field: Taken
    start: int
    """Where its head begins in the paragraph."""


def attributes_of(paragraph: TextBlock, forms: Forms) -> Iterator[Attribute]:
    """The fields that a paragraph states by their names: 'Đơn vị chủ trì: X; Đơn vị phối hợp: Y'."""
    heads = [(found, _meaning(found["head"], forms)) for found in _HEAD.finditer(paragraph.text)]
    for n, (found, meaning) in enumerate(heads):
        if not meaning:
            continue  # what an unknown name says belongs to nothing before it
        end = heads[n + 1][0].start() if n + 1 < len(heads) else len(paragraph.text)
        value = paragraph.text[found.end() : end]
        closed = value.find(")")
        if (
            paragraph.text[found.start() : found.start() + 1] in ("(", ";")
            and closed >= 0
            and "(" not in value[:closed]
        ):
            end = found.end() + closed
        text = paragraph.text[found.end() : end].strip(" .;,")
        if not text or (meaning == "deadline" and deadline_fault(text)):
            continue
        shown = "\n".join(offices_in(text)) if meaning in ("lead", "coordinating") else text
        yield Attribute(meaning, part_of(paragraph, found.start(), end, shown), found.start())


def _meaning(head: str, forms: Forms) -> str:
    text = head.strip(" -+*")
    known = _MEANINGS.get(forms.meanings.get(name_key(text), ""), "")
    return known or _MEANINGS.get(composed_meaning(fold(text)), "")


def stated_in(paragraph: TextBlock) -> dict[str, Taken]:
    """Lead, coordination and time that the sentence itself states: “Giao X …”, “X chủ trì, phối hợp với Y …”."""
    text, found = paragraph.text, dict[str, Taken]()
    given = _GIVEN.match(text)
    lead = given or _LEADS.match(text)
    if lead is not None and (given or is_office(text)) and is_office(lead["lead"]):
        offices = "\n".join(offices_in(lead["lead"]))
        found["lead"] = part_of(paragraph, lead.start("lead"), lead.end("lead"), offices, "cơ quan đọc từ câu")
    for pattern in (_NAMED.match, _IN_BRACKETS.search):
        own = None if "lead" in found else pattern(text)
        if own is not None and is_named_office(own["lead"]):
            found["lead"] = part_of(paragraph, own.start("lead"), own.end("lead"), None, "cơ quan đọc từ câu")
    advises = _ADVISES.match(text)
    if advises is not None and not found and is_office(advises["lead"]) and is_office(advises["with"]):
        for name, group in (("lead", "lead"), ("coordinating", "with")):
            found[name] = part_of(paragraph, advises.start(group), advises.end(group), None, "cơ quan đọc từ câu")
    elif together := _WITH.search(text):
        offices = "\n".join(offices_in(together["with"]))
        span = (together.start("with"), together.end("with"))
        found["coordinating"] = part_of(paragraph, *span, offices, "cơ quan phối hợp đọc từ câu")
    times = [one for one in _TIMES.finditer(text) if not _OF_ANOTHER.search(text[: one.start()])]
    spans = {one.span("time") for one in times or _AGAIN.finditer(text)}
    done = {one.span("time" if one["time"] else "by") for one in _DONE.finditer(text)}
    spans = done if not times and done else spans
    if len(spans) == 1 and not deadline_fault(text[slice(*min(spans))]):
        found["deadline"] = part_of(paragraph, *min(spans), None, "thời hạn đọc từ câu")
    return found


def heading_office(title: str) -> bool:
    """Whether a heading names the office whose lines stand below it; 'Đề nghị …' asks and does not assign."""
    return is_office(title) and not title.startswith(("Đề nghị", "Đề án", "Báo cáo"))


def only_coordinates(text: str) -> bool:
    """Whether an office only takes part in what a line says: 'Phối hợp …' without 'tham mưu'."""
    return text.startswith("Phối hợp") and "tham mưu" not in text
