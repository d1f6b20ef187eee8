"""Workbooks of other programs in the form in which Excel writes them, so that both readers see what Excel shows."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator

_TEXT = re.compile(rb"<((?:\w+:)?t)>([^<]*)</")
"""Of a cell or of a run of it, without `xml:space="preserve"`."""
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\bt\s*=\s*["']e["'][^>]*(?<!/)>""")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_KNOWN = frozenset((b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!"))
"""Errors of every edition of Excel; other programs, and newer editions, write more."""
_SPACES = b" \t\r\n"
KNOWN_NUMBERS = frozenset((0x00, 0x07, 0x0F, 0x17, 0x1D, 0x24, 0x2A, 0x2B))
"""The numbers of errors in workbooks of Excel 97–2003."""
_NOT_AVAILABLE, _HEADER, _STREAMS = 0x2A, 512, ("workbook", "book")
_ERROR_RECORD, _FORMULA = 0x0205, 0x0006


def has_loose_spaces(part: bytes) -> bool:
    """Whether a text begins or ends with white space that its file does not ask to keep."""
    return any(text != text.strip(_SPACES) for _, text in _TEXT.findall(part))


def with_shown_spaces(content: bytes) -> bytes:
    """A workbook in which no text has white space at its ends that Excel does not show.

    Excel drops it where `xml:space="preserve"` is missing, but not from a run that is nothing else: 'hồ' + ' ' + 'sơ'
    is shown with the space, 'hồ ' + 'sơ' without.
    """
    return _changed(content, lambda part: _TEXT.sub(_shown, part))


def _shown(found: re.Match[bytes]) -> bytes:
    name, text = found.groups()
    if text.strip(_SPACES):
        return b"<%s>%s</" % (name, text.strip(_SPACES))
    return b'<%s xml:space="preserve">%s</' % (name, text)


def has_strange_errors(part: bytes) -> bool:
    """Whether a cell holds an error value that is not of every edition of Excel, such as #ERROR! or #SPILL!."""
    return any(found is not None and found[1] not in _KNOWN for found in _errors(part))


def with_known_errors(content: bytes) -> bytes:
    """A workbook in which such values are #N/A: calamine refuses the whole book for one that it does not know."""

    def known(part: bytes) -> bytes:
        pieces, end = [], 0
        for found in _errors(part):
            if found is not None and found[1] not in _KNOWN:
                pieces += [part[end : found.start(1)], b"#N/A"]
                end = found.end(1)
        return b"".join([*pieces, part[end:]])

    return _changed(content, known)


def with_known_errors_of_97(content: bytes) -> bytes:
    """The same for a workbook of Excel 97–2003, whose errors are numbers in records of a stream within the file."""
    from xlrd.compdoc import CompDoc

    document = CompDoc(content, logfile=io.StringIO())
    size, streams = document.sec_size, [entry for entry in document.dirlist if entry.name.lower() in _STREAMS]
    if not streams or streams[0].tot_size < document.min_size_std_stream:
        return content  # Excel fills a stream up to that size
    sectors = [streams[0].first_SID]
    while len(sectors) * size < streams[0].tot_size:
        sectors.append(document.SAT[sectors[-1]])
    starts = [_HEADER + sector * size for sector in sectors]
    stream, changed = b"".join(content[start : start + size] for start in starts), bytearray(content)
    for place in _strange_errors(stream):
        changed[starts[place // size] + place % size] = _NOT_AVAILABLE
    return bytes(changed)


def _strange_errors(stream: bytes) -> Iterator[int]:
    """Where in the stream the number of an error stands that calamine does not know ([MS-XLS] 2.4.24, 2.5.133)."""
    start = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        data = stream[start + 4 : start + 4 + length]
        if kind == _ERROR_RECORD and data[7:8] == b"\x01" and data[6] not in KNOWN_NUMBERS:
            yield start + 4 + 6
        if kind == _FORMULA and data[6:7] == b"\x02" and data[12:14] == b"\xff\xff" and data[8] not in KNOWN_NUMBERS:
            yield start + 4 + 8
        start += 4 + length


def _errors(part: bytes) -> list[re.Match[bytes] | None]:
    """The value of each cell that holds an error; None for a cell without one."""
    cells = ((found.end(), part.find(b"c>", found.end())) for found in _ERROR_CELL.finditer(part))
    return [_VALUE.search(part, start, end) for start, end in cells if end > 0]


def _changed(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with `change` made in every part that holds texts or cells."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as changed:
        for name in source.namelist():
            part = source.read(name)
            holds = name == "xl/sharedStrings.xml" or name.startswith("xl/worksheets/")
            changed.writestr(name, change(part) if holds and name.endswith(".xml") else part)
    return target.getvalue()
