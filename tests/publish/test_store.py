import fcntl
import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import BusyError, MismatchError
from pipeline.publish.store import Store


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_file_is_kept_by_the_hash_of_its_bytes_once_and_read_only(tmp_path: Path) -> None:
    store, source = Store(tmp_path / "store"), tmp_path / "a.csv"
    source.write_bytes(b"a")
    digest = _sha256(b"a")
    assert store.put([(source, digest)]) == 1
    path = tmp_path / "store" / digest[:2] / digest
    assert path.read_bytes() == b"a"
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    before = path.stat().st_mtime_ns
    assert store.put([(source, digest)]) == 0
    assert path.stat().st_mtime_ns == before
    assert list(store.digests()) == [digest]


def test_a_file_changed_meanwhile_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    store, source = Store(tmp_path / "store"), tmp_path / "a.csv"
    source.write_bytes(b"b")
    with pytest.raises(BusyError, match=r"a\.csv"):
        store.put([(source, _sha256(b"a"))])
    with pytest.raises(BusyError, match=r"gone\.csv"):
        store.put([(tmp_path / "gone.csv", _sha256(b"a"))])
    with pytest.raises(BusyError):
        store.put_contents([(b"a", _sha256(b"a")), (b"b", _sha256(b"c"))])
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path not in (source, store.root / ".lock")]


def test_what_is_no_longer_as_its_name_says_is_named(tmp_path: Path) -> None:
    store, digest = Store(tmp_path), _sha256(b"a")
    store.put_contents([(b"a", digest)])
    assert store.read(digest) == b"a"
    store.path(digest).chmod(0o644)
    store.path(digest).write_bytes(b"b")
    with pytest.raises(MismatchError, match=digest):
        store.read(digest)
    store.path(digest).unlink()
    with pytest.raises(MismatchError, match="không còn"):
        store.read(digest)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "A" * 64, f"{'a' * 64}\n"])
def test_no_name_leads_out_of_the_store(tmp_path: Path, name: str) -> None:
    with pytest.raises(MismatchError):
        Store(tmp_path).path(name)


def test_many_writers_of_the_same_files_leave_each_whole(tmp_path: Path) -> None:
    contents = [(bytes([n]) * 4096, _sha256(bytes([n]) * 4096)) for n in range(20)]
    with ThreadPoolExecutor(8) as executor:
        list(executor.map(lambda _: Store(tmp_path).put_contents(contents), range(16)))
    assert sorted(Store(tmp_path).digests()) == sorted(digest for _, digest in contents)
    assert all(Store(tmp_path).read(digest) == content for content, digest in contents)
    assert not list(tmp_path.glob("*/.new-*"))


def test_what_a_killed_writer_left_is_swept_but_not_while_another_writes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put_contents([(b"one", _sha256(b"one"))])
    left = store.path(_sha256(b"one")).with_name(".new-x")
    left.write_bytes(b"half")
    with store._lock(fcntl.LOCK_SH):
        assert store.sweep() == 0
    assert store.sweep() == 1
    assert not left.exists()
    assert store.read(_sha256(b"one")) == b"one"
