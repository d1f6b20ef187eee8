"""The sheet for the leader, held against what was counted by hand in the plans of 2025 and 2026."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.intake.rows import Intake
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.falling_due import day_parts, months_after
from pipeline.report.official import official_report
from pipeline.report.official.model import Items, Paragraph, QrCode
from pipeline.report.page import Page
from pipeline.report.plan_words import short_title
from pipeline.report.qr_code import qr_fields, qr_path, qr_png
from pipeline.report.row_filter import RowFilter
from pipeline.report.sheet import ROWS, Sheet
from pipeline.report.words import Words

INPUT_ID = "f5a79d92a9bbc787" + "0" * 48
State = tuple[Completion, Intake]


@pytest.fixture(scope="module")
def states(registry: Registry) -> dict[str, State]:
    found = {}
    for slug in ("cat-hai", "binh-giang"):
        intake = validate_period(Layout(), registry, slug, Period(2025))
        found[slug] = evaluate(registry, registry.locality(slug), Period(2025), intake), intake
    return found


def _text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def _sheet(state: State) -> Sheet:
    return Sheet(state[0], Words("vi"), input_id=INPUT_ID)


def test_a_plan_about_to_begin(states: dict[str, State]) -> None:
    """Bình Giang in 2025: 10 + 6 + 6 of 22; 68.13 points are missing most, then 20, 15, 12.22, 3.5, 2.9."""
    sheet = _sheet(states["binh-giang"])
    assert [(part.look, part.number) for part in sheet.bar()] == [("met", 10), ("way", 6), ("absent", 6)]
    assert [row.gap for row in sheet.urgent] == [Decimal(x) for x in ("68.13", "20", "15", "12.22", "3.5", "2.9")]
    assert (len(sheet.shown), sum(map(len, sheet.rest.values()))) == (ROWS, 1)
    assert sheet.title == "5 trong 6 chỉ tiêu còn phải nâng lên, còn thiếu nhiều nhất trước"
    said = [f"{decision.what} {decision.why}" for decision in sheet.decisions()]
    assert said[1].startswith("Thu thập số liệu xuất phát điểm của 6 chỉ tiêu và 5 cam kết:")


def test_a_year_without_values(states: dict[str, State]) -> None:
    """Cát Hải in 2025: 30 indicators and 6 commitments without a value; 38 tasks, one of them due."""
    sheet = _sheet(states["cat-hai"])
    assert [(part.look, part.number) for part in sheet.bar()] == [("absent", 30)]
    assert (sheet.shown, sheet.rest, sheet.change(), sheet.neighbours()) == ([], {}, "", "")
    what = [decision.what for decision in sheet.decisions()]
    assert what == [
        "Giao cơ quan chủ trì cho 7 chỉ tiêu, 5 cam kết và 6 nhiệm vụ.",
        "Yêu cầu gửi số liệu của 30 chỉ tiêu và 6 cam kết, trong đó 1 cam kết đã đến hạn:",
        "Yêu cầu báo cáo tình hình 38 nhiệm vụ, trong đó 1 nhiệm vụ đã đến hạn:",
    ]


def test_a_starting_point_is_not_headed_as_a_result(states: dict[str, State]) -> None:
    page = Page(*states["binh-giang"], INPUT_ID)
    heads = re.findall(r"<thead>(.*?)</thead>", page.answer().html + page.plans().html, re.S)
    columns = [_text(head) for head in re.findall(r"<th.*?</th>", "".join(heads))]
    assert {column for column in columns if "quả" in column} == {"Kết quả năm 2025 (xuất phát điểm)"}
    assert _sheet(states["binh-giang"]).key_to_dots == "Chấm là xuất phát điểm, vạch đứng là mục tiêu."


def test_tasks_that_nobody_leads_are_not_sorted_by_lead(states: dict[str, State]) -> None:
    completion, intake = states["cat-hai"]
    plans = [
        plan.model_copy(update={"tasks": tuple(task.model_copy(update={"lead": ()}) for task in plan.tasks)})
        for plan in completion.plans
    ]
    alone = completion.model_copy(update={"plans": tuple(plans)})
    told = _sheet((alone, intake)).decisions()[-1].why
    assert told.startswith("PL3.II.1 “") and told.endswith("”; chưa có cơ quan chủ trì.")


def test_what_falls_due_soon(states: dict[str, State]) -> None:
    """Cát Hải on 14 December 2025: everything of 2025 falls due on the 31st, one commitment was due in October."""
    assert _sheet(states["cat-hai"]).soon() == "31/12/2025: 30 chỉ tiêu, 4 cam kết và 2 nhiệm vụ."
    assert _sheet(states["binh-giang"]).soon() == ""  # its targets are of December 2026
    assert "Đến hạn trong ba tháng tới (chưa ghi nhận đạt hoặc hoàn thành): 31/12/2025" in _text(
        Page(*states["cat-hai"], INPUT_ID).answer().html
    )
    assert [months_after(dt.date(*day), 3) for day in ((2025, 12, 14), (2025, 11, 30), (2026, 9, 30))] == [
        dt.date(2026, 3, 14),
        dt.date(2026, 2, 28),
        dt.date(2026, 12, 30),
    ]


def test_what_there_is_none_of_is_said(states: dict[str, State]) -> None:
    """The ten questions of a chair, from the sheet: what no fact answers is said to be unknown."""
    assert _sheet(states["cat-hai"]).more() == (
        "Chưa có báo cáo kỳ trước để so. Chưa có số liệu của kỳ để so với nơi cùng loại. Kế hoạch chưa được sửa đổi; "
        "không có mục tiêu nào bị hạ. Có 6 nội dung được các điều khoản quy định khác nhau. Giai đoạn sau: 29 chỉ tiêu "
        "có mục tiêu đến năm 2030, 28 chỉ tiêu có mục tiêu đến năm 2045."
    )
    assert _sheet(states["binh-giang"]).more() == ""
    silent = _sheet(states["cat-hai"]).decisions()[-1].why
    assert silent.startswith("PL3.II.1 “Phối hợp với sở ngành thành phố hoàn thiện quy định pháp luật")


def test_few_things_of_a_day_are_named_and_late_days_are_one(states: dict[str, State]) -> None:
    tasks = [task for plan in states["cat-hai"][0].in_force for task in plan.tasks][:9]
    days = {dt.date(2026, 1, n): tasks[:n] for n in (1, 2, 4, 5)}
    words = Words("vi")
    parts = [(day, len(things), labels) for day, things, labels in day_parts(days, words)]
    assert parts == [
        ("01/01/2026", 1, f" ({tasks[0].key.label})"),
        ("02/01/2026", 2, f" ({tasks[0].key.label}, {tasks[1].key.label})"),
        ("sau đó đến 05/01/2026", 9, ""),
    ]


def test_a_filter_that_offers_nothing_is_left_out(states: dict[str, State]) -> None:
    page = Page(*states["binh-giang"], INPUT_ID)
    assert page.row_filter.offers_something == ('class="filter"' in page.plans().html)
    assert not RowFilter(()).offers_something


def test_a_plan_is_named_in_full_once_and_short_elsewhere(states: dict[str, State]) -> None:
    """Cát Hải has a plan of 2025 and one of 2025–2045; their titles have 29 and 62 words."""
    completion = states["cat-hai"][0]
    page = Page(*states["cat-hai"], INPUT_ID)
    html = "".join(part().html for part in (page.head, page.answer, page.attention, page.plans, page.tasks))
    assert [_text(html).count(plan.title[:30]) for plan in completion.plans] == [1, 1]
    assert [short_title(plan, completion, Words("vi")) for plan in completion.plans] == [
        "Kế hoạch năm 2025",
        "Kế hoạch giai đoạn 2025–2045",
    ]
    assert "Theo 2 kế hoạch trong sổ" in html


def test_one_appendix_alone_has_no_number(states: dict[str, State]) -> None:
    one, two = (official_report(*states[slug]) for slug in ("binh-giang", "cat-hai"))
    assert [appendix.label for appendix in one.appendices] == ["Phụ lục"]
    assert [appendix.label for appendix in two.appendices] == ["Phụ lục I", "Phụ lục II"]
    assert not [block for block in one.body if isinstance(block, Paragraph) and "Phụ lục I" in block.spans[0].text]
    due = next(b.spans[0].text for b in two.body if isinstance(b, Paragraph) and "Thời hạn: " in b.spans[0].text)
    assert due.endswith(
        "Thời hạn: 1 cam kết đến hạn ngày 31/10/2025 (đã đến hạn); 4 cam kết đến hạn ngày 31/12/2025; "
        "1 cam kết không ghi hạn."
    )


def test_peers_are_counted_each_thing_once(states: dict[str, State]) -> None:
    rows = [r for plan in states["binh-giang"][0].starting for r in plan.indicators if r.observation]
    low = {name: Decimal(0) for name in ("A", "B", "C", "D", "E")}
    first = next(
        r for r in rows if r.kind == "indicator" and r.observation and r.observation.value and r.observation.value.exact
    )
    peers = {(first.concept, first.unit, first.scope): low}
    sheet = Sheet(states["binh-giang"][0], Words("vi"), peers)
    assert sheet.neighbours() == (
        "trong 1 chỉ tiêu so được với 5 nơi cùng loại đã công bố số liệu cùng kỳ: tốt hơn quá nửa số nơi ở 1 chỉ tiêu."
    )


@pytest.mark.parametrize("slug", ["cat-hai", "binh-giang"])
def test_page_and_word_say_the_same(states: dict[str, State], slug: str) -> None:
    sheet = Sheet(states[slug][0], Words("vi", "official"), input_id=INPUT_ID)
    page = _text(Page(*states[slug], INPUT_ID).answer().html)
    summary = official_report(*states[slug], sheet=sheet).computed.summary
    for decision in sheet.decisions():
        assert _text(f"{decision.what} {decision.why}") in page
    # What the chair is to decide is no matter of the level above, to which Word goes.
    assert len([block for block in summary if isinstance(block, Items)]) == bool(sheet.shown)
    opening = summary[0]
    assert isinstance(opening, Paragraph)
    assert opening.spans[0].text.startswith("Tóm tắt: ")
    assert " ".join(opening.spans[0].text.split()[2:10]) in page
    assert [block.content for block in summary if isinstance(block, QrCode)] == [
        f"{slug} 2025 f5a7 9d92 a9bb c787".upper()
    ]
    assert "f5a7 9d92 a9bb c787" in page


def test_the_code_is_the_same_in_every_form() -> None:
    """A QR code of version 2 has 25 fields; its path covers the dark ones, and the picture has them at 8 pixels."""
    text = "CAT-HAI 2025 F5A7 9D92 A9BB C787"
    fields = qr_fields(text)
    assert {len(row) for row in fields} == {len(fields)} == {25}
    assert sum(int(width) for width in re.findall(r"h(\d+)v1", qr_path(text))) == sum(map(sum, fields))
    from PIL import Image

    picture = Image.open(io.BytesIO(qr_png(text))).convert("L")
    assert picture.size == ((25 + 8) * 8,) * 2
    assert [[picture.getpixel((8 * (x + 4) + 4, 8 * (y + 4) + 4)) == 0 for x in range(25)] for y in range(25)] == fields
    assert qr_png(text) == qr_png(text)
