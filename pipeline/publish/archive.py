"""Archives that are handed on (gói): packed so that equal files give equal bytes, unpacked with suspicion.

Whoever opens an archive got it from somebody: a name may lead out of the folder, a link may point anywhere, a few
kilobytes may unfold to a full disk. None of it is repaired; the archive is refused.
"""

from __future__ import annotations

import errno
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.errors import CannotCreateError, DataError, NoInputError
from pipeline.whole import whole_file

_BLOCK = 1 << 20
_ENCRYPTED = 0x1
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)
"""What the standard library raises for a zip with wrong bytes in it."""


@dataclass(frozen=True)
class Limits:
    """What an archive may hold: number of files, bytes when unpacked, and how far it may unfold."""

    files: int
    size: int
    ratio: int = 200
    """Text of one letter packs a thousandfold; reports and tables about tenfold."""


def pack(target: Path, files: Iterable[tuple[str, Path | bytes]]) -> None:
    """Write an archive in the order of the names given, whole or not at all. Its bytes depend on no zlib.

    Raises CannotCreateError where it cannot be written, DataError for a name that nobody could unpack.
    """
    try:
        with whole_file(target) as file, zipfile.ZipFile(file, "w") as archive:
            for name, content in files:
                _add(archive, name, content)
    except OSError as error:
        raise CannotCreateError(f"Không ghi được {target}: {error.strerror}") from error


def new_file(to: Path, name: str) -> Path:
    """Where an archive is to be written: `to`, or `name` in the folder `to`.

    Raises CannotCreateError for what is there already, and for a name that does not say what the file is.
    """
    target = to / name if to.is_dir() else to
    if target.exists():
        raise CannotCreateError(f"Đã có {target}; chọn tên khác: TO=…")
    ending = PurePosixPath(name).suffix
    if target.suffix != ending:
        raise CannotCreateError(f"TO={to} phải là một thư mục có sẵn, hoặc một tên tệp kết thúc bằng {ending}.")
    if not target.parent.is_dir():
        raise CannotCreateError(f"Không có thư mục {target.parent}; tạo trước, hoặc chọn nơi khác: TO=…")
    return target


def unpack(source: Path, folder: Path, limits: Limits) -> list[str]:
    """Write every file of an archive below an empty folder; gives the names.

    Raises NoInputError where there is none, DataError for one that cannot be read or must not be trusted.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            for fault in faults(entries, limits):
                raise DataError(f"{source.name}: {fault}. Gói này không mở được an toàn; xin lại từ nơi gửi.")
            for entry in entries:
                _extract(archive, entry, folder / entry.filename)
            return [entry.filename for entry in entries]
    except FileNotFoundError as error:
        raise NoInputError(f"Không có tệp {source}.") from error
    except _DAMAGED as error:
        raise _damaged(source) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file
            raise
        raise _damaged(source) from error


def faults(entries: list[zipfile.ZipInfo], limits: Limits) -> Iterator[str]:
    """Why an archive must not be unpacked; nothing where it may."""
    if len(entries) > limits.files:
        yield f"có {len(entries)} tệp, quá {limits.files}"
    size, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if size > limits.size:
        yield f"mở ra {size} byte, quá {limits.size}"
    elif size > _BLOCK and size > packed * limits.ratio:
        yield f"mở ra gấp {size // max(packed, 1)} lần"
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if not is_plain(name) or entry.orig_filename != name:
            yield f"tên tệp không an toàn {name[:80]!r}"
        elif stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            yield f"{name} không phải tệp thường"
        elif entry.flag_bits & _ENCRYPTED:
            yield f"{name} có mật khẩu"
        elif name in seen:
            yield f"{name} có hai lần"
        seen.add(name)


def is_plain(name: str) -> bool:
    """Whether a name stays below the folder it is joined to, on every system, and prints in one line."""
    path = PurePosixPath(name)
    return (
        bool(path.parts)
        and name.isprintable()
        and str(path) == name
        and not path.is_absolute()
        and not {"..", "."} & set(path.parts)
        and not set("\\:") & set(name)
    )


def _add(archive: zipfile.ZipFile, name: str, content: Path | bytes) -> None:
    if not is_plain(name):
        raise DataError(f"Tên tệp {name!r} không đóng gói được: đổi tên, không dùng \\, : và ký tự không in được.")
    entry = zipfile.ZipInfo(name)  # of 1980, the earliest time that a zip can hold
    entry.create_system = 3  # of Unix on every machine
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    if isinstance(content, bytes):
        archive.writestr(entry, content)
        return
    entry.file_size = content.stat().st_size
    with content.open("rb") as file, archive.open(entry, "w") as packed:
        while block := file.read(_BLOCK):
            packed.write(block)


def _damaged(source: Path) -> DataError:
    return DataError(f"{source.name}: không phải tệp zip đọc được, hoặc đã hỏng; xin lại từ nơi gửi.")


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """No more than the entry says it holds: that is what was counted."""
    path.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with archive.open(entry) as packed, path.open("xb") as file:
        while block := packed.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise zipfile.BadZipFile(entry.filename)
            file.write(block)
