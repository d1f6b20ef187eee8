"""Documents generated from the code: the table of rules (bảng quy tắc), and the JSON Schemas of what people write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pipeline.intake.asked import Answered, Asked
from pipeline.intake.cells import FILE_RULES
from pipeline.intake.confirmations import Confirmation
from pipeline.intake.figure_rules import FigureRules, QuestionRules, rule_lines
from pipeline.intake.revisions import Correction
from pipeline.intake.suites import SEVERITY, Suite
from pipeline.paths import Layout
from pipeline.plans.concepts import Concept
from pipeline.plans.method import Method
from pipeline.plans.models import Agency, Plan
from pipeline.plans.regimes import Regime

_OPENING = """# Quy tắc kiểm tra số liệu

Trang này sinh ra từ `expectations/*.json` bằng `make rules`; muốn sửa một quy tắc, một ngưỡng thì sửa ở đó.

Loại **đọc tệp** (`expectations/reading.json`): chương trình đọc ô thì biết ngay. Loại **bộ quy tắc**: bộ kỳ vọng của
Great Expectations quyết định trên các cột đã đọc; kết quả nằm cạnh phiếu tiếp nhận, tệp `….validation.json`.

Mức **loại**: dòng không được dùng, được giữ nguyên với ô và cách sửa; các dòng khác vẫn dùng. Với quy tắc của cả bảng
(`has-rows`) hay của cả tệp thì báo cáo không được lập và bản cũ còn nguyên. Mức **cảnh báo**: dòng được dùng, trang báo
cáo nêu điều cần xem. Mức **lưu ý**: chỉ để người gửi biết số liệu đã được hiểu thế nào. Quy tắc giữa các số liệu
(`expectations/figures.json`) không loại dòng nào; **hỏi lại** (`expectations/questions.json`) chỉ nằm trên phiếu.
Hai cơ quan nói khác nhau về một dòng (`agencies-agree`): số của cơ quan chủ trì được dùng với mức cảnh báo, dòng kia
bị loại; không cơ quan nào hơn thì cả hai bị loại. Phiếu nêu cả hai ô.
"""


def write_rules(suites: Sequence[Suite], figures: FigureRules, questions: QuestionRules, path: Path) -> None:
    """Write the document; `make rules` puts it at `Layout.rules`."""
    path.write_text(rules_document(suites, figures, questions), "utf-8")


def rules_document(suites: Sequence[Suite], figures: FigureRules, questions: QuestionRules) -> str:
    """Markdown: the rules of every kind of table, those between figures, the questions, then those of whole files."""
    tables = (line for suite in suites for line in _suite(suite))
    return "\n".join([_OPENING, *tables, *rule_lines(figures, questions), *_files()]) + "\n"


def _suite(suite: Suite) -> Iterator[str]:
    yield f"## {suite.title} (`{suite.name}`)\n"
    yield "| quy tắc | loại | mức | điều bị coi là lỗi | cách sửa | vì sao |"
    yield "|---|---|---|---|---|---|"
    for rule in suite.rules:
        by = "đọc tệp" if rule.by_reader else "bộ quy tắc"
        yield f"| `{rule.id}` | {by} | {SEVERITY[rule.severity]} | {rule.message} | {rule.remedy} | {rule.reason} |"
    yield ""


def _files() -> Iterator[str]:
    yield "## Cả tệp\n"
    yield "| quy tắc | vì sao trả lại cả tệp |"
    yield "|---|---|"
    for rule, reason in FILE_RULES.items():
        yield f"| `{rule}` | {reason} |"


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schemas of the files people write, by file name; editors complete and check with them."""
    return {
        "plan.schema.json": TypeAdapter(Plan).json_schema(),
        "concepts.schema.json": TypeAdapter(tuple[Concept, ...]).json_schema(),
        "agencies.schema.json": TypeAdapter(tuple[Agency, ...]).json_schema(),
        "method.schema.json": TypeAdapter(Method).json_schema(),
        "regimes.schema.json": TypeAdapter(tuple[Regime, ...]).json_schema(),
        "corrections.schema.json": TypeAdapter(tuple[Correction, ...]).json_schema(),
        "follow-ups-asked.schema.json": TypeAdapter(tuple[Asked, ...]).json_schema(),
        "follow-ups-answered.schema.json": TypeAdapter(tuple[Answered, ...]).json_schema(),
        "confirmations.schema.json": TypeAdapter(tuple[Confirmation, ...]).json_schema(),
    }


def write_schemas(layout: Layout) -> None:
    """Write them all to `docs/schema`, making the folder if need be."""
    layout.schemas.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        (layout.schemas / name).write_text(text, "utf-8")
