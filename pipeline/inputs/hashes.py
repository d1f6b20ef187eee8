"""Files by the SHA-256 of their bytes, and the form in which records are hashed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import DataError, Finding, ProgramChangedError
from pipeline.paths import LONGEST_NAME, Layout, is_plain
from pipeline.plans.base import Frozen
from pipeline.whole import LARGEST, read_input


class FileHash(Frozen):
    """A file below the project with the SHA-256 of its bytes."""

    path: str
    sha256: str
    size: int

    @classmethod
    def of(cls, path: str, content: bytes) -> FileHash:
        """The hash of `content`, under the name `path`."""
        return cls(path=path, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def hash_file(layout: Layout, path: str | Path, name: str | None = None) -> FileHash:
    """Path, SHA-256 and size of one file, under `name` or its path below the project.

    Raises DataError for what is no ordinary file, OSError for one that is not there or cannot be read.
    """
    name = name or layout.relative(path)
    return FileHash.of(name, read_input(path, name, LARGEST))


def hash_files(layout: Layout, paths: Iterable[str | Path]) -> tuple[FileHash, ...]:
    """The same of many files, in the order of their paths.

    A run over a country gives 25,000 as texts: making paths of them takes as long as reading them. Raises DataError for
    a name with which no bundle could be made (`is_plain`).
    """
    return in_order(hash_file(layout, path, _plain_name(layout, path)) for path in paths)


def hash_program(layout: Layout, paths: Iterable[Path]) -> tuple[FileHash, ...]:
    """The same of files of the package, as this process has loaded them: the first hash of each counts.

    Raises ProgramChangedError for a file that has another one now: a record would name code that has not run.
    """
    return in_order(_as_loaded(path, hash_file(layout, path, _plain_name(layout, path))) for path in paths)


def _as_loaded(path: Path, file: FileHash) -> FileHash:
    if _loaded.setdefault(path, file) != file:
        raise ProgramChangedError(
            f"{file.path} đã đổi từ khi lệnh bắt đầu: mã đã chạy không còn là mã trên đĩa. Hãy chạy lại lệnh."
        )
    return file


_loaded: dict[Path, FileHash] = {}


def in_order(files: Iterable[FileHash]) -> tuple[FileHash, ...]:
    """Sorted by their paths, as records list them."""
    return tuple(sorted(files, key=lambda file: file.path))


def _plain_name(layout: Layout, path: str | Path) -> str:
    name = layout.relative(path)
    if not is_plain(name) or len(os.fsencode(name[name.rfind("/") + 1 :])) > LONGEST_NAME:
        shown = name.encode("unicode_escape", "backslashreplace").decode() if not name.isprintable() else name
        why = f"tên tệp có “:”, “\\”, ký tự ẩn, hoặc dài quá {LONGEST_NAME} byte: không đóng gói, sao lưu được"
        raise DataError("Có tệp không dùng được:", [Finding(shown, "tên tệp", "name", why, "đổi tên tệp")])
    return name


def canonical(record: object) -> str:
    """Sorted keys, no spaces: the form that is hashed."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hash_of(value: object) -> str:
    """SHA-256 over the canonical JSON of plain values, 64 hex digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


CODE_DIGITS = 16
"""Digits of an input id in its short code: no two reports of a country share them."""


def check_code(input_id: str) -> str:
    """The short code of a report (mã kiểm tra): the first digits of its input id, 'f5a7 9d92 a9bb c787'."""
    digits = input_id[:CODE_DIGITS]
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
