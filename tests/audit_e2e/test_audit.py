"""`make audit`: a recorded run made again in an empty place, with the same bytes or a list of differences."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from pipeline.paths import CODE, Layout
from pipeline.publish.manifest import run_id
from pipeline.publish.store import Store
from tests.audit_e2e.conftest import LOCALITY, command
from tests.checkout import commit
from tests.e2e.conftest import Make


def _report(project: Layout) -> Path:
    return project.report(LOCALITY, "2026")


def _changed(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_a_published_run_is_the_same_again_byte_for_byte(make: Make, project: Layout) -> None:
    shutil.rmtree(project.root / "data")  # an auditor has only reports/
    changed = {"TZ": "Asia/Ho_Chi_Minh", "LANG": "vi_VN.UTF-8", "PYTHONHASHSEED": "7", "WARM_KERNELS": "0"}
    answer = make("audit", f"LOCALITY={LOCALITY}", "PERIOD=2026", **changed)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == f"Giống từng byte: 12 tệp, lần chạy {run_id(_report(project))}\n"
    assert "khác bộ mã này" not in answer.stderr
    assert make("verify").returncode == 0


def test_a_former_run_is_named_by_the_beginning_of_its_id(make: Make, project: Layout) -> None:
    (former,) = project.former.iterdir()
    answer = make("audit", f"LOCALITY={LOCALITY}", f"RUN={former.name[:8]}")
    assert answer.returncode == 0, answer.stderr
    told, same = answer.stdout.splitlines()
    assert told == "Đã thay đổi từ đó đến nay: đã đổi: data/raw/plans/bach-long-vi/bach-long-vi-2026.yaml"
    assert same == f"Giống từng byte: 12 tệp, lần chạy {former.name}"
    assert "Error 66" in make("audit", f"LOCALITY={LOCALITY}", "RUN=00000000").stderr
    asked = make("audit", f"LOCALITY={LOCALITY}", "PERIOD=2024").stderr
    assert "đã công bố 2026" in asked
    assert "Error 64" in asked
    assert "Error 66" in make("audit", "LOCALITY=../../etc").stderr
    assert "Error 64" in make("audit", f"LOCALITY={LOCALITY}", "RUN=$(shell touch x)").stderr
    assert "Error 66" in make("audit", "LOCALITY=binh-giang", f"RUN={former.name[:8]}").stderr


def test_an_altered_figure_is_named_with_both_values(make: Make, project: Layout) -> None:
    path = _report(project) / "completion.json"
    record = json.loads(path.read_text("utf-8"))
    row = next(r for r in record["plans"][0]["indicators"] if r["status"] == "not-submitted")
    row["status"] = "met"
    record["rate"]["met"] += 1
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
    _changed(_report(project) / "index.html", ">7 trên 20", ">8 trên 20")
    answer = make("audit", f"LOCALITY={LOCALITY}")
    assert "Error 76" in answer.stderr
    assert "reports/bach-long-vi/2026/completion.json: nội dung đã đổi so với bản kê" in answer.stdout
    assert "completion.json: tỷ lệ, số đạt: 8 → 7" in answer.stdout
    assert f"completion.json: “{row['name']}” " in answer.stdout
    assert "trạng thái: “đạt” → “chưa có số liệu”" in answer.stdout
    assert ">8 trên 20" in answer.stdout
    assert "lần chạy:" not in answer.stdout  # the new run agrees with the manifest


def test_an_altered_figure_with_an_altered_manifest_is_found_too(make: Make, project: Layout) -> None:
    """With new hashes in the manifest too, it is a run that the log does not know and nobody can make again."""
    path, manifest = _report(project) / "indicators.csv", _report(project) / "manifest.json"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    _changed(path, "not-yet-met", "met")
    record = json.loads(manifest.read_text("utf-8"))
    for output in record["outputs"]:
        if output["sha256"] == before:
            output.update(sha256=hashlib.sha256(path.read_bytes()).hexdigest(), size=path.stat().st_size)
    manifest.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
    answer = make("audit", f"LOCALITY={LOCALITY}")
    assert "Error 76" in answer.stderr
    assert "nhật ký không có lần chạy" in answer.stdout
    assert "indicators.csv: dòng " in answer.stdout
    assert "index.html" not in answer.stdout


@pytest.mark.parametrize("how", ["changed", "gone"])
def test_an_input_that_is_no_longer_in_the_store_is_named(make: Make, project: Layout, how: str) -> None:
    record = json.loads((_report(project) / "manifest.json").read_text("utf-8"))
    stored = Store(project.store).path(record["inputs"]["plans"][0]["sha256"])
    if how == "gone":
        stored.unlink()
    else:
        stored.chmod(0o644)
        stored.write_bytes(stored.read_bytes().replace(b"80", b"70", 1))
    answer = make("audit", f"LOCALITY={LOCALITY}")
    assert "Error 76" in answer.stderr
    assert stored.name in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("warm", ["1", "0"])
def test_a_draft_of_older_code_is_audited_with_that_code(
    project: Layout, code: Path, monkeypatch: pytest.MonkeyPatch, warm: str
) -> None:
    """The older code prints another word in each notebook and is not committed; today's code audits it."""
    monkeypatch.setenv("WARM_KERNELS", warm)
    shutil.rmtree(project.reports)
    _changed(code / "pipeline" / "steps.py", "Đã ghi", "Đã lưu")  # the last word in the first two notebooks
    page_words = code / "pipeline" / "report" / "locale" / "vi" / "page.po"
    _changed(page_words, "Kết quả thực hiện kế hoạch", "Mức độ thực hiện kế hoạch")
    _changed(code / "pipeline" / "publish" / "publish.py", "đã công bố: lần", "công bố xong: lần")  # no input
    made = command(code, project.root, "report", LOCALITY)
    assert made.returncode == 0, made.stderr
    assert "công bố xong: lần" in made.stderr
    page = (_report(project) / "index.html").read_text("utf-8")
    assert "Mức độ thực hiện kế hoạch" in page
    assert "Bản nháp: mã nguồn có thay đổi chưa ghi nhận" in page
    notebooks = [(_report(project) / "notebooks" / f"{n}.ipynb").read_text("utf-8") for n in ("validate", "compute")]
    assert all("Đã lưu" in notebook for notebook in notebooks)
    run = run_id(_report(project))
    audited = command(CODE, project.root, "audit", "--run", run[:10], "--", LOCALITY)
    assert audited.returncode == 0, audited.stdout + audited.stderr
    assert f"lần chạy {run}" in audited.stdout
    assert "Đã thay đổi từ đó đến nay: đã đổi: pipeline/steps.py" in audited.stdout
    assert "publish.py" not in audited.stdout
    assert "sẽ chạy mã nguồn trong kho, khác bộ mã này ở 3 tệp: pipeline/publish/publish.py" in audited.stderr


def test_code_that_gives_other_bytes_for_the_same_inputs_publishes_nothing(project: Layout, code: Path) -> None:
    """A clock in the page: a defect that no hash of inputs can detect."""
    shutil.rmtree(project.reports)
    _changed(
        code / "pipeline" / "report" / "render.py",
        "return str(html)",
        "import time\n    return str(html) + str(time.time_ns())",
    )
    first = command(code, project.root, "report", LOCALITY)
    assert first.returncode == 0, first.stderr
    before = (_report(project) / "index.html").read_bytes()
    again = command(code, project.root, "report", "--force", LOCALITY)
    assert again.returncode == 76, again.stderr
    assert "index.html" in again.stderr
    assert (_report(project) / "index.html").read_bytes() == before
    assert (project.work(LOCALITY, "2026") / "differs" / "index.html").read_bytes() != before
    audited = command(CODE, project.root, "audit", LOCALITY)
    assert audited.returncode == 76
    assert "index.html: dòng" in audited.stdout
    assert "lần chạy: " in audited.stdout


def test_another_lock_is_installed_before_the_run_is_made_again(project: Layout, code: Path) -> None:
    """The lock differs in a comment only, so its environment has another name and the same content."""
    shutil.rmtree(project.reports)
    lock = code / "requirements.lock"
    lock.write_text(f"# of another day\n{lock.read_text('utf-8')}", "utf-8")
    commit(code)
    assert command(code, project.root, "report", LOCALITY).returncode == 0
    assert "Bản nháp" not in (_report(project) / "index.html").read_text("utf-8")
    audited = command(CODE, project.root, "audit", LOCALITY)
    assert audited.returncode == 0, audited.stdout + audited.stderr
    assert "cài môi trường theo requirements.lock đã ghi" in audited.stderr
    assert "Đã thay đổi từ đó đến nay: đã đổi: requirements.lock" in audited.stdout
