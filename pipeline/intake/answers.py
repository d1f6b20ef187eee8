"""Answers (trả lời) to questions of the reader: small files beside the submissions, and inputs like them.

`tra-loi.yaml` holds a line for each question, its code and the choice: `h3f9a1c: “Thực hiện quý I”`. A marked workbook
that comes back holds the answers chosen in it. The code is that of the form, not of the period, so an answer serves the
next period too, until a later one says otherwise; of one period, what was chosen in a workbook is heard last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml

from pipeline.errors import DataError, Finding
from pipeline.intake.cells import FileFaultError, Grid
from pipeline.intake.inbox import ANSWERS, periods_with_submissions, read_content
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.strict_yaml import loaded
from pipeline.plans.text import name_key
from pipeline.plans.yaml_faults import syntax_finding

QUESTIONS = "Câu hỏi"
"""The sheet of questions in a marked workbook; `data/raw/headings.yaml` lists it as not read."""
CODE, CHOSEN = 0, 3
"""Its columns with the code of a question and with the answer."""

_REFUSED = "Tệp trả lời không đọc được, báo cáo chưa được lập:"
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
            content = read_content(path)
            written = loaded(content.decode("utf-8-sig")) or {}
            if not isinstance(written, dict) or not all(isinstance(v, str) for pair in written.items() for v in pair):
                raise ValueError("mỗi dòng phải là mã câu hỏi: “câu trả lời”")
        except FileFaultError as fault:
            raise _refused(layout.relative(path), fault.message, fault.rule, fault.remedy) from fault
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise DataError(_REFUSED, [syntax_finding(layout.relative(path), content)]) from error
        except ValueError as error:
            raise _refused(layout.relative(path), str(error)) from error
        answers |= {code: text.strip(' “”"') for code, text in written.items()}
    return answers


def answers_in(grids: Iterable[Grid]) -> dict[str, str]:
    """Code of the question → the answer chosen on the sheet of questions of a marked workbook that came back."""
    lines = (line for grid in grids if name_key(grid.name) == name_key(QUESTIONS) for line in grid.lines)
    found = ((line.cell(CODE).text, line.cell(CHOSEN).text) for line in lines)
    return {code: text for code, text in found if text and re.fullmatch("h[0-9a-f]{6}", code)}


def _refused(file: str, message: str, rule: str = "answers", remedy: str = _REMEDY) -> DataError:
    finding = Finding(file, "tệp", rule, message, remedy)
    return DataError(_REFUSED, [finding])
