"""One file with everything that it takes to make a report again (gói kiểm toán, `make bundle`).

DOC-TRUOC.txt    what this is and what to do with it
report/…         the published files with their manifest
inputs/…         every input at its recorded path: data, plans, suites, notebooks, code, lock
log.jsonl        the lines of the log that name the run
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import DataError, MismatchError
from pipeline.inputs.describe import hash_notebook
from pipeline.paths import CODE, Layout
from pipeline.publish.archive import Limits, new_file, pack, unpack
from pipeline.publish.log import Log
from pipeline.publish.manifest import BESIDE, MANIFEST, Recorded, faults_of, read_recorded
from pipeline.publish.store import Store

READ_ME, REPORT, INPUTS, LOG = "DOC-TRUOC.txt", "report", "inputs", "log.jsonl"
_ADDRESS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*/[0-9]{4}(-[A-Z0-9]{2})?(\.known-[0-9]{4}-[0-9]{2}-[0-9]{2})?")
LIMITS = Limits(files=20_000, size=1 << 30)
"""A report with all its inputs has about 300 files and 10 MiB."""
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
    beside = (name for name in (MANIFEST, *BESIDE) if (recorded.folder / name).is_file())
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
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


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
