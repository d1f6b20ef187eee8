"""The verbs by which an office signs its reports and keeps them; the command is in `cli.py`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from pipeline.cli_audit import report_name
from pipeline.errors import MismatchError, UsageError
from pipeline.paths import Layout
from pipeline.progress import say, short

if TYPE_CHECKING:
    from pipeline.steps import Run

COPIES, DEVICES = 3, 2
"""The rule 3-2-1 of the plans: three copies of the data, on two kinds of media."""


def add(verbs: Any) -> None:
    """Add the verbs to those of the command."""
    sign = verbs.add_parser("sign-off", help="ghi nhận báo cáo đã kiểm tra, rồi đã ban hành")
    _address(sign)
    sign.add_argument(
        "--state", default="", metavar="TRẠNG THÁI", help="checked (đã kiểm tra) hoặc issued (đã ban hành)"
    )
    sign.add_argument("--by", default="", metavar="CƠ QUAN", help="cơ quan kiểm tra hoặc ban hành")
    sign.set_defaults(run=_sign_off)
    key = verbs.add_parser("sign", help="ký số bản kê của báo cáo bằng khóa ssh của cơ quan")
    _address(key)
    key.add_argument("--key", default="", metavar="TỆP", help="khóa riêng, hoặc khóa công khai đã nạp bằng ssh-add")
    key.set_defaults(run=_sign)
    bundle = verbs.add_parser("bundle", help="một tệp có mọi thứ để người khác lập lại báo cáo và so từng byte")
    _address(bundle)
    bundle.add_argument("--run", dest="run_id", default="", metavar="MÃ", help="một lần chạy trước, ít nhất 8 chữ số")
    bundle.add_argument("--to", default="", metavar="NƠI", help="thư mục có sẵn hoặc tên tệp .zip")
    bundle.set_defaults(run=_bundle)
    backup = verbs.add_parser("backup", help="một bản sao lưu của báo cáo, kho đầu vào, nhật ký và số liệu gốc")
    backup.add_argument("--to", default="", metavar="NƠI", help="thư mục có sẵn hoặc tên tệp .zip, ở thiết bị khác")
    backup.set_defaults(run=_backup)
    restore = verbs.add_parser("restore", help="mở bản sao lưu vào thư mục trống và kiểm tra lại mọi mã băm")
    restore.add_argument("--source", default="", metavar="TỆP", help="bản sao lưu do make backup lập")
    restore.add_argument("--to", default="", metavar="THƯ MỤC", help="thư mục trống hoặc chưa có")
    restore.set_defaults(run=_restore)


def _address(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("locality", help="tên địa phương, ví dụ cat-hai")
    verb.add_argument("period", nargs="?", default="", help="kỳ báo cáo; mặc định: kỳ mới nhất có số liệu")
    verb.add_argument("--known-at", default="", metavar="NGÀY", help="báo cáo theo những gì đã biết đến ngày này")
    verb.set_defaults(run_id="")


def _sign_off(options: argparse.Namespace, layout: Layout) -> int:
    from pipeline.publish.sign_off import WORDS, known_office, known_state
    from pipeline.publish.signing import sign_off

    state, by = known_state(options.state), known_office(options.by)
    run = _run(options, layout)
    signed = sign_off(run, state, by, say)
    print(f"{layout.relative(run.report)}: {WORDS[state]}, {by}, lần chạy {short(signed.run)}")
    return 0


def _sign(options: argparse.Namespace, layout: Layout) -> int:
    from pathlib import Path

    from pipeline.publish.signing import sign

    if not options.key:
        raise UsageError("Chưa nêu khóa. Ví dụ: make sign LOCALITY=cat-hai SIGN_KEY=~/.ssh/id_ed25519")
    run = _run(options, layout)
    signed = sign(run, Path(options.key).expanduser(), say)
    print(f"{layout.relative(run.report)}/manifest.json.sig: lần chạy {short(signed)}")
    return 0


def _run(options: argparse.Namespace, layout: Layout) -> Run:
    from pipeline.steps import Run

    period, _, known_at = report_name(options, layout).partition(".known-")
    return Run.open(options.locality, period, known_at, layout=layout)


def _bundle(options: argparse.Namespace, layout: Layout) -> int:
    from pathlib import Path

    from pipeline.publish.bundle import make_bundle
    from pipeline.publish.rerun import recorded_run

    recorded = recorded_run(layout, options.locality, report_name(options, layout), options.run_id)
    print(layout.relative(make_bundle(layout, recorded, Path(options.to) if options.to else None)))
    return 0


def _backup(options: argparse.Namespace, layout: Layout) -> int:
    from pathlib import Path

    from pipeline.publish.backup import backup

    if not options.to:
        raise UsageError("Chưa nêu nơi để bản sao lưu. Ví dụ: make backup TO=/media/usb")
    made = backup(layout, Path(options.to), say)
    print(f"{made.path}: {made.files} tệp, sha256 {made.sha256}")
    print(f"Biết {made.copies} bản sao lưu còn ở chỗ cũ, trên {made.devices} thiết bị kể cả nơi để dữ liệu gốc.")
    if made.copies < COPIES or made.devices < DEVICES:
        print("Quy tắc 3-2-1: ba bản, hai loại phương tiện, một bản ở nơi khác; hãy lập và cất thêm.")
    return 0


def _restore(options: argparse.Namespace, layout: Layout) -> int:
    from pathlib import Path

    from pipeline.publish.backup import restore

    del layout
    if not options.source or not options.to:
        raise UsageError("Chưa nêu bản sao lưu hoặc thư mục. Ví dụ: make restore FROM=sao-luu.zip TO=thu-muc-trong")
    found = restore(Path(options.source), Path(options.to), say)
    for fault in found.faults:
        print(fault)
    print(
        f"{options.to}: {found.published} báo cáo, {found.kept} lần chạy trước, {found.inputs} tệp trong kho: "
        + (f"{len(found.faults)} chỗ không khớp" if found.faults else "đều khớp")
    )
    print(f"Đầu nhật ký của bản sao lưu: {found.chain.head}")
    return MismatchError.exit_code if found.faults else 0
