"""Every file of the generated corpus has exactly its expected outcome."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.errors import DataError
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context
from pipeline.intake.reader import parse
from pipeline.intake.rows import Intake
from pipeline.intake.validate import validate
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry, read_registry
from tests.corpus.generator import CLASSES, FILES_PER_CLASS, PERIOD, Case, Out, table


def intake_of(case: Case, registry: Registry) -> Intake:
    period = Period.parse(PERIOD)
    submission = parse(case.content, case.name, read_forms(Layout().headings), period)
    return validate([submission], Context(registry, "binh-giang", period), Layout().expectations)


def differences(case: Case, registry: Registry) -> Iterator[str]:
    """How the outcome of a file differs from the expected one; nothing if it does not."""
    try:
        intake = intake_of(case, registry)
    except DataError as error:
        finding = error.findings[0]
        if case.refused is None:
            yield f"refused: {finding}"
        elif finding.rule != case.refused.rule or case.refused.place not in finding.place:
            yield f"refused as {finding.rule} at {finding.place}, not {case.refused}"
        if not finding.remedy:
            yield "no remedy"
        return
    if case.refused is not None:
        yield f"read, not {case.refused}"
        return
    found: dict[int, object] = {o.origin.line: o.value.exact if o.value else o.absence for o in intake.observations}
    found |= {q.origin.line: Out(q.rules[0], q.origin.cell.rpartition("!")[2]) for q in intake.quarantined}
    yield from (
        f"line {line}: {found.get(line)}, not {case.rows.get(line)}"
        for line in sorted(found.keys() | case.rows.keys())
        if found.get(line) != case.rows.get(line)
    )
    noted = {f.rule for f in intake.findings} | {r.rule for r in intake.remarks}
    if not case.noted <= noted:
        yield f"noted {noted}, not {case.noted}"


@pytest.fixture(scope="module")
def binh_giang() -> Registry:
    return read_registry(Layout(), "binh-giang")


@pytest.mark.parametrize("kind", CLASSES)
def test_every_file_of_a_class_has_its_expected_outcome(kind: str, binh_giang: Registry) -> None:
    made = [CLASSES[kind](table(binh_giang, f"{kind}/{n}"), n, kind) for n in range(FILES_PER_CLASS)]
    wrong = {case.name: found for case in made if (found := list(differences(case, binh_giang)))}
    assert not wrong


def test_the_corpus_is_large_enough() -> None:
    assert len(CLASSES) >= 40
