"""Rules between figures, and values computed from shared ones; the numbers are worked out by hand."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import DataError
from pipeline.intake.between_figures import with_figure_rules
from pipeline.intake.figure_rules import FIGURES, QUESTIONS, check_names, read_figure_rules, read_question_rules
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context, read_observation
from pipeline.intake.reader import parse
from pipeline.intake.rows import FileKind, Intake, Observation, Reported, SubmittedFile
from pipeline.intake.shared_figures import computed_values
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.factories import csv_text

Cells = dict[str, str]
RULES = read_figure_rules(Layout().expectations)
PERIOD = Period.parse("2026")
BY_CONCEPT = {"plan": "", "group": "", "no": "", "as_of": "2026-12-01"}
DAY = {"as_of": "2026-12-01"}


def figure(concept: str, value: str, unit: str, **cells: str) -> Cells:
    return BY_CONCEPT | {"concept": concept, "value": value, "unit": unit} | cells


def received(n: str, **cells: str) -> Cells:
    return figure("dossiers-received", n, "hồ sơ", **cells)


def online(n: str, **cells: str) -> Cells:
    return figure("dossiers-online", n, "hồ sơ", **cells)


def signed(n: str, **cells: str) -> Cells:
    return figure("adults-with-signature", n, "người", **cells)


def adults(n: str, **cells: str) -> Cells:
    return figure("adult-population", n, "người", **cells)


def typed(value: str, **cells: str) -> Cells:
    return {"no": "15", "value": value, **DAY, **cells}


def records(registry: Registry, *rows: Cells, earlier: tuple[Observation, ...] = (), period: Period = PERIOD) -> Intake:
    """What the rows of one file become, without the suites, which judge each row by itself."""
    context = Context(registry, "bach-long-vi", period, earlier)
    text = csv_text(FileKind.OBSERVATIONS, *rows)
    (table,) = parse(text.encode(), f"{period}/so-lieu.csv", read_forms(Layout().headings)).tables
    read = [read_observation(row, context) for row in table.rows]
    assert not [fault for one in read for fault in one.faults]
    file = SubmittedFile(file=table.file, sha256=table.sha256, kind=table.kind, rows=len(read))
    given = tuple(one.accept(()) for one in read)
    return Intake(locality="bach-long-vi", period=str(period), files=(file,), observations=given)


def judged(registry: Registry, *rows: Cells, earlier: tuple[Observation, ...] = ()) -> Intake:
    context = Context(registry, "bach-long-vi", PERIOD, earlier)
    return with_figure_rules(records(registry, *rows, earlier=earlier), context, RULES)


# Rows, and what is found: the rule, its severity, the cell, and the parts of its message that are worked out by hand.
FOUND: list[tuple[str, tuple[Cells, ...], list[tuple[str, str, str, tuple[str, ...]]]]] = [
    ("as many online as received", (online("520"), received("520")), []),
    (
        "one more online than received",
        (online("521"), received("520")),
        [("online-within-received", "warning", "G2", ("521 (ô G2, tệp so-lieu.csv)", "520 (ô G3"))],
    ),
    (
        "received is missing",
        (online("521"),),
        [("online-within-received", "info", "G2", ("“dossiers-received”", "ô G2"))],
    ),
    (
        "of two days nothing is compared",
        (online("521"), received("520", as_of="2026-11-30")),
        [
            ("online-within-received", "info", "G2", ("“dossiers-received”",)),
            ("online-within-received", "info", "G3", ("“dossiers-online”",)),
        ],
    ),
    (
        "more fully online than online, as rates",
        (figure("full-online-dossier-rate", "80,1", "%"), figure("online-dossier-rate", "80", "%")),
        [("fully-online-rate-within-online", "warning", "G2", ("80,1 (ô G2", "80 (ô G3"))],
    ),
    ("a computed ratio that agrees to 0,1", (signed("450"), adults("600"), typed("75,1")), []),
    (
        "a typed ratio that contradicts",  # 450 / 600 = 75 %
        (signed("450"), adults("600"), typed("75,2")),
        [("formula", "warning", "G4", ("ghi 75,2% (ô G4", "75% = 450 (ô G2", "/ 600 (ô G3"))],
    ),
    (
        "a numerator without its denominator",
        (signed("450"),),
        [("formula-parts", "info", "G2", ("“adult-population”",))],
    ),
    (
        "two days",
        (signed("450"), adults("600", as_of="2026-11-30")),
        [("formula-parts", "warning", "G2", ("ngày 01/12/2026", "ngày 30/11/2026"))],
    ),
    (
        "two bases",
        (signed("450", basis="lũy kế"), adults("600", basis="tại thời điểm")),
        [("formula-parts", "warning", "G2", ("ô G3",))],
    ),
    (
        "a numerator over its denominator",
        (signed("601"), adults("600")),
        [("formula-parts", "warning", "G2", ("601 (ô G2", "600 (ô G3"))],
    ),
    ("two values of one figure are compared with nothing", (signed("450"), adults("600"), adults("601")), [
        ("formula-parts", "warning", "G2", ("ô G3", "ô G4")),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "found"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND])
def test_figures_that_do_not_fit_are_told_with_both_cells(registry: Registry, rows, found) -> None:
    intake = judged(registry, *rows)
    assert [(f.rule, f.severity, f.origin.cell) for f in intake.findings] == [f[:3] for f in found]
    for finding, (*_, parts) in zip(intake.findings, found, strict=True):
        assert all(part in finding.message for part in parts), finding.message
        assert finding.remedy
    assert len(intake.observations) == len(rows)  # nothing is kept out
    flagged = {f.origin.line: f.rule for f in intake.findings if f.severity == "warning"}
    assert {o.origin.line: o.flags[0] for o in intake.observations if o.flags} == flagged
    broken = {(r.rule, line) for r in intake.results for line in r.lines}
    assert broken == {(rule, line) for line, rule in flagged.items()}


@pytest.mark.parametrize(
    ("now", "before", "basis", "said"),
    [
        ("660", "600", "tại thời điểm", ""),  # 10 %
        ("661", "600", "tại thời điểm", "tăng 10,2%"),  # 61 / 600 = 10,17
        ("539", "600", "", "giảm 10,2%"),
        ("900", "600", "lũy kế", ""),  # a count since the start of the year grows
    ],
)
def test_a_denominator_that_moves_by_more_than_a_tenth_is_told(registry, now, before, basis, said) -> None:
    old = records(registry, adults(before, as_of="2025-12-01", basis=basis), period=Period.parse("2025"))
    intake = judged(registry, signed("1", basis=basis), adults(now, basis=basis), earlier=old.observations)
    found = [f for f in intake.findings if f.rule == "denominator-moved"]
    assert bool(found) is bool(said)
    if found:
        assert found[0].origin.cell == "G3"
        assert said in found[0].message
        assert f"{before} (ô G2, tệp so-lieu.csv)" in found[0].message


def test_a_denominator_of_a_row_moves_too(registry) -> None:
    row = typed("", numerator="10", denominator="100", no="13")
    old = records(registry, row | {"as_of": "2025-12-01"}, period=Period.parse("2025"))
    intake = judged(registry, row | {"denominator": "111"}, earlier=old.observations)
    assert [f.rule for f in intake.findings] == ["denominator-moved"]


def test_published_parts_add_up(registry) -> None:
    names = ("Nhiệm vụ hoàn thành", "Nhiệm vụ hoàn thành đúng hạn", "Nhiệm vụ hoàn thành quá hạn")
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(("subject", "name", "value", "unit", "source"))
    writer.writerows(
        ("tasks", n, v, "nhiệm vụ", "báo") for n, v in zip(names, ("6.932", "5.361", "1.111"), strict=True)
    )
    (read,) = parse(table.getvalue().encode(), "x.csv", read_forms(Layout().headings)).tables
    rows = tuple(
        Reported(
            subject="tasks",
            name=r.cells["name"],
            value=r.cells["value"],
            unit=r.cells["unit"],
            source="báo",
            origin=r.at("value"),
        )
        for r in read.rows
    )
    file = SubmittedFile(file="x.csv", sha256=read.sha256, kind=FileKind.REPORTED, rows=3)
    intake = Intake(locality="cat-hai", period="2026", files=(file,), reported=rows)
    found = with_figure_rules(intake, Context(registry, "cat-hai", PERIOD), RULES)
    (finding,) = found.findings
    assert (finding.rule, finding.origin.cell) == ("done-tasks-add-up", "C2")
    assert "6.932 (ô C2, tệp x.csv) khác" in finding.message
    assert finding.message.endswith("= 6.472")  # 5.361 + 1.111
    assert [(r.rule, r.holds) for r in found.results if not r.holds] == [("done-tasks-add-up", False)]


COUNTS = st.integers(0, 10**6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(above=COUNTS, below=COUNTS, order=st.permutations(range(4)), ratio=st.integers(0, 100))
def test_the_order_of_rows_changes_nothing_and_a_formula_is_its_quotient(registry, above, below, order, ratio) -> None:
    rows = [signed(str(above)), adults(str(below)), typed(str(ratio)), online("5")]
    shuffled = [rows[place] for place in order]
    one, other = judged(registry, *rows), judged(registry, *shuffled)
    assert sorted((f.rule, f.severity) for f in one.findings) == sorted((f.rule, f.severity) for f in other.findings)
    values = computed_values(registry, "bach-long-vi", other.observations)
    if not 0 < above <= below and not (above == 0 < below):
        assert values == ()
        return
    # The same row with the two numbers in its own cells.
    (own,) = records(registry, typed("", numerator=str(above), denominator=str(below))).observations
    (value,) = values
    same = ("code", "value", "numerator", "denominator", "unit", "concept", "scope", "as_of", "text", "edition")
    assert {name: getattr(value, name) for name in same} == {name: getattr(own, name) for name in same}
    assert sorted(o.line for o in value.computed_from) == sorted(order.index(place) + 2 for place in (0, 1))


def _broken_file(tmp_path: Path, name: str, change: dict[str, Any]) -> Path:
    document = json.loads((Layout().expectations / name).read_text("utf-8"))
    document["rules"][0] |= change
    (tmp_path / name).write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (FIGURES, {"operator": "<"}, "operator"),
        (FIGURES, {"type": "so-sanh"}, "type lạ"),
        (FIGURES, {"tolerance": "0.1"}, "dấu nháy"),
        (FIGURES, {"severity": "critical"}, "severity"),  # a rule between figures refuses nothing
        (FIGURES, {"lefts": []}, "khóa lạ"),
        (FIGURES, {"left": []}, "left"),
        (FIGURES, {"right": ["dossiers-online"]}, "cả hai vế"),
        (FIGURES, {"rule": "formula"}, "hai lần"),
        (FIGURES, {"left": ["dossier-online"]}, "chắc là dossiers-online"),
        (QUESTIONS, {"z": -1}, "z"),
        (QUESTIONS, {"values": 6.5}, "values"),
        (QUESTIONS, {"severity": "critical"}, "khóa lạ"),
    ],
)
def test_a_slip_in_the_files_of_rules_is_named(tmp_path, registry, name, change, said) -> None:
    folder = _broken_file(tmp_path, name, change)
    with pytest.raises(DataError, match=said) as error:
        if name == FIGURES:
            check_names(read_figure_rules(folder), registry.concepts)
        else:
            read_question_rules(folder)
    assert str(error.value).startswith(f"{name}: ")
    assert "\n" not in str(error.value)


def test_the_files_of_rules_name_what_there_is(registry) -> None:
    check_names(RULES, registry.concepts)
    assert len(read_question_rules(Layout().expectations).rules) == 3
    assert Decimal(str(RULES.rules[-2].model_dump()["tolerance"])) == Decimal("0.1")
