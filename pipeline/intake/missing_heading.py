"""Why no head was found on a sheet: the line with most known headings, and what is missing in it."""

from __future__ import annotations

import re

from pipeline.errors import Finding
from pipeline.intake.cells import Grid, Line, place_on
from pipeline.intake.head_lines import IDENTITY
from pipeline.intake.heading_words import bears_on, fold, sense_of
from pipeline.intake.headings import Forms
from pipeline.intake.scope import Whose, in_words

_REMEDY = "giữ dòng tiêu đề của biểu mẫu (make template)"


def without_heading(grid: Grid, file: str, forms: Forms, whose: Whose) -> Finding:
    """The finding that a sheet has no table, naming what was understood of it."""
    filled = [line for line in grid.lines[:200] if not line.blank]
    best = max(filled, key=lambda line: len(_known(line, forms)))
    known = _known(best, forms)
    if len(known) < 2:
        first = filled[0]
        shown = ", ".join(text for text in first.texts if text)[:80]
        message, place = f"không nhận ra dòng tiêu đề nào của biểu số liệu; dòng đầu ghi: {shown}", first.number
        if any("|" in text for line in filled[:5] for text in line.texts) and all(
            len(n.cells) == 1 for n in filled[:5]
        ):
            message = "các ô ngăn cách bằng dấu gạch đứng (|)"
        return Finding(file, f"{place_on(grid)}dòng {place}", "header", message, _REMEDY)
    lacking = _lacking(set(known.values()))
    message = f"dòng tiêu đề chưa đủ: {lacking}; dòng ghi: {', '.join(t for t in best.texts if t)[:200]}"
    if said := _set_aside(best, whose):
        message += f"; {said}"
    if hidden := [t for i, t in enumerate(best.texts) if t and i in grid.hidden_columns]:
        message += f"; cột đang ẩn không đọc: {', '.join(hidden)[:80]}"
    remedy = "đặt tên cột như biểu mẫu, ví dụ “Kết quả”, “Chỉ tiêu”"
    return Finding(file, f"{place_on(grid)}dòng {best.number}", "header", message, remedy)


def _known(line: Line, forms: Forms) -> dict[str, str]:
    """The headings of a line that are known, with their meanings."""
    outer = {text: fold(re.sub(r"[(][^()]*[)]", " ", text)) for text in line.texts if text and len(text) < 80}
    return {text: meaning for text, key in outer.items() if (meaning := forms.folded.get(key, ""))}


def _lacking(meanings: set[str]) -> str:
    if not meanings & set(IDENTITY):
        return "chưa thấy cột chỉ tiêu, mã hay số thứ tự"
    return "chưa thấy cột kết quả"


def _set_aside(line: Line, whose: Whose) -> str:
    """The heading that is a result, but of another period."""
    for text in line.texts:
        if text and whose.period is not None:
            said = sense_of(text, whose.period.year)
            others = [p for p in said.periods if bears_on(p, whose.period) == "other"]
            if others and (said.result or said.bare):
                return f"cột “{text[:60]}” là của {in_words(others[0])}, không phải {whose.label}"
    return ""
