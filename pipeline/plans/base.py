"""The base models of all records, and the types of their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, model_validator

from pipeline.plans.text import INVISIBLE, hidden_character, tidy

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1)]
# Exact: 11,87 is decided as 11,87, not as the nearest binary fraction. JSON carries it as a number.
Number = Annotated[Decimal, Field(allow_inf_nan=False), PlainSerializer(float, when_used="json")]
Year = Annotated[int, Field(ge=2000, le=2100)]


LONGEST_TEXT = 10_000
"""Characters of one field that people write. The longest name of a task in a plan of the Government has 2,600."""


class Record(BaseModel):
    """Base of what people write by hand: unknown keys and hidden characters are refused, text is tidied.

    Characters without width at the ends of a text hide nothing and are left out, as in cells of submissions.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _tidy_text(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        tidied = {k: _tidied(v) if isinstance(v, str) else v for k, v in values.items()}
        for text in _texts_of(tidied):
            if found := hidden_character(text):
                raise ValueError(f"có ký tự ẩn {found} trong “{_seen(text)[:40]}”, gõ lại chỗ ấy")
        return tidied


def _tidied(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"“{_seen(text[:40])}…” dài {len(text)} chữ, nhiều hơn {LONGEST_TEXT}")
    return tidy(text).strip(INVISIBLE + " ")


def _texts_of(values: Mapping[object, object]) -> Iterator[str]:
    """The keys, the texts, and the texts of lists; what is nested deeper is a record of its own."""
    for key, value in values.items():
        of_list = value if isinstance(value, list | tuple) else (value,)
        yield from (text for text in (key, *of_list) if isinstance(text, str))


def _seen(text: str) -> str:
    return "".join(filter(str.isprintable, text))


class Frozen(BaseModel):
    """Base of what the program writes: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Computed(Frozen):
    """Base of records with computed figures, which are written for readers and ignored when read back.

    Not part of `Frozen`: a validator in Python makes reading a record ten times as slow.
    """

    @model_validator(mode="before")
    @classmethod
    def _computed_again(cls, values: object) -> object:
        if isinstance(values, dict):
            return {name: value for name, value in values.items() if name not in cls.model_computed_fields}
        return values
