"""How long a run over all localities takes when nothing, or one submission, has changed.

The inputs are a synthetic country, so freshness is computed for real. Only a few reports are made, by plain calls
(`benchmarks.floor`); every other locality gets links to the files of one of them, its record in its own name and a
manifest of its own inputs. `benchmarks.country` executes every report.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.floor import plain_report
from benchmarks.measure import Measured, measure
from pipeline.inputs.describe import describe_own, describe_shared
from pipeline.inputs.hashes import FileHash
from pipeline.paths import CODE, Layout
from pipeline.plans.registry import read_method, read_registry
from pipeline.publish.log import Action, Event, Log, moment
from pipeline.publish.manifest import MANIFEST, Manifest, run_id
from pipeline.run.batch import Job, Wanted, stale
from pipeline.steps import Run, parameters, to_json

NEWEST = "2026-H1"
"""The last period of the synthetic localities; asked for by name, so that the site shows all of them."""
TEMPLATES = 2
"""Reports made for localities that sent something for the period, and for silent ones."""
RECORD = "completion.json"
_INTERRUPTED_AFTER = 25.0
"""Seconds, enough for the warm process to start and a few reports to be made."""


@dataclass(frozen=True)
class Template:
    """A published report whose files others are given."""

    folder: Path
    manifest: Manifest


def publish_all(layout: Layout, today: dt.date) -> int:
    """Give every locality a published report that is up to date; returns how many there are."""
    jobs, _ = stale(layout, Wanted(period=NEWEST), today)
    registry, method = read_registry(layout, ""), read_method(layout)
    shared = describe_shared(layout, method)
    names = {place.code: place.full_name for place in registry.localities.rows}
    templates: dict[bool, list[Template]] = {True: [], False: []}
    for number, job in enumerate(jobs):
        known = templates[(layout.submissions / job.locality / NEWEST).is_dir()]
        if len(known) < TEMPLATES:
            known.append(_made(layout, job))
        else:
            template, folder = known[number % TEMPLATES], layout.report(job.locality, job.period)
            inputs = describe_own(layout, method, parameters(job.locality, job.period), shared)
            place = registry.locality(job.locality)
            named = {"locality": place.slug, "locality_name": place.full_name, "locality_code": place.code}
            outputs = _copied(template, folder, named | {"parent_name": names.get(place.parent, "")})
            manifest = Manifest(input_id=inputs.id, inputs=inputs, program=template.manifest.program, outputs=outputs)
            (folder / MANIFEST).write_text(to_json(manifest), "utf-8")
        _log(layout, job)
    return len(jobs)


def _log(layout: Layout, job: Job) -> None:
    """A report that is not in the log does not count as up to date."""
    run = run_id(layout.report(job.locality, job.period))
    event = Event(action=Action.PUBLISHED, locality=job.locality, name=job.period, run=run)
    Log(layout.log).append(event, moment())


def _made(layout: Layout, job: Job) -> Template:
    run = Run.open(job.locality, job.period, layout=layout)
    plain_report(run)
    return Template(run.report, Manifest.model_validate_json((run.report / MANIFEST).read_text("utf-8")))


def _copied(template: Template, folder: Path, named: Mapping[str, str]) -> tuple[FileHash, ...]:
    """Link the files of the template; the record, which the data set reads, is in the name of the locality."""
    outputs = []
    for output in template.manifest.outputs:
        source, target = template.folder / output.path, folder / output.path
        target.parent.mkdir(parents=True, exist_ok=True)
        if output.path == RECORD:
            target.write_text(_named(source.read_text("utf-8"), named), "utf-8")
            outputs.append(FileHash.of(output.path, target.read_bytes()))
        else:
            os.link(source, target)
            outputs.append(output)
    return tuple(outputs)


def _named(text: str, named: Mapping[str, str]) -> str:
    """A record with these fields; the first of each name is that of the record. Written again, it takes 0.1 s."""
    for name, value in named.items():
        found = re.search(rf'^  "{name}": (".*"),$', text, re.MULTILINE)
        if not found:
            raise SystemExit(f"{RECORD}: no {name}")
        text = f"{text[: found.start(1)]}{json.dumps(value, ensure_ascii=False)}{text[found.end(1) :]}"
    return text


def runs(layout: Layout, environment: Mapping[str, str], log: Path, turn: int) -> Iterator[tuple[str, Measured]]:
    """`report-all` with nothing to do, then with one submission changed; what each made is checked."""
    yield "nothing", _report_all(layout, environment, log, "0 báo cáo đã lập")
    change_one(layout, turn)
    yield "one", _report_all(layout, environment, log, "1 báo cáo đã lập")


def first_run(layout: Layout, environment: Mapping[str, str], log: Path) -> None:
    """Make the site, which `publish_all` does not. Not measured."""
    _report_all(layout, environment, log, "0 báo cáo đã lập")


def interrupted(layout: Layout, environment: Mapping[str, str], log: Path) -> Measured:
    """Change every submission and stop after a while: the memory of the parent with many reports still to make."""
    for path in _sent(layout):
        _change(path)
    return measure(_command(), _environment(layout, environment), CODE, log=log, stop_after=_INTERRUPTED_AFTER)


def change_one(layout: Layout, turn: int) -> None:
    """Change what one locality sent for the newest period, so that its report changes."""
    paths = _sent(layout)
    _change(paths[turn % len(paths)])


def _sent(layout: Layout) -> list[Path]:
    return sorted(layout.submissions.glob(f"*/{NEWEST}/chi-tieu.csv"))


def _change(path: Path) -> None:
    """Remove the last row."""
    lines = path.read_bytes().rstrip(b"\r\n").split(b"\n")
    path.write_bytes(b"\n".join(lines[:-1]) + b"\n")


def _report_all(layout: Layout, environment: Mapping[str, str], log: Path, expected: str) -> Measured:
    measured = measure(_command(), _environment(layout, environment), CODE, log=log)
    last = measured.output[-1] if measured.output else ""
    if measured.exit_code or not last.startswith(expected):
        raise SystemExit(f"{layout.root}: report-all said {last!r}, not {expected!r}; see {log}")
    return measured


def _command() -> Sequence[str]:
    return [sys.executable, "-m", "pipeline", "report-all", NEWEST]


def _environment(layout: Layout, environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, "PIPELINE_ROOT": str(layout.root)}


if __name__ == "__main__":
    print(publish_all(Layout(Path(sys.argv[1])), dt.date.fromisoformat(sys.argv[2])))
