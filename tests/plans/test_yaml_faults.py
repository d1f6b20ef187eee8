"""What is told of a YAML file that cannot be read, whichever reader meets it: line, fault and remedy in Vietnamese."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.due.plan_heads import plan_heads
from pipeline.errors import DataError, Finding
from pipeline.inputs.extra_sections import sections_of
from pipeline.intake.answers import read_answers
from pipeline.intake.confirmations import read_confirmations
from pipeline.intake.follow_ups import open_follow_ups
from pipeline.intake.headings import read_forms
from pipeline.intake.revisions import read_corrections
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.regimes import read_regimes
from pipeline.plans.registry import Registry, read_registry
from pipeline.plans.strict_yaml import loaded
from pipeline.plans.yaml_faults import syntax_finding

FAULTS: list[tuple[str | bytes, int, str, str]] = [
    ("id: a\n\ttext: b\n", 2, "dấu tab", "dấu cách"),
    ("- id: a\r\n  years:\r\n\t- 1\r\n", 3, "dấu tab", "dấu cách"),
    ("- id: a\n  text b\n  by: c\n", 2, "thiếu dấu hai chấm", "khóa: giá trị"),
    ("id: a\ntitle b\n", 2, "thiếu dấu hai chấm", "khóa: giá trị"),
    ("id:a\ntext: b\n", 1, "thiếu dấu cách", "khóa: giá trị"),
    ("- id: a\n  text: Hỏi: tại sao\n", 2, "dấu hai chấm thứ hai", "ngoặc kép"),
    ('- id: a\n  text: "b\n  by: c\n', 2, "không đóng", "đóng dấu ấy"),
    ("- id: a\n  text: 'b\n  by: c\n", 2, "không đóng", "đóng dấu ấy"),
    ('- id: a\n  text: "b" c\n  by: d\n', 2, "chữ thừa", "ngoặc kép"),
    ("- id: a\n  x: [1, 2\n  by: c\n", 2, "không đóng", "đóng bằng ]"),
    ("a: b\nrieng: [\n", 2, "không đóng", "đóng bằng ]"),
    ("- {id: a, text: b\n- {id: c}\n", 1, "không đóng", "đóng bằng ]"),
    ("- id: a\n   text: b\n", 2, "thụt lề", "cùng một cột"),
    ("- id: a\n text: b\n", 2, "thụt lề", "cùng một cột"),
    ("a:\n  - b\n c: d\n", 3, "thụt lề", "cùng một cột"),
    ("- id: a\n  text: b\n  id: c\n", 3, "ghi hai lần: id", "giữ một dòng"),
    ("- asked_on: 2026-02-28\n- asked_on: 2026-02-30\n", 2, "không có ngày “2026-02-30”", "2026-02-28"),
    ("- text: *b\n", 1, "dấu * hoặc &", "ngoặc kép"),
    ("a: b\nc: @d\n", 2, "không được dùng ở đầu", "ngoặc kép"),
    ("a: !!python/name:os.system b\n", 1, "dấu !", "ngoặc kép"),
    ("a: - b\n", 1, "“- ”", "xuống dòng"),
    ("a: b\n---\nc: d\n", 2, "hơn một nội dung", "bỏ dòng"),
    ("a: b\nc: \x07\n", 2, "ký tự điều khiển", "gõ lại"),
    ('a: "\\q"\n', 1, "dấu \\", "nháy đơn"),
    ("[" * 5000, 1, "quá nhiều tầng", "bỏ bớt"),
    ("a: b\nc: đ\n".encode("cp1258"), 2, "UTF-8", "lưu lại"),
    ("a: b\n".encode("utf-16"), 1, "UTF-8", "lưu lại"),
    ('\ufeffa: "b\n', 1, "không đóng", "đóng dấu ấy"),
]


@pytest.mark.parametrize(("written", "line", "message", "remedy"), FAULTS)
def test_a_fault_is_told_with_line_and_remedy(written: str | bytes, line: int, message: str, remedy: str) -> None:
    content = written if isinstance(written, bytes) else written.encode()
    found = syntax_finding("x.yaml", content)
    assert (found.file, found.place) == ("x.yaml", f"dòng {line}")
    assert message in found.message
    assert remedy in found.remedy
    english = ("expected", "found", "while", "found", "could", "codec", "month", "scalar")
    assert not any(word in str(found) for word in english)


def test_a_mark_of_the_byte_order_hides_no_key(layout: Layout) -> None:
    path = layout.plans / "bach-long-vi" / "bach-long-vi-2026.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert [plan.id for plan in plan_heads(layout, "bach-long-vi")[0]] == ["bach-long-vi-2026"]
    assert [plan.id for plan in read_registry(layout, "bach-long-vi").plans] == ["bach-long-vi-2026"]
    assert loaded("\ufeffa: b") == {"a": "b"}


_Q1, _PLACE = Period.parse("2026-Q1"), "bach-long-vi"
READERS = [
    ("plans/bach-long-vi/bach-long-vi-2026.yaml", lambda layout, _: read_registry(layout, _PLACE)),
    ("concepts.yaml", lambda layout, _: read_registry(layout, _PLACE)),
    ("method.yaml", lambda layout, _: read_registry(layout, _PLACE)),
    ("regimes.yaml", lambda layout, r: read_regimes(layout, r.localities)),
    ("headings.yaml", lambda layout, _: read_forms(layout.raw / "headings.yaml")),
    ("extra-sections.yaml", lambda layout, _: sections_of(layout, _PLACE, "2026-Q1")),
    (f"corrections/{_PLACE}/2026-Q1/phieu.yaml", lambda layout, _: read_corrections(layout, _PLACE, _Q1)),
    (f"confirmations/{_PLACE}/xac-nhan.yaml", lambda layout, r: read_confirmations(layout, r, _PLACE)),
    (f"submissions/{_PLACE}/2026-Q1/tra-loi.yaml", lambda layout, _: read_answers(layout, _PLACE, _Q1)),
    (f"follow-ups/{_PLACE}/2026-Q1/hoi-01.yaml", lambda layout, r: open_follow_ups(layout, r, _PLACE, None)),
]


@pytest.mark.parametrize(("name", "read"), READERS)
def test_every_reader_says_it_so(layout: Layout, registry: Registry, name: str, read) -> None:
    path = layout.raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('a: b\nc: "d\n', "utf-8")
    with pytest.raises(DataError) as raised:
        read(layout, registry)
    finding = raised.value.findings[0]
    assert isinstance(finding, Finding)
    assert (Path(finding.file).name, finding.place) == (path.name, "dòng 2")
    assert "không đóng" in finding.message


def test_an_empty_list_is_said_to_be_empty(layout: Layout, registry: Registry) -> None:
    path = layout.raw / f"follow-ups/{_PLACE}/2026-Q1/hoi-01.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("# chưa có gì\n", "utf-8")
    with pytest.raises(DataError, match="dòng 1: tệp trống"):
        open_follow_ups(layout, registry, _PLACE, None)
