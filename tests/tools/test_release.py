import subprocess
from pathlib import Path

import pytest

from tools.release import faults

SOUND = {
    "pyproject.toml": '[project]\nversion = "1.2.3"\n',
    "CHANGELOG.md": "# Thay đổi\n\n## 1.2.3 (14/12/2026)\n",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository in which 1.2.3 may be tagged."""
    for name, text in SOUND.items():
        (tmp_path / name).write_text(text, "utf-8")
    _git(tmp_path, "init", "--quiet")
    _commit(tmp_path)
    return tmp_path


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments], cwd=root, check=True)


def _commit(root: Path) -> None:
    _git(root, "add", ".")
    _git(root, "commit", "--quiet", "--message", "a")


def test_a_sound_version_may_be_tagged(checkout: Path) -> None:
    assert list(faults(checkout, "1.2.3")) == []


@pytest.mark.parametrize(
    ("version", "file", "text", "said"),
    [
        ("", "", "", "không hợp lệ"),
        ("1.2", "", "", "không hợp lệ"),
        ("$(touch P)", "", "", "không hợp lệ"),
        ("1.2.3", "pyproject.toml", '[project]\nversion = "1.2.2"\n', "ghi phiên bản 1.2.2"),
        ("1.2.3", "CHANGELOG.md", "# Thay đổi\n\n## 1.2.3 (chưa phát hành)\n", "CHANGELOG.md"),
        ("1.2.3", "CHANGELOG.md", "# Thay đổi\n\n## 1.2.30 (14/12/2026)\n", "CHANGELOG.md"),
    ],
)
def test_what_a_tag_would_say_wrongly_is_named(checkout: Path, version: str, file: str, text: str, said: str) -> None:
    if file:
        (checkout / file).write_text(text, "utf-8")
        _commit(checkout)
    (fault,) = faults(checkout, version)
    assert said in fault


def test_uncommitted_work_and_a_second_tag_are_refused(checkout: Path) -> None:
    _git(checkout, "tag", "v1.2.3")
    (checkout / "new.txt").write_text("a", "utf-8")
    assert [fault.partition(":")[0] for fault in faults(checkout, "1.2.3")] == [
        "Còn thay đổi chưa ghi vào kho",
        "Đã có thẻ v1.2.3",
    ]
