from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.errors import DataError
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context
from pipeline.intake.reader import parse
from pipeline.intake.revisions import received_on
from pipeline.intake.rows import Absence, FileKind, Intake
from pipeline.intake.validate import validate, validate_period
from pipeline.intake.values import ABSENCE_WORDS
from pipeline.paths import Layout
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.registry import Registry
from pipeline.report.words import VIETNAMESE
from pipeline.senders.receipt import receipts
from tests.factories import csv_text
from tests.intake.outcomes import N, registry

Q1 = Period.parse("2026-Q1")
DAY = {"as_of": "2026-03-01"}


def _send(layout: Layout, name: str, *rows: dict[str, str]) -> None:
    folder = layout.submissions / "bach-long-vi" / "2026-Q1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(csv_text(FileKind.OBSERVATIONS, *(DAY | row for row in rows)), "utf-8")


def _correct(layout: Layout, text: str) -> Path:
    folder = layout.corrections / "bach-long-vi" / "2026-Q1"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "phieu-01.yaml"
    path.write_text(text, "utf-8")
    return path


def _intake(layout: Layout, registry: Registry, known_at: date | None = None) -> Intake:
    return validate_period(layout, registry, "bach-long-vi", Q1, known_at)


CORRECTION = """
- subject: bach-long-vi-2026/II.13
  was: "80"
  value: "79,5"
  reason: Đếm trùng 5 hồ sơ
  office: Văn phòng HĐND và UBND đặc khu
  decided_on: 2026-04-20
  status: approved
"""


def test_the_day_of_a_file(calendar: Calendar) -> None:
    assert received_on("a/2026-04-10-so-lieu.xlsx", Q1, calendar) == date(2026, 4, 10)
    assert received_on("a/so-lieu.xlsx", Q1, calendar) == date(2026, 3, 14)
    assert received_on("a/10-03-2026-so-lieu.csv", Q1, calendar) == date(2026, 3, 10)


def test_a_day_first_in_the_name_counts_as_the_same_day_in_the_usual_form(layout: Layout, registry: Registry) -> None:
    _send(layout, "10-03-2026-so-lieu.csv", {"value": "80"})
    _send(layout, "2026-03-12-so-lieu.csv", {"value": "79,5"})
    (kept,) = _intake(layout, registry).observations
    assert kept.text == "79,5"


@pytest.mark.parametrize("known_at", [None, date(2026, 3, 1)])
@pytest.mark.parametrize("name", ["2026-02-30-so-lieu.csv", "2026-02-30-ban-ky.pdf"])
def test_a_file_of_a_day_that_is_none_is_refused_by_name(
    name: str, known_at: date | None, layout: Layout, registry: Registry
) -> None:
    _send(layout, "2026-03-12-so-lieu.csv", {"value": "79,5"})
    _send(layout, "2026-02-20-so-lieu.csv", {"value": "79,4"})
    _send(layout, name, {"value": "80"})
    with pytest.raises(DataError) as raised:
        _intake(layout, registry, known_at)
    (finding,) = raised.value.findings
    assert (finding.file.rpartition("/")[2], finding.rule) == (name, "file-date")
    assert "2026-02-30" in finding.message
    assert "2026-04-10-so-lieu.xlsx" in finding.remedy


def test_a_later_file_replaces_indicator_by_indicator(layout: Layout, registry: Registry) -> None:
    _send(layout, "dau.csv", {"value": "80"}, {"no": "14", "value": "90"})
    _send(layout, "2026-04-10-sua.csv", {"value": "82", "note": "Bổ sung hồ sơ tháng 3"})
    intake = _intake(layout, registry)
    assert {o.label: o.text for o in intake.observations} == {"II.13": "82", "II.14": "90"}
    (revision,) = intake.revisions
    assert (revision.before, revision.after, revision.on) == ("80", "82", date(2026, 4, 10))
    assert revision.reason == "Bổ sung hồ sơ tháng 3"
    assert (intake.received, intake.accepted, intake.replaced) == (3, 3, 1)


def test_a_later_row_replaces_a_quarantined_one(layout: Layout, registry: Registry) -> None:
    _send(layout, "dau.csv", {"value": "gần 80"})
    assert len(_intake(layout, registry).out) == 1
    _send(layout, "2026-04-10-sua.csv", {"value": "80"})
    intake = _intake(layout, registry)
    assert intake.out == ()
    replaced_by = intake.quarantined[0].replaced_by
    assert replaced_by is not None
    assert replaced_by.file.endswith("2026-04-10-sua.csv")
    assert intake.received == intake.accepted + len(intake.quarantined) == 2


def test_a_bad_later_row_leaves_the_earlier_value(layout: Layout, registry: Registry) -> None:
    _send(layout, "dau.csv", {"value": "80"})
    _send(layout, "2026-04-10-sua.csv", {"value": "tám mươi"})
    intake = _intake(layout, registry)
    assert [o.text for o in intake.observations] == ["80"]
    assert len(intake.out) == 1


def test_an_approved_correction_changes_the_value_and_names_the_office(layout: Layout, registry: Registry) -> None:
    _send(layout, "dau.csv", {"value": "80"})
    path = _correct(layout, CORRECTION)
    intake = _intake(layout, registry)
    (observation,) = intake.observations
    assert observation.value is not None
    assert observation.value.exact == Decimal("79.5")
    assert observation.origin.file == layout.relative(path)
    (revision,) = intake.revisions
    assert (revision.office, revision.reason) == ("Văn phòng HĐND và UBND đặc khu", "Đếm trùng 5 hồ sơ")


@pytest.mark.parametrize("status", ["proposed", "withdrawn"])
def test_a_correction_that_is_not_approved_changes_nothing(layout: Layout, registry: Registry, status: str) -> None:
    _send(layout, "dau.csv", {"value": "80"})
    _correct(layout, CORRECTION.replace("approved", status))
    assert [o.text for o in _intake(layout, registry).observations] == ["80"]


def test_what_was_known_on_a_day_can_be_computed_again(layout: Layout, registry: Registry) -> None:
    _send(layout, "dau.csv", {"value": "80"})
    _correct(layout, CORRECTION)
    _send(layout, "2026-05-05-sua.csv", {"value": "81"})
    days = [date(2026, 3, 1), date(2026, 4, 1), date(2026, 4, 20), date(2026, 5, 5)]
    texts = [[o.text for o in _intake(layout, registry, day).observations] for day in days]
    assert texts == [[], ["80"], ["79,5"], ["81"]]
    assert [o.text for o in _intake(layout, registry).observations] == ["81"]
    assert len(_intake(layout, registry).revisions) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("was: \"80\"", "was: \"90\""), "hiện là “80”"),
        (("II.13", "II.99"), "không có số liệu nào"),
        (("value: \"79,5\"", "value: \"gần 80\""), "con số ước chừng"),
        (("value: \"79,5\"", "x: \"79,5\""), r"dòng [1-9] của tệp, x"),
        (("2026-04-20", "hôm qua"), "decided_on"),
        (("- subject", "- - subject"), "dòng 3"),
        (("2026-04-20", "2026-13-40"), "không có ngày “2026-13-40” trong lịch"),
    ],
)  # fmt: skip
def test_a_correction_that_does_not_fit_stops_the_report_and_is_named(
    layout: Layout, registry: Registry, change: tuple[str, str], message: str
) -> None:
    _send(layout, "dau.csv", {"value": "80"})
    _correct(layout, CORRECTION.replace(*change))
    with pytest.raises(DataError, match=message) as raised:
        _intake(layout, registry)
    assert raised.value.findings[0].file.endswith("phieu-01.yaml")


def test_two_files_of_one_day_must_not_contradict(layout: Layout, registry: Registry) -> None:
    _send(layout, "2026-04-10-a.csv", {"value": "80"})
    _send(layout, "2026-04-10-b.csv", {"value": "81"})
    with pytest.raises(DataError, match=r"2026-04-10-so-lieu\.xlsx"):
        _intake(layout, registry)


def test_the_same_figures_in_two_files_of_a_day_are_no_contradiction() -> None:

    period, forms = Period.parse("2026-Q1"), read_forms(Layout().headings)
    text = f"STT;Chỉ tiêu;Kết quả;Nguồn\n1;{N};{{}};BC 45\n"

    def both(*values: str) -> Intake:
        files = [parse(text.format(v).encode(), f"{n}.csv", forms, period) for n, v in enumerate(values)]
        return validate(files, Context(registry(), "binh-giang", period), Layout().expectations)

    assert [o.text for o in both("88,25", "88,25").observations] == ["88,25"]
    with pytest.raises(DataError) as raised:
        both("88,25", "77")
    assert [(f.place, "88,25" in f.message, "77" in f.message) for f in raised.value.findings] == [
        ("ô C2", True, True)
    ] * 2


def test_two_tables_of_one_file_may_not_contradict() -> None:

    period = Period.parse("2026-Q1")
    table = f"STT;Chỉ tiêu;Kết quả;Nguồn\n1;{N};{{}};BC 45\n"
    submission = parse(
        (table.format("88,25") + "\n" + table.format("77")).encode(), "a.csv", read_forms(Layout().headings), period
    )
    with pytest.raises(DataError, match="nói khác nhau"):
        validate([submission], Context(registry(), "binh-giang", period), Layout().expectations)


def test_an_absence_is_told_in_words_and_a_correction_may_name_it_either_way(
    layout: Layout, registry: Registry
) -> None:
    assert {a: VIETNAMESE.text(f"status.{a}") for a in Absence} == dict(ABSENCE_WORDS)
    _send(layout, "2026-03-01-dau.csv", {"value": "80"})
    _send(layout, "2026-03-05-sua.csv", {"value": "", "absence": "not-submitted"})
    sent = _intake(layout, registry)
    assert [(r.before, r.after) for r in sent.revisions] == [("80", "chưa có số liệu")]
    assert "not-submitted" not in "".join(str(row) for one in receipts(sent) for row in one.understood)
    for was in ("not-submitted", "chưa có số liệu"):
        _correct(layout, CORRECTION.replace('"80"', was))
        corrected = _intake(layout, registry)
        assert [(r.before, r.after) for r in corrected.revisions][1:] == [("chưa có số liệu", "79,5")], was
        assert [o.text for o in corrected.observations] == ["79,5"]
