"""Fields and codes of records in official words, for messages that name a field (tên trường bằng lời)."""

from __future__ import annotations

from contextlib import suppress

from pipeline.completion.statuses import Status
from pipeline.report.words import VIETNAMESE

_FIELDS = {
    "status": "trạng thái",
    "value": "giá trị",
    "target": "mục tiêu",
    "text": "nguyên văn",
    "attainment": "mức đạt",
    "gap": "còn thiếu",
    "due": "hạn",
    "met": "số đạt",
    "not_met": "số chưa đạt",
    "total": "tổng số",
    "observed": "số có số liệu",
    "rate": "tỷ lệ",
    "original_rate": "tỷ lệ theo mục tiêu ban đầu",
    "by_status": "theo trạng thái",
    "task_counts": "nhiệm vụ",
    "observation": "số liệu",
    "low": "từ",
    "high": "đến",
}
"""Fields that a reader of the page knows; others keep their name in the file."""


def field_word(text: str) -> str:
    """The official word for a field, or for a status that is the name of one; else the text."""
    return _FIELDS.get(text) or status_word(text)


def status_word(text: str) -> str:
    """The official word where a text is the code of a status; else the text."""
    with suppress(ValueError):
        return VIETNAMESE.status(Status(text))
    return text
