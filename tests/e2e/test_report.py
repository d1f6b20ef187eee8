"""Making a report, as an analyst does."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline.intake.rows import FileKind
from pipeline.paths import CODE, Layout
from pipeline.publish.manifest import BESIDE, MANIFEST
from pipeline.report.render import check_page
from pipeline.run.make_report import FAILED
from tests.e2e.conftest import Make, processes_of, run_make
from tests.factories import submit

FILES = {
    "index.html",
    "report.docx",
    "report.pdf",
    "completion.json",
    "completion.schema.json",
    "indicators-tasks.xlsx",
    "indicators.csv",
    "tasks.csv",
    "datapackage.json",
    "manifest.json",
    "run-info.json",
    "notebooks/validate.ipynb",
    "notebooks/compute.ipynb",
    "notebooks/report.ipynb",
}


def _files(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file()
    }


def _listed(inputs: dict[str, Any]) -> list[dict[str, str]]:
    shared = inputs["shared"]
    return [*inputs["submissions"], *inputs["plans"], *shared["lists"]]


def _unpacked(path: Path) -> bytes:
    """The bytes of a file; for a Word file or a workbook, those of its parts."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as parts:
        return b"".join(parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize("locality", ["cat-hai", "bach-long-vi", "binh-giang", "hai-phong"])
def test_a_report_with_real_data(project: Path, locality: str) -> None:
    answer = run_make(CODE, "report", f"LOCALITY={locality}", PIPELINE_ROOT=str(project))
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == f"reports/{locality}/2025/index.html\n"
    folder = project / "reports" / locality / "2025"
    files = _files(folder)
    assert set(files) == FILES
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    outputs = {f["path"]: f["sha256"] for f in manifest["outputs"]}
    assert outputs == {name: digest for name, digest in files.items() if name not in {MANIFEST, *BESIDE}}
    for entry in _listed(manifest["inputs"]):
        assert hashlib.sha256((project / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    html = (folder / "index.html").read_text("utf-8")
    check_page(html)
    assert manifest["input_id"] in html
    assert "default-src 'none'" in html
    for path in folder.rglob("*"):
        if path.is_file():
            content = _unpacked(path)
            assert str(project).encode() not in content, path
            assert str(CODE).encode() not in content, path

    again = run_make(CODE, "report", f"LOCALITY={locality}", PIPELINE_ROOT=str(project))
    assert again.stdout == answer.stdout
    assert "1/3" not in again.stderr  # no notebook ran
    assert "cài" not in again.stderr  # nothing about installing
    assert _files(folder) == files


def test_a_forced_second_run_gives_the_same_bytes(make: Make, layout: Layout) -> None:
    assert make("report", "LOCALITY=binh-giang").returncode == 0
    folder = layout.report("binh-giang", "2025")
    before = _files(folder)
    changed = {"TZ": "Asia/Ho_Chi_Minh", "LANG": "vi_VN.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    answer = make("report", "LOCALITY=binh-giang", "FORCE=1", **changed)
    assert "3/3" in answer.stderr
    assert _files(folder) == before


def test_a_run_that_fails_publishes_nothing_and_keeps_the_notebook(make: Make, layout: Layout) -> None:
    assert make("report", "LOCALITY=binh-giang").returncode == 0
    folder = layout.report("binh-giang", "2025")
    before = _files(folder)
    bad = layout.submissions / "binh-giang" / "2025" / "moi.csv"
    bad.write_text("STT,Tên chỉ tiêu\n1,a\n", "utf-8")
    answer = make("report", "LOCALITY=binh-giang")
    assert "Error 65" in answer.stderr
    assert "binh-giang/2025/moi.csv, dòng 1" in answer.stderr
    assert "Traceback" not in answer.stderr
    kept = layout.work("binh-giang", "2025") / "failed" / "validate.ipynb"
    assert layout.relative(kept) in answer.stderr
    assert kept.is_file()
    assert _files(folder) == before
    bad.unlink()
    assert make("report", "LOCALITY=binh-giang").returncode == 0


def test_a_row_that_breaks_a_rule_is_shown(make: Make, layout: Layout) -> None:
    payload = "<img src=x onerror=alert(1)>"
    submit(layout.root, "bach-long-vi", "2026", FileKind.OBSERVATIONS, {"value": "180", "note": payload})
    answer = make("report", "LOCALITY=bach-long-vi")
    assert answer.stdout == "reports/bach-long-vi/2026/index.html\n"  # the newest period
    html = (layout.report("bach-long-vi", "2026") / "index.html").read_text("utf-8")
    check_page(html)
    assert payload not in html
    assert "observations.csv</code>, G2" in html


def _start(layout: Layout) -> subprocess.Popen[str]:
    """Start a report and wait until its first notebook has begun."""
    environment = os.environ | {"PIPELINE_ROOT": str(layout.root)}
    command = [CODE / ".venv" / "bin" / "python", "-m", "pipeline", "report", "binh-giang"]
    run = subprocess.Popen(
        command, cwd=CODE, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert run.stderr is not None
    while "1/3" not in run.stderr.readline():
        pass
    time.sleep(1)
    return run


def _await_end_of_all_processes(layout: Layout) -> None:
    deadline = time.monotonic() + 60
    while orphans := processes_of(layout.root):
        assert time.monotonic() < deadline, orphans
        time.sleep(0.5)


def test_after_a_kill_the_next_run_succeeds_and_no_kernel_is_left(layout: Layout) -> None:
    run = _start(layout)
    run.kill()
    run.communicate()
    _await_end_of_all_processes(layout)
    assert not layout.report("binh-giang", "2025").exists()
    failed = layout.work("binh-giang", "2025") / FAILED
    failed.mkdir(parents=True, exist_ok=True)
    answer = run_make(CODE, "report", "LOCALITY=binh-giang", PIPELINE_ROOT=str(layout.root))
    assert answer.returncode == 0, answer.stderr
    assert not failed.exists()
    assert [p.name for p in layout.report("binh-giang", "2025").parent.iterdir() if p.name != ".lock"] == ["2025"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whoever_stops_it_gets_a_sentence_and_no_folder_is_left(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    run = _start(layout)
    (os.killpg if number == signal.SIGINT else os.kill)(run.pid, number)  # Ctrl-C reaches the group
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    *steps, last = told.splitlines()
    assert last.startswith("Đã dừng theo yêu cầu. Báo cáo đang công bố vẫn trọn vẹn")
    assert all(step.strip().endswith("…") for step in steps), told
    _await_end_of_all_processes(layout)
    assert not list(folder.iterdir())
    assert [p.name for p in layout.report("binh-giang", "2025").parent.iterdir()] == [".lock"]


def test_a_report_as_known_on_a_day_is_published_beside_the_full_one(make: Make, layout: Layout) -> None:
    first = submit(
        layout.root, "bach-long-vi", "2026-Q1", FileKind.OBSERVATIONS, {"value": "80", "as_of": "2026-03-01"}
    )
    later = first.with_name("2026-04-10-sua.csv")
    later.write_text(first.read_text("utf-8").replace(",80,", ",82,"), "utf-8")
    pages = [
        (layout.root / make("report", "LOCALITY=bach-long-vi", "PERIOD=2026-Q1", *known).stdout.strip()).read_text(
            "utf-8"
        )
        for known in ([], ["KNOWN_AT=2026-04-01"])
    ]
    assert "Số liệu sửa đổi" in pages[0]
    assert "Số liệu sửa đổi" not in pages[1]
    assert "đến hết ngày 01/04/2026" in pages[1]
    assert sorted(p.name for p in (layout.reports / "bach-long-vi").glob("2*")) == [
        "2026-Q1",
        "2026-Q1.known-2026-04-01",
    ]
    answer = make("report", "LOCALITY=bach-long-vi", "KNOWN_AT=hôm qua")
    assert "Error 64" in answer.stderr
    assert "2026-05-01" in answer.stderr


def test_validate_answers_every_sender_and_ends_with_a_table(make: Make, layout: Layout) -> None:
    submit(layout.root, "bach-long-vi", "2026-Q1", FileKind.OBSERVATIONS, {"value": "gần 80", "as_of": "2026-03-01"})
    answer = make("validate", "LOCALITY=bach-long-vi", "PERIOD=2026-Q1")
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert "observations.csv, G2: loại" in lines[0]
    assert lines[-2] == "1 dòng nhận = 0 dòng dùng + 1 dòng bị loại"
    assert [line.split()[0] for line in lines[-4:-2]] == ["tệp", "observations.csv"]
    assert len(list((layout.work("bach-long-vi", "2026-Q1") / "receipts").iterdir())) == 3
    assert not layout.reports.exists()
    assert "Error 66" in make("validate", "LOCALITY=bach-long-vi", "PERIOD=2026-H1").stderr


def test_methods_are_compared_and_unknown_ones_refused(make: Make, layout: Layout) -> None:
    submit(
        layout.root,
        "bach-long-vi",
        "2026-H1",
        FileKind.OBSERVATIONS,
        {"no": "11", "value": "40", "as_of": "2026-06-01"},
    )
    answer = make("compare-methods", "LOCALITY=bach-long-vi", "PERIOD=2026-H1", "METHODS=linear,open-sdg")
    assert answer.returncode == 0, answer.stderr
    assert "đổi kết luận giữa linear, open-sdg." in answer.stdout.splitlines()[-1]
    assert "destatis" not in answer.stdout
    assert "Error 64" in make("compare-methods", "LOCALITY=bach-long-vi", "METHODS=cagr").stderr
