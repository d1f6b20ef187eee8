"""How a verb of the command is declared, and the arguments (tham số) that verbs take, each with its line of help."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeAlias

from pipeline import arguments
from pipeline.errors import UsageError
from pipeline.paths import Layout


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\nXem: python -m pipeline --help")


def parsed(given: Sequence[str]) -> argparse.Namespace:
    """The arguments of a command; `run` is the verb. Raises UsageError."""
    # argparse would take out an argument that has the value `--`, and go on as if none were given.
    if given.count("--") > 1 or any(one.startswith("--") and one.endswith("=--") for one in given):
        raise UsageError("Tham số không hợp lệ: '--'.")
    return _parser().parse_args(given)


def _parser() -> argparse.ArgumentParser:
    made = _Parser(prog="pipeline", description="Báo cáo kết quả thực hiện kế hoạch chuyển đổi số.")
    verbs = made.add_subparsers(required=True, metavar="VIỆC", parser_class=_Parser)
    for function, taken in _VERBS.items():
        name, line = function.__name__[1:].replace("_", "-"), (function.__doc__ or "").rstrip(".")
        added = verbs.add_parser(name, help=line[:1].lower() + line[1:])
        added.set_defaults(run=function)
        for argument, how in taken:
            added.add_argument(argument, **how)
    return made


_Argument: TypeAlias = tuple[str, dict[str, Any]]
_Verb: TypeAlias = Callable[[argparse.Namespace, Layout], int | None]
_VERBS: dict[_Verb, tuple[_Argument, ...]] = {}


def verb(*taken: _Argument) -> Callable[[_Verb], _Verb]:
    """The function is a verb of the command: its name, its line in `--help`, and the arguments it takes."""

    def add(function: _Verb) -> _Verb:
        _VERBS[function] = taken
        return function

    return add


def _argument(
    name: str, line: str, check: Callable[[str], object] = str, metavar: str | None = None, **how: str
) -> _Argument:
    """One that may be left out: `check` is then called with ''."""
    place = {"metavar": metavar} if name.startswith("-") else {"nargs": "?"}
    return name, {"help": line, "type": check, "default": "", **place, **how}


LOCALITY = "locality", {"help": "tên địa phương, ví dụ cat-hai (xem data/raw/localities.csv)"}
PERIOD = _argument("period", "kỳ, ví dụ 2026-Q1; mặc định: kỳ mới nhất có số liệu", arguments.period_or_newest)
INDICATOR = _argument("indicator", "kế hoạch/[phụ lục/]nhóm/số, ví dụ binh-giang-2026/II/14")
FILE = _argument("file", "đường dẫn của tệp", arguments.path_or_none)
KNOWN_AT = _argument("--known-at", "theo những gì đã biết đến ngày này (2026-05-01)", arguments.known_day, "NGÀY")
PAGE_LANG = _argument("--page-lang", "thêm trang bằng ngôn ngữ này, ví dụ en", arguments.known_language, "NGÔN NGỮ")
FORCE = "--force", {"action": "store_true", "help": "lập lại cả khi đã mới nhất"}
JOBS = _argument("--jobs", "số báo cáo lập cùng lúc; mặc định: số lõi của máy", arguments.known_jobs, "SỐ")
SCHEDULER = _argument("--scheduler", "địa chỉ bộ điều phối Dask", arguments.known_scheduler, "tcp://…")
METHODS = _argument("--methods", "linear, open-sdg, destatis, sdsn; mặc định: tất cả", arguments.known_methods)
HEAD = _argument("--head", "đầu nhật ký đã chép lại từ trước phải còn đó", arguments.known_head, "SỐ:MÃ")
SIGNERS = _argument(
    "--signers", "báo cáo đã ban hành phải có chữ ký số của một khóa trong tệp này", arguments.path_or_none, "TỆP"
)
RUN = _argument("--run", "một lần chạy trước, ít nhất 8 chữ số", arguments.known_run, "MÃ", dest="run_id")
BUNDLE = _argument("--bundle", "chỉ lập lại từ gói này, do make bundle lập", arguments.path_or_none, "TỆP")
STATE = _argument("--state", ", ".join(arguments.STATES), arguments.known_state, "TRẠNG THÁI")
BY = _argument("--by", "cơ quan ký bước này", arguments.known_office, "CƠ QUAN")
REASON = _argument("--reason", "vì sao trả lại, vì sao rút lại", arguments.known_reason, "LÝ DO")
AGENCY = _argument("--agency", "chỉ các dòng của cơ quan chủ trì này, ví dụ phong-kinh-te", metavar="CƠ QUAN")
TO = _argument(
    "--to", "thư mục có sẵn, hoặc tên tệp mới (.zip của gói, .tar của bản sao lưu)", arguments.path_or_none, "NƠI"
)
# What is published, by the names of its folders: an auditor may have no list of localities.
ANY_LOCALITY = _argument("locality", "tên địa phương; mặc định: mọi địa phương, hoặc gói tự nêu")
ANY_PERIOD = _argument("period", "kỳ báo cáo; mặc định: mọi kỳ")
WHOSE = _argument("locality", "tên địa phương; mặc định: mọi địa phương")
CLOSED_PERIOD = _argument("period", "kỳ, ví dụ 2026-Q1; mặc định: các kỳ đã chốt", arguments.period_or_newest)
AS_OF = _argument(
    "--as-of", "tính đến ngày này (2026-05-01); mặc định: hôm nay, ở trang chung: mọi tệp", arguments.known_day, "NGÀY"
)
