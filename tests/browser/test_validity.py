"""Published pages before the Nu validator (vnu), the checker behind validator.w3.org, from its jar."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.browser.published import BAD_PAGE, JAR, NAMES

EXPLAINED = {
    "Trailing slash on void elements": "nbconvert passes all HTML through BeautifulSoup, which writes <br/>; "
    "every attribute before the slash is quoted, so nothing is misread",
    "Resource violates Content Security Policy (meta tag): image “data:": "vnu misreads `img-src data:`; "
    "Chromium shows the image, and test_pages sees that its policy refuses nothing",
    "This document appears to be written in Vietnamese": "in the English page names of plans, indicators and agencies "
    "stay as printed, each marked lang=vi, and outnumber the English words",
}
"""What vnu remarks that is no fault, by how the remark begins, and why. Errors are never passed over."""

Messages = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def messages(published: Mapping[str, Path], machine: None) -> Messages:
    """What vnu says, by name of the page."""
    paths = dict(published) | {"bad": BAD_PAGE}
    ran = subprocess.run(
        ["java", "-jar", str(JAR), "--format", "json", "--stdout", "--exit-zero-always", *map(str, paths.values())],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    said = json.loads(ran.stdout)["messages"]
    return {name: [m for m in said if m["url"] == path.as_uri().replace("///", "/")] for name, path in paths.items()}


def _told(message: dict[str, Any]) -> str:
    return f"{message['type']}, line {message.get('lastLine')}: {message['message']}"


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_valid_html(messages: Messages, name: str) -> None:
    assert [_told(m) for m in messages[name] if m["type"] != "info"] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_remark_is_explained(messages: Messages, name: str) -> None:
    remarks = [_told(m) for m in messages[name] if not m["message"].startswith(tuple(EXPLAINED))]
    assert remarks == []


def test_a_bad_page_is_found_out(messages: Messages) -> None:
    errors = [m["message"] for m in messages["bad"] if m["type"] == "error"]
    assert any("“center”" in message for message in errors)
