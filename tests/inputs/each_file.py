"""What a change in each file of the package does to the input id and to the draft, in a checkout of its own.

    python -m tests.inputs.each_file <project>

Run in that checkout, whose package must be found before this one. Publishes a report in the project first, and answers
with a line of JSON: for each file whether a line added to it changes the id, and whether it makes a draft.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from pipeline.inputs import hashes
from pipeline.inputs.describe import ROOTS, describe_inputs
from pipeline.inputs.draft import KNOWN, is_draft
from pipeline.inputs.program import all_files
from pipeline.paths import CODE, Layout
from pipeline.steps import Run
from tests.run.filled import publish

LINE = b"\n"
"""In all of them, from code to templates, a blank line at the end is no fault."""


def main(root: Path) -> None:
    os.environ[KNOWN] = ""
    run = Run.open("bach-long-vi", "2025", layout=Layout(root))
    before = publish(run, "one").id
    found = {}
    for path in all_files():
        name, content = path.relative_to(CODE).as_posix(), path.read_bytes()
        path.write_bytes(content + LINE)
        os.environ[KNOWN] = ""
        hashes._loaded.clear()  # as in a process that starts now
        changes = describe_inputs(run).id != before
        os.environ[KNOWN] = name
        found[name] = changes, is_draft(*ROOTS)
        path.write_bytes(content)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
