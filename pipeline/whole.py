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


class NotOrdinaryError(OSError):
    """A link, a pipe, a device or a folder where a file is expected, or a file larger than it can be."""


def open_ordinary(path: Path, flags: int = os.O_RDONLY) -> int:
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


def read_ordinary(path: Path, most: int = LARGEST) -> bytes:
    """The bytes of an ordinary file of at most `most`; its size is looked at before it is read.

    Raises NotOrdinaryError, and OSError where it is not there or cannot be read.
    """
    with os.fdopen(open_ordinary(path), "rb") as file:
        if os.fstat(file.fileno()).st_size > most:
            raise NotOrdinaryError(errno.EFBIG, "tệp lớn hơn mức có thể", str(path))
        return file.read()


def _not_ordinary(path: Path) -> NotOrdinaryError:
    return NotOrdinaryError(errno.EINVAL, "không phải tệp thường", str(path))
