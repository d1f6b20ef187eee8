from pathlib import Path

from pipeline.intake.rows import FileKind
from pipeline.paths import Layout
from pipeline.publish.manifest import Manifest, describe_inputs, hash_outputs, is_up_to_date
from pipeline.steps import Run, to_json
from tests.factories import submit


def _inputs_id(layout: Layout, period: str = "2025") -> str:
    return describe_inputs(Run.open("bach-long-vi", period, layout=layout)).id


def test_equal_inputs_have_equal_ids_wherever_they_lie(layout: Layout, tmp_path: Path) -> None:
    assert _inputs_id(layout) == _inputs_id(Layout())


def test_what_a_report_depends_on_changes_its_id(layout: Layout) -> None:
    before = _inputs_id(layout)
    for path in (
        layout.raw / "submissions" / "bach-long-vi" / "2025" / "ket-qua-2025.csv",
        layout.raw / "plans" / "bach-long-vi" / "bach-long-vi-2026.yaml",
        layout.raw / "concepts.yaml",
    ):
        content = path.read_bytes()
        path.write_bytes(content + b"\n")
        assert _inputs_id(layout) != before, path
        path.write_bytes(content)
    assert _inputs_id(layout) == before


def test_what_it_does_not_depend_on_does_not(layout: Layout) -> None:
    before = _inputs_id(layout)
    path = layout.raw / "plans" / "binh-giang" / "binh-giang-2026.yaml"
    path.write_bytes(path.read_bytes() + b"\n")
    submit(layout.root, "bach-long-vi", "2026-Q1", FileKind.OBSERVATIONS, {})
    (layout.submissions / "bach-long-vi" / "2025" / "ket-qua-2025.csv").touch()
    assert _inputs_id(layout) == before
    assert _inputs_id(layout, "2026-Q1") != before


def test_a_report_is_up_to_date_until_one_byte_of_it_changes(layout: Layout, tmp_path: Path) -> None:
    inputs = describe_inputs(Run.open("bach-long-vi", "2025", layout=layout))
    folder = tmp_path / "report"
    folder.mkdir()
    assert not is_up_to_date(layout, folder, inputs)
    (folder / "index.html").write_text("a", "utf-8")
    manifest = Manifest(input_id=inputs.id, inputs=inputs, outputs=hash_outputs(layout, folder))
    (folder / "manifest.json").write_text(to_json(manifest), "utf-8")
    assert is_up_to_date(layout, folder, inputs)
    (folder / "index.html").write_text("b", "utf-8")
    assert not is_up_to_date(layout, folder, inputs)
