"""What stands beside a row or a count: printed words, repeats, offices taken from tasks, similar values, missing parts.

Its texts are in the catalogue `words`, so that page and Word say the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.completion.lines import Completeness, PrintedLine
from pipeline.completion.records import Completion, IndicatorResult, PlanResult
from pipeline.completion.statuses import PlanState, Status
from pipeline.plans.models import Kind
from pipeline.plans.text import misprints
from pipeline.report.concept_words import concept_in
from pipeline.report.plan_words import short_title
from pipeline.report.words import Words

_AROUND = ".,;:!?…“”‘’\"'()"


def corrected(name: str, row: PrintedLine, words: Words) -> str:
    """The words of a name that the registry corrects, as printed; '' where it corrects none."""
    if not row.name_printed:
        return ""
    pairs = [pair for pair in misprints(row.name_printed, name) if not _differ_in_punctuation(*pair)]
    if not pairs:
        return ""
    shown = [words.text("mark.word", printed=printed, read=read) for printed, read in pairs]
    return words.text("mark.printed", words="; ".join(shown))


def _differ_in_punctuation(printed: str, read: str) -> bool:
    """Whether two texts have the same words, with other signs around them; a sign within one counts: 1,5, CNTT-TT."""
    ours, theirs = ([word.strip(_AROUND) for word in text.split()] for text in (printed, read))
    return [word for word in ours if word] == [word for word in theirs if word]


def repeated(row: PrintedLine, words: Words) -> str:
    """The row that this one repeats, and whether it is left out of the counts for that; '' for none."""
    if not row.same_as:
        return ""
    label = row.same_as.partition("/")[2]
    return words.text("mark.repeats" if row.repeats else "mark.same-as", label=label)


def lead_from(row: object, words: Words) -> str:
    """'theo nhiệm vụ 3.4', where the office of a row is that of its task; '' else."""
    labels = row.lead_from if isinstance(row, IndicatorResult) else ()
    return words.text("mark.lead-from", labels=", ".join(labels)) if labels else ""


def distinct(completion: Completion, words: Words) -> str:
    """'30 chỉ tiêu là 29 nội dung khác nhau, vì …', where rows counted in several places are one thing; '' else."""
    concepts = completion.concepts
    if not concepts.repeated:
        return ""
    places: dict[tuple[str, str, str], list[str]] = {}
    for row in (row for plan in completion.in_force for row in plan.indicators if plan.counts(row)):
        if row.kind is Kind.INDICATOR:
            places.setdefault((row.concept, row.scope, row.unit), []).append(row.key.label)
    labels = "; ".join(", ".join(of_one) for of_one in places.values() if len(of_one) > 1)
    counts = {"total": completion.rate.total, "distinct": concepts.total, "count": concepts.repeated}
    return words.text("mark.distinct", labels=labels, **counts)


def sent_before(row: IndicatorResult, completion: Completion, words: Words) -> str:
    """'số liệu ngày 10/03/2026': the value judged was sent with another period, or its plan has ended; '' else."""
    o = row.observation
    if o is None or o.value is None:
        return ""
    after_the_plan = row.status is Status.PLAN_NOT_IN_FORCE and bool(row.past)
    if o.edition in ("", completion.period) and not after_the_plan:
        return ""
    return words.text("latest", day=words.day_of(o))


def uses_earlier_files(completion: Completion) -> bool:
    """Whether the period has values, though nothing was sent for it: of counted rows, or of rows due before."""
    ended = (row for plan in completion.plans if plan.state is PlanState.EXPIRED for row in plan.indicators)
    return completion.rate.observed > 0 or any(map(has_later_value, ended))


def has_later_value(row: IndicatorResult) -> bool:
    """Whether the period has a value of a row that was due before, and was not judged by that value."""
    if row.counted or row.repeats or not row.past or row.observation is None or row.observation.value is None:
        return False
    judged_by = row.past[-1].observation
    return judged_by is None or judged_by.as_of < row.observation.as_of


def near_values(row: IndicatorResult, completion: Completion, words: Words) -> list[str]:
    """Similar values (số liệu gần nghĩa), each with what it measures and its day; they decide nothing."""
    return [
        words.text(
            "mark.near",
            value=words.measured(o.value, o.unit),
            name=concept_in(o.concept, completion, words),
            day=words.day_of(o),
        )
        for o in row.near
    ]


def all_near_values(completion: Completion, words: Words) -> list[str]:
    """The similar values of the plans in force, each once, with the rows to which it is near."""
    labels: dict[str, list[str]] = {}
    for row in (row for plan in completion.in_force for row in plan.indicators):
        for text in near_values(row, completion, words):
            labels.setdefault(text, []).append(row.key.label)
    return [words.text("mark.near-rows", near=text, labels=", ".join(rows)) for text, rows in labels.items()]


def definition(row: IndicatorResult, completion: Completion, words: Words) -> Iterator[str]:
    """What the concept of a row counts, over what, and where the figure comes from; what no paper says is said."""
    concept = next((c for c in completion.definitions if c.id == row.concept), None)
    if concept is None:
        return
    none = words.text("definition.none")
    share = any(unit.startswith("%") for unit in concept.units)
    key = "definition.counted" if share else "definition.number"
    yield words.text(key, counted=concept.counted or none, over=concept.over or none)
    yield words.text("definition.source", owner=concept.owner or none, system=concept.system or none)


def beside_rows(counts: Completeness, words: Words) -> list[str]:
    """How many rows are left out of a count of indicators, because they repeat others."""
    return [words.text("beside.rows", count=counts.repeated_rows)] if counts.repeated_rows else []


def beside_tasks(completion: Completion, words: Words) -> list[str]:
    """Of which plans in force annexes with tasks are missing, and how many tasks repeat others."""
    missing = [sentence for plan in completion.in_force if (sentence := annexes_missing(plan, completion, words))]
    repeated_tasks = completion.repeated_tasks
    return missing + ([words.text("beside.tasks", count=repeated_tasks)] if repeated_tasks else [])


def annexes_missing(plan: PlanResult, completion: Completion, words: Words) -> str:
    """That a plan refers to annexes with tasks that the registry does not have, and how many tasks it has; '' else."""
    if not plan.missing_annexes:
        return ""
    count = sum(not task.repeats for task in plan.tasks)
    return words.text("beside.annexes", plan=short_title(plan, completion, words), count=count)
