"""Signing a published report off: checked, then issued (`make sign-off`)."""

from __future__ import annotations

from pipeline.errors import MismatchError, NoInputError, UsageError
from pipeline.progress import Say
from pipeline.publish.log import Action, Event, Log
from pipeline.publish.manifest import MANIFEST, faults_of, read_manifest, read_recorded, run_id
from pipeline.publish.publish import recover
from pipeline.publish.sign_off import SignOff, State, check_order, sign_off_of, write_as_logged
from pipeline.publish.swap import lock
from pipeline.steps import Run


def sign_off(run: Run, wanted: State, by: str, say: Say) -> SignOff:
    """Sign the published report of `run` in the name of the office `by`.

    Raises NoInputError where there is no report, UsageError for a state out of order and for a report of code that is
    not committed, MismatchError for one that was altered.
    """
    if not (run.report / MANIFEST).is_file():
        raise NoInputError(
            f"Chưa có báo cáo {run.layout.relative(run.report)}. "
            f"Lập trước: make report LOCALITY={run.locality.slug} PERIOD={run.period}"
        )
    with lock(run.report.parent):
        recover(run, say)
        log = Log(run.layout.log)
        now = sign_off_of(log.history(run.locality.slug, run.name), run_id(run.report))
        check_order(now, wanted)
        log.append(_event(run, now.run, wanted, by))
        history = log.history(run.locality.slug, run.name)
        write_as_logged(run.layout, run.report, history)
        return sign_off_of(history, now.run)


def _event(run: Run, run_now: str, wanted: State, by: str) -> Event:
    _require_whole(run)
    manifest = read_manifest(run.report)
    if manifest is None:
        raise UsageError("Bản kê của báo cáo thuộc phiên bản cũ của chương trình; lập lại trước khi ký.")
    if wanted is State.ISSUED and manifest.inputs.shared.draft:
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
        state=wanted,
        by=by,
        base=manifest.inputs.base if wanted is State.ISSUED else "",
    )


def _require_whole(run: Run) -> None:
    faults = list(faults_of(read_recorded(run.report)))
    if faults:
        raise MismatchError(
            f"{run.layout.relative(run.report)} không còn như lúc công bố ({'; '.join(faults)}). "
            f"Lập lại trước khi ký: make report LOCALITY={run.locality.slug} PERIOD={run.period}"
        )
