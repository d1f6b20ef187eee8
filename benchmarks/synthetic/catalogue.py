"""The words of the synthetic country, read from `catalogue.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from pipeline.plans.base import Record, Text
from pipeline.plans.models import Agency


class Measure(Record):
    """What an indicator may be about. `start` and `aim` are ranges of baseline and target, in `unit`."""

    concept: Text
    group: int
    unit: str = "%"
    falling: bool = False
    start: tuple[float, float]
    aim: tuple[float, float]
    names: tuple[Text, ...] = Field(min_length=1)


class Promise(Record):
    """A quantified commitment (cam kết định lượng) and its printed target."""

    concept: Text
    unit: str
    falling: bool = False
    text: Text
    yearly: bool = False
    start: tuple[float, float]
    aim: tuple[float, float]
    name: Text


class TaskWords(Record):
    """Verbs and objects of the tasks of one group; each goes with each."""

    verbs: tuple[Text, ...]
    objects: tuple[Text, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every thing with every verb: names of tasks, in order."""
        return tuple(f"{verb} {thing}" for thing in self.objects for verb in self.verbs)


class Catalogue(Record):
    """All words that plans and submissions are put together from."""

    groups: tuple[Text, ...]
    indicators: tuple[Measure, ...]
    scopes: tuple[Text, ...]
    commitments: tuple[Promise, ...]
    agencies: tuple[Agency, ...]
    coordinating: tuple[Agency, ...]
    tasks: tuple[TaskWords, ...]
    sources: tuple[Text, ...]
    products: tuple[Text, ...]

    @property
    def most_indicators(self) -> int:
        """As many indicators as a plan can have: each without and with every scope."""
        return len(self.indicators) * (1 + len(self.scopes))

    @property
    def most_tasks(self) -> int:
        """As many tasks as a plan can have."""
        return sum(len(words.names) for words in self.tasks)


@cache
def read_catalogue() -> Catalogue:
    """The catalogue beside this module."""
    document: Any = yaml.safe_load((Path(__file__).parent / "catalogue.yaml").read_text("utf-8"))
    return Catalogue.model_validate(document)
