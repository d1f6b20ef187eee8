"""The store (kho đầu vào): every file a report was made from, by the SHA-256 of its bytes, written once.

    reports/.store/<first two digits>/<all 64 digits>

A file is there whole or not at all: it is written under a name of its own, synced, and then given its name. Two
writers of one file write the same bytes, so it does not matter whose stays.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BusyError, MismatchError
from pipeline.whole import LARGEST, UNFINISHED, NotOrdinaryError, open_ordinary, read_ordinary, sync

_DIGEST = re.compile(r"[0-9a-f]{64}")
_READ_ONLY = 0o444


@dataclass(frozen=True)
class Store:
    """The store below one folder; nothing is created before something is put."""

    root: Path

    def path(self, sha256: str) -> Path:
        """Where a file lies. Raises MismatchError for what is no hash, so that none leads out of the store."""
        if not _DIGEST.fullmatch(sha256):
            raise MismatchError(f"Mã băm không hợp lệ trong bản kê: {sha256[:80]!r}")
        return self.root / sha256[:2] / sha256

    def holds(self, sha256: str) -> bool:
        """Whether a file is there; its bytes are not read."""
        return self.path(sha256).is_file()

    def read(self, sha256: str, most: int = LARGEST) -> bytes:
        """The bytes, of which there are at most `most`. Raises MismatchError naming a file that is gone or another."""
        path = self.path(sha256)
        try:
            content = read_ordinary(path, most)
        except FileNotFoundError as error:
            raise MismatchError(f"{path}: kho không còn tệp này. {RESTORE}") from error
        except NotOrdinaryError as error:
            raise MismatchError(f"{path}: {error.strerror}. {RESTORE}") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise MismatchError(f"{path}: nội dung trong kho không còn khớp mã băm. {RESTORE}")
        return content

    def put(self, files: Iterable[tuple[Path, str]]) -> int:
        """Keep files that are to have these hashes; says how many were new.

        All are written before the first is synced: then the disk is waited for once, not once for each.
        Raises BusyError for a file that was changed meanwhile.
        """
        return self.put_contents((_read(path, sha256), sha256) for path, sha256 in files if not self.holds(sha256))

    def put_contents(self, contents: Iterable[tuple[bytes, str]]) -> int:
        """Keep bytes by their hashes; says how many were new. Raises BusyError where a hash is of other bytes."""
        written: list[tuple[Path, Path]] = []
        with self._lock(fcntl.LOCK_SH):
            try:
                written.extend(self._write(content, sha256) for content, sha256 in contents if not self.holds(sha256))
                for temporary, _ in written:
                    sync(temporary)
                for temporary, path in written:
                    temporary.replace(path)
            finally:
                for temporary, _ in written:
                    temporary.unlink(missing_ok=True)
        for folder in {path.parent for _, path in written}:
            sync(folder)
        if written:
            sync(self.root)
        return len(written)

    def digests(self) -> Iterator[str]:
        """The names of all files, in order."""
        return (path.name for path in sorted(self.root.glob("??/*")) if _DIGEST.fullmatch(path.name))

    def sweep(self) -> int:
        """Remove what writers that were killed left; nothing while one is at work. Says how many files."""
        left = list(self.root.glob(f"??/{UNFINISHED}*"))
        if not left:
            return 0
        try:
            with self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB):
                for path in left:
                    path.unlink(missing_ok=True)
        except BlockingIOError:
            return 0
        return len(left)

    @contextmanager
    def _lock(self, how: int) -> Iterator[None]:
        """Many may write at once, but not while somebody sweeps."""
        self.root.mkdir(parents=True, exist_ok=True)
        guard = open_ordinary(self.root / ".lock", os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(guard, how)
            yield
        finally:
            os.close(guard)

    def _write(self, content: bytes, sha256: str) -> tuple[Path, Path]:
        if hashlib.sha256(content).hexdigest() != sha256:
            raise BusyError("Dữ liệu đầu vào thay đổi trong khi đang lập báo cáo; hãy chạy lại.")
        path = self.path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                os.fchmod(file.fileno(), _READ_ONLY)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        return Path(temporary), path


def _read(path: Path, sha256: str) -> bytes:
    with suppress(FileNotFoundError):
        content = read_ordinary(path)
        if hashlib.sha256(content).hexdigest() == sha256:
            return content
    raise BusyError(f"{path.name} thay đổi trong khi đang lập báo cáo; hãy chạy lại.")


RESTORE = "Khôi phục từ bản sao lưu."
