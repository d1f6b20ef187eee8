"""Evidence is kept by hash and named at its figure; it is never opened."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.errors import DataError
from pipeline.inputs.describe import describe_inputs
from pipeline.intake.inbox import LARGEST
from pipeline.intake.rows import FileKind, Intake
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.evidence_links import chain_line, linked_files
from pipeline.report.official import official_report
from pipeline.report.page import Page
from pipeline.report.render import faults
from pipeline.report.words import VIETNAMESE
from pipeline.run.make_report import copy_evidence
from pipeline.senders.receive import receive
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
        ("ho-so.pdf (sha256 aaaaaaaaaaaaaaaa, 1 byte)", f"ho-so.pdf {KEPT}", 0),  # copied from another page
        ("Tờ trình (sha256 aaaaaaaaaaaaaaaa (sha256 bbbbbbbbbbbbbbbb, 1 byte), 1 byte)", "Tờ trình", 0),
        ("ho-so.pdf; Báo cáo số 5", f"ho-so.pdf {KEPT}; Báo cáo số 5", 0),
        ("https://x.gov.vn/a.pdf", "https://x.gov.vn/a.pdf (chỉ là đường dẫn, chưa lưu bản)", 0),
        ("www.so-lieu.pdf", f"www.so-lieu.pdf {KEPT}", 0),  # a file that is there, whatever its name looks like
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
    _keep(layout, "www.so-lieu.pdf")
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
        ("trong.pdf", 0, "tệp trống, 0 byte"),
        ("a; b.pdf", 1, "dấu ngăn các tệp"),
        ("a:b.pdf", 1, "máy khác không mở được"),
        ("an\u202e.pdf", 1, "ký tự ẩn"),
    ],
)
def test_what_cannot_be_kept_is_refused(layout: Layout, registry: Registry, name: str, size: int, said: str) -> None:
    with _keep(layout, name).open("wb") as file:
        file.truncate(size)
    with pytest.raises(DataError, match=said):
        _judged(layout, registry, "")


def test_as_known_at_a_day_evidence_that_came_later_is_not_there(layout: Layout, registry: Registry) -> None:
    """Its own name has a day, or that of the table that names it; else it is said that no day is known."""
    for name in ("2026-04-20-anh.pdf", "ho-so.pdf"):
        _keep(layout, name)
    row = {"as_of": "2026-03-01", "evidence": "2026-04-20-anh.pdf; ho-so.pdf"}
    sent = submit(layout.root, PLACE, PERIOD, FileKind.OBSERVATIONS, row)

    def shown(day: dt.date | None) -> tuple[list[str], list[str], str]:
        intake = validate_period(layout, registry, PLACE, Period.parse(PERIOD), day)
        completion = evaluate(registry, registry.locality(PLACE), Period.parse(PERIOD), intake)
        word = " ".join(note for part in official_report(completion, intake).appendices for note in part.notes)
        assert ("không rõ ngày nhận" in word) is ("không rõ" in Page(completion, intake, "0" * 64).plans().html)
        told = [f.message for f in intake.findings if f.rule == "evidence-missing"]
        return [o.evidence for o in intake.observations], told, word

    undated = KEPT.replace(")", ", không rõ ngày nhận)")
    late = "minh chứng “2026-04-20-anh.pdf” đến 19/04/2026 chưa nhận"
    evidence, told, word = shown(dt.date(2026, 4, 19))
    assert (evidence, told) == ([f"2026-04-20-anh.pdf (chưa có tệp); ho-so.pdf {undated}"], [late])
    assert "không rõ ngày nhận" in word
    assert shown(dt.date(2026, 4, 20))[:2] == ([f"2026-04-20-anh.pdf {KEPT}; ho-so.pdf {undated}"], [])
    assert shown(None)[0] == [f"2026-04-20-anh.pdf {KEPT}; ho-so.pdf {KEPT}"]
    sent.rename(sent.with_name("2026-04-10-so-lieu.csv"))
    assert shown(dt.date(2026, 4, 19))[0] == [f"2026-04-20-anh.pdf (chưa có tệp); ho-so.pdf {KEPT}"]
    assert shown(dt.date(2026, 4, 9))[0] == []


def test_two_files_that_one_name_may_mean_are_refused(layout: Layout, registry: Registry) -> None:
    """Bytes of one would be told of the other. A day in a name of evidence that cannot be read refuses nothing."""
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


@pytest.mark.parametrize("place", ["minh-chung/thang-1", "Minh-chung", "minh chứng"])
def test_a_folder_that_is_not_read_is_told_as_a_folder(layout: Layout, registry: Registry, place: str) -> None:
    (layout.submissions / PLACE / PERIOD / place).mkdir(parents=True)
    with pytest.raises(DataError) as raised:
        _judged(layout, registry, "Báo cáo số 5")
    assert [f.file.rpartition(f"{PERIOD}/")[2] for f in raised.value.findings] == [place]
    assert "là thư mục; chỉ thư mục minh-chung" in str(raised.value.findings[0])


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_only_has_the_name_of_the_folder_is_told(layout: Layout, registry: Registry, kind: str) -> None:
    folder = _keep(layout, "ho-so.pdf").parent
    elsewhere = folder.rename(layout.root / "cho-khac")
    if kind == "link":
        folder.symlink_to(elsewhere)
    else:
        folder.write_bytes(b"x")
    with pytest.raises(DataError, match="không phải thư mục: không tệp minh chứng nào được giữ") as raised:
        _judged(layout, registry, "ho-so.pdf")
    assert raised.value.findings[0].file == f"data/raw/submissions/{PLACE}/{PERIOD}/minh-chung"
    with pytest.raises(DataError, match="không phải thư mục"):
        receive(Run.open(PLACE, PERIOD, layout=layout))


def test_the_figure_is_linked_to_the_kept_file_beside_the_page(
    layout: Layout, registry: Registry, tmp_path: Path
) -> None:
    name = "BC số 5 <b>&'.pdf"
    _keep(layout, name)
    intake = _judged(layout, registry, f"{name}; https://x.gov.vn/a?b=1&c=2; www.x.vn; javascript:alert(1)")
    run = Run.open(PLACE, PERIOD, layout=layout)
    completion = evaluate(registry, run.locality, run.period, intake)
    for language in ("vi", "en"):
        html = Page(completion, intake, "0" * 64, language).plans().html
        assert list(faults(html)) == []
        address = f"minh-chung/0acfdb1e35fce53e/{quote(name)}"
        link = (
            f'<a href="{address}">BC số 5 &lt;b&gt;&amp;&#39;.pdf</a> (sha256 <code>0acfdb1e35fce53e</code>, 19 byte)'
        )
        assert link in html
        assert 'href="https://x.gov.vn/a?b=1&amp;c=2" rel="noopener noreferrer"' in html
        assert "</a> (chỉ là đường dẫn, chưa lưu bản)" in html
        assert 'href="www' not in html
        assert 'href="java' not in html
        copy_evidence(layout, html, describe_inputs(run), tmp_path)
        assert (tmp_path / unquote(address)).read_bytes() == b"not a real document"


def test_a_note_that_looks_like_evidence_is_no_link() -> None:
    spoofed = "ghi chú: a.pdf (sha256 aaaaaaaaaaaaaaaa, 1 byte)"
    assert chain_line(spoofed, VIETNAMESE) is None
    assert list(linked_files('href="minh-chung/aaaaaaaaaaaaaaaa/a.pdf"', [("x/a.pdf", "b" * 64)])) == []
