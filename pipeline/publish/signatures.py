"""Issued reports that must be signed by a key (chữ ký số của cơ quan): `make verify SIGNERS=…`, by OpenSSH.

The log knows only what somebody typed. Who may write the log may forge an issue; without the key nobody can sign the
manifest of the run. Which keys count is said by the one who verifies, from a file that is kept elsewhere.

    data/raw/signatures/<run id>.sig    ssh-keygen -Y sign -n pipeline-report over manifest.json
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.errors import CannotCreateError, NoInputError
from pipeline.paths import Layout
from pipeline.progress import short
from pipeline.publish.log import Entry
from pipeline.publish.manifest import MANIFEST, run_id
from pipeline.whole import read_ordinary

NAMESPACE = "pipeline-report"
"""What the signature is made for, so that one for something else does not count."""
_SECONDS = 20
_LARGEST = 1 << 16


def signature_faults(layout: Layout, issues: Iterable[Entry], signers: Path | None) -> Iterator[str]:
    """Every issued run without a signature of one of `signers`, in the form that ssh-keygen reads; None asks for none.

    Raises NoInputError where there is no such file, CannotCreateError on a machine without ssh-keygen.
    """
    if signers is None:
        return
    if not signers.is_file():
        raise NoInputError(f"Không có tệp {signers} (SIGNERS=): mỗi dòng một người được phép ký, xem docs/audit.md.")
    program = shutil.which("ssh-keygen")
    if program is None:
        raise CannotCreateError("Máy không có ssh-keygen: cài gói openssh-client để kiểm tra chữ ký.")
    for entry in {entry.run: entry for entry in issues}.values():
        path = layout.raw / "signatures" / f"{entry.run}.sig"
        where = f"{layout.relative(path)} ({entry.locality}, {entry.name}, lần chạy {short(entry.run)})"
        folder = next((p for p in _folders(layout, entry) if _is_run(p, entry.run)), None)
        if not _is_there(path):
            yield f"{where}: đã ban hành mà chưa có chữ ký số"
        elif folder is None or not _is_signed(program, path, folder / MANIFEST, signers):
            yield f"{where}: chữ ký số không đúng, hoặc của khóa không được phép"


def _is_there(signature: Path) -> bool:
    """Whether an ordinary file of the size of a signature lies there: ssh-keygen would read what never ends."""
    try:
        return bool(read_ordinary(signature, _LARGEST))
    except OSError:
        return False


def _folders(layout: Layout, entry: Entry) -> tuple[Path, Path]:
    return layout.report(entry.locality, entry.name), layout.former / entry.run


def _is_run(folder: Path, run: str) -> bool:
    try:
        return run_id(folder) == run
    except OSError:
        return False


def _is_signed(program: str, signature: Path, manifest: Path, signers: Path) -> bool:
    """Whether a key that is allowed made the signature over the manifest."""
    common = ["-s", str(signature.resolve()), "-f", str(signers.resolve())]
    found = _run([program, "-Y", "find-principals", "-n", NAMESPACE, *common], b"")
    principals = found.stdout.decode("utf-8", "replace").split() if found.returncode == 0 else []
    content = read_ordinary(manifest)
    return any(
        _run([program, "-Y", "verify", "-n", NAMESPACE, "-I", who, *common], content).returncode == 0
        for who in principals
    )


def _run(command: list[str], content: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, input=content, capture_output=True, timeout=_SECONDS, check=False)
