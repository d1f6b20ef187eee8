"""Targets in sentences (mục tiêu trong câu): “100% thủ tục hành chính …”, “Tỷ lệ … đạt trên 90%”, several in one.

The target is copied as printed, with its comparing word and “phấn đấu”. The name is put together from the words of the
sentence around the figure, so that it always has to be looked at. A sentence that does not say which figure is of what
is left out whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.digitise.draft_rows import DraftRow, DraftTarget, RowKind, part_of
from pipeline.digitise.sentences import PrintedFigure, Sentence, figures_of, sentences_of
from pipeline.digitise.table_rows import target_fault, with_unit
from pipeline.documents.blocks import TextBlock
from pipeline.plans.targets import Comparator, TargetSyntaxError, parse_target
from pipeline.plans.units import unit_fault
from pipeline.plans.wordings import WordingError

SHORTEST_NAME = 8
"""Letters of a name; a shorter one says nothing."""
NAME_DOUBT = "tên ghép từ lời của câu: xem lại"
_COMPARED = (
    r"(?:(?:tối thiểu|ít nhất|không dưới|không thấp hơn|không quá|tối đa|trong vòng|trên|dưới|hơn|khoảng|từ|vượt)"
    r"(?: là)?|[≥≤<>]=?)"
)
_AIM = r"(?:phấn đấu|phần đầu)"
_REACH = (
    r"(?:đạt|bảo đảm|đảm bảo|mục tiêu|duy trì|hoàn thành|có|là|ở mức|lên|xuống còn|xuống|được|chỉ tiêu|đạt mức"
    r"|thực hiện|cho|:)"
)
_RUN = re.compile(
    rf"(?<![^\W\d_])(?P<aim>{_AIM}(?: {_REACH}){{0,4}},? ?)?"
    rf"(?P<reach>(?:{_REACH}[ :]{{1,2}}){{0,4}}?)(?P<sign>{_COMPARED} ?)?$",
    re.IGNORECASE,
)
_ASSURED = re.compile(r"(?:bảo đảm|đảm bảo)", re.IGNORECASE)
_OF_THESE = re.compile(r"^.*\btrong đó\b[,:]? ?", re.IGNORECASE)
_SUBJECT = re.compile(
    r"(?:^|[,:(] ?|\bđó,? )(?P<subject>(?:tỷ lệ|tỉ lệ|tỷ trọng|tỉ trọng|số lượng|tốc độ|mức độ|tổng số|số) [^,:]*)$",
    re.IGNORECASE,
)
_PREDICATE = re.compile(r"\s(?:được|có khả năng|sử dụng|có)\s")
_CUT = re.compile(r"[;,] ?(?:và )?| và ")
_YEAR = re.compile(r"(?:(?:đến|vào|trong)(?: hết| cuối)? )?năm (20[0-9]{2})", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/20|tháng [0-9]{1,2}(?:/| năm )20|quý [IV1-4]{1,3}\b", re.IGNORECASE)
_CHANGES = re.compile(r"(?P<verb>tăng|giảm|cắt giảm|rút ngắn|tiết kiệm)(?: (?:thêm|khoảng))?\s*$", re.IGNORECASE)
_EACH_YEAR = re.compile(r"\b(?:hàng năm|hằng năm|bình quân|mỗi năm)\b", re.IGNORECASE)
_BASE = re.compile(r"so với(?: cùng kỳ)?(?: năm)?(?: trước| 20[0-9]{2})?")
_BEHIND = re.compile(rf" trở (?:lên|xuống)|/năm\b| {_BASE.pattern}")
_OR_AS_NEEDED = re.compile(r" (?:tiếng|giờ|ngày|phút)(?: hoặc theo [^,;.]+)?")
_ONLY_LEVELS = re.compile(rf"(?:{_AIM}|{_REACH}|{_COMPARED}|đến|vào|năm|20[0-9]{{2}}|[\s,:;–-])*", re.IGNORECASE)


@dataclass
class SentenceTargets:
    """What one paragraph gives: a row for each figure, and the sentences of figures without one, with the reason."""

    slots: list[DraftRow | None] = field(default_factory=list)
    """One for each figure, in order; None where it stays open."""
    left: list[tuple[Sentence, str]] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[str, DraftRow]]:
        """Letter and row: 'a', 'b' … by the order of the figures, '' where there is one figure."""
        letters = [_letter(n) if len(self.slots) > 1 else "" for n in range(len(self.slots))]
        return [(letter, row) for letter, row in zip(letters, self.slots, strict=True) if row is not None]


def _letter(n: int) -> str:
    return chr(ord("a") + n) if n < 26 else f"z{n - 25}"


def targets_in(paragraph: TextBlock, kind: RowKind, year: int | None) -> SentenceTargets:
    """The targets of a paragraph. `year` is that of its heading, or of a plan of one year."""
    made = SentenceTargets()
    for sentence in sentences_of(paragraph.text):
        try:
            figures = figures_of(sentence.text)
            clauses = _clauses(sentence.text, figures) if figures else []
        except WordingError as error:
            if any(letter.isdigit() for letter in sentence.text):
                made.left.append((sentence, str(error)))
            continue
        for levels in _levels(sentence.text, clauses):
            try:
                dated = [(one, named or _year_of(sentence.text, one, year)) for one, named in levels]
                made.slots.append(_row(paragraph, sentence, clauses, dated, kind))
            except WordingError as error:
                made.slots.append(None)
                made.left.append((sentence, str(error)))
    return made


@dataclass(frozen=True)
class _Clause:
    """The words of one figure in its sentence: where they begin, the figure, where they end."""

    start: int
    figure: PrintedFigure
    end: int
    head: str = ""
    """What stands before the figure, without the words that only lead up to it."""
    first: int = 0
    """The first letter of the target as printed."""
    own: int = 0
    """Where the words begin that the grammar must read with the figure."""
    doubt: str = ""
    """Why the figure stays open."""
    far_aim: bool = False
    """'Phấn đấu' stands before the words of the name, not before the figure."""


def _clauses(text: str, figures: Sequence[PrintedFigure]) -> list[_Clause]:
    """One clause for each figure. Raises WordingError where nothing parts two of them."""
    cuts = [0]
    for one, other in pairwise(figures):
        between = list(_CUT.finditer(text, one.end, other.start))
        if not between:
            raise WordingError("hai con số mà không rõ con số nào của cái gì")
        cuts.append(between[-1].end())
    cuts.append(len(text))
    cuts[0] = _behind_colon(text, figures[0].start)
    return [_clause(text, start, figure, end) for start, figure, end in zip(cuts, figures, cuts[1:], strict=False)]


def _behind_colon(text: str, end: int) -> int:
    """Where the first clause begins: behind a colon that words stand behind, else at the beginning."""
    colon = text.rfind(": ", 0, end)
    return colon + 2 if colon >= 0 and re.search(r"[^\W\d_]", text[colon + 2 : end]) else 0


def _clause(text: str, start: int, figure: PrintedFigure, end: int) -> _Clause:
    before = text[start : figure.start]
    run = _RUN.search(before)
    head = before[: run.start()] if run else before
    first = figure.start
    if run is not None and (run["aim"] or run["sign"]):
        first = start + (run.start("aim") if run["aim"] else run.start("sign"))
    begins_anew = run is not None and (run["aim"] or _ASSURED.match(run["reach"]))
    if change := _CHANGES.search(head):
        if _EACH_YEAR.search(text[start:end]) and change["verb"].lower() == "tăng":
            head = f"Tốc độ tăng {_small(head[: change.start()].strip())}"
        else:
            first, head = start + change.start(), head[: change.start()]
    far = re.match(rf"\s*{_AIM}\s+", text if start else head, re.IGNORECASE)
    head = re.sub(rf"^\s*{_AIM}\s+", "", head, flags=re.IGNORECASE)
    own = start
    if begins_anew and run is not None and head.rstrip().endswith((",", ":")):
        head, own = "", start + run.start()
    on = not figure.percent and run is not None and (run["sign"] or "").strip() == "trên"
    doubt = "“trên” có thể là nhiều hơn, hoặc ở trên vật được đếm" if on else ""
    head = _YEAR.sub("", _OF_THESE.sub("", head)).strip(" ,:")
    if subject := _SUBJECT.search(head):
        head = subject["subject"]
        own = max(own, text.find(head, start))
    return _Clause(start, figure, end, head, first, own, doubt, bool(far) and not (run and run["aim"]))


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _name(text: str, clause: _Clause, clauses: Sequence[_Clause]) -> str:
    """The words around a figure as a name: '100% thủ tục …' is a share, other words keep '…' in its place."""
    head, tail = clause.head, _tail(text, clause)
    last = clauses[-1]
    shared = _PREDICATE.search(f" {_tail(text, last)} ")
    if clause is not last and shared and not _PREDICATE.search(f" {tail} "):
        tail += f" {_tail(text, last)} "[shared.start() :].rstrip()
    if not head and clause is not clauses[0] and clauses[0].head:
        head = clauses[0].head
    if not head and _CHANGES.match(text[clause.first : clause.figure.start]):
        return tail[:1].upper() + tail[1:]
    if not head:
        return f"Tỷ lệ {tail}" if clause.figure.percent else f"Số {tail}"
    named = re.match(r"(?:tỷ lệ|tỉ lệ|tỷ trọng|tỉ trọng|số|tốc độ|mức độ|tổng số)\b", head, re.IGNORECASE)
    joint = " " if named or not tail else " … "
    return f"{head[0].upper()}{head[1:]}{joint}{tail}".strip()


def _tail(text: str, clause: _Clause) -> str:
    behind = _BEHIND.match(text, clause.figure.end)
    tail = text[behind.end() if behind else clause.figure.end : clause.end]
    tail = re.sub(r"(?:[;,] ?)?(?: ?và)? ?$", "", tail)
    return _YEAR.sub("", tail).strip(" ,.;")


def _year_of(text: str, clause: _Clause, year: int | None) -> int | None:
    """The year of a clause: its own, else that of the sentence, else the given one. Raises WordingError for several."""
    own = _YEAR.findall(_BASE.sub("", text[clause.start : clause.end]))
    named = own or _YEAR.findall(_BASE.sub("", text))
    if len(set(named)) > 1:
        raise WordingError("câu nêu nhiều năm: không rõ năm nào của con số nào")
    return int(named[0]) if named else year


def _levels(text: str, clauses: Sequence[_Clause]) -> list[list[tuple[_Clause, int | None]]]:
    """The clauses of each row: one, or several that give the levels of one thing over the years.

    'đến năm 2026 đạt 50%, đến năm 2030 đạt 80%' is one row with two targets.
    """
    years = [_YEAR.findall(text[one.start : one.end]) for one in clauses]
    others = [
        text[one.start : one.figure.start] + " " + text[one.figure.end : one.end].rstrip(" .;") for one in clauses[1:]
    ]
    apart = any(len(found) != 1 for found in years) or not all(_ONLY_LEVELS.fullmatch(words) for words in others)
    if len(clauses) < 2 or apart:
        return [[(one, None)] for one in clauses]
    return [[(one, int(found[0])) for one, found in zip(clauses, years, strict=True)]]


def _row(
    paragraph: TextBlock,
    sentence: Sentence,
    clauses: Sequence[_Clause],
    levels: Sequence[tuple[_Clause, int | None]],
    kind: RowKind,
) -> DraftRow:
    clause = levels[0][0]
    if clause.doubt:
        raise WordingError(clause.doubt)
    made = DraftRow(kind, "", "", "", paragraph.place)
    start, name = sentence.start, _name(sentence.text, clause, clauses)
    if len(name) < SHORTEST_NAME:
        raise WordingError("không rõ con số của cái gì")
    last = levels[-1][0]
    made.fields["name"] = part_of(paragraph, start + clause.start, start + last.end, name, NAME_DOUBT)
    for one, year in levels:
        text, end = _printed(sentence.text, one)
        _agree(sentence.text[one.own : one.end].strip(" ,;."), text)
        made.targets.append(DraftTarget(part_of(paragraph, start + one.first, start + end, text), year))
    _unit(made, clause)
    if _DAY.search(sentence.text):
        made.doubts.append("câu nêu ngày, tháng hoặc quý: xem có phải hạn của mục tiêu, ghi deadline")
    return made


def _printed(text: str, clause: _Clause) -> tuple[str, int]:
    """The target as printed, with “phấn đấu” and the comparing word before the figure; and where it ends."""
    end = clause.figure.end
    if not clause.figure.percent and (following := _OR_AS_NEEDED.match(text, end)):
        end = following.end()
    if behind := _BEHIND.match(text, end):
        end = behind.end()
    if _BASE.search(text, end, clause.end):
        raise WordingError("“so với” đứng xa con số: ghi lại mục tiêu cho đủ")
    printed = text[clause.first : end].strip()
    if clause.far_aim:
        printed = f"Phấn đấu … {printed}"
    misprinted = re.match(r"phần đầu", printed, re.IGNORECASE)
    if misprinted:
        printed = ("Phấn đấu" if printed[0] == "P" else "phấn đấu") + printed[misprinted.end() :]
    return printed, end


def _agree(words: str, printed: str) -> None:
    """Raises WordingError where the grammar refuses the whole clause, or reads it otherwise than the printed target."""
    if fault := target_fault(printed):
        raise WordingError(fault)
    target = parse_target(printed)
    if target.standing:
        return  # a service level, whose clause says when it holds
    try:
        whole = parse_target(words)
    except TargetSyntaxError as error:
        raise WordingError(str(error)) from error
    growth = whole.comparator is Comparator.CHANGE and target.comparator is not Comparator.CHANGE
    if growth and _EACH_YEAR.search(words) and whole.low == (target.low or target.high):
        return
    if (whole.comparator, whole.low, whole.high) != (target.comparator, target.low, target.high):
        raise WordingError("cả câu và cụm con số có hai cách hiểu khác nhau")


def _unit(made: DraftRow, clause: _Clause) -> None:
    text = made.targets[0].text
    with_unit(made)
    unit = clause.figure.unit if not clause.figure.percent else ""
    if unit or ("unit" in made.fields and made.fields["unit"].value == "tiếng"):
        made.fields["unit"] = replace(text, value="giờ" if unit in ("tiếng", "") else unit)
    row_unit = made.fields["unit"].value if "unit" in made.fields else ""
    for target in made.targets:
        if fault := unit_fault(parse_target(target.text.value), row_unit):
            raise WordingError(fault)
