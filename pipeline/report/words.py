"""Figures and statuses in words (cách viết số và lời đánh giá), in the language of a page.

All text lies in gettext catalogues, `locale/<language>/<domain>.po`, under keys that say where it stands:
`answer.met`. A catalogue may hold mark-up; what is put into it is escaped.
"""

from __future__ import annotations

import datetime as dt
import gettext
import io
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from babel.core import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup

from pipeline.completion.counts import ConceptCount, Rate, TaskCounts
from pipeline.completion.records import AmendedClause, IndicatorResult, PastVerdict, TargetInForce
from pipeline.completion.statuses import NOT_MET, PlanState, Status, TaskStatus
from pipeline.intake.rows import Interval
from pipeline.languages import catalogue_path, languages
from pipeline.plans.periods import Period
from pipeline.plans.targets import Comparator

if TYPE_CHECKING:
    from pipeline.completion.rollup import ConceptRollUp

LANGUAGES = languages()
"""The languages that have catalogues; the first is the official one, Vietnamese."""
NBSP = "\N{NO-BREAK SPACE}"
NO_VALUE = "–"


@dataclass(frozen=True)
class Language:
    """One of `LANGUAGES`, with the catalogues of a domain such as `page` or `official`, and `words` behind it."""

    code: str
    domain: str = "page"

    def text(self, key: str, /, **values: object) -> str:
        """The text of `key` with `{name}` filled in; an int as `count` also chooses the form for that number.

        Raises KeyError for a key that no catalogue has.
        """
        return self._find(key, values).format(**self._written(values))

    def html(self, key: str, /, **values: object) -> Markup:
        """The same where the text is HTML: values are escaped, the catalogue's own mark-up is not."""
        return Markup(self._find(key, values)).format(**self._written(values))  # noqa: S704 - our own catalogue

    def number(self, value: Decimal | int | None, digits: int = 2) -> str:
        """'1.234,5' or '1,234.5': at most `digits` decimals, rounded half up; '–' for none."""
        if value is None:
            return NO_VALUE
        return _number(self.code, Decimal(value), digits)

    def percent(self, share: Fraction | Decimal | None, digits: int = 1) -> str:
        """A share as '45,5 %', rounded half up; '–' for 0/0."""
        if share is None:
            return NO_VALUE
        exact = Fraction(share) * 100
        return f"{self.number(Decimal(exact.numerator) / Decimal(exact.denominator), digits)}{NBSP}%"

    def date(self, day: dt.date | None) -> str:
        """'14/12/2025' in every language, as in the documents; so it is never read as month first."""
        return NO_VALUE if day is None else f"{day:%d/%m/%Y}"

    def _written(self, values: dict[str, object]) -> dict[str, object]:
        """Whole numbers as the language writes them (1.234), except years."""
        counts = {name for name, x in values.items() if isinstance(x, int) and "year" not in name}
        return {name: self.number(x) if name in counts and isinstance(x, int) else x for name, x in values.items()}

    def _find(self, key: str, values: dict[str, object]) -> str:
        count = values.get("count")
        for domain in (self.domain, "words"):
            catalogue = _catalogue(self.code, domain)
            plural = catalogue.ngettext(key, key, count) if isinstance(count, int) else key
            found = plural if plural != key else catalogue.gettext(key)
            if found != key:
                return found
        raise KeyError(f"{self.code}: {key}")


def own_name(code: str) -> str:
    """What a language calls itself: 'Tiếng Việt', 'English', 'Français'."""
    name = str(Locale.parse(code).get_language_name(code))
    return name[:1].upper() + name[1:]


@lru_cache(4096)  # thousands of rows repeat the same few shares
def _number(code: str, value: Decimal, digits: int) -> str:
    with localcontext(prec=100):  # a figure of any length is shown instead of raising
        rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0  # never "-0"
        text: str = format_decimal(rounded, format=f"#,##0.{'#' * digits}", locale=code)
    return text


@cache
def _catalogue(code: str, domain: str) -> gettext.GNUTranslations:
    """A catalogue, compiled in memory: a compiled file could be older than its text."""
    if code not in LANGUAGES:
        raise KeyError(code)
    with catalogue_path(code, domain).open("rb") as lines:
        catalogue = read_po(lines, locale=Locale.parse(code))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


def unit_of(unit: str) -> str:
    """The unit with the space before it, as it follows a figure."""
    return f"{NBSP}{unit}" if unit else ""


class Words(Language):
    """The phrases of a report over the catalogue `words`, in one language."""

    def status(self, status: Status) -> str:
        """The word for a status of an indicator (đánh giá), as the page prints it."""
        return self.text(status.word)

    def verdict(self, row: IndicatorResult) -> str:
        """The word for the status of a row; of a target that cannot be judged also why (không đánh giá: …)."""
        if row.unjudged is None or row.status is not Status.NOT_ASSESSABLE:
            return self.status(row.status)
        return self.text(f"unjudged.{row.unjudged.comparator}", target=row.unjudged.text)

    def task_status(self, status: TaskStatus) -> str:
        """The word for a status of a task (tình trạng nhiệm vụ)."""
        return self.text(status.word)

    def plan_state(self, state: PlanState) -> str:
        """The word for the state of a plan at the cut-off: in force, not begun, expired."""
        return self.text(state.word)

    def period(self, written: str) -> str:
        """'2026-Q1' as 'Quý I năm 2026'."""
        period = Period.parse(written)
        part, year = period.part, period.year
        fixed = {"": "year", "9M": "nine-months", "H1": "first-half", "H2": "second-half"}
        if part in fixed:
            return self.text(f"period.{fixed[part]}", year=year)
        if part.startswith("Q"):
            return self.text("period.quarter", part=_ROMAN[int(part[1])], year=year)
        return self.text("period.month", part=int(part), year=year)

    def value(self, value: Interval | None, digits: int = 2) -> str:
        """An observed value without its unit: '11,87', '> 98'; at least 4 digits for a value below 1."""
        if value is None:
            return NO_VALUE
        if value.exact is not None:
            return self.number(value.exact, digits if abs(value.exact) >= 1 or not value.exact else max(digits, 4))
        if value.low is not None:
            return f"{'>' if value.low_open else '≥'}{NBSP}{self.number(value.low, 4)}"
        return f"{'<' if value.high_open else '≤'}{NBSP}{self.number(value.high, 4)}"

    def target(self, target: TargetInForce | None) -> str:
        """A target without its unit: '≥ 80', '45–50', 'cấp độ 2 hoặc 3'; '–' for none."""
        if target is None or target.comparator is Comparator.NONE:
            return NO_VALUE
        if target.comparator is Comparator.IN_SET:
            levels = self.text("target.or").join(str(level) for level in target.levels)
            return self.text("target.levels", levels=levels)
        if target.comparator is Comparator.RANGE:
            return f"{self.number(target.low)}–{self.number(target.high)}"
        sign = target.comparator.sign
        return f"{sign}{NBSP if sign else ''}{self.number(target.bound)}"

    def target_with_unit(self, target: TargetInForce | None, unit: str) -> str:
        """A target with its unit; a level and a dash have none."""
        bare = target is None or target.comparator in (Comparator.NONE, Comparator.IN_SET)
        return f"{self.target(target)}{'' if bare else unit_of(unit)}"

    def gap(self, result: IndicatorResult) -> str:
        """What is missing, in all and per month: 'còn 15 điểm %, cần 1,25 điểm % mỗi tháng'."""
        if result.gap is None:
            return ""
        if result.gap == 0:
            return self.text("gap.equal")
        unit = self.text("unit.points") if result.unit.startswith("%") else result.unit
        gap, monthly = (f"{self.number(x)}{unit_of(unit)}" for x in (result.gap, result.gap_per_month))
        return self.text("gap.left-monthly" if result.gap_per_month else "gap.left", gap=gap, monthly=monthly)

    def formula(self, result: IndicatorResult) -> str:
        """The decision with its numbers: '11,87 so với ≥ 80: sai → chưa đạt'; '' without a value or a target."""
        if result.observation is None or result.observation.value is None or result.target is None:
            return ""
        answer = "false" if result.status in NOT_MET else "true" if result.status is Status.MET else "unknown"
        formula = self.text(
            "formula.verdict",
            value=self._exact_enough(result, result.observation.value),
            target=self._demand(result.target),
            answer=self.text(f"formula.{answer}"),
            status=self.status(result.status),
        )
        if result.attainment is None:
            return formula
        return f"{formula}; {self.text('formula.attainment', share=self.percent(result.attainment))}"

    def amended(self, clause: AmendedClause) -> str:
        """What an amendment changed: 'mục tiêu “≥80%” → “≥60%” (Quyết định số 12/QĐ-UBND, 20/05/2026)'."""
        document = {"document": clause.document, "date": self.date(clause.date), "after": clause.after}
        if clause.kind in ("dropped", "added"):
            return self.text(f"amended.{clause.kind}", **document)
        what = self.text(f"amended.{clause.kind}")
        return self.text("amended.changed", what=what, before=clause.before, **document)

    def past(self, verdict: PastVerdict, unit: str) -> str:
        """The verdict on an earlier target: 'mục tiêu năm 2025 (≥ 60 %): không đạt, 55 %'."""
        key = "past.year" if verdict.target.year else "past.day"
        verdict_text = self.text(
            key,
            year=verdict.target.year,
            day=self.date(verdict.target.due),
            target=self.target_with_unit(verdict.target, unit),
            status=self.status(verdict.status),
        )
        value = verdict.observation.value if verdict.observation else None
        return f"{verdict_text}, {self.value(value)}{unit_of(unit)}" if value else verdict_text

    def no_pace(self, result: IndicatorResult) -> str:
        """Why a row in progress has no pace (không tính được tiến độ)."""
        target, observed = result.target, result.observation
        if result.baseline is None:
            return self.text("no-pace.baseline")
        if target is not None and target.due is None:
            return self.text("no-pace.due")
        if target is not None and target.bound is None:
            return self.text("no-pace.levels")
        if observed is not None and observed.value and observed.value.exact is None:
            return self.text("no-pace.bound")
        newer = observed is not None and result.baseline_day is not None and observed.as_of > result.baseline_day
        return self.text("no-pace.path" if newer else "no-pace.old")

    def rate(self, rate: Rate) -> str:
        """The met rate with numerator and denominator in words."""
        if not rate.total:
            return self.text("rate.none")
        key = "rate.exact" if rate.met == rate.met_at_most else "rate.bounds"
        return self.text(key, met=rate.met, total=rate.total, most=rate.met_at_most)

    def concepts(self, concepts: ConceptCount) -> str:
        """The met rate over concepts instead of rows."""
        key = "rate.concepts" if concepts.met == concepts.met_at_most else "rate.concepts-bounds"
        return self.text(key, met=concepts.met, total=concepts.total, most=concepts.met_at_most)

    def task_rates(self, counts: TaskCounts) -> list[str]:
        """Both official rates, each with its denominator in words; with both bounds where reports are missing."""
        return [
            self._task_rate("tasks.of-assigned", counts.done, counts.not_reported, counts.counted),
            self._task_rate("tasks.of-due", counts.done, counts.unknown_due, counts.judged),
        ]

    def _task_rate(self, key: str, done: int, unknown: int, whole: int) -> str:
        lower, upper = (self.share(n, whole, 2) for n in (done, done + unknown))
        if not unknown or not whole:
            return self.text(key, done=done, whole=whole, share=lower)
        return self.text(f"{key}-bounds", done=done, most=done + unknown, whole=whole, share=lower, upper=upper)

    def spread(self, concept: ConceptRollUp) -> str:
        """Minimum, median and maximum of the values sent: '40 – 81,5 – 98 %'; '–' for none."""
        d = concept.distribution
        if d is None:
            return NO_VALUE
        if d.count == 1:
            return self.text("spread.one", value=f"{self.number(d.median, 4)}{unit_of(concept.unit)}")
        return " – ".join(self.number(v, 4) for v in (d.minimum, d.median, d.maximum)) + unit_of(concept.unit)

    def total(self, concept: ConceptRollUp) -> str:
        """'815/1.000 = 81,5 %' over the localities that give both terms; '–' for none."""
        total = concept.total
        if total is None:
            return NO_VALUE
        terms = f"{self.number(total.numerator)}/{self.number(total.denominator)}"
        if concept.unit.startswith("%"):
            return f"{terms} = {self.percent(total.share)}"
        return f"{terms} = {self.number(total.numerator / total.denominator)}{unit_of(concept.unit)}"

    def share(self, part: int, whole: int, digits: int = 1) -> str:
        """'45,5 %', or '–' for 0/0."""
        return self.percent(Fraction(part, whole) if whole else None, digits)

    def _exact_enough(self, result: IndicatorResult, value: Interval) -> str:
        """The value, with more digits where 4 would make it look like the bound that it does not reach."""
        short = self.value(value, 4)
        bound = result.target.bound if result.target else None
        near = bound is not None and result.status is not Status.MET and short == self.number(Decimal(bound), 4)
        return self.value(value, 15) if near else short

    def _demand(self, target: TargetInForce) -> str:
        """What the target demands, with the sign by which a bare number or an interval is read."""
        sign = "≤" if target.wants_less else "≥"
        bound = self.number(Decimal(target.bound)) if target.bound is not None else ""
        if target.comparator is Comparator.EQUAL:
            return f"{sign}{NBSP}{bound}"
        if target.comparator is Comparator.RANGE:
            end = self.text("formula.upper" if target.wants_less else "formula.lower")
            return self.text("formula.range", sign=sign, bound=bound, end=end, range=self.target(target))
        return self.target(target)


VIETNAMESE = Words("vi", "words")
"""For commands and receipts, which are in Vietnamese."""


_FIELDS = {
    "status": "trạng thái",
    "value": "giá trị",
    "target": "mục tiêu",
    "text": "nguyên văn",
    "attainment": "mức đạt",
    "gap": "còn thiếu",
    "due": "hạn",
    "met": "số đạt",
    "not_met": "số chưa đạt",
    "total": "tổng số",
    "observed": "số có số liệu",
    "rate": "tỷ lệ",
    "original_rate": "tỷ lệ theo mục tiêu ban đầu",
    "by_status": "theo trạng thái",
    "task_counts": "nhiệm vụ",
    "observation": "số liệu",
    "low": "từ",
    "high": "đến",
}
"""Fields that a reader of the page knows; others keep their name in the file."""


def field_word(text: str) -> str:
    """The official word for a field, or for a status that is the name of one; else the text."""
    return _FIELDS.get(text) or status_word(text)


def status_word(text: str) -> str:
    """The official word where a text is the code of a status; else the text."""
    with suppress(ValueError):
        return VIETNAMESE.status(Status(text))
    return text
