"""Sentences of page and Word that must be true of every report: names of kinds, zeros, silence, ended plans."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import cache

import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion
from pipeline.completion.statuses import BEHIND, Status
from pipeline.intake.rows import Intake
from pipeline.paths import Layout
from pipeline.report.cell_texts import baseline
from pipeline.report.due_targets import DueTargets
from pipeline.report.lead import Case
from pipeline.report.not_met_words import not_met_kinds, not_met_parts
from pipeline.report.page import Page
from pipeline.report.words import VIETNAMESE, Words
from tests.made_up_year import EDITIONS, write_cat_hai, write_perfect_year, write_year
from tests.report.test_year import _official, _paragraphs, _report, _text
from tests.report.what_is_said import contradictions, said

Report = tuple[Completion, Intake]
Reports = Callable[..., Report]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    return _reports(write_year(tmp_path_factory.mktemp("walk")))


@pytest.fixture(scope="module")
def cat_hai(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    return _reports(write_cat_hai(tmp_path_factory.mktemp("cat-hai")))


@pytest.fixture(scope="module")
def perfect(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    return _reports(write_perfect_year(tmp_path_factory.mktemp("perfect")))


def _reports(layout: Layout) -> Reports:
    """The reports of a project, each computed once."""
    return cache(lambda period, locality="binh-giang": _report(layout, period, locality))


def _page(report: Report, language: str = "vi") -> Page:
    return Page(*report, "0" * 64, language)


def _said(report: Report) -> str:
    return _paragraphs(_official(report))


def test_the_table_of_agencies_says_what_it_leaves_out(walk: Reports) -> None:
    """15 of 22 indicators, 5 commitments and 4 of 31 tasks name no agency; the table adds up to less than 22."""
    report = walk("2026-F")
    completion = report[0]
    assert sum(agency.rate.total for agency in completion.agencies) < completion.rate.total
    agencies = _text(_page(report).agencies())
    assert "lớn hơn" not in agencies
    assert "cộng các dòng không ra số chung của địa phương" in agencies
    told = "Chưa có cơ quan chủ trì, vì kế hoạch không nêu: 15 chỉ tiêu"
    assert f"{told}, 5 cam kết và 4 nhiệm vụ" in agencies
    assert agencies.count("Nhiệm vụ 9.1: Xây dựng và ban hành Kế hoạch hưởng ứng") == 1
    named = [task.model_copy(update={"lead": ("Văn phòng",)}) for task in completion.plans[0].tasks]
    plan = completion.plans[0].model_copy(update={"tasks": tuple(named)})
    all_named = completion.model_copy(update={"plans": (plan,)})
    assert f"{told} và 5 cam kết" in _text(_page((all_named, report[1])).agencies())


def test_tasks_without_an_agency_are_listed_before_their_plan_begins(walk: Reports) -> None:
    """The plan of Bình Giang of 2026, at the end of 2025: its 4 tasks stand in no table yet."""
    page = _page(walk("2025"))
    told = _text(page.agencies())
    assert "vì kế hoạch không nêu: 16 chỉ tiêu, 5 cam kết và 4 nhiệm vụ" in told
    assert told.count("Nhiệm vụ ") == 4
    assert ("agencies", "Theo cơ quan chủ trì") in page.contents_list


def test_an_agency_that_does_everything_reaches_all_of_each_kind_of_task(perfect: Reports, walk: Reports) -> None:
    """Of a silent agency nothing is said to be none, and tasks past their deadline are told."""
    rows = LexborHTMLParser(_page(perfect("2026-F")).agencies().html).css("tbody tr")
    cells = {row.css_first("th").text(): [cell.text() for cell in row.css("td")] for row in rows}
    office = next(texts for name, texts in cells.items() if name.startswith("Phòng Văn hóa - Xã hội"))
    dated, recurring, undated, overdue, not_reported = office[3:]
    assert (overdue, not_reported) == ("–", "0"), "no task of the office has a deadline"
    totals = [int(part) for text in (dated, recurring, undated) if text != "–" for part in text.split("/")]
    assert sum(totals[::2]) == sum(totals[1::2]) == 10
    silent = _text(_page(walk("2026-9M", "bach-long-vi")).agencies())
    assert "–/" in silent
    assert " 0/" not in silent


def test_what_fell_due_without_a_value_is_named(walk: Reports, cat_hai: Reports) -> None:
    """On 31 December the office says that it has no figure for II.16; of Cát Hải 25 of 30 are due without one."""
    report = walk("2026-F")
    page = _page(report)
    told = "Trong 17 mục tiêu đã đến hạn (năm 2026), 14 đạt, 2 không đạt, 1 chưa có số liệu."
    assert told in _text(page.answer())
    assert "1 chỉ tiêu đến hạn mà chưa có số liệu: II.16." in _text(page.attention())
    assert "Chỉ tiêu đến hạn mà chưa có số liệu (1 chỉ tiêu): II.16." in _said(report)
    silent = _page(cat_hai("2025-F", "cat-hai"))
    assert "2 không đạt" in _text(silent.answer())
    assert "25 chỉ tiêu đến hạn mà chưa có số liệu" in _text(silent.attention())
    december = walk("2026")
    assert "đến hạn mà chưa có số liệu" not in _text(_page(december).answer()) + _said(december)


def test_silence_after_a_deadline_is_told(cat_hai: Reports) -> None:
    """Three tasks of Cát Hải were due on 31 December 2025 at the latest; none was reported."""
    report = cat_hai("2025-F", "cat-hai")
    assert "có thời hạn: 3, 3 đã đến hạn, chưa nhiệm vụ nào có báo cáo" in _text(_page(report).answer())
    assert "38 chưa có báo cáo (3 đã đến hạn)" in _said(report)


def test_of_a_silent_commune_no_rate_is_shown(walk: Reports) -> None:
    """Bạch Long Vĩ sent its last figures for 2025, before its plan began."""
    report = walk("2026-9M", "bach-long-vi")
    page = _page(report)
    answer, plans = _text(page.answer()), _text(page.plans())
    assert '<p class="figure">–' not in page.answer().html
    assert "Không tính tỷ lệ: kỳ này có số liệu ở 0/20 chỉ tiêu." in plans
    for text in (answer, plans):
        assert "100%" not in text.partition("dòng bị loại")[0].partition("I. ")[0]
        assert "chắc chắn đạt" not in text.lower()
    assert "Kỳ này chưa có số liệu để xác định chỉ tiêu cần chú ý." in answer
    assert "Chưa có số liệu của kỳ ở chỉ tiêu nào trong 20 chỉ tiêu" in answer  # once, in the headline
    assert "20 chỉ tiêu chưa có số liệu của kỳ: xem" not in answer
    assert "Không có chỉ tiêu nào cần chú ý" not in answer
    sent = "ỳ gần nhất có gửi số liệu là năm 2025, khi đó không có chỉ tiêu nào được tính, nên không so"
    assert sent in answer
    assert sent in _said(report)
    assert "None of the 20 indicators has data of the period" in _text(_page(report, "en").answer())
    rows = _text(page.plans())
    assert "không tính tỷ lệ, 0/20 có số liệu của kỳ" in rows
    assert "0/20 đến 20/20" not in rows


def test_word_says_of_what_is_not_met_whether_it_is_due_and_what_it_is(walk: Reports, cat_hai: Reports) -> None:
    final, december = _said(walk("2026-F")), _said(walk("2026"))
    assert "3 chỉ tiêu chưa đạt, trong đó 2 không đạt khi đến hạn; 1 chỉ tiêu chưa có" in final
    assert "4 chỉ tiêu chưa đạt (chưa đến hạn); 1 chỉ tiêu chưa có số liệu của kỳ." in december
    assert "2 cam kết chưa đạt, trong đó 1 không đạt khi đến hạn; " in _said(cat_hai("2025", "cat-hai"))


def test_what_is_zero_is_not_counted(walk: Reports, perfect: Reports) -> None:
    assert "gồm 1 cam kết đạt; 4 cam kết chưa có số liệu của kỳ." in _said(walk("2026"))
    assert "22 chỉ tiêu đạt." in _said(perfect("2026-F"))
    legend = _text(_page(perfect("2026-F")).answer())
    assert "chưa đạt" not in legend.partition("không tính 1")[0].partition("22 trên 22")[2]
    assert "chưa có số liệu của kỳ 0" not in legend


def test_the_legend_names_only_what_occurs(walk: Reports) -> None:
    final = walk("2026-F")
    for language, missed, risk in (("vi", "không đạt khi đến hạn", "có nguy cơ chậm"), ("en", "missed", "at risk")):
        page = _page(final, language)
        assert missed in _text(page.answer())
        for section in (page.answer(), page.plans(), page.agencies()):
            assert risk not in _text(section).partition("dòng bị loại")[0].partition("I.1")[0]
    assert "không đạt khi đến hạn: 1" in _text(_page(final).agencies())
    assert "3 chưa đạt (2 không đạt khi đến hạn)" in _text(_page(final).plans())


@pytest.mark.parametrize(
    ("statuses", "kinds", "parts"),
    [
        ([Status.MISSED], "không đạt khi đến hạn", ["1 không đạt khi đến hạn"]),
        ([Status.LATE, Status.LATE, Status.ON_TRACK], "chậm", ["2 chậm"]),
        ([Status.BREACHED, Status.REVERSED], "không giữ được mức phục vụ hoặc kém hơn trước", None),
        ([Status.LATE, Status.REVERSED, Status.AT_RISK], "chậm, kém hơn trước hoặc có nguy cơ chậm", None),
        ([Status.MET, Status.IN_PROGRESS], "", []),
    ],
)
def test_kinds_of_what_is_not_met(statuses: list[Status], kinds: str, parts: list[str] | None) -> None:
    counted = Rate(by_status=dict(Counter(statuses)), due=0, met_of_due=0, attainment_of=0)
    assert not_met_kinds(counted, VIETNAMESE) == kinds
    assert parts is None or not_met_parts(counted, VIETNAMESE) == parts


def test_a_row_of_an_ended_plan_says_its_verdict_once(walk: Reports) -> None:
    """I.1 had 96% on 10 December, 95% was to be reached; five rows are due a year later."""
    report = walk("2027-Q1")
    plans = _text(_page(report).plans()).replace("\N{NO-BREAK SPACE}", " ")
    assert "mục tiêu năm 2026 (≥ 95%): đạt, 96% (ngày 10/12/2026)" in plans
    assert "không đánh giá theo số liệu" not in plans
    assert "ở mức mục tiêu mục tiêu" not in plans
    going_on = "Tiếp tục thực hiện và báo cáo đến hạn: 5 chỉ tiêu của “Kế hoạch chuyển đổi số xã Bình Giang năm 2026”"
    assert going_on in _said(report)
    assert "Tiếp tục thực hiện và báo cáo đến hạn" not in _said(walk("2026-F"))


def test_a_value_after_the_deadline_of_an_ended_plan_is_told_with_both_days(cat_hai: Reports) -> None:
    """Hải Phòng's plan of 2023 asks for 15%; a source of 2025, without a day, gives 27,17%."""
    report = cat_hai("2025", "hai-phong")
    plans = _text(_page(report).plans())
    assert "mục tiêu năm 2023 (15%): không có số liệu vào ngày đến hạn" in plans
    assert "(15%): chưa có số liệu" not in plans
    assert "27,17% số liệu năm 2025, nguồn không nêu ngày" in plans
    told = "Tỷ trọng kinh tế số trong GRDP: 27,17% (năm 2025, nguồn không nêu ngày); mục tiêu năm 2023 (15%): không có"
    assert told in _said(report)
    assert "no data when it fell due" in _text(_page(report, "en").plans())


def test_a_day_that_no_source_names_is_not_stated_as_one(walk: Reports) -> None:
    """Sources give the figures of 2025 without a day; those of December 2026 have one."""
    report = walk("2026-9M", "bach-long-vi")
    told = "heo số liệu gần nhất (năm 2025, nguồn không nêu ngày), 7 trên 20 chỉ tiêu ở mức mục tiêu"
    page, word = _page(report), _official(report)
    assert told in _text(page.answer())
    assert told in _said(report)
    cells = [cell for row in word.appendices[0].table.rows for cell in row.cells]
    assert "chưa có; 100 (số liệu năm 2025, nguồn không nêu ngày)" in cells
    for text in (_text(page.answer()), _said(report), "\n".join(cells)):
        assert "ngày 14/12/2025" not in text
    plans = _text(page.plans())
    assert "số liệu năm 2025, nguồn không nêu ngày" in plans
    assert "(ngày 14/12/2025)" not in plans
    after = walk("2027-Q1")
    assert "số liệu ngày 10/12/2026" in _text(_page(after).plans())
    assert "số gần nhất 48% (ngày 10/12/2026)" in _said(after)


def test_rows_that_enter_no_indicator_are_told(cat_hai: Reports, walk: Reports) -> None:
    """Cát Hải's report of 2025 reads 14 rows of figures published elsewhere."""
    report = cat_hai("2025", "cat-hai")
    beside = len(report[1].reported) + len(report[0].unplaced)
    answer = _text(_page(report).answer())
    assert len(report[1].reported) == 14
    quality = _text(_page(report).quality())
    assert f"{beside} dòng là số liệu đã công bố ở nơi khác, không vào tỷ lệ nào" in quality
    assert "báo cáo đầu tiên có số liệu" not in answer
    assert "14 dòng là số liệu đã công bố ở nơi khác" in answer
    assert "công bố ở nơi khác" not in _text(_page(walk("2026-F")).answer())


def test_no_count_is_taken_across_the_kinds_of_tasks(walk: Reports) -> None:
    answer = _text(_page(walk("2026-F")).answer())
    assert "31 nhiệm vụ có thời hạn: hoàn thành 3/3" in answer
    assert "6 /31" not in answer
    assert "31 tasks with a deadline" in _text(_page(walk("2026-F"), "en").answer())


def test_the_rows_not_met_come_worst_first(walk: Reports) -> None:
    """Of 13 rows the list names 12; the one left out is none that is late."""
    report = walk("2026-Q1")
    listed = _said(report).partition("Chỉ tiêu có số liệu và chưa đạt (13 chỉ tiêu):\n")[2]
    verdicts = [line.rpartition(", ")[2].rstrip(";") for line in listed.split("\n")[:12]]
    assert set(verdicts[:5]) == {"chậm tiến độ", "kém hơn trước"}
    assert verdicts[5:8] == ["có nguy cơ chậm"] * 3
    assert "Chưa có mục tiêu nào đến hạn vào ngày chốt số liệu." in _said(report)


def test_the_office_of_a_row_says_when_it_is_that_of_its_task(walk: Reports) -> None:
    page = _page(walk("2026-Q1"))
    assert re.search(r"\(theo nhiệm vụ [^)]+\)", _text(page.answer()) + _text(page.attention()))


def test_a_plan_of_half_a_year_is_shown_with_its_days(cat_hai: Reports) -> None:
    report = cat_hai("2025", "cat-hai")
    plan = next(plan for plan in report[0].plans if plan.id == "cat-hai-2025-h2")
    answer = _text(_page(report).answer())
    assert f"{plan.begins:%d/%m/%Y}–31/12/2025; đang thực hiện" in answer
    assert "2025–2045; đang thực hiện" in answer


def test_a_rank_stands_before_its_figure(walk: Reports) -> None:
    completion, _ = walk("2026-Q1")
    row = completion.plans[0].indicators[0].model_copy(update={"unit": "hạng", "baseline": Decimal(1)})
    assert baseline(row, completion, VIETNAMESE).replace("\N{NO-BREAK SPACE}", " ") == "hạng 1"


def test_no_two_sentences_of_a_report_contradict_each_other(walk: Reports, cat_hai: Reports, perfect: Reports) -> None:
    """Headline, tiles, squares, attention, chart and Word name the same rows and the same counts."""
    reports = [walk(period) for period in EDITIONS] + [cat_hai(period, "cat-hai") for period in ("2025", "2026-H1")]
    reports.append(perfect("2026-F"))
    told: Counter[str] = Counter()
    for report in reports:
        assert not contradictions(*report), report[0].period
        told.update(fact for fact, answers in said(*report).items() if answers)
    assert set(told) == set(said(*reports[0]))  # every fact is said in one of them


def test_the_number_of_rows_for_attention_says_what_it_counts(walk: Reports, cat_hai: Reports) -> None:
    """Commitments are no indicators, a row without a pace is not called slow, and the parts make the number."""
    reports = [walk(period) for period in EDITIONS] + [cat_hai(period, "cat-hai") for period in ("2025", "2026-H1")]
    reports = [report for report in reports if report[0].in_force]
    sheets = [_page(report).sheet_of for report in reports]
    assert sum(bool(sheet.urgent) for sheet in sheets) > 3
    for sheet, report in zip(sheets, reports, strict=True):
        urgent = sheet.urgent
        if not urgent:
            assert not sheet.kinds
            continue
        indicators = sum(row.kind == "indicator" for row in urgent)
        commitments = f" và {len(urgent) - indicators} cam kết" if indicators < len(urgent) else ""
        assert f"{indicators} chỉ tiêu{commitments} cần chú ý" in sheet.title
        slow = [row for row in urgent if row.status in (Status.AT_RISK, *BEHIND)]
        assert ("chậm nhất" in sheet.title) is bool(slow and len(urgent) > 1)
        assert sum(map(int, re.findall(r"(?:: |; )(\d+) ", sheet.kinds))) == len(urgent)
        without_pace = sum(row.status is Status.IN_PROGRESS for row in urgent)
        assert (f"{without_pace} đang thực hiện (không tính được tiến độ)" in sheet.kinds) is bool(without_pace)
        assert f"{sheet.title} {sheet.kinds}" in _text(_page(report).answer())
        assert f"{sheet.title}. {sheet.kinds}" in _said(report)


def test_a_contradiction_is_found(walk: Reports, monkeypatch: pytest.MonkeyPatch) -> None:
    completion, intake = walk("2026-F")
    monkeypatch.setattr(Words, "rate", lambda *_: "21/22 chỉ tiêu đạt")
    monkeypatch.setattr("pipeline.report.lead.due_targets", lambda _: DueTargets([]))
    assert any(wrong.startswith("met of counted") for wrong in contradictions(completion, intake))


def test_a_report_has_the_sentences_of_its_case(walk: Reports, cat_hai: Reports) -> None:
    cases = {period: Page(*walk(period), "0" * 64).lead.case for period in EDITIONS}
    assert cases == {
        "2025": Case.STARTING,
        "2026-Q1": Case.NONE_DUE,
        "2026-H1": Case.NONE_DUE,
        "2026-9M": Case.NONE_DUE,
        "2026": Case.NONE_DUE,
        "2026-F": Case.SOME_DUE,
        "2027-Q1": Case.NO_PLAN,
    }
    assert Page(*cat_hai("2026-H1", "cat-hai"), "0" * 64).lead.case is Case.SOME_DUE
