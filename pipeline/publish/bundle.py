"""One file with everything that it takes to make a report again (gói kiểm toán, `make bundle`).

DOC-TRUOC.txt    what this is and what to do with it
report/…         the published files with their manifest
inputs/…         every input at its recorded path: data, plans, suites, notebooks, code, lock
log.jsonl        the lines of the log that name the run
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from pipeline.errors import CannotCreateError, DataError, MismatchError, NoInputError
from pipeline.inputs.describe import hash_notebook
from pipeline.paths import CODE, Layout, is_plain
from pipeline.publish.log import Log
from pipeline.publish.manifest import BESIDE, FORMERLY_BESIDE, MANIFEST, Recorded, faults_of, read_recorded
from pipeline.publish.store import Store
from pipeline.whole import open_ordinary, read_ordinary, whole_file

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
class ArchiveLimits:
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


def unpack(source: Path, folder: Path, limits: ArchiveLimits) -> list[str]:
    """Write every file of an archive below an empty folder; gives the names.

    Raises NoInputError where there is none, DataError for one that cannot be read or must not be trusted.
    """
    if source.exists() and not source.is_file():  # to open a pipe would wait for somebody
        raise DataError(f"{source.name}: không phải tệp thường. Chép gói thành một tệp rồi chạy lại.")
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


def faults(entries: list[zipfile.ZipInfo], limits: ArchiveLimits) -> Iterator[str]:
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


def _add(archive: zipfile.ZipFile, name: str, content: Path | bytes) -> None:
    if not is_plain(name):
        raise DataError(f"Tên tệp {name!r} không đóng gói được: đổi tên, không dùng \\, : và ký tự không in được.")
    entry = zipfile.ZipInfo(name)  # of 1980, the earliest time that a zip can hold
    entry.create_system = 3  # of Unix on every machine
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    if isinstance(content, bytes):
        archive.writestr(entry, content)
        return
    with os.fdopen(open_ordinary(content), "rb") as file:
        entry.file_size = os.fstat(file.fileno()).st_size
        _pack(archive, entry, file)


def _pack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: IO[bytes]) -> None:
    with archive.open(entry, "w") as packed:
        while block := file.read(_BLOCK):
            packed.write(block)


def _damaged(source: Path) -> DataError:
    return DataError(f"{source.name}: không phải tệp zip đọc được, hoặc đã hỏng; xin lại từ nơi gửi.")


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Write one file. Raises BadZipFile if it holds more than its entry says: the limits count what entries say."""
    path.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with archive.open(entry) as packed, path.open("xb") as file:
        while block := packed.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise zipfile.BadZipFile(entry.filename)
            file.write(block)


READ_ME, REPORT, INPUTS, LOG = "DOC-TRUOC.txt", "report", "inputs", "log.jsonl"
_ADDRESS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*/[0-9]{4}(-[A-Z0-9]{2})?(\.known-[0-9]{4}-[0-9]{2}-[0-9]{2})?")
LIMITS = ArchiveLimits(files=20_000, size=1 << 30)
"""A report with all its inputs has about 400 files and 10 MiB."""
TEXT = """GÓI KIỂM TOÁN MỘT BÁO CÁO

Địa phương: {locality}
Kỳ: {name}
Lần chạy (SHA-256 của report/manifest.json): {run}
Mã đầu vào: {input_id}

Trong gói:
  report/     trang báo cáo và mọi tệp đã công bố; mở report/index.html bằng trình duyệt
  inputs/     mọi đầu vào đúng từng byte: số liệu đã gửi, kế hoạch, quy tắc, sổ tay, mã nguồn, danh sách gói phần mềm
  log.jsonl   các dòng nhật ký nói về lần chạy này
  report/manifest.json là bản kê: mã SHA-256 của từng tệp trên

Kiểm tra bằng mắt: tính mã SHA-256 của một tệp bất kỳ rồi so với bản kê
  (Windows: certutil -hashfile TỆP SHA256; Linux: sha256sum TỆP).

Lập lại và so từng byte: cần bộ mã của chương trình này và Python {python}. Trong thư mục của bộ mã, gõ:
  make audit BUNDLE={file}
Giống: in ra “Giống từng byte” với mã lần chạy ở trên. Khác: nêu tệp nào, con số nào, từ đâu thành đâu (mã thoát 76).

Mã nguồn trong inputs/ sẽ được chạy khi lập lại: chỉ làm với gói nhận từ nơi tin cậy.
Gói không tự chứng minh được nó có từ bao giờ: hỏi cơ quan lập báo cáo nhật ký và đầu nhật ký (make verify), rồi so
với các dòng trong log.jsonl.
"""


def make_bundle(layout: Layout, recorded: Recorded, to: Path | None = None) -> Path:
    """Write the bundle of a run; gives its path. `to` is a folder that is there, or the name of a new file.

    Raises MismatchError where a file of the report or an input is not as recorded, CannotCreateError for a place that
    cannot be written.
    """
    faults = [f"{layout.relative(recorded.folder)}/{fault}" for fault in faults_of(recorded)]
    if faults:
        raise MismatchError("Không đóng gói báo cáo đã bị sửa:\n" + "\n".join(faults))
    target = new_file(to, _name(recorded)) if to else layout.work(recorded.locality, recorded.name) / _name(recorded)
    if not to:
        target.parent.mkdir(parents=True, exist_ok=True)
    pack(target, _files(layout, recorded))
    return target


def _name(recorded: Recorded) -> str:
    return f"{recorded.locality}-{recorded.name}-{recorded.run[:8]}.zip"


def _files(layout: Layout, recorded: Recorded) -> Iterator[tuple[str, Path | bytes]]:
    """In the order of their names but for the first, which is to be read first."""
    yield READ_ME, _read_me(recorded)
    store, inputs = Store(layout.store), recorded.needed
    for path in sorted(inputs):
        yield f"{INPUTS}/{path}", store.read(inputs[path])
    lines = reversed(list(Log(layout.log).lines_with(recorded.run)))
    yield LOG, b"".join(line + b"\n" for line in lines)
    beside = (name for name in (MANIFEST, *BESIDE, *FORMERLY_BESIDE) if (recorded.folder / name).is_file())
    for name in sorted({*recorded.outputs, *beside}):
        yield f"{REPORT}/{name}", recorded.folder / name


def _read_me(recorded: Recorded) -> bytes:
    text = TEXT.format(
        locality=recorded.locality,
        name=recorded.name,
        run=recorded.run,
        input_id=recorded.input_id,
        python=recorded.python,
        file=_name(recorded),
    )
    return text.replace("\n", "\r\n").encode("utf-8-sig")  # Notepad of older Windows


@contextmanager
def opened(bundle: Path) -> Iterator[tuple[Layout, Recorded]]:
    """A project that holds only what is in a bundle, and the run in it; gone afterwards.

    Raises NoInputError, DataError, MismatchError for a bundle that is none, must not be trusted or is not whole.
    """
    with tempfile.TemporaryDirectory(prefix="bundle-") as folder:
        place, layout = Path(folder, "bundle"), Layout(Path(folder, "project"))
        names = unpack(bundle, place, LIMITS)
        if f"{REPORT}/{MANIFEST}" not in names or _strange(names):
            raise DataError(f"{bundle.name}: không phải gói kiểm toán do make bundle lập.")
        found = read_recorded(place / REPORT)
        if not _ADDRESS.fullmatch(f"{found.locality}/{found.name}"):
            raise DataError(f"{bundle.name}: bản kê không nêu địa phương và kỳ.")
        report = layout.report(found.locality, found.name)
        report.parent.mkdir(parents=True)
        (place / REPORT).rename(report)
        layout.log.mkdir()
        if LOG in names:
            (place / LOG).rename(Log(layout.log).path)
        _keep(place / INPUTS, found, Store(layout.store))
        yield layout, read_recorded(report)


def foreign_code(recorded: Recorded) -> list[str]:
    """The program files of a run that are not those of this checkout: whoever makes it again executes them."""
    program = (path for path in recorded.needed if not path.startswith(("data/", "reports/")))
    return sorted(path for path in program if _of_program(path) != recorded.needed[path])


def _of_program(path: str) -> str:
    """The hash of a file of this checkout; of a notebook as inputs are hashed."""
    return hash_notebook(path).sha256 if path.endswith(".ipynb") and (CODE / path).is_file() else _sha256(CODE / path)


def _sha256(path: Path) -> str:
    return hashlib.sha256(read_ordinary(path)).hexdigest() if path.is_file() else ""


def _strange(names: list[str]) -> bool:
    """Whether a file lies where a bundle has none."""
    return any(name not in (READ_ME, LOG) and not name.startswith((f"{REPORT}/", f"{INPUTS}/")) for name in names)


def _keep(folder: Path, found: Recorded, store: Store) -> None:
    inputs = found.needed
    for path, sha256 in inputs.items():
        if not (folder / path).is_file():
            raise MismatchError(f"Gói thiếu {INPUTS}/{path}.")
        if _sha256(folder / path) != sha256:
            raise MismatchError(f"{INPUTS}/{path} trong gói không còn như bản kê đã ghi.")
    lying = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    for more in sorted(lying - inputs.keys()):
        raise MismatchError(f"{INPUTS}/{more} trong gói không có trong bản kê.")
    store.put((folder / path, sha256) for path, sha256 in inputs.items())
