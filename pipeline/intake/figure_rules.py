"""Rules between figures (quy tắc giữa các số liệu) and the questions about odd ones (câu hỏi), as their files say.

`expectations/figures.json` says which accepted figures must fit each other; what breaks it is told and never refused.
`expectations/questions.json` says from where on a sender is asked about a value; no report depends on it. A type that
a file does not know, a misspelt or doubled key, a number in quotes and a name that no list has are errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from pipeline.intake.rows import FileKind
from pipeline.intake.suite_files import RuleWords, load, nearest, refuse
from pipeline.plans.base import Frozen
from pipeline.plans.concepts import Concept

FIGURES, QUESTIONS = "figures.json", "questions.json"
"""The two files, beside the suites."""
Threshold = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True, ge=2)]


class Operator(StrEnum):
    """How two figures must stand to each other."""

    AT_MOST = "<="
    AT_LEAST = ">="
    EQUAL = "="

    def holds(self, left: Decimal, right: Decimal, tolerance: Decimal) -> bool:
        """Whether `left` and `right`, exact numbers, stand so to each other, to `tolerance`."""
        fits_above, fits_below = left - right <= tolerance, right - left <= tolerance
        return {"<=": fits_above, ">=": fits_below, "=": fits_above and fits_below}[self.value]


class Missing(StrEnum):
    """What follows where not all figures of a rule were sent."""

    SKIP = "skip"
    ASK = "ask"
    """Who sent one of them is asked for the others, as a note (lưu ý)."""


class FigureRule(RuleWords):
    """What all rules between figures have: none of them keeps a row out."""

    severity: Literal["warning", "info"]


class CompareRule(FigureRule):
    """The sum of the figures `left` against that of `right` (vế trái, vế phải).

    Of `observations` they are ids of concepts, of one day, basis, unit and scope; of `reported` names, of one table
    and day.
    """

    type: Literal["compare"]
    kind: Literal[FileKind.OBSERVATIONS, FileKind.REPORTED]
    left: tuple[str, ...] = Field(min_length=1)
    operator: Operator
    right: tuple[str, ...] = Field(min_length=1)
    tolerance: Threshold = 0
    missing: Missing


class MovedRule(FigureRule):
    """A denominator (mẫu số) no further than `percent` from that of the period before."""

    type: Literal["denominator-moved"]
    percent: Threshold


class FormulaRule(FigureRule):
    """A ratio that was sent no further than `tolerance` points from the one its shared figures give."""

    type: Literal["formula"]
    tolerance: Threshold


class FormulaPartsRule(FigureRule):
    """Both figures of a formula (công thức) were sent, of one day and basis, the numerator no greater."""

    type: Literal["formula-parts"]


AnyFigureRule = Annotated[CompareRule | MovedRule | FormulaRule | FormulaPartsRule, Field(discriminator="type")]


class FigureRules(Frozen):
    """`expectations/figures.json`."""

    title: str
    rules: tuple[AnyFigureRule, ...]


class HistoryQuestion(RuleWords):
    """A modified z over `z` against at least `values` earlier values of the place itself."""

    type: Literal["history"]
    values: Count
    z: Threshold


class PeersQuestion(RuleWords):
    """A modified z over `z` against the values of at least `places` other places of its kind."""

    type: Literal["peers"]
    places: Count
    z: Threshold


class AlwaysFullQuestion(RuleWords):
    """100 % in the last `values` values, this one included."""

    type: Literal["always-full"]
    values: Count


AnyQuestion = Annotated[HistoryQuestion | PeersQuestion | AlwaysFullQuestion, Field(discriminator="type")]


class QuestionRules(Frozen):
    """`expectations/questions.json`."""

    title: str
    rules: tuple[AnyQuestion, ...]


def read_figure_rules(expectations: Path) -> FigureRules:
    """The rules between figures. Raises DataError, in one sentence, for the first thing that is wrong with them."""
    found = load(expectations / FIGURES, FigureRules)
    _each_once(FIGURES, found.rules)
    for rule in found.rules:
        if isinstance(rule, CompareRule) and (twice := {*rule.left} & {*rule.right}):
            refuse(FIGURES, rule.rule, "right", f"“{min(twice)}” ở cả hai vế", "bỏ khỏi một vế")
    return found


def read_question_rules(expectations: Path) -> QuestionRules:
    """The rules for questions; none where the file is missing, as in a run made again. Raises DataError."""
    if not (expectations / QUESTIONS).exists():
        return QuestionRules(title="", rules=())
    found = load(expectations / QUESTIONS, QuestionRules)
    _each_once(QUESTIONS, found.rules)
    return found


def check_names(rules: FigureRules, concepts: tuple[Concept, ...]) -> None:
    """Raises DataError for a rule that names a concept which the list does not have: it would never be broken."""
    known = [concept.id for concept in concepts]
    for rule in rules.rules:
        if isinstance(rule, CompareRule) and rule.kind is FileKind.OBSERVATIONS:
            for side, names in (("left", rule.left), ("right", rule.right)):
                for name in names:
                    if name not in known:
                        refuse(FIGURES, rule.rule, side, f"không có khái niệm “{name}”", _near(name, known))


def _near(name: str, known: list[str]) -> str:
    found = nearest(name, known)
    return found if found.startswith("chắc") else "xem data/raw/concepts.yaml"


def _each_once(file: str, rules: tuple[RuleWords, ...]) -> None:
    ids = [rule.rule for rule in rules]
    for twice in (rule for rule in ids if ids.count(rule) > 1):
        refuse(file, twice, "rule", "mã này ghi hai lần", "đặt cho một quy tắc mã khác")


def rule_lines(rules: FigureRules, questions: QuestionRules) -> Iterator[str]:
    """The rules as a part of docs/rules.md."""
    yield f"## {rules.title} (`figures`)\n"
    yield "| quy tắc | mức | so gì với gì | thiếu một số thì | điều bị coi là lỗi | cách sửa | vì sao |"
    yield "|---|---|---|---|---|---|---|"
    words = {"warning": "cảnh báo", "info": "lưu ý"}
    for rule in rules.rules:
        said = f"{rule.message} | {rule.remedy} | {rule.reason} |"
        yield f"| `{rule.rule}` | {words[rule.severity]} | {_compared(rule)} | {said}"
    yield f"\n## {questions.title} (`questions`)\n"
    yield "| câu hỏi | từ đâu thì hỏi | điều được hỏi | cách trả lời | vì sao |"
    yield "|---|---|---|---|---|"
    for question in questions.rules:
        said = f"{question.message} | {question.remedy} | {question.reason} |"
        yield f"| `{question.rule}` | {_asked_from(question)} | {said}"
    yield ""


def _compared(rule: AnyFigureRule) -> str:
    """Two cells of the table: what is compared, and what follows where one is missing."""
    match rule:
        case CompareRule():
            sides = " + ".join(rule.left), {"<=": "≤", ">=": "≥", "=": "="}[rule.operator], " + ".join(rule.right)
            within = f", lệch tới {_number(rule.tolerance)}" if rule.tolerance else ""
            return f"{' '.join(sides)}{within} | {'hỏi số còn thiếu' if rule.missing is Missing.ASK else 'bỏ qua'}"
        case MovedRule():
            return f"mẫu số với mẫu số kỳ trước, lệch tới {_number(rule.percent)}% | bỏ qua"
        case FormulaRule():
            within = f"lệch tới {_number(rule.tolerance)} điểm phần trăm"
            return f"tỷ lệ đã ghi với tỷ lệ tính theo công thức, {within} | bỏ qua"
        case FormulaPartsRule():
            return "tử số với mẫu số của công thức, cùng ngày, cùng cách tính | nêu số còn thiếu"


def _asked_from(question: AnyQuestion) -> str:
    match question:
        case HistoryQuestion():
            return f"từ {question.values} giá trị trước, z > {_number(question.z)}"
        case PeersQuestion():
            return f"từ {question.places} nơi khác, z > {_number(question.z)}"
        case AlwaysFullQuestion():
            return f"từ {question.values} giá trị liên tiếp"


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")
