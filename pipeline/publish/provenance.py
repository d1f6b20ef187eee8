"""Where a report came from, for other programs (nguồn gốc): an in-toto statement, and an RO-Crate.

Both say again what the manifest and run-info.json say, in forms that others read; the manifest is the proof.

Sources: in-toto Attestation Framework v1 (Statement, ResourceDescriptor), SLSA v1.0 Provenance; RO-Crate 1.1 with the
profile Process Run Crate 0.5.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from pipeline.inputs.draft import RECORD
from pipeline.publish.manifest import MANIFEST
from pipeline.publish.recorded import Recorded

STATEMENT, CRATE = "statement.intoto.json", "ro-crate-metadata.json"
RUN_INFO = "run-info.json"
BUILD_TYPE = "urn:x-pipeline:report:1"
"""Three notebooks over the inputs, as `python -m pipeline report -- LOCALITY PERIOD` runs them."""
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".lock": "text/plain",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
}
Json = dict[str, Any]


def statement(recorded: Recorded, info: Mapping[str, Any], info_sha256: str) -> Json:
    """The in-toto Statement v1 with SLSA provenance; `info` is run-info.json, and its hash."""
    internal = {"inputId": recorded.input_id, "python": recorded.python, "draft": recorded.draft}
    dependencies = [_resource(path, sha256) for path, sha256 in sorted(recorded.inputs.items())]
    if recorded.draft:
        dependencies.append(_resource(RECORD, recorded.draft))
    if commit := info.get("commit"):
        dependencies.append({"name": "commit", "digest": {"gitCommit": commit}})
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [_resource(name, sha256) for name, sha256 in recorded.outputs.items()],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": recorded.parameters,
                "internalParameters": {name: value for name, value in internal.items() if value},
                "resolvedDependencies": dependencies,
            },
            "runDetails": {
                "builder": {
                    "id": f"urn:x-pipeline:host:{quote(str(info.get('host', '')), safe='')}",
                    "version": {"python": str(info.get("python", "")), "platform": str(info.get("platform", ""))},
                },
                "metadata": {
                    "invocationId": recorded.run,
                    "startedOn": info.get("started"),
                    "finishedOn": info.get("finished"),
                },
                "byproducts": [_resource(MANIFEST, recorded.run), _resource(RUN_INFO, info_sha256)],
            },
        },
    }


def crate(recorded: Recorded, info: Mapping[str, Any], place: str, period: str) -> Json:
    """The RO-Crate over a report folder: one action, the notebooks its instruments, inputs named by their hashes.

    `place` and `period` as they are written: 'Xã Bình Giang', 'Năm 2025'.
    """
    notebooks = {path: sha256 for path, sha256 in recorded.inputs.items() if path.endswith(".ipynb")}
    objects = {
        path: sha256
        for path, sha256 in sorted(recorded.inputs.items())
        if path not in notebooks and not path.startswith("pipeline/")
    }
    outputs = [_file(quote(name), name, sha256) for name, sha256 in recorded.outputs.items()]
    beside = [_file(name, name, "") for name in (MANIFEST, RUN_INFO, STATEMENT)]
    source = {"@type": ["File", "SoftwareSourceCode"]}
    tools = [_input(path, sha256) | source | {"version": sha256} for path, sha256 in notebooks.items()]
    used = [_input(path, sha256) for path, sha256 in objects.items()]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": PROFILE},
        "name": f"{place}, {period}",
        "description": f"Báo cáo kết quả thực hiện kế hoạch chuyển đổi số, lần chạy {recorded.run}",
        "datePublished": _time(info.get("finished")),
        "license": {"@id": "#license"},
        "author": {"@id": "#office"},
        "publisher": {"@id": "#office"},
        "identifier": recorded.run,
        "hasPart": _references([*outputs, *beside, *tools, *used]),
        "mentions": {"@id": "#run"},
    }
    graph = [_descriptor(), root, _profile(), _action(recorded, info, (tools, used, outputs)), *_contexts(info, place)]
    return {
        "@context": ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"],
        "@graph": _once([*graph, *tools, *used, *outputs, *beside]),
    }


def _action(recorded: Recorded, info: Mapping[str, Any], parts: tuple[list[Json], list[Json], list[Json]]) -> Json:
    tools, used, outputs = parts
    asked = (f"{name}={value}" for name, value in recorded.parameters.items() if value)
    return {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "Lập báo cáo",
        "description": f"make report {' '.join(asked)}",
        "instrument": _references(tools),
        "object": _references(used),
        "result": _references(outputs),
        "agent": {"@id": "#agent"},
        "startTime": _time(info.get("started")),
        "endTime": _time(info.get("finished")),
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }


def _contexts(info: Mapping[str, Any], place: str) -> Iterable[Json]:
    yield {"@id": "#agent", "@type": "Person", "name": str(info.get("user", ""))}
    yield {"@id": "#office", "@type": "Organization", "name": f"Ủy ban nhân dân {place[:1].lower()}{place[1:]}"}
    yield {
        "@id": "#license",
        "@type": "CreativeWork",
        "name": "Văn bản hành chính",
        "description": "Luật Sở hữu trí tuệ số 50/2005/QH11, Điều 15: không thuộc phạm vi bảo hộ quyền tác giả.",
    }


def _time(moment: Any) -> str:
    """The moment with its offset, as validators of the profile want it."""
    return str(moment).replace("Z", "+00:00")


def _descriptor() -> Json:
    return {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }


def _profile() -> Json:
    return {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}


def _input(path: str, sha256: str) -> Json:
    """An input lies in the store, outside the crate: it is named by its hash (RFC 6920)."""
    digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).rstrip(b"=").decode()
    return _file(f"ni:///sha-256;{digest}", path, sha256)


def _file(identity: str, name: str, sha256: str) -> Json:
    media = MEDIA_TYPES.get(PurePosixPath(name).suffix)
    entity = {"@id": identity, "@type": "File", "name": name, "sha256": sha256, "encodingFormat": media}
    return {key: value for key, value in entity.items() if value}


def _resource(name: str, sha256: str) -> Json:
    return {"name": name, "digest": {"sha256": sha256}}


def _references(entities: Iterable[Json]) -> list[Json]:
    return [{"@id": entity["@id"]} for entity in _once(entities)]


def _once(entities: Iterable[Json]) -> list[Json]:
    """Two inputs with the same bytes are one entity."""
    return list({entity["@id"]: entity for entity in entities}.values())
