import errno
import json
import shutil
from pathlib import Path

import pytest

from pipeline.errors import MismatchError, NoInputError, UsageError
from pipeline.paths import Layout
from pipeline.publish.manifest import run_id
from pipeline.publish.recorded import faults_of, find_run, former_folders, published_folders, read_recorded

SHA = "a" * 64


def _publish(folder: Path, locality: str = "cat-hai", **inputs: object) -> Path:
    folder.mkdir(parents=True)
    manifest = {
        "input_id": SHA,
        "inputs": {
            "parameters": {"locality": locality, "period": "2025", "known_at": "", "page_lang": ""},
            "shared": {"python": "3.11", "lock": {"path": "requirements.lock", "sha256": SHA, "size": 1}},
        }
        | inputs,
        "outputs": [],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def test_a_manifest_of_any_edition_is_read_by_paths_and_hashes(tmp_path: Path) -> None:
    files = [{"path": "data/raw/a.csv", "sha256": "b" * 64, "size": 3, "more": "of another edition"}]
    folder = _publish(tmp_path / "2025", submissions=files, new_group={"deeper": {"still": files[:1]}})
    recorded = read_recorded(folder)
    assert recorded.inputs == {"requirements.lock": SHA, "data/raw/a.csv": "b" * 64}
    assert (recorded.locality, recorded.name, recorded.lock, recorded.draft) == ("cat-hai", "2025", SHA, "")
    assert recorded.run == run_id(folder)


@pytest.mark.parametrize("path", ["../a", "/etc/passwd", "a/../../b", "a//b", "./a", "", "a\nb", "a\0b", 7, None])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, path: object) -> None:
    folder = _publish(tmp_path / "2025", submissions=[{"path": path, "sha256": SHA}])
    with pytest.raises(MismatchError, match=r"manifest\.json"):
        read_recorded(folder)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "null", '{"inputs": []}', '{"input_id": 1, "inputs": {}, "outputs": 3}']
)
def test_what_is_no_manifest_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content, "utf-8")
    with pytest.raises(MismatchError, match=r"manifest\.json"):
        read_recorded(tmp_path)


def test_folders_are_found_but_for_the_hidden_ones(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    for name in ("b/2025", "a/2025.known-2025-06-01", "a/2025", "a/.staging-2025", ".site/x"):
        (layout.reports / name).mkdir(parents=True)
    assert [layout.relative(p) for p in published_folders(layout)] == [
        "reports/a/2025",
        "reports/a/2025.known-2025-06-01",
        "reports/b/2025",
    ]
    assert former_folders(layout) == []


def test_a_run_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    published = _publish(layout.report("cat-hai", "2025"))
    kept = _publish(layout.former / "one", more=1)
    shutil.move(kept, layout.former / run_id(kept))
    kept = layout.former / next(layout.former.iterdir()).name
    assert find_run(layout, "cat-hai", run_id(published)[:8]) == published
    assert find_run(layout, "cat-hai", kept.name) == kept
    with pytest.raises(NoInputError):
        find_run(layout, "hai-phong", kept.name)
    with pytest.raises(NoInputError):
        find_run(layout, "cat-hai", "0" * 8)
    for bad in ("", kept.name[:7], kept.name.upper(), "../" + kept.name, f"{kept.name}0", kept.name[:8] + "\n"):
        with pytest.raises(UsageError):
            find_run(layout, "cat-hai", bad)


def test_a_beginning_that_two_runs_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.publish import recorded

    layout = Layout(tmp_path)
    _publish(layout.report("cat-hai", "2025"))
    _publish(layout.former / "one")
    names = {"2025": "abcdef0011", "one": "abcdef0022"}
    monkeypatch.setattr(recorded, "_run_of", lambda folder: names[folder.name])
    with pytest.raises(UsageError, match="Viết dài hơn"):
        find_run(layout, "cat-hai", "abcdef00")
    assert find_run(layout, "cat-hai", "abcdef002").name == "one"


def test_a_link_in_the_place_of_a_file_is_a_change(tmp_path: Path) -> None:
    folder = _publish(tmp_path / "2025")
    (tmp_path / "elsewhere").write_bytes(b"")
    (folder / "more").symlink_to(tmp_path / "elsewhere")
    assert list(faults_of(read_recorded(folder))) == ["more: không có trong bản kê"]


def test_what_cannot_be_read_now_is_not_told_as_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(path: Path) -> bytes:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr(Path, "read_bytes", fails)
    with pytest.raises(OSError, match="Input/output"):
        read_recorded(tmp_path)
