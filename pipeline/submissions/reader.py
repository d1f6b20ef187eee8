"""Reading canonical CSV files into rows of text that know their cell. No value is interpreted here."""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase

from pipeline.errors import DataError, Finding
from pipeline.paths import Layout
from pipeline.plans.periods import Calendar, Period
from pipeline.submissions.records import COLUMNS, Kind, Origin

LARGEST = 50 * 1024 * 1024


@dataclass(frozen=True)
class Row:
    """One data row: cells by column name, stripped, in NFC."""

    cells: dict[str, str]
    origin: Origin

    def at(self, column: str, kind: Kind) -> Origin:
        """The origin of one cell of the row."""
        return self.origin.model_copy(update={"column": ascii_uppercase[COLUMNS[kind].index(column)]})


@dataclass(frozen=True)
class Sheet:
    """One file as read: its kind is told by its header."""

    kind: Kind
    file: str
    sha256: str
    rows: tuple[Row, ...]


def periods_with_submissions(layout: Layout, locality: str) -> list[Period]:
    """The periods for which a locality has sent at least one file."""
    periods = []
    for folder in sorted((layout.submissions / locality).glob("*/")):
        try:
            period = Period.parse(folder.name)
        except ValueError:
            continue
        if any(submission_files(layout, locality, period)):
            periods.append(period)
    return periods


def newest_period(layout: Layout, locality: str, calendar: Calendar) -> Period | None:
    return max(periods_with_submissions(layout, locality), key=lambda p: p.newness(calendar), default=None)


def submission_files(layout: Layout, locality: str, period: Period) -> list[Path]:
    folder = layout.submissions / locality / str(period)
    return sorted(path for path in folder.glob("*") if not path.name.startswith("."))


def read_submissions(layout: Layout, locality: str, period: Period) -> list[Sheet]:
    """All files of a period. Raises DataError naming every file that cannot be read as a whole."""
    sheets: list[Sheet] = []
    findings: list[Finding] = []
    for path in submission_files(layout, locality, period):
        try:
            sheets.append(read_file(path, layout.relative(path)))
        except DataError as error:
            findings += error.findings
    if findings:
        raise DataError("Có tệp không đọc được, báo cáo chưa được lập:", findings)
    return sheets


def read_file(path: Path, file: str) -> Sheet:
    """Read one file once: the bytes that are hashed are the bytes that are parsed."""
    if path.is_symlink() or not path.is_file():
        raise _refused(file, "tệp", "not-regular", "không phải tệp thường", "gửi lại tệp, không dùng liên kết")
    if path.suffix.lower() != ".csv":
        raise _refused(file, "tệp", "format", "chưa nhận định dạng này", "gửi tệp CSV theo docs/data-formats.md")
    if path.stat().st_size > LARGEST:
        raise _refused(file, "tệp", "size", "tệp lớn hơn 50 MB", "chia thành nhiều tệp")
    return parse(path.read_bytes(), file)


def parse(content: bytes, file: str) -> Sheet:
    """Parse the bytes of a canonical CSV file. Raises DataError if it cannot be read as a whole."""
    digest = hashlib.sha256(content).hexdigest()
    lines = list(_lines(_decode(content, file), file))
    if not lines:
        raise _refused(file, "tệp", "empty", "tệp rỗng", "điền số liệu rồi gửi lại")
    header = lines[0][1]
    kind = next((k for k, columns in COLUMNS.items() if tuple(header) == columns), None)
    if kind is None:
        raise _refused(
            file,
            "dòng 1",
            "header",
            f"dòng tiêu đề không đúng mẫu: {', '.join(header)[:80]}",
            "giữ nguyên dòng tiêu đề của mẫu trong docs/data-formats.md",
        )
    rows = []
    for number, cells in lines[1:]:
        if len(cells) != len(header):
            raise _refused(
                file,
                f"dòng {number}",
                "width",
                f"có {len(cells)} ô, tiêu đề có {len(header)} cột",
                "kiểm tra dấu phẩy và dấu nháy của dòng này",
            )
        if tuple(cells) == COLUMNS[kind]:
            raise _refused(file, f"dòng {number}", "header-repeated", "dòng tiêu đề lặp lại", "tách thành hai tệp")
        if any(cells):
            origin = Origin(file=file, sha256=digest, line=number)
            rows.append(Row(dict(zip(header, cells, strict=True)), origin))
    if not rows:
        raise _refused(file, "tệp", "empty", "tệp chỉ có dòng tiêu đề", "điền số liệu rồi gửi lại")
    return Sheet(kind, file, digest, tuple(rows))


def _decode(content: bytes, file: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refused(
            file, f"dòng {line}", "encoding", "không phải UTF-8", "trong Excel: Lưu thành → CSV UTF-8"
        ) from error
    if bad := next((c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c not in "\t\r\n"), None):
        line = text.count("\n", 0, text.index(bad)) + 1
        raise _refused(file, f"dòng {line}", "control", f"có ký tự ẩn U+{ord(bad):04X}", "xóa ký tự này")
    return unicodedata.normalize("NFC", text)


def _lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield start, [cell.strip() for cell in cells]
            start = reader.line_num + 1
    except csv.Error as error:
        raise _refused(
            file, f"dòng {start}", "quote", "dấu nháy kép không khớp", "viết dấu nháy trong ô thành hai dấu nháy"
        ) from error


def _refused(file: str, place: str, rule: str, message: str, remedy: str) -> DataError:
    return DataError(f"Không đọc được {file}", [Finding(file, place, rule, message, remedy)])
