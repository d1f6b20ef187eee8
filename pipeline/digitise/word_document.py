"""A plan as Word file (.docx) into blocks: numbers that Word computes, merged cells, footnotes, soft breaks.

Tracked changes are refused: a text with two readings is read as neither. What is no text (pictures, embedded files)
is named with its place.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from pipeline.digitise.numbering import Numbering, W
from pipeline.documents.blocks import Block, Table, TableCell, TextBlock, to_plain
from pipeline.documents.labels import split_label
from pipeline.intake.cells import FileFaultError, text_cell
from pipeline.intake.word_tables import WordTable, is_struck, paragraph_text
from pipeline.intake.workbook_parts import damaged, examine_archive

LINES = 5_000
"""Paragraphs and rows of a document. The longest plan known has 600."""
PICTURE = "(hình, công thức hoặc tệp nhúng: không đọc được)"
"""The text of a block that stands for what is no text."""
_CHANGES = ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge")
_EXTERNAL = re.compile(rb"""<Relationship\s[^>]*TargetMode\s*=\s*["']External["'][^>]*>""")
_LINK = re.compile(rb"""Type\s*=\s*["'][^"']*/hyperlink["']""")


def read_word_plan(content: bytes) -> list[dict[str, object]]:
    """The blocks of a document, plain. Raises FileFaultError for what is hostile, tracked or no .docx."""
    archive = examine_archive(content, "word/document.xml", "tệp Word (.docx)")
    _refuse_hostile(archive)
    body = _part(archive, "word/document.xml").find(f"{W}body")
    if body is None:
        raise damaged()
    _refuse_tracked(body)
    numbering = Numbering.of(_part(archive, "word/numbering.xml"), _part(archive, "word/styles.xml"))
    notes = _notes(_part(archive, "word/footnotes.xml"))
    return to_plain(_Reader(numbering, notes).blocks(body))


def _refuse_hostile(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileFaultError("macro", "tệp", "văn bản có macro", "lưu thành .docx (không macro)")
    if any(name.startswith("word/afchunk") for name in names):
        raise FileFaultError("format", "tệp", "văn bản nhúng văn bản khác (altChunk)", "mở bằng Word, lưu lại .docx")
    for name in names:
        if not name.endswith(".rels"):
            continue
        for link in _EXTERNAL.findall(archive.read(name)):
            if not _LINK.search(link):
                message = "văn bản lấy một phần từ nơi khác (mẫu, ảnh, tệp liên kết)"
                raise FileFaultError("external-link", f"phần {name}", message, "bỏ liên kết (Edit Links), lưu lại")


def _part(archive: zipfile.ZipFile, name: str) -> Any:
    """A part, parsed; None where the document has none. Raises FileFaultError for one that cannot be."""
    from docx.oxml import parse_xml  # lxml, which resolves no entities

    if name not in archive.namelist():
        return None
    data = archive.read(name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise FileFaultError("xml-dtd", f"phần {name}", "tệp chứa khai báo DTD", "mở ra và lưu lại")
    try:
        return parse_xml(data)
    except MemoryError:
        raise
    except Exception as error:
        raise damaged() from error


def _refuse_tracked(body: Any) -> None:
    found = next(body.iter(*(f"{W}{name}" for name in _CHANGES)), None)
    if found is None:
        return
    paragraph = next((one for one in (found, *found.iterancestors()) if one.tag == f"{W}p"), None)
    words = "".join(text.text or "" for text in (paragraph if paragraph is not None else found).iter(f"{W}t"))
    raise FileFaultError(
        "tracked-changes",
        f"đoạn “{words[:60]}…”" if words else "tệp",
        "văn bản còn sửa đổi chưa chấp nhận (Track Changes): có hai cách đọc",
        "mở bằng Word, chọn Review → Accept All Changes (hoặc Reject), lưu lại",
    )


def _notes(root: Any) -> dict[str, str]:
    if root is None:
        return {}
    return {
        note.get(f"{W}id") or "": " ".join(filter(None, (paragraph_text(p) for p in note.iter(f"{W}p"))))
        for note in root.iterchildren(f"{W}footnote")
    }


class _Reader:
    """Walks the body once, so that numbers are counted in reading order."""

    def __init__(self, numbering: Numbering, notes: dict[str, str]) -> None:
        self._numbering, self._notes = numbering, notes
        self._paragraphs = self._tables = self._lines = 0

    def blocks(self, body: Any) -> Iterator[Block]:
        for part in body.iter(f"{W}p", f"{W}tbl"):
            above = [one.tag.rpartition("}")[2] for one in part.iterancestors()]
            if "tbl" in above or "Fallback" in above:
                continue  # inside a table that is read as a whole, or a text box said a second time
            if part.tag == f"{W}tbl":
                self._tables += 1
                yield from self._table(part, f"bảng {self._tables}")
            else:
                self._paragraphs += 1
                yield from self._paragraph(part, f"đoạn {self._paragraphs}")

    def _count(self, lines: int) -> None:
        self._lines += lines
        if self._lines > LINES:
            remedy = "tách phụ lục dài thành tệp riêng"
            raise FileFaultError("extent", "tệp", f"văn bản dài hơn {LINES} đoạn và dòng", remedy)

    def _paragraph(self, part: Any, place: str) -> Iterator[Block]:
        self._count(1)
        label = self._numbering.label(part.find(f"{W}pPr"))
        cell = text_cell(_own_text(part))
        struck = any(is_struck(run) and "".join(t.text or "" for t in run.iter(f"{W}t")) for run in part.iter(f"{W}r"))
        fault = cell.fault or ("struck" if struck else "")
        for number, line in enumerate(_soft_lines(cell.text)):
            typed, text = ("", line) if label and not number else split_label(line)
            if text or typed:
                yield TextBlock(text, place, (label if not number else "") or typed, fault)
        yield from self._beside(part, place)

    def _beside(self, part: Any, place: str) -> Iterator[Block]:
        """Pictures and footnotes of a paragraph or table, behind it."""
        for _ in part.iter(f"{W}pict", f"{W}object", f"{W}drawing"):
            if not any(True for _ in part.iter(f"{W}txbxContent")):
                yield TextBlock(PICTURE, place)
                break
        for reference in part.iter(f"{W}footnoteReference"):
            if text := self._notes.get(reference.get(f"{W}id") or "", ""):
                yield TextBlock(text, f"chú thích ở {place}", "*")

    def _table(self, part: Any, place: str) -> Iterator[Block]:
        table = WordTable.of(part, lambda paragraph: self._numbering.label(paragraph.find(f"{W}pPr")))
        self._count(len(table.lines))
        areas = {(first, left): (last, right) for first, last, left, right in table.merged}
        cells = []
        for number, line in enumerate(table.lines, start=1):
            for column, cell in sorted(line.items()):
                last, right = areas.get((number, column), (number, column))
                where = f"{place}, dòng {number}, cột {column + 1}"
                size = (last - number + 1, right - column + 1)
                lines = tuple(filter(None, (line.strip() for line in cell.text.split("\n"))))
                several = lines if len(lines) > 1 else ()
                cells.append(TableCell(cell.text, where, number - 1, column, *size, cell.fault, lines=several))
        heads = [row for row in part.iterchildren(f"{W}tr") if row.find(f"{W}trPr/{W}tblHeader") is not None]
        yield Table(tuple(cells), place, len(heads))
        yield from self._beside(part, place)


def _own_text(part: Any) -> str:
    """The text of a paragraph without that of a text box in it, which is a paragraph of its own."""
    if next(part.iter(f"{W}txbxContent"), None) is None:
        return paragraph_text(part)
    bare = deepcopy(part)
    for box in list(bare.iter(f"{W}txbxContent")):
        box.getparent().remove(box)
    return paragraph_text(bare)


def _soft_lines(text: str) -> list[str]:
    """A paragraph with soft breaks (Shift+Enter): several lines where each begins with a mark of its own, else one."""
    lines = [line.strip() for line in text.split("\n")]
    made = lines[:1]
    for line in lines[1:]:
        if split_label(line)[0]:
            made.append(line)
        else:
            made[-1] = f"{made[-1]} {line}".strip()
    return made
