import errno
import hashlib
import json
import shutil
from pathlib import Path

import pytest

from pipeline.errors import MismatchError, NoInputError, UsageError
from pipeline.inputs.describe import describe_inputs
from pipeline.inputs.program import all_files
from pipeline.paths import CODE, Layout
from pipeline.publish import manifest as module
from pipeline.publish.manifest import (
    BESIDE,
    FORMERLY_BESIDE,
    MANIFEST,
    faults_of,
    find_run,
    former_folders,
    hash_outputs,
    is_up_to_date,
    looks_up_to_date,
    manifest_of,
    published_folders,
    published_name,
    read_manifest,
    read_recorded,
    run_id,
)
from pipeline.steps import Run, to_json

SHA = "a" * 64


@pytest.fixture
def folder(layout: Layout, tmp_path: Path) -> Path:
    """A report of one page, with its manifest."""
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "index.html").write_text("a", "utf-8")
    run = Run.open("bach-long-vi", "2025", layout=layout)
    (folder / MANIFEST).write_text(to_json(manifest_of(layout, describe_inputs(run), folder)), "utf-8")
    return folder


def test_every_file_of_the_package_is_an_input_or_ran_the_notebooks(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest is not None
    inputs, program = ({file.path for file in files} for files in (manifest.inputs.shared.code, manifest.program))
    assert not inputs & program
    assert inputs | program == {path.relative_to(CODE).as_posix() for path in all_files()}
    assert "pipeline/publish/manifest.py" in program
    recorded = read_recorded(folder)
    assert recorded.program.keys() == program
    assert recorded.needed == recorded.inputs | recorded.program


def test_what_tells_times_and_hosts_is_no_output(folder: Path) -> None:
    before = hash_outputs(folder)
    assert [file.path for file in before] == ["index.html"]
    for name in (*BESIDE, *FORMERLY_BESIDE):
        (folder / name).write_text("x", "utf-8")
    assert hash_outputs(folder) == before
    assert not list(faults_of(read_recorded(folder)))


def test_a_report_is_up_to_date_until_one_byte_of_it_changes(folder: Path) -> None:
    input_id, runs = read_recorded(folder).input_id, {run_id(folder)}
    assert is_up_to_date(folder, input_id)
    assert looks_up_to_date(folder, input_id, runs)
    assert not is_up_to_date(folder, SHA)
    assert not looks_up_to_date(folder, SHA, runs)
    assert not looks_up_to_date(folder, input_id, {SHA})  # of a run that no log knows
    (folder / "index.html").write_text("b", "utf-8")
    assert not is_up_to_date(folder, input_id)
    assert looks_up_to_date(folder, input_id, runs)  # of the same size
    (folder / "index.html").write_text("more", "utf-8")
    assert not looks_up_to_date(folder, input_id, runs)
    (folder / "index.html").unlink()
    assert not is_up_to_date(folder, input_id)
    assert not looks_up_to_date(folder, input_id, runs)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"input_id": "a"}', None])
def test_without_a_manifest_nothing_is_up_to_date(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / MANIFEST).write_text(content, "utf-8")
    assert read_manifest(tmp_path) is None
    assert not is_up_to_date(tmp_path, "a")
    runs = {hashlib.sha256((content or "").encode()).hexdigest()}
    assert not looks_up_to_date(tmp_path, "a", runs)


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
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    return folder


def test_a_manifest_of_any_edition_is_read_by_paths_and_hashes(tmp_path: Path) -> None:
    files = [{"path": "data/raw/a.csv", "sha256": "b" * 64, "size": 3, "more": "of another edition"}]
    folder = _publish(tmp_path / "2025", submissions=files, new_group={"deeper": {"still": files[:1]}})
    recorded = read_recorded(folder)
    assert recorded.inputs == recorded.needed == {"requirements.lock": SHA, "data/raw/a.csv": "b" * 64}
    assert (recorded.locality, recorded.name, recorded.lock, recorded.draft) == ("cat-hai", "2025", SHA, False)
    assert recorded.run == run_id(folder)


@pytest.mark.parametrize("path", ["../a", "/etc/passwd", "a/../../b", "a//b", "./a", "", "a\nb", "a\0b", 7, None])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, path: object) -> None:
    folder = _publish(tmp_path / "2025", submissions=[{"path": path, "sha256": SHA}])
    with pytest.raises(MismatchError, match=r"manifest\.json"):
        read_recorded(folder)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "null", '{"inputs": []}', '{"input_id": 1, "inputs": {}, "outputs": 3}']
)
def test_what_is_no_manifest_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content, "utf-8")
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
    former = _publish(layout.former / "one", more=1)
    former = Path(shutil.move(former, layout.former / run_id(former)))
    assert find_run(layout, "cat-hai", run_id(published)[:8]) == published
    assert find_run(layout, "cat-hai", former.name) == former
    with pytest.raises(NoInputError):
        find_run(layout, "hai-phong", former.name)
    with pytest.raises(NoInputError):
        find_run(layout, "cat-hai", "0" * 8)


def test_a_beginning_that_two_runs_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout(tmp_path)
    _publish(layout.report("cat-hai", "2025"))
    _publish(layout.former / "one")
    names = {"2025": "abcdef0011", "one": "abcdef0022"}
    monkeypatch.setattr(module, "run_id", lambda folder: names[folder.name])
    with pytest.raises(UsageError, match="Viết dài hơn"):
        find_run(layout, "cat-hai", "abcdef00")
    assert find_run(layout, "cat-hai", "abcdef002").name == "one"


def test_the_report_that_is_asked_for_is_one_that_is_published(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with pytest.raises(NoInputError, match="make verify"):
        published_name(layout, "cat-hai", "")
    layout.report("cat-hai", "2025").mkdir(parents=True)
    assert published_name(layout, "cat-hai", "") == published_name(layout, "cat-hai", "2025") == "2025"
    with pytest.raises(UsageError, match="đã công bố 2025"):
        published_name(layout, "cat-hai", "2024")
    layout.report("cat-hai", "2026").mkdir()
    with pytest.raises(UsageError, match="2025, 2026"):
        published_name(layout, "cat-hai", "")


def test_a_link_in_the_place_of_a_file_is_a_change(tmp_path: Path) -> None:
    folder = _publish(tmp_path / "2025")
    (tmp_path / "elsewhere").write_bytes(b"")
    (folder / "more").symlink_to(tmp_path / "elsewhere")
    assert list(faults_of(read_recorded(folder))) == ["more: không có trong bản kê"]


def test_what_cannot_be_read_now_is_not_taken_for_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(path: Path) -> bytes:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr("pipeline.publish.manifest.read_ordinary", fails)
    with pytest.raises(OSError, match="Input/output"):
        read_recorded(tmp_path)
