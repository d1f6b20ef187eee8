"""Row headers (ô tiêu đề của dòng) in a finished PDF: what a screen reader says before the other cells of the row.

Typst marks only column headers and headings of groups: its `pdf.header-cell` with scope "row" belongs to a feature that
the Python package cannot switch on. So the structure tree is edited after setting (ISO 32000-1, 14.8.4.3.4 and table
349). Each cell is tied to the header of its column, of its groups and of its row; a group no longer to every column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.errors import InternalError

_XREF = re.compile(rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [nf]\r\n)+)trailer\n(.*?)startxref\n(\d+)\n%%EOF", re.DOTALL)
_HEADERS = re.compile(rb"/Headers\[([^\]]*)\]")
_CHILDREN = re.compile(rb"/K\[([^\]]*)\]")
_NAMES = re.compile(rb"(?<=/IDTree<</Names\[)[^\]]*")
_TABLE, _ROW, _HEAD, _CELL = b"/StructElem/S/Table/", b"/StructElem/S/TR/", b"/StructElem/S/TH/", b"/StructElem/S/TD/"


def with_row_heads(pdf: bytes, columns: Sequence[int]) -> bytes:
    """The file in which the cell at `columns[n]` (from 0) heads each row of the n-th table; equal input, equal bytes.

    Raises InternalError if the file is not laid out as Typst does: the header of a wrong row is worse than none.
    """
    objects, trailer = _read(pdf)
    tables = [number for number, text in objects.items() if _TABLE in text]
    if len(tables) != len(columns):
        raise _unexpected(f"{len(tables)} bảng thay vì {len(columns)}")
    added: list[bytes] = []
    for table, column in zip(tables, columns, strict=True):
        added += _head_rows(objects, table, column)
    if added:
        root = next((number for number, text in objects.items() if b"/Type/StructTreeRoot" in text), 0)
        objects[root] = _NAMES.sub(lambda names: _sorted_names(names.group(), added), objects.get(root, b""), count=1)
    return _written(pdf, objects, trailer)


def _head_rows(objects: dict[int, bytes], table: int, column: int) -> Iterator[bytes]:
    """Edit the rows of one table; gives the entries of the new headers for the tree of identifiers."""
    rows = [row for part in _children(objects[table]) for row in _children(objects[part]) if _ROW in objects[row]]
    heads: list[bytes] = []
    for y, row in enumerate(rows):
        cells = _children(objects[row])
        if y == 0:
            heads = [_identifier(objects[cell]) for cell in cells]
        elif all(_HEAD in objects[cell] for cell in cells):
            for cell in cells:
                objects[cell] = _tied(objects[cell], without=heads)
        else:
            if len(cells) != len(heads):
                raise _unexpected(f"dòng {y} có {len(cells)} ô thay vì {len(heads)}")
            of_row = heads[column].removesuffix(b"y0)") + b"y%d)" % y
            for place, cell in enumerate(cells):
                own = () if place == column else (of_row,)
                objects[cell] = _tied(objects[cell], without=heads, before=(heads[place],), after=own)
            objects[cells[column]] = _as_row_head(objects[cells[column]], of_row)
            yield b"%s%d 0 R" % (of_row, cells[column])


def _tied(cell: bytes, *, without: Sequence[bytes], before: Sequence[bytes] = (), after: Sequence[bytes] = ()) -> bytes:
    """The cell with its list of headers changed."""
    if not (found := _HEADERS.search(cell)):
        raise _unexpected("ô không nêu tiêu đề")
    kept = [head for head in re.findall(rb"\([^)]*\)", found[1]) if head not in without]
    return cell[: found.start(1)] + b"".join((*before, *kept, *after)) + cell[found.end(1) :]


def _as_row_head(cell: bytes, identifier: bytes) -> bytes:
    if _CELL not in cell or cell.count(b"/A[<</O/Table") != 1:
        raise _unexpected("ô tiêu đề của dòng không phải ô số liệu")
    named = cell.replace(b"/A[<</O/Table", b"/ID" + identifier + b"/A[<</O/Table/Scope/Row")
    return named.replace(_CELL, _HEAD, 1)


def _identifier(cell: bytes) -> bytes:
    found = re.search(rb"/ID(\(U\d+x\d+y0\))", cell)
    if not found:
        raise _unexpected("ô tiêu đề cột không có mã")
    return found[1]


def _children(element: bytes) -> list[int]:
    found = _CHILDREN.search(element)
    return [int(number) for number in re.findall(rb"(\d+) 0 R", found[1])] if found else []


def _sorted_names(names: bytes, added: Sequence[bytes]) -> bytes:
    """A name tree is in the order of its keys (7.9.6)."""
    entries: list[bytes] = [*re.findall(rb"\([^)]*\)\d+ 0 R", names), *added]
    entries.sort(key=lambda entry: entry[: entry.index(b")")])
    return b"".join(entries)


def _read(pdf: bytes) -> tuple[dict[int, bytes], re.Match[bytes]]:
    """The objects by number, each with its head and end, and the end of the file."""
    end = _XREF.search(pdf, max(0, pdf.rfind(b"\nxref\n")))
    if not end or int(end[4]) != end.start():
        raise _unexpected("không có bảng địa chỉ")
    places = [int(entry[:10]) for entry in end[2].split(b"\r\n")[1:-1]]
    if places != sorted(places):
        raise _unexpected("các phần không theo thứ tự")
    limits = zip(places, [*places[1:], end.start()], strict=True)
    return {number: pdf[start:stop] for number, (start, stop) in enumerate(limits, start=1)}, end


def _written(pdf: bytes, objects: dict[int, bytes], end: re.Match[bytes]) -> bytes:
    first = int(end[2][20:30])
    parts, places, here = [pdf[:first]], [end[2][:20]], first
    for text in objects.values():
        places.append(b"%010d 00000 n\r\n" % here)
        parts.append(text)
        here += len(text)
    tail = b"xref\n0 %s\n%strailer\n%sstartxref\n%d\n%%%%EOF" % (end[1], b"".join(places), end[3], here)
    return b"".join(parts) + tail + pdf[end.end() :]


def _unexpected(what: str) -> InternalError:
    return InternalError(f"Không ghi được tiêu đề dòng vào báo cáo PDF: {what}")
