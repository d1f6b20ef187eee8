import json

import pytest

from pipeline.paths import Layout
from pipeline.plans.tables import schemas


@pytest.mark.parametrize(("name", "schema"), schemas().items())
def test_the_schemas_editors_use_are_those_of_the_models(name: str, schema: dict) -> None:
    """`make schema` writes them anew."""
    assert json.loads((Layout().schemas / name).read_text("utf-8")) == schema
