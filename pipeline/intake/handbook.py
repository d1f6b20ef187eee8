"""The document of all rules (bảng quy tắc), generated from the suites so that it is always up to date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.intake.faults import FILE_RULES
from pipeline.intake.suites import Suite

SEVERITY = {"critical": "loại", "warning": "cảnh báo", "info": "lưu ý"}
_OPENING = """# Quy tắc kiểm tra số liệu

Trang này sinh ra từ `expectations/*.json` bằng `make rules`; muốn sửa một quy tắc thì sửa ở đó.

Mức **loại**: dòng không được dùng, được giữ nguyên với ô và cách sửa; các dòng khác vẫn dùng. Với quy tắc của cả bảng
(`has-rows`) hay của cả tệp thì báo cáo không được lập và bản cũ còn nguyên. Mức **cảnh báo**: dòng được dùng, trang báo
cáo nêu điều cần xem. Mức **lưu ý**: chỉ để người gửi biết số liệu đã được hiểu thế nào.
"""


def write_rules(suites: Sequence[Suite], path: Path) -> None:
    """Write the document; `make rules` puts it at `Layout.rules`."""
    path.write_text(rules_document(suites), "utf-8")


def rules_document(suites: Sequence[Suite]) -> str:
    """Markdown: the rules of every kind of table, then those of whole files."""
    return "\n".join([_OPENING, *(line for suite in suites for line in _suite(suite)), *_files()]) + "\n"


def _suite(suite: Suite) -> Iterator[str]:
    yield f"## {suite.title} (`{suite.name}`)\n"
    yield "| quy tắc | mức | điều bị coi là lỗi | cách sửa | vì sao |"
    yield "|---|---|---|---|---|"
    for rule in suite.rules:
        yield f"| `{rule.id}` | {SEVERITY[rule.severity]} | {rule.message} | {rule.remedy} | {rule.reason} |"
    yield ""


def _files() -> Iterator[str]:
    yield "## Cả tệp\n"
    yield "| quy tắc | vì sao trả lại cả tệp |"
    yield "|---|---|"
    for rule, reason in FILE_RULES.items():
        yield f"| `{rule}` | {reason} |"
