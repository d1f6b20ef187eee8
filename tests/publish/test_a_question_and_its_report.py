"""One report from a question to its issue: returned, corrected, accepted level by level, asked, issued, taken back."""

from __future__ import annotations

import re

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.inputs.describe import describe_inputs
from pipeline.inputs.draft import KNOWN
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.registry import Registry
from pipeline.publish.issue import sign_off
from pipeline.publish.log import Log
from pipeline.publish.manifest import SIGN_OFF
from pipeline.publish.sign_off import WAY, State, is_frozen
from pipeline.publish.verify import Scope, verify
from pipeline.report.page import Page
from pipeline.steps import Run
from tests.factories import submit
from tests.intake.test_follow_ups import ANSWERED, ASKED, PLACE
from tests.run.filled import publish

COMMUNE, CITY = "UBND đặc khu Bạch Long Vĩ", "Sở Khoa học và Công nghệ"


def _send(layout: Layout, period: str, value: str, evidence: str) -> None:
    day = {"2026-Q1": "2026-03-01", "2026-H1": "2026-06-01"}[period]
    submit(layout.root, PLACE, period, FileKind.OBSERVATIONS, {"value": value, "as_of": day, "evidence": evidence})


def _made(run: Run, registry: Registry) -> str:
    """The page of the report as a run would make it, published."""
    intake = validate_period(run.layout, registry, PLACE, run.period)
    completion = evaluate(registry, run.locality, run.period, intake)
    page = Page(completion, intake, describe_inputs(run).id)
    html = page.attention().html + page.plans().html
    publish(run, html)
    return re.sub(r"</?(?:code|a)\b[^>]*>", "", html)


def _put(layout: Layout, path: str, content: str) -> None:
    place = layout.raw / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content, "utf-8")


def test_a_report_is_asked_about_returned_accepted_issued_and_taken_back(
    layout: Layout, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KNOWN, "")
    run, later = (Run.open(PLACE, period, layout=layout) for period in ("2026-Q1", "2026-H1"))
    _send(layout, "2026-Q1", "70", "ho-so.pdf")
    assert "ho-so.pdf (chưa có tệp)" in _made(run, registry)
    sign_off(run, State.SENT, COMMUNE, print)
    returned = sign_off(run, State.RETURNED, CITY, print, "Thiếu minh chứng")
    assert (returned.state, returned.steps[-1].reason) == (State.RETURNED, "Thiếu minh chứng")

    _put(layout, f"submissions/{PLACE}/2026-Q1/minh-chung/ho-so.pdf", "x")
    assert "ho-so.pdf (sha256 2d711642b726b044, 1 byte)" in _made(run, registry)
    assert not (run.report / SIGN_OFF).exists()
    for state in WAY:
        sign_off(run, state, CITY if state is State.CITY else COMMUNE, print)

    _put(layout, f"follow-ups/{PLACE}/2026-Q1/hoi-01.yaml", ASKED)
    assert is_frozen(layout, run.report, describe_inputs(run))  # a question replaces no issued report
    _send(layout, "2026-H1", "80", "https://x.gov.vn/a.pdf")
    page = _made(later, registry)
    assert "chưa trả lời, quá hạn" in page
    assert "chỉ là đường dẫn, chưa lưu bản" in page
    asked = describe_inputs(run)
    _put(layout, f"follow-ups/{PLACE}/2026-H1/tra-loi-01.yaml", ANSWERED)
    _put(layout, f"follow-ups/{PLACE}/2026-H1/cong-van.pdf", "x")
    page = _made(later, registry)
    assert "Do đổi cách đếm hồ sơ" in page
    assert "cong-van.pdf (sha256 2d711642b726b044, 1 byte)" in page
    assert describe_inputs(run).id == asked.id  # the answer is of the later report

    back = sign_off(run, State.TAKEN_BACK, COMMUNE, print, "Ký nhầm bản")
    assert (back.state, len(back.steps)) == (State.CITY, 5)
    assert not is_frozen(layout, run.report, describe_inputs(run))
    sign_off(run, State.ISSUED, COMMUNE, print)
    steps = [e.state for e in Log(layout.log).chain().entries if e.action == "signed-off"]
    assert steps == ["sent", "returned", *WAY, "taken-back", "issued"]
    assert verify(layout, Scope()).faults == []
