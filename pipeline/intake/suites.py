"""Rules as data (quy tắc): suites of Great Expectations, and the faults and notes of the reader, loaded strictly.

`expectations/<kind>.json` are the suites; `expectations/reading.json` describes what the reader finds in a cell, and
is no suite. Great Expectations 1.24 only logs and drops a rule whose type, argument or severity it does not know; here
that is an error. Every rule has `rule` (id), `message`, `remedy`, `reason`, and `column` if it is about one cell.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from pipeline.errors import InternalError
from pipeline.plans.text import plain

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

READING = "reading.json"
"""The rules of the reader, beside the suites."""
_REQUIRED = ("rule", "message", "remedy", "reason")
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

    @property
    def written(self) -> str:
        """The suite in JSON: the same text, the same suite."""
        return json.dumps(self.expectations, sort_keys=True)


def read_suite(path: Path) -> Suite:
    """Read one suite, with the rules of the reader for its kind.

    Raises InternalError for a rule without id, message, remedy, reason or severity, and for an id that stands twice.
    """
    document = json.loads(path.read_text("utf-8"))
    judged = [_suite_rule(expectation, path.name) for expectation in document["expectations"]]
    reading = json.loads(path.with_name(READING).read_text("utf-8"))["rules"]
    read = [_reader_rule(entry) for entry in reading if document["name"] in entry.get("kinds", ())]
    rules = (
        *(rule for rule in (*read, *judged) if rule.severity == "critical"),
        *(rule for rule in (*judged, *read) if rule.severity == "warning"),
        *(rule for rule in (*judged, *read) if rule.severity == "info"),
    )
    ids = [rule.id for rule in rules]
    if len(set(ids)) < len(ids):
        raise InternalError(f"{path.name}: mã quy tắc ghi hai lần")
    if "has-rows" not in ids:
        # Every map expectation holds on an empty table; only a table rule can refuse it.
        raise InternalError(f"{path.name}: thiếu quy tắc has-rows")
    title = document.get("meta", {}).get("title", document["name"])
    return Suite(document["name"], title, rules, tuple(document["expectations"]))


def _suite_rule(expectation: dict[str, Any], file: str) -> Rule:
    meta, arguments = expectation.get("meta", {}), expectation["kwargs"]
    rule = _rule(meta | {"severity": expectation.get("severity")}, file)
    if isinstance(arguments.get("row_condition"), str):
        raise InternalError(f"{file}: quy tắc {rule.id}: row_condition phải viết dạng cấu trúc, không viết chuỗi")
    try:
        message = _VIETNAMESE.vformat(rule.message, (), arguments)
    except (KeyError, ValueError, _EmptyCellError) as error:
        raise InternalError(f"{file}: quy tắc {rule.id}: meta.message nêu tham số không có: {error}") from error
    return Rule(
        rule.id, rule.severity, message, rule.remedy, rule.reason, column=rule.column, shows=meta.get("shows", "")
    )


def _reader_rule(entry: dict[str, Any]) -> Rule:
    rule = _rule(entry, READING)
    return Rule(rule.id, rule.severity, rule.message, rule.remedy, rule.reason, column=rule.column, by_reader=True)


def _rule(written: dict[str, Any], file: str) -> Rule:
    if missing := [name for name in _REQUIRED if not written.get(name)]:
        raise InternalError(f"{file}: quy tắc {written.get('rule', '?')} thiếu meta.{missing[0]}")
    if written.get("severity") not in SEVERITY:
        raise InternalError(f"{file}: quy tắc {written['rule']} có severity lạ: {written.get('severity')!r}")
    message, remedy, reason = (written[name] for name in ("message", "remedy", "reason"))
    return Rule(written["rule"], written["severity"], message, remedy, reason, written.get("column", ""))


def to_gx(suite: Suite) -> ExpectationSuite:
    """The suite as Great Expectations runs it. Raises InternalError if it would drop a rule."""
    from great_expectations import ExpectationSuite

    import pipeline.intake.expectations  # noqa: F401 - makes our own types known to the library

    # Of a rule the library is told the id only: it copies what it is told many times for every table.
    rules = [e["meta"]["rule"] for e in suite.expectations]
    wanted = [e | {"meta": {"rule": rule}} for rule, e in zip(rules, json.loads(suite.written), strict=True)]
    try:
        loaded = ExpectationSuite(name=suite.name, expectations=wanted)
    except ValueError as error:
        raise InternalError(f"Bộ quy tắc {suite.name}: tham số sai: {error}") from error
    known = {(e.meta or {}).get("rule") for e in loaded.expectations}
    if dropped := [rule for rule in rules if rule not in known]:
        raise InternalError(f"Great Expectations bỏ qua quy tắc {', '.join(dropped)}")
    return loaded


class _EmptyCellError(LookupError):
    """A text names a cell that is empty."""


class _Vietnamese(Formatter):
    """Numbers with a decimal comma; ':x100' for a share written as a fraction."""

    def format_field(self, value: Any, format_spec: str) -> str:
        from pipeline.intake.frames import exact, is_missing

        if is_missing(value):
            raise _EmptyCellError(format_spec)
        if not isinstance(value, int | float):
            return str(value)
        return plain(exact(value) * (100 if format_spec == "x100" else 1)).replace(".", ",")


_VIETNAMESE = _Vietnamese()
