"""What is wrong with the syntax of a YAML file, for whoever wrote it: line, fault and remedy (lỗi cú pháp YAML).

The parser speaks English and often marks the line after the fault; every reader of YAML says this instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import DataError, Finding
from pipeline.plans.strict_yaml import loaded
from pipeline.whole import read_input

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KEY = re.compile(r"\s*(-\s+)?[^\s:#'\"][^:]*:(\s|$)")
"""A line that begins with a key."""
_QUOTE = 'đặt cả câu trong dấu ngoặc kép thẳng, ví dụ text: "Hỏi: tại sao"'
_ALIGN = "thụt lề bằng dấu cách; các khóa của một mục bắt đầu ở cùng một cột"


@dataclass(frozen=True)
class _Fault:
    message: str
    remedy: str
    at_begin: bool = False
    """The line where the construct begins is told, not the one where the parser gave up."""


_TAB = _Fault("có dấu tab ở đầu dòng", "thay tab bằng dấu cách")
_DEEPER = _Fault("dòng thụt lề sâu hơn dòng trên mà dòng trên đã có giá trị", _ALIGN)
_NO_COLON = _Fault("thiếu dấu hai chấm sau tên khóa, hoặc thiếu dấu cách sau nó", "ghi “khóa: giá trị”", at_begin=True)
_OPEN = _Fault("dấu [ hoặc { mở mà không đóng", "đóng bằng ] hoặc }, ngăn các phần bằng dấu phẩy", at_begin=True)
_FAULTS = (
    ("unknown escape", "có dấu \\ trong ngoặc kép mà không phải ký hiệu nào", "ghi \\\\, hoặc dùng dấu nháy đơn"),
    ("nesting depth|recursion", "quá nhiều tầng ngoặc", "bỏ bớt dấu [ hoặc {"),
    ("block sequence entries", "dấu “- ” đứng sau dấu hai chấm trên cùng một dòng", "xuống dòng rồi mới ghi “- ”"),
    ("expected '-' indicator", "dòng thụt lề không khớp các mục “- ” ở trên", _ALIGN),
    ("expected key", "dòng thụt lề không khớp các khóa ở trên", _ALIGN),
    ("undefined alias|alphabetic or numeric", "giá trị bắt đầu bằng dấu * hoặc &", _QUOTE),
    ("cannot start any token", "giá trị bắt đầu bằng một ký tự không được dùng ở đầu", _QUOTE),
    ("node content", "có dấu phẩy hoặc ngoặc đóng thừa", f"bỏ dấu thừa, hoặc {_QUOTE}"),
    ("comment or line break", "có chữ ngay sau dấu | hoặc >", f"xuống dòng sau dấu ấy, hoặc {_QUOTE}"),
    ("constructor for the tag", "có giá trị bắt đầu bằng dấu ! hoặc =", _QUOTE),
    ("single document|document start", "tệp có hơn một nội dung", "bỏ dòng “---” hoặc “...” ở giữa tệp"),
    ("unhashable key", "tên khóa là một danh sách hoặc một nhóm", "ghi tên khóa là một từ"),
    ("for merging", "khóa “<<” không dùng ở đây", "bỏ khóa này"),
)
_BEGUN = (
    ("quoted scalar", _Fault("dấu ngoặc kép, nháy đơn mở mà không đóng", "đóng dấu ấy ở cuối giá trị", at_begin=True)),
    ("',' or '[]}]'", _OPEN),
    ("tab character", _TAB),
    ("expected ':'", _NO_COLON),
)
_OTHER = _Fault("không đúng cú pháp YAML", f"so với một tệp mẫu cùng loại; {_ALIGN}; câu có dấu đặc biệt thì {_QUOTE}")


def loaded_file(path: Path, name: str) -> Any:
    """The document in a YAML file of the registry. Raises DataError, with the line, where there is none."""
    content = read_input(path, name)
    try:
        return loaded(content.decode("utf-8-sig"))
    except (yaml.YAMLError, ValueError) as error:
        raise DataError("Có tệp không đọc được:", [syntax_finding(name, content)]) from error


def syntax_finding(file: str, content: bytes) -> Finding:
    """The first fault of a file that cannot be read as strict YAML."""
    line, message, remedy = _fault_in(content)
    return Finding(file, f"dòng {line}", "yaml", message, remedy)


def _fault_in(content: bytes) -> tuple[int, str, str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return line, "tệp không dùng bảng mã UTF-8", "mở bằng trình soạn thảo, lưu lại với mã UTF-8"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _CONTROL.search(text):
        line = text[: found.start()].count("\n") + 1
        return line, "có ký tự điều khiển không nhìn thấy", "gõ lại dòng này"
    try:
        loaded(text)
    except (yaml.YAMLError, ValueError) as error:
        return _told(error, text.split("\n"))
    return 1, _OTHER.message, _OTHER.remedy


def _told(error: Exception, lines: list[str]) -> tuple[int, str, str]:
    """Line, message and remedy of what the parser, or the strict reader, has found."""
    problem, mark = str(getattr(error, "problem", None) or error), getattr(error, "problem_mark", None)
    begin = getattr(error, "context_mark", None) or mark
    at = (mark.line, mark.column) if mark else (0, 0)
    if isinstance(error, yaml.constructor.ConstructorError) and error.note:
        return at[0] + 1, problem, str(error.note)
    fault, line = _fault_of(f"{getattr(error, 'context', None) or ''} {problem}", at, lines)
    number = begin.line if begin and fault.at_begin and line is None else at[0] if line is None else line
    number = max(min(number, len(lines) - 1), 0)
    shown = "".join(filter(str.isprintable, lines[number])).strip()[:60]
    return number + 1, f"{fault.message}: “{shown}”", fault.remedy


def _fault_of(said: str, at: tuple[int, int], lines: list[str]) -> tuple[_Fault, int | None]:
    """The fault, and its line counted from 0 where that is not a line the parser has named."""
    line, column = at
    here = lines[line] if line < len(lines) else ""
    before = here[:column]
    if "mapping values" in said:
        return _unexpected_colon(line, before, lines)
    if here[column : column + 1] == "\t" or ("\t" in before and not before.strip()):
        return _TAB, None
    if "expected key" in said and before.strip():
        return _Fault("có chữ thừa sau dấu đóng ngoặc", _QUOTE), None
    if "node content" in said and not "".join([here[column:], *lines[line + 1 :]]).strip():
        return _OPEN, max(n for n, text in enumerate(lines) if "[" in text or "{" in text)
    told = ((pattern, _Fault(message, remedy)) for pattern, message, remedy in _FAULTS)
    return next((fault for pattern, fault in (*told, *_BEGUN) if re.search(pattern, said)), _OTHER), None


def _unexpected_colon(line: int, before: str, lines: list[str]) -> tuple[_Fault, int | None]:
    if ": " in before:
        return _Fault("có dấu hai chấm thứ hai trong dòng", _QUOTE), None
    above = next((n for n in range(line - 1, -1, -1) if lines[n].strip()), None)
    if above is not None and not _KEY.match(lines[above]):
        return _NO_COLON, above
    return _DEEPER, None
