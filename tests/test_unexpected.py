"""Errors of other processes, of which only a name and a text are known."""

from __future__ import annotations

import pytest

from pipeline.errors import DataError, InternalError, LimitError, PipelineError, StorageError, UsageError
from pipeline.unexpected import of_another_process


@pytest.mark.parametrize(
    ("name", "text", "kind", "said"),
    [
        ("DataError", "Tệp mẫu sai tên", DataError, "Tệp mẫu sai tên"),
        ("UsageError", "Chưa nêu kỳ", UsageError, "Chưa nêu kỳ"),
        ("OSError", "[Errno 28] No space left on device: '/x'", StorageError, "ổ đĩa đầy"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'x'", StorageError, "No such file"),
        ("OSError", "[Errno 12] Cannot allocate memory", LimitError, "bộ nhớ"),
        ("MemoryError", "", LimitError, "bộ nhớ"),
        ("RuntimeError", "can't start new thread", LimitError, "bộ nhớ"),
        ("KeyError", "'a'", InternalError, "không lập xong"),
        ("InternalError", "x", InternalError, "không lập xong"),
        ("SerialisationError", "x", InternalError, "không lập xong"),
        ("", "mã thoát -9", InternalError, "không lập xong"),
    ],
)
def test_what_another_process_raised_is_raised_as_what_it_means(
    name: str, text: str, kind: type[PipelineError], said: str
) -> None:
    raised = of_another_process(name, text, "Bộ dữ liệu không lập xong")
    assert type(raised) is kind
    assert said in str(raised)
