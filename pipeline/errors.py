"""One tree of errors: what the user can mend, and what is our fault.

Exit codes follow sysexits(3) where it has one: 64 usage, 65 data, 66 no input, 70 internal,
71 a limit of the system, 73 cannot create, 74 input/output, 75 busy; 76 is ours: a re-run differs.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

WHOLE = "Báo cáo đang công bố vẫn trọn vẹn, là bản cũ hoặc bản mới. Chạy lại lệnh để làm tiếp."
"""What holds wherever a run is interrupted."""
REMEDIES = {
    errno.ENOSPC: "ổ đĩa đầy, hãy giải phóng chỗ",
    errno.EDQUOT: "hết dung lượng được cấp trên ổ đĩa, hãy giải phóng chỗ hoặc xin thêm",
    errno.EFBIG: "tệp vượt cỡ cho phép (ulimit -f)",
    errno.EMFILE: "quá nhiều tệp mở cùng lúc (ulimit -n)",
    errno.EROFS: "nơi ghi chỉ cho đọc, hãy chọn nơi khác hoặc cho ghi",
    errno.EIO: "thiết bị không đọc, ghi được, hãy kiểm tra ổ đĩa",
}
"""What to do where the system cannot write, by its error."""


@dataclass(frozen=True)
class Question:
    """What only the sender can say (câu hỏi): its code, and the answers to choose from."""

    code: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """One thing wrong in a file (lỗi): where it is, which rule it breaks, how to mend it."""

    file: str
    place: str
    rule: str
    message: str
    remedy: str = ""
    question: Question | None = None

    def __str__(self) -> str:
        remedy = f" → {self.remedy}" if self.remedy else ""
        return f"{self.file}, {self.place}: {self.message} [{self.rule}]{remedy}"


class PipelineError(Exception):
    """Root of all errors the command reports in one sentence, without a traceback."""

    exit_code = 70


class UserError(PipelineError):
    """Something the person at the keyboard, or the sender of a file, can mend."""


class UsageError(UserError):
    """The command was called wrongly: unknown locality, malformed period (sai tham số)."""

    exit_code = 64


class DataError(UserError):
    """A file cannot be used as it is (dữ liệu sai); carries every finding, not the first."""

    exit_code = 65

    def __init__(self, summary: str, findings: Sequence[Finding] = ()) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join([summary, *(f"  - {finding}" for finding in findings)]))


class NoInputError(UserError):
    """There is nothing to work on: no plan, no submission (không có dữ liệu đầu vào)."""

    exit_code = 66


class LimitError(UserError):
    """The system gives less memory or processor time than the work needs (giới hạn của hệ thống, ulimit)."""

    exit_code = 71


class CannotCreateError(UserError):
    """An output cannot be written: no permission, a file in the way."""

    exit_code = 73


class StorageError(UserError):
    """Reading or writing failed below us: disk full, I/O error."""

    exit_code = 74

    @classmethod
    def of(cls, error: OSError) -> StorageError:
        """Of what the system said, at a moment when the new report may or may not be published."""
        if isinstance(error, PermissionError):
            what = f": {str(error.filename)[:200]}" if error.filename else ""
            return cls(f"Không có quyền đọc hoặc ghi{what}. Cấp quyền cho người chạy lệnh (chmod, chown). {WHOLE}")
        return cls.of_message(system_message(error))

    @classmethod
    def of_message(cls, message: str) -> StorageError:
        """The same of an error in another process, of which only the message is known."""
        message = re.sub(r"^\[Errno \d+\] ", "", message)
        words = next((said for number, said in REMEDIES.items() if os.strerror(number) in message), "")
        return cls(f"Lỗi đọc, ghi tệp: {f'{words} ({message})' if words else message}. {WHOLE}")


def system_message(error: OSError) -> str:
    """What the system said, and of which file where it knows one."""
    return f"{error.strerror or error}{f': {str(error.filename)[:200]}' if error.filename else ''}"


class BusyError(UserError):
    """Another run of the same locality is under way."""

    exit_code = 75


class ProgramChangedError(BusyError):
    """The program on the disk is no longer the one that this process has loaded (chương trình đã đổi)."""


class InternalError(PipelineError):
    """Our fault: a step failed or its result was refused. Nothing was published."""


class MismatchError(PipelineError):
    """A re-run differs, or what lies there is not what was recorded (không khớp). Nothing was changed."""

    exit_code = 76
