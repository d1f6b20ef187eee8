"""The parts of a workbook, looked at before any reader opens it: what is hostile or contradictory is refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass

from pipeline.intake.cells import FileFaultError
from pipeline.intake.workbook_repairs import has_loose_spaces, has_strange_errors

UNPACKED = 64 * 1024**2
RATIO = 200
ENTRIES = 2000
CELLS = 5_000_000
"""Cells of the rectangle around all filled cells: calamine allocates them all."""
_REFERENCE = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["'][^>]*?(/>|>\s*</(?:\w+:)?c>|>)"""
)
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="([0-9]{1,9})"')
# A formula whose value was never stored: nothing, or an empty <v>, between it and the end of its cell.
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_UNSAID = re.compile(rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*</(?:\w+:)?c>")
_LINKED = re.compile(rb"<(?:\w+:)?f[^>]*>[^<]*(?:\[[0-9]|file:|\.xl)", re.IGNORECASE)
_STYLED_RUNS = re.compile(rb"<(?:\w+:)?(?:strike|vertAlign)[\s/>]")
_STRICT = b"http://purl.oclc.org/ooxml/"


@dataclass
class Examined:
    """What the parts of a workbook hold that costs time to look at, and is rare."""

    incomplete: bool = False
    """A formula without a stored value."""
    linked: bool = False
    """A formula that refers to another file."""
    runs: bool = False
    """Text of which a part is struck out or raised."""
    unsaid: bool = False
    """A formula that gives text, without even an empty value."""
    spaced: bool = False
    """Text with white space at its ends that Excel does not show."""
    errors: bool = False
    """An error value (lỗi công thức) that not every reader knows."""
    pictures: bool = False
    """Pictures, which hold no figure that is read."""


def examine(content: bytes, *, macros: bool = False) -> Examined:
    """Refuse what must not reach a reader; tell what the cells hold that has to be looked at."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise FileFaultError(
            "format", "tệp", "không phải sổ .xlsx, hoặc tệp bị cắt", "mở bằng Excel và lưu lại thành .xlsx"
        ) from error
    _examine_size(parts)
    names = {part.filename for part in parts}
    if len(names) < len(parts):
        raise FileFaultError("format", "tệp", "sổ có hai phần trùng tên", "mở bằng Excel và lưu lại thành .xlsx")
    if not macros and any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileFaultError("macro", "tệp", "sổ có macro", "lưu thành .xlsx (không macro) rồi gửi lại")
    found = Examined(pictures=any(name.startswith("xl/media/") for name in names))
    for part in parts:
        try:
            data = archive.read(part)
        except Exception as error:
            raise damaged() from error
        _examine_part(part.filename, data, found)
    return found


def examine_archive(content: bytes, needed: str, what: str) -> zipfile.ZipFile:
    """A document of another office format, opened. Raises FileFaultError if it is none, or hostile."""
    wrong = FileFaultError("format", "tệp", f"không phải {what}, đặt mật khẩu, hoặc bị cắt", "mở ra, lưu lại đúng kiểu")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise wrong from error
    _examine_size(parts)
    names = [part.filename for part in parts]
    if needed not in names or len(set(names)) < len(names):
        raise wrong
    try:
        data = archive.read(needed)
    except Exception as error:
        raise damaged() from error
    _refuse_entities(needed, data)
    return archive


def read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of a document that it may lack; b'' where it does. Raises FileFaultError for a hostile one."""
    data = archive.read(name) if name in archive.namelist() else b""
    _refuse_entities(name, data)
    return data


def _refuse_entities(name: str, data: bytes) -> None:
    marks = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
    if any(mark in data for mark in marks):
        raise FileFaultError("xml-dtd", f"phần {name}", "tệp chứa khai báo DTD", "mở ra và lưu lại")


def _examine_size(parts: list[zipfile.ZipInfo]) -> None:
    bomb = sum(p.file_size for p in parts) > UNPACKED or any(
        p.file_size > 1024**2 and p.file_size > RATIO * max(p.compress_size, 1) for p in parts
    )
    if bomb or len(parts) > ENTRIES:
        raise FileFaultError(
            "bomb", "tệp", "sổ phình quá lớn khi mở", "chép riêng bảng số liệu sang sổ mới rồi gửi lại"
        )


def _examine_part(name: str, data: bytes, found: Examined) -> None:
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    _refuse_entities(name, data)
    if name == "xl/workbook.xml":
        _examine_workbook(data)
    if not (name == "xl/sharedStrings.xml" or name.startswith("xl/worksheets/")):
        return
    found.runs |= bool(_STYLED_RUNS.search(data))
    found.spaced |= has_loose_spaces(data)
    if not name.startswith("xl/worksheets/"):
        return
    found.errors |= has_strange_errors(data)
    found.unsaid |= bool(_UNSAID.search(data))
    found.linked |= bool(_LINKED.search(data))
    found.incomplete |= bool(_NO_VALUE.search(data))
    _examine_cells(name, data)


def _examine_workbook(data: bytes) -> None:
    if _STRICT in data:
        raise FileFaultError(
            "format", "tệp", "là sổ kiểu “Strict Open XML”", "lưu kiểu “Excel Workbook (.xlsx)” rồi gửi lại"
        )
    if re.search(rb"<(?:\w+:)?definedName\s[^>]*>[^<]*(?:\[[0-9]|file:)", data):
        raise FileFaultError(
            "external-link",
            "tệp",
            "sổ đặt tên cho vùng ở tệp khác, giá trị lấy qua tên ấy có thể đã cũ",
            "dán giá trị thay cho công thức, xóa tên vùng trong Name Manager",
        )


def _examine_cells(name: str, data: bytes) -> None:
    columns = rows = 1
    where = ""
    found = _REFERENCE.findall(data)
    references = [(letters.upper(), number) for letters, number, _ in found]
    if 0 < len(references) < len(_CELL.findall(data)):
        raise contradictory(f"phần {name}", "có ô ghi địa chỉ, có ô không")
    if len(set(references)) < len(references):
        letters, number = next(r for r, count in Counter(references).items() if count > 1)
        raise contradictory(f"phần {name}, ô {letters.decode()}{number.decode()}", "ô ghi hai lần")
    for letters, number, end in found:
        if end != b">":  # formatted, and empty
            continue
        column = 0
        for letter in letters.upper():
            column = 26 * column + letter - 64
        if column > columns or int(number) > rows:
            where = f"{letters.decode().upper()}{int(number)}"
        columns, rows = max(columns, column), max(rows, int(number))
    if columns * rows > CELLS or any(int(r) > 1_048_576 for r in _ROW.findall(data)):
        raise FileFaultError(
            "extent", f"ô {where}", "có ô nằm quá xa bảng số liệu", "xóa các dòng, cột thừa rồi lưu lại"
        )


def contradictory(place: str, message: str) -> FileFaultError:
    """The refusal of a workbook that says two things."""
    return FileFaultError("engines-disagree", place, message, "mở bằng Excel, kiểm tra ô này và lưu lại")


def damaged() -> FileFaultError:
    """The refusal of a workbook that cannot be opened."""
    return FileFaultError(
        "damaged",
        "tệp",
        "sổ bị hỏng, hoặc có phần mà bộ đọc không hiểu",
        "mở bằng Excel, chép riêng bảng số liệu sang sổ mới (.xlsx) rồi gửi lại",
    )
