"""The command: its verbs and what they do, nothing else. The clock is read here and passed in."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipeline import arguments
from pipeline.errors import WHOLE, MismatchError, PipelineError, UsageError
from pipeline.inputs.draft import KNOWN
from pipeline.paths import Layout
from pipeline.progress import say, short
from pipeline.unexpected import tell_unexpected
from pipeline.verbs import (
    AGENCY,
    ANY_LOCALITY,
    ANY_PERIOD,
    AS_OF,
    BUNDLE,
    BY,
    CLOSED_PERIOD,
    FILE,
    FORCE,
    HEAD,
    INDICATOR,
    JOBS,
    KNOWN_AT,
    LOCALITY,
    METHODS,
    PAGE_LANG,
    PERIOD,
    REASON,
    RUN,
    SCHEDULER,
    SIGNERS,
    STATE,
    TO,
    WHOSE,
    parsed,
    verb,
)

if TYPE_CHECKING:
    from pipeline.publish.manifest import Recorded
    from pipeline.run.make_report import Outcome
    from pipeline.steps import Run


def main(given: Sequence[str] | None = None) -> int:
    """Run one verb; gives the exit code. A PipelineError becomes one sentence, never a traceback."""
    layout = Layout.of_project()
    os.environ.pop(KNOWN, None)  # what git says counts, not what the caller says
    try:
        options = parsed(sys.argv[1:] if given is None else given)
        status = int(options.run(options, layout) or 0)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except PipelineError as error:
        print(f"Lỗi: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"Đã dừng theo yêu cầu. {WHOLE}", file=sys.stderr)
        return 130
    except Exception as error:
        return tell_unexpected(error, layout)


@verb(LOCALITY, PERIOD, KNOWN_AT, PAGE_LANG, FORCE)
def _report(options: argparse.Namespace, layout: Layout) -> None:
    """Lập báo cáo của một địa phương."""
    from pipeline.run.session import lasting_session, warm_up

    with lasting_session():
        # Path.exists raises for what can be no name.
        if options.force or not os.path.exists(layout.reports / options.locality):  # noqa: PTH110
            warm_up(rehearsed=False)  # before other imports: it takes longer than all that precedes the notebooks
        from pipeline.run.make_report import make_report

        run = _run_of(options, layout)
        say(f"{run.locality.full_name}, {run.period.label}")
        _tell_made(make_report(run, force=options.force, say=say), layout)


@verb(PERIOD, JOBS, SCHEDULER, PAGE_LANG, FORCE)
def _report_all(options: argparse.Namespace, layout: Layout) -> int:
    """Lập báo cáo của mọi địa phương chưa mới nhất, rồi bộ dữ liệu và trang chung."""
    from pipeline.publish.log import Log
    from pipeline.run.batch import Wanted, listed, report_all
    from pipeline.run.make_site import SiteRequest, make_overview, pages_beside
    from pipeline.run.session import OF_THE_SITE, lasting_session

    period = str(options.period or "")
    wanted = Wanted(period, options.page_lang, options.jobs, options.scheduler, options.force)
    with lasting_session(*OF_THE_SITE), pages_beside(layout) as pages:
        batch = report_all(layout, wanted, _today(), say=say, core_left=pages.prepare)
        if batch.made or batch.current:
            make_overview(layout, SiteRequest(period, options.page_lang), say=say, beside=pages)
    say(Log(layout.log).to_note())
    print(f"{len(batch.made)} báo cáo đã lập, {batch.current} đã mới nhất, {len(batch.failed)} lỗi")
    for line in listed(batch.failed):
        print(line, file=sys.stderr)
    return batch.exit_code


@verb(FORCE)
def _dataset(options: argparse.Namespace, layout: Layout) -> None:
    """Lập bộ dữ liệu của mọi báo cáo đã công bố: reports/data/."""
    from pipeline.dataset.make_dataset import make_dataset
    from pipeline.publish.log import Log

    outcome = make_dataset(layout, force=options.force, say=say)
    if not outcome.made:
        say("  đã mới nhất, không chạy lại (FORCE=1 để lập lại)")
    say(Log(layout.log).to_note())
    print(layout.relative(outcome.descriptor))


@verb(PERIOD, PAGE_LANG, AS_OF, FORCE)
def _overview(options: argparse.Namespace, layout: Layout) -> None:
    """Lập trang chung của mọi địa phương: reports/index.html."""
    from pipeline.run.make_site import SiteRequest, make_overview

    request = SiteRequest(str(options.period or ""), options.page_lang, str(options.as_of or ""))
    _tell_made(make_overview(layout, request, force=options.force, say=say), layout)


def _tell_made(outcome: Outcome, layout: Layout) -> None:
    from pipeline.publish.log import Log

    for line in outcome.not_made:
        say(line)
    say(Log(layout.log).to_note())
    print(layout.relative(outcome.page))


@verb(LOCALITY, PERIOD)
def _why(options: argparse.Namespace, layout: Layout) -> None:
    """Điều gì làm báo cáo của một địa phương không còn mới nhất."""
    from pipeline.publish.publish import staleness

    _tell(staleness(_run_of(options, layout)) or ["đã mới nhất"])


@verb(LOCALITY, PERIOD, AGENCY)
def _template(options: argparse.Namespace, layout: Layout) -> None:
    """Ghi biểu mẫu .xlsx để địa phương, hay một cơ quan chủ trì, điền số liệu một kỳ."""
    from pipeline.senders.form_workbook import make_template

    if not options.period:
        raise UsageError("Chưa nêu kỳ báo cáo. Ví dụ: make template LOCALITY=cat-hai PERIOD=2026-Q1")
    print(layout.relative(make_template(_run_of(options, layout), say, options.agency)))


@verb(LOCALITY, PERIOD)
def _validate(options: argparse.Namespace, layout: Layout) -> None:
    """Chỉ kiểm tra số liệu một kỳ và trả lời nơi gửi, không lập báo cáo."""
    from pipeline.senders.receive import validate_and_answer

    run = _run_of(options, layout)
    say(f"{run.locality.full_name}, {run.period.label}: kiểm tra số liệu…")
    _tell(validate_and_answer(run, _today()))


@verb(WHOSE, CLOSED_PERIOD, AS_OF)
def _due(options: argparse.Namespace, layout: Layout) -> None:
    """Ai còn nợ báo cáo nào, đến hạn ngày nào, muộn bao nhiêu ngày, còn thiếu bao nhiêu dòng."""
    from pipeline.run.due_table import DueRequest, tell_due

    _tell(tell_due(layout, DueRequest.of(options, _today()), say))


@verb(WHOSE, CLOSED_PERIOD, AS_OF)
def _reminders(options: argparse.Namespace, layout: Layout) -> None:
    """Viết tin nhắc cho từng nơi, từng cơ quan: đúng những dòng còn thiếu số liệu, kèm biểu mẫu."""
    from pipeline.run.due_table import DueRequest
    from pipeline.run.reminders import make_reminders

    _tell(make_reminders(layout, DueRequest.of(options, _today()), say))


@verb(FILE)
def _read(options: argparse.Namespace, layout: Layout) -> None:
    """Cho xem một tệp (.xlsx, .csv, .docx, .pdf, …) được đọc thế nào (JSON), không đối chiếu gì."""
    from pipeline.intake.reader import describe_file

    if not options.file:
        raise UsageError("Chưa nêu tệp. Ví dụ: make read FILE=so-lieu.xlsx")
    print(describe_file(options.file, layout))


@verb(LOCALITY, PERIOD, INDICATOR, KNOWN_AT)
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


@verb(LOCALITY, PERIOD, METHODS)
def _compare_methods(options: argparse.Namespace, layout: Layout) -> None:
    """Chỉ tiêu nào đổi kết luận theo phương pháp khác."""
    from pipeline.run.compare_methods import compare_methods

    _tell(compare_methods(_run_of(options, layout), options.methods))


@verb(ANY_LOCALITY, ANY_PERIOD, HEAD, SIGNERS)
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


@verb(ANY_LOCALITY, PERIOD, KNOWN_AT, RUN, BUNDLE)
def _audit(options: argparse.Namespace, layout: Layout) -> int:
    """Lập lại một lần chạy ở nơi trống và so từng byte."""
    from pipeline.publish.bundle import opened
    from pipeline.publish.rerun import recorded_run

    if not options.bundle:
        name = _report_name(options, layout)
        return _audited(layout, recorded_run(layout, options.locality, name, options.run_id), "kho")
    with opened(options.bundle) as (bundled, recorded):
        return _audited(bundled, recorded, "gói")


def _audited(layout: Layout, recorded: Recorded, source: str) -> int:
    from pipeline.publish.bundle import foreign_code
    from pipeline.publish.compare_bytes import Vocabulary
    from pipeline.publish.rerun import audit
    from pipeline.report.field_words import field_word, status_word

    say(f"{recorded.locality}, {recorded.name}: lần chạy {short(recorded.run)}")
    if foreign := foreign_code(recorded):
        say(f"  sẽ chạy mã nguồn trong {source}, khác bộ mã này ở {len(foreign)} tệp: {', '.join(foreign[:5])}")
    audited = audit(layout, recorded, say, Vocabulary(field_word, status_word))
    _tell(f"Đã thay đổi từ đó đến nay: {line}" for line in audited.since)
    if not audited.differences:
        print(f"Giống từng byte: {audited.files} tệp, lần chạy {recorded.run}")
        return 0
    _tell(["Khác (bản đã ghi → bản lập lại):", *(f"  {line}" for line in audited.differences)])
    return MismatchError.exit_code


@verb(LOCALITY, PERIOD, KNOWN_AT, STATE, BY, REASON)
def _sign_off(options: argparse.Namespace, layout: Layout) -> None:
    """Ghi nhận báo cáo đã trình, bị trả lại, được từng cấp chấp nhận, đã ban hành."""
    from pipeline.publish.issue import sign_off
    from pipeline.publish.sign_off import WORDS, State
    from pipeline.steps import Run

    run = Run.open(options.locality, *_report_name(options, layout).partition(".known-")[::2], layout=layout)
    signed = sign_off(run, State(options.state), options.by, say, options.reason)
    print(f"{layout.relative(run.report)}: {WORDS[signed.state]}, {signed.by}, lần chạy {short(signed.run)}")


@verb(LOCALITY, PERIOD, KNOWN_AT, RUN, TO)
def _bundle(options: argparse.Namespace, layout: Layout) -> None:
    """Một tệp có mọi thứ để người khác lập lại báo cáo và so từng byte."""
    from pipeline.publish.bundle import make_bundle
    from pipeline.publish.rerun import recorded_run

    recorded = recorded_run(layout, options.locality, _report_name(options, layout), options.run_id)
    print(layout.relative(make_bundle(layout, recorded, options.to)))


@verb(TO)
def _backup(options: argparse.Namespace, layout: Layout) -> None:
    """Một bản sao lưu của báo cáo, kho đầu vào, nhật ký và số liệu gốc."""
    from pipeline.publish.backup import backup

    if not options.to:
        raise UsageError("Chưa nêu nơi để bản sao lưu. Ví dụ: make backup TO=/media/usb")
    made = backup(layout, options.to, say)
    print(f"{made.path}: {made.files} tệp, sha256 {made.sha256}")
    print(f"Đầu nhật ký: {made.head}")


@verb()
def _rules(_: argparse.Namespace, layout: Layout) -> None:
    """Ghi bảng quy tắc docs/rules.md từ expectations/."""
    from pipeline.intake.figure_rules import check_names, read_figure_rules, read_question_rules
    from pipeline.intake.handbook import write_rules
    from pipeline.intake.suites import to_gx
    from pipeline.intake.validate import read_suites
    from pipeline.plans.registry import NO_PLANS, read_registry

    suites = read_suites(layout.expectations)
    for suite in suites:
        to_gx(suite)  # the library knows the arguments of its types
    figures, questions = read_figure_rules(layout.expectations), read_question_rules(layout.expectations)
    check_names(figures, read_registry(layout, NO_PLANS).concepts)
    write_rules(suites, figures, questions, layout.rules)
    print(layout.relative(layout.rules))


@verb(
    ("what", {"help": "target (mục tiêu), deadline (thời hạn) hoặc result (kết quả)", "type": arguments.known_wording}),
    FILE,
)
def _understand(options: argparse.Namespace, _: Layout) -> None:
    """Cho xem từng dòng câu chữ của một tệp (không nêu tệp: đọc từ bàn phím) được hiểu thế nào, mỗi dòng một JSON."""
    from pipeline.plans.understand import lines_of, understood

    _tell(understood(options.what, lines_of(options.file)))


@verb()
def _plans(_: argparse.Namespace, layout: Layout) -> None:
    """Kiểm tra sổ kế hoạch và ghi các bảng data/processed/plans/*.csv."""
    from pipeline.plans.registry import read_registry
    from pipeline.plans.tables import summary, write_tables

    registry = read_registry(layout)
    _tell(summary(registry))
    folder = layout.processed / "plans"
    counts = write_tables(registry, folder)
    print(f"{layout.relative(folder)}: " + ", ".join(f"{name}.csv {count} dòng" for name, count in counts.items()))


@verb(FILE, ("--locality", {"help": "địa phương của kế hoạch, hoặc quoc-gia", "default": ""}), FORCE)
def _plan_draft(options: argparse.Namespace, layout: Layout) -> None:
    """Lập bản nháp kế hoạch từ một văn bản .docx, .pdf, .xlsx, .txt, .md, để người rà soát."""
    from pipeline.digitise.make_draft import make_draft, place_of
    from pipeline.plans.registry import read_registry

    if not options.file or not options.locality:
        raise UsageError("Chưa nêu tệp và địa phương. Ví dụ: make plan-draft FILE=ke-hoach.docx LOCALITY=an-bien")
    registry = read_registry(layout)
    locality = place_of(registry, options.locality)
    made = make_draft(options.file, locality, registry, layout, force=options.force)
    print(made.document.count.sentence)
    print(layout.relative(made.folder))


@verb()
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
    locality = arguments.planned_locality(registry, options.locality)
    others = {name: value for name, value in vars(options).items() if name in ("known_at", "page_lang")}
    return Run(layout, locality, options.period or default_period(registry, layout, locality, _today()), **others)


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
    return name if vars(options).get("run_id") else published_name(layout, options.locality, name)
