"""Publishing a report whole or not at all, under a lock of its locality."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import BusyError, CannotCreateError, system_message
from pipeline.whole import open_ordinary, sync

BUSY = "Một lần chạy khác của địa phương này chưa xong; hãy chờ rồi chạy lại."
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_STAGING = ".staging-"
_READY = "-ready"
_OLD = "-old"


@contextmanager
def lock(folder: Path, busy: str = BUSY) -> Iterator[None]:
    """Hold the lock of a folder. Raises BusyError, saying `busy`, at once if another run holds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = open_ordinary(folder / ".lock", os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise CannotCreateError(f"Không ghi được vào {folder}: {system_message(error)}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(busy) from error
        yield
    finally:
        os.close(handle)


def is_locked(folder: Path) -> bool:
    """Whether a run of the locality is under way; nothing is created."""
    try:
        handle = open_ordinary(folder / ".lock")
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        finally:
            os.close(handle)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """An empty folder beside the published one; gone afterwards, whatever happens. Call under the lock."""
    place = folder.parent / f"{_STAGING}{folder.name}"
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def leftovers(folder: Path) -> list[Path]:
    """What runs that were killed left beside the published reports of a locality."""
    return sorted(folder.glob(f"{_STAGING}*"))


def address_of(leftover: Path) -> Path:
    """The published folder a leftover was made for, or was taken from."""
    return leftover.with_name(leftover.name.removeprefix(_STAGING).removesuffix(_OLD).removesuffix(_READY))


def exchange(staged: Path, folder: Path) -> Path | None:
    """Put `staged` in the place of `folder` in one step; gives the place of what was there before."""
    for path in sorted(staged.rglob("*")):
        sync(path)
    sync(staged)
    if not folder.exists():
        staged.rename(folder)
        sync(folder.parent)
        return None
    # Renamed, so that `staging` does not remove it at its end: after an interruption here it may be published already.
    ready = staged.rename(staged.with_name(f"{staged.name}{_READY}"))
    old = ready
    if not _swap(ready, folder):
        old = folder.rename(staged.with_name(f"{staged.name}{_OLD}"))
        ready.rename(folder)
    sync(folder.parent)
    return old


def _swap(one: Path, other: Path) -> bool:
    """Swap two folders atomically (Linux). False where the system cannot; raises OSError where it failed to."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    if (number := ctypes.get_errno()) in (errno.EINVAL, errno.ENOSYS):
        return False
    raise OSError(number, os.strerror(number), str(other))
