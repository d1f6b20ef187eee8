import errno
import os
import stat
from pathlib import Path

import pytest

from pipeline.whole import UNFINISHED, whole_file, write_whole


def test_a_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for content in (b"one", b"two"):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_who_may_read_it_is_as_of_any_new_file(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "a", b"")
    finally:
        assert os.umask(before) == mask
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o666 & ~mask


def test_until_the_end_the_file_before_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    with whole_file(path) as file:
        file.write(b"two")
        file.flush()
        assert path.read_bytes() == b"one"
        assert [p.name.startswith(UNFINISHED) for p in tmp_path.iterdir() if p != path] == [True]
    assert path.read_bytes() == b"two"


def test_an_error_leaves_the_file_before_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    with pytest.raises(ValueError, match="x"), whole_file(path) as file:
        file.write(b"two")
        raise ValueError("x")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"one", [path])


def test_its_bytes_are_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"

    def full(handle: int) -> None:
        assert not path.exists()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"one")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "a", b"")
