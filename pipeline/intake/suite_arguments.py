"""The arguments of a rule against the columns it names: numbers with numbers, texts with texts, bounds in order.

Great Expectations compares what it is given, or stops at the first table; here a rule is refused when its file is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from pipeline.intake.frames import ColumnKind, column_kind
from pipeline.intake.rows import FileKind

Fault: TypeAlias = tuple[str, str, str]
"""Key, what is wrong, remedy."""
AT_LEAST_ZERO = ("decimals", "points", "times", "tolerance", "allowance", "scale")
_WHOLE = ("decimals", "at_least", "at_most")
_NUMBERS = {*AT_LEAST_ZERO, *_WHOLE, "min_value", "max_value", "above", "below", "threshold", "sum_total", "value"}
_IN_ORDER = (("min_value", "max_value"), ("above", "below"), ("at_least", "at_most"))
_WORDS: Mapping[ColumnKind, str] = {"number": "số", "day": "ngày", "text": "chữ"}

_ABOUT_NUMBERS = re.compile(
    r"expect_column_(values_(to|not_to)_be_between|values_to_have_few_decimals|value_z_scores_\w+"
    r"|(min|max|mean|median|stdev|sum|quantile_values)_to_be_between|kl_divergence_\w+)"
)
_ABOUT_TEXTS = re.compile(
    r"expect_column_(value_lengths_\w+|values_to_(not_)?match_\w+|values_to_be_(dateutil|json)_parseable)"
)
_COLUMNS: Mapping[str, tuple[ColumnKind, ...]] = {
    "expect_value_to_equal_quotient": ("text", "number", "number", "number"),
    "expect_value_not_to_jump": ("text", "number", "number"),
    "expect_value_not_to_fall_within_year": ("text", *("text", "number", "day", "number") * 2),
    "expect_column_pair_values_to_be_close": ("number", "number"),
    "expect_unit_to_be_of_plan": ("text", "text"),
}
"""What the columns of these expectations hold, in their order."""


def argument_faults(kind: str, arguments: Mapping[str, Any], file: FileKind) -> Iterator[Fault]:
    """What is wrong with the arguments of an expectation of type `kind`; its columns are known ones."""
    if kind == "expect_column_kl_divergence_to_be_less_than" and arguments.get("partition_object") is None:
        # The library would take the parts from the table that is judged.
        yield "kwargs.partition_object", "thiếu tham số này", 'thêm vào: {"bins": [0, 50, 100], "weights": [0.5, 0.5]}'
    yield from _bad_numbers(arguments)
    yield from _bad_patterns(arguments)
    yield from _bad_columns(kind, arguments, file)


def _bad_numbers(arguments: Mapping[str, Any]) -> Iterator[Fault]:
    for key in sorted(_NUMBERS & arguments.keys()):
        given = arguments[key]
        if isinstance(given, bool):
            yield f"kwargs.{key}", f"{str(given).lower()} không phải là số", "ghi một số"
        elif isinstance(given, str) and any(sign.isdigit() for sign in given) and not _DAY.fullmatch(given):
            yield f"kwargs.{key}", f"số viết thành chữ “{given}”", "bỏ dấu nháy, dùng dấu chấm thập phân: 0.5"
        elif isinstance(given, int | float) and key in AT_LEAST_ZERO and given < 0:
            yield f"kwargs.{key}", f"số âm {given}", "ghi số từ 0 trở lên"
        elif isinstance(given, float) and key in _WHOLE and not given.is_integer():
            yield f"kwargs.{key}", f"{given} không phải là số nguyên", "ghi số nguyên"
    for low, high in _IN_ORDER:
        least, most = arguments.get(low), arguments.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            yield f"kwargs.{low}", f"{least} lớn hơn {high} {most}", "đổi chỗ hai số"


_DAY = re.compile(r"\d{4}-\d\d-\d\d.*")


def _bad_patterns(arguments: Mapping[str, Any]) -> Iterator[Fault]:
    for key in ("regex", "regex_list"):
        given = arguments.get(key, ())
        for pattern in [given] if isinstance(given, str) else given if isinstance(given, list) else ():
            try:
                re.compile(str(pattern))
            except re.error as error:
                what = f"biểu thức “{pattern}” sai ở ký tự thứ {(error.pos or 0) + 1}"
                yield f"kwargs.{key}", what, "sửa dấu ngoặc; dấu ngoặc thường thì viết \\\\( và \\\\)"


def _bad_columns(kind: str, arguments: Mapping[str, Any], file: FileKind) -> Iterator[Fault]:
    """Columns that do not hold what the expectation asks for."""
    column, pair = arguments.get("column"), (arguments.get("column_A"), arguments.get("column_B"))
    if isinstance(column, str):
        found = column_kind(file, column)
        if _ABOUT_NUMBERS.fullmatch(kind) and found == "text" and not _compares_texts(arguments):
            yield "kwargs.column", f"cột {column} là chữ, quy tắc này so số", "chọn một cột số"
        if _ABOUT_TEXTS.fullmatch(kind) and found != "text":
            yield "kwargs.column", f"cột {column} là {_WORDS[found]}, quy tắc này đọc chữ", "chọn một cột chữ"
    wanted = _COLUMNS.get(kind)
    if all(isinstance(name, str) for name in pair):
        key, given = "kwargs.column_B", [str(name) for name in pair]
        kinds = [column_kind(file, name) for name in given]
        if wanted is None and len({*kinds, "day"}) == 3:  # a day beside another column is said on its own
            yield key, f"so cột chữ với cột số: {given[0]}, {given[1]}", "chọn hai cột cùng loại"
    else:
        listed = arguments.get("column_list")
        key, given = "kwargs.column_list", [str(name) for name in listed] if isinstance(listed, list) else []
    if wanted is not None and tuple(column_kind(file, name) for name in given) != wanted:
        what = f"quy tắc này cần {len(wanted)} cột theo thứ tự: {', '.join(_WORDS[one] for one in wanted)}"
        yield key, what, "xem quy tắc cùng kiểu trong tệp"
    if kind == "expect_multicolumn_sum_to_equal" and {column_kind(file, name) for name in given} != {"number"}:
        yield key, "chỉ cộng được cột số", "chọn các cột số"


def _compares_texts(arguments: Mapping[str, Any]) -> bool:
    bounds = [arguments[key] for key in ("min_value", "max_value") if arguments.get(key) is not None]
    return bool(bounds) and all(isinstance(bound, str) for bound in bounds)
