"""A revised plan against the one in the registry: the proposed entry is what the registry takes."""

from __future__ import annotations

from functools import cache

from pipeline.digitise.draft_yaml import DraftOf
from pipeline.digitise.proposals import Known
from pipeline.digitise.revised import amendments_yaml, plan_revised
from pipeline.paths import Layout
from pipeline.plans.amend import amended
from pipeline.plans.amendments import Amendment
from pipeline.plans.models import Plan
from pipeline.plans.registry import Registry, read_registry
from pipeline.plans.strict_yaml import loaded
from tests.digitise.measure import DOCUMENTS, document


@cache
def registry() -> Registry:
    return read_registry(Layout.of_project(), "binh-giang")


def draft_of(name: str = "binh-giang-2026-table-cut.docx") -> DraftOf:
    made, known = document(DOCUMENTS / name, "binh-giang"), Known(registry(), "binh-giang")
    return DraftOf("binh-giang-2026", registry().locality("binh-giang"), name, "", made, known)


def earlier() -> Plan:
    """The plan as it would stand in the registry if the document were its revision."""
    plan = next(plan for plan in registry().plans if plan.id == "binh-giang-2026")
    plain = plan.model_dump(mode="python", by_alias=True)
    for row in plain["indicators"]:
        if (row["group"], row["no"]) == ("II", "14"):
            row["targets"][0]["text"] = "≥ 90%"
    for line in plain["tasks"]:
        if (line["group"], line["no"]) == ("3", "4"):
            line["deadline"] = "Quý II/2026"
    return Plan.model_validate(plain)


def changes() -> list[dict[str, object]]:
    plain = loaded(amendments_yaml(draft_of(), earlier()).replace("# date: văn bản để trống ngày", "date: 2026-05-20"))
    assert isinstance(plain, dict)
    return list(plain["amendments"][0]["changes"])


def test_what_was_changed_is_proposed() -> None:
    proposed = [change for change in changes() if "dropped" not in change and "added" not in change]
    target = {"year": 2026, "before": "≥ 90%", "after": "≥ 80%"}
    assert {"indicator": "II.14", "target": target} in proposed
    assert {"task": "3.4", "deadline": {"before": "Quý II/2026", "after": "Quý III/2026"}} in proposed


def test_the_entry_is_one_of_the_registry_and_gives_the_new_plan() -> None:
    wanted = [change for change in changes() if {"indicator", "target"} <= change.keys()]
    amendment = Amendment.model_validate({"document": "Kế hoạch số 1", "date": "2026-05-20", "changes": wanted})
    plan = earlier().model_copy(update={"amendments": (amendment,)})
    after = {row.key.label: row.targets[0].text for row in amended(plan, plan.amendments).indicators}
    assert after["II.14"] == "≥ 80%"


def test_rows_of_tables_that_say_the_same_are_no_change() -> None:
    assert not any(str(change.get("indicator", "")).startswith(("I.", "II.1", "II.2")) for change in changes()[1:])


def test_the_same_document_revises_nothing() -> None:
    plans = read_registry(Layout.of_project(), "bach-long-vi").plans
    draft = draft_of()
    same = DraftOf(
        "bach-long-vi-2026",
        read_registry(Layout.of_project(), "bach-long-vi").locality("bach-long-vi"),
        "a.docx",
        "",
        document(DOCUMENTS / "bach-long-vi-2026-table-auto.docx", "bach-long-vi"),
        draft.known,
    )
    assert plan_revised(same, plans) is None
    assert plan_revised(draft, registry().plans) is not None
