"""Expectation suites (bộ quy tắc kiểm tra): JSON that a person can review, loaded strictly.

Great Expectations 1.24 only logs and drops a rule whose type or severity it does not know; here that is an error.
Every rule carries in `meta`: `rule` (id), `message`, `remedy`, `reason`, and `column` if it is about one cell.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import InternalError

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

_META = ("rule", "message", "remedy", "reason")
SEVERITY = {"critical": "loại", "warning": "cảnh báo", "info": "lưu ý"}
"""How strict a rule is (mức), with its word."""


@dataclass(frozen=True)
class Rule:
    """One rule as reviewers read it."""

    id: str
    severity: str
    message: str
    remedy: str
    reason: str
    column: str = ""
    """The column in which the sender finds the fault; empty for rules about the whole row."""
    reason_column: str = ""
    """The column that says why a row breaks the rule, if the rule is that this column is empty."""


@dataclass(frozen=True)
class Suite:
    """The rules of one kind of file, in the order of the suite file."""

    name: str
    title: str
    rules: tuple[Rule, ...]
    expectations: tuple[dict[str, Any], ...]

    @cached_property
    def written(self) -> dict[str, str]:
        """Each rule as the file has it, in JSON, by its id."""
        return {e["meta"]["rule"]: json.dumps(e) for e in self.expectations}


def read_suite(path: Path) -> Suite:
    """Read one suite. Raises InternalError for a rule without id, message, remedy, reason or severity."""
    document = json.loads(path.read_text("utf-8"))
    rules = tuple(_rule(expectation, path.name) for expectation in document["expectations"])
    ids = [rule.id for rule in rules]
    if len(set(ids)) < len(ids):
        raise InternalError(f"{path.name}: mã quy tắc ghi hai lần")
    if "has-rows" not in ids:
        # Every map expectation holds on an empty table; only a table rule can refuse it.
        raise InternalError(f"{path.name}: thiếu quy tắc has-rows")
    return Suite(
        document["name"],
        document.get("meta", {}).get("title", document["name"]),
        rules,
        tuple(document["expectations"]),
    )


def _rule(expectation: dict[str, Any], file: str) -> Rule:
    meta = expectation.get("meta", {})
    if missing := [name for name in _META if not meta.get(name)]:
        raise InternalError(f"{file}: quy tắc {meta.get('rule', '?')} thiếu meta.{missing[0]}")
    if expectation.get("severity") not in SEVERITY:
        raise InternalError(f"{file}: quy tắc {meta['rule']} có severity lạ: {expectation.get('severity')!r}")
    if isinstance(expectation["kwargs"].get("row_condition"), str):
        raise InternalError(f"{file}: quy tắc {meta['rule']}: row_condition phải viết dạng cấu trúc, không viết chuỗi")
    says_why = expectation["type"] == "expect_column_values_to_be_null"
    return Rule(
        meta["rule"],
        expectation["severity"],
        meta["message"],
        meta["remedy"],
        meta["reason"],
        column=meta.get("column", ""),
        reason_column=expectation["kwargs"]["column"] if says_why else "",
    )


def to_gx(expectations: Iterable[str]) -> ExpectationSuite:
    """Rules as a suite of Great Expectations. Raises InternalError if it would drop one."""
    from great_expectations import ExpectationSuite

    wanted = [json.loads(written) for written in expectations]
    suite = ExpectationSuite(name="suite", expectations=wanted)
    loaded = {(e.meta or {}).get("rule") for e in suite.expectations}
    if dropped := [e["meta"]["rule"] for e in wanted if e["meta"]["rule"] not in loaded]:
        raise InternalError(f"Great Expectations bỏ qua quy tắc {', '.join(dropped)}")
    return suite
