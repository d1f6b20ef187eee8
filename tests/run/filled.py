"""Reports whose files a test fills, published as a run publishes them; no kernel runs."""

from __future__ import annotations

import json

from pipeline.paths import Layout
from pipeline.publish.manifest import Inputs, Manifest, describe_inputs, hash_outputs
from pipeline.publish.publish import record
from pipeline.publish.signing import State, sign_off
from pipeline.publish.swap import staging
from pipeline.steps import Run, to_json


def publish(run: Run, text: str) -> Inputs:
    """Publish a report that consists of one file with this text; gives what it depends on."""
    inputs = describe_inputs(run)
    with staging(run.report) as staged:
        (staged / "completion.json").write_text(json.dumps({"text": text}), "utf-8")
        manifest = Manifest(input_id=inputs.id, inputs=inputs, outputs=hash_outputs(run.layout, staged))
        (staged / "manifest.json").write_text(to_json(manifest), "utf-8")
        (staged / "run-info.json").write_text("{}\n", "utf-8")
        record(run, staged, inputs, print)
    return inputs


def change(run: Run) -> None:
    """Another plan, so that the next report is another run."""
    plan = next((run.layout.plans / run.locality.slug).glob("*.yaml"))
    plan.write_bytes(plan.read_bytes() + b"\n")


def issued_and_replaced(layout: Layout) -> Run:
    """A report that was issued, and another in its place."""
    run = Run.open("bach-long-vi", "2025", layout=layout)
    publish(run, "one")
    for state in (State.CHECKED, State.ISSUED):
        sign_off(run, state, "UBND", print)
    change(run)
    publish(run, "two")
    return run
