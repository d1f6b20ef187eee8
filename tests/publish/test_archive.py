"""Archives: equal files give equal bytes; what was made to do harm is refused with nothing written outside."""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import CannotCreateError, DataError, NoInputError, PipelineError
from pipeline.publish.archive import Limits, is_plain, new_file, pack, unpack

LIMITS = Limits(files=10, size=1 << 22)


def _hostile(path: Path, *names: str, content: bytes = b"x", mode: int = 0, method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in names:
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.compress_type = mode << 16, method
            archive.writestr(entry, content)
    return path


def test_files_come_back_and_the_archive_is_the_same_again(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(3 << 20))
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    for target in (one, two):
        pack(target, [("a/b.txt", "Vĩ".encode()), ("c d.bin", source)])
        os.utime(source, (1, 1))
    assert one.read_bytes() == two.read_bytes()
    assert unpack(one, tmp_path / "out", LIMITS) == ["a/b.txt", "c d.bin"]
    assert (tmp_path / "out" / "a" / "b.txt").read_text("utf-8") == "Vĩ"
    assert (tmp_path / "out" / "c d.bin").read_bytes() == source.read_bytes()


NAMES = [
    "../x",
    "a/../../x",
    "/x",
    "//x",
    "a//b",
    "./x",
    "a/./b",
    "a/",
    "..",
    ".",
    "a\\b",
    "C:x",
    "a\nb",
    "a\x1b[31m",
    "a\N{RIGHT-TO-LEFT OVERRIDE}b",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    assert not is_plain(name)
    out = tmp_path / "deep" / "out"
    with pytest.raises(DataError, match="không an toàn"):
        unpack(_hostile(tmp_path / "x.zip", "good", name), out, LIMITS)
    assert not out.exists()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_what_is_no_plain_file_is_refused(tmp_path: Path, kind: int) -> None:
    with pytest.raises(DataError, match="không phải tệp thường"):
        unpack(_hostile(tmp_path / "x.zip", "x", content=b"/etc/passwd", mode=kind | 0o777), tmp_path / "out", LIMITS)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("a", "a"), ("a", "b", "a")])
def test_a_name_may_stand_once(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match="hai lần"):
        unpack(_hostile(tmp_path / "x.zip", *names), tmp_path / "out", LIMITS)


def test_too_many_too_large_and_too_dense_are_refused(tmp_path: Path) -> None:
    many = _hostile(tmp_path / "many.zip", *(str(n) for n in range(11)))
    large = _hostile(tmp_path / "large.zip", "a", "b", content=os.urandom((1 << 21) + 1))
    dense = _hostile(tmp_path / "dense.zip", "a", content=bytes(1 << 22), method=zipfile.ZIP_DEFLATED)
    for path, why in ((many, "11 tệp"), (large, "quá 4194304"), (dense, "mở ra gấp")):
        with pytest.raises(DataError, match=why):
            unpack(path, tmp_path / "out", LIMITS)
    assert not (tmp_path / "out").exists()


def test_an_entry_that_holds_more_than_it_says_stops_there(tmp_path: Path) -> None:
    path = _hostile(tmp_path / "x.zip", "a", content=bytes(1 << 20), method=zipfile.ZIP_DEFLATED)
    content = path.read_bytes().replace((1 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(content)
    with pytest.raises(DataError):
        unpack(path, tmp_path / "out", LIMITS)
    assert (tmp_path / "out" / "a").stat().st_size <= 10


def test_a_file_in_the_place_of_a_folder_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    with pytest.raises((OSError, PipelineError)):
        unpack(_hostile(tmp_path / "x.zip", "a", "a/b"), tmp_path / "out", LIMITS)


def test_what_is_not_there_or_no_archive_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoInputError):
        unpack(tmp_path / "none.zip", tmp_path / "out", LIMITS)
    (tmp_path / "no.zip").write_text("<html>", "utf-8")
    with pytest.raises(DataError):
        unpack(tmp_path / "no.zip", tmp_path / "out", LIMITS)


@settings(max_examples=200, deadline=None)
@given(
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), min_size=1, max_size=3),
    kept=st.one_of(st.just(1.0), st.floats(0, 1)),
)
def test_damaged_bytes_give_the_same_files_or_one_sentence(flips: list[tuple[float, int]], kept: float) -> None:
    """Never another content in silence, never an error of another kind."""
    files = {"a/b.txt": b"abc" * 400, "c.txt": b"xyz" * 9}
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "x.zip"), Path(folder, "out")
        pack(path, files.items())
        content = bytearray(path.read_bytes())
        for place, bit in flips:
            content[int(place * len(content))] ^= 1 << bit
        path.write_bytes(content[: int(kept * len(content))])
        try:
            names = unpack(path, out, LIMITS)
        except PipelineError:
            return
        for name in set(names) & files.keys():
            assert (out / name).read_bytes() == files[name]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_packed_that_nobody_could_unpack(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="đổi tên"):
        pack(tmp_path / "x.zip", [(name, b"")])
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path: Path) -> None:
    target = tmp_path / "x.zip"

    def broken() -> object:
        yield "a", b"1"
        raise DataError("giữa chừng")

    with pytest.raises(DataError):
        pack(target, broken())  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
    with pytest.raises(CannotCreateError):
        pack(tmp_path / "none" / "x.zip", [])
    target.write_bytes(b"")
    with pytest.raises(CannotCreateError, match="chọn tên khác"):
        new_file(target, "y.zip")
    with pytest.raises(CannotCreateError, match="chọn tên khác"):
        new_file(tmp_path, "x.zip")
    with pytest.raises(CannotCreateError, match=r"\.zip"):
        new_file(tmp_path / "none", "x.zip")
    assert new_file(tmp_path, "y.zip") == tmp_path / "y.zip"
