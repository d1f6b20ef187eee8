"""How a run grows with the number of localities when nothing, or one submission, has changed.

The inputs are a synthetic country, so freshness is computed for real. Its published reports are not all executed here:
a few are made by plain calls (`benchmarks.floor`), and every other locality is given the files of one
of them, with a summary in its own name and a manifest of its own true inputs. `benchmarks.country` executes them all.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.floor import plain_report
from benchmarks.measure import Measured, measure
from pipeline.paths import CODE, Layout
from pipeline.plans.registry import read_method, read_registry
from pipeline.publish.log import Action, Event, Log
from pipeline.publish.manifest import FileHash, Manifest, describe_own, describe_shared, hash_file, run_id
from pipeline.publish.run_info import moment
from pipeline.run.batch import Job, Wanted, stale
from pipeline.steps import Run, parameters, to_json

NEWEST = "2026-H1"
"""The last period for which the synthetic localities send something; asked for by name, so that the site shows all."""
TEMPLATES = 2
"""Reports made for real of those that sent something for the period, and of those that did not."""
_INTERRUPTED_AFTER = 25.0
"""Seconds: the warm process is up and a few reports are made."""


@dataclass(frozen=True)
class Template:
    """A published report whose files others are given."""

    folder: Path
    outputs: tuple[FileHash, ...]


def publish_all(layout: Layout, today: dt.date) -> int:
    """Give every locality a published report that is up to date; gives how many there are."""
    jobs, _ = stale(layout, Wanted(period=NEWEST), today)
    registry, method = read_registry(layout, ""), read_method(layout)
    shared = describe_shared(layout, method)
    names = {place.code: place.full_name for place in registry.localities}
    templates: dict[bool, list[Template]] = {}
    for number, job in enumerate(jobs):
        sends = (layout.submissions / job.locality / NEWEST).is_dir()
        known = templates.setdefault(sends, [])
        if len(known) < TEMPLATES:
            known.append(_made(layout, job))
            _log(layout, job)
            continue
        inputs = describe_own(layout, method, parameters(job.locality, job.period), shared)
        folder, place = layout.report(job.locality, job.period), registry.locality(job.locality)
        named = {"locality": place.slug, "locality_name": place.full_name, "locality_code": place.code}
        outputs = _copied(known[number % TEMPLATES], folder, named | {"parent_name": names.get(place.parent, "")})
        manifest = Manifest(input_id=inputs.id, inputs=inputs, outputs=outputs)
        (folder / "manifest.json").write_text(to_json(manifest), "utf-8")
        _log(layout, job)
    return len(jobs)


def _log(layout: Layout, job: Job) -> None:
    """A report that the log does not know is no settled one."""
    run = run_id(layout.report(job.locality, job.period))
    event = Event(action=Action.PUBLISHED, locality=job.locality, name=job.period, run=run)
    Log(layout.log).append(event, moment())


def _made(layout: Layout, job: Job) -> Template:
    run = Run.open(job.locality, job.period, layout=layout)
    plain_report(run)
    manifest = Manifest.model_validate_json((run.report / "manifest.json").read_text("utf-8"))
    return Template(run.report, manifest.outputs)


def _copied(template: Template, folder: Path, named: Mapping[str, str]) -> tuple[FileHash, ...]:
    """Links to the files of the template; the summary, which the site reads, is in the name of the locality."""
    outputs = []
    for output in template.outputs:
        source, target = template.folder / output.path, folder / output.path
        target.parent.mkdir(parents=True, exist_ok=True)
        if output.path == "summary.json":
            summary: dict[str, Any] = json.loads(source.read_text("utf-8"))
            target.write_text(json.dumps({**summary, **named}, ensure_ascii=False, indent=2) + "\n", "utf-8")
            outputs.append(hash_file(Layout(), target, output.path))
        else:
            os.link(source, target)
            outputs.append(output)
    return tuple(outputs)


def runs(layout: Layout, environment: Mapping[str, str], log: Path, turn: int) -> Iterator[tuple[str, Measured]]:
    """`report-all` with nothing to do, then with one submission changed; each is checked to have done just that."""
    yield "nothing", _report_all(layout, environment, log, "0 báo cáo đã lập")
    change_one(layout, turn)
    yield "one", _report_all(layout, environment, log, "1 báo cáo đã lập")


def first_run(layout: Layout, environment: Mapping[str, str], log: Path) -> None:
    """Make the site, which the copied reports do not bring along. Not measured."""
    _report_all(layout, environment, log, "0 báo cáo đã lập")


def interrupted(layout: Layout, environment: Mapping[str, str], log: Path) -> Measured:
    """All that sent something out of date, stopped after a while: memory of the parent with so many still to make."""
    for path in _sent(layout):
        _change(path)
    return measure(_command(), _environment(layout, environment), CODE, log=log, stop_after=_INTERRUPTED_AFTER)


def change_one(layout: Layout, turn: int) -> None:
    """What one locality sent for the newest period is another: another report comes out."""
    paths = _sent(layout)
    _change(paths[turn % len(paths)])


def _sent(layout: Layout) -> list[Path]:
    return sorted(layout.submissions.glob(f"*/{NEWEST}/chi-tieu.csv"))


def _change(path: Path) -> None:
    """Take the last row out."""
    lines = path.read_bytes().rstrip(b"\r\n").split(b"\n")
    path.write_bytes(b"\n".join(lines[:-1]) + b"\n")


def _report_all(layout: Layout, environment: Mapping[str, str], log: Path, expected: str) -> Measured:
    measured = measure(_command(), _environment(layout, environment), CODE, log=log)
    last = measured.output[-1] if measured.output else ""
    if measured.exit_code or not last.startswith(expected):
        raise SystemExit(f"{layout.root}: report-all said {last!r}, not {expected!r}; see {log}")
    return measured


def _command(*options: str) -> Sequence[str]:
    return [sys.executable, "-m", "pipeline", "report-all", *options, NEWEST]


def _environment(layout: Layout, environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, "PIPELINE_ROOT": str(layout.root)}


if __name__ == "__main__":
    print(publish_all(Layout(Path(sys.argv[1])), dt.date.fromisoformat(sys.argv[2])))
