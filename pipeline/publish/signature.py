"""Signatures over a manifest (chữ ký số), by ssh-keygen: offline, with keys that an office may already have.

Nothing of this is needed for a report to prove itself; it binds a run to a key in addition.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.errors import MismatchError, NoInputError, StorageError, UsageError
from pipeline.paths import Layout
from pipeline.publish.manifest import MANIFEST

FILE = "manifest.json.sig"
NAMESPACE = "pipeline-report"
"""A signature is good for this purpose alone (ssh-keygen(1), -n)."""
SECONDS = 60


def signature_of(manifest: bytes, key: Path) -> bytes:
    """Sign; `key` is a private key, or a public one whose private part an agent holds.

    Raises NoInputError where there is no key, UsageError where it cannot sign.
    """
    if not key.is_file():
        raise NoInputError(f"Không có khóa {key}. Tạo: ssh-keygen -t ed25519 -f khoa")
    answer = _call(["sign", "-f", str(key.resolve()), "-n", NAMESPACE], manifest)
    if answer.returncode:
        raise UsageError(
            f"Khóa {key} không ký được: {_said(answer)}. Có mật khẩu thì nạp trước: ssh-add, rồi SIGN_KEY=tệp .pub."
        )
    return answer.stdout


def signer_of(manifest: bytes, signature: bytes, allowed: Path) -> str:
    """Who signed, by a file of allowed signers (ssh-keygen(1)). Raises MismatchError where none of them did."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(signature)
        file.flush()
        known = ["-s", file.name, "-f", str(allowed.resolve())]
        found = _call(["find-principals", *known], b"")
        names = found.stdout.decode(errors="replace").split("\n") if found.returncode == 0 else []
        for name in filter(None, names):
            if _call(["verify", *known, "-n", NAMESPACE, "-I", name], manifest).returncode == 0:
                return name
    raise MismatchError("chữ ký không đúng, hoặc không phải của người ký được phép")


def signatures(layout: Layout, folders: Iterable[Path], allowed: Path) -> Iterator[tuple[str, str]]:
    """Of every report folder that has a signature: where it lies and the signer's name, or '' for a false one.

    Raises NoInputError where the file of allowed signers is not there.
    """
    if not allowed.is_file():
        raise NoInputError(f"Không có tệp người ký được phép {allowed}. Cách viết: ssh-keygen(1), ALLOWED SIGNERS.")
    for folder in folders:
        if (folder / FILE).is_file() and (folder / MANIFEST).is_file():
            where = layout.relative(folder / FILE)
            try:
                yield where, signer_of((folder / MANIFEST).read_bytes(), (folder / FILE).read_bytes(), allowed)
            except MismatchError:
                yield where, ""


def _call(arguments: Sequence[str], content: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["ssh-keygen", "-Y", *arguments], input=content, capture_output=True, timeout=SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise NoInputError("Máy này không có ssh-keygen. Cài gói openssh-client rồi chạy lại.") from error
    except subprocess.TimeoutExpired as error:
        raise StorageError(f"ssh-keygen không trả lời sau {SECONDS} giây.") from error


def _said(answer: subprocess.CompletedProcess[bytes]) -> str:
    lines = answer.stderr.decode(errors="replace").strip().splitlines()
    return "".join(c if c.isprintable() else " " for c in lines[-1]) if lines else f"mã thoát {answer.returncode}"
