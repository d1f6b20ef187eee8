"""What JupyterLab does when it saves one of our notebooks: it stores what counts, and no outputs.

The notebooks of the steps are known by their `parameters` cell; any other notebook is saved as it is. They are stored
as `pipeline.inputs.program.notebook_source` says, so that git shows a change where a cell was changed, and only there.
"""

import json
from typing import Any

from pipeline.inputs.program import notebook_source


def store_what_counts(model: dict[str, Any], **_: object) -> None:
    """A hook before saving; `model` is what Jupyter is about to write."""
    content = model.get("content")
    if model["type"] != "notebook" or not isinstance(content, dict):
        return
    if any("parameters" in cell["metadata"].get("tags", ()) for cell in content["cells"]):
        model["content"] = json.loads(notebook_source(json.dumps(content).encode()))


c.FileContentsManager.pre_save_hook = store_what_counts  # type: ignore[name-defined]  # noqa: F821 - of Jupyter
