"""Signing a published report off, level by level, and taking a level back (`make sign-off`)."""

from __future__ import annotations

from pipeline.errors import MismatchError, NoInputError, UsageError
from pipeline.progress import Say
from pipeline.publish.log import Action, Event, Log, moment
from pipeline.publish.manifest import MANIFEST, faults_of, read_manifest, read_recorded, run_id
from pipeline.publish.publish import recover
from pipeline.publish.sign_off import (
    WITH_REASON,
    WORDS,
    SignOff,
    State,
    Step,
    check_order,
    sign_off_of,
    way_of,
    write_as_logged,
)
from pipeline.publish.swap import lock
from pipeline.steps import Run


def sign_off(run: Run, wanted: State, by: str, say: Say, reason: str = "") -> SignOff:
    """Sign the published report of `run` in the name of the office `by`; return it or take back with a reason.

    Raises NoInputError where there is no report, UsageError for a state out of order, a reason that is missing
    or has no place, and for a report of code that is not committed, MismatchError for one that was altered.
    """
    if not (run.report / MANIFEST).is_file():
        raise NoInputError(
            f"Chưa có báo cáo {run.layout.relative(run.report)}. "
            f"Lập trước: make report LOCALITY={run.locality.slug} PERIOD={run.period}"
        )
    _check_reason(wanted, reason)
    with lock(run.report.parent):
        recover(run, say)
        log = Log(run.layout.log)
        now = sign_off_of(log.history(run.locality.slug, run.name), run_id(run.report))
        check_order(now, wanted, by, way_of(run.locality))
        log.append(_event(run, now.run, Step(state=wanted, by=by, at=moment(), reason=reason)))
        history = log.history(run.locality.slug, run.name)
        write_as_logged(run.layout, run.report, history)
        return sign_off_of(history, now.run)


def _check_reason(wanted: State, reason: str) -> None:
    if wanted in WITH_REASON and not reason:
        raise UsageError(f'Chưa nêu lý do {WORDS[wanted]}. Viết thêm REASON="…", nơi gửi sẽ đọc dòng này.')
    if reason and wanted not in WITH_REASON:
        raise UsageError("REASON chỉ dùng khi trả lại (STATE=returned) hoặc rút lại (STATE=taken-back).")


def _event(run: Run, run_now: str, step: Step) -> Event:
    _require_whole(run)
    manifest = read_manifest(run.report)
    if manifest is None:
        raise UsageError("Bản kê của báo cáo thuộc phiên bản cũ của chương trình; lập lại trước khi ký.")
    if step.state is State.ISSUED and manifest.inputs.shared.draft:
        raise UsageError(
            "Báo cáo này lập bằng mã nguồn có thay đổi chưa ghi nhận, không ban hành được. "
            "Ghi nhận (git commit) rồi lập lại và kiểm tra lại."
        )
    return Event(
        action=Action.SIGNED_OFF,
        locality=run.locality.slug,
        name=run.report.name,
        run=run_now,
        input_id=manifest.input_id,
        state=step.state,
        by=step.by,
        detail=step.reason,
        base=manifest.inputs.base if step.state is State.ISSUED else "",
    )


def _require_whole(run: Run) -> None:
    faults = list(faults_of(read_recorded(run.report)))
    if faults:
        raise MismatchError(
            f"{run.layout.relative(run.report)} không còn như lúc công bố ({'; '.join(faults)}). "
            f"Lập lại trước khi ký: make report LOCALITY={run.locality.slug} PERIOD={run.period}"
        )
