"""Parts of one answer: names of files that are one, and what stands where agencies say different things."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DataError
from pipeline.intake.agency_parts import Senders, settle
from pipeline.intake.file_names import agency_in, agency_of_form, received_day
from pipeline.intake.rows import CORRECTED, Absence, FileKind, Interval, Observation, Origin
from pipeline.intake.scope import Whose
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.lead_agencies import LeadAgencies
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry, read_registry
from tests.factories import csv_text

PERIOD = Period(2026, "Q1")
DECIDED = (CORRECTED,)
A, B, C = "Phòng A", "Phòng B", "Phòng C"
LEADS = LeadAgencies({"k/I.1": (A,), "k/I.2": (A, B)}, {}, {}, {})
SENDERS = Senders({"a.csv": A, "b.csv": B, "c.csv": C}, LEADS)


@pytest.mark.parametrize(
    ("name", "agency"),
    [
        ("2026-04-05-phan-cua-phong-kinh-te.xlsx", "phong-kinh-te"),
        ("2026-04-05 Phần của Phòng Kinh tế.xlsx", "phong-kinh-te"),
        ("ngày 5 tháng 4 năm 2026 Phần của Phòng Văn hóa - Xã hội (1).xlsx", "phong-van-hoa-xa-hoi"),
        ("20260405_0815_PHAN_CUA_Công an đặc khu_ban sua.csv", "cong-an-dac-khu"),
        ("2026-04-10-2026-04-05-phan-cua-phong-kinh-te.xlsx.danh-dau.xlsx", "phong-kinh-te"),
        ("phan-cua-phong-kinh-te.xlsx", "phong-kinh-te"),
        ("2026-04-05-phan-cua-.xlsx", "?"),
        ("2026-04-05-phan-cua-TP. Hải Phòng.xlsx", "tp-hai-phong"),
        # Files of the whole locality, as they have always been named.
        ("2026-04-10-so-lieu.xlsx", ""),
        ("2026-04-10-phong-kinh-te.xlsx", ""),
        ("so-lieu-phan-cua-phong-kinh-te.xlsx", ""),
        ("2026-04-10-phan-mem.xlsx", ""),
        ("2026-04-10-thanh-phan-cua-ban.xlsx", ""),
    ],
)
def test_the_name_of_a_part(name: str, agency: str) -> None:
    assert agency_in(name) == agency
    if agency:
        assert received_day(name) == received_day(name.partition("phan-cua")[0] if "-phan-cua" in name else name)


def test_a_form_sent_under_its_own_name_is_of_its_agency() -> None:
    assert agency_of_form("2026-04-05-bieu-mau-cat-hai-2026-Q1-phong-kinh-te.xlsx") == "phong-kinh-te"
    assert agency_of_form("2026-04-05-bieu-mau-cat-hai-2026-Q1.xlsx") == ""
    assert agency_of_form("2026-04-05-bieu-mau-cat-hai-2026-9M-lan-2.xlsx") == "lan-2"  # no agency: of the locality


def test_every_agency_can_name_its_part_in_each_of_its_forms(registry: Registry) -> None:
    for place in ("bach-long-vi", "binh-giang", "cat-hai", "hai-phong"):
        leads = LeadAgencies.of(registry, place, PERIOD.cut_off(registry.calendar))
        whose = Whose.of(place, registry.localities, PERIOD, {})
        assert leads.names
        for name in leads.names:
            for written in (name, leads.ids[name]):
                file = f"2026-04-05-phan-cua-{written}.xlsx"
                assert leads.named(agency_in(file)) == name
                assert not whose.other_in_name(file)  # the name of an office is no other place and no other period
        assert set(leads.by_slug.values()) == set(leads.names)


def _row(file: str, code: str, value: str, flags: tuple[str, ...] = ()) -> Observation:
    number = Interval(low=Decimal(value), high=Decimal(value)) if value else None
    return Observation(
        plan="k",
        key=("", *code.split("/")[1].split(".")),
        concept="x",
        unit="%",
        value=number,
        text=value,
        as_of=dt.date(2026, 3, 1),
        as_of_stated=True,
        absence=None if value else Absence.NOT_SUBMITTED,
        source="s",
        origin=Origin(file=file, sha256="0" * 64, line=2, column="C"),
        flags=flags,
    )


@pytest.mark.parametrize(
    ("rows", "standing", "out"),
    [
        ([("a.csv", "k/I.1", "1"), ("b.csv", "k/I.1", "1")], {"a.csv"}, set()),
        ([("a.csv", "k/I.1", "1"), ("b.csv", "k/I.1", "2")], {"a.csv"}, {"b.csv"}),  # A leads
        ([("a.csv", "k/I.2", "1"), ("b.csv", "k/I.2", "2")], set(), {"a.csv", "b.csv"}),  # both lead
        ([("a.csv", "k/I.2", "1"), ("b.csv", "k/I.2", "1"), ("c.csv", "k/I.2", "3")], {"a.csv"}, {"c.csv"}),
        ([("a.csv", "k/I.3", "1"), ("b.csv", "k/I.3", "2")], set(), {"a.csv", "b.csv"}),  # nobody leads
        ([("a.csv", "k/I.2", ""), ("b.csv", "k/I.2", "2")], {"b.csv"}, set()),  # “chưa có số liệu” gives way
        ([("a.csv", "k/I.1", ""), ("b.csv", "k/I.1", "2")], {"a.csv"}, {"b.csv"}),  # but not that of the leading one
        (
            [("a.csv", "k/I.1", "1"), ("b.csv", "k/I.1", "2", (CORRECTED,))],
            {"b.csv"},
            {"a.csv"},
        ),  # a decided correction
        ([("a.csv", "k/I.1", "1", DECIDED), ("b.csv", "k/I.1", "2", DECIDED)], {"b.csv"}, set()),
        ([("x.csv", "k/I.1", "5"), ("b.csv", "k/I.1", "2")], {"x.csv"}, {"b.csv"}),  # the whole locality
    ],
)
def test_what_several_agencies_say_of_one_row(rows: list[tuple[Any, ...]], standing: set[str], out: set[str]):
    settled = settle([_row(*row) for row in rows], SENDERS, lambda _: dt.date(2026, 4, 1))
    assert {r.origin.file for r in settled.standing} == standing
    assert {r.origin.file for r, _ in settled.out} == out
    for record, finding in settled.out:
        others = [file for file, *_ in rows if file != record.origin.file]
        assert (finding.origin, finding.severity) == (record.origin, "critical")
        assert any(f"ô C2, tệp {file}" in finding.message for file in others)
    assert all(finding.severity == "warning" for finding in settled.findings)


_ROWS = st.lists(
    st.tuples(st.sampled_from(["a.csv", "b.csv", "c.csv"]), st.sampled_from(["k/I.1", "k/I.2", "k/I.3"]),
              st.sampled_from(["", "1", "2"])),
    max_size=6,
    unique_by=lambda row: row[:2],
)  # fmt: skip


@given(rows=_ROWS, data=st.data())
def test_the_order_of_the_parts_changes_nothing_and_nothing_is_lost(rows, data) -> None:
    records = [_row(*row) for row in rows]
    shuffled = data.draw(st.permutations(records))
    one, other = (settle(given, SENDERS, lambda _: dt.date(2026, 4, 1)) for given in (records, shuffled))
    assert {r.origin.file + r.code for r in one.standing} == {r.origin.file + r.code for r in other.standing}
    assert {r.origin.file + r.code for r, _ in one.out} == {r.origin.file + r.code for r, _ in other.out}
    values = {(r.code, r.value) for r in records if r.value}
    kept = {(r.code, r.value) for r in (*one.standing, *(r for r, _ in one.out)) if isinstance(r, Observation)}
    assert values <= kept
    for record in one.standing:  # an agency never takes the place of one that leads the row
        assert SENDERS.may_answer(record.origin.file, record) or not any(
            SENDERS.may_answer(r.origin.file, r) for r in records if r.code == record.code
        )


def test_only_a_later_file_of_the_same_sender_or_of_the_locality_revises() -> None:
    row = _row("a.csv", "k/I.1", "1")
    again, whole = Senders({"a.csv": A, "a2.csv": A, "b.csv": B}, LEADS), "x.csv"
    pairs = [("a2.csv", "a.csv"), ("b.csv", "a.csv"), (whole, "a.csv"), ("a.csv", whole), ("b.csv", whole)]
    revises = {pair: again.revises(*pair, row) for pair in pairs}
    assert revises == {
        ("a2.csv", "a.csv"): True,
        ("b.csv", "a.csv"): False,
        (whole, "a.csv"): True,
        ("a.csv", whole): True,
        ("b.csv", whole): False,  # A leads the row
    }
    nothing = row.model_copy(update={"value": None, "absence": Absence.NOT_SUBMITTED})
    assert not again.revises(whole, "a.csv", nothing)  # “chưa có số liệu” takes no figure from an agency
    assert again.revises("a2.csv", "a.csv", nothing)


def test_a_row_of_another_agency_is_used_and_remarked_on() -> None:
    alone = settle([_row("b.csv", "k/I.1", "1")], SENDERS, lambda _: dt.date(2026, 4, 1))
    assert len(alone.standing) == 1
    (told,) = alone.findings
    assert (told.severity, f"{A} chủ trì, {B} gửi" in told.message) == ("warning", True)


def test_the_part_of_an_office_that_leads_nothing_is_refused_with_the_list(layout: Layout) -> None:
    folder = layout.submissions / "cat-hai" / str(PERIOD)
    folder.mkdir(parents=True)
    path = Path(folder, "2026-04-05-phan-cua-phong-y-te.csv")
    path.write_text(csv_text(FileKind.OBSERVATIONS, {"plan": "", "code": "cat-hai-nq57/PL1.I.1"}), "utf-8")
    with pytest.raises(DataError, match="part-agency") as refused:
        validate_period(layout, read_registry(layout, "cat-hai"), "cat-hai", PERIOD)
    [finding] = refused.value.findings
    assert "phong-y-te" in finding.message
    assert "phong-van-hoa-xa-hoi (Phòng Văn hóa - Xã hội)" in finding.remedy
