"""`make verify` as a user calls it; `tests/faults` counts what it finds."""

from __future__ import annotations

import re

from pipeline.paths import Layout
from pipeline.publish.manifest import run_id
from tests.audit_e2e.conftest import LOCALITY
from tests.e2e.conftest import Make
from tests.faults.manipulations import flip, without_line


def test_an_unchanged_project_is_whole_and_the_head_is_printed(make: Make, project: Layout) -> None:
    answer = make("verify")
    assert answer.returncode == 0, answer.stdout
    summary, head = answer.stdout.splitlines()
    assert summary.startswith("2 báo cáo đang công bố, 1 lần chạy trước, 36 tệp kết quả,")
    assert summary.endswith("3 dòng nhật ký: đều khớp")
    assert re.fullmatch(r"Đầu nhật ký, hãy chép lại ở nơi khác: 3:[0-9a-f]{64}", head)
    assert "1 báo cáo đang công bố, 0 lần" in make("verify", "LOCALITY=binh-giang", "PERIOD=2026").stdout
    assert "Error 66" in make("verify", "LOCALITY=cat-hai").stderr


def test_a_report_is_published_again_to_replace_an_altered_one(make: Make, project: Layout) -> None:
    flip(project.report(LOCALITY, "2026") / "index.html")
    answer = make("verify")
    assert "Error 76" in answer.stderr
    assert f"reports/{LOCALITY}/2026/index.html: nội dung đã đổi so với bản kê" in answer.stdout
    assert "Traceback" not in answer.stderr
    before = run_id(project.report(LOCALITY, "2026"))
    assert make("report", f"LOCALITY={LOCALITY}").returncode == 0
    assert run_id(project.report(LOCALITY, "2026")) == before
    assert make("verify").returncode == 0


def test_a_head_kept_elsewhere_reveals_that_the_end_was_cut_off(make: Make, project: Layout) -> None:
    head = make("verify").stdout.split()[-1]
    assert make("verify", f"HEAD={head}").returncode == 0
    assert make("verify", f"HEAD={head.partition(':')[2]}").returncode == 0
    without_line(project, 3)
    answer = make("verify", f"HEAD={head}")
    assert f"không còn dòng {head}" in answer.stdout
    assert "Error 64" in make("verify", "HEAD=x; touch y").stderr
