"""Rules as data (quy tắc): suites of Great Expectations, and the faults and notes of the reader, loaded strictly.

`expectations/<kind>.json` are the suites; `expectations/reading.json` describes what the reader finds in a cell, and
is no suite. Great Expectations 1.24 only logs and drops a rule whose type, argument or severity it does not know; here
that is an error. Every rule has `rule` (id), `message`, `remedy`, `reason`, and `column` if it is about one cell.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, NoReturn

from pipeline.errors import DataError
from pipeline.fork.import_shims import import_great_expectations
from pipeline.intake.frames import exact, is_missing
from pipeline.intake.suite_files import READING, ReadingEntry, RuleMeta, load_reading, load_suite, nearest, refuse
from pipeline.plans.text import plain

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

SEVERITY = {"critical": "loại", "warning": "cảnh báo", "info": "lưu ý"}
"""How strict a rule is (mức), with its word."""


@dataclass(frozen=True)
class Rule:
    """One rule as reviewers read it."""

    id: str
    severity: str
    message: str
    """What is wrong; the thresholds of the suite file are filled in."""
    remedy: str
    reason: str
    column: str = ""
    """The column in which the sender finds the fault; empty for rules about the whole row."""
    shows: str = ""
    """What is said of a row that breaks the rule, with columns of the frame: 'kỳ trước: {last_value}'."""
    by_reader: bool = False
    """The reader decides it while it reads a cell (đọc tệp); all others are decided by the suite (bộ quy tắc)."""

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns that `shows` names."""
        return tuple(name for _, name, _, _ in _VIETNAMESE.parse(self.shows) if name)

    def why(self, row: Mapping[Any, Any]) -> str:
        """`shows` for one row of the frame; '' if a column it names is empty."""
        try:
            return _VIETNAMESE.vformat(self.shows, (), row) if self.shows else ""
        except _EmptyCellError:
            return ""


@dataclass(frozen=True)
class Suite:
    """The rules of one kind of file."""

    name: str
    title: str
    rules: tuple[Rule, ...]
    """What keeps a row out comes first, by the reader before the suite; the notes of the reader come last."""
    expectations: tuple[dict[str, Any], ...]
    """Those of the suite, as the file has them."""

    @cached_property
    def written(self) -> str:
        """The suite in JSON: the same text, the same suite."""
        return json.dumps(self.expectations, sort_keys=True)


def read_suite(path: Path) -> Suite:
    """Read one suite, with the rules of the reader for its kind.

    Raises DataError for whatever a rule does not say as it should, and for an id that stands twice.
    """
    suite = load_suite(path)
    judged = [_rule(entry.meta, entry.severity, entry.kwargs) for entry in suite.expectations]
    reading = load_reading(path.with_name(READING)).rules
    read = [_rule(entry, entry.severity, {}) for entry in reading if suite.name in entry.kinds]
    rules = (
        *(rule for rule in (*read, *judged) if rule.severity == "critical"),
        *(rule for rule in (*judged, *read) if rule.severity == "warning"),
        *(rule for rule in (*judged, *read) if rule.severity == "info"),
    )
    ids = [rule.id for rule in rules]
    if twice := next((rule for rule in ids if ids.count(rule) > 1), ""):
        refuse(path.name, twice, "meta.rule", "mã này ghi hai lần", "đặt cho một quy tắc mã khác")
    if "has-rows" not in ids:
        # Every map expectation holds on an empty table; only a table rule can refuse it.
        refuse(
            path.name, "", "expectations", "thiếu quy tắc has-rows", f"trả lại: git checkout expectations/{path.name}"
        )
    written = tuple(entry.model_dump(mode="json", exclude_unset=True) for entry in suite.expectations)
    return Suite(suite.name.value, suite.meta.title or suite.name.value, rules, written)


def _rule(said: RuleMeta | ReadingEntry, severity: str, arguments: Mapping[str, Any]) -> Rule:
    by_reader = isinstance(said, ReadingEntry)
    return Rule(
        said.rule,
        severity,
        said.message if by_reader else _VIETNAMESE.vformat(said.message, (), arguments),
        said.remedy,
        said.reason,
        column=said.column,
        shows="" if isinstance(said, ReadingEntry) else said.shows,
        by_reader=by_reader,
    )


def to_gx(suite: Suite) -> ExpectationSuite:
    """The suite as Great Expectations runs it. Raises DataError if it would drop a rule."""
    import_great_expectations()
    from great_expectations import ExpectationSuite

    from pipeline.intake.expectations import keep_configurations  # importing it makes our own types known

    # Of a rule the library is told the id only: it copies what it is told many times for every table.
    rules = [e["meta"]["rule"] for e in suite.expectations]
    keep_configurations({e["type"] for e in suite.expectations})
    wanted = [e | {"meta": {"rule": rule}} for rule, e in zip(rules, json.loads(suite.written), strict=True)]
    try:
        loaded = ExpectationSuite(name=suite.name, expectations=wanted)
    except ValueError:
        _refuse_first(suite.name, wanted)
    known = {(e.meta or {}).get("rule") for e in loaded.expectations}
    if dropped := [rule for rule in rules if rule not in known]:
        kind = next(e["type"] for e in wanted if e["meta"]["rule"] == dropped[0])
        refuse(f"{suite.name}.json", dropped[0], "type", f"không có kiểu “{kind}”", nearest(_in_file(kind), _types()))
    return loaded


def _types() -> Iterator[str]:
    """The types of expectations that the library and `expectations` offer, as a suite writes them."""
    from great_expectations import expectations as standard

    from pipeline.intake import expectations as own

    for name in (*vars(standard), *vars(own)):
        if name.startswith("Expect") and name != "Expectation":
            yield _in_file(name)


def _in_file(name: str) -> str:
    """The name of a class as a suite writes it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _refuse_first(name: str, wanted: Sequence[dict[str, Any]]) -> NoReturn:
    """Raises DataError with the rule that the library refuses, its argument, and what is wrong with it."""
    from great_expectations import ExpectationSuite

    for expectation in wanted:
        try:
            ExpectationSuite(name=name, expectations=[expectation])
        except ValueError as error:
            refuse(f"{name}.json", expectation["meta"]["rule"], *_said(error, expectation["kwargs"]))
    raise DataError(f"{name}.json: Great Expectations không nhận bộ quy tắc → xem docs/add-a-rule.md")


def _said(error: ValueError, arguments: Mapping[str, Any]) -> tuple[str, str, str]:
    """Key, what is wrong and the remedy, from the first of the errors of pydantic that are about one argument."""
    from pydantic.v1 import ValidationError

    faults: list[Any] = error.errors() if isinstance(error, ValidationError) else []
    faults.sort(key=lambda fault: fault["type"] != "value_error.extra")  # a misspelt name is missing, too
    fault = next((fault for fault in faults if fault["loc"][0] != "__root__"), {"loc": ("",), "type": ""})
    argument = str(fault["loc"][0])
    if fault["type"] == "value_error.extra":
        return f"kwargs.{argument}", "tham số lạ", "sửa tên tham số, hoặc bỏ đi"
    if fault["type"] == "value_error.missing" and argument not in arguments:
        return f"kwargs.{argument}", "thiếu tham số này", "thêm vào"
    if argument == "row_condition":
        remedy = "viết như mẫu; operator là ==, !=, <, <=, >, >=, IN hay NOT_IN"
        return f"kwargs.{argument}", "điều kiện không đúng dạng", remedy
    if argument in arguments:
        given = json.dumps(arguments[argument], ensure_ascii=False)
        return f"kwargs.{argument}", f"giá trị không dùng được: {given[:60]}", "xem quy tắc cùng kiểu trong tệp"
    return "kwargs", f"thiếu hay thừa tham số ({' '.join(str(error).split())[:200]})", "xem quy tắc cùng kiểu trong tệp"


class _EmptyCellError(LookupError):
    """A text names a cell that is empty."""


class _Vietnamese(Formatter):
    """Numbers with a decimal comma, days as 31/12/2025; ':x100' for a share written as a fraction."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if is_missing(value):
            raise _EmptyCellError(format_spec)
        if isinstance(value, dt.date):  # a day of pandas is one
            return f"{value:%d/%m/%Y}"
        if not isinstance(value, int | float):
            return str(value)
        return plain(exact(value) * (100 if format_spec == "x100" else 1)).replace(".", ",")


_VIETNAMESE = _Vietnamese()
