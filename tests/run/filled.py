"""Reports whose files a test fills, published as a run publishes them; no kernel runs."""

from __future__ import annotations

import json

from pipeline.inputs.describe import Inputs, describe_inputs
from pipeline.paths import Layout
from pipeline.progress import Say, silent
from pipeline.publish import publish as module
from pipeline.publish.issue import sign_off
from pipeline.publish.manifest import RUN_INFO
from pipeline.publish.sign_off import WAY
from pipeline.publish.swap import staging
from pipeline.steps import Run


def publish(run: Run, text: str, say: Say = silent) -> Inputs:
    """Publish a report that consists of one file with this text; gives what it depends on."""
    inputs = describe_inputs(run)
    with staging(run.report) as staged:
        (staged / "completion.json").write_text(json.dumps({"text": text}), "utf-8")
        (staged / RUN_INFO).write_text("{}\n", "utf-8")
        module.publish(run, staged, inputs, say)
    return inputs


def change(run: Run) -> None:
    """Another plan, so that the next report is another run."""
    plan = next((run.layout.plans / run.locality.slug).glob("*.yaml"))
    plan.write_bytes(plan.read_bytes() + b"\n")


def issued_and_replaced(layout: Layout) -> Run:
    """A report that was issued, and another in its place."""
    run = Run.open("bach-long-vi", "2025", layout=layout)
    publish(run, "one")
    for state in WAY:
        sign_off(run, state, "UBND", silent)
    change(run)
    publish(run, "two")
    return run
