"""The method is data with an id; an id always stands for the same method."""

from __future__ import annotations

import hashlib

import pytest
from pydantic import ValidationError

from pipeline.plans.method import Method
from pipeline.plans.registry import Registry

# A change of a threshold, a window, a calendar or a formula is a new id and a new line here; lines are never changed.
KNOWN = {"2026.2": "6c4c7565b003b1b8", "2026.3": "a8e92cb12f09b9d9", "2026.4": "1e7d81b8a95afc96"}


def test_an_id_always_stands_for_the_same_method(registry: Registry) -> None:
    method = registry.method
    assert hashlib.sha256(method.model_dump_json().encode()).hexdigest()[:16] == KNOWN[method.id]


def test_the_calendar_in_use_is_one_of_those_listed(registry: Registry) -> None:
    with pytest.raises(ValidationError, match="không có lịch"):
        Method.model_validate(registry.method.model_dump() | {"calendar": "khac"})
