import hashlib
import subprocess
from pathlib import Path

import pytest

from pipeline.inputs import draft
from pipeline.inputs.draft import KNOWN, RECORD, Checkout, checkout, draft_id, examine


def _git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A checkout with everything committed."""
    folder = tmp_path / "code"
    for name in ("pipeline/a.py", "notebooks/a.ipynb", "expectations/a.json", "requirements.lock", "docs/a.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("một\n", "utf-8")
    (folder / ".gitignore").write_text("__pycache__/\n", "utf-8")
    _git(folder, "init", "-q")
    _git(folder, "add", ".")
    _git(folder, "commit", "-qm", "start")
    return folder


def test_what_is_committed_is_no_draft(code: Path) -> None:
    found = examine(code)
    assert len(found.commit) == 40
    assert found.draft == ""
    (code / "docs" / "a.md").write_text("hai\n", "utf-8")
    (code / "pipeline" / "__pycache__").mkdir()
    (code / "pipeline" / "__pycache__" / "a.pyc").write_text("x", "utf-8")
    assert examine(code) == found


@pytest.mark.parametrize("name", ["pipeline/a.py", "notebooks/a.ipynb", "expectations/a.json", "requirements.lock"])
def test_a_change_is_kept_with_its_text(code: Path, name: str) -> None:
    (code / name).write_text("hai\n", "utf-8")
    difference = examine(code).difference.decode()
    assert f" M {name}" in difference
    assert "-một\n+hai\n" in difference
    assert examine(code).draft == hashlib.sha256(difference.encode()).hexdigest()
    _git(code, "add", ".")
    assert examine(code).draft  # staged is not committed
    _git(code, "commit", "-qm", "change")
    assert examine(code).draft == ""


def test_a_file_unknown_to_git_makes_a_draft_by_its_content(code: Path) -> None:
    path = code / "pipeline" / "mới.py"
    path.write_text("x", "utf-8")
    one = examine(code)
    assert f"{hashlib.sha256(b'x').hexdigest()}  pipeline/mới.py" in one.difference.decode()
    path.write_text("y", "utf-8")
    assert examine(code).draft not in ("", one.draft)


def test_a_file_taken_away_makes_a_draft(code: Path) -> None:
    (code / "expectations" / "a.json").unlink()
    assert " D expectations/a.json" in examine(code).difference.decode()


def test_settings_of_the_user_do_not_count(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code / "pipeline" / "a.py").write_text("hai\n", "utf-8")
    before = examine(code)
    settings = code.parent / "gitconfig"
    settings.write_text("[diff]\n\tnoprefix = true\n\texternal = /bin/false\n[color]\n\tui = always\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(code.parent / "nowhere"))
    assert examine(code) == before


def test_without_git_a_record_beside_the_package_says_so(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = code / "pipeline"  # a folder inside a checkout is not the checkout of its own
    assert examine(copy) == Checkout()
    (copy / RECORD).write_bytes(b"difference")
    assert examine(copy) == Checkout(difference=b"difference")
    monkeypatch.setenv("PATH", str(code / "empty"))
    assert examine(code) == Checkout()


def test_a_kernel_is_told_and_does_not_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft, "_git", lambda *arguments: pytest.fail("asked"))
    checkout.cache_clear()
    monkeypatch.setenv(KNOWN, "")
    assert draft_id() == ""
    monkeypatch.setenv(KNOWN, "ab")
    assert draft_id() == "ab"
