"""Which column of a table holds the result (kết quả) of the period; where two honestly may, the sender is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.errors import Finding
from pipeline.intake.cells import FileFaultError, Grid, Line, column_letter, place_on
from pipeline.intake.heading_words import Sense, looks_like_a_value, sense_of
from pipeline.intake.headings import Column, TableHeading
from pipeline.intake.rows import FileKind
from pipeline.intake.scope import Whose

_NUMBER = re.compile(r"[<>=≥≤ ]{0,3}-?[0-9][0-9.,]{0,30} ?%{0,2}")
_LOOKED_AT = 300
"""Lines below a head by which it is judged what a column holds."""


@dataclass(frozen=True)
class Result:
    """The column of the result, and what its headings say beyond its meaning."""

    column: int
    unit: str = ""
    """'%' where the heading says so; for rows that write no unit."""
    basis: str = ""
    """'Lũy kế' where the heading says so; for tables without a column for it."""
    counts: int | None = None
    """The column of numbers beside that of rates, for rows whose unit is not %."""
    remarks: tuple[Finding, ...] = ()


def result_of(heading: TableHeading, grid: Grid, after: int, whose: Whose) -> Result | None:
    """The column of the result of a table whose rows begin at line `after` of the grid; None where it has none.

    Raises FileFaultError with a question where several columns may hold it.
    """
    if heading.kind is FileKind.TASKS:
        return None
    number = grid.lines[after - 1].number
    _refuse_hidden(heading, grid, number)
    lines = grid.lines[after : after + _LOOKED_AT]
    shown = [c for c in heading.results if _shown(c, grid)]
    withdrawn = [c for c in heading.results if c not in shown]
    if not shown:
        return None
    best = _one_of(shown)
    rivals = [c for c in shown if c not in best] if len(best) == 1 else []
    planned = any(c.meaning in ("target", "rate") for c in heading.described)
    counts = next((c for c in rivals if _paired(best[0], c) and not planned), None)
    settled = len(best) == 1 and best[0].status == "same"
    unread = [
        c for c in _unread(heading, lines, settled=settled) if not (settled and _of_a_plan(c, best[0], heading, whose))
    ]
    parts = [c for c in heading.described if c.meaning == "previous" and c.status == "part"]
    if len(best) > 1 and not planned and (proved := _proved(best, heading, lines)):
        best, unread = [proved], []
        rivals = []
    if len(best) == 1 and best[0].status == "end" and parts:
        best = [*parts, best[0]]
    doubtful = len(best) == 1 and _doubtful(
        best[0], heading, [*unread, *withdrawn, *[r for r in rivals if r is not counts]], lines
    )
    # Beside a result that is hidden or struck out, only a plain one is taken in its place.
    doubtful = doubtful or (
        bool(withdrawn) and not (best[0].status in ("", "same") and not best[0].sort and not best[0].bare)
    )
    if len(best) > 1 or unread or doubtful:
        chosen = _asked(grid, number, heading, [*best, *[r for r in rivals if doubtful], *unread], whose)
    else:
        chosen = best[0]
    return Result(
        chosen.index,
        _unit(chosen),
        "Lũy kế" if chosen.sort == "cumulative" and "basis" not in heading.columns else "",
        counts.index if counts is not None and chosen in best else None,
        tuple(_understood(chosen, [r for r in rivals if r is not counts], grid, number, whose)),
    )


def _one_of(columns: Sequence[Column]) -> list[Column]:
    """The columns that may hold the result; one where the others clearly hold something else."""
    best = [c for c in columns if c.status == "same" and c.sort in ("", "plan")]
    if len(best) == 1 and all(c.status in ("around", "end") and not c.sort for c in columns if c not in best):
        return best
    pairs = [c for c in columns if any(_paired(c, other) for other in columns)]
    return pairs if len(columns) == 2 and pairs else list(columns)


def _paired(rate: Column, count: Column) -> bool:
    """Whether two columns below one heading are the rate and the number of the same result."""
    below_one = len(rate.texts) > 1 and rate.texts[:-1] == count.texts[:-1]
    return below_one and (rate.measure, count.measure) == ("rate", "count")


def _proved(columns: Sequence[Column], heading: TableHeading, lines: Sequence[Line]) -> Column | None:
    """The rate of 'Số lượng, Tổng số, Tỷ lệ' where every row of three numbers proves it: the count over the total."""
    rates = [c for c in columns if c.weak or c.measure == "rate"]
    counts = [c for c in columns if c.measure == "count"]
    total = heading.columns.get("denominator")
    if len(columns) != 2 or len(rates) != 1 or len(counts) != 1 or total is None:
        return None
    rows = [[_number(line.cell(c).text) for c in (counts[0].index, total, rates[0].index)] for line in lines]
    full = [(n, d, r) for n, d, r in rows if n is not None and d and r is not None]
    return rates[0] if full and all(abs(100 * n / d - r) <= 0.11 for n, d, r in full) else None


def _number(text: str) -> float | None:
    plain = text.rstrip("% ").replace(",", ".")
    return float(plain) if re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", plain) else None


def _refuse_hidden(heading: TableHeading, grid: Grid, number: int) -> None:
    """Raises FileFaultError where every column of results is hidden."""
    results = heading.results
    if results and not any(_shown(c, grid) for c in results) and "numerator" not in heading.columns:
        where = f"{place_on(grid)}ô {results[0].letter}{number}"
        message = f"cột kết quả “{results[0].label}” đang ẩn hoặc bị gạch, không đọc"
        raise FileFaultError("header", where, message, "bỏ ẩn, bỏ gạch cột kết quả rồi gửi lại")


def _shown(column: Column, grid: Grid) -> bool:
    """Whether a column is neither hidden nor struck out."""
    return not column.faulty and column.index not in grid.hidden_columns


def _doubtful(column: Column, heading: TableHeading, others: Sequence[Column], lines: Sequence[Line]) -> bool:
    """Whether the one column found may be something else: the rate at which the target was reached, a bare count."""
    planned = any(c.meaning in ("target", "rate") for c in heading.described)
    if column.weak and (planned or others):
        return True
    if column.measure == "rate" and planned and others:
        return True
    return (
        column.bare
        and column.measure == "count"
        and "unit" not in heading.columns
        and _figures(column.index, lines) > 0
    )


def _unit(column: Column) -> str:
    """The unit that the headings give."""
    return column.unit or ("%" if column.measure == "rate" and len(column.texts) > 1 else "")


def _unread(heading: TableHeading, lines: Sequence[Line], *, settled: bool) -> Iterator[Column]:
    """Columns that look like values and are not read: by their headings, by the numbers below, or without a heading."""
    described = {column.index for column in heading.described}
    for column in heading.described:
        if column.meaning or column.faulty:
            continue
        if looks_like_a_value(column.label):
            if any(re.search(r"[0-9]", line.cell(column.index).text) for line in lines):
                yield column
        elif not settled and _figures(column.index, lines) >= 0.5:
            yield column
    for index in range(max(described)):
        if index not in described and _figures(index, lines) >= 0.5:
            yield Column(index, ("không có tiêu đề",))


def _of_a_plan(column: Column, result: Column, heading: TableHeading, whose: Whose) -> bool:
    """Whether a column is headed by another year alone, 'Năm 2025' or '2030', or by the own one in a row of targets.

    '2025' beside '2030' and 'Kết quả 2025' is a target.
    """
    year = _bare_year(column, whose)
    if year == 0 or whose.period is None:
        return False
    later = any(_bare_year(c, whose) > whose.period.year for c in heading.described)
    return year != whose.period.year or (later and not result.bare)


def _bare_year(column: Column, whose: Whose) -> int:
    """The year that is all a heading says; 0 for any other."""
    said = sense_of(column.label, whose.period.year) if whose.period else Sense()
    plain = said.bare and not (said.when or said.sort or said.measure or said.day or said.bracket)
    return said.periods[0].year if plain and len(said.periods) == 1 and not said.periods[0].part else 0


def _figures(column: int, lines: Sequence[Line]) -> float:
    """The share of filled cells of a column that are numbers."""
    filled = [text for line in lines if (text := line.cell(column).text)]
    return sum(bool(_NUMBER.fullmatch(text)) for text in filled) / len(filled) if filled else 0


def _asked(grid: Grid, number: int, heading: TableHeading, columns: Sequence[Column], whose: Whose) -> Column:
    """The column that the sender has named. Raises FileFaultError with the question."""
    if len(columns) == 1:
        message = f"cột “{columns[0].label}” là số lượng hay tỷ lệ? Chưa có cột đơn vị tính"
        if withdrawn := [c for c in heading.results if not _shown(c, grid)]:
            message = (
                f"cột “{withdrawn[0].label}” đang ẩn hoặc bị gạch: cột “{columns[0].label}” có phải là kết quả không?"
            )
        elif columns[0].weak:
            message = f"cột “{columns[0].label}” là kết quả của chỉ tiêu hay là tỷ lệ hoàn thành kế hoạch?"
    else:
        named = " hay ".join(f"“{c.label}” (ô {c.letter}{number})" for c in columns)
        message = f"cột nào là kết quả {whose.label}: {named}?"
    plainly = all(c.meaning == "value" and not c.weak for c in columns) and len(columns) > 1
    rule = "heading-repeated" if plainly else "which-column"
    where = " và ".join(f"{c.letter}{number}" for c in columns)
    labels = [_choice(c) for c in columns]
    about = [c.label for c in heading.described]
    answer = whose.ask(rule, f"{place_on(grid)}ô {where}", message, about, labels)
    return next(c for c, label in zip(columns, labels, strict=True) if label == answer)


def _choice(column: Column) -> str:
    return column.label if column.texts != ("không có tiêu đề",) else f"cột {column_letter(column.index)}"


def _understood(column: Column, rivals: Sequence[Column], grid: Grid, number: int, whose: Whose) -> Iterator[Finding]:
    """How a heading was understood that does not name the period itself."""
    place = f"{place_on(grid)}ô {column.letter}{number}"
    why = {"estimate": "số ước", "cumulative": "số lũy kế"}.get(column.sort, "")
    if column.status in ("around", "end", "mixed") or why:
        said = f"cột “{column.label}” được hiểu là kết quả {whose.label}{f', {why}' if why else ''}"
        yield Finding(whose.file, place, "column-understood", said, "ghi rõ kỳ trong tiêu đề nếu không phải")
    for rival in rivals:
        where = f"{place_on(grid)}ô {rival.letter}{number}"
        yield Finding(
            whose.file, where, "column-unused", f"cột “{rival.label}” không dùng; kết quả lấy ở “{column.label}”"
        )


def without_hidden(heading: TableHeading, grid: Grid, number: int, file: str) -> tuple[TableHeading, list[Finding]]:
    """The heading without hidden or struck columns of figures, and a remark on every hidden column of it.

    A hidden column that says what a row is about stays: left out, it would change what the row means.
    """
    withdrawn: set[str] = set()
    remarks = []
    for column in heading.described:
        name = next((name for name, index in heading.columns.items() if index == column.index), "")
        hidden = column.index in grid.hidden_columns
        if not hidden and not column.faulty:
            continue
        figures = name in ("value", "numerator", "denominator", "absence") or name.endswith("_on") or column.faulty
        figures = figures or column in heading.results
        withdrawn |= {name} if figures else set()
        state = "đang ẩn" if hidden else "có tiêu đề bị gạch hoặc hỏng"
        what = "không đọc" if figures or not (name or column.meaning) else "vẫn được đọc"
        place = f"{place_on(grid)}ô {column.letter}{number}"
        message = f"cột “{column.label[:60]}” {state}, {what}"
        remarks.append(Finding(file, place, "hidden-column", message, "bỏ ẩn, hoặc xóa nếu không phải số liệu"))
    kept = {name: index for name, index in heading.columns.items() if name not in withdrawn}
    return replace(heading, columns=kept), remarks
