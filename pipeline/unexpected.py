"""Errors that nobody has foreseen (lỗi ngoài dự kiến): a sentence for the user, a file for who keeps the program."""

from __future__ import annotations

import sys
import traceback

from pipeline.errors import WHOLE, InternalError, StorageError
from pipeline.paths import Layout
from pipeline.progress import unread
from pipeline.system_limits import limit_reached
from pipeline.whole import write_ordinary


def tell_unexpected(error: Exception, layout: Layout) -> int:
    """Say what was raised and is no PipelineError; gives the exit code."""
    if limit := limit_reached(error):
        print(f"Lỗi: {limit}", file=sys.stderr)
        return limit.exit_code
    if isinstance(error, OSError):
        if isinstance(error, BrokenPipeError) and unread():
            return 0
        print(f"Lỗi: {StorageError.of(error)}", file=sys.stderr)
        return StorageError.exit_code
    print(f"Lỗi của chương trình: {type(error).__name__}: {error}\n{_kept_traceback(layout)}", file=sys.stderr)
    return InternalError.exit_code


def _kept_traceback(layout: Layout) -> str:
    path = layout.processed / "traceback.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_ordinary(path, traceback.format_exc())
    except OSError:
        return traceback.format_exc()
    return f"{WHOLE} Gửi tệp này cho người bảo trì: {layout.relative(path)}"
