"""Evidence is kept by hash and named at its figure; it is never opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import DataError
from pipeline.inputs.describe import describe_inputs
from pipeline.intake.inbox import LARGEST
from pipeline.intake.rows import FileKind, Intake
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.steps import Run
from tests.factories import submit

PLACE, PERIOD = "bach-long-vi", "2026-Q1"


def _keep(layout: Layout, name: str, content: bytes = b"not a real document") -> Path:
    path = layout.submissions / PLACE / PERIOD / "minh-chung" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _judged(layout: Layout, registry: Registry, evidence: str) -> Intake:
    row = {"as_of": "2026-03-01", "evidence": evidence}
    submit(layout.root, PLACE, PERIOD, FileKind.OBSERVATIONS, row)
    return validate_period(layout, registry, PLACE, Period.parse(PERIOD))


KEPT = "(sha256 0acfdb1e35fce53e, 19 byte)"


@pytest.mark.parametrize(
    ("written", "shown", "missing"),
    [
        ("ho-so.pdf", f"ho-so.pdf {KEPT}", 0),
        ("minh-chung/HO-SO.PDF", f"ho-so.pdf {KEPT}", 0),
        ("ho-so.pdf; Báo cáo số 5", f"ho-so.pdf {KEPT}; Báo cáo số 5", 0),
        ("https://x.gov.vn/a.pdf", "https://x.gov.vn/a.pdf (chỉ là đường dẫn, chưa lưu bản)", 0),
        ("Báo cáo số 5/BC-UBND", "Báo cáo số 5/BC-UBND", 0),
        ("khac.docx", "khac.docx (chưa có tệp)", 1),
        ("../observations.csv.pdf", "../observations.csv.pdf (chưa có tệp)", 1),
        ("", "", 0),
    ],
)
def test_what_is_named_is_shown_with_its_hash(
    layout: Layout, registry: Registry, written: str, shown: str, missing: int
) -> None:
    _keep(layout, "ho-so.pdf")
    intake = _judged(layout, registry, written)
    assert [o.evidence for o in intake.observations] == [shown]
    found = [f for f in intake.findings if f.rule == "evidence-missing"]
    told = [(f.severity, f.origin.file.rpartition("/")[2]) for f in found]
    assert told == [("warning", "observations.csv")] * missing


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("chuong-trinh.exe", 1, "không nhận loại tệp này"),
        ("anh.svg", 1, "không nhận loại tệp này"),
        ("lon.pdf", LARGEST + 1, "lớn hơn 20 MB"),
        ("a:b.pdf", 1, "máy khác không mở được"),
        ("an\u202e.pdf", 1, "ký tự ẩn"),
    ],
)
def test_what_cannot_be_kept_is_refused(layout: Layout, registry: Registry, name: str, size: int, said: str) -> None:
    with _keep(layout, name).open("wb") as file:
        file.truncate(size)
    with pytest.raises(DataError, match=said):
        _judged(layout, registry, "")


def test_two_files_that_one_name_may_mean_are_refused(layout: Layout, registry: Registry) -> None:
    """Bytes of one would be told of the other. The day in a name of evidence says nothing of when it came."""
    _keep(layout, "12-04-26 QD.pdf")
    assert "12-04-26 QD.pdf (sha256" in str(_judged(layout, registry, "12-04-26 QD.pdf").observations[0].evidence)
    _keep(layout, "BC-1.pdf", b"one")
    _keep(layout, "bc-1.pdf", b"another")
    with pytest.raises(DataError, match="chỉ khác chữ hoa"):
        _judged(layout, registry, "bc-1.pdf")


def test_a_link_is_no_evidence(layout: Layout, registry: Registry) -> None:
    _keep(layout, "that.pdf").unlink()
    (layout.submissions / PLACE / PERIOD / "minh-chung" / "that.pdf").symlink_to("/etc/hostname")
    with pytest.raises(DataError, match="không phải tệp thường"):
        _judged(layout, registry, "")


def test_it_is_an_input_and_no_table(layout: Layout, registry: Registry) -> None:
    path = _keep(layout, "bang.xlsx")
    intake = _judged(layout, registry, "bang.xlsx")
    assert [f.file.rpartition("/")[2] for f in intake.files] == ["observations.csv"]
    (remark,) = intake.remarks
    assert (remark.place.partition(" ")[0], "không dòng nào" in remark.message) == ("minh-chung/bang.xlsx", False)
    assert "không dòng nào" in _judged(layout, registry, "").remarks[0].message
    run = Run.open(PLACE, PERIOD, layout=layout)
    before = describe_inputs(run)
    assert layout.relative(path) in [file.path for file in before.submissions]
    path.write_bytes(b"another")
    assert describe_inputs(run).id != before.id
