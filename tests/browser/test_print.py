"""What stands on a page stands on paper: the text of the PDF that Chromium prints, by poppler."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.browser.published import LOCALITIES, ROOT, TAKEN

NAMES = tuple(name for name in TAKEN if name.count("/") == 2) if ROOT else LOCALITIES
NO_BREAK_HYPHEN = "\N{NON-BREAKING HYPHEN}"
"""In numbers of documents, so that none is broken at the end of a line."""
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def printed_text(page: Path, folder: Path) -> list[str]:
    """The letters on each sheet, without blanks: where a line breaks is no difference."""
    sheets = folder / "page.pdf"
    subprocess.run(["chromium", *_FLAGS, f"--print-to-pdf={sheets}", page.as_uri()], check=True, capture_output=True)
    text = subprocess.run(["pdftotext", "-raw", sheets, "-"], check=True, capture_output=True, text=True).stdout
    return [_close(sheet) for sheet in text.split("\f")]


def _close(text: str) -> str:
    return re.sub(r"\s+", "", text).replace(NO_BREAK_HYPHEN, "-")


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_on_paper_and_the_leader_has_one_sheet(
    published: Mapping[str, Path], name: str, tmp_path: Path
) -> None:
    page = published[name]
    record = json.loads(page.with_name("completion.json").read_text("utf-8"))
    listed = [p for p in record["plans"] if p["state"] in ("in-force", "expired") or p["starting_point"]]
    names = [row["name"] for plan in listed for row in plan["indicators"]]
    names += [task["name"] for plan in listed if plan["state"] in ("in-force", "expired") for task in plan["tasks"]]
    sheets = printed_text(page, tmp_path)
    paper = "".join(sheets)
    assert names
    # Its last line is the code; the next sheet begins with what it is made from.
    assert "Mãkiểmtra" in sheets[0]
    assert "kếhoạchtrongsổ" in sheets[1][:60]
    assert [name for name in names if _close(name) not in paper] == []
