"""What an indicator measures, in the language of a page (tên chỉ tiêu, tên nội dung đo).

The text of an indicator is Vietnamese, as its plan prints it. On a page in another language a sentence names the
concept instead (`name_en` of `concepts.yaml`), and the text as printed stands apart, marked as Vietnamese.
"""

from __future__ import annotations

from pipeline.completion.records import Completion, IndicatorResult
from pipeline.report.words import Words


def concept_name(concept: str, completion: Completion) -> str:
    """The Vietnamese name of a concept (nội dung đo) of a row or a value; the id of one that is in no list."""
    return next((known.name for known in completion.definitions if known.id == concept), concept)


def named_in(concept: str, completion: Completion, words: Words) -> str:
    """The name of a concept in the language of `words`; '' where the list has none in it."""
    return next((known.name_in(words.code) for known in completion.definitions if known.id == concept), "")


def concept_in(concept: str, completion: Completion, words: Words) -> str:
    """The same for a sentence; where the list has none, the Vietnamese name."""
    return named_in(concept, completion, words) or concept_name(concept, completion)


def indicator_in(row: IndicatorResult, completion: Completion, words: Words) -> str:
    """An indicator inside a sentence: in Vietnamese by its text, else by its concept.

    The text is without 'Tỷ lệ' and brackets.
    """
    return (named_in(row.concept, completion, words) if words.code != "vi" else "") or short_name(row.name)


def short_name(name: str) -> str:
    """The text of an indicator inside a sentence: without 'Tỷ lệ' and brackets."""
    text = name.removeprefix("Tỷ lệ ").split(" (")[0].rstrip(".;,")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
