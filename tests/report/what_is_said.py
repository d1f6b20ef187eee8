"""What the parts of one report say of the same thing, collected so that two of them can be held against each other."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from pipeline.completion.records import Completion
from pipeline.intake.rows import Intake
from pipeline.report.concept_words import short_name
from pipeline.report.lead import HEADLINE
from pipeline.report.looks import Look
from pipeline.report.official.compose import official_report
from pipeline.report.official.model import Items, Paragraph
from pipeline.report.page import Page
from pipeline.site.coverage import sentence_of
from pipeline.site.sections import site_words
from tests.site.summaries import country_of, rows_of

Said = dict[str, set[tuple[str, ...]]]
"""What is said of each fact; more than one answer is a contradiction."""

_FACTS = {
    "met of counted": (
        r"đạt mục tiêu ở (\d+) trên (\d+) chỉ tiêu",
        r"(?<!ban đầu: )\b(\d+)/(\d+) chỉ tiêu đạt; có số liệu của kỳ",
        r"(?<!ban đầu: )chắc chắn đạt (\d+)/(\d+);",
        r"Tỷ lệ chỉ tiêu đạt: (?:chắc chắn đạt )?(\d+)/(\d+)",
        r"^[^:]+: (\d+) trên (\d+) chỉ tiêu đạt\b",  # the site
    ),
    "observed of counted": (
        r"mới có số liệu của kỳ ở (\d+) trên (\d+) chỉ tiêu",
        r"có số liệu của kỳ (\d+)/(\d+)",
        r"kỳ này có số liệu ở (\d+)/(\d+) chỉ tiêu",
        r"(\d+)/(\d+) chỉ tiêu có số liệu của kỳ",
        r"Độ phủ số liệu: (\d+)/(\d+)",
    ),
    "due": (
        r"Trong (\d+) mục tiêu đã đến hạn \(năm [\d, ]+\)[,:] (\d+) đạt",
        r"mục tiêu đã đến hạn: (?P<met>\d+)/(?P<all>\d+) đạt",
    ),
    "parts of what is due": (
        r"Trong (\d+) mục tiêu đã đến hạn (\(năm [\d, ]+\))[,:] ([^.;]*?)(?:\.|; tỷ lệ)",
    ),
    "due without data": (
        r"(\d+) chỉ tiêu đến hạn mà chưa có số liệu: (.+?)\.(?: |$)",
        r"Chỉ tiêu đến hạn mà chưa có số liệu \((\d+) chỉ tiêu\): (.+?)\.(?: |\n|$)",
    ),
    "without data": (
        r"(\d+) chỉ tiêu chưa có số liệu của kỳ(?:;|\.)",
        r"(?<!đạt )(?<!\d )chưa có số liệu của kỳ (\d+)(?! ?/)",
        r"; (\d+) chưa có số liệu của kỳ$",  # the site
    ),
}  # fmt: skip


def said(completion: Completion, intake: Intake) -> Said:
    """The facts that are said in more than one place, each with the answers given."""
    page, found = Page(completion, intake, "0" * 64), Said()
    word = _word(completion, intake)
    texts = [_text(part().html) for part in (page.head, page.answer, page.attention)]
    (row,) = rows_of(country_of([completion]))
    texts.append(sentence_of(row, site_words("vi")))
    for fact, patterns in _FACTS.items():
        answers = [tuple(match) for pattern in patterns for text in texts for match in _matches(pattern, text)]
        if fact != "without data":  # Word counts every kind of absence apart
            answers += [tuple(match) for pattern in patterns for match in _matches(pattern, word)]
        found[fact] = set(answers)
    found["farthest"] = set(_farthest(completion, page))
    return found


def contradictions(completion: Completion, intake: Intake) -> list[str]:
    """Facts of which two parts of a report say different things, and a headline that is too long."""
    page = Page(completion, intake, "0" * 64)
    wrong = [f"{fact}: {sorted(answers)}" for fact, answers in said(completion, intake).items() if len(answers) > 1]
    if not 1 <= len(page.lead.headline()) <= HEADLINE:
        wrong.append(f"headline: {page.lead.headline()}")
    return wrong + list(_squares(page, completion))


def _matches(pattern: str, text: str) -> Iterator[tuple[str, ...]]:
    for match in re.finditer(pattern, text):
        named = match.groupdict()
        yield (named["all"], named["met"]) if named else match.groups()


def _farthest(completion: Completion, page: Page) -> Iterator[tuple[str, ...]]:
    """The row that is farthest from its target: as the headline names it, and as the gaps have it."""
    rows = [row for plan in completion.in_force for row in plan.indicators if row.counted and not row.repeats]
    gaps = {row.gap: short_name(row.name) for row in rows if row.gap and row.unit == "%" and row.kind == "indicator"}
    for name in re.findall(r"Xa mục tiêu nhất là “(.+?)” \(", _text(" ".join(page.lead.sentences()))):
        yield (name,)
        yield (gaps[max(gaps)],)


def _squares(page: Page, completion: Completion) -> Iterator[str]:
    """The squares of a kind are as many as their legend says, and the bar of the sheet."""
    sheet, _, html = page.answer().html.partition('<div class="squares">')
    if not completion.in_force:
        return
    html = html.partition("</nav>")[0]
    drawn = Counter(re.findall(r'<a class="square (\w+)"', html))
    legend: dict[str, int] = defaultdict(int)
    for kind, text in re.findall(r'<li><span class="square (\w+)"></span>(.*?)</li>', html):
        legend[kind] += sum(map(int, re.findall(r" (\d+)(?=, |$)", _text(text).partition(" (")[0])))
    bar: dict[str, int] = defaultdict(int)
    for kind, number in re.findall(r'<li><span class="square (\w+)"></span>(\d+) ', sheet):
        bar[kind] += int(number)
    for look in Look:
        if look is not Look.NOT_DUE and not drawn[look] == legend[look] == bar[look]:
            yield f"squares {look}: {drawn[look]} drawn, {legend[look]} in the legend, {bar[look]} in the bar"


def _word(completion: Completion, intake: Intake) -> str:
    blocks = [block for block in official_report(completion, intake).body if isinstance(block, Paragraph | Items)]
    lines = [(block.spans,) if isinstance(block, Paragraph) else block.lines for block in blocks]
    return _plain("\n".join("".join(span.text for span in line) for of in lines for line in of))


def _text(html: str) -> str:
    return re.sub(r" +", " ", _plain(re.sub(r"\s+", " ", re.sub(r"</p>|<br>", " ", html))))


def _plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NON-BREAKING HYPHEN}", "-")
