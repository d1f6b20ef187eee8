"""The page as a whole, without a kernel: sections rendered from real and from hostile records."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from pipeline.completion.comparison import differences_from
from pipeline.completion.evaluate import evaluate
from pipeline.completion.statuses import TaskStatus
from pipeline.inputs.issued import Issue, Replacement
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.concept_words import short_name
from pipeline.report.page import Page
from pipeline.report.render import faults
from tests.factories import report_2026_as_2025, submit

PLANS = {"bach-long-vi": "2026", "binh-giang": "2026", "cat-hai": "2025", "hai-phong": "2023"}

SECTIONS = (
    Page.head,
    Page.replaces,
    Page.answer,
    Page.attention,
    Page.change,
    Page.plans,
    Page.stages,
    Page.agencies,
    Page.tasks,
    Page.conflicts,
    Page.reported,
    Page.quality,
)


def _page(registry: Registry, locality: str, period: str, layout: Layout | None = None) -> Page:
    when = Period.parse(period)
    intake = validate_period(layout or Layout(), registry, locality, when)
    return Page(evaluate(registry, registry.locality(locality), when, intake), intake, "0" * 64)


def _html(page: Page) -> str:
    return "".join(section(page).html for section in SECTIONS)


def slugs(html: str) -> set[str]:
    """Identifiers such as 'tai-thoi-diem' and '2026-H1' in the text of a page, outside `code` and names of files."""
    text = re.sub(
        r"<code>.*?</code>|<[^>]+>|https?://\S+|\S+\.(?:csv|xlsx?|docx|pdf|json|ipynb|html|parquet)\b", " ", html
    )
    return set(re.findall(r"(?<![\w./-])(?:[a-z]{2,}(?:-[a-z0-9]+)+|20\d\d-(?:[HQ]\d|9M|F))(?![\w/-])", text))


def _text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("locality", "sentences"),
    [
        (
            "bach-long-vi",
            ["đặc khu Bạch Long Vĩ đạt mục tiêu ở 7 trên 20 chỉ tiêu", "9 chỉ tiêu chưa đạt", "4 chỉ tiêu chưa có"],
        ),
        (
            "binh-giang",
            ["xã Bình Giang đạt mục tiêu ở 10 trên 22 chỉ tiêu", "11,87% so với ≥ 80%", "chắc chắn đạt 10/22"],
        ),
        (
            "cat-hai",
            [
                "số liệu gần nghĩa, chưa dùng để kết luận: &gt; 98%",
                "chưa có trong sổ; 7 nhiệm vụ của kế hoạch này chưa gồm nhiệm vụ trong phụ lục đó.",
                "59 giải pháp, không nêu cơ quan chủ trì và thời hạn nên không đếm",
                "văn bản in “nền tảng”, sổ sửa là “tổng”",
                "26/28 = 92,8%",
            ],
        ),
        ("hai-phong", ["không tính tỷ lệ hoàn thành", "đã hết thời gian thực hiện"]),
    ],
)
def test_the_page_says_what_was_counted_by_hand(
    registry: Registry, locality: str, sentences: list[str], tmp_path: Path
) -> None:
    layout = report_2026_as_2025(tmp_path)
    html = _html(_page(registry, locality, "2026" if "2026" in PLANS[locality] else "2025", layout))
    text = _text(html)
    for sentence in sentences:
        assert sentence in text, sentence
    assert not slugs(html)
    assert not list(faults(f"<!doctype html><body>{html}"))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for anchor in re.findall(r'href="#([^"]+)"', html):
        assert anchor in ids


@pytest.mark.parametrize(
    ("locality", "period", "sentence"),
    [
        ("bach-long-vi", "2024", "bắt đầu từ năm 2026"),
        ("binh-giang", "2027", "đã hết thời gian thực hiện (năm 2026)"),
        ("hai-phong", "2023", "Chưa có số liệu của kỳ ở chỉ tiêu nào trong 13 chỉ tiêu"),
    ],
)
def test_a_page_without_figures_says_why(registry: Registry, locality: str, period: str, sentence: str) -> None:
    assert sentence in _text(_html(_page(registry, locality, period)))


def _replacing(page: Page, issued: str, by: str = "UBND") -> Page:
    found = Replacement(
        run="a" * 64, by=by, at="2026-05-01T08:00:00Z", differences=differences_from(issued.encode(), page.completion)
    )
    return dataclasses.replace(page, replaced=found)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_replacement_lists_what_differs_from_the_issued_report(
    registry: Registry, language: str, tmp_path: Path
) -> None:
    layout = report_2026_as_2025(tmp_path)
    page = dataclasses.replace(_page(registry, "bach-long-vi", "2026", layout), language=language)
    assert page.replaces().html.strip() == ""
    as_it_was = page.completion.model_dump_json()
    same = _text(_replacing(page, as_it_was).replaces().html)
    assert ("Mọi chỉ tiêu" if language == "vi" else "Every indicator") in same
    assert "01/05/2026" in same
    back = Issue(run="a" * 64, by="Sở <b>", at="2026-06-02T08:00:00Z", detail="Ký nhầm bản")
    replacing = _replacing(page, as_it_was)
    assert replacing.replaced
    taken = dataclasses.replace(replacing, replaced=replacing.replaced.model_copy(update={"back": back}))
    told = _text(taken.replaces().html)
    wanted = ("01/05/2026", "02/06/2026", "Ký nhầm bản", "rút lại" if language == "vi" else "taken back")
    assert all(part in told for part in wanted), told
    assert "Báo cáo này thay thế" not in told
    assert "This report replaces" not in told
    proved = json.loads(as_it_was)  # the figures are the same, the proof of one is another
    row = next(row for row in proved["plans"][0]["indicators"] if row["observation"])
    row["observation"]["evidence"] = "<i>ho-so.pdf (sha256 aaaaaaaaaaaaaaaa, 1 byte)"
    exchanged = _replacing(page, json.dumps(proved)).replaces().html
    assert ("Mọi chỉ tiêu" if language == "vi" else "Every indicator") not in _text(exchanged)
    assert "<i>" not in exchanged
    none = "không ghi" if language == "vi" else "none"
    assert f"&lt;i&gt;ho-so.pdf (sha256 aaaaaaaaaaaaaaaa, 1 byte) → {none}" in re.sub(" +→ +", " → ", _text(exchanged))
    issued = json.loads(as_it_was)
    plan = issued["plans"][0]
    changed, gone = plan["indicators"][0], plan["indicators"].pop()
    changed["target"]["text"], changed["status"] = "≥ 12%", "late"
    changed["observation"] = {"value": {"low": 11.5, "high": 11.5}}
    plan["tasks"][0]["status"] = "done-late"
    issued["rate"]["met"] = 3
    text = _text(_replacing(page, json.dumps(issued)).replaces().html)
    for part in ("“≥ 12%” → “", gone["name"], "11,5" if language == "vi" else "11.5", changed["name"]):
        assert part in text, part
    assert ("3/20 → 7/20" if language == "vi" else "3 of 20 → 7 of 20") in text
    assert page.words.task_status(TaskStatus.DONE_LATE) in text
    unreadable = _text(_replacing(page, "{").replaces().html)
    assert ("không so được" if language == "vi" else "cannot be compared") in unreadable


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "</style><script>1</script>",
    "$x$ & <b> &amp; &#60;",
]


@pytest.mark.parametrize("payload", HOSTILE)
def test_text_of_an_issued_report_stays_text(registry: Registry, payload: str) -> None:
    page = _page(registry, "bach-long-vi", "2025")
    issued = json.loads(page.completion.model_dump_json())
    for plan in issued["plans"]:
        for part in (*plan["indicators"], *plan["tasks"]):
            part.update(no=part["no"] + payload, name=payload, unit=payload)
    html = _replacing(page, json.dumps(issued), payload).replaces().html
    assert not list(faults(f"<!doctype html><body>{html}"))


@pytest.mark.parametrize("payload", HOSTILE)
def test_text_of_a_locality_stays_text(layout: Layout, registry: Registry, payload: str) -> None:
    everywhere = {"name": payload, "source": payload, "note": payload, "evidence": payload, "as_of": "2026-12-01"}
    submit(
        layout.root,
        "bach-long-vi",
        "2026",
        FileKind.OBSERVATIONS,
        everywhere | {"value_printed": payload},
        everywhere | {"no": payload},
        everywhere | {"no": "14", "value": payload},
    )
    submit(
        layout.root, "bach-long-vi", "2026", FileKind.TASKS, {"product": payload, "source": payload, "note": payload}
    )
    everything = dict.fromkeys(("subject", "name", "value", "unit", "as_of", "source", "note"), payload)
    submit(layout.root, "bach-long-vi", "2026", FileKind.REPORTED, everything)
    html = _html(_page(registry, "bach-long-vi", "2026", layout))
    assert not list(faults(f"<!doctype html><body>{html}"))
    import html5lib

    tree = html5lib.parse(f"<!doctype html><body>{html}", namespaceHTMLElements=False)
    shown = "".join(tree.itertext())
    assert payload in shown


def test_a_draft_says_so_at_the_top_in_both_languages(registry: Registry) -> None:
    page = _page(registry, "bach-long-vi", "2025")
    for language, sentence in (
        ("vi", "Bản nháp: mã nguồn có thay đổi chưa ghi nhận"),
        ("en", "Draft: the code has changes"),
    ):
        in_language = dataclasses.replace(page, language=language)
        assert sentence not in in_language.head().html
        assert sentence in dataclasses.replace(in_language, draft=True).head().html


def test_names_inside_a_sentence() -> None:
    assert short_name("Tỷ lệ dịch vụ công trực tuyến (theo quy định)") == "dịch vụ công trực tuyến"
    assert short_name("GRDP bình quân") == "GRDP bình quân"


@pytest.mark.parametrize(("locality", "period"), [("cat-hai", "2025"), ("cat-hai", "2026"), ("binh-giang", "2026")])
def test_every_task_past_due_is_linked_with_or_without_a_report(registry: Registry, locality: str, period: str) -> None:
    page = _page(registry, locality, period)
    late = [*page.overdue, *page.past_due_unreported]
    linked = set(re.findall(r'href="#([^"]+)"', page.attention().html))
    assert {f"{task.plan}-task-{task.key.label}" for task in late} <= linked
    assert all(task.due and task.due <= page.completion.cut_off for task in late)
    heading = "Nhiệm vụ đến hạn mà chưa có báo cáo"
    assert (heading in _text(page.attention().html)) == bool(page.past_due_unreported)


def test_there_are_tasks_past_due_without_a_report(registry: Registry) -> None:
    assert _page(registry, "cat-hai", "2025").past_due_unreported


def test_each_agency_is_told_which_rows_it_owes(registry: Registry) -> None:
    """Cát Hải's plans of 2025 name the police for one indicator and two tasks, and nobody has sent anything."""
    html = _html(_page(registry, "cat-hai", "2025"))
    owed = html[html.index('<details class="owed">') :].split("</details>")[0]
    assert "Công an đặc khu (3) chỉ tiêu: PL2.IV.32 nhiệm vụ: V.3.1 ; III.5.2 " in _text(owed)
    links = re.findall(r'href="#([^"]+)"', owed)
    assert links
    assert set(links) <= set(re.findall(r'id="([^"]+)"', html))
