"""Vietnamese messages for what is wrong with a field; those of pydantic are English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("thiếu khóa này", "thêm khóa"),
        "extra_forbidden": ("không có khóa tên như vậy", "sửa tên khóa, hoặc bỏ đi"),
        "string_type": ("phải là chữ", "đặt trong dấu nháy kép"),
        "string_too_short": ("để trống", "ghi nội dung, hoặc bỏ khóa"),
        "string_too_long": ("dài quá {max_length} chữ", "rút gọn"),
        "string_pattern_mismatch": ("viết sai dạng {pattern}", "xem docs/schema"),
        "enum": ("chỉ nhận {expected}", "ghi một trong các từ đó"),
        "too_short": ("có {actual_length} mục, cần ít nhất {min_length}", "thêm mục"),
        "greater_than_equal": ("nhỏ hơn {ge}", "ghi từ {ge} trở lên"),
        "less_than_equal": ("lớn hơn {le}", "ghi từ {le} trở xuống"),
    }
)
# The types of errors of one kind of field begin alike: int_type, int_parsing, int_from_float.
_BY_FIELD_TYPE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "int": ("phải là số nguyên", "ghi số, không kèm chữ"),
        "decimal": ("phải là số", "ghi số, dấu chấm cho phần thập phân"),
        "finite": ("phải là số", "ghi số, dấu chấm cho phần thập phân"),
        "date": ("phải là ngày", "ghi năm-tháng-ngày, ví dụ 2026-05-20"),
        "bool": ("chỉ nhận true hoặc false", "ghi true hoặc false"),
        "tuple": ("phải là danh sách", "ghi các mục trong [ ] hoặc mỗi mục một dòng sau dấu -"),
        "model": ("phải gồm các khóa và giá trị", "ghi khóa: giá trị"),
        "dict": ("phải gồm các khóa và giá trị", "ghi khóa: giá trị"),
    }
)


def message_and_remedy(error: Mapping[str, Any]) -> tuple[str, str]:
    """Message and remedy of one entry of `ValidationError.errors()`; an unlisted type keeps its English message."""
    kind, details = str(error["type"]), error.get("ctx", {})
    if kind == "value_error":
        return str(details["error"]), ""
    message, remedy = _MESSAGES.get(kind) or _BY_FIELD_TYPE.get(kind.partition("_")[0], (str(error["msg"]), ""))
    return message.format(**details).replace("' or '", "' hoặc '"), remedy.format(**details)
