"""What is left out of an import is there again for whoever asks for it."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from pipeline.kernels.lean import without_altair
with without_altair():
    import great_expectations
    assert not hasattr(sys.modules["altair"], "Chart")
assert "altair" not in sys.modules
import altair
assert altair.Chart
with without_altair():
    assert sys.modules["altair"] is altair
assert sys.modules["altair"] is altair
"""


def test_altair_is_the_real_one_after_the_import_that_did_without() -> None:
    ran = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
