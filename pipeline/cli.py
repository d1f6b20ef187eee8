"""The verbs of the command, nothing else. The clock is read here and passed in."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import os
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from pipeline import cli_audit, cli_keeping
from pipeline.errors import WHOLE, DataError, InternalError, NoInputError, PipelineError, StorageError, UsageError
from pipeline.inputs.draft import KNOWN
from pipeline.paths import Layout
from pipeline.progress import say

if TYPE_CHECKING:
    from pipeline.plans.models import Locality
    from pipeline.plans.registry import Registry
    from pipeline.steps import Run


_Verbs: TypeAlias = "argparse._SubParsersAction[_Parser]"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\nXem: python -m pipeline --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; gives the exit code. Errors of the tree are said in a sentence, without a traceback."""
    layout = Layout.of_project()
    os.environ.pop(KNOWN, None)  # what git says counts, not what the caller says
    try:
        options = _parser().parse_args(_with_values(sys.argv[1:] if arguments is None else arguments))
        return int(options.run(options, layout))
    except PipelineError as error:
        print(f"Lỗi: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"Đã dừng theo yêu cầu. {WHOLE}", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"Lỗi: {StorageError.of(error)}", file=sys.stderr)
        return StorageError.exit_code
    except Exception as error:
        print(f"Lỗi của chương trình: {type(error).__name__}: {error}\n{_kept_traceback(layout)}", file=sys.stderr)
        return InternalError.exit_code


def _with_values(arguments: Sequence[str]) -> Sequence[str]:
    """The arguments, none of which has the value `--`: argparse would take it out, and go on as if none were given."""
    if arguments.count("--") > 1 or any(given.startswith("--") and given.endswith("=--") for given in arguments):
        raise UsageError("Tham số không hợp lệ: '--'.")
    return arguments


def _kept_traceback(layout: Layout) -> str:
    path = layout.processed / "traceback.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(traceback.format_exc(), "utf-8")
    except OSError:
        return traceback.format_exc()
    return f"{WHOLE} Gửi tệp này cho người bảo trì: {layout.relative(path)}"


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="pipeline", description="Báo cáo kết quả thực hiện kế hoạch chuyển đổi số.")
    verbs = parser.add_subparsers(required=True, metavar="VIỆC", parser_class=_Parser)
    for add in (_making, _intake, _asking, cli_audit.add, cli_keeping.add, _registry):
        add(verbs)
    return parser


def _making(verbs: _Verbs) -> None:
    """Reports, and the site of all of them."""
    report = verbs.add_parser("report", help="lập báo cáo của một địa phương")
    report.add_argument("locality", help="tên địa phương, ví dụ cat-hai (xem data/raw/localities.csv)")
    report.add_argument(
        "period", nargs="?", default="", help="kỳ báo cáo, ví dụ 2025; mặc định: kỳ mới nhất có số liệu"
    )
    report.add_argument(
        "--known-at", default="", metavar="NGÀY", help="chỉ dùng những gì đã biết đến ngày này (2026-05-01)"
    )
    report.set_defaults(run=_report)
    batch = verbs.add_parser("report-all", help="lập báo cáo của mọi địa phương chưa mới nhất, rồi trang chung")
    batch.add_argument("period", nargs="?", default="", help="kỳ báo cáo; mặc định: kỳ mới nhất của từng nơi")
    batch.add_argument("--jobs", default="", metavar="SỐ", help="số báo cáo lập cùng lúc; mặc định: số lõi của máy")
    batch.add_argument("--scheduler", default="", metavar="tcp://…", help="địa chỉ bộ điều phối Dask")
    batch.set_defaults(run=_report_all)
    overview = verbs.add_parser("overview", help="lập trang chung của mọi địa phương: reports/index.html")
    overview.add_argument("period", nargs="?", default="", help="kỳ báo cáo; mặc định: kỳ mới nhất đã có số liệu")
    overview.set_defaults(run=_overview)
    for made in (report, batch, overview):
        made.add_argument("--page-lang", default="", metavar="NGÔN NGỮ", help="thêm trang bằng ngôn ngữ này, ví dụ en")
        made.add_argument("--force", action="store_true", help="lập lại cả khi đã mới nhất")
    serve = verbs.add_parser("serve", help="cho xem trang chung trên máy này, đến khi bấm Ctrl-C")
    serve.add_argument("port", nargs="?", default="", help="cổng, từ 1024 đến 65535; mặc định 8000")
    serve.set_defaults(run=_serve)
    why = verbs.add_parser("why", help="điều gì làm báo cáo của một địa phương không còn mới nhất")
    why.add_argument("locality", help="tên địa phương, ví dụ cat-hai")
    why.add_argument("period", nargs="?", default="", help="kỳ báo cáo; mặc định: kỳ mới nhất có số liệu")
    why.set_defaults(run=_why)


def _intake(verbs: _Verbs) -> None:
    """What localities send."""
    template = verbs.add_parser("template", help="ghi biểu mẫu .xlsx để địa phương điền số liệu một kỳ")
    template.add_argument("locality", help="tên địa phương, ví dụ cat-hai")
    template.add_argument("period", help="kỳ báo cáo, ví dụ 2026-Q1")
    template.set_defaults(run=_template)
    validate = verbs.add_parser("validate", help="chỉ kiểm tra số liệu một kỳ và trả lời nơi gửi, không lập báo cáo")
    validate.add_argument("locality", help="tên địa phương, ví dụ cat-hai")
    validate.add_argument("period", nargs="?", default="", help="kỳ báo cáo; mặc định: kỳ mới nhất có số liệu")
    validate.set_defaults(run=_validate)
    read = verbs.add_parser("read", help="cho xem một tệp .csv, .xlsx được đọc thế nào (JSON), không đối chiếu gì")
    read.add_argument("file", help="đường dẫn của tệp")
    read.set_defaults(run=_read)
    rules = verbs.add_parser("rules", help="ghi bảng quy tắc docs/rules.md từ expectations/")
    rules.set_defaults(run=_rules)


def _asking(verbs: _Verbs) -> None:
    """Questions to the figures."""
    explain = verbs.add_parser("explain", help="giải trình một con số: từ ô đến tỷ lệ")
    explain.add_argument("locality", help="tên địa phương, ví dụ binh-giang")
    explain.add_argument("period", help="kỳ báo cáo; để trống: kỳ mới nhất có số liệu")
    explain.add_argument("indicator", help="kế hoạch/[phụ lục/]nhóm/số, ví dụ binh-giang-2026/II/14")
    explain.add_argument("--known-at", default="", metavar="NGÀY", help="theo những gì đã biết đến ngày này")
    explain.set_defaults(run=_explain)
    compare = verbs.add_parser("compare-methods", help="chỉ tiêu nào đổi kết luận theo phương pháp khác")
    compare.add_argument("locality", help="tên địa phương, ví dụ cat-hai")
    compare.add_argument("period", nargs="?", default="", help="kỳ báo cáo; mặc định: kỳ mới nhất có số liệu")
    compare.add_argument("--methods", default="", help="linear, open-sdg, destatis, sdsn; mặc định: tất cả")
    compare.set_defaults(run=_compare)
    rolled = verbs.add_parser("roll-up", help="tổng hợp mọi địa phương có kế hoạch trong kỳ, theo khái niệm")
    rolled.add_argument("period", nargs="?", default="", help="kỳ báo cáo, ví dụ 2025")
    rolled.set_defaults(run=_roll_up)


def _registry(verbs: _Verbs) -> None:
    """The plan registry."""
    plans = verbs.add_parser("plans", help="kiểm tra sổ kế hoạch và ghi các bảng data/processed/plans/*.csv")
    plans.set_defaults(run=_plans)
    schema = verbs.add_parser("schema", help="ghi JSON Schema của các tệp kế hoạch vào docs/schema/")
    schema.set_defaults(run=_schema)


def _report(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.run.make_report import make_report
    from pipeline.steps import known_language

    run = dataclasses.replace(_run_of(options, layout, options.known_at), page_lang=known_language(options.page_lang))
    say(f"{run.locality.full_name}, {run.period.label}")
    outcome = make_report(run, force=options.force, say=say)
    if not outcome.made:
        say("  đã mới nhất, không chạy lại (FORCE=1 để lập lại)")
    print(layout.relative(outcome.page))
    return 0


def _report_all(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.run.batch import Wanted, known_jobs, listed, report_all
    from pipeline.run.make_site import Wanted as Site
    from pipeline.run.make_site import make_overview
    from pipeline.run.session import lasting_session

    jobs = known_jobs(options.jobs)
    wanted = Wanted(options.period, options.page_lang, jobs, options.scheduler, options.force)
    with lasting_session():
        batch = report_all(layout, wanted, _today(), say=say)
        if batch.made or batch.current:
            make_overview(layout, Site(options.period, options.page_lang), say=say)
    print(f"{len(batch.made)} báo cáo đã lập, {batch.current} đã mới nhất, {len(batch.failed)} lỗi")
    for line in listed(batch.failed):
        print(line, file=sys.stderr)
    return batch.exit_code


def _why(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.publish.manifest import describe_inputs, differences, is_up_to_date, read_manifest
    from pipeline.publish.sign_off import is_frozen

    run = _run_of(options, layout)
    manifest = read_manifest(run.report)
    page_lang = manifest.inputs.parameters.get("page_lang", "") if manifest else ""
    inputs = describe_inputs(dataclasses.replace(run, page_lang=page_lang))
    lines = list(differences(manifest.inputs if manifest else None, inputs))
    if not lines and not is_up_to_date(layout, run.report, inputs):
        lines = ["báo cáo đã công bố không còn như lúc công bố"]
    elif lines and is_frozen(layout, run.report, inputs):
        lines = [f"đã ban hành, giữ nguyên; từ đó đến nay (FORCE=1 mới lập lại): {line}" for line in lines]
    print("\n".join(lines) if lines else "đã mới nhất")
    return 0


def _template(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.senders.desk import make_template
    from pipeline.steps import Run

    if not options.period:
        raise UsageError("Chưa nêu kỳ báo cáo. Ví dụ: make template LOCALITY=cat-hai PERIOD=2026-Q1")
    run = Run.open(options.locality, options.period, layout=layout)
    _require_plans(run.registry, run.locality)
    print(layout.relative(make_template(run, say=say)))
    return 0


def _validate(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.senders.desk import validate_and_answer

    run = _run_of(options, layout)
    say(f"{run.locality.full_name}, {run.period.label}: kiểm tra số liệu…")
    for line in validate_and_answer(run):
        print(line)
    return 0


def _explain(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.completion.evaluate import evaluate
    from pipeline.report.explain import explain, find_row, known_code

    if not options.indicator:
        raise UsageError("Chưa nêu chỉ tiêu. Ví dụ: make explain LOCALITY=binh-giang INDICATOR=binh-giang-2026/II/14")
    run = _run_of(options, layout, options.known_at)
    code = known_code(run.registry.plans_of(run.locality.slug), options.indicator)
    from pipeline.intake.validate import validate_period  # slow to import: only once the row is known to be one

    intake = validate_period(layout, run.registry, run.locality.slug, run.period, run.known_at)
    completion = evaluate(run.registry, run.locality, run.period, intake)
    for line in explain(completion, intake, *find_row(completion, code)):
        print(line)
    return 0


def _compare(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.run.compare_methods import compare_methods, known_methods

    methods = known_methods(options.methods)
    for line in compare_methods(_run_of(options, layout), methods):
        print(line)
    return 0


def _roll_up(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.run.roll_up import roll_up_period, told, write
    from pipeline.steps import known_period

    if not options.period:
        raise UsageError("Chưa nêu kỳ báo cáo. Ví dụ: make roll-up PERIOD=2025")
    rolled = roll_up_period(layout, known_period(options.period), say)
    for line in told(rolled):
        print(line)
    print(f"Đã ghi {', '.join(layout.relative(path) for path in write(rolled, layout))}")
    return DataError.exit_code if rolled.refused else 0


def _overview(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.run.make_site import Wanted, make_overview

    outcome = make_overview(layout, Wanted(options.period, options.page_lang), force=options.force, say=say)
    if not outcome.made:
        say("  đã mới nhất, không chạy lại (FORCE=1 để lập lại)")
    print(layout.relative(outcome.page))
    return 0


def _serve(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.run.serve import known_port, serve

    serve(layout, known_port(options.port), lambda text: print(text, flush=True))
    return 0


def _read(options: argparse.Namespace, layout: Layout) -> int:
    from pathlib import Path

    from pipeline.senders.desk import describe_file

    if not options.file:
        raise UsageError("Chưa nêu tệp. Ví dụ: make read FILE=so-lieu.xlsx")
    print(describe_file(Path(options.file), layout))
    return 0


def _rules(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.intake.handbook import write_rules
    from pipeline.intake.validate import read_suites

    del options
    write_rules(read_suites(layout.expectations), layout.rules)
    print(layout.relative(layout.rules))
    return 0


def _run_of(options: argparse.Namespace, layout: Layout, known_at: str = "") -> Run:
    """The run that LOCALITY and PERIOD name; the newest period with submissions if none is named."""
    from pipeline.plans.registry import read_registry
    from pipeline.steps import Run, default_period, known_day, known_locality, known_period

    registry = read_registry(layout, options.locality)
    locality = known_locality(registry, options.locality)
    _require_plans(registry, locality)
    period = known_period(options.period) if options.period else default_period(registry, layout, locality, _today())
    return Run(layout, locality, period, known_day(known_at))


def _today() -> dt.date:
    """The day in Vietnam."""
    return dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=7))).date()


def _require_plans(registry: Registry, locality: Locality) -> None:
    if not registry.plans_of(locality.slug):
        raise NoInputError(
            f"{locality.full_name} chưa có kế hoạch trong sổ.\n"
            f"Thêm kế hoạch vào data/raw/plans/{locality.slug}/<mã-kế-hoạch>.yaml (cách làm: docs/add-a-plan.md), "
            "rồi chạy: make plans"
        )


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
    from pipeline.intake.schemas import write_schemas

    del options
    write_schemas(layout)
    print(layout.relative(layout.schemas))
    return 0
