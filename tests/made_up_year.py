"""A made-up year of Bình Giang, as its offices would send it: silence, a correction, an amendment, late figures.

What the reports of the year have to say stands in tests/e2e/year-walk.csv, worked out by hand from this file.
"""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from pipeline.intake.rows import FileKind
from pipeline.paths import Layout
from tests.factories import copy_raw, submit
from tests.report.test_year import H1, LOWERED, PLAN, Q1, Q3

PLACE = "binh-giang"
EDITIONS = ("2025", "2026-Q1", "2026-H1", "2026-9M", "2026", "2026-F", "2027-Q1")
"""The reports of the walk; for 2027-Q1 nothing is sent."""

CORRECTED = {
    "subject": f"{PLAN}/II.12",
    "was": "100",
    "value": "98",
    "reason": "Đếm lại: còn thủ tục chưa thực hiện trực tuyến",
    "office": "Trung tâm phục vụ hành chính công",
    "decided_on": "2026-04-05",
    "status": "approved",
}
"""The office takes back a figure of the first quarter; the year is right again in September."""
SEPTEMBER = Q3 | {"II.12": "100"}
DECEMBER = {"I.1": "96", "I.2": "2", "I.3": "100", "II.2": "80", "II.3": "70", "II.7": "100", "II.9": "50",
            "II.11": "1.2", "II.13": "100", "II.15": "94.9", "II.17": "48", "II.18": "100", "II.19": "82"}  # fmt: skip
ESTIMATED = {"II.15": "95.5"}
"""What the office expects for the whole year (ước thực hiện cả năm), sent with the report of December."""
SILENT = "II.16"
"""The office writes in December that it has no figure (chưa có số liệu)."""
JANUARY = {"II.15": "95.3"}
"""Of 31 December, sent in January for the final edition."""

TASKS = {
    "2026-Q1": {
        "3.4": {"started_on": "2026-02-15"},
        "3.2": {"reported_on": "2026-03-01"},
        "2.1": {"started_on": "2026-03-02"},
    },
    "2026-H1": {"4.1": {"reported_on": "2026-06-01"}},
    "2026-9M": {"3.4": {"finished_on": "2026-09-08", "product": "Biên bản nghiệm thu"}},
    "2026": {
        "6.2": {"started_on": "2026-11-02"},
        "9.1": {"finished_on": "2026-10-05", "product": "Kế hoạch"},
        "2.1": {"finished_on": "2026-10-01", "product": "Tờ trình"},
    },
    "2026-F": {"6.2": {"finished_on": "2026-12-20", "product": "Báo cáo diễn tập"}},
}
"""Facts of tasks by the edition with which they are sent."""

DATED = {"3.4": "2026-09-20", "6.2": "2026-12-20", "9.1": "2026-10-01"}
RECURRING = ("1.4", "3.1", "3.2", "3.3", "4.1", "4.2", "5.1", "6.4")
UNDATED = ("2.1", "2.2", "9.2", "VI.1.1", "VI.2.1", "VI.2.3", "VI.2.4", "VI.2.6", "VI.3.1", "VI.3.2", "VI.4.1",
           "VI.5.1", "VI.5.2", "VI.5.3", "VI.6.1", "VI.6.3", "VI.6.4", "VI.7.1", "VI.9.1", "VI.9.2")  # fmt: skip
"""The tasks of the plan, read from the document by hand; VI.3.3 repeats 3.2."""
PERFECT = {"I.2": "3", "6.3": "12", "6.4a": "3", "6.4b": "2", "6.4c": "1"}
"""Of a commune that does everything; the other rows are at 100 %."""


def write_year(root: Path) -> Layout:
    """The year, in the files of a project with the lists and the plans of all localities."""
    layout = copy_raw(root)
    path = layout.plans / PLACE / f"{PLAN}.yaml"
    path.write_text(path.read_text("utf-8") + f"\namendments: {json.dumps([LOWERED], ensure_ascii=False)}\n", "utf-8")
    corrections = layout.corrections / PLACE / "2026-Q1" / "2026-04-05.yaml"
    corrections.parent.mkdir(parents=True)
    corrections.write_text(yaml.safe_dump([CORRECTED], allow_unicode=True), "utf-8")
    sent = {
        "2026-Q1": ("2026-03-10", Q1),
        "2026-H1": ("2026-06-10", H1),
        "2026-9M": ("2026-09-10", SEPTEMBER),
        "2026": ("2026-12-10", DECEMBER),
        "2026-F": ("2026-12-31", JANUARY),
    }
    for period, (day, values) in sent.items():
        rows = [_value(label, value, day) for label, value in values.items()]
        if period == "2026":
            rows.append(_value(SILENT, "", day) | {"absence": "not-submitted"})
        submit(root, PLACE, period, FileKind.OBSERVATIONS, *rows)
        submit(root, PLACE, period, FileKind.TASKS, *(_fact(*task) for task in TASKS[period].items()))
    return layout


def write_perfect_year(root: Path) -> Layout:
    """The same commune, which reports every row and every task of the year as done; its plan stays as issued."""
    layout = copy_raw(root)
    text = (layout.plans / PLACE / f"{PLAN}.yaml").read_text("utf-8")
    plan = yaml.load(text, yaml.BaseLoader)  # noqa: S506  # of a key `no`, other loaders make the word false
    labels = [f"{row['group']}.{row['no']}" for row in plan["indicators"]]
    rows = [_value(label, PERFECT.get(label, "100"), "2026-12-30") for label in labels if label != "II.1"]
    submit(root, PLACE, "2026-F", FileKind.OBSERVATIONS, *rows)
    facts = {label: {"finished_on": day, "product": "Báo cáo"} for label, day in DATED.items()}
    facts |= {label: {"reported_on": "2026-12-30"} for label in RECURRING}
    facts |= {label: {"finished_on": "2026-11-20", "product": "Báo cáo"} for label in UNDATED}
    submit(root, PLACE, "2026-F", FileKind.TASKS, *(_fact(*fact) for fact in facts.items()))
    return layout


CAT_HAI = {
    "2025": [
        {"plan": "cat-hai-2025-h2", "group": "2", "no": "1", "value": "100", "as_of": "2025-12-01"},
        {"plan": "cat-hai-2025-h2", "group": "2", "no": "6", "value": "90", "as_of": "2025-12-01"},
        {"plan": "cat-hai-2025-h2", "group": "2", "no": "7", "value": "50", "as_of": "2025-12-01"},
        {"plan": "cat-hai-2025-h2", "group": "II.2", "no": "1", "value": "90,5", "as_of": "2025-12-01"},
        {"plan": "cat-hai-nq57", "annex": "PL2", "group": "IV", "no": "26", "value": "72", "as_of": "2025-12-02"}
        | {"basis": "trong kỳ"},
        {"plan": "cat-hai-nq57", "annex": "PL2", "group": "II", "no": "6", "value": "2,9", "as_of": "2025-12-02"},
        {"plan": "cat-hai-nq57", "annex": "PL3", "group": "II", "no": "1", "value": "99", "as_of": "2025-12-03"},
    ],
    "2026-H1": [
        {"plan": "cat-hai-nq57", "annex": "PL2", "group": "III", "no": "21", "value": "21", "as_of": "2026-06-01"},
        {"plan": "cat-hai-nq57", "annex": "PL2", "group": "IV", "no": "24", "value": "100", "as_of": "2026-06-01"},
        {"plan": "cat-hai-nq57", "annex": "PL2", "group": "IV", "no": "26", "value": "80", "as_of": "2026-06-01"},
    ],
}
"""Of a locality with two plans, stages, a target to be exceeded, a range, a value within a period, repeated rows."""


def write_cat_hai(root: Path) -> Layout:
    """Cát Hải, which sends a few values for two periods."""
    layout = copy_raw(root)
    for period, rows in CAT_HAI.items():
        submit(root, "cat-hai", period, FileKind.OBSERVATIONS, *({"unit": "", "source": "thử"} | row for row in rows))
    return layout


def _value(label: str, value: str, day: str) -> dict[str, str]:
    group, _, no = label.partition(".")
    estimate = ESTIMATED.get(label, "") if day == "2026-12-10" else ""
    return {"plan": PLAN, "group": group, "no": no, "value": value, "unit": "", "as_of": day, "source": "thử"} | (
        {"estimate": estimate} if estimate else {}
    )


def _fact(label: str, days: dict[str, str]) -> dict[str, str]:
    group, _, no = label.rpartition(".")
    return {"plan": PLAN, "group": group, "no": no, "source": "thử"} | days
