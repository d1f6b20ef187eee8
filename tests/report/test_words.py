from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import cast

import pytest
from babel.messages.pofile import read_po

from pipeline.completion.records import IndicatorResult
from pipeline.completion.rollup import ConceptOutcome, ConceptRollUp, Distribution
from pipeline.completion.statuses import PlanState, Status, TaskStatus
from pipeline.intake.rows import Absence, Interval
from pipeline.languages import catalogue_path
from pipeline.paths import CODE
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.models import Kind
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.plans.targets import Comparator
from pipeline.report.catalogues import LANGUAGES, Language
from pipeline.report.words import VIETNAMESE as WORDS
from pipeline.report.words import Words
from tests.factories import exactly, target

NB = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "text"),
    [("1234.5", "1.234,5"), ("11.87", "11,87"), ("0.005", "0,01"), ("2.675", "2,68"), ("80", "80"), ("0", "0")],
)
def test_numbers(value: str, text: str) -> None:
    assert WORDS.number(Decimal(value)) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(Fraction(7, 20), "35%"), (Fraction(10, 22), "45,5%"), (Fraction(1, 8), "12,5%"), (None, "–")],
)
def test_shares_round_half_up_and_nothing_over_nothing_is_a_dash(share, text: str) -> None:
    assert WORDS.percent(share) == text


def test_values_show_their_bound() -> None:
    assert WORDS.value(exactly("11.87")) == "11,87"
    assert WORDS.value(Interval(low=Decimal(98), high=None, low_open=True)) == f">{NB}98"
    assert WORDS.value(None) == "–"


@pytest.mark.parametrize(
    ("printed", "text"),
    [("≥ 80%", f"≥{NB}80"), ("trên 3,5%", f">{NB}3,5"), ("trong vòng 24 tiếng", f"≤{NB}24"), ("100%%", "100")],
)
def test_targets(printed: str, text: str) -> None:
    assert WORDS.target(target(printed)) == text


def test_levels_and_intervals() -> None:
    assert WORDS.target(target("Cấp độ 2 hoặc 3")) == "cấp độ 2 hoặc 3"
    assert WORDS.target(target("45-50%")) == "45–50"


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_status_has_a_word(code: str) -> None:
    words = Words(code)
    assert len({words.status(status) for status in Status}) == len(Status)
    assert len({words.task_status(status) for status in TaskStatus}) == len(TaskStatus)
    assert len({words.plan_state(state) for state in PlanState}) == len(PlanState)


@pytest.mark.parametrize(
    ("prefix", "members"),
    [
        ("deadline", DeadlineKind),
        ("comparator", [c for c in Comparator if c.judged or c is Comparator.NONE]),
        ("unjudged", [c for c in Comparator if not (c.judged or c is Comparator.NONE)]),
        ("kind", Kind),
        ("status", Absence),
    ],
    ids=["deadlines", "comparators", "unjudged", "kinds", "absences"],
)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_member_has_a_word(prefix: str, members: Iterable[str], code: str) -> None:
    spoken = [Words(code).text(f"{prefix}.{member}", target="x") for member in members]
    assert len(set(spoken)) == len(spoken) > 1


@pytest.mark.parametrize(
    ("period", "vi", "en"),
    [
        ("2025", "Năm 2025", "2025"),
        ("2026-Q1", "Quý I năm 2026", "Quarter I of 2026"),
        ("2026-H1", "6 tháng đầu năm 2026", "First half of 2026"),
        ("2025-H2", "6 tháng cuối năm 2025", "Second half of 2025"),
        ("2026-9M", "9 tháng năm 2026", "First nine months of 2026"),
        ("2026-03", "Tháng 3 năm 2026", "Month 3 of 2026"),
    ],
)
def test_periods(period: str, vi: str, en: str) -> None:
    assert (Words("vi").period(period), Words("en").period(period)) == (vi, en)
    assert Period.parse(period).label == vi


def test_english_forms_of_numbers() -> None:
    assert Words("en").number(Decimal("1234.5")) == "1,234.5"
    assert Words("en").percent(Fraction(10, 22)) == "45.5%"


ROOM = CODE / "pipeline"
DOMAINS = sorted({path.stem for path in ROOM.glob("*/locale/*/*.po")})
_FIELD = re.compile(r"\{([a-z0-9_]+)\}")


def _texts(code: str, domain: str) -> dict[str, tuple[str, ...]]:
    path = catalogue_path(code, domain)
    if not path.is_file():
        return {}
    with path.open("rb") as lines:
        catalogue = read_po(lines, locale=code)
    texts = {}
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key:
            texts[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return texts


@pytest.mark.parametrize("domain", [d for d in DOMAINS if d not in ("official", "data")])  # those are Vietnamese only
def test_every_language_has_every_key(domain: str) -> None:
    one, *others = (_texts(code, domain) for code in LANGUAGES)
    for other in others:
        assert one.keys() == other.keys()
        for key, texts in one.items():
            wanted = {field for text in texts for field in _FIELD.findall(text)}
            assert wanted == {field for text in other[key] for field in _FIELD.findall(text)}, key


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_no_text_is_empty_and_braces_are_fields(code: str, domain: str) -> None:
    for key, texts in _texts(code, domain).items():
        for text in texts:
            assert text.strip(), key
            assert not set("{}") & set(_FIELD.sub("", text)), key


def test_no_key_is_unused() -> None:
    """Every key, or the beginning of a composed key, is in a module or a template."""
    code = "".join(p.read_text("utf-8") for p in ROOM.rglob("*") if p.suffix in (".py", ".j2"))
    for domain in DOMAINS:
        for key in _texts("vi", domain):
            stem, _, _ = key.rpartition(".")
            written = f'"{key}"' in code or f"'{key}'" in code
            composed = any(f"{quote}{stem}." in code for quote in ('"', "'"))
            assert written or composed, key


def test_an_unknown_key_is_an_error_and_values_are_escaped() -> None:
    words = Language("vi", "page")
    with pytest.raises(KeyError, match="nothing"):
        words.text("nothing")
    assert "&lt;b&gt;" in words.html("lead.no-plan", inside="<b>", day="")
    assert "<em>" in words.html("lead.no-plan", inside="x", day="")


def test_counts_choose_their_form() -> None:
    english = Language("en", "page")
    assert english.text("lead.absent", count=1) == "1 indicator has no data of the period"
    assert english.text("lead.absent", count=1234) == "1,234 indicators have no data of the period"
    assert Language("vi", "page").text("lead.absent", count=1234) == "1.234 chỉ tiêu chưa có số liệu của kỳ"


def _spread(*values: str) -> str:
    amounts = sorted(Decimal(value) for value in values)
    middle = amounts[(len(amounts) - 1) // 2]
    rolled = ConceptRollUp(
        concept="x",
        scope="",
        unit="%",
        by_outcome={ConceptOutcome.MET: len(amounts)},
        observed=len(amounts),
        distribution=Distribution(len(amounts), amounts[0], middle, amounts[-1]),
        bounded=0,
        contradictory=0,
        wholes=0,
        bases=(),
        total=None,
        total_of=0,
    )
    return WORDS.spread(rolled).replace(NB, " ")


def test_a_median_is_named_from_three_values_up() -> None:
    assert _spread("80") == "80% (một nơi)"
    assert _spread("95", "11.87") == "11,87; 95%"
    assert _spread("95", "11.87", "40") == "11,87 – 40 – 95%"


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_scope_of_a_plan_has_words(registry: Registry, code: str) -> None:
    scopes = {row.scope for plan in registry.plans for row in plan.indicators if row.scope}
    assert all(Words(code).text(f"scope.{scope}") for scope in scopes)


def test_units_that_stand_before_their_figure() -> None:
    assert WORDS.measured(exactly("1"), "cấp độ") == f"cấp độ{NB}1"
    assert WORDS.measured(exactly("24"), "giờ") == f"24{NB}giờ"
    assert WORDS.written("284,719 (133,5% dự toán)", "tỷ đồng") == f"284,719{NB}tỷ đồng (133,5% dự toán)"


@pytest.mark.parametrize("domain", [d for d in DOMAINS if d != "words"])
def test_no_catalogue_hides_a_phrase_of_the_common_one(domain: str) -> None:
    """The catalogue of a page is asked first, so that an equal key would put its words where others are meant."""
    assert not _texts("vi", domain).keys() & _texts("vi", "words").keys()


@pytest.mark.parametrize(
    ("unit", "gap", "monthly", "text"),
    [
        ("%", "0.05", "0.0028", "còn 0,05 điểm phần trăm"),  # 0,00 a month is no need
        ("%", "33.5", "5.5833", "còn 33,5 điểm phần trăm, cần 5,58 điểm phần trăm mỗi tháng"),
        ("người", "789", "14.611", "còn 789 người, cần 15 người mỗi tháng"),
        ("người", "2", "0.33", "còn 2 người"),
    ],
)
def test_what_is_needed_in_a_month(unit: str, gap: str, monthly: str, text: str) -> None:
    row = SimpleNamespace(unit=unit, gap=Decimal(gap), gap_per_month=Decimal(monthly), target=None, status=Status.LATE)
    assert WORDS.gap(cast("IndicatorResult", row)).replace(NB, " ") == text
