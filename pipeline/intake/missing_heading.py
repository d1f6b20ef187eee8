"""Why no head was found on a sheet: the line with most known headings, and what is missing in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.errors import Finding
from pipeline.intake.cells import Grid, Line, place_on
from pipeline.intake.head_lines import IDENTITY
from pipeline.intake.heading_words import bears_on, fold, sense_of
from pipeline.intake.headings import Forms
from pipeline.intake.scope import Whose, in_words

_PIVOT = re.compile(
    r"row labels|column labels|nhan hang|nhan cot|(?:sum|count|average) of |(?:tong|dem|trung binh) cua "
    r"|grand total|tong cuoi"
)
"""Headings that Excel gives to a PivotTable, folded."""
_TYPED = "gõ lại thành bảng trong ô, hoặc gửi bảng gốc (.xlsx, .docx, .csv)"
_REMEDY = "giữ dòng tiêu đề của biểu mẫu (make template)"


def without_heading(grid: Grid, file: str, forms: Forms, whose: Whose) -> Finding:
    """The finding that a sheet has no table, naming what was understood of it."""
    filled = [line for line in grid.lines[:200] if not line.blank]
    best = max(filled, key=lambda line: len(_known(line, forms)))
    known = _known(best, forms)
    if shape := _other_shape(filled, whose):
        number, message, remedy = shape
        return Finding(file, f"{place_on(grid)}dòng {number}", "header", message, remedy)
    picture = "; trong tệp có ảnh, bảng trong ảnh không đọc được" if grid.pictures else ""
    if len(known) < 2:
        first = filled[0]
        shown = ", ".join(text for text in first.texts if text)[:80]
        message = f"không nhận ra dòng tiêu đề nào của biểu số liệu; dòng đầu ghi: {shown}{picture}"
        remedy = _TYPED if picture else _REMEDY
        return Finding(file, f"{place_on(grid)}dòng {first.number}", "header", message, remedy)
    lacking = _lacking(set(known.values()))
    message = f"dòng tiêu đề chưa đủ: {lacking}; dòng ghi: {', '.join(t for t in best.texts if t)[:200]}{picture}"
    if said := _set_aside(best, whose):
        message += f"; {said}"
    if hidden := [t for i, t in enumerate(best.texts) if t and i in grid.hidden_columns]:
        message += f"; cột đang ẩn không đọc: {', '.join(hidden)[:80]}"
    remedy = "đặt tên cột như biểu mẫu, ví dụ “Kết quả”, “Chỉ tiêu”"
    return Finding(file, f"{place_on(grid)}dòng {best.number}", "header", message, remedy)


def only_pictures(file: str) -> Finding:
    """The finding that a file holds pictures, and no cell with text."""
    return Finding(file, "tệp", "header", "chỉ có ảnh, không có bảng: số trong ảnh không đọc được", _TYPED)


def tasks_in_words(file: str, place: str) -> Finding:
    """The finding that a table tells in words what was done of tasks."""
    message = "bảng nhiệm vụ kể kết quả bằng lời, không có cột ngày: chưa đọc được tiến độ"
    remedy = "thêm cột “Ngày bắt đầu”, “Ngày hoàn thành” (hoặc dùng trang Nhiệm vụ của biểu mẫu); lời kể ghi ở Ghi chú"
    return Finding(file, place, "header", message, remedy)


def _other_shape(filled: Sequence[Line], whose: Whose) -> tuple[int, str, str] | None:
    """Line, message and remedy for a table of another shape: parted by '|', a PivotTable, places or periods as rows."""
    barred = [line for line in filled[:20] if any(text.count("|") > 1 for text in line.texts)]
    if 2 * len(barred) > len(filled[:20]):
        return (
            barred[0].number,
            "các ô ngăn cách bằng dấu gạch đứng (|)",
            "lưu thành .xlsx, hoặc CSV ngăn bằng chấm phẩy",
        )
    for line in filled:
        if any(_PIVOT.match(fold(text[:100])) for text in line.texts if text):
            remedy = "gửi bảng gốc; hoặc chép, dán giá trị sang sổ mới rồi đặt tiêu đề cột như biểu mẫu (make template)"
            return line.number, "bảng tổng hợp kiểu PivotTable, không phải bảng số liệu", remedy
    for column in range(3):
        texts = [(line.number, text) for line in filled if (text := line.cell(column).text)]
        named = [number for number, text in texts if _is_a_row_of_its_own(text, whose)]
        if len(named) > 1 and 2 * len(named) >= len(texts):
            remedy = (
                "đổi dòng thành cột (Paste Special, Transpose): mỗi dòng một chỉ tiêu, có cột “Chỉ tiêu” và “Kết quả”"
            )
            return named[0], "bảng xoay ngang: mỗi dòng một nơi hay một kỳ, mỗi cột một chỉ tiêu", remedy
    return None


def _is_a_row_of_its_own(text: str, whose: Whose) -> bool:
    """Whether a text is only the name of a place or of a period."""
    said = sense_of(text, whose.period.year) if whose.period is not None and len(text) < 40 else None
    return bool(whose.place_of(text)) or bool(said and said.bare and said.periods and re.search("[a-z]", fold(text)))


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
