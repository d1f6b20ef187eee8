"""Real runs: signing off and replacing, an audit from a bundle alone, an unpacked backup, a signature by ssh."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from pipeline.paths import CODE, Layout
from pipeline.publish.manifest import run_id
from tests.audit_e2e.conftest import LOCALITY, command
from tests.e2e.conftest import Make, run_make

OFFICE = 'UBND <đặc khu> $(shell touch canary) "`touch canary`"'


def _report(project: Layout) -> Path:
    return project.report(LOCALITY, "2026")


def _told(code: Path, project: Layout, *arguments: str) -> str:
    answer = command(code, project.root, *arguments)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def test_make_records_a_sign_off_and_runs_nothing_of_it(make: Make, project: Layout) -> None:
    before = run_id(_report(project))
    for state, said in (("issued", "Error 64"), ("", "Error 64"), ("x", "Error 64")):
        assert said in make("sign-off", f"LOCALITY={LOCALITY}", f"STATE={state}", "BY=UBND").stderr
    assert "Error 64" in make("sign-off", f"LOCALITY={LOCALITY}", "STATE=sent", "BY=x").stderr
    assert "Error 66" in make("sign-off", "LOCALITY=cat-hai", "STATE=sent", "BY=UBND").stderr
    answer = make("sign-off", f"LOCALITY={LOCALITY}", "STATE=sent", f"BY={OFFICE}")
    assert answer.returncode == 0, answer.stderr
    signed = json.loads((_report(project) / "sign-off.json").read_text("utf-8"))
    assert signed["run"] == before == run_id(_report(project))
    assert [(step["state"], step["by"]) for step in signed["steps"]] == [("sent", OFFICE)]
    assert not list(CODE.glob("canary*"))
    assert "Error 64" in make("sign-off", f"LOCALITY={LOCALITY}", "STATE=sent", "BY=UBND").stderr
    assert make("verify").returncode == 0


def test_an_issued_report_is_frozen_and_its_replacement_says_what_differs(project: Layout, code: Path) -> None:
    shutil.rmtree(project.reports)
    _told(code, project, "report", LOCALITY)
    first = run_id(_report(project))
    for state in ("sent", "accepted-commune", "accepted-city", "issued"):
        _told(code, project, "sign-off", "--state", state, "--by", OFFICE, "--", LOCALITY)
    _told(code, project, "report", LOCALITY)
    assert run_id(_report(project)) == first
    _told(code, project, "report", "--force", LOCALITY)
    assert run_id(_report(project)) == first
    plan = project.plans / LOCALITY / "bach-long-vi-2026.yaml"
    original = plan.read_text("utf-8")
    plan.write_text(original.replace('text: "≥80%"', 'text: "≥41%"', 1), "utf-8")
    _told(code, project, "report", LOCALITY)
    page = (
        (_report(project) / "index.html")
        .read_text("utf-8")
        .replace('<span role="img" aria-label="thành">→</span>', "→")
    )
    assert "Thay thế báo cáo đã ban hành" in page
    assert "mục tiêu “≥80%” → “≥41%”" in page
    assert first[:16] in page
    assert "UBND &lt;đặc khu&gt;" in page
    assert not (_report(project) / "sign-off.json").exists()
    assert json.loads((project.former / first / "sign-off.json").read_text("utf-8"))["steps"][-1]["state"] == "issued"
    second = run_id(_report(project))
    assert f"lần chạy {second}" in _told(code, project, "audit", LOCALITY)
    assert f"lần chạy {first}" in _told(code, project, "audit", "--run", first[:8], "--", LOCALITY)
    plan.write_text(original, "utf-8")
    _told(code, project, "report", LOCALITY)
    assert run_id(_report(project)) == first
    assert (_report(project) / "sign-off.json").is_file()
    assert "đều khớp" in _told(code, project, "verify")


def test_an_audit_from_a_bundle_needs_nothing_else(make: Make, project: Layout, tmp_path: Path) -> None:
    bundle, again = tmp_path / "gói 1.zip", tmp_path / "again.zip"
    assert make("bundle", f"LOCALITY={LOCALITY}", f"TO={bundle}").returncode == 0
    assert make("bundle", f"LOCALITY={LOCALITY}", f"TO={again}").returncode == 0
    assert bundle.read_bytes() == again.read_bytes()
    assert "Error 73" in make("bundle", f"LOCALITY={LOCALITY}", f"TO={bundle}").stderr
    run = run_id(_report(project))
    shutil.rmtree(project.root)
    alone = run_make(CODE, "audit", f"BUNDLE={bundle}", PIPELINE_ROOT=str(tmp_path / "nothing"))
    assert alone.returncode == 0, alone.stderr
    assert alone.stdout == f"Giống từng byte: 12 tệp, lần chạy {run}\n"
    assert not (tmp_path / "nothing").exists()


def test_a_bundle_with_another_figure_is_told_from_the_figure_on(make: Make, tmp_path: Path) -> None:
    """Figure, file and manifest altered together: only making it again can show it."""
    bundle = tmp_path / "x.zip"
    assert make("bundle", f"LOCALITY={LOCALITY}", f"TO={bundle}").returncode == 0
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    before = files["report/indicators.csv"]
    files["report/indicators.csv"] = before.replace(b",missed,", b",met,", 1).replace(b",not-submitted,", b",met,", 1)
    assert files["report/indicators.csv"] != before
    old, new = (hashlib.sha256(content).hexdigest() for content in (before, files["report/indicators.csv"]))
    files["report/manifest.json"] = files["report/manifest.json"].replace(old.encode(), new.encode())
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    answer = make("audit", f"BUNDLE={bundle}")
    assert "Error 76" in answer.stderr
    assert "indicators.csv: dòng " in answer.stdout
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("bundle", ["Makefile", "none.zip", "docs", "-", "$(shell touch canary)"])
def test_what_is_no_bundle_is_said_in_a_sentence(make: Make, bundle: str) -> None:
    answer = make("audit", f"BUNDLE={bundle}")
    assert answer.returncode == 2
    assert answer.stderr.startswith("Lỗi")
    assert "Traceback" not in answer.stderr
    assert not list(CODE.glob("canary*"))


def test_an_unpacked_backup_is_proved_and_goes_on(make: Make, project: Layout, tmp_path: Path) -> None:
    away, new = tmp_path / "away", tmp_path / "new"
    away.mkdir()
    new.mkdir()
    answer = make("backup", f"TO={away}")
    assert answer.returncode == 0, answer.stderr
    (archive,) = away.iterdir()
    head = answer.stdout.splitlines()[1].removeprefix("Đầu nhật ký: ")
    assert f"{archive}: " in answer.stdout
    assert hashlib.sha256(archive.read_bytes()).hexdigest() in answer.stdout
    assert "Error 73" in make("backup", f"TO={archive}").stderr
    assert make("backup", f"TO={tmp_path / 'again.tar'}").returncode == 0
    assert (tmp_path / "again.tar").read_bytes() == archive.read_bytes()
    shutil.rmtree(project.root)
    subprocess.run(["tar", "-xf", archive, "-C", new], check=True)
    unpacked = {"PIPELINE_ROOT": str(new)}
    verified = run_make(CODE, "verify", f"HEAD={head}", **unpacked)
    assert verified.returncode == 0, verified.stdout
    assert "2 báo cáo đang công bố, 1 lần chạy trước" in verified.stdout
    audited = run_make(CODE, "audit", f"LOCALITY={LOCALITY}", **unpacked)
    assert audited.returncode == 0, audited.stdout
    up_to_date = run_make(CODE, "report", f"LOCALITY={LOCALITY}", **unpacked)
    assert "đã mới nhất" in up_to_date.stderr


def test_an_office_signs_a_manifest_by_the_commands_of_the_guide(project: Layout) -> None:
    guide = (CODE / "docs" / "audit.md").read_text("utf-8").replace("cat-hai/2025", f"{LOCALITY}/2026")
    sign, check = re.findall(r"^ssh-keygen -Y .*$", guide, re.M)

    def said(command: str) -> str:
        return subprocess.run(
            ["sh", "-c", command], cwd=project.root, capture_output=True, text=True, check=False
        ).stdout

    said("ssh-keygen -q -t ed25519 -N '' -f khoa")
    public = (project.root / "khoa.pub").read_text("utf-8")
    (project.root / "nguoi-ky").write_text(f'ubnd namespaces="pipeline-report" {public}', "utf-8")
    (project.raw / "signatures").mkdir(parents=True)
    said(sign)
    assert 'Good "pipeline-report" signature for ubnd' in said(check)
    manifest = _report(project) / "manifest.json"
    manifest.write_bytes(manifest.read_bytes() + b" ")
    assert "Good" not in said(check)
