import hashlib
from pathlib import Path

import pytest

from pipeline.inputs.hashes import FileHash, canonical, hash_file, hash_files, hash_of
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


def test_equal_records_have_one_form_and_one_hash() -> None:
    one, other = {"b": [1, None], "a": "Vĩ"}, {"a": "Vĩ", "b": [1, None]}
    assert canonical(one) == canonical(other) == '{"a":"Vĩ","b":[1,null]}'
    assert hash_of(one) == hash_of(other) != hash_of({"a": "Vĩ"})
