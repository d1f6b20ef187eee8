"""The files of rules (tệp quy tắc) as people write them, read strictly before Great Expectations sees them.

Whatever the library would drop, or stumble over once there is a table, is refused here in one sentence: file, rule,
key, what is wrong, remedy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal, NoReturn, TypeVar, cast

from pydantic import BaseModel, Field, ValidationError

from pipeline.errors import DataError
from pipeline.intake.frames import CATEGORIES, DAYS, FRAME_COLUMNS, column_kind
from pipeline.intake.rows import COLUMNS, Basis, FileKind
from pipeline.intake.suite_arguments import argument_faults
from pipeline.plans.base import Frozen
from pipeline.whole import ordinary_text

READING = "reading.json"
"""The rules of the reader, beside the suites."""
_COLUMN_KEYS = ("column", "column_A", "column_B", "column_list", "column_set")
_WORDLESS = {*_COLUMN_KEYS, "row_condition", "condition_parser", "ignore_row_if"}
_FORMATS = ("", "x100")
_Document = TypeVar("_Document", bound=BaseModel)


class RuleWords(Frozen):
    """The id of a rule and what it says to people."""

    rule: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    message: str = Field(min_length=1)
    remedy: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    column: str = ""


class RuleMeta(RuleWords):
    """The words of a rule of a suite, with the cell its message shows."""

    shows: str = ""


class SuiteEntry(Frozen):
    """One expectation of a suite."""

    type: str = Field(min_length=1)
    kwargs: dict[str, Any]
    severity: Literal["critical", "warning", "info"]
    meta: RuleMeta


class SuiteTitle(Frozen):
    """What a suite is called."""

    title: str = ""


class SuiteDocument(Frozen):
    """A suite as its file has it."""

    name: FileKind
    meta: SuiteTitle = SuiteTitle()
    expectations: tuple[SuiteEntry, ...]


class ReadingEntry(RuleWords):
    """One rule of the reader."""

    severity: Literal["critical", "warning", "info"]
    kinds: tuple[FileKind, ...]


class ReadingDocument(Frozen):
    """The rules of the reader as their file has them."""

    title: str = ""
    rules: tuple[ReadingEntry, ...]


def load_suite(path: Path) -> SuiteDocument:
    """The suite in a file. Raises DataError, in one sentence, for the first thing that is wrong with it."""
    suite = load(path, SuiteDocument)
    if suite.name != path.stem:
        refuse(path.name, "", "name", f"“{suite.name}” khác tên tệp", f"ghi {path.stem}")
    for entry in suite.expectations:
        for key, what, remedy in _faults(entry, suite.name):
            refuse(path.name, entry.meta.rule, key, what, remedy)
    return suite


def load_reading(path: Path) -> ReadingDocument:
    """The rules of the reader. Raises DataError as `load_suite` does."""
    reading = load(path, ReadingDocument)
    for entry in reading.rules:
        for kind in entry.kinds:
            for key, what, remedy in _unknown_cell("column", entry.column, kind):
                refuse(path.name, entry.rule, key, what, remedy)
    return reading


def refuse(file: str, rule: str, key: str, what: str, remedy: str) -> NoReturn:
    """Raises DataError in one sentence; `rule` is '' for a fault of the whole file."""
    place = f"{file}: quy tắc {rule}" if rule else file
    raise DataError(f"{place}: {key}: {what} → {remedy}. Xem docs/add-a-rule.md")


def load(path: Path, model: type[_Document]) -> _Document:
    """The document in a file of rules, read strictly. Raises DataError, in one sentence, for the first fault."""
    try:
        return cast("_Document", _document(path.name, ordinary_text(path).removeprefix("\ufeff"), model))
    except PermissionError:
        refuse(path.name, "", "tệp", "không có quyền đọc", f"cấp quyền đọc: chmod u+r expectations/{path.name}")
    except OSError:
        refuse(path.name, "", "tệp", "không có hoặc không mở được", f"trả lại: git checkout expectations/{path.name}")
    except ValueError:
        refuse(path.name, "", "tệp", "không phải UTF-8", "lưu lại tệp dạng UTF-8")


# Cached by content, as records do not change: each table is judged by its suite, each report asks for all of them.
@lru_cache(maxsize=16)
def _document(file: str, text: str, model: type[BaseModel]) -> BaseModel:
    try:
        written = json.loads(text, object_pairs_hook=_object, parse_constant=_Odd.constant)
    except json.JSONDecodeError as error:
        refuse(file, "", f"dòng {error.lineno}", "không đọc được JSON", "sửa dấu ngoặc, dấu phẩy, dấu nháy")
    for steps, odd in _oddities(written):
        refuse(file, *_place(written, steps), odd.what, odd.remedy)
    try:
        return model.model_validate(written)
    except ValidationError as error:
        fault = error.errors()[0]
    rule, key = _place(written, fault["loc"])
    refuse(file, rule, key, *_said(fault["type"], key, fault["input"], fault.get("ctx", {})))


@dataclass(frozen=True)
class _Odd:
    """What json reads though it is no JSON, or reads by dropping a part."""

    what: str
    remedy: str

    @classmethod
    def constant(cls, name: str) -> _Odd:
        return cls(f"{name} không phải là số", "ghi một số, hoặc bỏ khóa")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        found[key] = _Odd("khóa ghi hai lần", "giữ một") if key in found else value
    return found


def _oddities(written: object, steps: tuple[int | str, ...] = ()) -> Iterator[tuple[tuple[int | str, ...], _Odd]]:
    if isinstance(written, _Odd):
        yield steps, written
    parts = written.items() if isinstance(written, dict) else enumerate(written) if isinstance(written, list) else ()
    for step, part in parts:
        yield from _oddities(part, (*steps, step))


def _place(written: Any, steps: tuple[int | str, ...]) -> tuple[str, str]:
    """The rule and the key to which these steps lead; '' for a place outside of rules."""
    entry: Any = written[steps[0]][steps[1]] if len(steps) > 1 and isinstance(steps[1], int) else {}
    meta = entry.get("meta", entry) if isinstance(entry, dict) else {}
    named = meta.get("rule") if isinstance(meta, dict) else ""
    rule = (named if isinstance(named, str) and named else f"thứ {int(steps[1]) + 1}") if entry else ""
    return rule, ".".join(str(step) for step in (steps[2:] if entry else steps)) or "tệp"


def _said(kind: str, key: str, given: object, context: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong by the type of an error of pydantic, and the remedy."""
    if kind in ("missing", "string_too_short"):
        return f"thiếu {key}", "thêm khóa này"
    if kind == "extra_forbidden":
        return f"khóa lạ {key}", "sửa tên khóa, hoặc bỏ đi"
    if kind == "union_tag_invalid":
        return f"type lạ: {context['tag']!r}", f"chọn một trong {context['expected_tags']}"
    if kind == "union_tag_not_found":
        return "thiếu type", "thêm khóa này"
    if kind in ("literal_error", "enum"):
        return f"{key} lạ: {given!r}", f"chọn một trong {context['expected'].replace(' or ', ' hay ')}"
    if kind == "string_pattern_mismatch":
        return f"mã lạ: {given!r}", "chỉ dùng chữ thường không dấu, số và gạch nối: few-cases"
    return f"không đúng kiểu: {str(given)[:40]!r}", _KINDS.get(kind, "xem quy tắc bên cạnh")


_KINDS = {
    "string_type": "ghi chữ, trong dấu nháy",
    "dict_type": "ghi các khóa trong { }",
    "model_type": "ghi các khóa trong { }",
    "tuple_type": "ghi danh sách trong [ ]",
    "float_type": "ghi một số, không có dấu nháy",
    "int_type": "ghi số nguyên, không có dấu nháy",
    "greater_than_equal": "ghi số lớn hơn; xem quy tắc bên cạnh",
    "too_short": "ghi ít nhất một tên",
}
"""What is asked for, by the type of an error of pydantic."""


def _faults(entry: SuiteEntry, kind: FileKind) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a rule: key, fault, remedy."""
    arguments, columns = entry.kwargs, FRAME_COLUMNS[kind]
    yield from _unknown_cell("meta.column", entry.meta.column, kind)
    yield from _bad_text("meta.message", entry.meta.message, _given(arguments), "tham số")
    yield from _bad_text("meta.shows", entry.meta.shows, columns, "cột")
    if "mostly" in arguments:
        yield "kwargs.mostly", "quy tắc phải đúng với mọi dòng", "bỏ mostly; muốn nới thì đổi severity hay ngưỡng"
    if isinstance(arguments.get("row_condition"), str):
        yield "kwargs.row_condition", "viết chuỗi", "viết dạng cấu trúc"
    for key, column in _columns(arguments):
        if column not in columns:
            yield key, f"không có cột “{column}”", nearest(column, columns)
    if all(column in columns for _, column in _columns(arguments)):
        yield from argument_faults(entry.type, arguments, kind)
        for condition in _conditions(arguments.get("row_condition")):
            column, given = condition["column"]["name"], list(_leaves(condition.get("parameter")))
            if column_kind(kind, column) == "number" and any(isinstance(one, str) for one in given):
                yield "kwargs.row_condition", f"cột số {column} không so được với chữ", "bỏ dấu nháy của số"
    if kind is not FileKind.REPORTED:  # whose days are texts, as the source has them
        yield from _bad_days(arguments)
    yield from _bad_words(arguments)


def _given(arguments: Mapping[str, Any]) -> list[str]:
    """The arguments that a message can name: null and NaN say nothing."""
    return [key for key, value in arguments.items() if value is not None and value == value]  # noqa: PLR0124


def nearest(given: str, names: Iterable[str]) -> str:
    """The name that was meant, if one is near; all of them if none is."""
    near = get_close_matches(given, known := list(names), n=1, cutoff=0.8)
    return f"chắc là {near[0]}" if near else f"chọn một trong {', '.join(known)}"


def _unknown_cell(key: str, column: str, kind: FileKind) -> Iterator[tuple[str, str, str]]:
    if column and column not in COLUMNS[kind]:
        yield key, f"nơi gửi không có cột “{column}”", nearest(column, COLUMNS[kind])


def _bad_text(key: str, text: str, names: Sequence[str], what: str) -> Iterator[tuple[str, str, str]]:
    try:
        fields = [field for field in Formatter().parse(text) if field[1] is not None]
    except ValueError:
        yield key, "dấu { } không thành cặp", "viết {tên}; dấu ngoặc thường thì viết {{ và }}"
        return
    for _, name, form, conversion in fields:
        if name not in names:
            yield key, f"nêu {what} không có: {{{name}}}", f"ghi một trong {', '.join(names)}"
        if conversion or form not in _FORMATS:
            yield key, f"cách ghi lạ ở {{{name}}}", f"viết {{{name}}} hay {{{name}:x100}}"


def _columns(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in _COLUMN_KEYS:
        given = arguments.get(key, ())
        yield from ((f"kwargs.{key}", str(column)) for column in ([given] if isinstance(given, str) else given))
    for condition in _conditions(arguments.get("row_condition")):
        yield "kwargs.row_condition", str(condition["column"]["name"])


def _conditions(given: object) -> Iterator[dict[str, Any]]:
    """The comparisons in a structured condition."""
    if isinstance(given, dict):
        if isinstance(column := given.get("column"), dict) and "name" in column:
            yield given
        given = list(given.values())
    for part in given if isinstance(given, list) else ():
        yield from _conditions(part)


def _bad_days(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Days compared with a text or number, which the library can only stumble over."""
    remedy = "so với cột ngày khác (period_start, cut_off) bằng expect_column_pair_values_a_to_be_greater_than_b"
    if arguments.get("column") in DAYS:
        for key in arguments.keys() - _WORDLESS:
            if any(not isinstance(value, bool) for value in _leaves(arguments[key])):
                yield f"kwargs.{key}", f"cột ngày {arguments['column']} không so được với chữ hay số", remedy
    pair = [arguments.get("column_A"), arguments.get("column_B")]
    if all(pair) and len({column in DAYS for column in pair}) > 1:
        yield "kwargs.column_B", f"so cột ngày với cột không phải ngày: {pair[0]}, {pair[1]}", remedy
    for condition in _conditions(arguments.get("row_condition")):
        if condition["column"]["name"] in DAYS and list(_leaves(condition.get("parameter"))):
            yield "kwargs.row_condition", f"cột ngày {condition['column']['name']} không so được với chữ hay số", remedy


def _leaves(given: object) -> Iterator[object]:
    if isinstance(given, list | dict):
        for part in given.values() if isinstance(given, dict) else given:
            yield from _leaves(part)
    elif given is not None:
        yield given


def _bad_words(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Words that a column of a closed list never holds: a rule with one is never broken, or always."""
    first = next(iter(arguments.get("column_list") or ()), None)
    asked = [
        ("kwargs.value_set", arguments.get("column"), arguments.get("value_set")),
        ("kwargs.words", first, arguments.get("words")),
        *(("kwargs.row_condition", c["column"]["name"], c.get("parameter"))
          for c in _conditions(arguments.get("row_condition"))),
    ]  # fmt: skip
    lists = [(key, CATEGORIES[str(column)], given) for key, column, given in asked if column in CATEGORIES]
    for key, known, given in [*lists, ("kwargs.basis", tuple(Basis), arguments.get("basis"))]:
        words = [str(word) for word in known if word]
        for word in _leaves(given):
            if word not in words:
                yield key, f"từ lạ “{word}”", f"chọn một trong {', '.join(words)}"
