"""The data set is the same bytes whatever came first, says what the reports say, and is verified."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.completion.records import Completion
from pipeline.dataset import make_dataset as module
from pipeline.dataset.arrow_files import schema_of
from pipeline.dataset.data_tables import BY_REPORT, HEAD, TABLES
from pipeline.dataset.make_dataset import make_dataset
from pipeline.dataset.partitions import table_of_file
from pipeline.errors import NoInputError
from pipeline.paths import CODE, Layout
from pipeline.plans.registry import Registry
from pipeline.publish.log import Action, Log
from pipeline.publish.verify import Scope, verify
from pipeline.report.render import check_page
from tests.dataset.reports import publish
from tests.publish.strangers import published


def _made(layout: Layout, reports: Sequence[Completion]) -> Layout:
    for report in reports:
        publish(layout, report)
    make_dataset(layout)
    return layout


@pytest.fixture(scope="module")
def from_nothing(country: list[Completion], registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Not to be changed."""
    return _made(_project(tmp_path_factory.mktemp("from-nothing")), country)


def _project(root: Path) -> Layout:
    shutil.copytree(CODE / "data" / "raw", root / "data" / "raw", ignore=shutil.ignore_patterns("plans", "submissions"))
    return Layout(root)


def _bytes(layout: Layout) -> dict[str, str]:
    files = [*layout.dataset.rglob("*"), layout.reports / "catalog.jsonld"]
    return {layout.relative(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files if p.is_file()}


def test_the_order_of_making_does_not_show(
    from_nothing: Layout, country: list[Completion], real: list[Completion], tmp_path: Path
) -> None:
    layout, shuffled = _project(tmp_path), list(country)
    random.Random(23).shuffle(shuffled)  # noqa: S311 - an order
    _made(layout, shuffled[:9])
    publish(layout, shuffled[0].model_copy(update={"synthetic": not shuffled[0].synthetic}), "another run")
    _made(layout, shuffled[9:])
    other = layout.report("bach-long-vi", "2025")  # one that goes again
    publish(layout, real[0].model_copy(update={"period": "2025"}))
    make_dataset(layout)
    shutil.rmtree(other)
    _made(layout, shuffled[:1])
    assert _bytes(layout) == _bytes(from_nothing)
    make_dataset(layout, force=True)
    assert _bytes(layout) == _bytes(from_nothing)


def test_one_changed_report_rewrites_one_partition(from_nothing: Layout, tmp_path: Path) -> None:
    layout = Layout(tmp_path / "copy")
    shutil.copytree(from_nothing.root, layout.root)
    places = pd.read_parquet(layout.dataset / "localities" / "79" / "2025.parquet")
    place, before = places["locality"][places["run"].notna()].iloc[0], _bytes(layout)
    report = Completion.model_validate_json((layout.report(place, "2025") / "completion.json").read_bytes())
    plan = report.plans[0]
    renamed = plan.model_copy(
        update={"indicators": (plan.indicators[0].model_copy(update={"name": "Tên khác"}), *plan.indicators[1:])}
    )
    publish(layout, report.model_copy(update={"plans": (renamed, *report.plans[1:])}))
    assert make_dataset(layout).partitions == 1
    changed = {path for path, sha256 in _bytes(layout).items() if before[path] != sha256}
    of_partition = {f"reports/data/{form}{t}/79/2025" for form in ("", "csv/") for t in ("localities", "indicators")}
    assert {path.rpartition(".")[0] for path in changed} == of_partition | {
        "reports/data/datapackage",
        "reports/catalog",
    }
    assert "Tên khác" in set(pd.read_parquet(layout.dataset / "indicators" / "79" / "2025.parquet")["name"])


def test_nothing_to_do_makes_nothing(from_nothing: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(module, "_make", refuse)
    assert not make_dataset(from_nothing).made


def test_rows_are_those_of_the_frames_of_each_report(from_nothing: Layout, country: list[Completion]) -> None:
    for report in country[:6]:
        for name, frame in (("indicators", report.indicators()), ("tasks", report.tasks())):
            rows = pd.read_parquet(from_nothing.dataset / name, dtype_backend="numpy_nullable")
            own = rows[(rows["locality"] == report.locality) & (rows["period"] == report.period)]
            own = own.drop(columns=[column.name for column in HEAD]).reset_index(drop=True)
            for column in frame:
                expected, found = frame[column], own[column]
                if str(expected.dtype).startswith("datetime"):
                    expected, found = expected.dt.date, found.dt.date
                assert found.astype(object).where(found.notna(), None).tolist() == (
                    expected.astype(object).where(expected.notna(), None).tolist()
                ), column


def test_csv_and_schema_say_the_same(from_nothing: Layout) -> None:
    package = json.loads((from_nothing.dataset / "datapackage.json").read_text("utf-8"))
    assert len({resource["name"] for resource in package["resources"]}) == len(package["resources"])
    for resource in package["resources"]:
        path, table = from_nothing.dataset / resource["path"], table_of_file(resource["path"])
        if table is None:
            assert resource["path"].startswith("sdmx/")
            continue
        assert resource["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        fields = json.loads((from_nothing.dataset / resource["schema"]).read_text("utf-8"))["fields"]
        assert [field["name"] for field in fields] == [column.name for column in table.all_columns]
        if resource["format"] == "parquet":
            assert pq.read_schema(path).equals(schema_of(table.all_columns), check_metadata=True)
            other = path.parents[2 if table.name != "concepts" else 1] / "csv" / resource["path"]
            rows, texts = (
                pd.read_parquet(path),
                pd.read_csv(other.with_suffix(".csv"), dtype=str, keep_default_na=False),
            )
            assert len(rows) == len(texts)
            for column in table.all_columns:
                assert [text == "" for text in texts[column.name]] == rows[column.name].isna().tolist(), column.name


def test_made_up_rows_are_labelled_and_silent_localities_are_there(
    from_nothing: Layout, real: list[Completion]
) -> None:
    rows = duckdb.read_parquet(f"{from_nothing.dataset}/indicators/*/*.parquet")
    labels = dict(rows.aggregate("locality, bool_and(synthetic)").fetchall())
    assert {locality for locality, made_up in labels.items() if not made_up} == {report.locality for report in real}
    places = pd.read_parquet(from_nothing.dataset / "localities" / "31" / "2025.parquet")
    assert len(places) == 115
    silent = places[places["run"].isna()]
    assert len(silent) == 114
    assert silent["total"].isna().all()
    assert silent["fault"].isna().all()


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda folder: (folder / "completion.json").write_text("{", "utf-8"), "altered"),
        (lambda folder: (folder / "completion.json").unlink(), "missing"),
        (lambda folder: (folder / "manifest.json").unlink(), "missing"),
        (lambda folder: (folder / "manifest.json").write_text("{", "utf-8"), "malformed"),
        (lambda folder: folder.rename(folder.parents[1] / "hong-bang" / "2026"), "misplaced"),
        (lambda folder: folder.rename(folder.parents[1] / "khong-co" / "2026"), "unlisted"),
    ],
)
def test_a_report_that_cannot_be_read_is_named_and_stops_no_other(
    layout: Layout, real: list[Completion], damage: Callable[[Path], object], fault: str
) -> None:
    for report in real:
        publish(layout, report)
    for place in ("hong-bang", "khong-co"):
        (layout.reports / place).mkdir()
    folder = layout.report("binh-giang", "2026")
    damage(folder)
    make_dataset(layout)
    rows = pd.read_parquet(layout.dataset / "localities")
    assert rows["fault"].dropna().tolist() == [fault]
    named = rows.loc[rows["fault"].notna(), "locality"].item()
    indicators = pd.read_parquet(layout.dataset / "indicators")
    assert named not in set(indicators["locality"])
    assert {"cat-hai", "bach-long-vi"} <= set(indicators["locality"])
    if fault in ("altered", "missing") and (folder / "manifest.json").exists():
        publish(layout, real[1])
        make_dataset(layout)
        assert pd.read_parquet(layout.dataset / "localities")["fault"].isna().all()


@pytest.mark.parametrize("files", [0, 1, 3, 12])
def test_a_killed_run_leaves_nothing_wrong(
    from_nothing: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int
) -> None:
    layout, replaced = Layout(tmp_path / "copy"), list[Path]()
    shutil.copytree(from_nothing.root, layout.root)
    report = Completion.model_validate_json((layout.report("cat-hai", "2025") / "completion.json").read_bytes())
    publish(layout, report.model_copy(update={"synthetic": True}))

    def killed(made: Path, place: Path) -> None:
        if len(replaced) == files:
            raise KeyboardInterrupt
        replaced.append(place)
        made.replace(place)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "_replace", killed)
        make_dataset(layout)
    make_dataset(layout)
    changed = _bytes(layout)
    make_dataset(layout, force=True)
    assert _bytes(layout) == changed != _bytes(from_nothing)
    last = next(Log(layout.log).entries_with(Action.DATASET))
    assert last.beside["data/datapackage.json"] == changed["reports/data/datapackage.json"]


def test_another_list_makes_everything_again(layout: Layout, real: list[Completion]) -> None:
    _made(layout, real)
    path = layout.raw / "localities.csv"
    path.write_text(path.read_text("utf-8").replace("Đặc khu Cát Hải", "Đặc khu Cát Hải Mới"), "utf-8")
    assert make_dataset(layout).partitions == 3
    assert "Đặc khu Cát Hải Mới" in set(pd.read_parquet(layout.dataset / "localities")["name"])


def test_without_reports_there_is_none(layout: Layout) -> None:
    with pytest.raises(NoInputError):
        make_dataset(layout)


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A project in which everything is as it was published, with its data set."""
    layout = Layout(published(tmp_path_factory.mktemp("verified") / "project"))
    make_dataset(layout)
    assert verify(layout, Scope()).faults == []
    return layout


def _changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("pattern", "damage"),
    [
        ("data/indicators/*/*.parquet", _changed),
        ("data/csv/tasks/*/*.csv", _changed),
        ("data/dictionary.html", _changed),
        ("data/datapackage.json", _changed),
        ("catalog.jsonld", _changed),
        ("data/targets/*/*.parquet", Path.unlink),
        ("data/datapackage.json", Path.unlink),
        ("catalog.jsonld", Path.unlink),
        ("data/schemas/tasks.json", lambda path: path.with_name("them.json").write_text("{}")),
        ("data/concepts/concepts.parquet", lambda path: path.parent.joinpath("31").mkdir()),
    ],
)
def test_verify_finds_what_was_changed(
    verified: Layout, tmp_path: Path, pattern: str, damage: Callable[[Path], object]
) -> None:
    layout = Layout(tmp_path / "copy")
    shutil.copytree(verified.root, layout.root)
    path = next(layout.reports.glob(pattern))
    damage(path)
    faults = verify(layout, Scope()).faults
    assert any(layout.relative(path.parent) in fault for fault in faults), faults


def test_the_dictionary_has_every_column_and_every_concept(from_nothing: Layout, registry: Registry) -> None:
    page = (from_nothing.dataset / "dictionary.html").read_text("utf-8")
    check_page(page)
    for table in TABLES:
        assert f'id="{table.name}"' in page
        assert all(f"<code>{column.name}</code>" in page for column in table.all_columns)
    assert all(f'id="{concept.id}"' in page for concept in registry.concepts)


def test_the_catalogue_names_every_table_in_both_forms_and_the_days(from_nothing: Layout) -> None:
    catalog = json.loads((from_nothing.reports / "catalog.jsonld").read_text("utf-8"))
    dataset = catalog["dcat:dataset"]
    urls = {d.get("dcat:accessURL", d.get("dcat:downloadURL"))["@id"] for d in dataset["dcat:distribution"]}
    assert urls == {
        "data/datapackage.json",
        "data/sdmx/",
        *(f"data/{form}{table.name}/" for table in TABLES for form in ("", "csv/")),
    }
    assert all((from_nothing.reports / url).exists() for url in urls)
    days = [dt.date.fromisoformat(dataset["dct:temporal"][f"dcat:{end}Date"]["@value"]) for end in ("start", "end")]
    places = pd.read_parquet(from_nothing.dataset / "localities")
    assert days == [places["start"].min().date(), places["cut_off"].max().date()]


def test_a_key_names_one_row(from_nothing: Layout) -> None:
    for table in BY_REPORT:
        if table.key:
            rows = pd.read_parquet(from_nothing.dataset / table.name)
            assert not rows.duplicated(list(table.key)).any(), table.name
