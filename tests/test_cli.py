import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.intake.rows import Kind
from pipeline.paths import CODE, Layout
from pipeline.steps import Run
from tests.factories import submit
from tests.run.filled import publish


@pytest.fixture
def project(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv("PIPELINE_ROOT", str(layout.root))
    return layout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["report", "cat-hay"], 64, "cat-hai"),
        (["report", "--", "--help"], 64, "không hợp lệ"),
        (["report", "cat-hai", "2025-Q7"], 64, "2026-Q1"),
        (["report", "an-bien"], 66, "docs/add-a-plan.md"),
        (["roll-up"], 64, "make roll-up PERIOD=2025"),
        (["roll-up", "--", ""], 64, "make roll-up PERIOD=2025"),
        (["roll-up", "--", "--help"], 64, "2026-Q1"),
        (["roll-up", "../2025"], 64, "2026-Q1"),
        (["roll-up", "2055"], 66, "make plans"),
        (["bao-cao"], 64, "--help"),
        ([], 64, "--help"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(project, capsys, arguments, code: int, said: str) -> None:
    assert cli.main(arguments) == code
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""
    assert "Traceback" not in told.err


def test_a_fault_of_the_registry_has_its_exit_code(project: Layout, capsys) -> None:
    plan = project.plans / "binh-giang" / "binh-giang-2026.yaml"
    plan.write_text(plan.read_text("utf-8").replace("≥95%", "độ 95%", 1), "utf-8")
    assert cli.main(["plans"]) == 65
    assert "độ 95%" in capsys.readouterr().err


def test_a_fault_in_the_plan_of_another_locality_stops_no_report(project: Layout, capsys) -> None:
    plan = project.plans / "binh-giang" / "binh-giang-2026.yaml"
    plan.write_text("id: [", "utf-8")
    assert Run.open("cat-hai", "2025", layout=project).registry.plans_of("cat-hai")
    assert cli.main(["report", "binh-giang"]) == 65
    assert "binh-giang-2026.yaml, dòng" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), [(OSError(28, "No space", "x"), 74), (ZeroDivisionError(), 70)])
def test_no_traceback_is_shown_whatever_happens(project, monkeypatch, capsys, error, code: int) -> None:
    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr(cli, "_plans", fail)
    assert cli.main(["plans"]) == code
    assert "Traceback" not in capsys.readouterr().err
    assert (project.processed / "traceback.txt").is_file() == (code == 70)


def test_help_needs_no_heavy_library(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--help"])
    assert stopped.value.code == 0
    assert "lập báo cáo" in capsys.readouterr().out


# Counted in the documents by hand: indicators, commitments, printed target cells, tasks.
COUNTS = {
    "bach-long-vi-2026": (20, 8, 28, 17),
    "binh-giang-2026": (23, 5, 28, 18),
    "cat-hai-2025-h2": (7, 3, 10, 6),
    "cat-hai-nq57": (57, 3, 23 + 34 * 5 + 3, 70),
    "hai-phong-2023": (13, 5, 18, 11),
}
COLUMNS = {
    "indicators": "plan_id,locality,annex,group,no,kind,name,name_printed,unit,direction,concept,"
    "baseline_text,baseline_value,lead_agency",
    "targets": "plan_id,annex,group,no,year,due,text,comparator,low,high",
    "tasks": "plan_id,annex,group,no,name,lead_agency,coordinating,output,deadline_text,deadline_kind,due",
    "plans": "plan_id",
}


def _table(project: Layout, name: str) -> list[dict[str, str]]:
    path: Path = project.processed / "plans" / f"{name}.csv"
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_the_tables_of_the_plans(project: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plans"]) == 0
    assert "bach-long-vi-2026: 20 chỉ tiêu, 8 cam kết định lượng" in capsys.readouterr().out
    tables = {name: _table(project, name) for name in COLUMNS}
    for name, columns in COLUMNS.items():
        assert list(tables[name][0])[: len(columns.split(","))] == columns.split(",")
    for plan, counts in COUNTS.items():
        rows = {name: [r for r in table if r["plan_id"] == plan] for name, table in tables.items()}
        kinds = [r["kind"] for r in rows["indicators"]]
        assert counts == (
            kinds.count("indicator"),
            kinds.count("commitment"),
            len(rows["targets"]),
            len(rows["tasks"]),
        ), plan
    assert {r["comparator"] for r in tables["targets"]} == {">=", ">", "<=", "=", "range", "in-set", "none"}


def test_concepts_join_plans(project: Layout) -> None:
    cli.main(["plans"])
    plans_of: dict[str, set[str]] = {}
    for row in _table(project, "indicators"):
        plans_of.setdefault(row["concept"], set()).add(row["plan_id"])
    assert plans_of["full-online-services"] == set(COUNTS)
    assert plans_of["work-files-electronic"] == set(COUNTS)
    assert sum(len(plans) > 1 for plans in plans_of.values()) >= 15


def _rolled_up(project: Layout, period: str) -> list[dict[str, str]]:
    path = project.processed / "roll-up" / f"{period}.csv"
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_roll_up_prints_a_table_and_writes_it(project: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["roll-up", "--", "2025"]) == 0
    told = capsys.readouterr()
    table = [line.replace("\N{NO-BREAK SPACE}", " ") for line in told.out.splitlines()]
    assert "Tổng hợp 3 địa phương, năm 2025, chốt ngày 14/12/2025" in table
    online = next(line for line in table if line.startswith("Tỷ lệ hồ sơ thủ tục hành chính xử lý trực tuyến "))
    cells = ["1/3/3", "100 %", "33,3 %", "80 – 80 – 82,78 %", "–"]
    assert " ".join(online.split()).endswith(
        f"{' '.join(cells)} 1 chỉ là một cận; khác cách tính (không nêu, trong kỳ)"
    )
    assert "Chung các địa phương: 18/72 = 25 % đến 57/72 = 79,2 %" in table
    assert "Chưa có số liệu dùng được: không địa phương nào" in table
    assert "Không có kế hoạch còn hiệu lực trong kỳ: Thành phố Hải Phòng" in table
    progress = ["Bạch Long Vĩ", "Bình Giang", "Cát Hải", "Hải Phòng"]
    assert [name for line, name in zip(told.err.splitlines(), progress, strict=True) if name in line] == progress

    rows = {(row["concept"], row["scope"]): row for row in _rolled_up(project, "2025")}
    assert len(rows) == 41
    of_online = rows["online-dossier-rate", ""]
    assert (of_online["expected"], of_online["observed"], of_online["met"], of_online["not_met"]) == (
        "3",
        "3",
        "1",
        "2",
    )
    assert (of_online["maximum"], of_online["met_lower"], of_online["bases"]) == (
        "82.78",
        "0.333333",
        "unstated trong-ky",
    )
    record = json.loads((project.processed / "roll-up" / "2025.json").read_text("utf-8"))
    assert [x["locality"] for x in record["localities"]] == ["bach-long-vi", "binh-giang", "cat-hai"]
    assert record["not_reported"] == []


def test_roll_up_names_who_has_not_reported(project: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    """The value of Bình Giang II.14 breaks a rule and is kept out: sent, but not to be used."""
    shutil.rmtree(project.submissions / "cat-hai")
    shutil.rmtree(project.submissions / "binh-giang")
    kept_out = {"plan": "binh-giang-2026", "no": "14", "value": "180"}
    submit(project.root, "binh-giang", "2025", Kind.OBSERVATIONS, kept_out)
    assert cli.main(["roll-up", "2025"]) == 0
    told = capsys.readouterr().out
    assert "Có số liệu: 1/3 địa phương" in told
    assert "Chưa có số liệu dùng được: Xã Bình Giang (0/22, 1 bị loại); Đặc khu Cát Hải (0/30)" in told


def test_roll_up_prints_a_total_with_its_terms(project: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    terms = {"value": "80", "numerator": "400", "denominator": "500", "as_of": "2026-12-01"}
    other = {"plan": "binh-giang-2026", "no": "15", "value": "99", "numerator": "990", "denominator": "1000"}
    submit(project.root, "bach-long-vi", "2026", Kind.OBSERVATIONS, terms)
    submit(project.root, "binh-giang", "2026", Kind.OBSERVATIONS, terms | other)
    assert cli.main(["roll-up", "2026"]) == 0
    told = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
    assert "1.390/1.500 = 92,7 %" in told
    assert "2 trong 2 nơi có tử số, mẫu số; cộng số liệu không nêu cách tính" in told


@pytest.mark.parametrize(
    "where", ["submissions/binh-giang/2025/ket-qua-2025.csv", "plans/binh-giang/binh-giang-2026.yaml"]
)
def test_roll_up_goes_on_without_a_locality_that_is_refused(project: Layout, capsys, where: str) -> None:
    (project.raw / where).write_bytes(b"id: [\x00")
    assert cli.main(["roll-up", "2025"]) == 65
    told = capsys.readouterr()
    assert "Không tổng hợp Xã Bình Giang, số liệu không dùng được:" in told.out
    assert where.rsplit("/", 1)[1] in told.out
    assert "Chung các địa phương: 8/50" in told.out
    assert "Traceback" not in told.err
    assert json.loads((project.processed / "roll-up" / "2025.json").read_text("utf-8"))["refused"] == ["binh-giang"]


def test_roll_up_without_any_locality_left_writes_nothing(project: Layout, capsys) -> None:
    for plan in project.plans.glob("*/*.yaml"):
        plan.write_text("id: [", "utf-8")
    assert cli.main(["roll-up", "2025"]) == 65
    assert "cat-hai-nq57.yaml, dòng" in capsys.readouterr().err
    assert not (project.processed / "roll-up").exists()


def test_make_hands_on_every_variable_unexpanded_and_none_is_forgotten() -> None:
    """What a recipe reads is exported, and what is exported was taken as it was written."""
    text = (CODE / "Makefile").read_text("utf-8")
    taken = set(re.findall(r"^override ([A-Z_]+) := \$\(value ([A-Z_]+)\)$", text, re.M))
    (exported,) = re.findall(r"^export (.+)$", text, re.M)
    used = set(re.findall(r"\$\$\{?([A-Z_]+)", text)) - {"IFS"}
    assert used == set(exported.split()) == {name for name, _ in taken}
    assert {(name, source) for name, source in taken if name != source} == {("RUN_ID", "RUN")}


def test_a_report_is_signed_off_and_bundled_by_the_command(
    project: Layout, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    publish(Run.open("cat-hai", "2025", layout=project), "one")
    assert cli.main(["sign-off", "--state", "checked", "--by", "UBND", "--", "cat-hai"]) == 0
    assert "\nreports/cat-hai/2025: đã kiểm tra, UBND, lần chạy " in capsys.readouterr().out
    assert cli.main(["bundle", "--to", str(tmp_path / "x.zip"), "--", "cat-hai", "2025"]) == 0
    assert cli.main(["sign", "--key", str(tmp_path / "none"), "--", "cat-hai"]) == 66
    assert cli.main(["backup"]) == cli.main(["restore", "--to", "x"]) == 64
    assert cli.main(["verify"]) == 0
