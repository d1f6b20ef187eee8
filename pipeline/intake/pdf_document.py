"""A born-digital PDF into blocks: lines into paragraphs, ruled tables into cells. Plans and submissions are read so.

Only text that is in the file is read. A page that is a picture (scan) is refused: what letters it shows is not known.
"""

from __future__ import annotations

import io
import re
import statistics
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from pipeline.documents.blocks import Block, Table, TableCell, TextBlock, to_plain
from pipeline.documents.join_blocks import one_line
from pipeline.documents.labels import split_label
from pipeline.intake.cells import FileFaultError, text_cell

PAGES = 200
"""Pages of a document. The longest plan known has 60."""
ROWS = 5_000
"""Rows of tables of a document."""
_FEW = 20
"""Letters of a page that shows a picture and no text."""
_COVERED = 0.7
"""Share of a page: a larger picture is the page itself, and text on it was put there by reading the picture (OCR)."""
_OVER = 0.25
"""Times the height of a letter: so far a text reaches over a rule by the play of fonts."""
_SMALL = 0.8
"""Times the size of the other digits of a cell: smaller ones are raised."""
_GAP = 1.35
"""Times the usual distance of lines: from here on a new paragraph begins."""
_APART = 2.5
"""Times the height of a letter: words farther apart are of two columns (letterhead)."""
_RULE = 2.0
"""Points: the greatest thickness of a rule."""
_Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom; points."""
_SYMBOL = re.compile(r"^[\uf000-\uf0ff] (?=\S)")
"""A bullet of a symbol font, which has no letter of its own."""
_ENDED = (".", ";", ":", "!", "?", "./.")


def read_pdf_plan(content: bytes) -> list[dict[str, object]]:
    """The blocks of a document, plain. Raises what `pdf_blocks` raises."""
    return to_plain(pdf_blocks(content))


def pdf_blocks(content: bytes) -> list[Block]:
    """The blocks of a document, page by page. Raises FileFaultError for a scan, a locked or a broken file."""
    import pdfplumber
    from pdfplumber.utils.exceptions import PdfminerException

    if not content[:1024].lstrip().startswith(b"%PDF-"):
        raise FileFaultError("format", "tệp", "không phải tệp PDF", "gửi đúng đuôi tệp")
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) > PAGES:
                raise FileFaultError("extent", "tệp", f"dài hơn {PAGES} trang", "tách phụ lục dài thành tệp riêng")
            return list(_Reader().blocks(pdf.pages))
    except (FileFaultError, MemoryError):
        raise
    except PdfminerException as error:
        if any(isinstance(inner, MemoryError) for inner in error.args):
            raise MemoryError from error
        locked = "PDFPasswordIncorrect" in repr(error) or "Encrypt" in repr(error)
        message = "tệp PDF đặt mật khẩu" if locked else "tệp PDF bị hỏng"
        raise FileFaultError("format" if locked else "damaged", "tệp", message, "lưu lại PDF từ Word") from error
    except Exception as error:
        raise FileFaultError("damaged", "tệp", "tệp PDF bị hỏng", "lưu lại PDF từ Word") from error


@dataclass(frozen=True)
class _Line:
    """A line of a page outside its tables."""

    text: str
    page: int
    number: int
    top: float
    left: float
    right: float
    size: float
    fault: str = ""


class _Reader:
    def __init__(self) -> None:
        self._tables = self._rows = 0

    def blocks(self, pages: Sequence[Any]) -> Iterator[Block]:
        held: list[_Line | Table] = []
        for page in pages:
            held += self._page(page)
            page.close()
        lines = [one for one in held if isinstance(one, _Line)]
        pitch = _usual([b.top - a.top for a, b in pairwise(lines) if a.page == b.page])
        margin = max((line.right for line in lines), default=0.0)
        paragraph: list[_Line] = []
        for one in held:
            if isinstance(one, _Line) and paragraph and _same_paragraph(paragraph[-1], one, pitch, margin):
                paragraph.append(one)
                continue
            if paragraph:
                yield _paragraph(paragraph)
            paragraph = [one] if isinstance(one, _Line) else []
            if isinstance(one, Table):
                yield one
        if paragraph:
            yield _paragraph(paragraph)

    def _page(self, page: Any) -> Iterator[_Line | Table]:
        """Lines and tables of a page, from top to bottom."""
        if _is_scan(page):
            remedy = "lấy bản Word, hoặc bản PDF xuất từ Word; bản chụp phải gõ lại"
            raise FileFaultError("scan", f"trang {page.page_number}", "trang là ảnh chụp (scan)", remedy)
        words = page.extract_words(x_tolerance_ratio=0.15, y_tolerance=3, extra_attrs=["size"])
        rules = _thin(page)
        for word in words:
            word["struck"] = any(_strikes(rule, word) for rule in rules)
        tables = [one for one in page.find_tables() if len(one.cells) > 1]
        runs = _runs(page) if tables else []
        found: list[tuple[float, _Line | Table]] = []
        for table in tables:
            inside = [word for word in words if _within(word, table.bbox)]
            words = [word for word in words if not _within(word, table.bbox)]
            spilt = _spilt(runs, table.cells)
            found.append((table.bbox[1], self._table(table, inside, spilt, page.page_number)))
        for number, line in enumerate(_lines(words), start=1):
            shown = " ".join(word["text"] for word in line)
            if not _is_page_number(shown, line[0]["top"], page):
                shown = _SYMBOL.sub("- ", shown)
                found.append((line[0]["top"], _line(shown, line, page.page_number, number)))
        return iter([one for _, one in sorted(found, key=lambda pair: pair[0])])

    def _table(self, table: Any, words: Sequence[dict[str, Any]], spilt: Collection[_Box], page: int) -> Table:
        self._tables += 1
        across = _edges([x for cell in table.cells for x in (cell[0], cell[2])])
        down = _edges([y for cell in table.cells for y in (cell[1], cell[3])])
        self._rows += len(down)
        if self._rows > ROWS:
            raise FileFaultError("extent", "tệp", f"bảng dài hơn {ROWS} dòng", "tách phụ lục dài thành tệp riêng")
        cells = []
        for box in sorted(table.cells, key=lambda one: (one[1], one[0])):
            row, column = _at(down, box[1]), _at(across, box[0])
            inner = [word for word in words if _within(word, box)]
            text = "\n".join(" ".join(word["text"] for word in line) for line in _lines(inner, apart=0))
            cell = text_cell(one_line(text))
            place = f"trang {page}, bảng {self._tables}, dòng {row + 1}, cột {column + 1}"
            height, width = _at(down, box[3]) - row, _at(across, box[2]) - column
            fault = cell.fault or ("spilt" if box in spilt else _fault(inner) or _raised(inner))
            cells.append(TableCell(cell.text, place, row, column, max(height, 1), max(width, 1), fault))
        return Table(tuple(cells), f"trang {page}, bảng {self._tables}", page=page, rules=tuple(across))


def _usual(distances: Sequence[float]) -> float:
    ordinary = [one for one in distances if 4 < one < 60]
    return statistics.median_low(sorted(ordinary)[: max(len(ordinary) * 3 // 4, 1)]) if ordinary else 14.0


def _within(word: dict[str, Any], box: _Box) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _lines(words: Sequence[dict[str, Any]], apart: float = _APART) -> list[list[dict[str, Any]]]:
    """Words of one height as lines, from top to bottom; with `apart`, words far from each other part a line."""
    rows: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda one: (one["bottom"], one["x0"])):
        if rows and abs(rows[-1][-1]["bottom"] - word["bottom"]) < word["size"] / 3:
            rows[-1].append(word)
        else:
            rows.append([word])
    made = []
    for row in rows:
        row.sort(key=lambda one: one["x0"])
        line = [row[0]]
        for word in row[1:]:
            if apart and word["x0"] - line[-1]["x1"] > apart * word["size"]:
                made.append(line)
                line = []
            line.append(word)
        made.append(line)
    return made


def _line(text: str, words: Sequence[dict[str, Any]], page: int, number: int) -> _Line:
    first = words[0]
    return _Line(text, page, number, first["top"], first["x0"], words[-1]["x1"], first["size"], _fault(words))


def _fault(words: Sequence[dict[str, Any]]) -> str:
    return "struck" if any(word["struck"] for word in words) else ""


def _runs(page: Any) -> list[dict[str, Any]]:
    """Texts of a page that go on without a gap, blanks among their letters, none at their ends."""
    found = page.extract_words(x_tolerance_ratio=0.15, y_tolerance=3, keep_blank_chars=True, return_chars=True)
    letters = ((run, [char for char in run["chars"] if char["text"].strip()]) for run in found)
    return [run | {"x0": seen[0]["x0"], "x1": seen[-1]["x1"]} for run, seen in letters if seen]


def _spilt(runs: Sequence[dict[str, Any]], boxes: Sequence[_Box]) -> set[_Box]:
    """The cells over whose border a text runs: what of it is hidden on the page is in the file all the same."""
    found: set[_Box] = set()
    for run in runs:
        height = run["bottom"] - run["top"]
        touched = [
            box
            for box in boxes
            if min(run["x1"], box[2]) - max(run["x0"], box[0]) > _OVER * height
            and min(run["bottom"], box[3]) - max(run["top"], box[1]) > _OVER * height
        ]
        found.update(touched if len(touched) > 1 else ())
    return found


def _raised(words: Sequence[dict[str, Any]]) -> str:
    """A number with smaller digits beside it: the mark of a footnote, which a page does not tell from the number."""
    if not re.fullmatch(r"[0-9][0-9., ]*(?:%[0-9 ]*)?", " ".join(word["text"] for word in words)):
        return ""
    sizes = [word["size"] for word in words]
    return "superscript" if min(sizes) < _SMALL * max(sizes) else ""


def _is_scan(page: Any) -> bool:
    """Whether a page is a picture: it has no letters, or those that a program has guessed lie behind the picture."""
    if len(page.chars) < _FEW and page.images:
        return True
    covered = (one["width"] * one["height"] for one in page.images)
    return any(area > _COVERED * page.width * page.height for area in covered)


def _thin(page: Any) -> list[tuple[float, float, float]]:
    """Rules of a page that lie flat: left, right and height; a letter that one runs through is struck out."""
    flat = [one for one in (*page.lines, *page.rects) if one["bottom"] - one["top"] < _RULE]
    return [(one["x0"], one["x1"], (one["top"] + one["bottom"]) / 2) for one in flat]


def _strikes(rule: tuple[float, float, float], word: dict[str, Any]) -> bool:
    left, right, at = rule
    height = word["bottom"] - word["top"]
    middle = word["top"] + 0.35 * height < at < word["bottom"] - 0.25 * height
    return bool(middle and min(right, word["x1"]) - max(left, word["x0"]) > 0.4 * (word["x1"] - word["x0"]))


def _is_page_number(text: str, top: float, page: Any) -> bool:
    at_edge = top < 0.08 * page.height or top > 0.92 * page.height
    return at_edge and bool(re.fullmatch(r"[-– ]*[0-9]{1,3}[-– ]*|[Tt]rang [0-9]{1,3}(?:/[0-9]{1,3})?", text))


def _same_paragraph(last: _Line, line: _Line, pitch: float, margin: float) -> bool:
    """Whether a line goes on with the paragraph of the one before it."""
    ended = last.text.endswith(_ENDED)
    full = last.right > margin - 0.2 * (margin - min(last.left, line.left))
    if last.page == line.page and not 0 < line.top - last.top < _GAP * pitch:
        return False
    if abs(last.size - line.size) > 1 or last.text.isupper() is not line.text.isupper():
        return False
    label, _ = split_label(line.text)
    if label and (ended or not full or line.left > last.left + 3):
        return False
    if last.page != line.page:
        return line.text[:1].islower() or (full and not ended)
    return full or (not ended and line.text[:1].islower())


def _paragraph(lines: Sequence[_Line]) -> TextBlock:
    first, last = lines[0], lines[-1]
    cell = text_cell(one_line("\n".join(line.text for line in lines)))
    label, text = split_label(cell.text)
    place = f"trang {first.page}, dòng {first.number}"
    if (last.page, last.number) != (first.page, first.number):
        place += f" – {f'trang {last.page}, ' if last.page != first.page else ''}dòng {last.number}"
    return TextBlock(text, place, label, cell.fault or next((line.fault for line in lines if line.fault), ""))


def _edges(values: Sequence[float]) -> list[float]:
    """Positions of rules, those closer than 2 points as one."""
    made: list[float] = []
    for value in sorted(values):
        if not made or value - made[-1] > 2:
            made.append(value)
    return made


def _at(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda n: abs(edges[n] - value))
