"""Office files (.docx, .xlsx) without times: the archive is packed anew, so that equal content gives equal bytes."""

from __future__ import annotations

import errno
import io
import os
import re
import tempfile
import zipfile
from typing import Any

NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip archive can state; it stands for none."""

_WRITTEN = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_CORE = "docProps/core.xml"


def workbook_bytes(book: Any) -> bytes:
    """An openpyxl workbook as bytes without times; the library writes that of saving.

    Raises OSError where the temporary folder is full: the library writes sheets there, by lxml, which names the error.
    """
    from lxml.etree import SerialisationError  # type: ignore[import-untyped]
    from openpyxl.writer.excel import ExcelWriter

    written = io.BytesIO()
    try:
        with zipfile.ZipFile(written, "w") as archive:  # not compressed, since it is packed anew
            ExcelWriter(book, archive).save()
    except SerialisationError as error:
        number = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)
        raise OSError(number, os.strerror(number), tempfile.gettempdir()) from error
    return without_times(written.getvalue())


def without_times(content: bytes) -> bytes:
    """The same parts, ordered by name, without times of packing and writing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(parts.namelist()):
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            part = parts.read(name)
            archive.writestr(entry, _WRITTEN.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", part) if name == _CORE else part)
    return packed.getvalue()
