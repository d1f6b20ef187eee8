"""The command: its verbs and their arguments, nothing else. The clock is read here and passed in."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from pipeline import arguments
from pipeline.errors import WHOLE, InternalError, MismatchError, NoInputError, PipelineError, StorageError, UsageError
from pipeline.inputs.draft import KNOWN
from pipeline.paths import Layout
from pipeline.progress import say, short

if TYPE_CHECKING:
    from pipeline.publish.manifest import Recorded
    from pipeline.run.make_report import Outcome
    from pipeline.steps import Run


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\nXem: python -m pipeline --help")


def main(given: Sequence[str] | None = None) -> int:
    """Run one verb; gives the exit code. A PipelineError becomes one sentence, never a traceback."""
    layout = Layout.of_project()
    os.environ.pop(KNOWN, None)  # what git says counts, not what the caller says
    try:
        options = _parser().parse_args(_with_values(sys.argv[1:] if given is None else given))
        return int(options.run(options, layout) or 0)
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


def _with_values(given: Sequence[str]) -> Sequence[str]:
    """The arguments, none of which has the value `--`: argparse would take it out, and go on as if none were given."""
    if given.count("--") > 1 or any(one.startswith("--") and one.endswith("=--") for one in given):
        raise UsageError("Tham số không hợp lệ: '--'.")
    return given


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
    for function, taken in _VERBS.items():
        name, line = function.__name__[1:].replace("_", "-"), (function.__doc__ or "").rstrip(".")
        verb = verbs.add_parser(name, help=line[:1].lower() + line[1:])
        verb.set_defaults(run=function)
        for argument, how in taken:
            verb.add_argument(argument, **how)
    return parser


_Argument: TypeAlias = tuple[str, dict[str, Any]]
_Verb: TypeAlias = Callable[[argparse.Namespace, Layout], int | None]
_VERBS: dict[_Verb, tuple[_Argument, ...]] = {}


def _verb(*taken: _Argument) -> Callable[[_Verb], _Verb]:
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


_LOCALITY = "locality", {"help": "tên địa phương, ví dụ cat-hai (xem data/raw/localities.csv)"}
_PERIOD = _argument("period", "kỳ, ví dụ 2026-Q1; mặc định: kỳ mới nhất có số liệu", arguments.period_or_newest)
_INDICATOR = _argument("indicator", "kế hoạch/[phụ lục/]nhóm/số, ví dụ binh-giang-2026/II/14")
_FILE = _argument("file", "đường dẫn của tệp", arguments.path_or_none)
_KNOWN_AT = _argument("--known-at", "theo những gì đã biết đến ngày này (2026-05-01)", arguments.known_day, "NGÀY")
_PAGE_LANG = _argument("--page-lang", "thêm trang bằng ngôn ngữ này, ví dụ en", arguments.known_language, "NGÔN NGỮ")
_FORCE = "--force", {"action": "store_true", "help": "lập lại cả khi đã mới nhất"}
_JOBS = _argument("--jobs", "số báo cáo lập cùng lúc; mặc định: số lõi của máy", arguments.known_jobs, "SỐ")
_SCHEDULER = _argument("--scheduler", "địa chỉ bộ điều phối Dask", arguments.known_scheduler, "tcp://…")
_METHODS = _argument("--methods", "linear, open-sdg, destatis, sdsn; mặc định: tất cả", arguments.known_methods)
_HEAD = _argument("--head", "đầu nhật ký đã chép lại từ trước phải còn đó", arguments.known_head, "SỐ:MÃ")
_SIGNERS = _argument(
    "--signers", "báo cáo đã ban hành phải có chữ ký số của một khóa trong tệp này", arguments.path_or_none, "TỆP"
)
_RUN = _argument("--run", "một lần chạy trước, ít nhất 8 chữ số", arguments.known_run, "MÃ", dest="run_id")
_BUNDLE = _argument("--bundle", "chỉ lập lại từ gói này, do make bundle lập", arguments.path_or_none, "TỆP")
_STATE = _argument("--state", "checked (đã kiểm tra) hoặc issued (đã ban hành)", arguments.known_state, "TRẠNG THÁI")
_BY = _argument("--by", "cơ quan kiểm tra hoặc ban hành", arguments.known_office, "CƠ QUAN")
_TO = _argument(
    "--to", "thư mục có sẵn, hoặc tên tệp mới (.zip của gói, .tar của bản sao lưu)", arguments.path_or_none, "NƠI"
)
# What is published, by the names of its folders: an auditor may have no list of localities.
_ANY_LOCALITY = _argument("locality", "tên địa phương; mặc định: mọi địa phương, hoặc gói tự nêu")
_ANY_PERIOD = _argument("period", "kỳ báo cáo; mặc định: mọi kỳ")


@_verb(_LOCALITY, _PERIOD, _KNOWN_AT, _PAGE_LANG, _FORCE)
def _report(options: argparse.Namespace, layout: Layout) -> None:
    """Lập báo cáo của một địa phương."""
    from pipeline.run.make_report import make_report

    run = _run_of(options, layout)
    say(f"{run.locality.full_name}, {run.period.label}")
    outcome = make_report(run, force=options.force, say=say)
    _tell_made(outcome, layout)


@_verb(_PERIOD, _JOBS, _SCHEDULER, _PAGE_LANG, _FORCE)
def _report_all(options: argparse.Namespace, layout: Layout) -> int:
    """Lập báo cáo của mọi địa phương chưa mới nhất, rồi trang chung."""
    from pipeline.publish.log import Log
    from pipeline.run.batch import Wanted, listed, report_all
    from pipeline.run.make_site import SiteRequest, make_overview
    from pipeline.run.session import lasting_session

    period = str(options.period or "")
    wanted = Wanted(period, options.page_lang, options.jobs, options.scheduler, options.force)
    with lasting_session():
        batch = report_all(layout, wanted, _today(), say=say)
        if batch.made or batch.current:
            make_overview(layout, SiteRequest(period, options.page_lang), say=say)
    say(Log(layout.log).to_note())
    print(f"{len(batch.made)} báo cáo đã lập, {batch.current} đã mới nhất, {len(batch.failed)} lỗi")
    for line in listed(batch.failed):
        print(line, file=sys.stderr)
    return batch.exit_code


@_verb(_PERIOD, _PAGE_LANG, _FORCE)
def _overview(options: argparse.Namespace, layout: Layout) -> None:
    """Lập trang chung của mọi địa phương: reports/index.html."""
    from pipeline.run.make_site import SiteRequest, make_overview

    request = SiteRequest(str(options.period or ""), options.page_lang)
    outcome = make_overview(layout, request, force=options.force, say=say)
    _tell_made(outcome, layout)


def _tell_made(outcome: Outcome, layout: Layout) -> None:
    from pipeline.publish.log import Log

    if not outcome.made:
        say("  đã mới nhất, không chạy lại (FORCE=1 để lập lại)")
    say(Log(layout.log).to_note())
    print(layout.relative(outcome.page))


@_verb(_LOCALITY, _PERIOD)
def _why(options: argparse.Namespace, layout: Layout) -> None:
    """Điều gì làm báo cáo của một địa phương không còn mới nhất."""
    from pipeline.publish.publish import staleness

    _tell(staleness(_run_of(options, layout)) or ["đã mới nhất"])


@_verb(_LOCALITY, _PERIOD)
def _template(options: argparse.Namespace, layout: Layout) -> None:
    """Ghi biểu mẫu .xlsx để địa phương điền số liệu một kỳ."""
    from pipeline.senders.form import make_template

    if not options.period:
        raise UsageError("Chưa nêu kỳ báo cáo. Ví dụ: make template LOCALITY=cat-hai PERIOD=2026-Q1")
    print(layout.relative(make_template(_run_of(options, layout), say=say)))


@_verb(_LOCALITY, _PERIOD)
def _validate(options: argparse.Namespace, layout: Layout) -> None:
    """Chỉ kiểm tra số liệu một kỳ và trả lời nơi gửi, không lập báo cáo."""
    from pipeline.senders.receive import validate_and_answer

    run = _run_of(options, layout)
    say(f"{run.locality.full_name}, {run.period.label}: kiểm tra số liệu…")
    _tell(validate_and_answer(run))


@_verb(_FILE)
def _read(options: argparse.Namespace, layout: Layout) -> None:
    """Cho xem một tệp .csv, .xlsx được đọc thế nào (JSON), không đối chiếu gì."""
    from pipeline.intake.reader import describe_file

    if not options.file:
        raise UsageError("Chưa nêu tệp. Ví dụ: make read FILE=so-lieu.xlsx")
    print(describe_file(options.file, layout))


@_verb(_LOCALITY, _PERIOD, _INDICATOR, _KNOWN_AT)
def _explain(options: argparse.Namespace, layout: Layout) -> None:
    """Giải trình một con số: từ ô đến tỷ lệ."""
    from pipeline.completion.evaluate import evaluate
    from pipeline.report.explain import explain, find_row

    if not options.indicator:
        raise UsageError("Chưa nêu chỉ tiêu. Ví dụ: make explain LOCALITY=binh-giang INDICATOR=binh-giang-2026/II/14")
    run = _run_of(options, layout)
    code = arguments.known_code(run.registry.plans_of(run.locality.slug), options.indicator)
    from pipeline.intake.validate import validate_period  # slow to import: only once the row is known to be one

    intake = validate_period(layout, run.registry, run.locality.slug, run.period, run.known_at)
    completion = evaluate(run.registry, run.locality, run.period, intake)
    _tell(explain(completion, intake, *find_row(completion, code)))


@_verb(_LOCALITY, _PERIOD, _METHODS)
def _compare_methods(options: argparse.Namespace, layout: Layout) -> None:
    """Chỉ tiêu nào đổi kết luận theo phương pháp khác."""
    from pipeline.run.compare_methods import compare_methods

    _tell(compare_methods(_run_of(options, layout), options.methods))


@_verb(_ANY_LOCALITY, _ANY_PERIOD, _HEAD, _SIGNERS)
def _verify(options: argparse.Namespace, layout: Layout) -> int:
    """Mọi tệp đã công bố, kho đầu vào và nhật ký có còn như đã ghi."""
    from pipeline.publish.sign_off import issues
    from pipeline.publish.signatures import signature_faults
    from pipeline.publish.verify import Scope, verify_at_rest

    scope = Scope(options.locality, options.period)
    found = verify_at_rest(layout, scope, options.head, say)
    found.faults += signature_faults(layout, issues(found.chain.entries, scope.takes), options.signers)
    for warning in found.warnings:
        say(f"Lưu ý: {warning}")
    _tell(found.faults)
    print(
        f"{found.published} báo cáo đang công bố, {found.former} lần chạy trước, {found.outputs} tệp kết quả, "
        f"{found.inputs} tệp trong kho, {len(found.chain.entries)} dòng nhật ký: "
        + (f"{len(found.faults)} chỗ không khớp" if found.faults else "đều khớp")
    )
    print(f"Đầu nhật ký, hãy chép lại ở nơi khác: {found.chain.head}")
    return MismatchError.exit_code if found.faults else 0


@_verb(_ANY_LOCALITY, _PERIOD, _KNOWN_AT, _RUN, _BUNDLE)
def _audit(options: argparse.Namespace, layout: Layout) -> int:
    """Lập lại một lần chạy ở nơi trống và so từng byte."""
    from pipeline.publish.bundle import foreign_code, opened
    from pipeline.publish.rerun import recorded_run

    if not options.bundle:
        name = _report_name(options, layout)
        return _audited(layout, recorded_run(layout, options.locality, name, options.run_id))
    with opened(options.bundle) as (bundled, recorded):
        if foreign := foreign_code(recorded):
            say(f"  sẽ chạy mã nguồn trong gói, khác bộ mã này ở {len(foreign)} tệp: {', '.join(foreign[:5])}")
        return _audited(bundled, recorded)


def _audited(layout: Layout, recorded: Recorded) -> int:
    from pipeline.publish.compare_bytes import Vocabulary
    from pipeline.publish.rerun import audit
    from pipeline.report.words import field_word, status_word

    say(f"{recorded.locality}, {recorded.name}: lần chạy {short(recorded.run)}")
    audited = audit(layout, recorded, say, Vocabulary(field_word, status_word))
    _tell(f"Đã thay đổi từ đó đến nay: {line}" for line in audited.since)
    if not audited.differences:
        print(f"Giống từng byte: {audited.files} tệp, lần chạy {recorded.run}")
        return 0
    _tell(["Khác (bản đã ghi → bản lập lại):", *(f"  {line}" for line in audited.differences)])
    return MismatchError.exit_code


@_verb(_LOCALITY, _PERIOD, _KNOWN_AT, _STATE, _BY)
def _sign_off(options: argparse.Namespace, layout: Layout) -> None:
    """Ghi nhận báo cáo đã kiểm tra, rồi đã ban hành."""
    from pipeline.publish.issue import sign_off
    from pipeline.publish.sign_off import WORDS, State
    from pipeline.steps import Run

    state = State(options.state)
    period, _, known_at = _report_name(options, layout).partition(".known-")
    run = Run.open(options.locality, period, known_at, layout=layout)
    signed = sign_off(run, state, options.by, say)
    print(f"{layout.relative(run.report)}: {WORDS[state]}, {options.by}, lần chạy {short(signed.run)}")


@_verb(_LOCALITY, _PERIOD, _KNOWN_AT, _RUN, _TO)
def _bundle(options: argparse.Namespace, layout: Layout) -> None:
    """Một tệp có mọi thứ để người khác lập lại báo cáo và so từng byte."""
    from pipeline.publish.bundle import make_bundle
    from pipeline.publish.rerun import recorded_run

    recorded = recorded_run(layout, options.locality, _report_name(options, layout), options.run_id)
    print(layout.relative(make_bundle(layout, recorded, options.to)))


@_verb(_TO)
def _backup(options: argparse.Namespace, layout: Layout) -> None:
    """Một bản sao lưu của báo cáo, kho đầu vào, nhật ký và số liệu gốc."""
    from pipeline.publish.backup import backup

    if not options.to:
        raise UsageError("Chưa nêu nơi để bản sao lưu. Ví dụ: make backup TO=/media/usb")
    made = backup(layout, options.to, say)
    print(f"{made.path}: {made.files} tệp, sha256 {made.sha256}")
    print(f"Đầu nhật ký: {made.head}")


@_verb()
def _rules(_: argparse.Namespace, layout: Layout) -> None:
    """Ghi bảng quy tắc docs/rules.md từ expectations/."""
    from pipeline.intake.handbook import write_rules
    from pipeline.intake.validate import read_suites

    write_rules(read_suites(layout.expectations), layout.rules)
    print(layout.relative(layout.rules))


@_verb()
def _plans(_: argparse.Namespace, layout: Layout) -> None:
    """Kiểm tra sổ kế hoạch và ghi các bảng data/processed/plans/*.csv."""
    from pipeline.plans.registry import read_registry
    from pipeline.plans.tables import summary, write_tables

    registry = read_registry(layout)
    _tell(summary(registry))
    folder = layout.processed / "plans"
    counts = write_tables(registry, folder)
    print(f"{layout.relative(folder)}: " + ", ".join(f"{name}.csv {count} dòng" for name, count in counts.items()))


@_verb()
def _schema(_: argparse.Namespace, layout: Layout) -> None:
    """Ghi JSON Schema của các tệp kế hoạch vào docs/schema/."""
    from pipeline.intake.handbook import write_schemas

    write_schemas(layout)
    print(layout.relative(layout.schemas))


def _run_of(options: argparse.Namespace, layout: Layout) -> Run:
    """The run that the arguments name, of those that the verb takes; the newest period with submissions if none."""
    from pipeline.plans.registry import read_registry
    from pipeline.steps import Run, default_period

    registry = read_registry(layout, options.locality)
    locality = arguments.known_locality(registry, options.locality)
    if not registry.plans_of(locality.slug):
        places = registry.localities
        namesakes = [row for row in places.namesakes(locality.name) if row.slug != locality.slug]
        same = f" Nơi khác cùng tên: {places.described(namesakes)}." if namesakes else ""
        raise NoInputError(
            f"{places.described([places.by_slug[locality.slug]])} chưa có kế hoạch trong sổ.{same}\n"
            f"Thêm kế hoạch vào data/raw/plans/{locality.slug}/<mã-kế-hoạch>.yaml (cách làm: docs/add-a-plan.md), "
            "rồi chạy: make plans"
        )
    period = options.period or default_period(registry, layout, locality, _today())
    others = {name: value for name, value in vars(options).items() if name in ("known_at", "page_lang")}
    return Run(layout, locality, period, **others)


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _today() -> dt.date:
    """The day in Vietnam."""
    return dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=7))).date()


def _report_name(options: argparse.Namespace, layout: Layout) -> str:
    """The folder of the report that is asked for, by what is published: an auditor may have nothing but `reports`."""
    from pipeline.publish.manifest import published_name

    name = str(options.period or "") + (f".known-{options.known_at}" if options.known_at else "")
    run = vars(options).get("run_id")  # not every verb takes one
    return name if run else published_name(layout, options.locality, name)
