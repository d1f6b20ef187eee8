"""Delimited text (CSV) into a grid, strictly by RFC 4180.

Python's csv reader accepts `$5"x"` inside an unquoted field even in strict mode: a lost comma before a quoted field
then moves half a row unseen. Here quotes are allowed only around a whole field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile

from pipeline.intake.cells import FileFaultError, Grid, Line, text_cell, widths
from pipeline.intake.legacy import legacy_fault, may_be_windows_1258, recognise

DELIMITERS = {",": "dấu phẩy", ";": "dấu chấm phẩy", "\t": "dấu tab", "|": "dấu gạch đứng"}
CELLS = 400_000
"""Cells of one file: a report has some thousands."""
_MARKUP = re.compile(r"\s*<(?:!doctype|html|\?xml|table|head|body|meta)\b", re.IGNORECASE)
_EXCEL_HINT = re.compile(r"sep=(.)\r?\n")


def read_delimited(content: bytes) -> Grid:
    """The grid of a CSV file. Raises FileFaultError if it cannot be read as a whole."""
    text = decode(content)
    if hint := _EXCEL_HINT.match(text):
        if hint[1] not in DELIMITERS:
            raise FileFaultError(
                "delimiter", "dòng 1", f"dấu phân cách lạ: {hint[1]!r}", "dùng dấu phẩy hoặc chấm phẩy"
            )
        return _grid(list(_lines(text[hint.end() :], hint[1], 2)))
    return _grid(_best(text))


def decode(content: bytes) -> str:
    """Strict UTF-8, or UTF-16 with its mark. Raises FileFaultError; no other encoding is guessed."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in content:
        raise _nul(content.count(b"\n", 0, content.index(b"\0")) + 1)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _not_unicode(content, encoding, f"dòng {line}") from error
    if "\0" in text:
        raise _nul(text.count("\n", 0, text.index("\0")) + 1)
    if _MARKUP.match(text):
        raise FileFaultError(
            "format", "dòng 1", "là trang HTML hoặc XML, không phải CSV", "tải lại tệp, gửi đúng tệp số liệu"
        )
    return text


def _not_unicode(content: bytes, encoding: str, place: str) -> FileFaultError:
    """The refusal of bytes that `encoding` does not allow, with what they may be instead."""
    start, guess = content[:100_000], ""
    if encoding == "utf-16":
        guess = "UTF-16 bị cắt"
    elif legacy := recognise([start.decode("latin-1")]):
        return legacy_fault(legacy, place)
    elif may_be_windows_1258(start):
        guess = "Windows-1258"
    return FileFaultError(
        "encoding",
        place,
        f"không phải UTF-8{f', có lẽ là {guess}' if guess else ''}",
        "trong Excel: Lưu thành → CSV UTF-8; chữ TCVN3, VNI thì đổi sang Unicode trước",
    )


def _nul(line: int) -> FileFaultError:
    return FileFaultError(
        "nul", f"dòng {line}", "có ký tự NUL (UTF-16 thiếu dấu đầu tệp, hoặc tệp hỏng)", "lưu lại thành CSV UTF-8"
    )


def _best(text: str) -> list[Line]:
    """The reading under the one delimiter that gives tables. Raises FileFaultError if it is unclear which."""
    candidates = [d for d in DELIMITERS if d in text]
    if not candidates:
        return list(_lines(text, ",", 1))
    readings: dict[str, list[Line]] = {}
    faults: dict[str, FileFaultError] = {}
    for delimiter in candidates:
        try:
            readings[delimiter] = list(_lines(text, delimiter, 1))
        except FileFaultError as fault:
            faults[delimiter] = fault
    scores = {d: _tabular(lines) for d, lines in readings.items()}
    intended = _intended(text)
    if intended in faults:  # not to be hidden by another delimiter that happens to give a table
        whole = [d for d, lines in readings.items() if _is_table(lines, 2 if _sets_apart(d, text) else 3)]
        if len(whole) != 1:
            raise faults[intended]
        intended = whole[0]
    best = max(scores.values(), default=0)
    leading = [d for d, score in scores.items() if score == best]
    if best == 0:
        if faults:
            raise next(iter(faults.values()))
        if len(candidates) == 1:
            return readings[candidates[0]]
    if intended in leading:
        leading = [intended]
    if len(leading) != 1:
        names = " hay ".join(DELIMITERS[d] for d in leading)
        raise FileFaultError(
            "delimiter", "tệp", f"không rõ ô ngăn cách bằng {names}", "lưu lại thành CSV ngăn cách bằng dấu phẩy"
        )
    return readings[leading[0]]


def _is_table(lines: list[Line], least: int) -> bool:
    """Whether below the titles nearly all lines have one width, of `least` cells or more: no accident of commas."""
    filled = [line for line in lines if not line.blank]
    rows = list(dropwhile(lambda line: len(line.cells) == 1, filled))
    width, score = max(widths(rows).items(), key=lambda item: item[1], default=(0, 0))
    return width >= least and score >= 2 and score >= 0.9 * len(rows)


def _sets_apart(delimiter: str, text: str) -> bool:
    """Whether a whole cell between two such delimiters, or an end of a line, is quoted: no accident within texts."""
    edge = re.escape(delimiter)
    return bool(re.search(rf'(?:^|{edge})"[^"\r\n]{{0,2000}}"(?:{edge}|\r?$)', text, re.MULTILINE))


def _intended(text: str) -> str:
    """The delimiter that most often stands outside quotes in the first ten lines."""
    head = re.sub(r'"[^"]*"', "", "\n".join(text.splitlines()[:10]))
    return max(DELIMITERS, key=head.count)


def _tabular(lines: list[Line]) -> int:
    """How many lines share the most common width of two cells or more."""
    return max((count for width, count in widths(lines).items() if width > 1), default=0)


def _lines(text: str, delimiter: str, number: int) -> Iterator[Line]:
    escaped = re.escape(delimiter)
    field = re.compile(rf'(?:"((?:[^"]|"")*)"|([^"{escaped}\r\n]*))({escaped}|\r\n|\n|\r|\Z)')
    cells: list[str] = []
    position, start, count = 0, number, 0
    while position < len(text) or cells:
        found = field.match(text, position)
        if found is None:
            raise FileFaultError(
                "quote",
                f"dòng {number}",
                f"dấu nháy kép không khớp ở cột {len(cells) + 1}",
                "đặt cả ô trong dấu nháy, dấu nháy trong ô viết thành hai",
            )
        quoted, bare, end = found.groups()
        if quoted is not None:
            number += quoted.count("\n") + quoted.count("\r") - quoted.count("\r\n")
            cells.append(quoted.replace('""', '"'))
        else:
            cells.append(bare)
        position, count = found.end(), count + 1
        if count > CELLS:
            raise FileFaultError(
                "extent", f"dòng {number}", f"tệp có hơn {CELLS} ô", "xóa các dòng, cột thừa, chỉ gửi bảng số liệu"
            )
        if end != delimiter:
            yield Line(start, tuple(text_cell(cell) for cell in cells))
            cells = []
            number += 1
            start = number


def _grid(lines: list[Line]) -> Grid:
    filled = tuple(line for line in lines if not line.blank)
    if not filled:
        raise FileFaultError("empty", "tệp", "tệp rỗng", "điền số liệu rồi gửi lại")
    return Grid("", filled, constant_width=True)
