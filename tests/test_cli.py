import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.paths import CODE, Layout
from pipeline.steps import Run
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
        (["report", "--page-lang=fr", "cat-hai"], 64, "vi, en"),
        (["template", "cat-hai"], 64, "PERIOD=2026-Q1"),
        (["explain", "cat-hai"], 64, "INDICATOR="),
        (["explain", "binh-giang", "", "binh-giang-2026/II/99"], 64, "binh-giang-2026/II/"),
        (["read"], 64, "FILE="),
        (["compare-methods", "--methods=x", "cat-hai"], 64, "sdsn"),
        (["verify", "--head=1"], 64, "số:mã băm"),
        (["verify"], 66, "make report"),
        (["audit", "--run=1234", "cat-hai"], 64, "8 đến 64"),
        (["audit", "cat-hai"], 66, "chưa công bố"),
        (["sign-off", "--by=UBND", "cat-hai"], 64, "STATE="),
        (["sign-off", "--state=sent", "cat-hai"], 64, "BY="),
        (["backup"], 64, "TO="),
        (["backup", "--to=--"], 64, "--"),
        (["report", "an-bien"], 66, "docs/add-a-plan.md"),
        (["bao-cao"], 64, "--help"),
        ([], 64, "--help"),
    ],
)
def test_a_wrong_call_is_answered_in_a_sentence(project, capsys, arguments, code: int, said: str) -> None:
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

    monkeypatch.setattr("pipeline.plans.registry.read_registry", fail)
    assert cli.main(["plans"]) == code
    assert "Traceback" not in capsys.readouterr().err
    assert (project.processed / "traceback.txt").is_file() == (code == 70)


def test_help_lists_the_verbs_of_make_and_needs_no_heavy_library() -> None:
    """`pydantic` alone takes a quarter of a second."""
    heavy = "sorted({'pydantic', 'yaml', 'pandas'} & sys.modules.keys())"
    call = (
        f"import atexit, sys; from pipeline import cli; atexit.register(lambda: print({heavy})); cli.main(['--help'])"
    )
    shown = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=True, cwd=CODE).stdout
    assert "lập báo cáo của một địa phương" in shown
    assert shown.endswith("\n[]\n")
    targets = re.findall(r"-m pipeline ([a-z-]+)", (CODE / "Makefile").read_text("utf-8"))
    assert set(re.findall(r"^    ([a-z-]+)(?: |$)", shown, re.M)) == set(targets)


# Counted by hand in the documents: indicators, commitments, printed target cells, tasks.
COUNTS = {
    "bach-long-vi-2026": (20, 8, 28, 73),
    "binh-giang-2026": (23, 5, 28, 73),
    "cat-hai-2025-h2": (7, 3, 10, 33),
    "cat-hai-nq57": (57, 3, 23 + 34 * 5 + 3, 91),
    "hai-phong-2023": (13, 5, 18, 74),
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
    assert plans_of["dossiers-digitised"] == set(COUNTS) - {"hai-phong-2023"}
    assert plans_of["work-files-electronic-signed"] == {"bach-long-vi-2026", "binh-giang-2026"}
    assert sum(len(plans) > 1 for plans in plans_of.values()) >= 15


def test_make_expands_nothing_that_a_user_gives() -> None:
    """Recipes use only the program's own variables of make, and variables of the shell only in quotes."""
    recipes = "".join(re.findall(r"^\t.*\n", (CODE / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"(?<!\$)\$[({](\w+)", recipes)) == {"RUN", "PYTHON", "JUDGING", "COUNTRY", "QUICK", "MAKE"}
    whole = re.sub(r"\$\$\{[A-Z]+:\+--[a-z-]+\}", "", recipes)  # our own option, if the variable has any value
    unquoted = re.sub(r'"[^"\n]*"', "", whole)
    assert not re.findall(r"\$\$\{?[A-Z]", unquoted)


def test_a_report_is_signed_off_and_bundled_by_the_command(
    project: Layout, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    publish(Run.open("cat-hai", "2025", layout=project), "one")
    assert cli.main(["sign-off", "--state", "sent", "--by", "UBND", "--", "cat-hai"]) == 0
    assert "reports/cat-hai/2025: đã trình, UBND, lần chạy " in capsys.readouterr().out
    assert cli.main(["bundle", "--to", str(tmp_path / "x.zip"), "--", "cat-hai", "2025"]) == 0
    assert cli.main(["bundle", "--to", str(tmp_path / "x.zip"), "--", "cat-hai", "2025"]) == 73
    assert cli.main(["verify"]) == 0
