from pathlib import Path

import pytest

from pipeline.inputs import describe as module
from pipeline.inputs.describe import (
    NOTEBOOKS,
    Inputs,
    ReadOnce,
    describe_inputs,
    describe_own,
    describe_shared,
    differences,
    issued_record,
    replaced_by,
)
from pipeline.inputs.draft import KNOWN
from pipeline.inputs.hashes import FileHash
from pipeline.inputs.issued import issued_folder
from pipeline.intake.rows import FileKind
from pipeline.paths import CODE, Layout
from pipeline.plans.registry import read_places
from pipeline.steps import Run, parameters
from tests.factories import submit
from tests.inputs.test_issued import issue


@pytest.fixture(autouse=True)
def committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the checkout is at this moment."""
    monkeypatch.setenv(KNOWN, "")


def _inputs(layout: Layout, period: str = "2025", **more: str) -> Inputs:
    return describe_inputs(Run.open("bach-long-vi", period, layout=layout, **more))


def test_equal_inputs_have_equal_ids_wherever_they_lie(layout: Layout) -> None:
    assert _inputs(layout).id == _inputs(Layout()).id


def test_what_a_report_depends_on_changes_its_id(layout: Layout) -> None:
    before = _inputs(layout).id
    for path in (
        layout.raw / "submissions" / "bach-long-vi" / "2025" / "ket-qua-2025.csv",
        layout.raw / "plans" / "bach-long-vi" / "bach-long-vi-2026.yaml",
        layout.raw / "concepts.yaml",
    ):
        content = path.read_bytes()
        path.write_bytes(content + b"\n")
        assert _inputs(layout).id != before, path
        path.write_bytes(content)
    assert _inputs(layout).id == before
    assert _inputs(layout, known_at="2026-05-01").id != before
    assert _inputs(layout, page_lang="en").id != before


def test_what_it_does_not_depend_on_does_not(layout: Layout) -> None:
    before = _inputs(layout).id
    path = layout.raw / "plans" / "binh-giang" / "binh-giang-2026.yaml"
    path.write_bytes(path.read_bytes() + b"\n")
    submit(layout.root, "bach-long-vi", "2026-Q1", FileKind.OBSERVATIONS, {})
    (layout.submissions / "bach-long-vi" / "2025" / "ket-qua-2025.csv").touch()
    assert _inputs(layout).id == before
    assert _inputs(layout, "2026-Q1").id != before


def test_the_part_of_all_and_the_part_of_one_are_the_whole(layout: Layout) -> None:
    run = Run.open("bach-long-vi", "2025", layout=layout)
    shared = describe_shared(layout, run.method)
    assert describe_own(layout, run.method, run.parameters, shared) == describe_inputs(run)


def test_what_is_read_once_for_many_is_in_each(layout: Layout) -> None:
    run = Run.open("bach-long-vi", "2025", layout=layout)
    shared, places = describe_shared(layout, run.method), read_places(layout)
    above = layout.plans / "hai-phong" / "a.yaml"
    above.write_text("number: 14/KH-UBND\n", "utf-8")  # as the plan of Bạch Long Vĩ names itself

    def both() -> list[Inputs]:
        once = ReadOnce(layout, places)
        given = [parameters(slug, "2025") for slug in ("binh-giang", "cat-hai", "bach-long-vi")]
        found = [describe_own(layout, run.method, one, shared, once) for one in given]
        assert found == [describe_own(layout, run.method, one, shared) for one in given]
        assert once.numbers.keys() == {"hai-phong"}
        return found

    before = both()
    citing = [layout.relative(above) in {file.path for file in one.plans} for one in before]
    assert citing[2]
    above.write_text("number: 14/KH-UBND\ntitle: x\n", "utf-8")
    assert [old.id != new.id for old, new in zip(before, both(), strict=True)] == citing


def test_every_file_has_its_hash_and_its_place(layout: Layout) -> None:
    inputs = _inputs(layout)
    assert inputs.files.keys() == {file.path for file in (*inputs.data, *inputs.program)}
    assert {path.split("/")[0] for path in inputs.files} == {
        "data",
        "expectations",
        "notebooks",
        "pipeline",
        "requirements.lock",
    }
    assert all((layout.root / file.path).is_file() for file in inputs.data)
    assert all((CODE / file.path).is_file() for file in inputs.program)
    assert tuple(file.path for file in inputs.shared.notebooks) == tuple(sorted(NOTEBOOKS))


def test_a_draft_is_another_input(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _inputs(layout)
    monkeypatch.setenv(KNOWN, "requirements.lock")
    draft = _inputs(layout)
    assert (before.shared.draft, draft.shared.draft) == (False, True)
    assert before.id != draft.id
    assert list(differences(before, draft)) == ["bản nháp: không → có"]
    assert list(differences(draft, before)) == ["bản nháp: có → không"]


def test_the_issued_report_that_is_replaced_is_an_input(layout: Layout) -> None:
    before = _inputs(layout)
    issue(layout, "bach-long-vi", before.base)
    assert _inputs(layout) == before  # it is that report
    issue(layout, "bach-long-vi", "another")
    now = _inputs(layout)
    assert [file.path for file in now.issued] == [
        f"reports/.issued/bach-long-vi/2025/2/{name}" for name in ("completion.json", "entry.json")
    ]
    assert (now.base, now.id == before.id) == (before.base, False)
    assert issued_record(layout, now) == issued_folder(layout, "bach-long-vi", "2025", 2)
    assert issued_record(layout, before) is None


def test_only_a_report_that_replaces_one_says_so(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(module, "replacement", lambda folder, completion: asked.append(folder))
    replaced_by(layout, _inputs(layout), None)  # type: ignore[arg-type]
    assert asked == []
    folder = issue(layout, "bach-long-vi", "another")
    replaced_by(layout, _inputs(layout), None)  # type: ignore[arg-type]
    assert asked == [folder]


def test_what_differs_is_named_file_by_file(layout: Layout) -> None:
    before = _inputs(layout)
    assert list(differences(before, before)) == []
    shared = before.shared.model_copy(update={"method": "2030.1", "python": "3.99"})
    plan = before.plans[0].path
    later = before.model_copy(
        update={
            "shared": shared,
            "parameters": before.parameters | {"page_lang": "en"},
            "plans": (FileHash.of(plan, b"other"), FileHash.of("data/raw/plans/new.yaml", b"")),
            "submissions": (),
        }
    )
    assert list(differences(before, later)) == [
        f"tham số PAGE_LANG: {before.parameters.get('page_lang') or 'không'} → en",
        f"phương pháp: {before.shared.method} → 2030.1",
        f"Python: {before.shared.python} → 3.99",
        f"đã đổi: {plan}",
        "mới: data/raw/plans/new.yaml",
        *(f"không còn: {file.path}" for file in before.submissions),
    ]
