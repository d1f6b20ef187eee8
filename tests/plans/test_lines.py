"""The numbered lines of the plans against a count made apart from the registry, and the links between rows."""

import csv
from collections import Counter
from pathlib import Path

import pytest
import yaml

from pipeline.errors import DataError
from pipeline.paths import Layout
from pipeline.plans.links import taken_lead
from pipeline.plans.models import Plan
from pipeline.plans.registry import Registry, check_registry, read_registry
from tests.factories import made_plan

PRINTED = list(csv.DictReader((Path(__file__).parent / "printed-lines.csv").read_text("utf-8").splitlines()))
"""Lines under each heading of the documents, counted by dashes, numbers, paragraphs; the tasks by reading."""


def _plan(registry: Registry, plan_id: str) -> Plan:
    return next(plan for plan in registry.plans if plan.id == plan_id)


def test_every_numbered_line_of_the_documents_is_in_the_registry(registry: Registry) -> None:
    printed = {(x["plan"], x["annex"], x["group"]): (int(x["lines"]), int(x["tasks"])) for x in PRINTED}
    lines, tasks = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for plan in registry.plans:
        lines.update((plan.id, x.annex, x.group) for x in plan.tasks)
        tasks.update((plan.id, x.annex, x.group) for x in plan.assignments)
    assert {place: (lines[place], tasks[place]) for place in lines} == printed


def test_the_plans_by_one_convention(registry: Registry) -> None:
    counts = {plan.id: (len(plan.assignments), len(plan.measures)) for plan in registry.plans}
    assert counts == {
        "bach-long-vi-2026": (30, 43),
        "binh-giang-2026": (32, 41),
        "cat-hai-2025-h2": (7, 26),
        "cat-hai-nq57": (32, 59),
        "hai-phong-2023": (22, 52),
    }


def test_a_task_has_an_office_or_a_time_and_a_measure_neither(registry: Registry) -> None:
    for plan in registry.plans:
        for line in plan.tasks:
            named = bool(line.lead or line.deadline or line.annex in ("PL3", "PL4"))
            assert named is (line in plan.assignments), f"{plan.id}/{line.key.label}"


def test_plans_that_refer_to_annexes_that_are_not_there_say_so(registry: Registry) -> None:
    missing = {plan.id for plan in registry.plans if plan.missing_annexes}
    assert missing == {"binh-giang-2026", "cat-hai-2025-h2", "hai-phong-2023"}


def test_the_rows_that_two_annexes_print_are_one_thing(registry: Registry) -> None:
    """Thirteen rows of Phụ lục 1 stand again in Phụ lục 2, ten of them of education."""
    plan = _plan(registry, "cat-hai-nq57")
    pairs = {row.key.label: row.same_as for row in plan.indicators if row.same_as}
    education = {f"PL1.III.{n}": f"PL2.II.{n + 9}" for n in range(1, 11)}
    others = {"PL1.I.2": "PL2.IV.24", "PL1.II.2": "PL2.I.3", "PL1.II.5": "PL2.II.9"}
    assert pairs == education | others


def test_the_lines_of_the_body_that_annexes_print_again_are_one_thing(registry: Registry) -> None:
    plan = _plan(registry, "cat-hai-nq57")
    pairs = {line.key.label: line.same_as for line in plan.tasks if line.same_as}
    annex = {"1.3": 2, "1.4": 4, "1.5": 5, "1.6": 6, "1.7": 7}
    assert pairs == {"1.2": "PL3.I.1", "5.14": "PL4.II.1"} | {label: f"PL4.I.{n}" for label, n in annex.items()}


@pytest.mark.parametrize(
    ("plan", "label", "leads", "tasks"),
    [
        ("binh-giang-2026", "I.1", ("Văn phòng HĐND và UBND",), ("3.4",)),
        ("binh-giang-2026", "II.2", ("Phòng Văn hóa - Xã hội",), ("4.1",)),
        ("binh-giang-2026", "II.3", ("Phòng Văn hóa - Xã hội",), ("2.2",)),
        ("binh-giang-2026", "II.19", ("Công an xã",), ("VI.5.3",)),
        ("binh-giang-2026", "I.2", (), ()),  # its line, 6.1, names no office
        ("bach-long-vi-2026", "I.2", ("Phòng Văn hóa - Xã hội", "Phòng Kinh tế"), ("3.1",)),
        (
            "cat-hai-nq57",
            "PL3.II.1",
            ("UBND đặc khu", "Các cơ quan chuyên môn", "Trung tâm Phục vụ hành chính công"),
            (),
        ),
    ],
)
def test_the_office_of_a_row_comes_from_its_task(registry: Registry, plan: str, label: str, leads, tasks) -> None:
    of_plan = _plan(registry, plan)
    row = next(row for row in of_plan.indicators if row.key.label == label)
    printed, labels = taken_lead(of_plan, row)
    assert (registry.agency_names(printed, of_plan.locality), labels) == (leads, tasks)


def test_phan_dau_stands_where_it_is_printed(registry: Registry) -> None:
    aspirational = {
        (plan.id, row.key.label)
        for plan in registry.plans
        for row in plan.indicators
        if row.targets[0].parsed.aspirational
    }
    assert aspirational == {
        ("bach-long-vi-2026", "6.1"),
        ("bach-long-vi-2026", "6.2a"),
        ("binh-giang-2026", "6.1"),
        ("cat-hai-2025-h2", "II.1.3a"),
        ("cat-hai-nq57", "PL1.II.1"),
        ("cat-hai-nq57", "PL2.II.6"),
        ("cat-hai-nq57", "3.1"),
        ("hai-phong-2023", "2.1"),
        ("hai-phong-2023", "3.3a"),
        ("hai-phong-2023", "3.3b"),
        ("hai-phong-2023", "6.2"),
    }


def test_the_concepts_that_merged_what_differs_are_apart(registry: Registry) -> None:
    measured = {f"{p.id}/{x.key.label}": (x.concept, x.scope, x.unit) for p in registry.plans for x in p.indicators}
    apart = [
        ["cat-hai-2025-h2/2.7", "cat-hai-nq57/PL2.II.7", "hai-phong-2023/6.1"],
        ["cat-hai-nq57/PL2.I.1", "cat-hai-nq57/PL1.II.3", "bach-long-vi-2026/I.1"],
        ["cat-hai-2025-h2/2.4", "hai-phong-2023/1.4", "hai-phong-2023/8.3.1", "bach-long-vi-2026/II.3"],
        ["cat-hai-2025-h2/2.3", "cat-hai-nq57/PL1.I.6", "bach-long-vi-2026/II.2"],
        ["cat-hai-nq57/PL2.IV.22", "binh-giang-2026/II.11"],
        ["cat-hai-nq57/PL1.I.7", "binh-giang-2026/II.7"],
    ]
    for rows in apart:
        assert len({measured[row] for row in rows}) == len(rows), rows
        for row in rows[1:]:
            assert measured[row][0] in registry.near(measured[rows[0]][0]), row
    assert measured["bach-long-vi-2026/II.3"] == measured["binh-giang-2026/II.6"]


def test_every_concept_has_an_english_name_of_its_own(registry: Registry) -> None:
    names = Counter(concept.name_en for concept in registry.concepts)
    assert [name for name, count in names.items() if not name or count > 1] == []


def test_definitions_say_what_is_counted_over_what(registry: Registry) -> None:
    one = registry.concept("online-dossier-rate")
    assert (one.counted, one.over, one.units) == (
        "hồ sơ thủ tục hành chính xử lý trực tuyến",
        "hồ sơ thủ tục hành chính",
        ("%",),
    )
    assert registry.concept("incident-recovery-hours").direction == "falling"
    # No paper says what the share of an upgraded network is a share of.
    assert registry.concept("lan-upgrade").over == ""
    assert all(concept.units for concept in registry.concepts)


ROWS = [{"group": "I", "no": str(n), "name": f"Dòng {n}", "unit": "%", "concept": "vneid-accounts"} for n in (1, 2, 3)]
TARGETS = {"targets": [{"year": 2026, "text": "80%"}]}
LINES = [{"group": "I", "no": "4", "name": "Việc", "deadline": "năm 2026"}, {"group": "I", "no": "5", "name": "Lời"}]


@pytest.mark.parametrize(
    ("rows", "lines", "fault"),
    [
        ({0: {"same_as": "I.9"}}, {}, ("chỉ tiêu I.1", "same_as", "không có dòng “I.9”")),
        ({0: {"same_as": "I.1"}}, {}, ("chỉ tiêu I.1", "same_as", "không có dòng “I.1”")),
        ({0: {"same_as": "I.2"}, 1: {"same_as": "I.3"}}, {}, ("chỉ tiêu I.1", "same_as", "“I.2” cũng là dòng lặp lại")),
        ({0: {"same_as": "I.2", "scope": "adults"}}, {}, ("chỉ tiêu I.1", "same_as", "“I.2” đo cái khác")),
        ({0: {"tasks": ["I.7"]}}, {}, ("chỉ tiêu I.1", "tasks", "không có nhiệm vụ, giải pháp “I.7”")),
        ({0: {"unit": "giờ", "targets": [{"year": 2026, "text": "8"}]}}, {}, ("chỉ tiêu I.1", "unit", "đơn vị “giờ”")),
        ({0: {"unit": "% dân số", "concept": "coverage-5g"}}, {}, ("chỉ tiêu I.1", "unit", "coverage-5g tính theo %")),
        ({0: {"direction": "falling"}}, {}, ("chỉ tiêu I.1", "direction", "chiều “falling”")),
        ({}, {0: {"kind": "measure"}}, ("nhiệm vụ I.4", "kind", "ghi cơ quan chủ trì hoặc thời hạn")),
        ({}, {0: {"same_as": "I.5"}, 1: {"kind": "measure"}}, ("nhiệm vụ I.4", "same_as", "là giải pháp")),
    ],
)
def test_a_wrong_link_is_named_with_its_place(registry: Registry, rows, lines, fault: tuple[str, str, str]) -> None:
    indicators = [row | TARGETS | rows.get(n, {}) for n, row in enumerate(ROWS)]
    tasks = [line | lines.get(n, {}) for n, line in enumerate(LINES)]
    plan = made_plan(indicators=indicators, tasks=tasks)
    changed = Registry(registry.localities, registry.concepts, registry.agencies, (plan,), registry.method)
    found = list(check_registry(changed, Layout()))
    place, rule, message = fault
    assert [(f.place, f.rule) for f in found] == [(place, rule)]
    assert message in found[0].message
    assert found[0].remedy


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("near", ["nowhere"], "không có khái niệm “nowhere”"),
        ("near", ["lan-upgrade"], "ghi chính khái niệm này"),
        ("name_en", "Mạng LAN", "“Mạng LAN” có chữ tiếng Việt"),
    ],
)
def test_a_wrong_concept_is_named_with_its_place(layout: Layout, field: str, value: list[str], message: str) -> None:
    path = layout.raw / "concepts.yaml"
    concepts = yaml.safe_load(path.read_text("utf-8"))
    next(c for c in concepts if c["id"] == "lan-upgrade")[field] = value
    path.write_text(yaml.safe_dump(concepts, allow_unicode=True), "utf-8")
    with pytest.raises(DataError) as error:
        read_registry(layout)
    assert "concepts.yaml" in str(error.value)
    assert "lan-upgrade" in str(error.value)
    assert message in str(error.value)
