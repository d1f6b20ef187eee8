"""Publishing a report whole or not at all, under a lock of its locality."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import BusyError, CannotCreateError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a locality. Raises BusyError at once if another run holds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / ".lock").open("w")
    except OSError as error:
        raise CannotCreateError(f"Không ghi được vào {folder}: {error.strerror}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError("Một lần chạy khác của địa phương này chưa xong; hãy chờ rồi chạy lại.") from error
        yield


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """An empty folder beside the published one; gone afterwards, whatever happens.

    Call under the lock: leftovers of a run that was killed are swept first.
    """
    for leftover in folder.parent.glob(f".staging-{folder.name}*"):
        shutil.rmtree(leftover)
    place = folder.parent / f".staging-{folder.name}"
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def publish(staged: Path, folder: Path) -> None:
    """Put `staged` in the place of `folder` in one step; `staged` then holds what was there before."""
    for path in sorted(staged.rglob("*")):
        _sync(path)
    _sync(staged)
    if not folder.exists():
        staged.rename(folder)
    elif not _exchange(staged, folder):
        old = staged.with_name(f"{staged.name}-old")
        folder.rename(old)
        staged.rename(folder)
        shutil.rmtree(old)
    _sync(folder.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders atomically (Linux). False where the system cannot."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    return bool(renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
