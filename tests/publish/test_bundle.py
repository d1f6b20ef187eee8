"""Bundles: everything is in them, the same bytes each time, and none that was tampered with is opened."""

from __future__ import annotations

import json
import os
import stat
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import CannotCreateError, DataError, MismatchError, NoInputError, PipelineError
from pipeline.inputs.describe import hash_notebook
from pipeline.inputs.draft import KNOWN
from pipeline.paths import Layout, is_plain
from pipeline.publish.bundle import ArchiveLimits, foreign_code, make_bundle, new_file, opened, pack, unpack
from pipeline.publish.log import Log
from pipeline.publish.manifest import Recorded, faults_of, read_recorded
from pipeline.publish.store import Store
from pipeline.steps import Run
from tests.run.filled import issued_and_replaced


@pytest.fixture
def run(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv(KNOWN, "")
    return issued_and_replaced(layout)


@pytest.fixture
def bundle(run: Run, tmp_path: Path) -> Path:
    return make_bundle(run.layout, read_recorded(run.report), tmp_path / "x.zip")


def _contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_everything_that_is_recorded_is_in_it(run: Run, bundle: Path) -> None:
    recorded, contents = read_recorded(run.report), _contents(bundle)
    for name, path in ((f"report/{p.name}", p) for p in run.report.iterdir()):
        assert contents[name] == path.read_bytes()
    store = Store(run.layout.store)
    for name, sha256 in recorded.needed.items():
        assert contents[f"inputs/{name}"] == store.read(sha256)
    assert any(name.startswith("inputs/reports/.issued/") for name in contents)
    assert "inputs/pipeline/publish/bundle.py" in contents  # no input, but making it again takes it
    assert recorded.run in contents["DOC-TRUOC.txt"].decode("utf-8-sig")
    (line,) = contents["log.jsonl"].splitlines()
    assert json.loads(line)["action"] == "replaced"


def test_the_same_run_gives_the_same_bytes(run: Run, bundle: Path, tmp_path: Path) -> None:
    again = make_bundle(run.layout, read_recorded(run.report), tmp_path / "other.zip")
    assert again.read_bytes() == bundle.read_bytes()
    for _ in range(2):  # the place it has by itself is written again
        own = make_bundle(run.layout, read_recorded(run.report))
    assert own.read_bytes() == bundle.read_bytes()
    assert own.parent == run.work
    with pytest.raises(CannotCreateError):
        make_bundle(run.layout, read_recorded(run.report), bundle)


def test_a_former_run_is_bundled_with_its_signatures(run: Run, tmp_path: Path) -> None:
    (former,) = run.layout.former.iterdir()
    path = make_bundle(run.layout, read_recorded(former), tmp_path)
    assert path.name == f"bach-long-vi-2025-{former.name[:8]}.zip"
    contents = _contents(path)
    assert json.loads(contents["report/sign-off.json"])["run"] == former.name
    actions = [json.loads(line)["action"] for line in contents["log.jsonl"].splitlines()]
    assert actions == ["published", *["signed-off"] * 4, "replaced"]


def test_opened_it_is_a_project_with_that_run_alone(run: Run, bundle: Path) -> None:
    recorded = read_recorded(run.report)
    with opened(bundle) as (layout, found):
        assert found.run == recorded.run
        assert not list(faults_of(found))
        assert Log(layout.log).mentions(found.run)
        assert set(Store(layout.store).digests()) == set(found.needed.values())
        assert not foreign_code(found)
        root = layout.root
    assert not root.exists()


def test_nothing_that_was_altered_is_bundled(run: Run, tmp_path: Path) -> None:
    recorded = read_recorded(run.report)
    (run.report / "completion.json").write_text("{}", "utf-8")
    with pytest.raises(MismatchError, match=r"completion\.json"):
        make_bundle(run.layout, recorded, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_nor_one_with_an_input_that_is_gone(run: Run, tmp_path: Path) -> None:
    recorded = read_recorded(run.report)
    Store(run.layout.store).path(recorded.lock).unlink()
    with pytest.raises(MismatchError, match=recorded.lock):
        make_bundle(run.layout, recorded, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def _altered(bundle: Path, alter: Callable[[dict[str, bytes]], None]) -> Path:
    contents = _contents(bundle)
    alter(contents)
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return bundle


def _manifest(contents: dict[str, bytes], alter: Callable[[dict[str, dict[str, str]]], None]) -> None:
    manifest = json.loads(contents["report/manifest.json"])
    alter(manifest["inputs"])
    contents["report/manifest.json"] = json.dumps(manifest).encode()


LOCK = "inputs/requirements.lock"
TAMPERED: dict[str, Callable[[dict[str, bytes]], object]] = {
    "an input changed": lambda c: c.update({LOCK: c[LOCK] + b"\n"}),
    "an input gone": lambda c: c.pop(LOCK),
    "an input more": lambda c: c.update({"inputs/pipeline/more.py": b"import os"}),
    "a file more": lambda c: c.update({"tools/x.py": b""}),
    "no manifest": lambda c: c.pop("report/manifest.json"),
    "a manifest that is none": lambda c: c.update({"report/manifest.json": b"{}"}),
    "a locality that leads out": lambda c: _manifest(c, lambda i: i["parameters"].update(locality="..")),
    "a locality that is an option": lambda c: _manifest(c, lambda i: i["parameters"].update(locality="--help")),
    "a period that leads out": lambda c: _manifest(c, lambda i: i["parameters"].update(period="2025/../..")),
    "a day that leads out": lambda c: _manifest(c, lambda i: i["parameters"].update(known_at="/x")),
    "an input that leads out": lambda c: _manifest(c, lambda i: i["shared"]["lock"].update(path="../x")),  # type: ignore[index,attr-defined]
}


@pytest.mark.parametrize("name", TAMPERED)
def test_one_that_was_tampered_with_is_not_opened(bundle: Path, name: str) -> None:
    _altered(bundle, lambda contents: void(TAMPERED[name](contents)))
    with pytest.raises((MismatchError, DataError)), opened(bundle):
        pytest.fail("opened")


def void(value: object) -> None:
    """For a lambda that gives something back."""


def test_an_output_that_was_changed_is_for_the_audit_to_tell(bundle: Path) -> None:
    _altered(bundle, lambda contents: contents.update({"report/completion.json": b"{}"}))
    with opened(bundle) as (_, found):
        assert list(faults_of(found)) == ["completion.json: nội dung đã đổi so với bản kê"]


def test_code_that_is_not_that_of_this_checkout_is_named() -> None:
    none, notebook = "0" * 64, "notebooks/report.ipynb"
    inputs = {"pipeline/__init__.py": none, "data/raw/x.csv": none, "reports/.issued/x": none}
    recorded = Recorded(Path(), "", inputs=inputs, program={"pipeline/gone.py": none, "pipeline/cli.py": none})
    assert foreign_code(recorded) == ["pipeline/__init__.py", "pipeline/cli.py", "pipeline/gone.py"]
    assert foreign_code(Recorded(Path(), "", inputs={notebook: hash_notebook(notebook).sha256})) == []


LIMITS = ArchiveLimits(files=10, size=1 << 22)


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


@pytest.mark.parametrize("put", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_bundle_that_is_no_file_is_refused_at_once(put: Callable[[Path], None], tmp_path: Path) -> None:
    put(tmp_path / "goi.zip")
    with pytest.raises(DataError, match=r"goi\.zip: không phải tệp thường"):
        unpack(tmp_path / "goi.zip", tmp_path / "out", LIMITS)
