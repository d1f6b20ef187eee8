"""What people write is shown and never comes alive: payloads in every text, opened in Chromium beside a canary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.steps import Run, to_json
from tests.browser.hostile import PAYLOADS, page_of, tampered
from tests.browser.published import run_node
from tests.factories import copy_raw, submit

EVERY_PAYLOAD = pytest.mark.parametrize("name", PAYLOADS)
LOCALITY, PERIOD = "bach-long-vi", "2026"


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A run with rows of every kind: accepted, quarantined, tasks, figures of others."""
    root = tmp_path_factory.mktemp("payloads")
    copy_raw(root)
    good = {"as_of": "2026-12-01", "note": "ghi chú"}
    submit(root, LOCALITY, PERIOD, FileKind.OBSERVATIONS, good, good | {"no": "14", "value": "gần đủ"})
    submit(root, LOCALITY, PERIOD, FileKind.TASKS, {"product": "Báo cáo", "note": "ghi chú"})
    submit(root, LOCALITY, PERIOD, FileKind.REPORTED, {"note": "ghi chú"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPELINE_ROOT", str(root))
        made = Run.open(LOCALITY, PERIOD, layout=Layout(root))
        intake = validate_period(made.layout, made.registry, LOCALITY, made.period)
        made.save(intake)
        made.save(evaluate(made.registry, made.locality, made.period, intake))
        yield made


@pytest.fixture(scope="session")
def pages(run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of every payload."""
    folder = tmp_path_factory.mktemp("hostile")
    completion, intake = run.completion(), run.intake()
    made = {}
    for name, payload in PAYLOADS.items():
        page = page_of(folder, run, tampered(completion, payload.text), tampered(intake, payload.text))
        made[name] = folder / f"{name}.html"
        made[name].write_text(page, "utf-8")
    return made


@pytest.fixture(scope="session")
def careless(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages that let the payload through, each in the place it is made for."""
    folder = tmp_path_factory.mktemp("careless")
    made = {name: folder / f"{name}.html" for name in PAYLOADS}
    for name, path in made.items():
        path.write_text(PAYLOADS[name].careless, "utf-8")
    return made


@pytest.fixture(scope="session")
def alive(pages: dict[str, Path], careless: dict[str, Path], machine: None) -> dict[str, Any]:
    """What came alive, by path."""
    return run_node("canary.mjs", [*pages.values(), *careless.values()])


@EVERY_PAYLOAD
def test_the_canary_sings_on_a_careless_page(alive: dict[str, Any], careless: dict[str, Path], name: str) -> None:
    assert any(alive[str(careless[name])].values()), "the payload does nothing, so it would show nothing"


@EVERY_PAYLOAD
def test_nothing_comes_alive_on_ours(alive: dict[str, Any], pages: dict[str, Path], name: str) -> None:
    """With the policy of the page switched off: the escaping alone must hold."""
    assert alive[str(pages[name])] == {"hits": [], "requests": [], "dialogs": [], "windows": []}


@EVERY_PAYLOAD
def test_the_payload_stands_there_as_text(pages: dict[str, Path], name: str) -> None:
    """In the title, in hundreds of texts and in attributes; else the two tests above would say nothing of ours."""
    tree = html5lib.parse(pages[name].read_text("utf-8"), namespaceHTMLElements=False)
    payload = PAYLOADS[name].text
    assert payload in tree.findtext("head/title")
    assert sum(text.count(payload) for text in tree.itertext()) > 300
    attributes = [value for element in tree.iter() if isinstance(element.tag, str) for value in element.attrib.values()]
    assert sum(payload in value for value in attributes) > 50


def test_the_records_are_real(run: Run) -> None:
    intake = run.intake()
    assert intake.observations and intake.quarantined and intake.tasks and intake.reported
    assert "not-submitted" in to_json(run.completion())
