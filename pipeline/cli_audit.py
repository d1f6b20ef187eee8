"""The verbs with which a report proves itself; the command is in `cli.py`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pipeline.errors import MismatchError, NoInputError, UsageError
from pipeline.paths import Layout
from pipeline.progress import say, short

if TYPE_CHECKING:
    from pipeline.publish.recorded import Recorded


def add(verbs: Any) -> None:
    """Add the verbs to those of the command."""
    verify = verbs.add_parser("verify", help="mọi tệp đã công bố, kho đầu vào và nhật ký có còn như đã ghi")
    verify.add_argument("locality", nargs="?", default="", help="tên địa phương; mặc định: mọi địa phương")
    verify.add_argument("period", nargs="?", default="", help="kỳ báo cáo; mặc định: mọi kỳ")
    verify.add_argument("--head", default="", metavar="SỐ:MÃ", help="đầu nhật ký đã chép lại từ trước phải còn đó")
    verify.add_argument("--allowed-signers", default="", metavar="TỆP", help="kiểm tra chữ ký số theo tệp này")
    verify.set_defaults(run=_verify)
    audit = verbs.add_parser("audit", help="lập lại một lần chạy ở nơi trống và so từng byte")
    audit.add_argument("locality", nargs="?", default="", help="tên địa phương, ví dụ cat-hai; gói thì tự nêu")
    audit.add_argument("period", nargs="?", default="", help="kỳ báo cáo; không cần nêu nếu chỉ công bố một kỳ")
    audit.add_argument("--known-at", default="", metavar="NGÀY", help="báo cáo theo những gì đã biết đến ngày này")
    audit.add_argument("--run", dest="run_id", default="", metavar="MÃ", help="một lần chạy trước, ít nhất 8 chữ số")
    audit.add_argument("--bundle", default="", metavar="TỆP", help="lập lại từ gói do make bundle lập, chỉ từ gói đó")
    audit.set_defaults(run=_audit)


def _verify(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.publish.verify import Scope
    from pipeline.publish.verify_waiting import verified

    found = verified(layout, Scope(options.locality, options.period), options.head, say)
    signers = list(_signers(options, layout)) if options.allowed_signers else []
    found.faults += [f"{where}: chữ ký số không đúng" for where, name in signers if not name]
    for fault in found.faults:
        print(fault)
    print(
        f"{found.published} báo cáo đang công bố, {found.kept} lần chạy trước, {found.outputs} tệp kết quả, "
        f"{found.inputs} tệp trong kho, {len(found.chain.entries)} dòng nhật ký: "
        + (f"{len(found.faults)} chỗ không khớp" if found.faults else "đều khớp")
    )
    for where, name in signers:
        if name:
            print(f"{where}: chữ ký số của {name}")
    print(f"Đầu nhật ký, hãy chép lại ở nơi khác: {found.chain.head}")
    return MismatchError.exit_code if found.faults else 0


def _signers(options: argparse.Namespace, layout: Layout) -> Iterator[tuple[str, str]]:
    from pathlib import Path

    from pipeline.publish.recorded import kept_folders, published_folders
    from pipeline.publish.signature import signatures
    from pipeline.publish.verify import Scope

    scope = Scope(options.locality, options.period)
    published = [p for p in published_folders(layout) if scope.takes(p.parent.name, p.name)]
    kept = kept_folders(layout) if scope == Scope() else []
    return signatures(layout, [*published, *kept], Path(options.allowed_signers))


def _audit(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.publish.rerun import recorded_run

    if options.bundle:
        return _audit_bundle(options.bundle)
    recorded = recorded_run(layout, options.locality, report_name(options, layout), options.run_id)
    return _audited(layout, recorded)


def _audit_bundle(bundle: str) -> int:
    from pathlib import Path

    from pipeline.publish.bundle import foreign_code, opened

    with opened(Path(bundle)) as (layout, recorded):
        if foreign := foreign_code(recorded):
            say(f"  sẽ chạy mã nguồn trong gói, khác bộ mã này ở {len(foreign)} tệp: {', '.join(foreign[:5])}")
        return _audited(layout, recorded)


def _audited(layout: Layout, recorded: Recorded) -> int:
    from pipeline.publish.rerun import audit

    say(f"{recorded.locality}, {recorded.name}: lần chạy {short(recorded.run)}")
    audited = audit(layout, recorded, say)
    for line in audited.since:
        print(f"Đã thay đổi từ đó đến nay: {line}")
    if not audited.differences:
        print(f"Giống từng byte: {audited.files} tệp, lần chạy {recorded.run}")
        return 0
    print("Khác (bản đã ghi → bản lập lại):")
    for line in audited.differences:
        print(f"  {line}")
    return MismatchError.exit_code


def report_name(options: argparse.Namespace, layout: Layout) -> str:
    """The folder of the report that is asked for, by what is published: an auditor may have nothing but `reports/`."""
    from pipeline.publish.recorded import published_folders
    from pipeline.steps import known_day, known_period

    names = [folder.name for folder in published_folders(layout) if folder.parent.name == options.locality]
    day = known_day(options.known_at)
    wanted = str(known_period(options.period)) if options.period else ""
    name = f"{wanted}.known-{day}" if day else wanted
    if name in names or getattr(options, "run_id", None):  # not every verb takes a run
        return name
    if len(names) == 1 and not name:
        return names[0]
    if names:
        raise UsageError(f"Nêu báo cáo nào: {options.locality} đã công bố {', '.join(names)}. Ví dụ: PERIOD={names[0]}")
    raise NoInputError(f"{options.locality[:80]!r} chưa công bố báo cáo nào. Xem: make verify")
