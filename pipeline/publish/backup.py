"""A copy of everything that cannot be made again (sao lưu, `make backup`): one tar, of equal files equal bytes.

It is proved by unpacking it and verifying what comes out: docs/operations.md.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BusyError, CannotCreateError, NoInputError, StorageError, system_message
from pipeline.paths import Layout
from pipeline.progress import Say
from pipeline.publish.bundle import new_file
from pipeline.publish.log import Head, Log, moment
from pipeline.publish.verify import Scope, verify
from pipeline.whole import UNFINISHED, NotOrdinaryError, open_ordinary, whole_file

PARTS = ("data/raw", "reports")


@dataclass(frozen=True)
class BackedUp:
    """The archive that was written: how many files it holds, its SHA-256, and the head of the log in it."""

    path: Path
    files: int
    sha256: str
    head: Head


def backup(layout: Layout, to: Path, say: Say) -> BackedUp:
    """Write the archive into the folder `to`, or to a new file of that name.

    Files that differ from what was recorded are copied, and counted: a copy of damaged files is better than none.
    Raises CannotCreateError for a place that cannot be written, BusyError where something was published meanwhile.
    """
    target = new_file(to, f"sao-luu-{moment().replace(':', '')}.tar").resolve()
    for part in PARTS:
        if target.is_relative_to((layout.root / part).resolve()):
            raise CannotCreateError(
                f"Bản sao lưu không được nằm trong {part}; chọn nơi khác, tốt nhất là thiết bị khác."
            )
    say("  kiểm tra những gì sắp sao lưu…")
    head = Log(layout.log).chain().head
    with suppress(NoInputError):  # whoever has only raw data yet has nothing to verify
        if faults := verify(layout, Scope(), say=say).faults:
            say(f"  {len(faults)} chỗ không khớp, xem make verify; vẫn sao lưu")
    say("  ghi bản sao lưu…")
    try:
        with whole_file(target) as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as archive:
                files = sum(_add(archive, path, layout, say) for path in _paths(layout))
            if Log(layout.log).chain().head != head:
                raise BusyError("Có báo cáo được lập trong khi sao lưu; hãy chạy lại khi không có lần chạy nào.")
    except OSError as error:
        raise CannotCreateError(f"Không ghi được {target}: {system_message(error)}") from error
    with target.open("rb") as written:
        return BackedUp(target, files, hashlib.file_digest(written, "sha256").hexdigest(), head)


def _paths(layout: Layout) -> list[Path]:
    """Everything but locks and what is being made, in the order of the names."""
    return sorted((path for part in PARTS for path in _below(layout.root / part)), key=Path.as_posix)


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder, onerror=_refused):
        folders[:] = [name for name in folders if not name.startswith((".staging-", UNFINISHED))]
        yield from (Path(place, name) for name in files if name != ".lock" and not name.startswith(UNFINISHED))


def _refused(error: OSError) -> None:
    """A folder that may not be read: a backup without it would look whole. One that is not there holds nothing."""
    if not isinstance(error, FileNotFoundError):
        raise StorageError.of(error)


def _add(archive: tarfile.TarFile, path: Path, layout: Layout, say: Say) -> bool:
    """Without times, owners, and modes but writable or not: nothing tells the machine, the day or the person."""
    try:
        handle = open_ordinary(path)
    except PermissionError as error:
        raise StorageError.of(error) from error
    except NotOrdinaryError:
        say(f"  bỏ qua {layout.relative(path)}: không phải tệp thường")
        return False
    entry = tarfile.TarInfo(path.relative_to(layout.root).as_posix())
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        entry.size, entry.mode = status.st_size, 0o644 if status.st_mode & 0o200 else 0o444
        archive.addfile(entry, file)
    return True
