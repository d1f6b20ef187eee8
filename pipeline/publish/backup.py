"""Copies that are kept elsewhere (sao lưu) and what comes back from them (`make backup`, `make restore`)."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BusyError, CannotCreateError, NoInputError, UsageError
from pipeline.paths import Layout
from pipeline.progress import Say
from pipeline.publish.archive import DAMAGED, Limits, damaged, new_file, pack, unpack
from pipeline.publish.log import Action, Event, Log
from pipeline.publish.run_info import moment
from pipeline.publish.sums import SUMS, check_sums, sha256_of, with_sums
from pipeline.publish.verify import Scope, Verified, verify

READ_ME = "DOC-TRUOC.txt"
PARTS = ("data/raw", "reports")
LIMITS = Limits(files=10_000_000, size=1 << 42)
"""Sixty files and 8 MiB for each of 3,321 localities and period, over many years."""
TEXT = """BẢN SAO LƯU CÁC BÁO CÁO VÀ SỐ LIỆU GỐC

Lập lúc {at} (UTC), từ máy {host}
Đầu nhật ký: {head}
Lúc sao lưu: {state}

Trong bản này: data/raw (kế hoạch, số liệu đã gửi, bản sửa), reports (báo cáo đang công bố, các lần chạy trước, kho đầu
vào, nhật ký, hồ sơ ban hành). {sums} là danh sách mã SHA-256 của từng tệp.

Khôi phục vào một thư mục trống và kiểm tra lại mọi mã băm:
  make restore FROM={file} TO=thư-mục-trống

Quy tắc 3-2-1: ba bản, trên hai loại phương tiện, một bản ở nơi khác. Chương trình chỉ lập từng bản; việc cất ba bản là
của cơ quan. Lúc lập bản này chương trình biết {count} bản sao lưu còn ở chỗ cũ, kể cả bản này, trên {devices} thiết bị
(tính cả nơi để dữ liệu gốc):
{copies}
"""


@dataclass(frozen=True)
class Copy:
    """A backup that the log knows: where it was written, its SHA-256, when."""

    path: Path
    sha256: str
    at: str

    @property
    def is_there(self) -> bool:
        """Whether the copy lies where the log says it was written."""
        return self.path.is_file()


@dataclass(frozen=True)
class BackedUp:
    """The archive that was written, how many files it holds, and the copies known with it."""

    path: Path
    sha256: str
    files: int
    copies: int
    devices: int


def backup(layout: Layout, to: Path, say: Say) -> BackedUp:
    """Write everything that cannot be made again into one archive, read it back, and note it in the log.

    Raises CannotCreateError for a place that cannot be written, BusyError where something was published meanwhile.
    """
    at, log = moment(), Log(layout.log)
    target = new_file(to, f"sao-luu-{at.replace(':', '')}.zip").resolve()
    for part in PARTS:
        if target.is_relative_to(layout.root / part):
            raise CannotCreateError(
                f"Bản sao lưu không được nằm trong {part}; chọn nơi khác, tốt nhất là thiết bị khác."
            )
    say("  kiểm tra những gì sắp sao lưu…")
    found = _verified(layout, say)
    copies = [copy for copy in copies_of(log) if copy.is_there]
    devices = {_device(path) for path in (layout.root, target.parent, *(copy.path for copy in copies))}
    say("  ghi bản sao lưu…")
    read_me = _read_me(found, [*copies, Copy(target, "", at)], len(devices))
    pack(target, with_sums(_files(layout, read_me, say)), compressed=True)
    say("  đọc lại và so mã băm…")
    files = check_sums(target)
    if log.chain().head != found.chain.head:
        target.unlink()
        raise BusyError("Có báo cáo được lập trong khi sao lưu; hãy chạy lại khi không có lần chạy nào.")
    made = BackedUp(target, sha256_of(target), files, len(copies) + 1, len(devices))
    log.append(Event(action=Action.BACKED_UP, beside={target.name: made.sha256}, detail=str(target.parent)), at)
    return made


def restore(source: Path, to: Path, say: Say) -> Verified:
    """Unpack a backup into an empty folder and prove it; what `make verify` says of it comes back.

    Raises UsageError for a folder that is not empty, MismatchError, DataError for an archive that is not whole.
    """
    if not source.is_file():
        raise NoInputError(f"Không có tệp {source}.")
    if to.is_symlink() or (to.exists() and (not to.is_dir() or any(to.iterdir()))):
        raise UsageError(f"TO={to} phải là một thư mục trống hoặc chưa có; không ghi đè dữ liệu đang có.")
    say("  so mã băm từng tệp của bản sao lưu…")
    try:
        check_sums(source)
    except DAMAGED as error:
        raise damaged(source) from error
    say("  mở ra…")
    to.mkdir(parents=True, exist_ok=True)
    unpack(source, to, LIMITS)
    layout = Layout(to.resolve())
    for stored in layout.store.glob("??/*"):
        stored.chmod(0o444)
    say("  kiểm tra như make verify…")
    found = _verified(layout, say)
    if not found.faults:
        detail = f"{source.name}, sha256 {sha256_of(source)}"
        Log(layout.log).append(Event(action=Action.RESTORED, detail=detail), moment())
    return found


def copies_of(log: Log) -> list[Copy]:
    """Every backup that the log knows, the oldest first."""
    entries = reversed(list(log.entries_with(Action.BACKED_UP)))
    return [Copy(Path(e.detail, name), sha256, e.at) for e in entries for name, sha256 in e.beside.items()]


def _verified(layout: Layout, say: Say) -> Verified:
    """What `make verify` says; an office that has only raw data yet has nothing to verify."""
    with suppress(NoInputError):
        return verify(layout, Scope(), say=say)
    return Verified(Log(layout.log).chain())


def _files(layout: Layout, read_me: bytes, say: Say) -> Iterator[tuple[str, Path | bytes]]:
    """The log before the reports: a report published meanwhile is then noticed by the head."""
    yield READ_ME, read_me
    for part in PARTS:
        for path in sorted(_below(layout.root / part)):
            if path.is_symlink() or not path.is_file():
                say(f"  bỏ qua {layout.relative(path)}: không phải tệp thường")
            else:
                yield path.relative_to(layout.root).as_posix(), path


def _below(folder: Path) -> Iterator[Path]:
    """Every file but locks and what is being made."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".staging-", ".new-"))]
        yield from (Path(place, name) for name in files if name != ".lock" and not name.startswith(".new-"))


def _read_me(found: Verified, copies: list[Copy], devices: int) -> bytes:
    """What lies on top of the archive; the last of `copies` is the archive itself."""
    text = TEXT.format(
        at=copies[-1].at,
        host=socket.gethostname(),
        head=found.chain.head,
        state=f"{len(found.faults)} chỗ không khớp, xem make verify" if found.faults else "mọi tệp khớp mã băm đã ghi",
        sums=SUMS,
        count=len(copies),
        devices=devices,
        copies="\n".join(f"  {copy.at}  {copy.path}" for copy in copies),
        file=copies[-1].path.name,
    )
    return text.replace("\n", "\r\n").encode("utf-8-sig")  # Notepad of older Windows


def _device(path: Path) -> int:
    return path.stat().st_dev
