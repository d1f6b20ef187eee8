"""What a document says of itself (số, ngày, nơi ban hành, thời kỳ, văn bản thực hiện, văn bản thay thế).

What the paper leaves blank stays absent: 'Số: /KH-UBND' is no number, 'ngày tháng 01 năm 2026' is no date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.digitise.draft_rows import PlanReading, Taken, part_of
from pipeline.digitise.table_rows import OTHER_YEARS
from pipeline.documents.blocks import Block, Piece, TextBlock, pieces_of
from pipeline.plans.models import Locality
from pipeline.plans.text import name_key

OPENING = 40
"""Pieces at the beginning of a document among which its facts stand."""
_NUMBER = re.compile(r"Số ?:? ?(?P<number>[0-9]{1,5} ?(?:/20[0-9]{2})? ?/ ?[A-ZĐ]{2}[A-ZĐa-z0-9/.-]*)")
_DATE = re.compile(
    r"(?:^|, ?)(?P<printed>ngày ?(?P<day>[0-9]{1,2}) ?tháng ?(?P<month>[0-9]{1,2}) ?năm ?(?P<year>20[0-9]{2}))\s*$"
)
_BLANK_DATE = re.compile(
    r"(?:^|, ?)(?P<printed>ngày[ .…]*+(?:[0-9]{1,2})?[ .…]*+tháng[ .…]*+(?:[0-9]{1,2})?[ .…]*+năm[ .…]*+20[0-9]{2})\s*$"
)
_KINDS = re.compile(
    r"(?P<kind>KẾ HOẠCH|CHƯƠNG TRÌNH(?: HÀNH ĐỘNG)?|ĐỀ ÁN|NGHỊ QUYẾT|QUYẾT ĐỊNH|CHỈ THỊ)\s*$", re.IGNORECASE
)
_WITH_TITLE = re.compile(r"(?P<kind>KẾ HOẠCH|CHƯƠNG TRÌNH HÀNH ĐỘNG|CHƯƠNG TRÌNH|ĐỀ ÁN) (?P<words>[^\W\d_].{15,300})$")
_CAPITALS = "tên in chữ hoa: viết lại chữ thường, giữ tên riêng"
_TITLE_END = re.compile(r"\s(?:Thực hiện|Căn cứ|Triển khai thực hiện) (?=Kế hoạch|Nghị|Quyết|Chương|Chỉ thị)")
_IMPLEMENTS = re.compile(
    r"(?:^|[.;] |(?<=[0-9] ))(?:Triển khai thực hiện|Thực hiện) "
    r"(?P<what>(?:Kế hoạch|Nghị quyết|Quyết định|Chương trình|Chỉ thị|Đề án)"
    r"(?: hành động)? số[^;]{5,400}?)(?=;|, (?:Ủy ban nhân dân|UBND)|\.? *$|\.\s)"
)
_SUPERSEDES = re.compile(
    r"thay thế (?:cho )?(?P<what>(?:Kế hoạch|Quyết định|Nghị quyết) số[^;)]{5,250}?)(?=[;)]|\.\s|\.?$)"
)
_SPAN = re.compile(r"giai đoạn (?P<first>20[0-9]{2}) ?[-–] ?(?P<last>20[0-9]{2})", re.IGNORECASE)
_HALF = re.compile(r"(?:06|6|sáu) tháng (?P<half>đầu|cuối) năm (?P<year>20[0-9]{2})", re.IGNORECASE)
_YEAR = re.compile(r"năm (20[0-9]{2})", re.IGNORECASE)


def read_facts(blocks: Sequence[Block], locality: Locality, reading: PlanReading) -> None:
    """Find the facts of the plan, and add them to `reading.facts`."""
    opening = [piece for piece in list(pieces_of(blocks))[:OPENING] if piece.text]
    _read_title(opening, reading)
    title = {span.at for one in reading.facts.get("title", []) for span in one.spans}
    for name, pattern in (("number", _NUMBER), ("date", _DATE), ("implements", _IMPLEMENTS)):
        for piece in opening:
            # An annex repeats the number of its plan in brackets, and other papers have numbers and days of their own.
            if name != "implements" and (len(piece.text) > 120 or piece.text.startswith("(")):
                continue
            at_start = name == "implements" and piece.at in title
            for found in pattern.finditer(piece.text, reading.facts["title"][0].spans[-1].end if at_start else 0):
                group = {"number": "number", "date": "printed"}.get(name, "what")
                if name == "implements" or not reading.facts.get(name):
                    _add(reading, name, piece, found, group)
    if "date" not in reading.facts:
        blanks = [(piece, _BLANK_DATE.search(piece.text)) for piece in opening]
        for piece, left_blank in blanks:
            if left_blank is not None and "date_printed" not in reading.facts:
                _add(reading, "date_printed", piece, left_blank, "printed")
    _read_issuer(opening, locality, reading)
    for piece in pieces_of(blocks):
        for found in _SUPERSEDES.finditer(piece.text):
            _add(reading, "supersedes", piece, found, "what")


def _add(reading: PlanReading, name: str, piece: Piece, found: re.Match[str], group: str) -> None:
    value = found[group].strip(" .,;")
    if name == "number":
        value = value.replace(" ", "")
    if name == "date":
        try:
            value = dt.date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
        except ValueError:
            return
    reading.facts.setdefault(name, []).append(part_of(piece, found.start(group), found.end(group), value))


def _read_title(opening: Sequence[Piece], reading: PlanReading) -> None:
    for at, piece in enumerate(opening):
        found = _KINDS.match(piece.text)
        if not found:
            if whole := _WITH_TITLE.match(piece.text):
                cut = _TITLE_END.search(piece.text)
                end = cut.start() if cut else len(piece.text)
                words = piece.text[whole.start("words") : end]
                doubt = _CAPITALS if words.isupper() else ""
                title = f"{whole['kind'].capitalize()} {words if words.isupper() else words[0].lower() + words[1:]}"
                reading.facts["title"] = [part_of(piece, 0, end, title, doubt)]
                return
            continue
        lines: list[tuple[Piece, int]] = []
        for below in opening[at + 1 : at + 4]:
            cut = _TITLE_END.search(below.text)
            end = cut.start() if cut else len(below.text)
            # A title may begin with 'Thực hiện …', too; what begins so and ends with ':' opens the text.
            opens = re.match(r"(?:Thực hiện|Căn cứ|Triển khai) ", below.text) and (lines or below.text.endswith(":"))
            if opens or re.match(r"\(|PHẦN |I\.", below.text) or (isinstance(below, TextBlock) and below.label):
                break
            lines.append((below, end))
            if cut or not below.text.isupper():
                break
        if not lines:
            return
        words = " ".join(piece_.text[:end] for piece_, end in lines).strip(" .:")
        kind = found["kind"].capitalize()
        doubt = _CAPITALS if words.isupper() else ""
        title = f"{kind} {words if words.isupper() else words[0].lower() + words[1:]}"
        first, end = lines[0]
        one = part_of(first, 0, end, title, doubt)
        more = tuple(part_of(other, 0, stop).spans[0] for other, stop in lines[1:])
        reading.facts["title"] = [Taken(title, words, first.place, (*one.spans, *more), doubt)]
        reading.pass_over([piece])
        return


def _read_issuer(opening: Sequence[Piece], locality: Locality, reading: PlanReading) -> None:
    """The issuer, where the document names the people's committee of the locality, or the Government, a ministry."""
    place = locality.full_name[0].lower() + locality.full_name[1:]
    wanted = {name_key(f"{office} {place}") for office in ("Ủy ban nhân dân", "UBND")}
    for piece in opening:
        key = name_key(piece.text)
        if any(one in key for one in wanted) or name_key(f"Ủy ban nhân dân {locality.name}") in key:
            number = re.search(r"Số ?:", piece.text)
            end = len(piece.text[: number.start()].rstrip()) if number else len(piece.text)
            reading.facts["issuer"] = [part_of(piece, 0, end, f"Ủy ban nhân dân {place}")]
            return
    keys = [name_key(piece.text) for piece in opening[:12]]
    for first, second in pairwise(opening):
        if name_key(first.text) == name_key("Ủy ban nhân dân") and name_key(second.text) == name_key(place):
            printed = f"{first.text} {second.text}"
            spans = (*part_of(first, 0, len(first.text)).spans, *part_of(second, 0, len(second.text)).spans)
            reading.facts["issuer"] = [Taken(f"Ủy ban nhân dân {place}", printed, first.place, spans)]
            return
    for piece, key in zip(opening, keys, strict=False):
        if key in (name_key("Chính phủ"), name_key("Thủ tướng Chính phủ")) or (key.startswith("bộ ") and len(key) < 60):
            reading.facts["issuer"] = [part_of(piece, 0, len(piece.text), piece.text.title())]
            return


def years_of(title: str) -> tuple[int, int, str] | None:
    """First and last year that a title names, and 'first-half' or 'second-half' of one year; None where it is open.

    'đến năm 2030' says only when a plan ends.
    """
    title = OTHER_YEARS.sub("", title)
    if found := _SPAN.search(title):
        return int(found["first"]), int(found["last"]), ""
    if found := _HALF.search(title):
        half = "second-half" if found["half"].lower() == "cuối" else "first-half"
        return int(found["year"]), int(found["year"]), half
    years = {int(year) for year in _YEAR.findall(title)}
    open_end = re.search(r"đến (?:hết )?năm 20", title, re.IGNORECASE)
    return (min(years), min(years), "") if len(years) == 1 and not open_end else None
