"""Limits that the system sets for a user (giới hạn của hệ thống, ulimit), and what is said where one ends the work."""

from __future__ import annotations

import errno
import mmap
import os
import resource
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import WHOLE, LimitError


@dataclass(frozen=True)
class _Kind:
    number: int
    word: str
    option: str
    unit: str
    size: int

    def told(self) -> str:
        return f"{self.word} {resource.getrlimit(self.number)[0] // self.size} {self.unit} (ulimit {self.option})"


_SPACE = _Kind(resource.RLIMIT_AS, "bộ nhớ", "-v", "KiB", 1024)
_DATA = _Kind(resource.RLIMIT_DATA, "vùng dữ liệu", "-d", "KiB", 1024)
_TIME = _Kind(resource.RLIMIT_CPU, "thời gian xử lý", "-t", "giây", 1)
_KILLED = (signal.SIGKILL, signal.SIGXCPU, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS)
"""How the system, or a library that gets no memory, ends a process that cannot say why."""
_TOLD = {0, *range(64, 77), 130}
"""Exit codes with which a command has said what happened."""
_REMEDY = "Chạy lại trong cửa sổ lệnh không có giới hạn ấy (xem: ulimit -a), hoặc nhờ người quản trị máy nới nó."
_LEAST = 48 << 20
"""Bytes. With less than this left, no library of the command can be loaded."""
_MEMORY_WORDS = (
    "cannot allocate memory",
    "failed to map segment",
    "can't start new thread",
    "without setting an exception",
)


def go_on_watched() -> None:
    """Where memory or processor time is limited, go on in a child; this process says what ended it where it could not.

    The system kills a process that has used up its time, and libraries end one that gets no memory, without a word.
    """
    limits = [kind for kind in (_SPACE, _DATA, _TIME) if _is_set(kind)]
    if not limits:
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each thread takes memory at its start
    sys.stderr.flush()
    child = os.fork()
    if child:
        _watch(child, limits)
    sys.excepthook = _say_nothing


def _say_nothing(*_: object) -> None:
    """No traceback of an error that comes while another is told, for lack of memory: the watching process speaks."""


def _watch(child: int, limits: list[_Kind]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the child, too, which says so
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: os.kill(child, number))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code in _TOLD or (code > 0 and limits == [_TIME]):
        os._exit(code)
    if code < 0 and -code not in _KILLED:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    how = f"tín hiệu {signal.Signals(-code).name}" if code < 0 else f"mã {code}"
    sys.stderr.write(f"Lỗi: {_sentence(map(_Kind.told, limits), f' ({how})')}\n")
    sys.stderr.flush()
    os._exit(LimitError.exit_code)


def limit_reached(error: BaseException) -> LimitError | None:
    """What to say of an error whose cause is a lack of memory; None for any other.

    A library that gets no memory raises whatever it likes, so what is left under a limit decides, too.
    """
    limits = [kind.told() for kind in (_SPACE, _DATA) if _is_set(kind)]
    if not any(map(_lacks_memory, _chain(error))) and not (limits and _is_full()):
        return None
    return LimitError(_sentence(limits) if limits else f"Không còn đủ bộ nhớ để làm tiếp. {WHOLE}")


def tighter_than(memory: int, seconds: int) -> LimitError | None:
    """What to say where the system gives a process less than this, beyond what it holds: bytes, seconds; else None."""
    held = os.sysconf("SC_PAGE_SIZE") * int(Path("/proc/self/statm").read_text("ascii").split()[0])
    wanted = {_SPACE: held + memory, _DATA: memory, _TIME: seconds}
    tight = [kind.told() for kind, least in wanted.items() if _is_set(kind) and _soft(kind) < least]
    return LimitError(_sentence(tight)) if tight else None


def _sentence(limits: Iterable[str], how: str = "") -> str:
    return f"Lệnh dừng giữa chừng{how} vì giới hạn của hệ thống: {', '.join(limits)}. {_REMEDY} {WHOLE}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _lacks_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    text = str(error).lower()
    return isinstance(error, ImportError | RuntimeError | SystemError) and any(word in text for word in _MEMORY_WORDS)


def _is_full() -> bool:
    try:
        mmap.mmap(-1, _LEAST, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except (OSError, MemoryError):
        return True
    return False


def _is_set(kind: _Kind) -> bool:
    return _soft(kind) != resource.RLIM_INFINITY


def _soft(kind: _Kind) -> int:
    return resource.getrlimit(kind.number)[0]
