"""Files that are there whole or not at all: a temporary name, a wait for the disk, then the name.

And files that are read as what they are: a pipe, a device, a folder or a link in the place of a file is none.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.errors import DataError, Finding

UNFINISHED = ".new-"
"""The names of files that are being written begin so; a process that was killed leaves them."""


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write. It gets its name, in the place of the one before, when the block ends without an error.

    The folder must exist. Raises OSError, and then leaves nothing.
    """
    unfinished = path.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    try:
        with unfinished.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    sync(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole. Raises OSError."""
    with whole_file(path) as file:
        file.write(content)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


LARGEST = 1 << 28
"""Bytes of a file that is read at once; what is published and stored is far below."""
INPUT = 20 * 1024 * 1024
"""Bytes of a plan, a list, a correction; the largest that people write has half a megabyte."""


class NotOrdinaryError(OSError):
    """A link, a pipe, a device or a folder where a file is expected, or a file larger than it can be."""


UNUSABLE = (NotOrdinaryError, PermissionError)
"""Raised of a file that people write or send, and that cannot be read as it is; `no_file` says what to do."""


def open_ordinary(path: str | Path, flags: int = os.O_RDONLY) -> int:
    """A handle of an ordinary file, never of what a link leads to; a pipe is not waited for.

    Raises NotOrdinaryError, and OSError as `os.open` does.
    """
    try:
        handle = os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)  # less what the umask takes
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR, errno.ENODEV):
            raise _not_ordinary(path) from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _not_ordinary(path)
    return handle


def read_ordinary(path: str | Path, most: int = LARGEST) -> bytes:
    """The bytes of an ordinary file of at most `most`; its size is looked at before it is read.

    Raises NotOrdinaryError, and OSError where it is not there or cannot be read.
    """
    handle = open_ordinary(path)
    try:
        size = os.fstat(handle).st_size
        if size > most:
            raise NotOrdinaryError(errno.EFBIG, "tệp lớn hơn mức có thể", str(path))
        content = os.read(handle, size + 1)  # a buffer would take as long as the reading: 30,000 files of a country
        while more := os.read(handle, 1 << 20):
            content += more
        return content
    finally:
        os.close(handle)


def ordinary_text(path: Path, most: int = LARGEST) -> str:
    """The text of an ordinary UTF-8 file, line ends as one, no BOM. Raises as `read_ordinary`; UnicodeDecodeError."""
    return _text(read_ordinary(path, most))


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def read_input(path: str | Path, name: str, most: int = INPUT) -> bytes:
    """The bytes of a file that people write or send, as `read_ordinary`; DataError for what is `UNUSABLE`.

    `name` is what messages call it.
    """
    try:
        return read_ordinary(path, most)
    except UNUSABLE as error:
        raise DataError("Có tệp không đọc được:", [no_file(name, error)]) from error


def input_text(path: Path, name: str) -> str:
    """The text of such a file, with one kind of line ends. Raises as `read_input`, and UnicodeDecodeError."""
    return _text(read_input(path, name))


def input_files(folder: str | Path, name: str, suffix: str = "") -> list[Path]:
    """What lies in a folder that people fill, by name; [] where there is no such folder.

    Raises DataError where the folder may not be read, as nobody then knows what lies in it.
    """
    try:
        found = sorted(os.listdir(folder))  # noqa: PTH208 - a third of the time of Path.iterdir
        return [Path(f"{folder}/{one}") for one in found if one.endswith(suffix)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError as error:
        raise DataError("Có thư mục không đọc được:", [no_file(f"{name}/", error)]) from error


def no_file(name: str, error: OSError) -> Finding:
    """The finding about a file or folder that is `UNUSABLE`."""
    if isinstance(error, PermissionError):
        where, leave = ("thư mục", "u+rx") if name.endswith("/") else ("tệp", "u+r")
        remedy = f"cấp quyền cho người chạy lệnh (chmod {leave}, chown; thư mục chứa nó: chmod u+rx) rồi chạy lại"
        return Finding(name, where, "permission", "không có quyền đọc", remedy)
    if error.errno == errno.EFBIG:
        return Finding(name, "tệp", "size", str(error.strerror), "chia thành nhiều tệp, hoặc bỏ tệp này")
    remedy = "đặt tệp thật vào chỗ này, không dùng liên kết, thư mục, ống hay thiết bị"
    return Finding(name, "tệp", "not-regular", str(error.strerror), remedy)


def write_ordinary(path: Path, text: str) -> None:
    """Write a text to a file that is new or ordinary, without a wait for the disk. Raises as `open_ordinary`."""
    handle = open_ordinary(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _not_ordinary(path: str | Path) -> NotOrdinaryError:
    return NotOrdinaryError(errno.EINVAL, "không phải tệp thường", str(path))
