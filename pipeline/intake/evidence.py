"""Evidence (minh chứng): files that prove figures, kept by the hash of their bytes and never opened.

    data/raw/submissions/<locality>/<period>/minh-chung/*

The column “Minh chứng” of a row names files there, or of a signed copy beside the table, with “;” between them. What is
kept is named with its size and hash; an address alone is said to be one. Other text stays as it is, but for what looks
like such a name and hash: nobody but the program says that a file is kept.

It came on the day with which its name begins, else with the table that names it. As known at an earlier day it is not
there; where neither name has a day, that is said.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from pipeline.errors import DataError, Finding
from pipeline.intake.cells import FileFaultError
from pipeline.intake.file_names import day_if_any
from pipeline.intake.inbox import EVIDENCE, EVIDENCE_FOLDER, read_content, submission_files
from pipeline.intake.rows import Intake, Observation, Remark, RowFinding, TaskFact
from pipeline.paths import Layout
from pipeline.plans.periods import Period

TYPES = (".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx")
"""Endings of the files that may lie in the folder."""
ONLY_A_LINK = "chỉ là đường dẫn, chưa lưu bản"
UNDATED = ", không rõ ngày nhận"
KEPT = re.compile(rf" \(sha256 (?P<sha256>[0-9a-f]{{16}}), (?P<size>[0-9.]+) byte(?P<undated>{UNDATED})?\)")
"""What stands after the name of a file that is kept."""

_RENAME = "đổi tên tệp"
_ADDRESSES = ("http://", "https://", "www.")
_R = TypeVar("_R", Observation, TaskFact)


def with_evidence(
    layout: Layout, locality: str, period: Period, intake: Intake, without: Collection[str] = ()
) -> Intake:
    """The rows of a period with what their evidence is, and a warning for each file that is named and not there.

    With `intake.known_at` it is as on that day.
    `without`: names of files that are refused already. Raises DataError for files that cannot be evidence.
    """
    kept, day = _kept(layout, locality, period, without), intake.known_at
    late = {name for name in kept if day and (came := day_if_any(name)) and came > day}
    kept = {name: text for name, text in kept.items() if name not in late}
    findings = list[RowFinding]()

    def told(row: _R) -> _R:
        if not row.evidence:
            return row
        written = list(_parts(row.evidence))
        undated = day is not None and day_if_any(row.origin.file.rpartition("/")[2]) is None
        parts = [_told(part, kept, undated) for part in written]
        if parts == [(part, True) for part in written] and not KEPT.search(row.evidence):
            return row
        for name in (text for text, there in parts if not there):
            message = f"minh chứng “{name}” không có trong thư mục {EVIDENCE_FOLDER}/ của kỳ"
            if _name(name) in late:
                message = f"minh chứng “{name}” đến {day:%d/%m/%Y} chưa nhận"
            remedy = f"gửi tệp vào {EVIDENCE_FOLDER}/, hoặc sửa tên ở cột “Minh chứng”"
            findings.append(
                RowFinding(
                    origin=row.origin, rule="evidence-missing", severity="warning", message=message, remedy=remedy
                )
            )
        shown = (text if there else f"{text} (chưa có tệp)" for text, there in parts)
        return row.model_copy(update={"evidence": "; ".join(shown)})

    rows = {"observations": tuple(map(told, intake.observations)), "tasks": tuple(map(told, intake.tasks))}
    remarks = (*intake.remarks, *_remarks(layout, locality, period, kept, intake))
    return intake.model_copy(update=rows | {"findings": (*intake.findings, *findings), "remarks": remarks})


def _remarks(
    layout: Layout, locality: str, period: Period, kept: Mapping[str, str], intake: Intake
) -> Iterator[Remark]:
    """Each file of the folder with its hash, and whether a row names it: so every one that is kept is told."""
    rows: tuple[Observation | TaskFact, ...] = (*intake.observations, *intake.tasks)
    named = {_name(part) for row in rows for part in _parts(row.evidence)}
    for path in submission_files(layout, locality, period):
        key = file_key(path.name)
        if path.parent.name == EVIDENCE_FOLDER and key in kept:
            told = "giữ làm minh chứng, không mở" + ("" if key in named else "; không dòng nào nêu tên tệp này")
            place = f"{EVIDENCE_FOLDER}/{kept[key]}"
            yield Remark(file=layout.relative(path), place=place, rule="companion", message=told)


def _parts(text: str) -> Iterator[str]:
    while KEPT.search(text):  # as copied from a page: what the file is now is said anew
        text = KEPT.sub("", text)
    return (part.strip() for part in text.replace("\n", ";").split(";") if part.strip())


def _told(part: str, kept: Mapping[str, str], undated: bool) -> tuple[str, bool]:
    """What is printed of one part, and whether the file that it names is there; `undated`: the table has no day."""
    if (name := _name(part)) in kept:  # first: the name of a file may begin as an address does
        told = kept[name]
        return f"{told[:-1]}{UNDATED})" if undated and day_if_any(name) is None else told, True
    if part.lower().startswith(_ADDRESSES):
        return f"{part} ({ONLY_A_LINK})", True
    return part, not part.lower().endswith((*TYPES, *EVIDENCE))


def _kept(layout: Layout, locality: str, period: Period, without: Collection[str]) -> dict[str, str]:
    """What is printed of each file that may be named, by its name."""
    kept, findings = dict[str, str](), list[Finding]()
    for path in submission_files(layout, locality, period):
        beside = path.parent.name != EVIDENCE_FOLDER
        if path.name in without or (beside and not path.name.lower().endswith(EVIDENCE)):
            continue
        try:
            told = kept_file(path, (*TYPES, *EVIDENCE))
        except FileFaultError as error:
            if not beside:  # the reader tells of one that lies beside a table
                findings.append(Finding(layout.relative(path), error.place, error.rule, error.message, error.remedy))
            continue
        if kept.setdefault(file_key(path.name), told).rpartition(" (")[2] != told.rpartition(" (")[2]:
            message, remedy = (
                "có tệp khác nội dung, tên chỉ khác chữ hoa, chữ thường: không rõ dòng nào nêu tệp nào",
                _RENAME,
            )
            findings.append(Finding(layout.relative(path), "tên tệp", "name", message, remedy))
    findings += _odd_folder(layout, locality, period)
    if findings:
        raise DataError("Có tệp minh chứng không dùng được:", findings)
    return kept


def _odd_folder(layout: Layout, locality: str, period: Period) -> Iterator[Finding]:
    """What has the name of the folder of evidence and is none: nothing in it would be kept, and nobody told."""
    place = layout.submissions / locality / str(period) / EVIDENCE_FOLDER
    if os.path.lexists(place) and (place.is_symlink() or not place.is_dir()):
        message = f"“{EVIDENCE_FOLDER}” là tệp hoặc liên kết, không phải thư mục: không tệp minh chứng nào được giữ"
        remedy = f"xóa nó, tạo thư mục thật tên {EVIDENCE_FOLDER}, đặt các tệp vào đó"
        yield Finding(layout.relative(place), "tên tệp", "not-regular", message, remedy)


def kept_file(path: Path, types: tuple[str, ...] = TYPES) -> str:
    """'ho-so.pdf (sha256 3f9c0a1b2c3d4e5f, 12.345 byte)'. Its bytes are hashed, and nothing else.

    Raises FileFaultError for a name that cannot be kept, another type, a size over the limit, and no ordinary file.
    """
    if not path.is_dir() and not path.name.lower().endswith(types):
        message, remedy = f"minh chứng không nhận loại tệp này; nhận: {', '.join(TYPES)}", "đổi loại tệp, hoặc bỏ tệp"
        raise FileFaultError("format", "tên tệp", message, remedy)
    if ";" in path.name:
        raise FileFaultError("name", "tên tệp", "tên tệp có dấu “;”, dấu ngăn các tệp ở cột Minh chứng", _RENAME)
    content = read_content(path, dated=False)
    if not content:
        raise FileFaultError("size", "tệp", "tệp trống, 0 byte, không chứng minh được gì", "gửi lại tệp, hoặc bỏ tệp")
    size = f"{len(content):,}".replace(",", ".")
    return f"{path.name} (sha256 {hashlib.sha256(content).hexdigest()[:16]}, {size} byte)"


def _name(part: str) -> str:
    return file_key(part.removeprefix(f"{EVIDENCE_FOLDER}/"))


def file_key(name: str) -> str:
    """The form in which names of files are compared: some systems store “ề” as three letters, or know no capitals."""
    return unicodedata.normalize("NFC", name).lower()
