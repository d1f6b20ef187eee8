import hashlib
from pathlib import Path

import pytest

from pipeline.errors import ProgramChangedError
from pipeline.inputs.hashes import FileHash, canonical, hash_file, hash_files, hash_of, hash_program
from pipeline.paths import Layout


def test_a_file_is_named_below_its_project_with_its_hash_and_size(tmp_path: Path) -> None:
    layout, path = Layout(tmp_path), tmp_path / "data" / "Vĩ.csv"
    path.parent.mkdir()
    path.write_bytes(b"abc")
    expected = FileHash(path="data/Vĩ.csv", sha256=hashlib.sha256(b"abc").hexdigest(), size=3)
    assert hash_file(layout, path) == FileHash.of("data/Vĩ.csv", b"abc") == expected
    assert hash_file(layout, path, "index.html").path == "index.html"
    with pytest.raises(FileNotFoundError):
        hash_file(layout, tmp_path / "none")


def test_files_are_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in "bac":
        (tmp_path / name).write_text(name, "utf-8")
    found = hash_files(Layout(tmp_path), (tmp_path / name for name in "cba"))
    assert [file.path for file in found] == ["a", "b", "c"]


def test_a_module_that_changes_after_it_was_loaded_is_refused(tmp_path: Path) -> None:
    paths = [tmp_path / "b.py", tmp_path / "a.py"]
    for path in paths:
        path.write_text("x = 1\n", "utf-8")
    layout = Layout(tmp_path)
    assert hash_program(layout, paths) == hash_program(layout, paths) == hash_files(layout, paths)
    paths[0].write_text("x = 2\n", "utf-8")
    with pytest.raises(ProgramChangedError, match=r"^b\.py đã đổi từ khi lệnh bắt đầu"):
        hash_program(layout, paths)


def test_equal_records_have_one_form_and_one_hash() -> None:
    one, other = {"b": [1, None], "a": "Vĩ"}, {"a": "Vĩ", "b": [1, None]}
    assert canonical(one) == canonical(other) == '{"a":"Vĩ","b":[1,null]}'
    assert hash_of(one) == hash_of(other) != hash_of({"a": "Vĩ"})
