import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from pipeline.paths import Layout
from pipeline.submissions.schemas import schemas

PLANS = sorted(Layout().plans.glob("*/*.yaml"))


@pytest.mark.parametrize(("name", "schema"), schemas().items())
def test_the_schemas_editors_use_are_those_of_the_models(name: str, schema: dict) -> None:
    """`make schema` writes them anew."""
    assert json.loads((Layout().schemas / name).read_text("utf-8")) == schema


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_an_editor_that_checks_by_schema_accepts_the_plans(path: Path) -> None:
    """Read as YAML 1.2 with dates as text, as editors do."""
    document = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - texts only
    for row in document["indicators"]:
        if "baseline" in row:
            row["baseline"] |= {"year": int(row["baseline"]["year"]), "value": float(row["baseline"]["value"])}
        for target in row["targets"]:
            if "year" in target:
                target["year"] = int(target["year"])
            if "yearly" in target:
                target["yearly"] = target["yearly"] == "true"
    document["years"] = {name: int(year) for name, year in document["years"].items()}
    jsonschema.validate(document, schemas()["plan.schema.json"])
