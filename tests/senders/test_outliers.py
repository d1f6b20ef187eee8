"""Questions about values unlike others: the measure by hand, when it is asked, and that nothing follows of it."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.completion.evaluate import evaluate
from pipeline.dataset.arrow_files import table_of, write_csv
from pipeline.inputs.peers import published_peers
from pipeline.intake.figure_rules import read_question_rules
from pipeline.intake.rows import FileKind, Intake, Observation, Origin, SubmittedFile
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.explain import explain, find_row
from pipeline.senders.form import HEAD, INDICATORS, form_of
from pipeline.senders.form_workbook import write_template
from pipeline.senders.outliers import QUESTION, modified_z, questions
from pipeline.senders.receipt import receipts
from pipeline.senders.receive import receive, validate_and_answer
from pipeline.steps import Run
from pipeline.typed_frame import Dtype, FrameColumn
from tests.factories import exactly, submit

RULES = read_question_rules(Layout().expectations)
FILE = "2026/so-lieu.csv"
THING = ("online-dossier-rate", "%", "")
SIX = ("50", "52", "54", "56", "58", "60")
"""Median 55; deviations 5 3 1 1 3 5, so MAD 3."""


@pytest.mark.parametrize(
    ("value", "others", "z"),
    [
        ("55", SIX, Fraction(0)),
        ("70", SIX, Fraction("3.3725")),  # 0.6745 · 15 / 3
        ("71", SIX, Fraction("3.5973333333") + Fraction(1, 3 * 10**10)),  # 0.6745 · 16 / 3 = 10.792 / 3
        # Median 80, deviations 0 0 0 0 0 6: MAD 0, their mean 1.
        ("85", ("80", "80", "80", "80", "80", "86"), Fraction(5) / Fraction("1.253314")),
        ("81", ("80",) * 6, None),
        ("80", (), None),
    ],
)
def test_the_modified_z_is_that_computed_by_hand(value, others, z) -> None:
    assert modified_z(Decimal(value), [*map(Decimal, others)]) == z


def observed(value: str, year: int, line: int = 2, concept: str = "online-dossier-rate", **more: object) -> Observation:
    return Observation(
        plan="bach-long-vi-2026",
        key=("", "II", "13"),
        concept=concept,
        unit="%",
        value=exactly(value),
        text=value,
        as_of=dt.date(year, 12, 1),
        as_of_stated=True,
        source="Hệ thống",
        edition=str(year),
        origin=Origin(file=FILE, sha256="0" * 64, line=line, column="G"),
    ).model_copy(update=more)


def intake(value: str, *earlier: str) -> Intake:
    before = tuple(observed(v, 2026 - len(earlier) + number) for number, v in enumerate(earlier))
    file = SubmittedFile(file=FILE, sha256="0" * 64, kind=FileKind.OBSERVATIONS, rows=1)
    sent = (observed(value, 2026),)
    return Intake(locality="bach-long-vi", period="2026", files=(file,), observations=sent, earlier=before)


def asked(sent: Intake, peers: dict[str, str] | None = None) -> list[str]:
    others = {THING: {place: Decimal(value) for place, value in (peers or {}).items()}}
    return [finding.rule for finding in questions(sent, RULES, others)]


PEERS = dict(zip("abcdef", SIX, strict=True))
ASKED: list[tuple[str, Intake, dict[str, str], list[str]]] = [
    ("just under 3.5", intake("70", *SIX), {}, []),
    ("over 3.5", intake("71", *SIX), {}, ["unlike-before"]),
    ("below", intake("39", *SIX), {}, ["unlike-before"]),
    ("five values are too few", intake("71", *SIX[:5]), {}, []),
    ("as its peers", intake("70"), PEERS, []),
    ("unlike its peers", intake("71"), PEERS, ["unlike-peers"]),
    ("five peers are too few", intake("71"), {k: v for k, v in PEERS.items() if k != "f"}, []),
    ("no peers, no question", intake("71"), {}, []),
    ("100 % for the third time", intake("100", "90", "100", "100"), {}, ["always-full"]),
    ("100 % for the second time", intake("100", "90", "100"), {}, []),
    ("not this time", intake("99", "100", "100", "100"), {}, []),
]


@pytest.mark.parametrize(("sent", "peers", "rules"), [case[1:] for case in ASKED], ids=[case[0] for case in ASKED])
def test_a_value_unlike_others_is_asked_about(sent: Intake, peers, rules) -> None:
    assert asked(sent, peers) == rules
    (receipt,) = receipts(sent, questions(sent, RULES, {THING: {k: Decimal(v) for k, v in peers.items()}}))
    assert [point.rule for point in receipt.questions] == rules
    assert all((p.cell, p.severity) == ("G2", QUESTION) and "?" in p.message for p in receipt.questions)
    assert (receipt.critical, receipt.warned, receipt.accepted) == ([], [], 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.integers(95, 100), history=st.lists(st.integers(0, 94), max_size=8), order=st.randoms())
def test_an_odd_value_counts_as_any_other_and_order_changes_nothing(registry: Registry, value, history, order) -> None:
    odd, common = intake(str(value), *map(str, history)), intake("95", *map(str, history))
    locality, period = registry.locality("bach-long-vi"), Period.parse("2026")
    before = odd.model_dump_json()
    rules = asked(odd, PEERS)
    assert odd.model_dump_json() == before
    # Both reach the target of at least 95 %, whatever is asked about the one.
    assert evaluate(registry, locality, period, odd).rate == evaluate(registry, locality, period, common).rate
    shuffled = [*odd.earlier]
    order.shuffle(shuffled)
    assert asked(odd.model_copy(update={"earlier": tuple(shuffled)}), PEERS) == rules


def _publish(layout: Layout, period: str, rows: dict[str, float | None], *, made_up: bool = False) -> None:
    path = layout.dataset / "csv" / "indicators" / "31" / f"{period}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = (
        FrameColumn[tuple[str, float | None]]("locality", lambda row: row[0], "nơi"),
        FrameColumn[tuple[str, float | None]]("concept", lambda _: THING[0], "khái niệm"),
        FrameColumn[tuple[str, float | None]]("unit", lambda _: "%", "đơn vị"),
        FrameColumn[tuple[str, float | None]]("scope", lambda _: "", "phạm vi"),
        FrameColumn[tuple[str, float | None]]("value", lambda row: row[1], "giá trị", Dtype.NUMBER),
        FrameColumn[tuple[str, float | None]]("synthetic", lambda _: made_up, "mô phỏng", Dtype.FLAG),
    )
    write_csv(table_of(columns, [*rows.items()]), path)


def test_peers_are_published_places_of_the_same_kind(layout: Layout, registry: Registry) -> None:
    place = registry.locality("binh-giang")
    assert published_peers(layout.dataset, registry, place, "2026") == {}
    alike = [r.slug for r in registry.localities.rows if (r.type, r.parent) == (place.type, place.parent)][:4]
    zone, here, others = "cat-hai", "binh-giang", [slug for slug in alike if slug != "binh-giang"]
    rows: dict[str, float | None] = dict.fromkeys(others, 80.5)
    _publish(layout, "2026", rows | {zone: 1, here: 2, others[0]: None})
    found = published_peers(layout.dataset, registry, place, "2026")
    assert found == {THING: {slug: Decimal("80.5") for slug in others[1:]}}
    assert published_peers(layout.dataset, registry, place, "2025") == {}
    _publish(layout, "2026", rows, made_up=True)  # made-up figures are no peers of real ones
    assert published_peers(layout.dataset, registry, place, "2026") == {}
    (layout.dataset / "csv" / "indicators" / "31" / "2026.csv").write_bytes(b"\xff\x00 no more")
    assert published_peers(layout.dataset, registry, place, "2026") == {}


def test_the_receipt_asks_and_what_was_known_before_asks_nothing_of_later(layout: Layout, registry: Registry) -> None:
    place = registry.locality("binh-giang")
    alike = [r.slug for r in registry.localities.rows if (r.type, r.parent) == (place.type, place.parent)]
    _publish(layout, "2026", dict(zip([s for s in alike if s != "binh-giang"], map(float, SIX), strict=False)))
    row = {"plan": "binh-giang-2026", "group": "II", "no": "15", "value": "71", "as_of": "2026-12-01"}
    submit(layout.root, "binh-giang", "2026", FileKind.OBSERVATIONS, row)
    run = Run.open("binh-giang", "2026", layout=layout)
    said = "\n".join(validate_and_answer(run, dt.date(2026, 7, 1)))
    assert "hỏi lại" in said
    assert "[unlike-peers]" in said
    page = (run.work / "receipts" / "observations.csv.phieu.html").read_text("utf-8")
    assert "Hỏi lại: số liệu được dùng như đã gửi" in page
    assert "Tất cả 1 dòng được dùng" in page
    listed = (run.work / "receipts" / "observations.csv.loi.csv").read_text("utf-8")
    assert re.search(",hỏi lại,.*,unlike-peers\\n", listed)
    known = Run.open("binh-giang", "2026", "2026-12-31", layout=layout)
    assert "unlike-peers" not in "\n".join(validate_and_answer(known, dt.date(2026, 7, 1)))


def test_the_form_asks_for_each_shared_figure_once_and_they_come_back_as_ratios(layout: Layout) -> None:
    run = Run.open("cat-hai", "2026", layout=layout)
    form = form_of(run.registry, run.locality, run.period, ())
    names = [row[0] for row in form.figures]
    assert sorted(names) == sorted(set(names))
    # The adult population serves PL1.II.4, PL1.II.5 and PL2.II.9; PL2.II.20 has no target before 2040.
    adults = next(row for row in form.figures if row[0] == "adult-population")
    assert adults[4] == "để tính PL1.II.4, PL1.II.5, PL2.II.9"
    folder = layout.submissions / "cat-hai" / "2026"
    folder.mkdir(parents=True)
    write_template(form, folder / "so-lieu.xlsx")
    book = openpyxl.load_workbook(folder / "so-lieu.xlsx")
    sheet = book["Chỉ tiêu"]
    column = {c.value: c.column for c in sheet[HEAD]}
    lines = {sheet.cell(at, 1).value: at for at in range(HEAD + 1, sheet.max_row + 1)}
    ratio = ("Tử số", "Mẫu số", "Kết quả")
    shut = {code: [sheet.cell(lines[code], column[c]).protection.locked for c in ratio] for code in lines}
    assert shut["cat-hai-nq57/PL1.II.4"] == [True, True, True]
    assert shut["adult-population"] == [True, True, False]
    assert shut["cat-hai-nq57/PL1.I.1"] == [False, False, False]
    sent = {"adult-population": 12000, "adults-with-signature": 1500, "adults-with-digital-services": 9000}
    for figure, number in sent.items():
        for heading, cell in (("Kết quả", number), ("Ngày số liệu", dt.date(2026, 12, 1)), ("Nguồn", "Công an")):
            sheet.cell(lines[figure], column[heading], cell)
    book.save(folder / "so-lieu.xlsx")
    intake = receive(run)
    assert (intake.accepted, intake.out, [f.message for f in intake.findings if f.severity == "warning"]) == (3, (), [])
    values = {o.label: (o.value, o.text, [x.cell for x in o.computed_from]) for o in intake.computed}
    cells = {name: f"“Chỉ tiêu”!I{lines[name]}" for name in sent}
    access = (exactly("75"), "9000/12000", [cells["adults-with-digital-services"], cells["adult-population"]])
    assert values == {
        "PL1.II.4": (exactly("12.5"), "1500/12000", [cells["adults-with-signature"], cells["adult-population"]]),
        "PL1.II.5": access,
        "PL2.II.9": access,
    }
    completion = evaluate(run.registry, run.locality, run.period, intake)
    rows = {row.code: row for plan in completion.plans for row in plan.indicators}
    assert rows["cat-hai-nq57/PL1.II.4"].status.value == "met"  # at least 10 by 2030
    assert rows["cat-hai-nq57/PL1.II.4"].observation == intake.computed[0]
    assert completion.unplaced == ()
    told = "\n".join(explain(completion, intake, *find_row(completion, "cat-hai-nq57/PL1.II.4")))
    assert all(f"so-lieu.xlsx, {cells[name]}" in told for name in ("adults-with-signature", "adult-population"))
    assert "1.500/12.000" in told
    assert INDICATORS[8].heading == "Kết quả"  # column I


def test_questions_are_no_input_of_a_report_and_rules_between_figures_are(layout: Layout) -> None:
    from pipeline.inputs.describe import describe_shared
    from pipeline.plans.registry import read_method

    names = {Path(file.path).name for file in describe_shared(layout, read_method(layout)).expectations}
    assert names == {"figures.json", "observations.json", "reading.json", "reported.json", "tasks.json"}
    assert json.loads((layout.expectations / "questions.json").read_text("utf-8"))["rules"]
