"""The verbs of the command, nothing else. The clock is read here and passed in."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from pipeline.errors import InternalError, NoInputError, PipelineError, StorageError, UsageError
from pipeline.paths import Layout


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\nXem: python -m pipeline --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; gives the exit code. Errors of the tree are said in a sentence, without a traceback."""
    layout = Layout.of_project()
    try:
        options = _parser().parse_args(arguments)
        return int(options.run(options, layout))
    except PipelineError as error:
        print(f"Lỗi: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Đã dừng theo yêu cầu; báo cáo cũ còn nguyên.", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"Lỗi đọc, ghi tệp: {error.strerror}: {error.filename}. Báo cáo cũ còn nguyên.", file=sys.stderr)
        return StorageError.exit_code
    except Exception as error:
        print(f"Lỗi của chương trình: {type(error).__name__}: {error}\n{_kept_traceback(layout)}", file=sys.stderr)
        return InternalError.exit_code


def _kept_traceback(layout: Layout) -> str:
    path = layout.processed / "traceback.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(traceback.format_exc(), "utf-8")
    except OSError:
        return traceback.format_exc()
    return f"Báo cáo cũ còn nguyên. Gửi tệp này cho người bảo trì: {layout.relative(path)}"


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="pipeline", description="Báo cáo kết quả thực hiện kế hoạch chuyển đổi số.")
    verbs = parser.add_subparsers(required=True, metavar="VIỆC", parser_class=_Parser)
    report = verbs.add_parser("report", help="lập báo cáo của một địa phương")
    report.add_argument("locality", help="tên địa phương, ví dụ cat-hai (xem data/raw/localities.csv)")
    report.add_argument(
        "period", nargs="?", default="", help="kỳ báo cáo, ví dụ 2025; mặc định: kỳ mới nhất có số liệu"
    )
    report.add_argument(
        "--known-at", default="", metavar="NGÀY", help="chỉ dùng những gì đã biết đến ngày này (2026-05-01)"
    )
    report.add_argument("--force", action="store_true", help="lập lại cả khi đã mới nhất")
    report.set_defaults(run=_report)
    plans = verbs.add_parser("plans", help="kiểm tra sổ kế hoạch và ghi các bảng data/processed/plans/*.csv")
    plans.set_defaults(run=_plans)
    schema = verbs.add_parser("schema", help="ghi JSON Schema của các tệp kế hoạch vào docs/schema/")
    schema.set_defaults(run=_schema)
    return parser


def _report(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.execution.report import make_report, say_on_stderr
    from pipeline.plans.registry import read_registry
    from pipeline.runs import Run, default_period, known_day, known_locality, known_period

    registry = read_registry(layout, options.locality)
    locality = known_locality(registry, options.locality)
    if not registry.plans_of(locality.slug):
        raise NoInputError(
            f"{locality.full_name} chưa có kế hoạch trong sổ.\n"
            f"Thêm kế hoạch vào data/raw/plans/{locality.slug}/<mã-kế-hoạch>.yaml (cách làm: docs/add-a-plan.md), "
            "rồi chạy: make plans"
        )
    today = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=7))).date()
    period = known_period(options.period) if options.period else default_period(registry, layout, locality, today)
    run = Run(layout, registry, locality, period, known_day(options.known_at))
    say_on_stderr(f"{locality.full_name}, {period.label}")
    outcome = make_report(run, force=options.force, say=say_on_stderr)
    if not outcome.made:
        say_on_stderr("  đã mới nhất, không chạy lại (FORCE=1 để lập lại)")
    print(layout.relative(outcome.page))
    return 0


def _plans(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.plans.registry import read_registry
    from pipeline.plans.tables import summary, write_tables

    del options
    registry = read_registry(layout)
    for line in summary(registry):
        print(line)
    folder = layout.processed / "plans"
    counts = write_tables(registry, folder)
    print(f"{layout.relative(folder)}: " + ", ".join(f"{name}.csv {count} dòng" for name, count in counts.items()))
    return 0


def _schema(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.plans.tables import write_schemas

    del options
    write_schemas(layout)
    print(layout.relative(layout.schemas))
    return 0
