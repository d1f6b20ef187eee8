"""What describes the data set to machines: Data Package v2 (datapackage.org), table schemas, DCAT 3 (w3.org)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from pipeline.dataset.data_tables import TABLES, DataTable
from pipeline.dataset.partitions import SDMX, table_of_file
from pipeline.inputs.hashes import FileHash
from pipeline.publish.dataset_record import CATALOG, DESCRIPTOR, DatasetRecord
from pipeline.typed_frame import Dtype, FrameColumn

DICTIONARY = "dictionary.html"
TITLE = "Kết quả thực hiện kế hoạch chuyển đổi số của các địa phương"
DESCRIPTION = (
    "Chỉ tiêu, nhiệm vụ, mục tiêu và giá trị của mọi báo cáo đã công bố, đúng như từng báo cáo nêu. "
    "Ô trống là không có, không bao giờ là 0; cột absence nói vì sao. Dòng có synthetic = true là số liệu mô phỏng."
)
LICENSE = {"name": "notspecified", "title": "Chưa nêu; cơ quan công bố số liệu nêu điều kiện sử dụng"}
"""The program knows of no terms of use (điều kiện sử dụng); only the office that publishes can state them."""
SOURCES = (
    {"title": "Kế hoạch chuyển đổi số của từng địa phương; số văn bản ở trang báo cáo của địa phương"},
    {"title": "Số liệu do các địa phương gửi; nguồn của từng giá trị ở cột source của bảng observations"},
    {"title": "Mã và tên đơn vị hành chính: Quyết định 19/2025/QĐ-TTg, lấy từ gói vietnamadminunits (giấy phép MIT)"},
)
SDMX_TITLE = "Chỉ tiêu của các kế hoạch đang thực hiện, SDMX-CSV 2.0"
_TYPES = {
    Dtype.TEXT: "string",
    Dtype.CATEGORY: "string",
    Dtype.NUMBER: "number",
    Dtype.INTEGER: "integer",
    Dtype.FLAG: "boolean",
    Dtype.DAY: "date",
}
_MEDIA = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}


def schema_file(table: DataTable) -> str:
    """Path of the schema of a table, below the folder of the data set."""
    return f"schemas/{table.name}.json"


def schema_text(table: DataTable) -> str:
    """Table Schema v2: type, meaning, unit and closed set of every column."""
    schema: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [_field(column) for column in table.all_columns],
        "missingValues": [""],
    }
    return _json(schema | ({"primaryKey": list(table.key)} if table.key else {}))


def _field(column: FrameColumn[Any]) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.dtype], "description": column.meaning}
    if column.unit:
        field["unit"] = column.unit
    if column.of:
        field["constraints"] = {"enum": [str(code) for code in column.of if code]}
    return field


def package_text(record: DatasetRecord, *, draft: bool) -> str:
    """The descriptor: one resource for every file of a table, with its hash; `documents` are the files beside them.

    `draft` says that the program differs from what is committed (bản nháp).
    """
    documents = [f for f in record.files if f.path == DICTIONARY or f.path.startswith("schemas/")]
    resources = [_resource(f) for f in record.files if f not in documents]
    return _json(
        {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "digital-transformation-plans",
            "title": TITLE,
            "description": DESCRIPTION,
            "licenses": [LICENSE],
            "sources": SOURCES,
            "draft": draft,
            "made_by": record.made_by,
            "documents": [_hashed(f) for f in documents],
            "resources": resources,
        }
    )


def _resource(file: FileHash) -> dict[str, Any]:
    table, form = table_of_file(file.path), file.path.rpartition(".")[2]
    name = table.name if table else SDMX
    place = file.path.removeprefix("csv/").removeprefix(f"{name}/").removesuffix(f".{form}")
    return {
        "name": f"{name}-{place.replace('/', '-').lower()}-{form}",
        "title": table.title if table else SDMX_TITLE,
        **_hashed(file),
        "type": "table",
        "format": form,
        "mediatype": _MEDIA[form],
        **({"encoding": "utf-8"} if form == "csv" else {}),
        **({"schema": schema_file(table)} if table else {}),
    }


def _hashed(file: FileHash) -> dict[str, Any]:
    return {"path": file.path, "bytes": file.size, "hash": f"sha256:{file.sha256}"}


def catalog_text(descriptor_sha256: str, days: Collection[str]) -> str:
    """The catalogue for portals and search engines, as JSON-LD; `days` are the first days and cut-offs of reports."""
    dataset: dict[str, Any] = {
        "@id": "data/",
        "@type": "dcat:Dataset",
        "dct:title": {"@language": "vi", "@value": TITLE},
        "dct:description": {"@language": "vi", "@value": DESCRIPTION},
        "dct:language": {"@id": "http://publications.europa.eu/resource/authority/language/VIE"},
        "dct:rights": {
            "@type": "dct:RightsStatement",
            "dct:description": {"@language": "vi", "@value": LICENSE["title"]},
        },
        "dct:source": [source["title"] for source in SOURCES],
        "dcat:landingPage": {"@id": "index.html"},
        "foaf:page": {"@id": f"data/{DICTIONARY}"},
        "dcat:distribution": [*_distributions(), _descriptor_as_distribution(descriptor_sha256)],
    }
    if days:
        period = {"@type": "dct:PeriodOfTime", "dcat:startDate": _day(min(days)), "dcat:endDate": _day(max(days))}
        dataset["dct:temporal"] = period
    catalog = {
        "@id": CATALOG,
        "@type": "dcat:Catalog",
        "dct:title": {"@language": "vi", "@value": TITLE},
        "dcat:dataset": dataset,
    }
    return _json({"@context": _CONTEXT, **catalog})


_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def _distributions() -> Iterable[dict[str, Any]]:
    for table in TABLES:
        for form, folder in (("parquet", f"data/{table.name}/"), ("csv", f"data/csv/{table.name}/")):
            yield {
                "@type": "dcat:Distribution",
                "dct:title": {"@language": "vi", "@value": f"{table.title} ({form})"},
                "dcat:accessURL": {"@id": folder},
                "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{_MEDIA[form]}"},
                "dct:conformsTo": {"@id": f"data/{schema_file(table)}"},
            }
    yield {
        "@type": "dcat:Distribution",
        "dct:title": {"@language": "vi", "@value": SDMX_TITLE},
        "dcat:accessURL": {"@id": f"data/{SDMX}/"},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/application/vnd.sdmx.data+csv"},
    }


def _descriptor_as_distribution(sha256: str) -> dict[str, Any]:
    algorithm = {"@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"}
    value = {"@type": "xsd:hexBinary", "@value": sha256}
    return {
        "@type": "dcat:Distribution",
        "dct:title": {"@language": "vi", "@value": "Data Package: mọi tệp với mã băm"},
        "dcat:downloadURL": {"@id": f"data/{DESCRIPTOR}"},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/application/json"},
        "dct:conformsTo": {"@id": "https://datapackage.org/profiles/2.0/datapackage.json"},
        "spdx:checksum": {"@type": "spdx:Checksum", "spdx:algorithm": algorithm, "spdx:checksumValue": value},
    }


def _day(text: str) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": text}


def _json(record: object) -> str:
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"
