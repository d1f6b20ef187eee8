"""The statement and the crate say what the manifest says, in the forms that were looked up."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest

from pipeline.publish.provenance import crate, statement
from pipeline.publish.recorded import Recorded

INFO = {
    "started": "2026-05-01T08:00:00Z",
    "finished": "2026-05-01T08:00:09Z",
    "host": "máy 1/x",
    "user": "an",
    "python": "3.11.7",
    "platform": "Linux",
    "commit": "c" * 40,
}
SAME = hashlib.sha256(b"same").hexdigest()


@pytest.fixture
def recorded() -> Recorded:
    return Recorded(
        folder=Path(),
        run="a" * 64,
        input_id="b" * 64,
        parameters={"locality": "cat-hai", "period": "2025", "known_at": "", "page_lang": "en"},
        python="3.11",
        draft="d" * 64,
        inputs={
            "data/raw/submissions/cat-hai/2025/số liệu.xlsx": SAME,
            "data/raw/submissions/cat-hai/2025/copy.xlsx": SAME,
            "notebooks/report.ipynb": "1" * 64,
            "pipeline/steps.py": "2" * 64,
            "requirements.lock": "3" * 64,
        },
        outputs={"index.html": "4" * 64, "notebooks/report.ipynb": "5" * 64, "số liệu.csv": "6" * 64},
    )


def test_the_statement_names_every_output_and_every_input(recorded: Recorded) -> None:
    made = statement(recorded, INFO, "7" * 64)
    assert made["_type"] == "https://in-toto.io/Statement/v1"
    assert made["predicateType"] == "https://slsa.dev/provenance/v1"
    assert {s["name"]: s["digest"]["sha256"] for s in made["subject"]} == recorded.outputs
    definition, details = made["predicate"]["buildDefinition"], made["predicate"]["runDetails"]
    assert definition["externalParameters"] == recorded.parameters
    named = {d["name"]: d["digest"] for d in definition["resolvedDependencies"]}
    assert named.pop("commit") == {"gitCommit": "c" * 40}
    assert named == {
        path: {"sha256": sha256} for path, sha256 in (recorded.inputs | {"uncommitted.diff": "d" * 64}).items()
    }
    assert details["metadata"] == {
        "invocationId": "a" * 64,
        "startedOn": INFO["started"],
        "finishedOn": INFO["finished"],
    }
    assert details["builder"]["id"] == "urn:x-pipeline:host:m%C3%A1y%201%2Fx"
    assert {b["name"] for b in details["byproducts"]} == {"manifest.json", "run-info.json"}


def test_without_git_no_commit_is_named(recorded: Recorded) -> None:
    made = statement(recorded, INFO | {"commit": ""}, "7" * 64)
    names = [d["name"] for d in made["predicate"]["buildDefinition"]["resolvedDependencies"]]
    assert "commit" not in names


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        found = {value["@id"]} if value.keys() == {"@id"} else set()
        return found.union(*(_references(part) for part in value.values()))
    return set().union(*(_references(part) for part in value)) if isinstance(value, list) else set()


def test_the_crate_is_closed_and_names_everything_once(recorded: Recorded) -> None:
    graph = crate(recorded, INFO, "Đặc khu Cát Hải", "Năm 2025")["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    assert len(entities) == len(graph)
    outside = {"https://w3id.org/ro/crate/1.1"}
    assert _references(graph) - outside <= entities.keys()
    assert entities["./"]["conformsTo"] == {"@id": "https://w3id.org/ro/wfrun/process/0.5"}
    parts = {part["@id"] for part in entities["./"]["hasPart"]}
    files = {identity for identity, entity in entities.items() if "File" in entity["@type"]}
    assert parts == files


def test_the_action_leads_from_inputs_through_notebooks_to_outputs(recorded: Recorded) -> None:
    graph = crate(recorded, INFO, "Đặc khu Cát Hải", "Năm 2025")["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    action = entities["#run"]

    def named(part: str) -> list[str]:
        return [entities[reference["@id"]]["name"] for reference in action[part]]

    assert named("instrument") == ["notebooks/report.ipynb"]
    assert len(named("object")) == 2  # both submissions have the same bytes; the package is no object
    assert named("result") == list(recorded.outputs)
    assert action["endTime"] == "2026-05-01T08:00:09+00:00"
    assert {r["@id"] for r in action["result"]} == {
        "index.html",
        "notebooks/report.ipynb",
        "s%E1%BB%91%20li%E1%BB%87u.csv",
    }


def test_an_input_is_named_by_its_hash_as_rfc_6920_does(recorded: Recorded) -> None:
    graph = crate(recorded, INFO, "x", "y")["@graph"]
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"same").digest()).decode().rstrip("=")
    assert f"ni:///sha-256;{digest}" in {entity["@id"] for entity in graph}
