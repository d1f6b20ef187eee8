"""Signatures by real keys: who signed is told, and whatever was altered is refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipeline.errors import MismatchError, NoInputError, UsageError
from pipeline.publish.signature import signature_of, signer_of


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "khóa 1"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


@pytest.fixture
def allowed(tmp_path: Path, key: Path) -> Path:
    path, public = tmp_path / "allowed", Path(f"{key}.pub").read_text("utf-8").split()
    path.write_text(f'ubnd@cat-hai namespaces="pipeline-report" {public[0]} {public[1]}\n', "utf-8")
    return path


def test_the_signer_is_told_by_name(key: Path, allowed: Path) -> None:
    signature = signature_of(b"manifest", key)
    assert signature.startswith(b"-----BEGIN SSH SIGNATURE-----")
    assert signer_of(b"manifest", signature, allowed) == "ubnd@cat-hai"


def test_whatever_was_altered_is_refused(key: Path, allowed: Path, tmp_path: Path) -> None:
    signature = signature_of(b"manifest", key)
    nobody = tmp_path / "nobody"
    nobody.write_text("", "utf-8")
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
    cases = [
        (b"manifes", signature, allowed),
        (b"manifest", signature[:-40], allowed),
        (b"manifest", b"", allowed),
        (b"manifest", signature, nobody),
        (b"manifest", signature, tmp_path / "none"),
        (b"manifest", signature_of(b"manifest", other), allowed),
    ]
    for manifest, signed, who in cases:
        with pytest.raises(MismatchError):
            signer_of(manifest, signed, who)


def test_a_signature_for_another_purpose_does_not_serve(key: Path, allowed: Path, tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"manifest")
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "git", tmp_path / "m"], check=True)
    with pytest.raises(MismatchError):
        signer_of(b"manifest", (tmp_path / "m.sig").read_bytes(), allowed)


def test_a_key_that_is_none_is_said(allowed: Path, tmp_path: Path) -> None:
    with pytest.raises(NoInputError):
        signature_of(b"manifest", tmp_path / "none")
    with pytest.raises(UsageError, match="ssh-add"):
        signature_of(b"manifest", allowed)


def test_without_ssh_keygen_the_package_is_named(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoInputError, match="openssh-client"):
        signature_of(b"manifest", key)
