"""Issued reports that must be signed: a missing, foreign or other signature is named."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import NoInputError
from pipeline.paths import Layout
from pipeline.publish.log import Action, Event, Log
from pipeline.publish.sign_off import issues
from pipeline.publish.signatures import NAMESPACE, signature_faults
from pipeline.steps import Run
from tests.run.filled import issued_and_replaced

pytestmark = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")


@pytest.fixture
def run(run: Run) -> Run:
    """Of a report that was issued and then replaced."""
    return issued_and_replaced(run.layout)


def _key(folder: Path, name: str) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name], cwd=folder, check=True)
    return folder / name


def _signers(key: Path) -> Path:
    path = key.with_name("signers")
    path.write_text(f'ubnd namespaces="{NAMESPACE}" {key.with_name(f"{key.name}.pub").read_text("utf-8")}', "utf-8")
    return path


def _sign(layout: Layout, key: Path, manifest: Path, run: str, namespace: str = NAMESPACE) -> None:
    folder = layout.raw / "signatures"
    folder.mkdir(exist_ok=True)
    command = ["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", str(key)]
    made = subprocess.run(command, input=manifest.read_bytes(), capture_output=True, check=True)
    (folder / f"{run}.sig").write_bytes(made.stdout)


def _faults(layout: Layout, signers: Path | None) -> list[str]:
    issued = issues(Log(layout.log).chain().entries, lambda *_: True)
    return list(signature_faults(layout, issued, signers))


def test_every_issue_needs_a_signature_of_a_key_that_counts(run: Run, tmp_path: Path) -> None:
    layout, (issued,) = run.layout, run.layout.former.iterdir()
    key, stranger = _key(tmp_path, "office"), _key(tmp_path, "stranger")
    signers, manifest = _signers(key), issued / "manifest.json"
    assert not _faults(layout, None)
    (fault,) = _faults(layout, signers)
    assert fault.startswith(f"data/raw/signatures/{issued.name}.sig (bach-long-vi, 2025")
    assert "chưa có chữ ký số" in fault
    for signing, signed, namespace in (
        (stranger, manifest, NAMESPACE),
        (key, run.report / "manifest.json", NAMESPACE),
        (key, manifest, "file"),
    ):
        _sign(layout, signing, signed, issued.name, namespace)
        (fault,) = _faults(layout, signers)
        assert "chữ ký số không đúng" in fault
    _sign(layout, key, manifest, issued.name)
    assert not _faults(layout, signers)


def test_an_issue_that_somebody_wrote_into_the_log_is_found(run: Run, tmp_path: Path) -> None:
    layout, (issued,) = run.layout, run.layout.former.iterdir()
    key = _key(tmp_path, "office")
    _sign(layout, key, issued / "manifest.json", issued.name)
    last = Log(layout.log).chain().entries[-1]
    for state in ("checked", "issued"):
        forged = {"locality": "bach-long-vi", "name": "2025", "run": last.run, "state": state, "by": "UBND"}
        Log(layout.log).append(Event(action=Action.SIGNED_OFF, **forged))
    (fault,) = _faults(layout, _signers(key))
    assert last.run in fault


def test_a_list_of_signers_that_is_not_there_is_said(run: Run, tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="SIGNERS="):
        _faults(run.layout, tmp_path / "nobody")


def _endless(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(5 << 30)


@pytest.mark.parametrize("put", [os.mkfifo, Path.mkdir, _endless, lambda path: path.symlink_to("/dev/zero")])
def test_a_signature_that_is_no_file_is_none(put: Callable[[Path], None], run: Run, tmp_path: Path) -> None:
    (issued,) = run.layout.former.iterdir()
    folder = run.layout.raw / "signatures"
    folder.mkdir()
    put(folder / f"{issued.name}.sig")
    (fault,) = _faults(run.layout, _signers(_key(tmp_path, "office")))
    assert "chưa có chữ ký số" in fault
