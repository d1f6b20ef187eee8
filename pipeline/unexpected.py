"""Errors that nobody has foreseen (lỗi ngoài dự kiến), and those of other processes: a sentence for the user."""

from __future__ import annotations

import builtins
import sys
import traceback

from pipeline import errors
from pipeline.errors import WHOLE, InternalError, PipelineError, StorageError, UserError
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


def of_another_process(name: str, text: str, what: str) -> PipelineError:
    """What to raise for an error of another process, of which only the name of its type and its text are known.

    `name` is '' for a process that died. `what` is said where nothing better is known.
    """
    known = getattr(errors, name, None)
    if isinstance(known, type) and issubclass(known, UserError):
        return known(text)
    kind = getattr(builtins, name, Exception)
    if limit := limit_reached(MemoryError() if kind is MemoryError else RuntimeError(text)):
        return limit
    return StorageError.of_message(text) if issubclass(kind, OSError) else InternalError(what)


def _kept_traceback(layout: Layout) -> str:
    path = layout.processed / "traceback.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_ordinary(path, traceback.format_exc())
    except OSError:
        return traceback.format_exc()
    return f"{WHOLE} Gửi tệp này cho người bảo trì: {layout.relative(path)}"
