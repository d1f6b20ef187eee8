"""Answers (trả lời) to questions of the reader: small files beside the submissions, and inputs like them.

`tra-loi.yaml` holds a line for each question, its code and the choice: `h3f9a1c: “Thực hiện quý I”`. The code is that
of the form, not of the period, so an answer serves the next period too, until a later one says otherwise.
"""

from __future__ import annotations

import yaml

from pipeline.errors import DataError, Finding
from pipeline.intake.cells import FileFaultError
from pipeline.intake.inbox import ANSWERS, periods_with_submissions, read_content
from pipeline.paths import Layout
from pipeline.plans.periods import Period

_REMEDY = "ghi mỗi dòng một mã câu hỏi, dấu hai chấm, câu trả lời"


def read_answers(layout: Layout, locality: str, period: Period) -> dict[str, str]:
    """Code of the question → answer, of this period and those before it. Raises DataError naming a file with faults."""
    answers: dict[str, str] = {}
    before = [
        p
        for p in periods_with_submissions(layout, locality)
        if (p.year, p.months[1]) <= (period.year, period.months[1])
    ]
    for earlier in sorted({*before, period}, key=lambda p: (p.year, p.months[1], p == period)):
        path = layout.submissions / locality / str(earlier) / ANSWERS
        if not path.exists() and not path.is_symlink():
            continue
        try:
            written = yaml.safe_load(read_content(path)) or {}
            if not isinstance(written, dict) or not all(isinstance(v, str) for pair in written.items() for v in pair):
                raise ValueError("mỗi dòng phải là mã câu hỏi: “câu trả lời”")
        except FileFaultError as fault:
            raise _refused(layout.relative(path), fault.message, fault.rule, fault.remedy) from fault
        except (yaml.YAMLError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            where = f"dòng {mark.line + 1}: sai cú pháp YAML" if mark else str(error)
            raise _refused(layout.relative(path), where) from error
        answers |= {code: text.strip(' “”"') for code, text in written.items()}
    return answers


def _refused(file: str, message: str, rule: str = "answers", remedy: str = _REMEDY) -> DataError:
    finding = Finding(file, "tệp", rule, message, remedy)
    return DataError("Tệp trả lời không đọc được, báo cáo chưa được lập:", [finding])
